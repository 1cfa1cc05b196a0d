"""Conversations as they are shown: the list, one thread, and saved replies."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from bridge.records.rows import id_of
from bridge.records.tables import NEVER_SEEN, Contact, Line, Message, Note, SavedReply
from bridge.records.views.call_list import calls
from bridge.records.views.message_list import message_row, messages
from bridge.records.views.rows import (
    UNREAD,
    ConversationRow,
    MessageRow,
    NoteRow,
    Place,
    ThreadRow,
    moment,
    older_than,
)
from bridge.rules.states import MessageStatus


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
        rest = rest.where(older_than(col(Contact.last_seen), col(Contact.id), before))
    people = list(session.exec(rest.order_by(*_LAST_SEEN).limit(limit)))
    if before is None:
        first = select(Contact).where(*chosen, col(Contact.id).in_(unread))
        people = [*session.exec(first.order_by(*_LAST_SEEN)), *people]
    last = _last_words(session, people)
    return [
        ConversationRow(
            key=id_of(person),
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
    seen = col(Contact.last_seen) > NEVER_SEEN  # who stands in the address book only has no conversation
    match which:
        case "all":
            return (seen,)
        case "mine":
            return (seen, col(Contact.assignee) == user, col(Contact.done).is_(False))
        case _:
            return (seen, col(Contact.done).is_(which == "done"))


def _unread_of(session: Session) -> dict[int | None, tuple[int, datetime]]:
    """Of whom there are unread texts, how many, and since when; from the newest ones."""
    newest = (
        select(Message.contact_id, Message.created)
        .where(Message.status == MessageStatus.RECEIVED, col(Message.due).is_(None))
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
    return {contact.id: message_row(message, contact, line) for contact, message, line in session.exec(query)}


def thread(
    session: Session, contact: Contact, *, before: datetime | None = None, limit: int = 100
) -> list[ThreadRow]:
    """The last `limit` calls, texts and notes of one contact before that moment, oldest first, as they followed each other."""
    place = (before, 0) if before else None
    notes = select(Note).where(Note.contact_id == contact.id)
    if before is not None:
        notes = notes.where(Note.at < before)
    rows: list[ThreadRow] = [
        *calls(session, contact=id_of(contact), before=place, limit=limit),
        *messages(session, contact=id_of(contact), before=place, limit=limit),
        *(
            NoteRow(id_of(note), note.at, note.author, note.body)
            for note in session.exec(notes.order_by(col(Note.id).desc()).limit(limit))
        ),
    ]
    return sorted(rows, key=moment)[-limit:]


def saved_replies(session: Session) -> Sequence[SavedReply]:
    """All saved replies, oldest first."""
    return session.exec(select(SavedReply).order_by(col(SavedReply.id))).all()
