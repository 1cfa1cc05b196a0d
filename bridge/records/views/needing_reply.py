"""Who waits for an answer, apart from what is unread: they wrote or rang last, and nobody here has answered since."""

from collections.abc import Set

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import Session, col, select

from bridge.records import places
from bridge.records.tables import Contact
from bridge.records.views import box
from bridge.rules import own_numbers
from bridge.rules.settings import Settings

# So many are counted at most: the page says 99+.
MOST = 100


def ours(session: Session, settings: Settings, region: str) -> frozenset[str]:
    """The identities of the shop's own numbers and of the owner's mobile, which stand in no list of people."""
    return own_numbers.identities(settings, region, box.own_numbers(session))


def not_ours(own: Set[str]) -> ColumnElement[bool]:
    """Of contacts those that are none of our own numbers."""
    return col(Contact.identity).not_in(sorted(own))


def waits() -> ColumnElement[bool]:
    """Of contacts those who wait for an answer. Who is blocked or snoozed waits for none as long as they are."""
    return and_(func.coalesce(Contact.waits_place, places.NONE) > places.NONE, not_put_off())


def not_put_off() -> ColumnElement[bool]:
    """Of contacts those who would count if they waited; `put_off` says it of one."""
    return and_(col(Contact.blocked).is_(False), col(Contact.snoozed_until).is_(None))


def put_off(contact: Contact) -> bool:
    """Does this person not count as waiting, whatever they wrote?"""
    return contact.blocked or contact.snoozed_until is not None


def needs_reply(own: Set[str]) -> ColumnElement[bool]:
    """Of contacts those who wait for an answer and are none of our own numbers."""
    # The first comparison is what an index can begin at.
    return and_(col(Contact.waits_place) > places.NONE, waits(), not_ours(own))


def needing_reply(session: Session, own: Set[str]) -> int:
    """How many people wait for an answer; more than MOST are not counted."""
    some = select(Contact.id).where(needs_reply(own)).limit(MOST).subquery()
    return session.exec(select(func.count()).select_from(some)).one()
