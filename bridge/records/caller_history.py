"""What is known of a caller before a decision: texts that count, contact since, how busy the box is; reads only."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from bridge.records.consents import last_step
from bridge.records.tables import Call, Contact, Message
from bridge.rules.policy import CallerFacts, Contacted, Said
from bridge.rules.states import ANSWERED, COOLING, ConsentKind, Direction, MessageKind, MessageStatus


def history_of(session: Session, call: Call) -> CallerFacts:
    """The caller's past when the call ends: automatic texts that cool down or wait."""
    return _automatic_past(session, call.contact_id, None) if call.contact_id is not None else CallerFacts()


def history_of_text(session: Session, call: Call, own: Message) -> CallerFacts:
    """The caller's past when the text of this call is due; that text itself does not count."""
    past = _automatic_past(session, own.contact_id, own.id)
    return replace(past, contact_since=_contact_since(session, call))


def _automatic_past(session: Session, contact_id: int, without: int | None) -> CallerFacts:
    """From one look at the contact's automatic texts, the newest first."""
    query = (
        select(Message)
        .where(
            Message.contact_id == contact_id,
            Message.kind == MessageKind.AUTO,
            Message.id != without,
            col(Message.status).in_([*COOLING, MessageStatus.QUEUED]),
        )
        .order_by(col(Message.id).desc())
        .limit(10)
    )
    texts = session.exec(query).all()
    last = next((text for text in texts if text.status.starts_cooldown), None)
    contact = session.get_one(Contact, contact_id)
    return CallerFacts(
        opted_out=contact.opted_out_at is not None,
        opt_out=_said(session, contact, ConsentKind.OUT) if contact.opted_out_at else None,
        doubtful=contact.doubtful,
        kind=contact.kind,
        excluded=_said(session, contact, ConsentKind.NEVER) if contact.kind else None,
        unreachable=contact.unreachable,
        blocked=contact.blocked,
        stranger=not contact.name and contact.first_seen == contact.last_seen,
        last_automatic=(last.sent or last.due or last.created) if last else None,
        last_automatic_id=last.id if last else None,
        pending_id=next((text.id for text in texts if text.status == MessageStatus.QUEUED), None),
    )


def _said(session: Session, contact: Contact, kind: ConsentKind) -> Said | None:
    """How it came that they get no texts, in UTC; None where nobody knows, as of those who were forgotten meanwhile."""
    step = last_step(session, contact, kind)
    if step is None or (not step.words and step.by is None):
        return None
    return Said(step.at, step.words, step.by)


def _contact_since(session: Session, call: Call) -> Contacted | None:
    if call.called_back is not None:
        return Contacted.CALLED_BACK
    text = session.exec(
        select(Message.direction)
        .where(
            Message.contact_id == call.contact_id,
            Message.created >= call.started,
            Message.kind == MessageKind.MANUAL,  # a reminder by a program answers nobody
        )
        .order_by(col(Message.direction))  # "in" before "out"
        .limit(1)
    ).first()
    if text is not None:
        return Contacted.THEY_TEXTED if text is Direction.IN else Contacted.WE_TEXTED
    answered = select(Call.id).where(
        Call.contact_id == call.contact_id,
        Call.started > call.started,
        col(Call.outcome).in_(sorted(ANSWERED)),
    )
    return Contacted.ANSWERED if session.exec(answered.limit(1)).first() else None


def traffic_since(session: Session, midnight: datetime, burst: datetime) -> tuple[int, int]:
    """How many automatic texts were decided since midnight and are not void, and how many callers were first seen since the
    beginning of a burst; in one look, since a caller waits."""
    texts = select(func.count()).where(
        Message.kind == MessageKind.AUTO,
        Message.created >= midnight,
        col(Message.status).in_([*COOLING, MessageStatus.QUEUED]),
    )
    strangers = select(func.count()).where(Contact.source == "call", Contact.first_seen >= burst)
    return session.exec(select(texts.scalar_subquery(), strangers.scalar_subquery())).one()
