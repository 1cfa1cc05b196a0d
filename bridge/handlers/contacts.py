"""What the shop keeps of people: names, notes and kinds, imported ones, how somebody is forgotten, and what grows too old."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bridge.contract.requests import AddContact, AddNumber, Describe
from bridge.records import merging
from bridge.records.calls import is_being_dealt_with
from bridge.records.consents import consent, exclude
from bridge.records.contacts import contact_at, people_named
from bridge.records.tables import Contact
from bridge.rules import numbers
from bridge.rules.addressbook import Card, stricter
from bridge.rules.limits import KINDS, LONGEST_NAME, LONGEST_NOTES
from bridge.rules.one_line import one_line
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import ConsentKind, ContactKind

# Where a contact or an opt-out comes from that a file of contacts holds.
FILE = "import"


def describe(
    session: Session, contact: Contact, what: Describe, source: str, by: str | None, now: datetime
) -> None:
    """Keeps what the shop writes down about somebody. Raises Refusal for a kind that there is not."""
    if what.kind not in KINDS:
        raise Refusal(Refused.NO_SUCH_KIND, kind=what.kind)
    contact.name, contact.notes = one_line(what.name)[:LONGEST_NAME], what.notes.strip()[:LONGEST_NOTES]
    exclude(session, contact, ContactKind(what.kind), source, now, by)


def add_contact(session: Session, what: AddContact, region: str, source: str) -> Contact:
    """Puts somebody into the address book whom the box has never heard of. Raises Refusal."""
    number = _number(what.number, region)
    if contact_at(session, number) is not None:
        raise Refusal(Refused.CONTACT_EXISTS, number=number)
    (contact,) = people_named(session, [number], source)
    contact.name = one_line(what.name)[:LONGEST_NAME]
    session.flush()
    return contact


def add_number(session: Session, contact: Contact, what: AddNumber, region: str) -> None:
    """One more number of this contact; whoever has it for themselves is merged in, once it is sure. Raises Refusal."""
    number = _number(what.number, region)
    other = contact_at(session, number)
    if other is not None and other.id == contact.id:
        raise Refusal(Refused.CONTACT_EXISTS, number=number)
    if other is not None and not what.sure:
        raise Refusal(Refused.SAME_PERSON, name=other.name or number)
    if any(is_being_dealt_with(session, one) for one in (contact, other) if one):
        raise Refusal(Refused.UNDER_WAY)
    merging.add_number(session, contact, number)


def _number(typed: str, region: str) -> str:
    number = numbers.e164(typed.strip(), region)
    if number is None:
        raise Refusal(Refused.NO_NUMBER, typed=one_line(typed)[:40])
    return number


def import_contacts(session: Session, cards: Sequence[Card], by: str | None, now: datetime) -> None:
    """Contacts out of a file that the user `by` brought. What the shop has written down already stays; a file only fills in.
    Of two marks the stricter wins, and no file lets anybody out of a STOP."""
    people = people_named(session, [card.number for card in cards], FILE)
    session.flush()
    with session.no_autoflush:  # all at once at the end
        for card, contact in zip(cards, people, strict=True):
            told = Describe(
                contact.address,
                contact.name or card.name,
                contact.notes or card.notes,
                stricter(contact.kind, card.mark),
            )
            describe(session, contact, told, FILE, by, now)
            contact.blocked = contact.blocked or card.blocked
            _restore_consent(session, contact, card, by, now)


def _restore_consent(session: Session, contact: Contact, card: Card, by: str | None, now: datetime) -> None:
    if contact.opted_out_at is not None:
        return
    if card.opted_out:
        since = min(card.opted_out_at or now, now)
        consent(session, contact, ConsentKind.OUT, FILE, since, by=by)
    elif card.unsure and not contact.doubtful:
        consent(session, contact, ConsentKind.DOUBT, FILE, now, by=by)
