"""Contacts as they are shown, and what each has said about texts."""

from collections.abc import Sequence

from sqlalchemy import or_
from sqlmodel import Session, col, select

from bridge.records.tables import ConsentEvent, Contact
from bridge.records.views.rows import FOUND, Place, older_than


def contacts(
    session: Session, *, search: str = "", before: Place | None = None, limit: int | None = None
) -> Sequence[Contact]:
    """Contacts, the last seen first, those who were never seen at the end. before: (last_seen, id) of the last
    one of the page above."""
    query = select(Contact).order_by(col(Contact.last_seen).desc(), col(Contact.id).desc()).limit(limit)
    if search:
        query = query.where(col(Contact.id).in_(found_ids(session, search)))
    if before is not None:
        query = query.where(older_than(col(Contact.last_seen), col(Contact.id), before))
    return session.exec(query).all()


def consents(session: Session, contact: Contact) -> Sequence[ConsentEvent]:
    """Every step of opting out and in again, newest first."""
    mine = select(ConsentEvent).where(ConsentEvent.contact_id == contact.id)
    return session.exec(mine.order_by(col(ConsentEvent.id).desc())).all()


def found_ids(session: Session, search: str) -> Sequence[int]:
    """The contacts with this part of a name or number, the last seen of them; a number may be typed with 0 before it."""
    text = search.strip().replace("%", "").replace("_", "")
    digits = "".join(filter(str.isdigit, text)).lstrip("0")
    # SQLite's LIKE minds no case; the lower() that stands for ILIKE there would take as long as all the rest.
    sqlite, name = session.get_bind().dialect.name == "sqlite", col(Contact.name)
    by_name = name.like(f"%{text}%") if sqlite else name.ilike(f"%{text}%")
    found = select(col(Contact.id)).where(or_(by_name, col(Contact.address).contains(digits or text)))
    return [key for key in session.exec(found.order_by(col(Contact.id).desc()).limit(FOUND)) if key]
