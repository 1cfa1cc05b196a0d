"""What is kept of a conversation besides its texts and calls: whether it is read, done, snoozed, whose it is, notes, when
somebody was answered; and words that are written often. Runs inside the loop's transactions."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bridge.records import labels, places, waits
from bridge.records.rows import id_of
from bridge.records.tables import Call, Contact, Message, Note, SavedReply, User
from bridge.rules.later import AHEAD_AT_MOST
from bridge.rules.limits import LONGEST_LABEL, LONGEST_NOTE, LONGEST_REPLY, MOST_REPLIES
from bridge.rules.one_line import one_line
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import MessageKind, MessageStatus

# Who writes so long after an automatic text does not answer it.
ANSWER_WITHIN = timedelta(days=7)


def is_read(session: Session, contact: Contact) -> None:
    """Marks every unread text of this contact as read."""
    unread = select(Message).where(Message.contact_id == contact.id, Message.status == MessageStatus.RECEIVED)
    for message in session.exec(unread):
        message.status = MessageStatus.READ


def they_wrote(session: Session, contact: Contact, message: Message) -> None:
    """A text of a person has come: it answers our automatic text, and waits for a person here unless an earlier one does so
    already."""
    ours = select(Message).where(
        Message.contact_id == contact.id,
        Message.kind == MessageKind.AUTO,
        Message.created >= message.created - ANSWER_WITHIN,
    )
    text = session.exec(ours.order_by(col(Message.place).desc()).limit(1)).first()
    if text is not None and text.answered is None:
        text.answered = message.created
    message.asks = waits.asking(session, contact) is None
    _they_wait(contact, message.created, message.place)


def they_rang(contact: Contact, call: Call) -> None:
    """They rang in vain, and hope to hear from somebody here."""
    _they_wait(contact, call.started, call.place)


def _they_wait(contact: Contact, since: datetime, place: int) -> None:
    """They wait for an answer, unless they do so already. Nobody answers those who are blocked, or who have no number."""
    if not contact.blocked and contact.address.startswith("+"):
        waits.waits_from(contact, since, place)


def we_answered(session: Session, contact: Contact, now: datetime, text: Message | None = None) -> None:
    """Somebody here has written this text to them, or spoken to them: that answers what waits, and nobody need be reminded."""
    if text is None:
        waits.was_answered_otherwise(session, contact)
    else:
        waits.is_answered_by(session, contact, text)
    contact.snoozed_until = None
    asked = waits.asking(session, contact)
    if asked is not None:
        asked.answered = now


def mark_done(session: Session, contact: Contact, done: bool) -> None:
    """Done: it is read, and what waits needs no answer."""
    contact.done = done
    if done:
        is_read(session, contact)
        waits.waits_no_more(contact)
        contact.snoozed_until = None
        asked = waits.asking(session, contact)
        if asked is not None:
            asked.asks = False


def assign(session: Session, contact: Contact, user: str | None) -> None:
    """This user sees to the conversation; None: nobody in particular. Raises Refusal for a name that no user has."""
    if user and session.exec(select(User.id).where(User.name == user)).first() is None:
        raise Refusal(Refused.NO_COLLEAGUE, name=user)
    contact.assignee = user or None


def snooze(session: Session, contact: Contact, until: datetime | None, now: datetime) -> None:
    """The conversation comes back at that time, or (None) now. Raises Refusal for a time that will not do."""
    if until is None:
        if contact.snoozed_until is not None:
            _comes_back(session, contact, now)
    elif not now < until <= now + AHEAD_AT_MOST:
        raise Refusal(Refused.NOT_LATER, days=AHEAD_AT_MOST.days)
    else:
        contact.snoozed_until, contact.done = until, False


def those_snoozed_come_back(session: Session, now: datetime) -> None:
    """Whoever was snoozed until now is among those again who need a reply."""
    for contact in session.exec(select(Contact).where(col(Contact.snoozed_until) <= now)):
        _comes_back(session, contact, now)


def _comes_back(session: Session, contact: Contact, now: datetime) -> None:
    """Who waited before waits from there on, anybody else from now on: somebody here wanted to see to it."""
    contact.snoozed_until = None
    if contact.waits_place is None:
        waits.waits_from(contact, now, places.take(session))


def label(session: Session, contact: Contact, name: str) -> None:
    """A label for the conversation. Raises Refusal if it is empty or too long."""
    name = one_line(name)
    if not 0 < len(name) <= LONGEST_LABEL:
        raise Refusal(Refused.LABEL_LENGTH, most=LONGEST_LABEL)
    labels.put_on(session, contact, name)


def note(session: Session, contact: Contact, author: str, body: str, now: datetime) -> None:
    """A word to colleagues. Raises Refusal if it is empty or too long."""
    body = body.strip()
    if not 0 < len(body) <= LONGEST_NOTE:
        raise Refusal(Refused.NOTE_LENGTH, most=LONGEST_NOTE, length=len(body))
    session.add(Note(contact_id=id_of(contact), at=now, author=author, body=body))


def save_reply(session: Session, body: str, key: int | None = None) -> None:
    """Keep words that are written often, in place of those with this id. Raises Refusal if they will not do."""
    body = body.strip()
    if not 0 < len(body) <= LONGEST_REPLY:
        raise Refusal(Refused.REPLY_LENGTH, most=LONGEST_REPLY)
    before = session.get(SavedReply, key) if key is not None else None
    known = session.exec(select(SavedReply.body)).all()
    if before is not None:
        before.body = body
        return
    if len(known) >= MOST_REPLIES:
        raise Refusal(Refused.REPLIES_FULL, most=MOST_REPLIES)
    if body not in known:
        session.add(SavedReply(body=body))


def drop_reply(session: Session, key: int) -> str | None:
    """Deletes the saved reply with this id. Returns its words, None if there is none."""
    reply = session.get(SavedReply, key)
    if reply is None:
        return None
    session.delete(reply)
    return reply.body


def bring_back_reply(key: int, body: str, session: Session, _now: datetime) -> None:
    """A saved reply that was dropped is there again, at its place."""
    if session.get(SavedReply, key) is None:
        session.add(SavedReply(id=key, body=body))
