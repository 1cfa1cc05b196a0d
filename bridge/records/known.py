"""That a database has been here: a small file beside it says so, and which one it was. Without it a database that is gone,
emptied or replaced would look like a new box. What is done about it, bridge/service/database_watch decides."""

import json
import re
import sqlite3
import uuid
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from bridge import files
from bridge.records.memo import remember, remembered
from bridge.rules.troubles import DatabaseTrouble
from modem.contract import Trouble

# The memos of the database itself: which one it is, and how often the mark was written.
IDENTITY, MARKED = "identity", "marked"
BESIDE = ("-wal", "-shm", "-journal")
MAGIC = b"SQLite format 3\x00"
# How much of a file is looked at to see whether it holds nothing but zeros (octets): the smallest page.
FIRST_PAGE = 512


@dataclass(frozen=True)
class Mark:
    """identity: of the database that was here last, "" where the mark itself is damaged. created: when the box first knew it,
    ISO 8601. marked: counts up with what is stored; a copy from before has less."""

    identity: str
    created: str
    marked: int


def mark_file(file: Path) -> Path:
    """Where the mark of this database lies."""
    return Path(f"{file}.known")


def read_mark(file: Path) -> Mark | None:
    """The mark of this database; None where none was ever here. Raises nothing: a mark that cannot be read is one."""
    try:
        told = json.loads(mark_file(file).read_bytes())
        return Mark(str(told["identity"]), str(told["created"]), int(told["marked"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return Mark("", "", 0)


def write_mark(file: Path, mark: Mark) -> None:
    """Puts the mark beside the database, in one step. Raises OSError."""
    files.write_whole(mark_file(file), json.dumps(asdict(mark)).encode())


# ---- before the database is opened


def lost(file: Path) -> Trouble | None:
    """What is wrong with a database file that had been here: gone, empty or damaged; None where nothing can be said against it.

    Looks through SQLite, whose locks an own look would take from other connections of this process.
    """
    gone = gone_or_empty(file)
    if gone is not None or not file.exists() or not file.stat().st_size:
        return gone
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        if code_of(error) == sqlite3.SQLITE_CORRUPT or (
            code_of(error) == sqlite3.SQLITE_NOTADB and was_a_database(file)
        ):
            return Trouble(DatabaseTrouble.DAMAGED)
    return None


def gone_or_empty(file: Path) -> Trouble | None:
    """Is there no file, or none with anything in it, where a database had been?"""
    known = mark_file(file).exists() or _octets(Path(f"{file}-wal"))
    if not known or _octets(file):
        return None
    return Trouble(DatabaseTrouble.EMPTIED if file.exists() else DatabaseTrouble.MISSING)


def _octets(file: Path) -> int:
    with suppress(OSError):
        return file.stat().st_size
    return 0


def was_a_database(file: Path) -> bool:
    """Is a file that SQLite does not take for a database one all the same? It was, if it is known, or if its first page is
    nothing but zeros, as a power cut leaves it; any other file is a wrong name in config.ini."""
    if mark_file(file).exists():
        return True
    with suppress(OSError), file.open("rb") as opened:
        first = opened.read(FIRST_PAGE)
        return bool(first) and not any(first)
    return False


def code_of(error: sqlite3.Error) -> int:
    """SQLite's primary code of an error; 0 where it has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def set_aside(file: Path, what: str, now: datetime) -> Path | None:
    """Moves a database and what SQLite keeps beside it out of the way, whole: nothing of it is lost. what: a word for its name.
    Returns where it is now, None where there was none. Raises OSError."""
    aside = _free_name(file, what, now)
    moved = _there(file)
    for end in moved:
        Path(f"{file}{end}").rename(f"{aside}{end}")
    if moved:
        files.settle(file.parent)
    return aside if "" in moved else None


def keep_beside(file: Path, what: str, now: datetime) -> Path | None:
    """As `set_aside`, but the database stays where it is, too, until it is replaced: the same file under two names."""
    aside = _free_name(file, what, now)
    kept = _there(file)
    for end in kept:
        files.link(Path(f"{file}{end}"), Path(f"{aside}{end}"))
    if kept:
        files.settle(file.parent)
    return aside if "" in kept else None


def aside_since(file: Path, since: datetime, *what: str) -> list[Path]:
    """The databases of before that were set aside, or kept, under one of these words since then. since: UTC."""
    name = re.compile(rf"{re.escape(file.name)}-({'|'.join(what)})-(\d{{8}}-\d{{6}})(-\d+)?")
    found = ((path, name.fullmatch(path.name)) for path in sorted(file.parent.iterdir()))
    return [path for path, matched in found if matched and matched[2] >= f"{since:%Y%m%d-%H%M%S}"]


def _there(file: Path) -> list[str]:
    """What there is of it: "" for the database, and the ends of what lies beside it."""
    return [end for end in ("", *BESIDE) if Path(f"{file}{end}").exists()]


def _free_name(file: Path, what: str, now: datetime) -> Path:
    stem = f"{file}-{what}-{now:%Y%m%d-%H%M%S}"
    aside, n = Path(stem), 1
    while aside.exists() or any(Path(f"{aside}{end}").exists() for end in BESIDE):
        n += 1
        aside = Path(f"{stem}-{n}")
    return aside


# ---- in the opened database


def recognise(session: Session, mark: Mark | None) -> Trouble | None:
    """Is this the database that the mark is of? `REPLACED` where it is another, `OLDER_COPY` where it lacks what was stored
    last; None where it is, or where none was known."""
    if mark is None or not mark.identity:
        return None
    if remembered(session, IDENTITY) != mark.identity:
        return Trouble(DatabaseTrouble.REPLACED)
    older = int(remembered(session, MARKED) or 0) < mark.marked
    return Trouble(DatabaseTrouble.OLDER_COPY) if older else None


def next_mark(session: Session, mark: Mark | None, now: datetime) -> Mark:
    """The mark that is to be written once this transaction is committed; the database then has the same."""
    identity = remembered(session, IDENTITY)
    if identity is None:
        identity = uuid.uuid4().hex
        remember(session, IDENTITY, identity)
    same = mark is not None and mark.identity == identity
    marked = max(int(remembered(session, MARKED) or 0), mark.marked if mark and same else 0) + 1
    remember(session, MARKED, str(marked))
    return Mark(identity, mark.created if mark and same else now.isoformat(), marked)
