"""Every call of some time, as a line of a file; reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, or_
from sqlalchemy.orm import defer, load_only
from sqlmodel import Session, col, select

from bridge.records.rows import id_of
from bridge.records.tables import Call, Contact, Message
from bridge.records.views.figure_counts import within
from bridge.records.views.rows import textback
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
    """Every call of the time, oldest first. Between two batches nothing is held: who takes them may be slow."""
    mark = (since, 0)
    while True:
        with Session(engine) as session:
            rows = _batch(session, mark, until)
            lines = [_line(*row) for row in rows]
        yield from lines
        if len(rows) < BATCH:
            return
        mark = (rows[-1][0].started, id_of(rows[-1][0]))


def _batch(session: Session, mark: tuple[datetime, int], until: datetime) -> Sequence[Any]:
    """The calls after this one (started, id), each with its contact and the text that answers it, as far as a line shows
    them: neither traces nor what people wrote."""
    columns: Any = (Call, Contact, Message)
    query = (
        select(*columns)
        .outerjoin(Contact, col(Contact.id) == Call.contact_id)
        .outerjoin(Message, col(Message.id) == Call.message_id)
        .where(
            within(Call.started, mark[0], until),
            or_(col(Call.started) > mark[0], col(Call.id) > mark[1]),
        )
        .order_by(col(Call.started), col(Call.id))
        .limit(BATCH)
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
