"""Who waits for an answer, and what becomes of that where the answer never goes out. Runs inside the loop's transactions."""

from datetime import datetime

from sqlalchemy import and_, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bridge.records.tables import Contact, Message
from bridge.rules.states import ANSWERING, PENDING, Direction, MessageKind


def waits_from(contact: Contact, since: datetime, place: int) -> None:
    """They wait for an answer from that place on, unless they have waited for longer."""
    if contact.waits_place is None or place < contact.waits_place:
        contact.waits_since, contact.waits_place = since, place


def waits_no_more(contact: Contact) -> None:
    """Nobody has to answer them."""
    contact.waits_since = contact.waits_place = None


def asking(session: Session, contact: Contact) -> Message | None:
    """The text that nobody here has answered yet, the first of those that came since our last answer."""
    asks = select(Message).where(
        Message.contact_id == contact.id, col(Message.asks).is_(True), col(Message.answered).is_(None)
    )
    return session.exec(asks.order_by(col(Message.place).desc()).limit(1)).first()


def one_asks(session: Session, *contacts: int | None) -> None:
    """Of a conversation only the first unanswered text is the one that asks. contacts: whose texts are one conversation."""
    asks = select(Message).where(
        col(Message.contact_id).in_(contacts), col(Message.asks).is_(True), col(Message.answered).is_(None)
    )
    for later in session.exec(asks.order_by(col(Message.place))).all()[1:]:
        later.asks = False


def is_answered_by(session: Session, contact: Contact, text: Message) -> None:
    """This text of ours answers what they wait for; where an earlier one does that, which has not gone out yet, both do."""
    since, place = contact.waits_since, contact.waits_place
    if place is None:
        earlier = _ours(contact).where(col(Message.status).in_(PENDING), Message.id != text.id)
        if (before := session.exec(earlier.order_by(col(Message.place).desc()).limit(1)).first()) is not None:
            since, place = before.answers_since, before.answers_place
    text.answers_since, text.answers_place = since, place
    waits_no_more(contact)


def was_answered_otherwise(session: Session, contact: Contact) -> None:
    """Somebody has spoken to them: whatever becomes of our texts, they wait for none of those any more."""
    answers = and_(col(Message.contact_id) == contact.id, col(Message.answers_place).is_not(None))
    nothing = update(Message).where(answers).values(answers_place=None, answers_since=None)
    session.execute(nothing.execution_options(synchronize_session="fetch"))
    waits_no_more(contact)


def has_come_to_nothing(session: Session, text: Message) -> None:
    """This text does not go out: whom it should have answered waits again, from where they waited before, unless another text
    of ours answers the same."""
    since, place = text.answers_since, text.answers_place
    if since is None or place is None:
        return
    contact = session.get_one(Contact, text.contact_id)
    others = _ours(contact).where(
        Message.id != text.id, Message.place > place, col(Message.status).in_(ANSWERING)
    )
    if session.exec(others.limit(1)).first() is not None:
        return
    waits_from(contact, since, place)
    contact.done = False
    if (asked := _asked(session, text)) is not None:
        asked.answered = None
        session.flush()
        one_asks(session, contact.id)


def has_gone_out(session: Session, text: Message, now: datetime) -> None:
    """What this text answers was answered when it went out, not when it was written."""
    if (asked := _asked(session, text)) is not None:
        asked.answered = now


def _ours(contact: Contact) -> SelectOfScalar[Message]:
    return select(Message).where(
        Message.contact_id == contact.id,
        Message.direction == Direction.OUT,
        Message.kind == MessageKind.MANUAL,
    )


def _asked(session: Session, text: Message) -> Message | None:
    """The text of theirs that this one of ours was written to answer."""
    if text.answers_place is None:
        return None
    asked = select(Message).where(
        Message.contact_id == text.contact_id,
        col(Message.asks).is_(True),
        col(Message.answered).is_not(None),
        Message.place >= text.answers_place,
        Message.place < text.place,
    )
    return session.exec(asked.order_by(col(Message.place)).limit(1)).first()
