"""Every call of some time, as a line of a file; reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import defer, load_only
from sqlmodel import Session, col, select

from bridge.records.tables import Call, Contact, Message
from bridge.records.views.figure_counts import within
from bridge.records.views.rows import came_first, textback
from bridge.rules.policy import Reason
from bridge.rules.states import Textback
from modem.contract import CallOutcome

# So many calls of a file are read at once.
BATCH = 500


@dataclass(frozen=True)
class CallLine:
    """One call as a spreadsheet gets it. outcome: None while it rings; seconds: None while it rings or runs."""

    started: datetime
    number: str
    name: str
    withheld: bool
    outcome: CallOutcome | None
    seconds: int | None
    textback: Textback
    reason: Reason | None
    called_back: datetime | None


def call_lines(engine: Engine, since: datetime, until: datetime) -> Iterator[CallLine]:
    """Every call of the time, in the order in which they came. Between two batches only their ids are held: who takes them may
    be slow."""
    wanted = select(Call.id).where(within(Call.started, since, until)).order_by(*came_first(Call))
    with Session(engine) as session:
        keys = session.exec(wanted).all()
    for first in range(0, len(keys), BATCH):
        with Session(engine) as session:
            lines = [_line(*row) for row in _batch(session, keys[first : first + BATCH])]
        yield from lines


def _batch(session: Session, keys: Sequence[int | None]) -> Sequence[Any]:
    """These calls, each with its contact and the text that answers it, as far as a line shows them: neither traces nor what
    people wrote."""
    columns: Any = (Call, Contact, Message)
    query = (
        select(*columns)
        .outerjoin(Contact, col(Contact.id) == Call.contact_id)
        .outerjoin(Message, col(Message.id) == Call.message_id)
        .where(col(Call.id).in_(keys))
        .order_by(*came_first(Call))
        .options(
            defer(_a(Call.trace)),
            load_only(_a(Contact.address), _a(Contact.name)),
            load_only(_a(Message.status)),
        )
    )
    rows: Sequence[Any] = session.exec(query).all()
    return rows


def _a(attribute: Any) -> Any:
    """The column itself: a table's fields are typed as the values that rows hold."""
    return attribute


def _line(call: Call, contact: Contact | None, message: Message | None) -> CallLine:
    state, reason = textback(call, message)
    return CallLine(
        started=call.started,
        number=contact.address if contact else call.e164 or call.number or "",
        name=contact.name if contact else "",
        withheld=call.withheld,
        outcome=call.outcome,
        seconds=round((call.ended - call.started).total_seconds()) if call.ended else None,
        textback=state,
        reason=reason,
        called_back=call.called_back,
    )
