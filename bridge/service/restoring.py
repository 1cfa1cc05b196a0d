"""Puts a backup in the place of the database and config.ini that are there: now, where no service runs, or at the next start,
before anything opens the database.

The backup is first laid beside the database, and stays there until all of it is in its place: after a power cut the next start
does it once more, from the beginning.
"""

import logging
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import DatabaseError
from sqlmodel import func, select

from bridge import config, files
from bridge.config import ConfigError, Settings
from bridge.config.state_folder import state_folder
from bridge.handlers.contacts import import_contacts
from bridge.handlers.database import settle_what_waited
from bridge.handlers.shop import PAUSED
from bridge.records import known, memo, users
from bridge.records.engine import database_trouble, sole_service
from bridge.records.tables import Call, Contact, Message
from bridge.rules.addressbook import Card
from bridge.rules.backups import AUTHORITY, CONFIG, DATABASE, BackupTrouble, Manifest, Unusable
from bridge.service.backup import (
    alone,
    authority_of,
    brought_here,
    copy_database,
    database_of,
    not_texted,
)
from bridge.service.backup_file import unpack
from bridge.words.troubles import sentence
from modem.contract import Trouble

log = logging.getLogger(__name__)

# What is to be restored by the next start, beside the database.
PENDING = "restore-pending.zip"
WORK = ".textback-restore-"
# Databases that were put out of the way may know of people who are not to be texted.
ASIDE = ("damaged", "before-restore")


@dataclass(frozen=True)
class Restored:
    """made: when the backup was, UTC. calls, texts, people: how many it holds. kept: where the database is that was there
    before, None if none was. not_texted: so many people who must not be texted came from that one, and from damaged ones that
    were set aside since the backup was made. config_kept: the backup's config.ini is not right, so the one that was there
    stays. paused_until: no automatic texts before, UTC."""

    made: datetime
    calls: int
    texts: int
    people: int
    kept: Path | None
    not_texted: int
    config_kept: bool
    paused_until: datetime


def restore(
    backup: Path, config_file: Path, environment: Mapping[str, str], passphrase: str, now: datetime
) -> Restored:
    """Puts a backup in the place of the database and config.ini that are there; the database is kept beside. What waited to be
    sent may have gone out since the backup was made: it is not sent again, and automatic texts are paused for as long as a
    caller is texted only once. Whoever must not be texted by the database that was there, is not texted by the new one either.

    Raises Unusable, with nothing changed but that people who must not be texted were added; ConfigError where there is no
    configuration to go by, AlreadyRunning where the service runs, and OSError.
    """
    home = state_folder(config_file, environment)
    with tempfile.TemporaryDirectory(prefix=WORK, dir=home) as name, ExitStack() as stack:
        folder = Path(name)
        try:
            plain, manifest = _unpacked(backup, folder, passphrase, config_file, environment)
        except Unusable as error:
            raise _kept_of_half(error, config_file, environment, now) from error
        settings, wanted = _settings(folder / CONFIG, config_file, environment)
        database = database_of(settings)
        stack.enter_context(sole_service(settings.storage.database))
        _lay(plain, home)
        stack.callback(_no_longer_laid, home)
        now = max(now, manifest.made)  # a box without a clock may think that it is earlier
        until = now + timedelta(hours=settings.textback.cooldown_hours)
        before = _people_before(database, folder, manifest.made)
        counts, mark = _made_ready(folder / DATABASE, before, until, now)
        kept = _in_place(folder / DATABASE, database, now)
        known.write_mark(database, mark)
        if wanted is not None:
            files.write_whole(config_file, wanted, like=config_file if config_file.exists() else None)
        _trusted(folder / AUTHORITY, authority_of(database))
    return Restored(manifest.made, *counts, kept, len(before), wanted is None, until)


def _trusted(restored: Path, here: Path) -> None:
    """Devices that trust the old box's page trust the new one's."""
    if restored.exists():
        here.parent.mkdir(mode=0o700, exist_ok=True)
        files.write_whole(here, restored.read_bytes())


def _unpacked(
    backup: Path, folder: Path, passphrase: str, config_file: Path, environment: Mapping[str, str]
) -> tuple[Path, Manifest]:
    """As `unpack`; without a passphrase that of config.ini is tried, which protects the box's own ones."""
    own = ""
    if not passphrase:
        with suppress(ConfigError):
            own = config.load(config_file, environment).backup.passphrase
    try:
        return unpack(backup, folder, passphrase or own)
    except Unusable as error:
        if own and error.trouble.code == BackupTrouble.WRONG_PASSPHRASE:
            raise Unusable(Trouble.of(BackupTrouble.LOCKED, file=backup.name)) from error
        raise


def _settings(
    restored: Path, config_file: Path, environment: Mapping[str, str]
) -> tuple[Settings, bytes | None]:
    """The settings that are to count, and the config.ini that is to be written; None where the present one stays."""
    text = restored.read_bytes()
    try:
        return config.parse(text.decode("utf-8-sig"), config_file, environment), text
    except (ConfigError, UnicodeDecodeError):
        return config.load(config_file, environment), None


# ---- laid ready for the next start


def lay(
    backup: Path, config_file: Path, passphrase: str, environment: Mapping[str, str] = os.environ
) -> None:
    """Checks a backup as far as that can be done, and lays it where the next start finds it. Raises Unusable and ConfigError,
    with nothing changed."""
    home = state_folder(config_file, environment)
    try:
        with tempfile.TemporaryDirectory(prefix=WORK, dir=home) as name:
            folder = Path(name)
            plain, _ = _unpacked(backup, folder, passphrase, config_file, environment)
            settings, _ = _settings(folder / CONFIG, config_file, environment)
            refused = files.trial(database_of(settings).parent)
            if refused is not None:
                raise _not_restored(refused)
            with brought_here(folder / DATABASE):
                pass
            _lay(plain, home)
    except OSError as error:
        raise _not_restored(files.why(error)) from error


def _not_restored(why: Trouble) -> Unusable:
    return Unusable(Trouble.of(BackupTrouble.NOT_RESTORED, why=why.to_text()))


def restore_laid(config_file: Path, now: datetime, environment: Mapping[str, str] = os.environ) -> None:
    """For a start, before anything is opened: restores what was laid ready. What cannot be restored after all is not tried a
    second time: the box goes on as it was. Raises AlreadyRunning."""
    pending = state_folder(config_file, environment) / PENDING
    if not os.path.exists(pending):  # a folder that may not be read holds none
        return
    try:
        told = restore(pending, config_file, environment, "", now)
        log.info("The backup of %s UTC was restored.", f"{told.made:%Y-%m-%d %H:%M}")
        return
    except Unusable as error:
        why = sentence(error.trouble)
    except OSError as error:
        why = sentence(files.why(error))
    except DatabaseError as error:
        why = sentence(database_trouble(error))
    except ConfigError as error:
        why = str(error)
    log.error("The backup could not be restored. %s", why)
    with suppress(OSError):
        _no_longer_laid(pending.parent)


def _lay(plain: Path, home: Path) -> None:
    pending = home / PENDING
    if plain == pending:
        return
    with tempfile.TemporaryDirectory(prefix=WORK, dir=home) as folder:
        copy = Path(folder) / PENDING
        files.make_private(copy)
        shutil.copyfile(plain, copy)
        files.put(copy, pending)


def _no_longer_laid(home: Path) -> None:
    (home / PENDING).unlink(missing_ok=True)
    files.settle(home)


# ---- in its place


def _made_ready(
    new: Path, people: list[Card], until: datetime, now: datetime
) -> tuple[tuple[int, int, int], known.Mark]:
    """Brings the database of a backup to this release and to this moment, before it is anybody's."""
    with brought_here(new) as session:
        settle_what_waited(session, now)
        import_contacts(session, people, None, now)
        # Whoever has the backup could make log-ins of their own with the old key.
        memo.remember(session, users.SESSION_KEY, None)
        memo.remember(session, PAUSED, until.isoformat())
        mark = known.next_mark(session, None, now)
        calls, texts, people_in_all = (
            session.exec(select(func.count()).select_from(table)).one() for table in (Call, Message, Contact)
        )
    alone(new)
    return (calls, texts, people_in_all), mark


def _in_place(new: Path, database: Path, now: datetime) -> Path | None:
    """Puts a database where the old one lies, in one step; the old one is kept beside it. Returns where."""
    ready = Path(f"{database}.restored")
    try:
        new.replace(ready)
    except OSError:  # another disk
        files.make_private(ready)
        shutil.copyfile(new, ready)
    with ready.open("rb") as file:
        os.fsync(file.fileno())
    if database.exists():
        with suppress(sqlite3.Error):  # a damaged one is kept as it is
            alone(database)
    kept = known.keep_beside(database, "before-restore", now)
    # What SQLite has put beside the old one is none of the new one's.
    for end in known.BESIDE:
        Path(f"{database}{end}").unlink(missing_ok=True)
    ready.replace(database)
    files.settle(database.parent)
    return kept


# ---- who is not to be texted, by what can still be read


def _people_before(database: Path, folder: Path, since: datetime) -> list[Card]:
    """Of the database that is to be replaced, and of those set aside since then, as far as they can be read."""
    there = [database, *known.aside_since(database, since, *ASIDE)]
    found = [card for n, one in enumerate(there) for card in _people_of(one, folder / f"there-{n}")]
    return list(dict.fromkeys(found))


def _people_of(database: Path, copy: Path) -> list[Card]:
    if not database.exists():
        return []
    with suppress(Unusable, sqlite3.Error, DatabaseError):
        copy_database(database, copy)
        return not_texted(copy)
    return list(_rows_of_damaged(database))


def _rows_of_damaged(database: Path) -> Iterator[Card]:
    query = "SELECT address, name, notes, kind, blocked, opted_out_at, doubtful FROM contact"
    with (
        closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection,
        suppress(sqlite3.Error),
    ):
        for address, name, notes, kind, blocked, out, unsure in connection.execute(query):
            if kind or blocked or out or unsure:
                since = datetime.fromisoformat(out).replace(tzinfo=UTC) if out else None
                yield Card(
                    address,
                    name or "",
                    notes or "",
                    kind or "",
                    bool(blocked),
                    bool(out),
                    since,
                    bool(unsure),
                )


def _kept_of_half(
    half: Unusable, config_file: Path, environment: Mapping[str, str], now: datetime
) -> Unusable:
    """What is wrong with a backup, once whom it says not to text was added to the database that is there."""
    trouble = half.trouble
    with suppress(ConfigError, Unusable):
        settings = config.load(config_file, environment)
        database = database_of(settings)
        if half.people and database.exists():
            with sole_service(settings.storage.database), brought_here(database) as session:
                import_contacts(session, half.people, None, now)
            return Unusable(Trouble.of(trouble.code, **trouble.values, people=len(half.people)))
    return Unusable(Trouble.of(trouble.code, **trouble.values, people=0))
