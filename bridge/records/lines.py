"""Lines: which SIM a modem holds, whether its queue is stopped, and which PIN it has refused."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlmodel import Session, col, select

from bridge.records.incidents import incident_begins, incident_ends
from bridge.records.memo import remember, remembered
from bridge.records.rows import add_row
from bridge.records.tables import Call, Contact, Line, Message
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import Direction, IncidentKind
from modem.contract import LineUp, Trouble


def line_called(session: Session, name: str) -> Line:
    """The newest SIM of the modem of this name; one without identity if none has been seen yet."""
    line = session.exec(select(Line).where(Line.name == name).order_by(col(Line.id).desc())).first()
    return line or add_row(session, Line(name=name))


def line_of(session: Session, contact: Contact, names: Sequence[str]) -> Line:
    """The line by which somebody is written to: of those named the one that they called or wrote to last, else that of our
    last text to them, else the first. names: of the modems that there are, at least one."""
    theirs = (
        select(Call.place, Call.line_id).where(Call.contact_id == contact.id),
        select(Message.place, Message.line_id).where(
            Message.contact_id == contact.id, Message.direction == Direction.IN
        ),
    )
    ours = select(Message.place, Message.line_id).where(
        Message.contact_id == contact.id, Message.direction == Direction.OUT
    )
    for queries in (theirs, (ours,)):
        latest = [row for query in queries for row in session.exec(_latest_of(query, names))]
        if latest:
            _, line_id = max(latest)
            return line_called(session, session.get_one(Line, line_id).name)
    return line_called(session, names[0])


def _latest_of(query: Any, names: Sequence[str]) -> Any:
    place, line_id = query.selected_columns
    lines_there = select(Line.id).where(col(Line.name).in_(names))
    return query.where(line_id.in_(lines_there)).order_by(place.desc()).limit(1)


def line_is_up(session: Session, up: LineUp) -> Line:
    """The SIM that this modem holds: the one with its ICCID, else the modem's one that had no identity yet."""
    line = session.exec(select(Line).where(Line.iccid == up.iccid)).first() if up.iccid else None
    if line is None:
        line = line_called(session, up.line)
        if line.iccid is not None and up.iccid is not None:
            line = Line(name=up.line)  # another SIM in the same modem
    if None not in (line.imsi, up.imsi) and line.imsi != up.imsi:
        line.msisdn = None  # another SIM, which does not tell its ICCID
    line.name = up.line
    line.iccid, line.imsi = up.iccid or line.iccid, up.imsi or line.imsi
    line.msisdn, line.imei = up.msisdn or line.msisdn, up.imei or line.imei
    return add_row(session, line)


def type_number(session: Session, key: int, number: str | None) -> None:
    """An owner has typed the number of the SIM of this row, E.164; None forgets it. Raises Refusal if there is no such row."""
    line = session.get(Line, key)
    if line is None:
        raise Refusal(Refused.NO_SUCH_LINE)
    line.typed, line.typed_imsi = number, line.imsi if number else None


def queue_stops(session: Session, line: Line, why: Trouble, now: datetime) -> None:
    """Nothing more goes out of this line, but for one text now and then (rules/retries), until a person, the SIM's return or
    the network's lets it go on."""
    line.stopped, line.stopped_at = why.to_text(), now
    incident_begins(session, line.name, IncidentKind.QUEUE, why, now)


def queue_goes_on(session: Session, line: Line, now: datetime) -> None:
    """Texts go out on this line again: refusals are counted from 0, and the incident is over. now: UTC."""
    line.refusals, line.stopped, line.stopped_at = 0, None, None
    incident_ends(session, line.name, IncidentKind.QUEUE, now)


def marks_of_others(session: Session, name: str, names: Sequence[str]) -> frozenset[str]:
    """IMEIs and ICCIDs of the modems that the other lines had last. A modem that changed hands is nobody's."""
    rows = session.exec(select(Line).where(col(Line.name).in_(names)).order_by(col(Line.id))).all()
    newest = {line.name: {mark for mark in (line.imei, line.iccid) if mark} for line in rows}
    theirs = set[str]().union(*(marks for other, marks in newest.items() if other != name))
    return frozenset(theirs - newest.get(name, set()))


def pin_was_refused(session: Session, line: str, pin: str) -> bool:
    """Has the SIM of this line refused this very PIN before? Another one may be tried, once."""
    return remembered(session, f"pin_refused:{line}") == _pin_digest(pin)


def pin_is_refused(session: Session, line: str, pin: str) -> None:
    """Remembers, as a digest only, that the SIM on this line refused this PIN."""
    remember(session, f"pin_refused:{line}", _pin_digest(pin))


def _pin_digest(pin: str) -> str:
    return sha256(pin.encode()).hexdigest()[:16]
