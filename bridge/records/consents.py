"""Opting out and in again: the steps that are kept, and what each means for the contact."""

from datetime import datetime

from sqlmodel import Session, select

from bridge.records.contacts import kept_of_forgotten
from bridge.records.rows import id_of
from bridge.records.tables import ConsentEvent, Contact
from bridge.rules.states import ConsentKind


def consent(
    session: Session, contact: Contact, kind: ConsentKind, source: str, words: str, now: datetime
) -> None:
    """Keep the step, and what follows from it for the contact."""
    session.add(ConsentEvent(contact_id=id_of(contact), at=now, kind=kind, source=source, words=words))
    if kind is ConsentKind.OUT:
        contact.opted_out_at, contact.doubtful = contact.opted_out_at or now, False
    elif kind is ConsentKind.IN:
        contact.opted_out_at, contact.doubtful = None, False
        for kept in kept_of_forgotten(session, [contact.address]).values():
            session.delete(kept)  # the hash has done its work
    elif kind in (ConsentKind.DOUBT, ConsentKind.FINE):
        contact.doubtful = kind is ConsentKind.DOUBT
    session.flush()


def asked_since(session: Session, contact: Contact, kind: ConsentKind, since: datetime) -> bool:
    """Has this contact asked for the same since then?"""
    same = select(ConsentEvent.id).where(
        ConsentEvent.contact_id == contact.id, ConsentEvent.kind == kind, ConsentEvent.at >= since
    )
    return session.exec(same.limit(1)).first() is not None
