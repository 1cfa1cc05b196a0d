"""What differs on a PostgreSQL server: settings of each connection, the hold on the database, and what its codes mean."""

import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from bridge.rules.troubles import DatabaseTrouble

log = logging.getLogger(__name__)

# What the client library does about a server that falls silent (libpq, "Parameter Key Words"): without these a cable that is
# cut would hold the loop for a quarter of an hour. What the URL says of them counts more.
PATIENCE: dict[str, int] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
# The advisory lock of a service on its database: "textback" as a number.
LOCK = int.from_bytes(b"textback", "big")
# SQLSTATE, or its class, and what that means.
TROUBLES = (
    ("08", DatabaseTrouble.AWAY),
    ("57P", DatabaseTrouble.AWAY),
    ("28", DatabaseTrouble.NOT_LET_IN),
    ("3D", DatabaseTrouble.NOT_LET_IN),
    ("42501", DatabaseTrouble.READ_ONLY),
    ("25006", DatabaseTrouble.READ_ONLY),
    ("55P03", DatabaseTrouble.LOCKED),
    ("40", DatabaseTrouble.LOCKED),
    ("53100", DatabaseTrouble.DISK_FULL),
    ("58030", DatabaseTrouble.DISK_FAILS),
    ("XX001", DatabaseTrouble.DAMAGED),
    ("XX002", DatabaseTrouble.DAMAGED),
)
# A connection that cannot be made has no SQLSTATE in psycopg, only the server's words.
REFUSALS = ("authentication failed", "no pg_hba.conf entry", "does not exist", "not permitted to log in")


def is_postgresql(url: str) -> bool:
    """Is this the URL of a database on a server?"""
    return make_url(url).get_backend_name() == "postgresql"


def connect_args(url: str) -> dict[str, Any]:
    """What the driver is told besides the URL, which counts more. Its `options` stay as they are."""
    return {name: value for name, value in PATIENCE.items() if name not in make_url(url).query}


def prepare(engine: Engine, lock_seconds: int, read_only: bool) -> None:
    """Sets every connection up: how long it waits for a lock (seconds), and whether it may write. Says so in statements of its
    own, since the URL may have `options`."""

    def set_up(connection: Any, _record: object) -> None:
        connection.read_only = read_only
        connection.execute(f"SET lock_timeout = '{lock_seconds}s'")
        connection.commit()

    event.listen(engine, "connect", set_up)


def trouble_of(error: BaseException) -> DatabaseTrouble | None:
    """What is wrong, by what the driver has raised; None where it is no trouble that has a name. Its words are not for the
    page: they name host and socket."""
    state = getattr(error, "sqlstate", None)
    if state:
        return next((trouble for code, trouble in TROUBLES if state.startswith(code)), None)
    if not {"OperationalError", "InterfaceError"} & {base.__name__ for base in type(error).__mro__}:
        return None
    refused = any(words in str(error) for words in REFUSALS)
    return DatabaseTrouble.NOT_LET_IN if refused else DatabaseTrouble.AWAY


class Hold:
    """One service's hold on its database: an advisory lock, which lives as long as the connection that has it."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(
            url,
            connect_args=connect_args(url),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
        )
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Take it, or see that it is still held; False where another service has it. Raises DBAPIError where the server is
        away."""
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
                return True
            except DBAPIError:
                self.let_go()
        connection = self._engine.connect()
        if connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}).scalar():
            self._connection = connection
            return True
        connection.close()
        return False

    def let_go(self) -> None:
        """Let another service have it."""
        if self._connection is not None:
            with suppress(DBAPIError):
                self._connection.close()
            self._connection = None


class RowHeartbeat:
    """When a service was last alive on this database: a row, since the lock of a server has no time. Written without the
    session's knowing, so that no page takes it for news."""

    def __init__(self, hold: Hold) -> None:
        self._hold = hold
        self._lost = False

    def last(self, session: Session) -> datetime | None:
        """When the run before this one was last alive, in UTC; None if that is not known."""
        found = session.connection().execute(text("SELECT value FROM keyvalue WHERE name = 'alive'")).scalar()
        return datetime.fromisoformat(found).astimezone(UTC) if found else None

    def beat(self, session: Session, now: datetime) -> None:
        """Notes that the service is alive now (UTC), and takes the hold again where a restart of the server has ended it."""
        session.connection().execute(
            text(
                "INSERT INTO keyvalue (name, value) VALUES ('alive', :now)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
            ),
            {"now": now.isoformat()},
        )
        with suppress(DBAPIError):
            held = self._hold.take()
            if not held and not self._lost:
                log.warning(
                    "Another service is using the database, or the server has not closed an old connection."
                )
            self._lost = not held
