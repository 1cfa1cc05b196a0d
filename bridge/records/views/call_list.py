"""Calls as they are shown: filtered, searched, a page at a time."""

from collections.abc import Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bridge.records.clock_shift import doubted_behind
from bridge.records.rows import id_of
from bridge.records.tables import Call, Contact, Line, Message
from bridge.records.views.contact_list import found_ids
from bridge.records.views.needing_reply import not_ours, not_put_off
from bridge.records.views.rows import CallRow, Place, came_before, last_first, textback
from bridge.rules.numbers import NOWHERE
from bridge.rules.states import ANSWERED, ANSWERING, MISSED

# After so long a missed call is no longer listed as one to call back.
OPEN_FOR = timedelta(days=14)


def _call_row(
    call: Call, contact: Contact | None, message: Message | None, line: str, doubted: float
) -> CallRow:
    state, reason = textback(call, message)
    return CallRow(
        id=id_of(call),
        place=call.place,
        doubtful=call.place > doubted,
        address=contact.address if contact else None,
        name=contact.name if contact else "",
        withheld=call.withheld,
        started=call.started,
        ended=call.ended,
        rings=call.rings,
        outcome=call.outcome,
        missed=call.outcome in MISSED,
        textback=state,
        reason=reason,
        trace=tuple(call.trace),
        message_id=call.message_id,
        text_error=message.error if message else None,
        text_at=(message.delivered or message.sent or message.due) if message else None,
        line=line,
        forwarded=call.forwarded,
        urgent=call.urgent,
        called_back=call.called_back,
        called_back_by=call.called_back_by,
        opted_out=contact is not None and contact.opted_out_at is not None,
        excluded=contact is not None and contact.excluded,
        blocked=contact is not None and contact.blocked,
    )


def calls(
    session: Session,
    *,
    which: str = "all",
    search: str = "",
    region: str = NOWHERE,
    contact: int | None = None,
    before: Place | None = None,
    limit: int | None = None,
    now: datetime | None = None,
    own: Set[str] = frozenset(),
    more: Sequence[ColumnElement[bool]] = (),
) -> list[CallRow]:
    """Calls, those that came last first. which: all, missed, answered, or open (to be called back); search, region: as
    for found_ids; before: place and id of the last row of the page above (keyset paging); now: given for `open`, which are
    those of the last days; own: for `open`, identities of our own numbers, which nobody calls back; more: what else
    has to hold."""
    query = (
        select(Call, Contact, Message, Line.name)
        .join(Line, col(Line.id) == Call.line_id)
        .outerjoin(Contact, col(Contact.id) == Call.contact_id)
        .outerjoin(Message, col(Message.id) == Call.message_id)
        .order_by(*last_first(Call))
        .limit(limit)
    )
    filters: list[ColumnElement[bool]] = [*more]
    if contact is not None:
        filters.append(col(Call.contact_id) == contact)
    if search:
        theirs = select(Call.id).where(col(Call.contact_id).in_(found_ids(session, search, region)))
        filters.append(col(Call.id).in_(theirs))
    if before is not None:
        filters.append(came_before(Call, before))
    if which == "open":
        assert now is not None, "open calls are those of the last days: as of when?"
        filters.append(col(Call.started) >= now - OPEN_FOR)
        # By themselves first: those of some days are few, and the database would rather go through all that ever came.
        filters = [col(Call.id).in_(select(Call.id).where(*filters, *_to_call_back(own)))]
    outcomes = OF_OUTCOME.get(which)
    if outcomes and limit is not None and not search:
        filters = [col(Call.id).in_(_newest_of(outcomes, filters, limit))]
    elif outcomes:
        filters.append(col(Call.outcome).in_(outcomes))
    doubted = doubted_behind(session)
    return [_call_row(*row, doubted) for row in session.exec(query.where(*filters))]


OF_OUTCOME = {"missed": sorted(MISSED), "answered": sorted(ANSWERED)}


def _newest_of(outcomes: Sequence[str], filters: Sequence[ColumnElement[bool]], limit: int) -> Any:
    """The ids of the newest calls of these outcomes: so many of each are looked up in the index of outcomes, however rare
    they are among the others."""
    of_each = [
        select(Call.id)
        .where(Call.outcome == outcome, *filters)
        .order_by(*last_first(Call))
        .limit(limit)
        .subquery()
        for outcome in outcomes
    ]
    return union_all(*(select(each.c.id) for each in of_each))


def _to_call_back(own: Set[str]) -> tuple[ColumnElement[bool], ...]:
    """The last call of somebody whom nobody here has called back, answered or written to since, nor settled otherwise."""
    later, written = aliased(Call), aliased(Message)
    again = exists().where(col(later.contact_id) == col(Call.contact_id), col(later.place) > col(Call.place))
    answered = exists().where(
        col(written.contact_id) == col(Call.contact_id),
        col(written.direction) == "out",
        col(written.kind) == "manual",
        col(written.status).in_(ANSWERING),
        col(written.place) > col(Call.place),
    )
    open_still = exists().where(
        col(Contact.id) == col(Call.contact_id), col(Contact.done).is_(False), not_put_off(), not_ours(own)
    )
    return (
        col(Call.outcome).in_(sorted(MISSED)),
        col(Call.contact_id).is_not(None),
        open_still.correlate(Call),
        col(Call.called_back).is_(None),
        ~again,
        ~answered,
    )


def newest(session: Session) -> datetime | None:
    """When the last call or text was stored, by the clock of then."""
    call = session.exec(select(Call.started).order_by(col(Call.started).desc()).limit(1)).first()
    text = session.exec(select(Message.created).order_by(col(Message.id).desc()).limit(1)).first()
    return max((moment for moment in (call, text) if moment), default=None)


def last_call(session: Session, line: str) -> datetime | None:
    """When a call was last heard on this line, whichever SIM was in it."""
    sims = session.exec(select(Line.id).where(Line.name == line)).all()
    last = select(Call.place, Call.started).order_by(*last_first(Call)).limit(1)
    heard = [row for sim in sims for row in session.exec(last.where(Call.line_id == sim))]
    return max(heard)[1] if heard else None
