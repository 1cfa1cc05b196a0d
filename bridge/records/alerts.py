"""What the owner is to be told: which alerts there are, which are due, and when they need no more telling. An alert is a row
and survives a restart; of one conversation there is one until somebody has read it, of one incident one at all."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bridge.records.tables import Alert, Contact, Incident, OtherNumber
from bridge.rules.states import AlertKind, IncidentKind

# A modem that is back so soon was only plugged in again; other troubles last.
PATIENCE = {IncidentKind.LINE: timedelta(minutes=5), IncidentKind.NETWORK: timedelta(minutes=5)}
# An owner's answer without a tag is for the only customer who was relayed within so long; with one, for any of so long.
FRESH, TAGGED = timedelta(hours=24), timedelta(days=7)
# Apprise services that cannot be reached are tried again after so long, so often.
AGAIN, TRIES = timedelta(minutes=10), 6


def conversation_is_news(
    session: Session, contact: Contact, kind: AlertKind, body: str, line_id: int, now: datetime, due: datetime
) -> Alert | None:
    """Tell of this conversation, unless that has been done and nobody has read it since. kind: reply or urgent."""
    open_one = select(Alert.id).where(Alert.contact_id == contact.id, col(Alert.over).is_(False)).limit(1)
    if session.exec(open_one).first() is not None:
        return None
    alert = Alert(kind=kind, contact_id=contact.id, line_id=line_id, body=body, created=now, due=due)
    session.add(alert)
    session.flush()
    return alert


def conversation_is_seen(session: Session, contact: Contact) -> None:
    """Somebody has read or answered it: what was not told yet need not be, and the next thing is news again."""
    for alert in session.exec(
        select(Alert).where(Alert.contact_id == contact.id, col(Alert.over).is_(False))
    ):
        alert.over = True


def note_incidents(session: Session, now: datetime, due: datetime) -> None:
    """An alert for every incident that lasts and has none; one that is over before it is told needs none."""
    told = select(Alert.incident_id).where(col(Alert.incident_id).is_not(None))
    for incident in session.exec(
        select(Incident).where(col(Incident.ended).is_(None), col(Incident.id).not_in(told))
    ):
        if now - incident.began >= PATIENCE.get(incident.kind, timedelta(0)):
            session.add(
                Alert(
                    kind=AlertKind.SICK,
                    incident_id=incident.id,
                    body=incident.what,
                    created=now,
                    due=due,
                )
            )
    ended = (
        select(Alert)
        .join(Incident, col(Incident.id) == Alert.incident_id)
        .where(col(Alert.over).is_(False), col(Incident.ended).is_not(None))
    )
    for alert in session.exec(ended):
        alert.over = True


def due_now(session: Session, now: datetime) -> Sequence[Alert]:
    """What is to be told now."""
    return session.exec(
        select(Alert)
        .where(col(Alert.over).is_(False), col(Alert.told).is_(None), Alert.due <= now)
        .order_by(col(Alert.id))
        .limit(10)
    ).all()


def was_told(session: Session, alert_id: int, told: bool, now: datetime) -> None:
    """What became of it at the Apprise services; told: were all of them told?"""
    alert = session.get(Alert, alert_id)
    if alert is None:
        return
    alert.tries += not told
    if told or alert.tries >= TRIES:
        alert.told = now
    else:
        alert.due = now + AGAIN


def customers_lately(session: Session, now: datetime) -> Sequence[Contact]:
    """Whose texts were relayed to the owner lately."""
    relayed = select(Alert.contact_id).where(
        Alert.kind == AlertKind.REPLY, col(Alert.texted), Alert.created > now - FRESH
    )
    return session.exec(select(Contact).where(col(Contact.id).in_(relayed)).order_by(col(Contact.id))).all()


def customer_tagged(session: Session, tag: int, now: datetime) -> Contact | None:
    """The customer of this tag, if the owner was told of them lately: whoever forges the owner's number reaches nobody else."""
    merged = session.exec(select(OtherNumber.contact_id).where(OtherNumber.was == tag)).first()
    whom = tag if merged is None else merged
    told = select(Alert.id).where(Alert.contact_id == whom, col(Alert.texted), Alert.created > now - TAGGED)
    return session.get(Contact, whom) if session.exec(told.limit(1)).first() is not None else None
