"""What is kept of a conversation besides its texts and calls: whether it is read, done, whose it is, notes, when somebody was
answered; and words that are written often. Runs inside the loop's transactions."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bridge.records import labels
from bridge.records.rows import id_of
from bridge.records.tables import Call, Contact, Message, Note, SavedReply, User
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
    message.asks = _waiting(session, contact) is None
    _waits(contact, message.created, message.place)


def they_rang(contact: Contact, call: Call) -> None:
    """They rang in vain, and hope to hear from somebody here."""
    _waits(contact, call.started, call.place)


def _waits(contact: Contact, since: datetime, place: int) -> None:
    """They wait for an answer, unless they do so already. Nobody answers those who are blocked, or who have no number."""
    if contact.waits_place is None and not contact.blocked and contact.address.startswith("+"):
        contact.waits_since, contact.waits_place = since, place


def _waits_no_more(contact: Contact) -> None:
    contact.waits_since = contact.waits_place = None


def we_answered(session: Session, contact: Contact, now: datetime) -> None:
    """Somebody here has written or spoken to them: that answers what waits."""
    _waits_no_more(contact)
    waiting = _waiting(session, contact)
    if waiting is not None:
        waiting.answered = now


def _waiting(session: Session, contact: Contact) -> Message | None:
    """The text that nobody here has answered yet, the first of those that came since our last answer."""
    asks = select(Message).where(
        Message.contact_id == contact.id, col(Message.asks).is_(True), col(Message.answered).is_(None)
    )
    return session.exec(asks.order_by(col(Message.place).desc()).limit(1)).first()


def mark_done(session: Session, contact: Contact, done: bool) -> None:
    """Done: it is read, and what waits needs no answer."""
    contact.done = done
    if done:
        is_read(session, contact)
        _waits_no_more(contact)
        waiting = _waiting(session, contact)
        if waiting is not None:
            waiting.asks = False


def assign(session: Session, contact: Contact, user: str | None) -> None:
    """This user sees to the conversation; None: nobody in particular. Raises Refusal for a name that no user has."""
    if user and session.exec(select(User.id).where(User.name == user)).first() is None:
        raise Refusal(Refused.NO_COLLEAGUE, name=user)
    contact.assignee = user or None


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


def drop_reply(session: Session, key: int) -> None:
    """Deletes the saved reply with this id, if there is one."""
    reply = session.get(SavedReply, key)
    if reply is not None:
        session.delete(reply)
