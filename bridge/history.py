"""Everything that is read for the page and the history commands: frozen rows, newest first; it writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bridge.models import Call, ConsentEvent, Contact, Incident, Line, Message
from bridge.policy import MISSED

# What the call's chip says for each status of the text that answers it (DESIGN, chapter 5 and 6).
TEXTBACK = {
    "queued": ("scheduled", None),
    "sending": ("sending", None),
    "sent": ("sent", None),
    "delivered": ("delivered", None),
    "failed": ("failed", None),
    "unconfirmed": ("unconfirmed", None),
    "cancelled": ("cancelled", "superseded"),
    "expired": ("skipped", "expired"),
}


MONTH = timedelta(days=30)
# Whom nobody has called back for so long, nobody will.
OPEN_FOR = timedelta(days=14)


@dataclass(frozen=True)
class CallRow:
    """One call as the page and `calls --json` show it. address: the contact's, None if withheld or unknown."""

    id: int
    address: str | None
    name: str
    withheld: bool
    started: datetime
    ended: datetime | None
    rings: int | None
    outcome: str | None
    missed: bool
    textback: str
    reason: str | None
    trace: tuple[dict[str, str], ...]
    message_id: int | None
    text_error: str | None
    text_at: datetime | None
    line: str
    forwarded: bool = False
    urgent: bool = False
    called_back: datetime | None = None
    called_back_by: str | None = None


@dataclass(frozen=True)
class MessageRow:
    """One text as the page and `messages --json` show it."""

    id: int
    address: str
    name: str
    direction: str
    kind: str
    body: str
    status: str
    error: str | None
    created: datetime
    due: datetime | None
    sent: datetime | None
    delivered: datetime | None
    parts: int
    call_id: int | None
    author: str | None
    line: str


@dataclass(frozen=True)
class ConversationRow:
    """One contact with the last thing that was said. `last` is None where there have been calls only. waiting: since when the
    first unread text waits for somebody."""

    address: str
    name: str
    last_seen: datetime
    last: MessageRow | None
    unread: int
    waiting: datetime | None = None


def textback(call: Call, message: Message | None) -> tuple[str, str | None]:
    """(state, reason) of a call: its own reason if it has one, else what became of its text."""
    if call.reason is not None:
        return ("cancelled" if call.reason == "superseded" else "skipped"), call.reason
    if message is None:
        return "none", None
    return TEXTBACK[message.status]


def _call_row(call: Call, contact: Contact | None, message: Message | None, line: str) -> CallRow:
    state, reason = textback(call, message)
    assert call.id is not None
    return CallRow(
        id=call.id,
        address=contact.address if contact else None,
        name=contact.name if contact else "",
        withheld=call.withheld,
        started=call.started,
        ended=call.ended,
        rings=call.rings,
        outcome=call.outcome,
        missed=call.outcome in MISSED,
        textback=state,
        reason=reason,
        trace=tuple(call.trace),
        message_id=call.message_id,
        text_error=message.error if message else None,
        text_at=(message.delivered or message.sent or message.due) if message else None,
        line=line,
        forwarded=call.forwarded,
        urgent=call.urgent,
        called_back=call.called_back,
        called_back_by=call.called_back_by,
    )


def _message_row(message: Message, contact: Contact, line: str) -> MessageRow:
    assert message.id is not None
    return MessageRow(
        id=message.id,
        address=contact.address,
        name=contact.name,
        direction=message.direction,
        kind=message.kind,
        body=message.body,
        status=message.status,
        error=message.error,
        created=message.created,
        due=message.due,
        sent=message.sent,
        delivered=message.delivered,
        parts=message.parts,
        call_id=message.call_id,
        author=message.author,
        line=line,
    )


def calls(
    session: Session,
    *,
    which: str = "all",
    search: str = "",
    contact: int | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int | None = None,
) -> list[CallRow]:
    """Calls, newest first. which: all, missed, answered, or open (to be called back); search: part of a name or number;
    before: (started, id) of the last row of the page above (keyset paging)."""
    query = (
        select(Call, Contact, Message, Line.name)
        .join(Line, col(Line.id) == Call.line_id)
        .outerjoin(Contact, col(Contact.id) == Call.contact_id)
        .outerjoin(Message, col(Message.id) == Call.message_id)
        .order_by(col(Call.started).desc(), col(Call.id).desc())
        .limit(limit)
    )
    if which == "missed":
        query = query.where(col(Call.outcome).in_(sorted(MISSED)))
    if which == "answered":
        query = query.where(col(Call.outcome).in_(["answered", "answered_elsewhere"]))
    if which == "open":
        query = query.where(Call.started >= datetime.now(UTC) - OPEN_FOR, *_to_call_back())
    if contact is not None:
        query = query.where(Call.contact_id == contact)
    if search:
        query = query.where(_found(search))
    if before is not None:
        query = query.where(_older(col(Call.started), col(Call.id), before))
    return [_call_row(*row) for row in session.exec(query)]


def _to_call_back() -> tuple[ColumnElement[bool], ...]:
    """The last call of somebody whom nobody here has called back, answered or written to since."""
    later, written = aliased(Call), aliased(Message)
    again = exists().where(col(later.contact_id) == col(Call.contact_id), col(later.id) > col(Call.id))
    answered = exists().where(
        col(written.contact_id) == col(Call.contact_id),
        col(written.direction) == "out",
        col(written.kind) == "manual",
        col(written.created) >= col(Call.started),
    )
    return (
        col(Call.outcome).in_(sorted(MISSED)),
        col(Call.contact_id).is_not(None),
        col(Call.called_back).is_(None),
        ~again,
        ~answered,
    )


def messages(
    session: Session,
    *,
    address: str | None = None,
    before: tuple[datetime, int] | None = None,
    limit: int | None = None,
) -> list[MessageRow]:
    """Texts, newest first; `address` takes only that contact's."""
    query = (
        select(Message, Contact, Line.name)
        .join(Line, col(Line.id) == Message.line_id)
        .join(Contact, col(Contact.id) == Message.contact_id)
        .order_by(col(Message.created).desc(), col(Message.id).desc())
        .limit(limit)
    )
    if address is not None:
        query = query.where(Contact.address == address)
    if before is not None:
        query = query.where(_older(col(Message.created), col(Message.id), before))
    return [_message_row(*row) for row in session.exec(query)]


def contacts(session: Session, *, search: str = "", limit: int | None = None) -> Sequence[Contact]:
    """Contacts, the last seen first."""
    query = select(Contact).order_by(col(Contact.last_seen).desc(), col(Contact.id).desc()).limit(limit)
    if search:
        query = query.where(_found(search))
    return session.exec(query).all()


def consents(session: Session, contact: Contact) -> Sequence[ConsentEvent]:
    """Every step of opting out and in again, newest first."""
    mine = select(ConsentEvent).where(ConsentEvent.contact_id == contact.id)
    return session.exec(mine.order_by(col(ConsentEvent.id).desc())).all()


def automatic_texts(session: Session, now: datetime) -> int:
    """How many callers get an automatic text in a month, by those of the last thirty days; a younger box is reckoned up."""
    texts = select(func.count(), func.min(Message.created)).where(
        Message.kind == "auto",
        Message.created >= now - MONTH,
        col(Message.status).in_(["sent", "delivered", "unconfirmed"]),
    )
    count, first = session.exec(texts).one()
    days = max(1.0, (now - first) / timedelta(days=1)) if first else 1.0
    return round(count * min(30.0, 30.0 / days)) if count else 0


def contact_at(session: Session, address: str) -> Contact | None:
    return session.exec(select(Contact).where(Contact.address == address)).first()


def conversations(session: Session, *, limit: int = 50) -> list[ConversationRow]:
    """Contacts by their last sign of life, those with unread texts first."""
    unread = (
        select(
            col(Message.contact_id).label("contact_id"),
            func.count().label("n"),
            func.min(Message.created).label("since"),
        )
        .where(Message.status == "received")
        .group_by(col(Message.contact_id))
        .subquery()
    )
    newest = (
        select(func.max(Message.id))
        .where(Message.contact_id == Contact.id)
        .correlate(Contact)
        .scalar_subquery()
    )
    columns: Any = (Contact, Message, Line.name, func.coalesce(unread.c.n, 0), unread.c.since)
    query = (
        select(*columns)
        .outerjoin(unread, unread.c.contact_id == Contact.id)
        .outerjoin(Message, col(Message.id) == newest)
        .outerjoin(Line, col(Line.id) == Message.line_id)
        .order_by((func.coalesce(unread.c.n, 0) > 0).desc(), col(Contact.last_seen).desc())
        .limit(limit)
    )
    return [
        ConversationRow(
            address=contact.address,
            name=contact.name,
            last_seen=contact.last_seen,
            last=_message_row(message, contact, line) if message else None,
            unread=count,
            waiting=since,
        )
        for contact, message, line, count, since in session.exec(query)
    ]


def thread(session: Session, contact: Contact, *, limit: int = 100) -> list[CallRow | MessageRow]:
    """The last `limit` calls and texts of one contact, oldest first, as they followed each other."""
    assert contact.id is not None
    rows: list[CallRow | MessageRow] = [
        *calls(session, contact=contact.id, limit=limit),
        *messages(session, address=contact.address, limit=limit),
    ]
    return sorted(rows, key=lambda row: row.started if isinstance(row, CallRow) else row.created)[-limit:]


def unread(session: Session) -> int:
    """How many incoming texts nobody has read."""
    return session.exec(select(func.count()).select_from(Message).where(Message.status == "received")).one()


def waiting(session: Session) -> int:
    """How many texts are still to go out."""
    return session.exec(
        select(func.count()).select_from(Message).where(col(Message.status).in_(["queued", "sending"]))
    ).one()


def incidents(session: Session, *, limit: int = 20) -> Sequence[Incident]:
    return session.exec(select(Incident).order_by(col(Incident.began).desc()).limit(limit)).all()


def newest(session: Session) -> datetime | None:
    """When the last call or text was stored, by the clock of then."""
    call = session.exec(select(Call.started).order_by(col(Call.started).desc()).limit(1)).first()
    text = session.exec(select(Message.created).order_by(col(Message.id).desc()).limit(1)).first()
    return max((moment for moment in (call, text) if moment), default=None)


def last_call(session: Session, line: str) -> datetime | None:
    """When a call was last heard on this line."""
    query = select(Call.started).join(Line, col(Line.id) == Call.line_id).where(Line.name == line)
    return session.exec(query.order_by(col(Call.started).desc()).limit(1)).first()


def lines(session: Session) -> Sequence[Line]:
    return session.exec(select(Line).order_by(col(Line.id))).all()


def _found(search: str) -> ColumnElement[bool]:
    text = search.strip().replace("%", "").replace("_", "")
    digits = "".join(filter(str.isdigit, text)).lstrip("0")
    by_name = col(Contact.name).ilike(f"%{text}%")
    return or_(by_name, col(Contact.address).contains(digits or text))


def _older(when: Any, key: Any, before: tuple[datetime, int]) -> ColumnElement[bool]:
    return or_(when < before[0], and_(when == before[0], key < before[1]))


# ---- JSON of the contract (DESIGN, chapter 6)


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with Z.

    >>> from datetime import UTC
    >>> iso(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    '2026-11-23T09:30:00Z'
    """
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def call_json(row: CallRow) -> dict[str, object]:
    keys = [
        "id",
        "name",
        "withheld",
        "rings",
        "outcome",
        "missed",
        "textback",
        "reason",
        "message_id",
        "line",
    ]
    return {
        **{key: getattr(row, key) for key in keys},
        "number": row.address,
        "started": iso(row.started),
        "ended": iso(row.ended),
        "trace": list(row.trace),
    }


def message_json(row: MessageRow) -> dict[str, object]:
    keys = ["id", "direction", "kind", "body", "status", "error", "parts", "call_id", "author", "line"]
    times = ["created", "due", "sent", "delivered"]
    return {
        **{key: getattr(row, key) for key in keys},
        "number": row.address,
        **{key: iso(getattr(row, key)) for key in times},
    }


def contact_json(contact: Contact) -> dict[str, object]:
    return {
        "number": contact.address,
        "name": contact.name,
        "notes": contact.notes,
        "opted_out_at": iso(contact.opted_out_at),
        "excluded": contact.excluded,
        "blocked": contact.blocked,
        "source": contact.source,
        "first_seen": iso(contact.first_seen),
        "last_seen": iso(contact.last_seen),
    }
