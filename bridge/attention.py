"""The owner's attention: which news becomes an alert, how it goes to the owner's mobile, and what comes back from there. Runs
inside the loop's transactions; words and parsing are bridge/owner's, rows bridge/records/alerts'."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlmodel import Session, col, func, select

from bridge import hours, numbers, owner, policy
from bridge.records import alerts, contacts, outgoing, views
from bridge.records.tables import Alert, Call, Contact, Incident, Line, Message
from bridge.settings import Settings
from bridge.wording import plain
from modem.contract import segments

# An alert that could not go out for so long is no news any more.
STALE = timedelta(hours=24)
# The box answers the owner's mobile at most so often: another machine may sit there.
MOST_ANSWERS, ANSWERS_IN = 10, timedelta(hours=1)
# Whose troubles keep a line from sending an alert about itself.
DEAF = ("line", "network", "queue")
LAST = 3


@dataclass(frozen=True)
class Scene:
    """What everything here looks at. zone: the shop's, None for the system's."""

    settings: Settings
    region: str
    now: datetime
    zone: tzinfo | None

    @property
    def mobile(self) -> str | None:
        """The owner's, E.164."""
        return numbers.e164(self.settings.notify.sms_to, self.region)

    @property
    def wanted(self) -> bool:
        return bool(self.settings.notify.sms_to or self.settings.notify.urls)

    def who(self, contact: Contact) -> str:
        number = numbers.pretty(contact.address, self.region)
        return f"{contact.name} ({number})" if contact.name else number


def news(session: Session, scene: Scene, contact: Contact, kind: str, body: str, line_id: int) -> None:
    """A reply, or an urgent caller. Nobody is told of themselves."""
    if scene.wanted and contact.address != scene.mobile:
        due = owner.not_before(scene.now, scene.settings.notify.quiet, scene.zone)
        alerts.conversation_is_news(session, contact, kind, body, line_id, scene.now, due)


def due(session: Session, scene: Scene) -> list[Alert]:
    """The alerts that Apprise services are to be told now; those for the owner's mobile are queued on the way."""
    if not scene.wanted:
        return []
    quiet_until = owner.not_before(scene.now, scene.settings.notify.quiet, scene.zone)
    alerts.note_incidents(session, scene.now, quiet_until)
    told = []
    for alert in alerts.due_now(session, scene.now):
        if not alert.texted:
            line = _line_for(session, alert)
            if scene.mobile and line is not None:
                say(session, scene, line, alert.body)
            alert.texted = True
        if scene.settings.notify.urls:
            alert.due = scene.now + alerts.AGAIN  # unless the services have been told by then
            told.append(alert)
        else:
            alert.told = scene.now
        if alert.kind == "sick" and alert.told:
            alert.over = True
    return told


def _line_for(session: Session, alert: Alert) -> int | None:
    """The line that can carry it: its own, else another one that is well."""
    if alert.line_id is not None:
        return alert.line_id
    deaf = select(Incident.line).where(col(Incident.over).is_(None), col(Incident.kind).in_(DEAF))
    well = select(Line.id).where(col(Line.name).not_in(deaf)).order_by(col(Line.id).desc())
    return session.exec(well.limit(1)).first()


def say(session: Session, scene: Scene, line_id: int, body: str) -> None:
    """Queue a text to the owner's mobile, unless STOP came from there."""
    assert scene.mobile is not None
    contact = contacts.somebody_at(session, scene.mobile, "owner", scene.now)
    if contact.opted_out_at is not None:
        return
    body = plain(body)
    outgoing.text_is_queued(
        session,
        line_id=line_id,
        contact_id=contact.id or 0,
        body=body,
        parts=segments(body).parts,
        kind="system",
        due=scene.now,
        expires=scene.now + STALE,
        now=scene.now,
    )


def may_answer(session: Session, scene: Scene, contact: Contact) -> bool:
    """Have not too many texts gone to the owner's mobile lately?"""
    ours = select(func.count()).where(
        Message.contact_id == contact.id,
        Message.direction == "out",
        Message.created > scene.now - ANSWERS_IN,
    )
    return session.exec(ours).one() < MOST_ANSWERS


def customer(session: Session, scene: Scene, words: owner.Words) -> Contact | str:
    """Whom the owner's words are for, or the question back."""
    lately = alerts.customers_lately(session, scene.now)
    if words.tag is not None:
        named = alerts.customer_tagged(session, words.tag, scene.now)
        return named if named is not None else owner.whom([(scene.who(c), c.id or 0) for c in lately])
    if len(lately) == 1:
        return lately[0]
    return owner.whom([(scene.who(c), c.id or 0) for c in lately])


def last_calls(session: Session, scene: Scene) -> str:
    """The answer to LAST."""
    rows = views.calls(session, which="missed", limit=LAST)
    if not rows:
        return "No call was missed so far."
    return "Missed last: " + "; ".join(_call(scene, row) for row in rows) + "."


def _call(scene: Scene, row: views.CallRow) -> str:
    who = numbers.pretty(row.address, scene.region) if row.address else "number withheld"
    started = row.started.astimezone(scene.zone)
    reason = policy.REASONS.get(row.reason or "", row.textback)
    return f"{started:%a %H:%M} {row.name or who}{f', {who}' if row.name else ''} ({reason})"


def state(session: Session, scene: Scene, troubles: Sequence[str]) -> str:
    """The answer to STATUS."""
    today = hours.at_clock(scene.now.astimezone(scene.zone).date(), 0, scene.zone)
    missed = select(func.count()).where(
        Call.started >= today, col(Call.outcome).in_(sorted(policy.MISSED)), col(Call.ended).is_not(None)
    )
    texted = select(func.count()).where(
        Message.kind == "auto",
        Message.created >= today,
        col(Message.status).in_(["sent", "delivered", "unconfirmed"]),
    )
    counts = f"Today: {session.exec(missed).one()} missed, {session.exec(texted).one()} texted back."
    unread = views.unread(session)
    return " ".join([*(troubles or ("All is well.",)), counts, f"{unread} unread."])
