"""What a step of the wall clock means for rows: what the clock stamped before is shifted along, so that it stays as long ago
as it is. A Pi boots in the past, and its clock jumps when the internet tells the time."""

import math
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from bridge.clock import TOLERANCE
from bridge.records import places
from bridge.records.memo import remember, remembered
from bridge.records.outgoing import is_scheduled
from bridge.records.tables import (
    Alert,
    ApiKey,
    ApiToken,
    AuditEntry,
    Call,
    ConsentEvent,
    Contact,
    HookDelivery,
    InboundPart,
    Invitation,
    Message,
    MessagePart,
    Note,
    Submission,
)
from bridge.rules.states import MessageKind, MessageStatus

# The memo of since when and until when, by its own time, the clock has been suspect and not yet set right.
DOUBTED = "clock_doubted"
# The memo of which place was the last one that was taken before that.
DOUBTED_BEHIND = "clock_doubted_behind"
# Rows of so long ago are told apart by days, not by hours; a text may wait for the opening for longer.
LATELY, WAITING_AT_MOST = timedelta(hours=48), timedelta(days=60)

# Of each table the moment that says when a row was made, and the moments that are shifted with it.
STAMPS: tuple[tuple[type[Any], str, tuple[str, ...]], ...] = (
    (Call, "started", ("ended", "called_back")),
    (
        Message,
        "created",
        ("due", "expires", "handed", "sent", "delivered", "settled", "answered", "answers_since"),
    ),
    (MessagePart, "sent", ()),
    (InboundPart, "received", ()),
    (ConsentEvent, "at", ()),
    (Alert, "created", ("due", "told")),
    (Note, "at", ()),
    (AuditEntry, "at", ()),
    (Invitation, "created", ()),
    (HookDelivery, "created", ("due", "tried")),
    (ApiKey, "created", ("expires",)),
    (ApiToken, "created", ("expires",)),
    (Submission, "created", ()),
    (Contact, "last_seen", ()),
    (Contact, "first_seen", ()),
    (Contact, "waits_since", ()),
)


def doubt_goes_on(session: Session, since: datetime, now: datetime) -> None:
    """The clock has been suspect since `since` and still is at `now`, both by its own time: what it stamps cannot be
    trusted."""
    doubted = doubted_between(session)
    if remembered(session, DOUBTED_BEHIND) is None:
        remember(session, DOUBTED_BEHIND, str(places.last_taken(session)))
    remember(session, DOUBTED, f"{(doubted[0] if doubted else since).isoformat()} {now.isoformat()}")


def doubted_between(session: Session) -> tuple[datetime, datetime] | None:
    """What the clock showed (UTC) when it was first suspect, and when that was last noted; None if it is not suspect."""
    kept = remembered(session, DOUBTED)
    if kept is None:
        return None
    since, until = kept.split()
    return datetime.fromisoformat(since), datetime.fromisoformat(until)


def doubted_behind(session: Session) -> float:
    """Whatever came behind this place has a time that is doubtful: the clock has been suspect since. Infinite if it is not."""
    kept = remembered(session, DOUBTED_BEHIND)
    return math.inf if kept is None else int(kept)


def doubt_is_over(session: Session) -> None:
    """Forgets since when the clock was suspect."""
    remember(session, DOUBTED, None)
    remember(session, DOUBTED_BEHIND, None)


def shift(session: Session, by: timedelta, before: datetime, lately: timedelta) -> None:
    """The clock was moved by so much; `before` is what it showed then. What it stamped lately, or since it was suspect, is
    shifted; after a step back also everything that would lie in the future."""
    doubted = doubted_between(session)
    since = before - max(lately, LATELY)
    if doubted is not None:
        since = min(since, doubted[0])
    now, until = before + by, before + TOLERANCE
    for table, made, others in STAMPS:
        column = getattr(table, made)
        which = column.between(since, until)
        if by < timedelta(0):
            which = or_(which, column > now + TOLERANCE)
        if table is Message:
            waiting = and_(
                col(Message.status) == MessageStatus.QUEUED, column.between(before - WAITING_AT_MOST, until)
            )
            which = or_(which, waiting)
        for row in session.exec(select(table).where(which)):
            _shift(row, (made, *others), by)
    session.flush()


def bring_back(session: Session, now: datetime) -> None:
    """The clock is right, and rows lie in the future: it was ahead when they were made. They are brought back together, so that
    the newest is of now: a number that was texted then cools down from now on, and not until that day."""
    for table, made, others in STAMPS:
        column = getattr(table, made)
        there = select(column).where(column.is_not(None))
        newest = session.exec(there.order_by(column.desc()).limit(1)).first()
        if newest is None or newest <= now + TOLERANCE:
            continue
        for row in session.exec(select(table).where(column > now + TOLERANCE)):
            _shift(row, (made, *others), now - newest)
    session.flush()


def _shift(row: Any, columns: tuple[str, ...], by: timedelta) -> None:
    if isinstance(row, Message) and is_scheduled(row):
        columns = ("created",)  # somebody chose its time by the calendar
    for column in columns:
        moment = getattr(row, column)
        if moment is not None:
            setattr(row, column, moment + by)


def waiting_for_opening(session: Session) -> list[Message]:
    """Automatic texts that are still to go out."""
    return list(
        session.exec(
            select(Message).where(
                Message.status == MessageStatus.QUEUED, col(Message.kind) == MessageKind.AUTO
            )
        )
    )
