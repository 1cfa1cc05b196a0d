"""What the page shows of the box itself: lines, incidents, the audit log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from bridge.records.rows import id_of
from bridge.records.tables import AuditEntry, Contact, Incident, Line
from bridge.records.views.rows import AuditRow, BoxNumber


def audit_entries(
    session: Session,
    *,
    before: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> list[AuditRow]:
    """Who changed what, newest first. before: the id of the last one of the page above. since, until: UTC."""
    query = select(AuditEntry, Contact).outerjoin(Contact, col(Contact.id) == AuditEntry.contact_id)
    if before is not None:
        query = query.where(col(AuditEntry.id) < before)
    query = query.where(*_between(col(AuditEntry.at), since, until))
    return [
        AuditRow(
            id_of(entry),
            entry.at,
            entry.who,
            entry.what,
            contact.address if contact else None,
            contact.name if contact else "",
        )
        for entry, contact in session.exec(query.order_by(col(AuditEntry.id).desc()).limit(limit))
    ]


def incidents(
    session: Session, *, since: datetime | None = None, until: datetime | None = None, limit: int = 20
) -> Sequence[Incident]:
    """The newest incidents, newest first. since, until: when they began, UTC."""
    between = _between(col(Incident.began), since, until)
    return session.exec(select(Incident).where(*between).order_by(col(Incident.id).desc()).limit(limit)).all()


def _between(column: Any, since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    return [
        *([column >= since] if since is not None else []),
        *([column <= until] if until is not None else []),
    ]


def lines(session: Session) -> Sequence[Line]:
    """All lines, in the order in which they were first seen."""
    return session.exec(select(Line).order_by(col(Line.id))).all()


def own_numbers(session: Session) -> frozenset[str]:
    """Those that the SIMs tell, and those that owners have typed for them."""
    told = (number for line in lines(session) for number in (line.msisdn, line.number))
    return frozenset(number for number in told if number)


def number_of(session: Session, name: str, iccid: str | None) -> BoxNumber | None:
    """Under which number people reach the line of this name; None while no SIM has been seen in it. iccid: of the SIM that is
    in it, where its modem tells it."""
    newest = select(Line).order_by(col(Line.id).desc())
    sims = session.exec(newest.where(Line.name == name)).all()
    here = session.exec(newest.where(Line.iccid == iccid)).first() if iccid else None
    sim = here or next(iter(sims), None)
    if sim is None:
        return None
    typed = bool(sim.typed and sim.number == sim.typed)
    of_another = not typed and any(other.typed for other in sims)
    return BoxNumber(id_of(sim), name, sim.number, typed, sim.msisdn is not None, of_another)
