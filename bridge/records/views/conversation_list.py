"""Conversations as they are shown: the list, one thread, and saved replies."""

from collections import Counter
from collections.abc import Sequence, Set
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_
from sqlmodel import Session, col, select

from bridge.records import places
from bridge.records.clock_shift import doubted_behind
from bridge.records.labels import labels_of
from bridge.records.rows import id_of
from bridge.records.tables import Call, Contact, ContactLabel, Line, Message, Note, SavedReply
from bridge.records.views.call_list import calls
from bridge.records.views.message_list import message_row, messages
from bridge.records.views.needing_reply import needs_reply, not_ours, put_off, waits
from bridge.records.views.rows import (
    UNREAD,
    ConversationRow,
    MessageRow,
    NoteRow,
    Place,
    ThreadRow,
    came_before,
    last_first,
)
from bridge.rules.folding import words
from bridge.rules.states import MessageStatus


def conversations(
    session: Session,
    *,
    which: str = "open",
    user: str | None = None,
    own: Set[str] = frozenset(),
    label: int | None = None,
    waiting_after: Place | None = None,
    before: Place | None = None,
    limit: int = 50,
) -> list[ConversationRow]:
    """Those who wait for an answer, the longest wait first, then the others by their last sign of life; our own numbers are not
    among them. which: open, done, mine (those of `user`) or all; label: with this label only; waiting_after: place and id by
    which the last one of the page above waits; before: place and id of its last one who does not wait."""
    chosen = (*_of_conversations(which, user), not_ours(own), *_with_label(label))
    people: list[Contact] = []
    if before is None:
        first = select(Contact).where(*chosen, needs_reply(own))
        if waiting_after is not None:
            first = first.where(_waits_after(waiting_after))
        in_turn = col(Contact.waits_place), col(Contact.id)
        people += session.exec(first.order_by(*in_turn).limit(limit))
    if len(people) < limit:
        rest = select(Contact).where(*chosen, not_(waits()))
        if before is not None:
            rest = rest.where(came_before(Contact, before))
        people += session.exec(rest.order_by(*last_first(Contact)).limit(limit - len(people)))
    unread = _unread_of(session)
    doubted = doubted_behind(session)
    last = _last_words(session, people, doubted)
    worn_by = labels_of(session, map(id_of, people))
    return [
        ConversationRow(
            key=id_of(person),
            place=person.place,
            doubtful=person.place > doubted,
            address=person.address,
            name=person.name,
            last_seen=person.last_seen,
            last=last.get(person.id),
            unread=unread[id_of(person)],
            waits_since=None if put_off(person) else person.waits_since,
            waits_place=None if put_off(person) else person.waits_place,
            snoozed_until=person.snoozed_until,
            done=person.done,
            assignee=person.assignee,
            labels=tuple(label.name for label in worn_by.get(id_of(person), ())),
        )
        for person in people
    ]


def _of_conversations(which: str, user: str | None) -> tuple[ColumnElement[bool], ...]:
    seen = col(Contact.place) > places.NONE  # who stands in the address book only has no conversation
    match which:
        case "all":
            return (seen,)
        case "mine":
            return (seen, col(Contact.assignee) == user, col(Contact.done).is_(False))
        case _:
            return (seen, col(Contact.done).is_(which == "done"))


def _with_label(label: int | None) -> tuple[ColumnElement[bool], ...]:
    if label is None:
        return ()
    return (col(Contact.id).in_(select(ContactLabel.contact_id).where(ContactLabel.label_id == label)),)


def _waits_after(last: Place) -> ColumnElement[bool]:
    place, key = last
    here = col(Contact.waits_place)
    return and_(here >= place, or_(here > place, col(Contact.id) > key))


def _unread_of(session: Session) -> Counter[int]:
    """Of whom there are unread texts, and how many; from the newest ones."""
    newest = (
        select(Message.contact_id)
        .where(Message.status == MessageStatus.RECEIVED, col(Message.due).is_(None))
        .order_by(col(Message.id).desc())
        .limit(UNREAD)
    )
    return Counter(session.exec(newest))


def _last_words(session: Session, people: Sequence[Contact], doubted: float) -> dict[int | None, MessageRow]:
    """The last text from or to each of them."""
    mine = (
        select(Message.id)
        .where(Message.contact_id == Contact.id)
        .order_by(*last_first(Message))
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
        contact.id: message_row(message, contact, line, doubted)
        for contact, message, line in session.exec(query)
    }


def thread(
    session: Session, contact: Contact, *, before: Place | None = None, limit: int = 100
) -> list[ThreadRow]:
    """The last `limit` calls, texts and notes of one contact before that place, oldest first, as they followed each other."""
    doubted = doubted_behind(session)
    notes = select(Note).where(Note.contact_id == contact.id)
    if before is not None:
        notes = notes.where(came_before(Note, before))
    rows: list[ThreadRow] = [
        *calls(session, contact=id_of(contact), before=before, limit=limit),
        *messages(session, contact=id_of(contact), before=before, limit=limit),
        *(_note_row(note, doubted) for note in session.exec(notes.order_by(*last_first(Note)).limit(limit))),
    ]
    return sorted(rows, key=lambda row: (row.place, row.id))[-limit:]


def _note_row(note: Note, doubted: float) -> NoteRow:
    return NoteRow(id_of(note), note.place, note.at, note.author, note.body, note.place > doubted)


def found_in_thread(
    session: Session, contact: Contact, search: str, limit: int = 100
) -> list[MessageRow | NoteRow]:
    """The texts and notes of one contact that have each of these words, or longer ones that begin with it; those that came last
    first."""
    doubted, wanted = doubted_behind(session), words(search)
    notes = session.exec(select(Note).where(Note.contact_id == contact.id)).all() if wanted else ()
    found = [*messages(session, contact=id_of(contact), search=search, limit=limit)]
    with_all = (note for note in notes if all(_begins_in(word, note.body) for word in wanted))
    rows: list[MessageRow | NoteRow] = [*found, *(_note_row(note, doubted) for note in with_all)]
    return sorted(rows, key=lambda row: row.place, reverse=True)[:limit]


def _begins_in(word: str, text: str) -> bool:
    return any(one.startswith(word) for one in words(text))


def end_of_page(session: Session, contact: Contact, shown: Place, more: int) -> Place | None:
    """Behind which row a page of the thread ends that shows this one with so many later ones; None: the page of the newest has
    it."""
    tables: tuple[Any, ...] = (Call, Message, Note)
    later: list[Place] = []
    for table in tables:
        theirs = select(table.place, table.id).where(table.contact_id == contact.id, table.place > shown[0])
        later += map(tuple, session.execute(theirs.order_by(table.place, table.id).limit(more)))
    return sorted(later)[more - 1] if len(later) >= more else None


def saved_replies(session: Session) -> Sequence[SavedReply]:
    """All saved replies, oldest first."""
    return session.exec(select(SavedReply).order_by(col(SavedReply.id))).all()
