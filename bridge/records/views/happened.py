"""What programs ask for of calls and texts: by line and time, one by its id, and what has happened since they asked last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from bridge.records import places
from bridge.records.clock_shift import doubted_behind
from bridge.records.contacts import has_number
from bridge.records.tables import Call, Contact, Line, Message
from bridge.records.views.call_list import calls
from bridge.records.views.message_list import message_row
from bridge.records.views.rows import CallRow, MessageRow
from bridge.rules.numbers import identity


def calls_for(
    session: Session,
    *,
    key: int | None = None,
    which: str = "all",
    number: str | None = None,
    lines: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
    now: datetime | None = None,
) -> list[CallRow]:
    """Calls, those that came last first. key: this one alone. which, now: as for the page's list. number: E.164, of the caller.
    lines: by name, None for all. since, until: when they began, UTC. before: the id of the last one of the page above."""
    more: list[ColumnElement[bool]] = []
    if key is not None:
        more.append(col(Call.id) == key)
    if number is not None:
        more.append(col(Call.contact_id).in_(select(Contact.id).where(has_number(identity(number)))))
    if lines is not None:
        more.append(_on(Call, lines))
    if since is not None:
        more.append(col(Call.started) >= since)
    if until is not None:
        more.append(col(Call.started) <= until)
    last = session.get(Call, before) if before is not None else None
    place = (last.place, before) if last is not None and before is not None else None
    return calls(session, which=which, more=more, before=place, limit=limit, now=now)


def happened_since(
    session: Session, cursor: int, lines: Sequence[str] | None, limit: int
) -> list[tuple[int, CallRow | MessageRow]]:
    """The calls and texts that have come or changed behind this cursor, in the order of their last change, each once and as it
    is now, with the cursor behind it."""
    changed = _changed(session, Call, cursor, lines, limit)
    keys = dict(changed)
    found: list[tuple[int, CallRow | MessageRow]] = [
        (keys[row.id], row) for row in calls(session, more=[col(Call.id).in_(keys)])
    ]
    texts = dict(_changed(session, Message, cursor, lines, limit))
    query = (
        select(Message, Contact, Line.name)
        .join(Line, col(Line.id) == Message.line_id)
        .join(Contact, col(Contact.id) == Message.contact_id)
        .where(col(Message.id).in_(texts))
    )
    doubted = doubted_behind(session)
    rows = [message_row(*row, doubted) for row in session.exec(query)]
    found += [(texts[row.id], row) for row in rows]
    return sorted(found, key=lambda one: one[0])[:limit]


def newest_cursor(session: Session) -> int:
    """Behind everything that has happened."""
    return places.last_taken(session)


def _changed(
    session: Session, table: type[Any], cursor: int, lines: Sequence[str] | None, limit: int
) -> Sequence[tuple[int, int]]:
    query = select(table.id, table.changed).where(table.changed > cursor)
    if lines is not None:
        query = query.where(_on(table, lines))
    return session.exec(query.order_by(table.changed).limit(limit)).all()


def _on(table: type[Any], lines: Sequence[str]) -> ColumnElement[bool]:
    sims = select(Line.id).where(col(Line.name).in_(lines))
    condition: ColumnElement[bool] = table.line_id.in_(sims)
    return condition
