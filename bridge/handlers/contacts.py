"""What the shop keeps of people: names, notes and kinds, imported ones, how somebody is forgotten, and what grows too old."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bridge.records.contacts import people_at
from bridge.records.tables import Contact
from bridge.rules.addressbook import Card
from bridge.rules.limits import KINDS, LONGEST_NAME, LONGEST_NOTES
from bridge.rules.one_line import one_line
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import ContactKind


def describe(contact: Contact, name: str, notes: str, kind: str) -> None:
    """Keeps what the shop writes down about somebody. Raises Refusal for a kind that there is not."""
    if kind not in KINDS:
        raise Refusal(Refused.NO_SUCH_KIND, kind=kind)
    contact.name, contact.notes, contact.kind = (
        one_line(name)[:LONGEST_NAME],
        notes.strip()[:LONGEST_NOTES],
        ContactKind(kind),
    )


def import_contacts(session: Session, cards: Sequence[Card], now: datetime) -> None:
    """Contacts out of a file. What the shop has written down already stays; a file only fills in and adds marks. There is
    nothing to be done about somebody who has neither called nor written."""
    with session.no_autoflush:  # all at once at the end
        people = people_at(session, [card.number for card in cards], "import", now)
        for card, contact in zip(cards, people, strict=True):
            if contact.source == "import" and contact.first_seen == now:
                contact.done = True
            kind = contact.kind or card.mark
            describe(contact, contact.name or card.name, contact.notes or card.notes, kind)
            contact.blocked = contact.blocked or card.blocked
