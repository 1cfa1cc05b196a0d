"""How long log-ins hold and which have ended, by a clock that only goes forward: the hours that the box has run, which no
step of the wall clock touches. It knows no cookie and no user."""

from hashlib import sha256

from sqlmodel import Session, col, select

from bridge.records.memo import remember, remembered
from bridge.records.tables import KeyValue

# A log-in that nobody uses holds for thirty days of the box's running.
HOLDS_HOURS = 30 * 24
# The memo with the hours that the box has run, and what the memos of ended log-ins begin with.
HOURS, ENDED = "hours_run", "ended_login:"


def hours_run(session: Session) -> int:
    """For how many hours the box has run in its life."""
    return int(remembered(session, HOURS) or 0)


def count_hours(session: Session, more: int) -> None:
    """The box has run for so many hours more; ended log-ins that would not hold any longer are let go."""
    now = hours_run(session) + more
    remember(session, HOURS, str(now))
    for memo in session.exec(select(KeyValue).where(col(KeyValue.name).startswith(ENDED, autoescape=True))):
        if now - int(memo.value) > HOLDS_HOURS:
            session.delete(memo)


def digest(secret: str) -> str:
    """By which a log-in is known here; its cookie holds the secret itself."""
    return sha256(secret.encode()).hexdigest()[:32]


def end_login(session: Session, which: str) -> None:
    """The log-in of this digest is worth nothing from now on, wherever its cookie was copied to."""
    remember(session, ENDED + which, str(hours_run(session)))


def holds(session: Session, which: str, since: int) -> bool:
    """Does the log-in of this digest still hold? since: the hours run when it was last used."""
    return hours_run(session) - since <= HOLDS_HOURS and remembered(session, ENDED + which) is None
