"""What the page shows of the box itself: lines, incidents, the audit log."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from bridge.records.rows import id_of
from bridge.records.tables import AuditEntry, Contact, Incident, Line
from bridge.records.views.rows import AuditRow


def audit_entries(session: Session, *, before: int | None = None, limit: int = 50) -> list[AuditRow]:
    """Who changed what, newest first. before: the id of the last one of the page above."""
    query = select(AuditEntry, Contact).outerjoin(Contact, col(Contact.id) == AuditEntry.contact_id)
    if before is not None:
        query = query.where(col(AuditEntry.id) < before)
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


def incidents(session: Session, *, limit: int = 20) -> Sequence[Incident]:
    """The newest incidents, newest first."""
    return session.exec(select(Incident).order_by(col(Incident.id).desc()).limit(limit)).all()


def lines(session: Session) -> Sequence[Line]:
    """All lines, in the order in which they were first seen."""
    return session.exec(select(Line).order_by(col(Line.id))).all()
