"""A person is deleted with all calls and texts; keyed hashes stay of an opt-out, and of what a modem or the operator may
still tell of."""

from sqlalchemy import exists, or_
from sqlmodel import Session, col, select

from bridge.records import deleted, labels
from bridge.records.contacts import digest_of, id_is_spent, other_numbers
from bridge.records.put_aside import forget_those_of
from bridge.records.retention import delete_rows
from bridge.records.tables import (
    Alert,
    AuditEntry,
    Call,
    ConsentEvent,
    Contact,
    ContactLabel,
    Forgotten,
    HookDelivery,
    InboundPart,
    Message,
    MessagePart,
    Note,
    OtherNumber,
    Recipient,
    Submission,
)
from bridge.rules.numbers import identities
from bridge.rules.numbers import identity as identity_of


def forget(session: Session, contact: Contact) -> None:
    """Delete the person and all their calls and texts. Who had opted out stays so, by a hash that tells no number."""
    further = other_numbers(session, contact)
    if contact.opted_out_at is not None:
        for identity in (contact.identity, *map(identity_of, further)):
            digest = digest_of(session, identity)
            if session.get(Forgotten, digest) is None:
                session.add(Forgotten(digest=digest, opted_out_at=contact.opted_out_at))
    numbers = select(Call.number).where(Call.contact_id == contact.id, col(Call.number).is_not(None))
    shown = {number for number in session.exec(numbers) if number}
    spellings = {spelling for one in (contact.address, *further) for spelling in identities(one)}
    addresses = {*spellings, contact.address, *further, *shown}
    texts = select(Message.id).where(Message.contact_id == contact.id)
    delete_rows(session, Alert, Alert.contact_id == contact.id)
    delete_rows(session, ConsentEvent, ConsentEvent.contact_id == contact.id)
    delete_rows(session, Note, Note.contact_id == contact.id)
    delete_rows(session, HookDelivery, HookDelivery.contact_id == contact.id)
    delete_rows(session, ContactLabel, ContactLabel.contact_id == contact.id)
    labels.drop_unused(session)
    delete_rows(session, OtherNumber, OtherNumber.contact_id == contact.id)
    delete_rows(session, AuditEntry, AuditEntry.contact_id == contact.id)
    delete_rows(session, MessagePart, col(MessagePart.message_id).in_(texts))
    lines = {contact.identity, *map(identity_of, further)}
    theirs = or_(col(Recipient.message_id).in_(texts), col(Recipient.identity).in_(lines))
    delete_rows(session, Recipient, theirs)
    nobody = ~exists().where(col(Recipient.submission_id) == Submission.id)
    delete_rows(session, Submission, nobody)
    ours = or_(col(InboundPart.message_id).in_(texts), col(InboundPart.sender).in_(addresses))
    deleted.texts_go(session, ours)
    deleted.calls_go(session, Call.contact_id == contact.id)
    deleted.number_goes(session, addresses)
    delete_rows(session, InboundPart, ours)
    forget_those_of(session, addresses)
    delete_rows(session, Message, Message.contact_id == contact.id)
    delete_rows(session, Call, Call.contact_id == contact.id)
    id_is_spent(session, contact)
    delete_rows(session, Contact, Contact.id == contact.id)
