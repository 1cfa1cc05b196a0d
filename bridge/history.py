"""Everything that is read for the page and the history commands: frozen rows, newest first; it writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bridge.models import Call, ConsentEvent, Contact, Deed, Incident, Line, Message, Note, SavedReply
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
# So many contacts are looked at for a search, and so many unread texts for the list of conversations.
FOUND, UNREAD = 200, 500
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
    opted_out: bool = False
    blocked: bool = False

    @property
    def seconds(self) -> int | None:
        """How long it rang or lasted."""
        return None if self.ended is None else max(0, round((self.ended - self.started).total_seconds()))


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
    first unread text waits for somebody. key: its place, for the next page."""

    key: int
    address: str
    name: str
    last_seen: datetime
    last: MessageRow | None
    unread: int
    waiting: datetime | None = None
    done: bool = False
    assignee: str | None = None


@dataclass(frozen=True)
class NoteRow:
    """A word between colleagues in a conversation."""

    id: int
    at: datetime
    author: str
    body: str


@dataclass(frozen=True)
class DeedRow:
    """Who changed what. address and name: of the person that it was done to, if anybody."""

    id: int
    at: datetime
    who: str
    what: str
    address: str | None
    name: str


Place = tuple[datetime, int]
ThreadRow = CallRow | MessageRow | NoteRow


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
        opted_out=contact is not None and contact.opted_out_at is not None,
        blocked=contact is not None and contact.blocked,
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
    before: Place | None = None,
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
    filters: list[ColumnElement[bool]] = []
    if contact is not None:
        filters.append(col(Call.contact_id) == contact)
    if search:
        theirs = select(Call.id).where(col(Call.contact_id).in_(_found_ids(session, search)))
        filters.append(col(Call.id).in_(theirs))
    if before is not None:
        filters.append(_older(col(Call.started), col(Call.id), before))
    if which == "open":
        filters += (col(Call.started) >= datetime.now(UTC) - OPEN_FOR, *_to_call_back())
    outcomes = OF_OUTCOME.get(which)
    if outcomes and limit is not None and not search:
        filters = [col(Call.id).in_(_newest_of(outcomes, filters, limit))]
    elif outcomes:
        filters.append(col(Call.outcome).in_(outcomes))
    return [_call_row(*row) for row in session.exec(query.where(*filters))]


OF_OUTCOME = {"missed": sorted(MISSED), "answered": ["answered", "answered_elsewhere"]}


def _newest_of(outcomes: Sequence[str], filters: Sequence[ColumnElement[bool]], limit: int) -> Any:
    """The ids of the newest calls of these outcomes: so many of each are looked up in the index of outcomes, however rare
    they are among the others."""
    of_each = [
        select(Call.id)
        .where(Call.outcome == outcome, *filters)
        .order_by(col(Call.started).desc(), col(Call.id).desc())
        .limit(limit)
        .subquery()
        for outcome in outcomes
    ]
    return union_all(*(select(each.c.id) for each in of_each))


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
    contact: int | None = None,
    before: Place | None = None,
    limit: int | None = None,
) -> list[MessageRow]:
    """Texts, newest first; `address` or `contact` take only that contact's."""
    query = (
        select(Message, Contact, Line.name)
        .join(Line, col(Line.id) == Message.line_id)
        .join(Contact, col(Contact.id) == Message.contact_id)
        .order_by(col(Message.created).desc(), col(Message.id).desc())
        .limit(limit)
    )
    if address is not None:
        query = query.where(Contact.address == address)
    if contact is not None:
        query = query.where(Message.contact_id == contact)
    if before is not None:
        query = query.where(_older(col(Message.created), col(Message.id), before))
    return [_message_row(*row) for row in session.exec(query)]


def contacts(
    session: Session, *, search: str = "", before: Place | None = None, limit: int | None = None
) -> Sequence[Contact]:
    """Contacts, the last seen first. before: (last_seen, id) of the last one of the page above."""
    query = select(Contact).order_by(col(Contact.last_seen).desc(), col(Contact.id).desc()).limit(limit)
    if search:
        query = query.where(col(Contact.id).in_(_found_ids(session, search)))
    if before is not None:
        query = query.where(_older(col(Contact.last_seen), col(Contact.id), before))
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


def conversations(
    session: Session,
    *,
    which: str = "open",
    user: str | None = None,
    before: Place | None = None,
    limit: int = 50,
) -> list[ConversationRow]:
    """People by their last sign of life; on the first page all those with unread texts, before at most `limit` others. which:
    open, done, mine (those of `user`) or all; before: (last_seen, key) of the last one of the page above."""
    unread = _unread_of(session)
    chosen = _of_conversations(which, user)
    rest = select(Contact).where(*chosen)
    if unread:
        rest = rest.where(col(Contact.id).not_in(unread))
    if before is not None:
        rest = rest.where(_older(col(Contact.last_seen), col(Contact.id), before))
    people = list(session.exec(rest.order_by(*_LAST_SEEN).limit(limit)))
    if before is None:
        first = select(Contact).where(*chosen, col(Contact.id).in_(unread))
        people = [*session.exec(first.order_by(*_LAST_SEEN)), *people]
    last = _last_words(session, people)
    return [
        ConversationRow(
            key=person.id or 0,
            address=person.address,
            name=person.name,
            last_seen=person.last_seen,
            last=last.get(person.id),
            unread=unread[person.id][0] if person.id in unread else 0,
            waiting=unread[person.id][1] if person.id in unread else None,
            done=person.done,
            assignee=person.assignee,
        )
        for person in people
    ]


_LAST_SEEN = (col(Contact.last_seen).desc(), col(Contact.id).desc())


def _of_conversations(which: str, user: str | None) -> tuple[ColumnElement[bool], ...]:
    match which:
        case "all":
            return ()
        case "mine":
            return (col(Contact.assignee) == user, col(Contact.done).is_(False))
        case _:
            return (col(Contact.done).is_(which == "done"),)


def _unread_of(session: Session) -> dict[int | None, tuple[int, datetime]]:
    """Of whom there are unread texts, how many, and since when; from the newest ones."""
    newest = (
        select(Message.contact_id, Message.created)
        .where(Message.status == "received", col(Message.due).is_(None))
        .order_by(col(Message.id).desc())
        .limit(UNREAD)
    )
    found: dict[int | None, tuple[int, datetime]] = {}
    for contact, created in session.exec(newest):
        count, since = found.get(contact, (0, created))
        found[contact] = count + 1, min(since, created)
    return found


def _last_words(session: Session, people: Sequence[Contact]) -> dict[int | None, MessageRow]:
    """The last text from or to each of them."""
    mine = (
        select(Message.id)
        .where(Message.contact_id == Contact.id)
        .order_by(col(Message.created).desc(), col(Message.id).desc())
        .limit(1)
        .correlate(Contact)
        .scalar_subquery()
    )
    query = (
        select(Contact, Message, Line.name)
        .join(Message, col(Message.id) == mine)
        .join(Line, col(Line.id) == Message.line_id)
        .where(col(Contact.id).in_([person.id for person in people]))
    )
    return {
        contact.id: _message_row(message, contact, line) for contact, message, line in session.exec(query)
    }


def thread(
    session: Session, contact: Contact, *, before: datetime | None = None, limit: int = 100
) -> list[ThreadRow]:
    """The last `limit` calls, texts and notes of one contact before that moment, oldest first, as they followed each other."""
    assert contact.id is not None
    place = (before, 0) if before else None
    notes = select(Note).where(Note.contact_id == contact.id)
    if before is not None:
        notes = notes.where(Note.at < before)
    rows: list[ThreadRow] = [
        *calls(session, contact=contact.id, before=place, limit=limit),
        *messages(session, contact=contact.id, before=place, limit=limit),
        *(
            NoteRow(note.id or 0, note.at, note.author, note.body)
            for note in session.exec(notes.order_by(col(Note.id).desc()).limit(limit))
        ),
    ]
    return sorted(rows, key=moment)[-limit:]


def moment(row: ThreadRow) -> datetime:
    """When a row of a thread was made."""
    match row:
        case CallRow():
            return row.started
        case MessageRow():
            return row.created
    return row.at


def saved_replies(session: Session) -> Sequence[SavedReply]:
    return session.exec(select(SavedReply).order_by(col(SavedReply.id))).all()


def deeds(session: Session, *, before: int | None = None, limit: int = 50) -> list[DeedRow]:
    """Who changed what, newest first. before: the id of the last one of the page above."""
    query = select(Deed, Contact).outerjoin(Contact, col(Contact.id) == Deed.contact_id)
    if before is not None:
        query = query.where(col(Deed.id) < before)
    return [
        DeedRow(
            deed.id or 0,
            deed.at,
            deed.who,
            deed.what,
            contact.address if contact else None,
            contact.name if contact else "",
        )
        for deed, contact in session.exec(query.order_by(col(Deed.id).desc()).limit(limit))
    ]


def unread(session: Session) -> int:
    """How many incoming texts nobody has read; more than UNREAD are not counted."""
    some = select(Message.id).where(Message.status == "received").limit(UNREAD).subquery()
    return session.exec(select(func.count()).select_from(some)).one()


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
    """When a call was last heard on this line, whichever SIM was in it."""
    sims = session.exec(select(Line.id).where(Line.name == line)).all()
    newest = select(Call.started).order_by(col(Call.started).desc()).limit(1)
    heard = [session.exec(newest.where(Call.line_id == sim)).first() for sim in sims]
    return max((moment for moment in heard if moment), default=None)


def lines(session: Session) -> Sequence[Line]:
    return session.exec(select(Line).order_by(col(Line.id))).all()


def _found_ids(session: Session, search: str) -> Sequence[int]:
    """The contacts with this part of a name or number, the last seen of them; a number may be typed with 0 before it."""
    text = search.strip().replace("%", "").replace("_", "")
    digits = "".join(filter(str.isdigit, text)).lstrip("0")
    # SQLite's LIKE minds no case; the lower() that stands for ILIKE there would take as long as all the rest.
    sqlite, name = session.get_bind().dialect.name == "sqlite", col(Contact.name)
    by_name = name.like(f"%{text}%") if sqlite else name.ilike(f"%{text}%")
    found = select(col(Contact.id)).where(or_(by_name, col(Contact.address).contains(digits or text)))
    return [key for key in session.exec(found.order_by(col(Contact.id).desc()).limit(FOUND)) if key]


def _older(when: Any, key: Any, before: Place) -> ColumnElement[bool]:
    """Behind that place; the first comparison is what an index can begin at."""
    return and_(when <= before[0], or_(when < before[0], key < before[1]))


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
