"""The owner's alerts: which news becomes one, how it goes to the owner's mobile, and what comes back from there. Runs
inside the loop's transactions; parsing is bridge/rules/owner_commands's, words are bridge/words/owner's, rows
bridge/records/alerts'."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlmodel import Session, col, func, select

from bridge.handlers.queue_text import queue_text
from bridge.handlers.shop import OwnerContext
from bridge.records import alerts, contacts, views
from bridge.records.rows import id_of
from bridge.records.tables import Alert, Call, Contact, Incident, Line, Message
from bridge.records.views import summary
from bridge.rules import hours, numbers, owner_commands
from bridge.rules.states import MISSED, WENT_OUT, AlertKind, Direction, IncidentKind, MessageKind
from bridge.words import dates, owner, times
from bridge.words.catalogue import gettext, speaking
from bridge.words.reasons import chip, error_sentence
from modem.contract import Coded

# The box answers the owner's mobile at most so often: another machine may sit there.
MOST_ANSWERS, ANSWERS_IN = 10, timedelta(hours=1)
# Whose troubles keep a line from sending an alert about itself.
DEAF = (IncidentKind.LINE, IncidentKind.NETWORK, IncidentKind.QUEUE)
LAST = 3


def news(
    session: Session, context: OwnerContext, contact: Contact, kind: AlertKind, body: str, line_id: int
) -> None:
    """Makes an alert of a reply or an urgent caller; none of what the owner's own mobile did."""
    if context.wanted and not context.is_owner(contact):
        due = owner_commands.not_before(context.now, context.settings.notify.quiet, context.zone)
        alerts.conversation_is_news(session, contact, kind, body, line_id, context.now, due)


def box_has_news(session: Session, context: OwnerContext, words: Callable[[], str]) -> None:
    """Makes an alert about the box itself, in the language of the owner's texts."""
    if context.wanted:
        with speaking(context.language):
            body = words()
        not_before = owner_commands.not_before(context.now, context.settings.notify.quiet, context.zone)
        session.add(Alert(kind=AlertKind.SICK, body=body, created=context.now, due=not_before))


def due(session: Session, context: OwnerContext) -> list[Alert]:
    """The alerts that Apprise services are to be told now; those for the owner's mobile are queued on the way."""
    if not context.wanted:
        return []
    quiet_until = owner_commands.not_before(context.now, context.settings.notify.quiet, context.zone)
    alerts.note_incidents(session, context.now, quiet_until)
    told = []
    for alert in alerts.due_now(session, context.now):
        if not alert.texted:
            line = _line_for(session, alert)
            if context.mobile and line is not None:
                say(session, context, line, body(session, context, alert))
            alert.texted = True
        if context.settings.notify.urls:
            alert.due = context.now + alerts.AGAIN  # unless the services have been told by then
            told.append(alert)
        else:
            alert.told = context.now
        if alert.kind in (AlertKind.SICK, AlertKind.DIGEST) and alert.told:
            alert.over = True
    return told


def body(session: Session, context: OwnerContext, alert: Alert) -> str:
    """What is told. Of an incident the row holds what is wrong as a code."""
    incident = session.get(Incident, alert.incident_id) if alert.incident_id is not None else None
    if incident is None:
        return alert.body
    with speaking(context.language):
        return gettext("{trouble} (line {line})", trouble=error_sentence(alert.body), line=incident.line)


def _line_for(session: Session, alert: Alert) -> int | None:
    """The line that can carry it: its own, else another one that is well."""
    if alert.line_id is not None:
        return alert.line_id
    deaf = select(Incident.line).where(col(Incident.ended).is_(None), col(Incident.kind).in_(DEAF))
    well = select(Line.id).where(col(Line.name).not_in(deaf)).order_by(col(Line.id).desc())
    return session.exec(well.limit(1)).first()


def say(session: Session, context: OwnerContext, line_id: int, body: str) -> None:
    """Queue a text to the owner's mobile, unless STOP came from there."""
    assert context.mobile is not None
    contact = contacts.somebody_at(session, context.mobile, "owner", context.now)
    if contact.opted_out_at is not None:
        return
    queue_text(session, id_of(contact), body, MessageKind.SYSTEM, line_id=line_id, now=context.now)


def may_answer(session: Session, context: OwnerContext, contact: Contact) -> bool:
    """Have not too many texts gone to the owner's mobile lately?"""
    ours = select(func.count()).where(
        Message.contact_id == contact.id,
        Message.direction == Direction.OUT,
        Message.created > context.now - ANSWERS_IN,
    )
    return session.exec(ours).one() < MOST_ANSWERS


def customer(session: Session, context: OwnerContext, words: owner_commands.Words) -> Contact | str:
    """Whom the owner's words are for, or the question back."""
    lately = alerts.customers_lately(session, context.now)
    if words.tag is not None:
        named = alerts.customer_tagged(session, words.tag, context.now)
        return named if named is not None else owner.whom([(context.who(c), id_of(c)) for c in lately])
    if len(lately) == 1:
        return lately[0]
    return owner.whom([(context.who(c), id_of(c)) for c in lately])


def last_calls(session: Session, context: OwnerContext) -> str:
    """The answer to LAST."""
    rows = views.calls(session, which="missed", limit=LAST)
    return owner.last_calls([_call(context, row) for row in rows])


def _call(context: OwnerContext, row: views.CallRow) -> str:
    who = numbers.pretty(row.address, context.region) if row.address else gettext("hidden number")
    when = dates.weekday_and_clock(row.started.astimezone(context.zone))
    return owner.missed_call(
        f"{when} ({times.time_doubtful()})" if row.doubtful else when,
        f"{row.name}, {who}" if row.name else who,
        chip(row.reason) or row.textback,
    )


def state(session: Session, context: OwnerContext, troubles: Sequence[Coded]) -> str:
    """The answer to STATUS."""
    today = hours.at_clock(context.now.astimezone(context.zone).date(), 0, context.zone)
    missed = select(func.count()).where(
        Call.started >= today, col(Call.outcome).in_(sorted(MISSED)), col(Call.ended).is_not(None)
    )
    texted = select(func.count()).where(
        Message.kind == MessageKind.AUTO,
        Message.created >= today,
        col(Message.status).in_(WENT_OUT),
    )
    waiting = summary.waiting(session, views.ours(session, context.settings, context.region))
    counts = session.exec(missed).one(), session.exec(texted).one(), len(waiting)
    return owner.state([*map(error_sentence, troubles)], *counts)
