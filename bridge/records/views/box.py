"""What the page shows of the box itself: lines, incidents, the audit log."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from bridge.records.tables import Contact, Deed, Incident, Line
from bridge.records.views.rows import DeedRow


def deeds(session: Session, *, before: int | None = None, limit: int = 50) -> list[DeedRow]:
    """Who changed what, newest first. before: the id of the last one of the page above."""
    query = select(Deed, Contact).outerjoin(Contact, col(Contact.id) == Deed.contact_id)
    if before is not None:
        query = query.where(col(Deed.id) < before)
    return [
        DeedRow(
            deed.id or 0,
            deed.at,
            deed.who,
            deed.what,
            contact.address if contact else None,
            contact.name if contact else "",
        )
        for deed, contact in session.exec(query.order_by(col(Deed.id).desc()).limit(limit))
    ]


def incidents(session: Session, *, limit: int = 20) -> Sequence[Incident]:
    return session.exec(select(Incident).order_by(col(Incident.began).desc()).limit(limit)).all()


def lines(session: Session) -> Sequence[Line]:
    return session.exec(select(Line).order_by(col(Line.id))).all()
