"""Messages as they are shown, and how many wait."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, false, func
from sqlmodel import Session, col, select

from bridge.records.clock_shift import doubted_behind
from bridge.records.contacts import has_number
from bridge.records.rows import id_of
from bridge.records.search_index import texts_with
from bridge.records.tables import Call, Contact, Line, Message, MessageWords
from bridge.records.views.needing_reply import not_ours
from bridge.records.views.rows import FOUND, UNREAD, MessageRow, Place, came_before, last_first
from bridge.rules.folding import words
from bridge.rules.numbers import identity
from bridge.rules.states import PENDING, WENT_OUT, WRITTEN, MessageKind, MessageStatus

# Of less than that nobody can tell what a month is like.
MONTH, ENOUGH = timedelta(days=30), timedelta(days=14)


@dataclass(frozen=True)
class Texted:
    """How many callers got an automatic text since then, and how many that is in a month; None where it is too soon to tell."""

    count: int
    since: datetime
    monthly: int | None


def message_row(message: Message, contact: Contact, line: str, doubted: float) -> MessageRow:
    """One message as the page and the commands show it; `line` is its line's name, `doubted` as of doubted_behind."""
    return MessageRow(
        id=id_of(message),
        place=message.place,
        doubtful=message.place > doubted,
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


def messages(
    session: Session,
    *,
    address: str | None = None,
    contact: int | None = None,
    search: str | None = None,
    own: Set[str] = frozenset(),
    before: Place | None = None,
    limit: int | None = None,
) -> list[MessageRow]:
    """Texts, those that came last first; `address` or `contact` take only that contact's, `search` those that have each of its
    words, or longer ones that begin with it. own: identities of our own numbers, whose texts are left out. before: place and id
    of the last row of the page above."""
    query = (
        select(Message, Contact, Line.name)
        .join(Line, col(Line.id) == Message.line_id)
        .join(Contact, col(Contact.id) == Message.contact_id)
        .order_by(*last_first(Message))
        .limit(limit)
    )
    if address is not None:
        query = query.where(has_number(identity(address)))
    if contact is not None:
        query = query.where(Message.contact_id == contact)
    if own:
        query = query.where(not_ours(own))
    if before is not None:
        query = query.where(came_before(Message, before))
    if search is not None:
        query = query.where(_with_words(session, words(search), contact, before, limit))
    doubted = doubted_behind(session)
    return [message_row(*row, doubted) for row in session.exec(query)]


def _with_words(
    session: Session, wanted: Sequence[str], contact: int | None, before: Place | None, limit: int | None
) -> ColumnElement[bool]:
    """The condition that a text has these words (folded); nothing has none. What one person wrote is looked through, since a
    frequent word is in more texts than they have."""
    if not wanted:
        return false()
    if contact is None:
        key = before[1] if before is not None else None
        return col(Message.id).in_(texts_with(session, wanted, key, FOUND if limit is None else limit))
    theirs = (" " + col(MessageWords.words)).contains
    those = select(MessageWords.id).where(MessageWords.id == Message.id)
    return exists(those.where(*(theirs(f" {word}", autoescape=True) for word in wanted)))


def automatic_texts(session: Session, now: datetime) -> Texted:
    """Of the last thirty days; a younger box is reckoned up, but none that has seen less than ENOUGH."""
    first = session.exec(select(Call.started).order_by(col(Call.started)).limit(1)).first() or now
    since = max(first, now - MONTH)
    texts = select(func.count()).where(
        Message.kind == MessageKind.AUTO, Message.created >= since, col(Message.status).in_(WENT_OUT)
    )
    count = session.exec(texts).one()
    return Texted(count, since, round(count * (MONTH / (now - since))) if now - since >= ENOUGH else None)


def unread(session: Session) -> int:
    """How many incoming texts nobody has read; more than UNREAD are not counted."""
    some = select(Message.id).where(Message.status == MessageStatus.RECEIVED).limit(UNREAD).subquery()
    return session.exec(select(func.count()).select_from(some)).one()


def waiting(session: Session, now: datetime) -> int:
    """How many texts are still to go out, but for those that somebody wrote for later."""
    # Two questions, each of which an index answers: "pending and not for later" in one would be asked of every text.
    pending = select(func.count()).where(col(Message.status).in_(PENDING))
    later = select(func.count()).where(
        Message.status == MessageStatus.QUEUED,
        col(Message.due) > now,
        col(Message.kind).in_(WRITTEN),
        Message.tries == 0,
    )
    return session.exec(pending).one() - session.exec(later).one()


def scheduled(session: Session) -> list[MessageRow]:
    """What people wrote for later, the next one first."""
    query = (
        select(Message, Contact, Line.name)
        .join(Line, col(Line.id) == Message.line_id)
        .join(Contact, col(Contact.id) == Message.contact_id)
        .where(
            Message.status == MessageStatus.QUEUED,
            Message.kind == MessageKind.MANUAL,
            col(Message.due) > col(Message.created),
            Message.tries == 0,
        )
        .order_by(col(Message.due), col(Message.id))
    )
    doubted = doubted_behind(session)
    return [message_row(*row, doubted) for row in session.exec(query)]
