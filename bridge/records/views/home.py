"""What other programs in the house see of the shop's calls: the last one, and today's."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from bridge.records.tables import Call, Contact
from bridge.records.views.rows import last_first
from bridge.rules.states import MISSED


def last_caller(session: Session) -> tuple[datetime, str | None, str] | None:
    """When the last call began, the address of its caller (None: withheld or unknown), and their name; None without any."""
    last = select(Call, Contact).outerjoin(Contact, col(Contact.id) == Call.contact_id)
    found = session.exec(last.order_by(*last_first(Call)).limit(1)).first()
    if found is None:
        return None
    call, contact = found
    return call.started, contact.address if contact else None, contact.name if contact else ""


def missed_since(session: Session, since: datetime) -> int:
    """How many calls have been missed since then."""
    missed = select(func.count()).where(Call.started >= since, col(Call.outcome).in_(sorted(MISSED)))
    return session.exec(missed).one()
