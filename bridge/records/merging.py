"""How a contact gets further numbers, and how two contacts become one."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from bridge.records import labels, waits
from bridge.records.contacts import contact_at, id_is_spent, kept_of_forgotten
from bridge.records.retention import delete_rows
from bridge.records.rows import id_of
from bridge.records.tables import (
    Alert,
    AuditEntry,
    Call,
    ConsentEvent,
    Contact,
    HookDelivery,
    Message,
    Note,
    OtherNumber,
)
from bridge.rules import numbers
from bridge.rules.addressbook import stricter
from bridge.rules.limits import LONGEST_NOTES
from bridge.rules.states import ContactKind, MessageKind, MessageStatus

# Whose rows name a contact.
OF_CONTACTS = (Call, Message, ConsentEvent, Alert, Note, AuditEntry, OtherNumber, HookDelivery)


def add_number(session: Session, contact: Contact, address: str) -> None:
    """One more number of this contact; whoever had it for themselves is merged into this contact."""
    other = contact_at(session, address)
    if other is None:
        row = OtherNumber(identity=numbers.identity(address), address=address, contact_id=id_of(contact))
        session.add(row)
        for kept in kept_of_forgotten(session, [address]).values():
            contact.opted_out_at = contact.opted_out_at or kept.opted_out_at
    elif other.id != contact.id:
        _merge(session, contact, other)
    session.flush()


def _merge(session: Session, stays: Contact, goes: Contact) -> None:
    """Everything that named the one names the other, which holds what both held; of two marks the stricter wins."""
    waits.one_asks(session, stays.id, goes.id)
    _one_is_texted(session, stays, goes)
    labels.move(session, goes, stays)
    for table in OF_CONTACTS:
        moved = update(table).where(col(table.contact_id) == goes.id).values(contact_id=stays.id)
        session.execute(moved.execution_options(synchronize_session="fetch"))
    _join(stays, goes)
    identity, address, was = goes.identity, goes.address, goes.id
    id_is_spent(session, goes)
    delete_rows(session, Contact, Contact.id == goes.id)
    session.add(OtherNumber(identity=identity, address=address, contact_id=id_of(stays), was=was))


def _one_is_texted(session: Session, stays: Contact, goes: Contact) -> None:
    """Nobody gets two automatic texts because they rang from two numbers: of those that still wait, the first goes out."""
    automatic = select(Message).where(
        col(Message.contact_id).in_([stays.id, goes.id]),
        Message.kind == MessageKind.AUTO,
        Message.status == MessageStatus.QUEUED,
    )
    for later in session.exec(automatic.order_by(col(Message.place))).all()[1:]:
        later.status = MessageStatus.CANCELLED


def _join(stays: Contact, goes: Contact) -> None:
    """What one contact keeps of two; a test holds the columns against those of the table."""
    stays.name = stays.name or goes.name
    notes = dict.fromkeys(notes for notes in (stays.notes, goes.notes) if notes)
    stays.notes = "\n".join(notes)[:LONGEST_NOTES]
    stays.opted_out_at = min(filter(None, (stays.opted_out_at, goes.opted_out_at)), default=None)
    stays.kind = ContactKind(stricter(stays.kind, goes.kind))
    stays.blocked = stays.blocked or goes.blocked
    stays.doubtful = (stays.doubtful or goes.doubtful) and stays.opted_out_at is None
    stays.done = stays.done and goes.done
    stays.assignee = stays.assignee or goes.assignee
    # Who stands in the address book only was seen before everybody else.
    seen = [one.first_seen for one in (stays, goes) if one.seen]
    stays.first_seen = min(seen, default=stays.first_seen)
    stays.last_seen = max(stays.last_seen, goes.last_seen)
    stays.place = max(stays.place, goes.place)
    _join_waits(stays, goes)


def _join_waits(stays: Contact, goes: Contact) -> None:
    """The longer wait goes on; who waits and is not snoozed is not put off by the other one's being so."""
    until = [one.snoozed_until for one in (stays, goes) if one.waits_place is not None or one.snoozed_until]
    stays.snoozed_until = None if None in until else min(filter(None, until), default=None)
    if goes.waits_place is not None and goes.waits_since is not None:
        waits.waits_from(stays, goes.waits_since, goes.waits_place)
