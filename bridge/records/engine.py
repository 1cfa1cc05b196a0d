"""The database at the edge: an engine with its connection settings, and the migrations; it knows no query."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from bridge import files
from bridge.records import known, leftovers, postgresql, search_index
from bridge.records.tables import metadata
from bridge.rules.troubles import DatabaseTrouble, FileTrouble
from modem.contract import Trouble

# Seconds that a connection waits for a lock. The loop tries again by itself, so this is short: a page must not hang.
LOCK_SECONDS = 2

# A check of a whole database that takes longer than this is given up (seconds).
CHECK_SECONDS = 60.0

# The newest migration; a test holds it against the files in migrations/versions.
HEAD = "0030"


def open_engine(url: str, *, read_only: bool = False, anew: bool = False) -> Engine:
    """An engine for an SQLAlchemy URL; for SQLite every connection is set to lose nothing (WAL, FULL). read_only: whoever
    writes through it gets a DatabaseError. anew: a new database may be begun where one is known to have been."""
    sqlite, file = make_url(url).get_backend_name() == "sqlite", file_of(url)
    # Without hide_parameters an error would carry phone numbers into the log.
    # A server may have been started anew since a connection was used: it is tried before it counts.
    engine = create_engine(
        url,
        connect_args=_connect_args(url),
        hide_parameters=True,
        pool_pre_ping=postgresql.is_postgresql(url),
    )
    if postgresql.is_postgresql(url):
        postgresql.prepare(engine, LOCK_SECONDS, read_only)
    if file is not None:
        event.listen(engine, "do_connect", partial(_before_connecting, file, anew))
        event.listen(engine, "handle_error", partial(_note_file, file))
    if sqlite:
        event.listen(engine, "connect", _set_pragmas)
        if read_only:
            event.listen(engine, "connect", _only_read)
    return engine


def file_of(url: str) -> Path | None:
    """The file of an SQLite database; None for another database, and for one in memory."""
    made = make_url(url)
    if made.get_backend_name() != "sqlite" or not made.database or made.database == ":memory:":
        return None
    return Path(made.database)


def _before_connecting(file: Path, anew: bool, *_: object) -> None:
    """SQLite would begin a new database where the old one is gone. What it puts beside the file is as private as the file."""
    if not anew and (gone := known.gone_or_empty(file)) is not None:
        raise sqlite3.OperationalError(gone.code)
    files.make_private(file)
    for beside in known.BESIDE:
        with suppress(OSError):
            files.close_to_others(Path(f"{file}{beside}"))


def _note_file(file: Path, context: ExceptionContext) -> None:
    """With an error goes the file that it is about: the system tells more than SQLite."""
    context.original_exception.file = file  # type: ignore[attr-defined]


def _connect_args(url: str) -> dict[str, Any]:
    return postgresql.connect_args(url) if postgresql.is_postgresql(url) else {"timeout": LOCK_SECONDS}


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    # These belong to the connection, not to the file. secure_delete: who is forgotten leaves nothing in free pages.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _only_read(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON")


@contextmanager
def not_waiting(engine: Engine) -> Iterator[Connection]:
    """A connection that waits for no lock: a database that is busy fails at once, with DatabaseError."""
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            connection.rollback()
        try:
            yield connection
        finally:
            connection.rollback()
            if sqlite:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")


class AlreadyRunning(Exception):
    """Another service works on this database."""


# How often a beat is kept on the card.
KEPT_EVERY = timedelta(hours=1)


class Heartbeat:
    """When a service was last alive on this database, kept as the time of its lock file: no row, nothing to wait for. On a
    server it is a row (bridge/records/postgresql).

    runtime: a folder in memory, "" where there is none. Each beat goes there, and to the lock file on the card only once an
    hour and at the end: after a power cut it is known to the hour.
    """

    def __init__(self, file: Path | None, runtime: str = "") -> None:
        self._file = file
        self._in_memory = Path(runtime) / "alive" if file is not None and runtime else None
        self._kept: datetime | None = None
        self._last = max(filter(None, map(_touched, (file, self._in_memory))), default=None)

    def last(self, _session: Session) -> datetime | None:
        """When the run before this one was last alive, in UTC; None if that is not known."""
        return self._last

    def beat(self, _session: Session, now: datetime) -> None:
        """Notes that the service is alive now; a file that cannot be touched is no error. now: UTC."""
        if self._in_memory is not None:
            with suppress(OSError):
                self._in_memory.touch(0o600)
        if self._in_memory is None or self._kept is None or abs(now - self._kept) >= KEPT_EVERY:
            self._keep()
            self._kept = now

    def end(self) -> None:
        """The service ends in good order: that is known to the second."""
        if self._kept is not None:
            self._keep()

    def _keep(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                os.utime(self._file)


def _touched(file: Path | None) -> datetime | None:
    with suppress(OSError):
        return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file is not None else None
    return None


@contextmanager
def sole_service(url: str) -> Iterator[Heartbeat | postgresql.RowHeartbeat]:
    """Hold the database against a second service, which would take our running calls and texts for left-overs. Raises
    AlreadyRunning. Where no lock can be written, the database itself will say what is wrong."""
    if postgresql.is_postgresql(url):
        hold = postgresql.Hold(url)
        try:
            with suppress(DBAPIError):
                if not hold.take():
                    raise AlreadyRunning(f"the database {make_url(url).database}")
            yield postgresql.RowHeartbeat(hold)
        finally:
            hold.let_go()
        return
    database = file_of(url)
    file = Path(f"{database}.lock") if database else None
    heartbeat = Heartbeat(file, os.environ.get("RUNTIME_DIRECTORY", ""))
    with ExitStack() as stack:
        stack.callback(heartbeat.end)
        if file is not None:
            with suppress(OSError):
                files.make_private(file)
                lock = stack.enter_context(file.open("a"))
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as error:
                    raise AlreadyRunning(database) from error
        yield heartbeat


def migrate(engine: Engine) -> None:
    """Bring the tables to this release: all of it in one step, or nothing. What a start left behind that was cut off is made
    whole. Raises sqlalchemy.exc.OperationalError where the file can't be written, or is of a newer release."""
    with engine.connect() as connection:
        revision = leftovers.revision(connection)
        if revision is not None and revision > HEAD:
            raise OperationalError("", {}, sqlite3.OperationalError(DatabaseTrouble.NEWER))
        if revision == HEAD and not (
            leftovers.missing_indexes(connection) or search_index.is_missing(connection)
        ):
            return
        connection.rollback()
        with _one_step(connection):
            revision = leftovers.revision(connection)
            if revision is None:
                _create(connection)
            elif revision != HEAD:
                _upgrade(connection)
            for index in leftovers.missing_indexes(connection):
                index.create(connection)
            if search_index.is_missing(connection):
                search_index.make(connection)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # heavy: imported only when there is something to migrate
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)


@contextmanager
def _one_step(connection: Connection) -> Iterator[None]:
    """All of a migration or nothing. SQLite changes a table by putting another in its place, which foreign keys would forbid
    while rows point at it; Python would commit each such statement by itself."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
        connection.commit()
    finally:
        connection.rollback()
        if sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _create(connection: Connection) -> None:
    """A new database: all tables as this release has them. A test holds them against what the migrations make."""
    leftovers.clear_unfinished(connection)
    metadata.create_all(connection)
    connection.execute(
        text(f"CREATE TABLE IF NOT EXISTS {leftovers.VERSION} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    )
    connection.execute(text(f"INSERT INTO {leftovers.VERSION} VALUES (:head)"), {"head": HEAD})


def optimise(engine: Engine) -> None:
    """Daily housekeeping: fresh statistics for the query planner, and an empty write-ahead log."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA optimize")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def empty_log(engine: Engine) -> bool:
    """Let no page of SQLite's hold what was deleted: neither the index of words nor the write-ahead log (`-wal`); waits for
    nobody. False: there is more to do, somebody reads just now, or the database fails; ask again."""
    if engine.dialect.name != "sqlite":
        return True
    try:
        with not_waiting(engine) as connection:
            if not search_index.purge(connection):
                return False
            busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    except DBAPIError:
        return False
    return not busy


def is_sound(file: Path, seconds: float = CHECK_SECONDS, indexes: bool = False) -> bool | None:
    """Does every page of an SQLite database hang together (quick_check)? None where that cannot be found out within so many
    seconds, or where the file may not be read. Others read and write meanwhile. indexes: do they agree with their tables, too
    (integrity_check)?"""
    over = time.monotonic() + seconds
    try:
        with closing(
            sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True, timeout=LOCK_SECONDS)
        ) as connection:
            connection.set_progress_handler(lambda: time.monotonic() > over, 100_000)
            pragma = "integrity_check" if indexes else "quick_check"
            return bool(connection.execute(f"PRAGMA {pragma}(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError as error:
        damaged = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        return False if known.code_of(error) in damaged else None


def database_trouble(error: DBAPIError) -> Trouble:
    """What is wrong with the database: a `DatabaseTrouble`."""
    if isinstance(error.orig, sqlite3.Error):
        return trouble_of_sqlite(error.orig)
    code = postgresql.trouble_of(error.orig) if error.orig is not None else None
    # The driver's words name host and socket: they are for the log alone.
    return Trouble(code) if code else Trouble.of(DatabaseTrouble.FAILS, error=_name_of(error))


def _name_of(error: DBAPIError) -> str:
    """By which name PostgreSQL's documentation has the error, or its number."""
    return getattr(error.orig, "sqlstate", None) or type(error.orig).__name__


def trouble_of_sqlite(error: sqlite3.Error, file: Path | None = None) -> Trouble:
    """What SQLite says, as `database_trouble`. file: the one that it may be about, if the error does not know."""
    words, file = str(error), getattr(error, "file", file)
    code = next((code for sign, code in TROUBLES if sign in words), None)
    if code is DatabaseTrouble.NO_DATABASE and file is not None and known.was_a_database(file):
        code = DatabaseTrouble.DAMAGED
    if code in OF_THE_DISK and file is not None and (refused := files.trial(file.parent)) is not None:
        code = OF_THE_DISK_MORE_CLOSELY.get(refused.code, code)
    return Trouble(code) if code else Trouble.of(DatabaseTrouble.FAILS, error=words)


# What SQLite says, and what that means.
TROUBLES = (
    (DatabaseTrouble.MISSING, DatabaseTrouble.MISSING),
    (DatabaseTrouble.EMPTIED, DatabaseTrouble.EMPTIED),
    (DatabaseTrouble.NEWER, DatabaseTrouble.NEWER),
    ("locked", DatabaseTrouble.LOCKED),
    ("full", DatabaseTrouble.DISK_FULL),
    ("readonly", DatabaseTrouble.READ_ONLY),
    ("unable to open", DatabaseTrouble.NOT_OPENED),
    ("disk I/O", DatabaseTrouble.DISK_FAILS),
    ("malformed", DatabaseTrouble.DAMAGED),
    ("not a database", DatabaseTrouble.NO_DATABASE),
)
# SQLite has one word for many refusals of the system, which says more when it is asked again.
OF_THE_DISK = (
    DatabaseTrouble.DISK_FULL,
    DatabaseTrouble.READ_ONLY,
    DatabaseTrouble.NOT_OPENED,
    DatabaseTrouble.DISK_FAILS,
)
OF_THE_DISK_MORE_CLOSELY: dict[str, DatabaseTrouble] = {
    FileTrouble.DISK_FULL: DatabaseTrouble.DISK_FULL,
    FileTrouble.QUOTA: DatabaseTrouble.QUOTA,
    FileTrouble.READ_ONLY_DISK: DatabaseTrouble.READ_ONLY_DISK,
    FileTrouble.NOT_ALLOWED: DatabaseTrouble.READ_ONLY,
    FileTrouble.DISK_FAILS: DatabaseTrouble.DISK_FAILS,
    FileTrouble.NOT_THERE: DatabaseTrouble.NOT_OPENED,
}
