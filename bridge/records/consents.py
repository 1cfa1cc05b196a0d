"""Opting out and in again: the steps that are kept, and what each means for the contact."""

from datetime import datetime

from sqlmodel import Session, col, select

from bridge.records.contacts import kept_of_forgotten
from bridge.records.outgoing import by_hand_are_cancelled
from bridge.records.rows import id_of
from bridge.records.tables import ConsentEvent, Contact
from bridge.rules.policy import Reason
from bridge.rules.states import ConsentKind, ContactKind


def consent(
    session: Session,
    contact: Contact,
    kind: ConsentKind,
    source: str,
    now: datetime,
    *,
    words: str = "",
    by: str | None = None,
) -> None:
    """Keep the step, and what follows from it for the contact. words: theirs; by: the user who settled it here."""
    session.add(ConsentEvent(contact_id=id_of(contact), at=now, kind=kind, source=source, words=words, by=by))
    if kind is ConsentKind.OUT:
        contact.opted_out_at, contact.doubtful = contact.opted_out_at or now, False
        by_hand_are_cancelled(session, id_of(contact), Reason.OPTED_OUT, now)
    elif kind is ConsentKind.IN:
        contact.opted_out_at, contact.doubtful = None, False
        for kept in kept_of_forgotten(session, [contact.address]).values():
            session.delete(kept)  # the hash has done its work
    elif kind in (ConsentKind.DOUBT, ConsentKind.FINE):
        contact.doubtful = kind is ConsentKind.DOUBT
    session.flush()


def exclude(
    session: Session, contact: Contact, kind: ContactKind, source: str, now: datetime, by: str | None
) -> None:
    """What this contact is to the shop; who is anything in particular gets no automatic texts. A change of that is a step."""
    if bool(kind) != bool(contact.kind):
        step = ConsentKind.NEVER if kind else ConsentKind.WELCOME
        consent(session, contact, step, source, now, by=by)
    contact.kind = kind


def last_step(session: Session, contact: Contact, kind: ConsentKind) -> ConsentEvent | None:
    """The last step of this kind; None where none is kept."""
    steps = select(ConsentEvent).where(ConsentEvent.contact_id == contact.id, ConsentEvent.kind == kind)
    return session.exec(steps.order_by(col(ConsentEvent.id).desc()).limit(1)).first()


def bring_back(
    session: Session, contact: Contact, kind: ConsentKind, source: str, now: datetime, by: str | None
) -> None:
    """Somebody has lifted it by mistake: it counts again as it did, with its words and its time."""
    last = last_step(session, contact, kind)
    if last is None:
        consent(session, contact, kind, source, now, by=by)
        return
    if kind is ConsentKind.OUT:
        contact.opted_out_at = None
    consent(session, contact, kind, last.source, last.at, words=last.words, by=last.by)


def asked_since(session: Session, contact: Contact, kind: ConsentKind, since: datetime) -> bool:
    """Has this contact asked for the same since then?"""
    same = select(ConsentEvent.id).where(
        ConsentEvent.contact_id == contact.id, ConsentEvent.kind == kind, ConsentEvent.at >= since
    )
    return session.exec(same.limit(1)).first() is not None
