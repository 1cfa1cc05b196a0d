"""What is wrong with a line: begun, ended, and what was tried against it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bridge.records.tables import Incident
from bridge.rules.states import IncidentKind
from modem.contract import Repair, Trouble

SAME_INCIDENT = timedelta(minutes=10)


def incident_begins(session: Session, line: str, kind: IncidentKind, trouble: Trouble, now: datetime) -> None:
    """Something is wrong with a line. While it lasts it is one incident, whatever its last trouble is; the same again soon
    after is the same one."""
    what = trouble.to_text()
    last = session.exec(
        select(Incident)
        .where(Incident.line == line, Incident.kind == kind)
        .order_by(col(Incident.id).desc())
        .limit(1)
    ).first()
    if last is not None and last.ended is None:
        last.what = what
    elif (
        last is not None and last.ended is not None and last.what == what and now - last.ended < SAME_INCIDENT
    ):
        last.ended = None
    else:
        session.add(Incident(line=line, kind=kind, began=now, what=what))


def incident_ends(session: Session, line: str, kind: IncidentKind, now: datetime) -> None:
    """Ends the open incidents of this kind on this line, if there are any. now: UTC."""
    for incident in _open_incidents(session, line, kind):
        incident.ended = now


def lasting(session: Session, line: str, kind: IncidentKind) -> str | None:
    """What is wrong, as the column has it, in the open incident of this kind on this line; None if there is none."""
    return next((incident.what for incident in _open_incidents(session, line, kind)), None)


def repair_was_tried(session: Session, repair: Repair) -> None:
    """Notes a repair step with the open incident of its line; the same step again in vain only counts up."""
    for incident in _open_incidents(session, repair.line, IncidentKind.LINE):
        steps = [dict(step) for step in incident.steps]
        if steps and steps[-1]["step"] == repair.step and not steps[-1]["well"]:
            step = steps.pop()
            seconds, times = step["seconds"] + repair.seconds, step["times"] + 1
        else:
            seconds, times = repair.seconds, 1
        kept = {"step": repair.step, "seconds": round(seconds, 1), "times": times, "well": repair.well}
        incident.steps = [*steps, kept]


def _open_incidents(session: Session, line: str, kind: IncidentKind) -> Sequence[Incident]:
    still = select(Incident).where(
        Incident.line == line, Incident.kind == kind, col(Incident.ended).is_(None)
    )
    return session.exec(still).all()


def is_open(session: Session, line: str, kind: IncidentKind) -> bool:
    """Does an incident of this kind last on this line?"""
    return bool(_open_incidents(session, line, kind))
