"""What the shop keeps of people: names, notes and kinds, imported ones, how somebody is forgotten, and what grows too old."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bridge.records.consents import consent
from bridge.records.contacts import people_named
from bridge.records.tables import Contact
from bridge.rules.addressbook import Card, stricter
from bridge.rules.limits import KINDS, LONGEST_NAME, LONGEST_NOTES
from bridge.rules.one_line import one_line
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import ConsentKind, ContactKind

# Where a contact or an opt-out comes from that a file of contacts holds.
FILE = "import"


def describe(contact: Contact, name: str, notes: str, kind: str) -> None:
    """Keeps what the shop writes down about somebody. Raises Refusal for a kind that there is not."""
    if kind not in KINDS:
        raise Refusal(Refused.NO_SUCH_KIND, kind=kind)
    contact.name, contact.notes, contact.kind = (
        one_line(name)[:LONGEST_NAME],
        notes.strip()[:LONGEST_NOTES],
        ContactKind(kind),
    )


def import_contacts(session: Session, cards: Sequence[Card], by: str | None, now: datetime) -> None:
    """Contacts out of a file that the user `by` brought. What the shop has written down already stays; a file only fills in.
    Of two marks the stricter wins, and no file lets anybody out of a STOP."""
    with session.no_autoflush:  # all at once at the end
        people = people_named(session, [card.number for card in cards], FILE)
        for card, contact in zip(cards, people, strict=True):
            kind = stricter(contact.kind, card.mark)
            describe(contact, contact.name or card.name, contact.notes or card.notes, kind)
            contact.blocked = contact.blocked or card.blocked
    session.flush()
    for card, contact in zip(cards, people, strict=True):
        _restore_consent(session, contact, card, by or "", now)


def _restore_consent(session: Session, contact: Contact, card: Card, by: str, now: datetime) -> None:
    if contact.opted_out_at is not None:
        return
    if card.opted_out:
        since = min(card.opted_out_at or now, now)
        consent(session, contact, ConsentKind.OUT, FILE, by, since)
    elif card.unsure and not contact.doubtful:
        consent(session, contact, ConsentKind.DOUBT, FILE, by, now)
