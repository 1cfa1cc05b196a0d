"""Texts that came in, as programs ask for them: by time and line, a page at a time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from bridge.records.tables import Contact, Line, Message
from bridge.rules.states import Direction


def inbox(
    session: Session,
    *,
    lines: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[Sequence[tuple[Message, Contact, Line]], int]:
    """A page of them, the newest first, and how many there are in all. lines: by name, None for all; since, until: UTC."""
    which: list[ColumnElement[bool]] = [col(Message.direction) == Direction.IN]
    if since is not None:
        which.append(col(Message.created) >= since)
    if until is not None:
        which.append(col(Message.created) <= until)
    if lines is not None:
        which.append(col(Message.line_id).in_(select(Line.id).where(col(Line.name).in_(lines))))
    count = session.exec(select(func.count()).select_from(Message).where(*which)).one()
    page = (
        select(Message, Contact, Line)
        .join(Contact, col(Contact.id) == Message.contact_id)
        .join(Line, col(Line.id) == Message.line_id)
        .where(*which)
        .order_by(col(Message.place).desc(), col(Message.id).desc())
        .limit(limit)
        .offset(offset)
    )
    return session.exec(page).all(), count
