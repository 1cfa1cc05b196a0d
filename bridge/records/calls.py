"""Calls: written when they begin, told who it is, looked up by those who decide."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from bridge.records import deleted
from bridge.records.contacts import somebody_at
from bridge.records.rows import add_row, id_of
from bridge.records.tables import Call, Contact, Line, Message
from bridge.rules.states import MISSED, MessageStatus

# The modem notes a missed call in its book a little before or after we do.
SAME_MOMENT = timedelta(seconds=10)


# No phone rings for longer.
LONGEST_RINGING = timedelta(hours=1)


def calls_of_line_since(session: Session, line: Line, since: datetime) -> Sequence[Call]:
    """The calls of this line that ended after that, or have not ended."""
    recent = or_(col(Call.ended).is_(None), col(Call.ended) >= since - SAME_MOMENT)
    return session.exec(select(Call).where(Call.line_id == line.id, recent)).all()


def call_began(session: Session, line: Line, started: datetime) -> Call:
    """The new row of a call on this line, its caller not known yet. started: UTC."""
    return add_row(session, Call(line_id=id_of(line), started=started))


def caller_is(
    session: Session, call: Call, number: str | None, e164: str | None, withheld: bool, now: datetime
) -> None:
    """The number of a call has become known: as received and, where it is one, in E.164."""
    call.number, call.e164, call.withheld = number, e164, withheld
    if number is not None:
        call.contact_id = somebody_at(session, e164 or number, "call", now).id


def it_was_no_call(session: Session, call: Call) -> None:
    """Forget it, and who made it if nothing else is known of them. The modem's book may list it all the same."""
    deleted.calls_go(session, Call.id == call.id)
    contact = session.get(Contact, call.contact_id) if call.contact_id is not None else None
    session.delete(call)
    session.flush()
    if contact is not None and contact.source == "call" and not contact.name:
        calls = select(Call.id).where(Call.contact_id == contact.id).limit(1)
        texts = select(Message.id).where(Message.contact_id == contact.id).limit(1)
        if session.exec(calls).first() is None and session.exec(texts).first() is None:
            session.delete(contact)


def calls_left_ringing(session: Session) -> Sequence[Call]:
    """Calls without an end: the box stopped while they rang."""
    return session.exec(select(Call).where(col(Call.outcome).is_(None)).order_by(col(Call.id))).all()


def missed_before(session: Session, call: Call, since: datetime) -> int:
    """How often this caller has rung in vain since then, before this call, and was not called back."""
    rung = select(func.count()).where(
        Call.contact_id == call.contact_id,
        Call.started >= since,
        Call.id != call.id,
        col(Call.outcome).in_(sorted(MISSED)),
        col(Call.called_back).is_(None),
    )
    return session.exec(rung).one()


def is_being_dealt_with(session: Session, contact: Contact) -> bool:
    """Does this person ring, or is a text to them on its way?"""
    rings = select(Call.id).where(Call.contact_id == contact.id, col(Call.outcome).is_(None))
    sends = select(Message.id).where(
        Message.contact_id == contact.id, Message.status == MessageStatus.SENDING
    )
    return any(session.exec(query.limit(1)).first() is not None for query in (rings, sends))


def was_called_back(session: Session, contact: Contact, author: str | None, now: datetime) -> None:
    """Somebody here has called this person back: that answers all the calls so far."""
    open_calls = select(Call).where(Call.contact_id == contact.id, col(Call.called_back).is_(None))
    for call in session.exec(open_calls):
        call.called_back, call.called_back_by, call.urgent = now, author, False


def last_call_around(
    session: Session, line: Line, contact_id: int | None, when: datetime, within: timedelta
) -> Call | None:
    """The last call of this line, or of this contact on it, that ended about then."""
    query = select(Call).where(
        Call.line_id == line.id,
        col(Call.ended).between(when - within, when + within),
        Call.started >= when - within - LONGEST_RINGING,
    )
    if contact_id is not None:
        query = query.where(Call.contact_id == contact_id)
    return session.exec(query.order_by(col(Call.id).desc()).limit(1)).first()
