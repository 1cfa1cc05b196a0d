"""Old rows are deleted, a few at a time, and only by a clock that has gone on day by day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists
from sqlmodel import Session, col, select

from bridge.records import deleted, search_index
from bridge.records.memo import remember, remembered
from bridge.records.tables import (
    NEVER_SEEN,
    Alert,
    ApiToken,
    AuditEntry,
    Call,
    ConsentEvent,
    Contact,
    ContactLabel,
    HookDelivery,
    InboundPart,
    Incident,
    Invitation,
    Message,
    MessagePart,
    Note,
    OtherNumber,
    PutAside,
    Recipient,
    Submission,
)
from bridge.rules.invitations import HOLDS
from bridge.rules.states import PENDING, MessageStatus

# The memo of when old rows were last looked for, and how long ago that may have been for the clock to be believed.
TIDIED, AWAY_AT_MOST = "tidied", timedelta(days=14)


# So many old rows are deleted in one transaction: a caller may wait behind it.
BATCH = 500


# A text in one of these states is still to be dealt with, however old it is.
UNFINISHED = (*PENDING, MessageStatus.RECEIVED)


def days_go_by(session: Session, now: datetime) -> bool:
    """Once a day: has the clock moved by days since this was asked last, neither back nor by months? Only then is it
    trusted to delete by; the first call only notes the time."""
    last = remembered(session, TIDIED)
    remember(session, TIDIED, now.isoformat())
    return last is not None and timedelta(0) <= now - datetime.fromisoformat(last) <= AWAY_AT_MOST


def delete_older(session: Session, before: datetime) -> bool:
    """Delete a batch of calls, texts, incidents and alerts of before that moment, and people of whom nothing is left; was
    there anything? Opt-outs stay, and everybody of whom the shop has written something down."""
    found = False
    olds = (_old_texts(before), _old_calls(before), _old_parts(before), _old_incidents(before))
    for old in (
        *olds,
        _old_notes(before),
        _old_audit_entries(before),
        _old_put_aside(before),
        _old_invitations(before),
        _old_submissions(before),
        _old_tokens(before),
    ):
        found = _batch(session, *old) or found
    deleted.drop_marks(session, before)
    return found or _batch(session, *_people_of_nothing(before))


Old = tuple[type[Any], Any, tuple[tuple[type[Any], Any], ...]]


def _old_texts(before: datetime) -> Old:
    old = select(Message.id).where(Message.created < before, col(Message.status).not_in(UNFINISHED))
    of_it = (
        (MessagePart, col(MessagePart.message_id)),
        (InboundPart, col(InboundPart.message_id)),
        (Recipient, col(Recipient.message_id)),
    )
    return Message, old, of_it


def _old_submissions(before: datetime) -> Old:
    """Of which no text is left, or never was."""
    texts = exists().where(
        col(Recipient.submission_id) == Submission.id, col(Recipient.message_id).is_not(None)
    )
    old = select(Submission.id).where(Submission.created < before, ~texts)
    return Submission, old, ((Recipient, col(Recipient.submission_id)),)


def _old_tokens(before: datetime) -> Old:
    return ApiToken, select(ApiToken.id).where(ApiToken.expires < before), ()


def _old_calls(before: datetime) -> Old:
    waits = exists().where(col(Message.call_id) == Call.id)  # its text goes first
    return Call, select(Call.id).where(Call.started < before, col(Call.ended).is_not(None), ~waits), ()


def _old_parts(before: datetime) -> Old:
    return (
        InboundPart,
        select(InboundPart.id).where(InboundPart.received < before, col(InboundPart.message_id).is_(None)),
        (),
    )


def _old_incidents(before: datetime) -> Old:
    old = select(Incident.id).where(Incident.began < before, col(Incident.ended).is_not(None))
    return Incident, old, ((Alert, col(Alert.incident_id)),)


def _old_notes(before: datetime) -> Old:
    return Note, select(Note.id).where(Note.at < before), ()


def _old_audit_entries(before: datetime) -> Old:
    return AuditEntry, select(AuditEntry.id).where(AuditEntry.at < before), ()


def _old_put_aside(before: datetime) -> Old:
    return PutAside, select(PutAside.id).where(PutAside.at < before), ()


def _old_invitations(before: datetime) -> Old:
    """However short a time rows are kept: one that still holds stays."""
    return Invitation, select(Invitation.id).where(Invitation.created < before - HOLDS), ()


def _people_of_nothing(before: datetime) -> Old:
    """Contacts of whom no call, text or note is left, and of whom the shop has kept nothing."""
    nothing = (
        ~exists().where(col(Call.contact_id) == Contact.id),
        ~exists().where(col(Message.contact_id) == Contact.id),
        ~exists().where(col(Note.contact_id) == Contact.id),
        ~exists().where(col(OtherNumber.contact_id) == Contact.id),
        ~exists().where(col(ContactLabel.contact_id) == Contact.id),
        Contact.name == "",
        Contact.notes == "",
        Contact.kind == "",
        col(Contact.blocked).is_(False),
        col(Contact.opted_out_at).is_(None),
        col(Contact.doubtful).is_(False),
        Contact.last_seen > NEVER_SEEN,  # somebody has put them into the address book
    )
    of_them = (
        (ConsentEvent, col(ConsentEvent.contact_id)),
        (Alert, col(Alert.contact_id)),
        (AuditEntry, col(AuditEntry.contact_id)),
        (HookDelivery, col(HookDelivery.contact_id)),
    )
    return Contact, select(Contact.id).where(Contact.last_seen < before, *nothing), of_them


def _batch(session: Session, what: type[Any], old: Any, of_it: Sequence[tuple[type[Any], Any]]) -> bool:
    keys = session.exec(old.limit(BATCH)).all()
    if not keys:
        return False
    for other, column in of_it:
        _delete(session, other, column.in_(keys))
    _delete(session, what, what.id.in_(keys))
    return True


def _delete(session: Session, what: type[Any], which: Any) -> None:
    if what is Call:
        deleted.calls_go(session, which, old=True)
    elif what is InboundPart:
        deleted.texts_go(session, which)
    delete_rows(session, what, which)


def delete_rows(session: Session, what: type[Any], which: Any) -> None:
    """Deletes the rows of this table for which the condition holds."""
    if what is Message:
        search_index.texts_went(session)
    session.execute(delete(what).where(which).execution_options(synchronize_session="fetch"))
