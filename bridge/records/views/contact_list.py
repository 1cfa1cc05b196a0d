"""Contacts as they are shown, and what each has said about texts."""

import re
from collections.abc import Sequence, Set

from sqlalchemy import ColumnElement, and_, or_, true
from sqlmodel import Session, col, select

from bridge.records.contacts import has_number
from bridge.records.tables import ConsentEvent, Contact, OtherNumber
from bridge.records.views.needing_reply import not_ours
from bridge.records.views.rows import FOUND, Place, came_before, last_first
from bridge.rules import numbers
from bridge.rules.folding import fold


def contacts(
    session: Session,
    *,
    own: Set[str] = frozenset(),
    search: str = "",
    region: str = numbers.NOWHERE,
    before: Place | None = None,
    limit: int | None = None,
) -> Sequence[Contact]:
    """Contacts, the last seen first, those who were never seen at the end. own: identities of our own numbers, which are
    left out; search, region: as for found_ids; before: the place and id of the last one of the page above."""
    query = select(Contact).order_by(*last_first(Contact)).limit(limit)
    if own:
        query = query.where(not_ours(own))
    if search:
        query = query.where(col(Contact.id).in_(found_ids(session, search, region)))
    if before is not None:
        query = query.where(came_before(Contact, before))
    return session.exec(query).all()


def consents(session: Session, contact: Contact) -> Sequence[ConsentEvent]:
    """Every step of opting out and in again, newest first."""
    mine = select(ConsentEvent).where(ConsentEvent.contact_id == contact.id)
    return session.exec(mine.order_by(col(ConsentEvent.id).desc())).all()


def further_numbers(session: Session, of: Sequence[Contact] | None = None) -> dict[int, list[str]]:
    """The further numbers of these contacts, of everybody if None, by the contact's id."""
    found: dict[int, list[str]] = {}
    query = select(OtherNumber).order_by(OtherNumber.address)
    if of is not None:
        query = query.where(col(OtherNumber.contact_id).in_([contact.id for contact in of]))
    for row in session.exec(query):
        found.setdefault(row.contact_id, []).append(row.address)
    return found


# What people write of a number.
_NUMBER, _NO_DIGIT = re.compile(r"[\d +()./-]+"), re.compile(r"\D")


def found_ids(session: Session, search: str, region: str = numbers.NOWHERE) -> Sequence[int]:
    """The contacts who have each of these words in their name or number, without regard to case and accents, the newest of
    them. A part of a number will do; a whole one finds its line in any spelling. region: for numbers written the national
    way."""
    text = fold(search)
    with_it = [and_(true(), *map(_with, text.split()))]
    digits = _NO_DIGIT.sub("", text).lstrip("0")
    if digits and _NUMBER.fullmatch(text):
        with_it += [_with(digits), has_number(numbers.identity(text, region))]
        further = select(OtherNumber.contact_id).where(
            col(OtherNumber.address).contains(digits, autoescape=True)
        )
        with_it.append(col(Contact.id).in_(further))
    found = select(col(Contact.id)).where(or_(*with_it)).order_by(col(Contact.id).desc()).limit(FOUND)
    return [key for key in session.exec(found) if key]


def _with(part: str) -> ColumnElement[bool]:
    return col(Contact.folded).contains(part, autoescape=True)
