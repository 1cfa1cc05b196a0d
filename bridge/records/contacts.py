"""Contacts: made at the first sight, with what was kept of somebody who was forgotten."""

import hmac
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from secrets import token_hex

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, func, select

from bridge.records import places
from bridge.records.memo import remember, remembered
from bridge.records.rows import add_row
from bridge.records.tables import (
    NEVER_SEEN,
    Contact,
    Forgotten,
    Message,
    OtherNumber,
)
from bridge.rules import numbers
from bridge.rules.addressbook import Card
from bridge.rules.states import WENT_OUT, Direction

# The memo with the key of the hashes of numbers that opted out and were forgotten.
FORGET_KEY = "forget_key"
# The memo with the highest id of a contact that was deleted.
LAST_ID = "last_contact_id"


def somebody_at(session: Session, address: str, source: str, now: datetime) -> Contact:
    """The contact of this address (E.164, or as received), whichever way the number is spelled; made at the first sight."""
    (contact,) = people_named(session, [address], source)
    if not contact.seen:
        contact.first_seen, contact.done = now, False
    contact.last_seen, contact.place = max(contact.last_seen, now), places.take(session)
    return add_row(session, contact)


def people_named(session: Session, addresses: Sequence[str], source: str) -> list[Contact]:
    """The contacts of many addresses, such as a file names, in their order, in few statements. Those that are new have never
    been seen, have nothing to be done about them, and may have no id before they are flushed.

    The spelling that tells of a mobile is the one to keep, since it tells more.
    """
    lines = [numbers.identity(address) for address in addresses]
    known = _with_numbers(session, set(lines))
    new = {line: address for line, address in zip(lines, addresses, strict=True) if line not in known}
    kept = kept_of_forgotten(session, new.values())
    spent = _id_of_the_next(session) if new else None
    for line, address in new.items():
        known[line] = Contact(
            id=spent,
            address=address,
            identity=line,
            source=source,
            done=True,
            first_seen=NEVER_SEEN,
            last_seen=NEVER_SEEN,
            place=places.NONE,
        )
        if address in kept:
            known[line].opted_out_at = kept[address].opted_out_at
        session.add(known[line])
        if spent is not None:  # from this one on the database counts by itself
            session.flush()
            spent = None
    for line, address in zip(lines, addresses, strict=True):
        mine = known[line].identity == line  # and not a further number
        if mine and known[line].address != address and numbers.tells_mobile(address):
            known[line].address = address
    return [known[line] for line in lines]


def _with_numbers(session: Session, lines: Collection[str]) -> dict[str, Contact]:
    """By the identity of a number, the first or a further one, the contact who has it."""
    first = session.exec(select(Contact).where(col(Contact.identity).in_(lines))).all()
    further = (
        select(OtherNumber.identity, Contact)
        .join(Contact, col(Contact.id) == OtherNumber.contact_id)
        .where(col(OtherNumber.identity).in_(lines))
    )
    return {contact.identity: contact for contact in first} | dict(session.exec(further).all())


def contact_at(session: Session, address: str) -> Contact | None:
    """The contact with this number in any spelling (E.164, or a name that sends texts); None if there is none."""
    return session.exec(select(Contact).where(has_number(numbers.identity(address)))).first()


def has_number(identity: str) -> ColumnElement[bool]:
    """The condition that this is a number of the contact, the first or a further one. identity: numbers.identity."""
    further = select(OtherNumber.contact_id).where(OtherNumber.identity == identity)
    return or_(col(Contact.identity) == identity, col(Contact.id).in_(further))


def other_numbers(session: Session, contact: Contact) -> Sequence[str]:
    """The further numbers of a contact."""
    mine = select(OtherNumber.address).where(OtherNumber.contact_id == contact.id)
    return session.exec(mine.order_by(OtherNumber.address)).all()


def id_is_spent(session: Session, contact: Contact) -> None:
    """This contact is about to be deleted: nobody else gets its id, by which the owner's answers (#17) find a customer."""
    last = int(remembered(session, LAST_ID) or 0)
    remember(session, LAST_ID, str(max(last, contact.id or 0)))


def _id_of_the_next(session: Session) -> int | None:
    """None: the database gives one. SQLite alone gives that of the newest row again when the row is deleted."""
    last = remembered(session, LAST_ID)
    if last is None or session.get_bind().dialect.name != "sqlite":
        return None
    newest = session.exec(select(func.max(Contact.id))).one() or 0
    return int(last) + 1 if int(last) > newest else None


def digest_of(session: Session, address: str) -> str:
    """The keyed hash of a number; the key is made at the first use and goes into every backup."""
    key = remembered(session, FORGET_KEY)
    if key is None:
        key = token_hex(32)
        remember(session, FORGET_KEY, key)
        session.flush()
    return hmac.new(bytes.fromhex(key), address.encode(), sha256).hexdigest()


def was_texted(session: Session, contact: Contact) -> bool:
    """Did any text of ours go out to this contact, or may have?"""
    gone = select(Message.id).where(
        Message.contact_id == contact.id,
        Message.direction == Direction.OUT,
        col(Message.status).in_(WENT_OUT),
    )
    return session.exec(gone.limit(1)).first() is not None


def kept_of_forgotten(session: Session, addresses: Iterable[str]) -> dict[str, Forgotten]:
    """By address, the opt-outs of those who were forgotten, under whichever spelling of the number they were kept."""
    if session.exec(select(Forgotten.digest).limit(1)).first() is None:
        return {}  # as it mostly is; and no key is made
    by_digest = {
        digest_of(session, spelling): address
        for address in addresses
        for spelling in numbers.identities(address)
    }
    kept = session.exec(select(Forgotten).where(col(Forgotten.digest).in_(by_digest)))
    return {by_digest[row.digest]: row for row in kept}


def our_last_words(session: Session, contact: Contact) -> Sequence[str]:
    """What we wrote to this contact lately."""
    ours = select(Message.body).where(Message.contact_id == contact.id, Message.direction == Direction.OUT)
    return session.exec(ours.order_by(col(Message.id).desc()).limit(5)).all()


def card_of(contact: Contact, address: str) -> Card:
    """One number of a contact as an address book has it."""
    return Card(
        address,
        contact.name,
        contact.notes,
        contact.kind,
        contact.blocked,
        opted_out=contact.opted_out_at is not None,
        opted_out_at=contact.opted_out_at,
        unsure=contact.doubtful,
    )
