"""The box as a device: `/`, `/device(s)`, `/health` and `/logs`."""

from contextlib import suppress
from datetime import datetime, timedelta
from importlib.metadata import version

from flask import Blueprint, Response
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from bridge.contract.health import FAIL, health_json, release_id
from bridge.records import device, submissions, users, views
from bridge.rules import numbers
from bridge.rules.scopes import Scope
from bridge.words.audit import change_in_words
from bridge.words.reasons import error_sentence
from web import current
from web.api import answer, reading, who
from web.api.answer import told
from web.api.document import document
from web.api.errors import Wrong
from web.api.shapes.base import Between, Problem
from web.api.shapes.box import Device, Health, LogEntry, SimCard, Status
from web.api.shapes.messages import moment_of

MODEL = "textback"
LATELY = timedelta(hours=1)
# So many entries of the log at most.
MOST_LOGGED = 500

routes = Blueprint("box", __name__)


@routes.get("/")
@document("box", answers={200: Status})
@who.needs()
def root() -> Response:
    """Is the key right? Clients try their log-in by this."""
    return told(Status(model=MODEL))


@routes.get("/device")
@routes.get("/devices")
@document("box", Scope.DEVICES_LIST, answers={200: list[Device]})
@who.needs(Scope.DEVICES_LIST)
def devices() -> Response:
    """The box, as the one device that there is, with a SIM card for each line."""
    bridge = current.bridge()
    with Session(bridge.engine) as session:
        people = users.everybody(session)
        made = min((person.created for person in people), default=bridge.now())
        box = Device(
            id=device.device_id(session),
            name=bridge.settings().shop.name or MODEL,
            created_at=answer.here(made),
            updated_at=answer.here(bridge.now()),
            last_seen=answer.here(bridge.now()),
            sim_cards=sim_cards(session),
        )
    return told([box])


@routes.delete("/device/<ref>")
@routes.delete("/devices/<ref>")
@document("box", Scope.DEVICES_DELETE, answers={404: Problem})
@who.needs(Scope.DEVICES_DELETE)
def remove(ref: str) -> Response:
    """A box cannot be removed from itself (400)."""
    with Session(current.bridge().engine) as session:
        if ref != device.device_id(session):
            raise Wrong(404, "There is no device with this id.")
    raise Wrong(400, "The box is the only device here and cannot be removed.")


def sim_cards(session: Session) -> list[SimCard]:
    """The lines that this program may use, with what is known of their SIMs."""
    bridge, found = current.bridge(), []
    lines = {line.name: line for line in bridge.status().lines}
    for index, modem in enumerate(bridge.settings().modems):
        line = lines.get(modem.name)
        if modem.name not in who.program().lines:
            continue
        number = views.number_of(session, modem.name, line.iccid if line else None)
        card = SimCard(
            slot_index=index,
            sim_number=index + 1,
            name=modem.name,
            phone_number=number.number if number else None,
            carrier_name=line.health.operator if line and line.health else None,
            iccid=line.iccid if line else None,
        )
        found.append(card)
    return found


@routes.get("/health")
@routes.get("/health/live")
@routes.get("/health/ready")
@routes.get("/health/startup")
@document("box", answers={200: Health, 500: Health}, open_to_all=True)
def health() -> Response:
    """How the box is: 200 while it works, though a line may be out (warn); 500 when it has failed. It needs no key, and no
    phone number stands in it."""
    bridge, failed = current.bridge(), 0
    with suppress(DatabaseError), Session(bridge.engine) as session:
        failed = submissions.failed_since(session, bridge.now() - LATELY)
    release = version("textback")
    found = Health.model_validate(health_json(bridge.status(), failed, release, release_id(release)))
    return told(found, 500 if found.status == FAIL else 200)


@routes.get("/logs")
@document("box", Scope.LOGS, query=Between, answers={200: list[LogEntry]})
@who.needs(Scope.LOGS)
def logs() -> Response:
    """Who changed what, and what was wrong with the lines and the box, the newest first. from, to: of which time."""
    asked = reading.query(Between)
    since, until = (reading.aware(moment_of(typed or "")) for typed in (asked.from_, asked.to))
    found = []
    with Session(current.bridge().engine) as session:
        for entry in views.audit_entries(session, since=since, until=until, limit=MOST_LOGGED):
            whom = entry.name or (numbers.mask(entry.address) if entry.address else "somebody")
            said = change_in_words(entry.what, entry.who, whom)
            found.append(_entry(2 * entry.id, "INFO", "audit", said, entry.at, {"who": entry.who}))
        for wrong in views.incidents(session, since=since, until=until, limit=MOST_LOGGED):
            priority = "WARN" if wrong.ended else "ERROR"
            said = error_sentence(wrong.what)
            found.append(
                _entry(2 * (wrong.id or 0) + 1, priority, wrong.kind, said, wrong.began, {"line": wrong.line})
            )
    found.sort(key=lambda entry: entry.created_at, reverse=True)
    return told(found[:MOST_LOGGED])


def _entry(
    key: int, priority: str, module: str, message: str, at: datetime, context: dict[str, str]
) -> LogEntry:
    facts = {"id": key, "priority": priority, "module": module, "message": message, "context": context}
    return LogEntry.model_validate({**facts, "createdAt": answer.here(at)})
