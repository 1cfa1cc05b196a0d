"""The database as it was before another release changed its tables: a copy beside it, for the release that was there before.
Only of SQLite: a server brings its tables to a release in one step and has copies of its own."""

import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from bridge import files
from bridge.records import known
from bridge.records.engine import HEAD, file_of, migrate, open_engine
from bridge.records.leftovers import VERSION

END = ".before-update"


def copy_of(file: Path) -> Path:
    """Where the copy of a file lies."""
    return Path(f"{file}{END}")


def revision_of(file: Path) -> str | None:
    """The newest migration of a database file; None where there is none, or it cannot be told."""
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True)) as connection,
    ):
        row = connection.execute(f"SELECT version_num FROM {VERSION}").fetchone()
        return str(row[0]) if row else None
    return None


def upgrade(url: str) -> Path | None:
    """Brings the tables to this release, if they are of another; the service must not run. Returns the copy of the database as
    it was, None where nothing had to be changed or no file is. If it fails, the database is as it was.

    Raises DatabaseError, sqlite3.Error and OSError, and whatever a migration fails on.
    """
    file = file_of(url)
    if file is not None and not file.exists():
        return None  # the service makes it, or says that it is gone
    before = revision_of(file) if file is not None else None
    if file is not None and before == HEAD:
        return None
    copy = _keep(file) if file is not None and before is not None and before < HEAD else None
    engine, done = open_engine(url), False
    try:
        migrate(engine)
        done = True
    finally:
        engine.dispose()
        if not done and copy is not None and file is not None and revision_of(file) != before:
            put_back(file)
    return copy


def _keep(file: Path) -> Path:
    """Copies a database, whole, and its mark, in place of an older copy."""
    forget(file)
    new = Path(f"{copy_of(file)}.new")
    new.unlink(missing_ok=True)
    files.make_private(new)
    with (
        closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True)) as source,
        closing(sqlite3.connect(new)) as made,
    ):
        source.backup(made)
        made.execute("PRAGMA journal_mode = DELETE")  # all of it in the one file
    files.put(new, copy_of(file))
    mark = known.mark_file(file)
    if mark.exists():
        _copy(mark, copy_of(mark))
    return copy_of(file)


def put_back(file: Path) -> None:
    """The copy takes the database's place; nobody may have it open. Raises OSError; a power cut leaves the one or the other."""
    mark = known.mark_file(file)
    if copy_of(mark).exists():
        _copy(copy_of(mark), mark)
    for end in known.BESIDE:  # of the database that is given up
        Path(f"{file}{end}").unlink(missing_ok=True)
    _copy(copy_of(file), file)


def forget(file: Path) -> None:
    """The copy is needed no more: it holds what may be deleted from the database meanwhile. Raises OSError."""
    for one in (copy_of(file), copy_of(known.mark_file(file))):
        one.unlink(missing_ok=True)


def forget_older(file: Path, before: datetime) -> None:
    """So old a copy is needed no more; one that cannot be deleted now is, another day. before: UTC."""
    with suppress(OSError):
        if copy_of(file).stat().st_mtime < before.timestamp():
            forget(file)


def _copy(source: Path, target: Path) -> None:
    new = Path(f"{target}.new")
    new.unlink(missing_ok=True)
    files.make_private(new)
    shutil.copyfile(source, new)
    files.put(new, target)
