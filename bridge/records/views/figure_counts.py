"""What the database adds up for the figures: calls, texts, waiting, by steps of time that fit the shop's hours; reads only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import BigInteger, and_, func, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, col, select

from bridge.records.tables import Call, Message
from bridge.records.views.rows import TEXTBACK
from bridge.rules.hours import at_clock
from bridge.rules.policy import Reason
from bridge.rules.states import MISSED, WENT_OUT, MessageKind, MessageStatus, Textback
from modem.contract import CallOutcome


@dataclass(frozen=True)
class Untexted:
    """So many missed calls got no text, for the same reason."""

    textback: Textback
    reason: Reason | None
    count: int


# (step of time, outcome, calls) and (step of time, kind, texts, answered texts, parts)
Calls = Sequence[tuple[int, str | None, int]]
Texts = Sequence[tuple[int, MessageKind, int, int, int]]


class _Seconds(FunctionElement[int]):
    """Whole seconds from 1970 to a moment. SQLAlchemy's own extract() keeps PostgreSQL's fractions, and is slow on SQLite."""

    type = BigInteger()
    inherit_cache = True


@compiles(_Seconds)
def _in_general(element: _Seconds, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM {compiler.process(element.clauses, **how)})) AS BIGINT)"


@compiles(_Seconds, "sqlite")
def _on_sqlite(element: _Seconds, compiler: SQLCompiler, **how: Any) -> str:
    return f"unixepoch({compiler.process(element.clauses, **how)})"


def step(dates: Sequence[date], zone: tzinfo | None) -> int:
    """The seconds by which calls are added up, so that every day and hour of the zone begins with a step: an hour, or a quarter
    of one where clocks are not whole hours off."""
    offsets = [at_clock(day, 0, zone).astimezone(zone).utcoffset() or timedelta(0) for day in dates]
    return 900 if any(offset % timedelta(hours=1) for offset in offsets) else 3600


def _steps(moment: Any, step: int) -> Any:
    """The step that a moment lies in, counted from 1970. Its width stands in the statement itself, since PostgreSQL would not
    group by a parameter."""
    return _Seconds(moment) // literal_column(str(step), BigInteger)


def within(moment: Any, since: datetime, until: datetime) -> Any:
    """From `since` on and before `until`."""
    return and_(moment >= since, moment < until)


def calls(session: Session, since: datetime, until: datetime, step: int) -> Calls:
    """How many calls began in each step, by how they ended."""
    at = _steps(Call.started, step)
    query = select(at, Call.outcome, func.count()).where(within(Call.started, since, until))
    return [(*row,) for row in session.exec(query.group_by(at, col(Call.outcome)))]


def texts(session: Session, since: datetime, until: datetime, step: int) -> Texts:
    """How many texts went out in each step, by kind, how many of them were answered, and of how many parts they were."""
    at = _steps(Message.created, step)
    counted: Any = (func.count(), func.count(col(Message.answered)), func.sum(Message.parts))
    query = select(at, Message.kind, *counted).where(
        col(Message.kind).in_(list(MessageKind)),  # so that the index of kinds is taken
        within(Message.created, since, until),
        col(Message.status).in_(WENT_OUT),
    )
    return [(*row,) for row in session.exec(query.group_by(at, col(Message.kind)))]


def untexted(session: Session, since: datetime, until: datetime) -> tuple[Untexted, ...]:
    """Why missed calls got no text, the most frequent reason first: by the calls' own reasons, and by what became of texts that
    did not go out."""
    why: Any = (Call.reason, func.count())
    reasons = select(*why).where(
        col(Call.outcome).in_(sorted(MISSED)),
        within(Call.started, since, until),
        col(Call.reason).is_not(None),
    )
    found: Counter[tuple[Textback, Reason | None]] = Counter()
    for reason, count in session.exec(reasons.group_by(col(Call.reason))):
        state = Textback.CANCELLED if reason is Reason.SUPERSEDED else Textback.SKIPPED
        found[state, reason] += count
    states: Any = (
        select(Message.status, func.count())
        .join(Call, col(Call.id) == Message.call_id)
        .where(
            Message.kind == MessageKind.AUTO,
            within(Message.created, since, until),
            col(Message.status).in_((MessageStatus.FAILED, MessageStatus.CANCELLED, MessageStatus.EXPIRED)),
            col(Call.reason).is_(None),
        )
    )
    for status, count in session.exec(states.group_by(col(Message.status))):
        found[TEXTBACK[status]] += count
    return tuple(Untexted(*why, count) for why, count in found.most_common())


def answers(session: Session, since: datetime, until: datetime) -> Counter[int | None]:
    """Seconds until we answered -> texts; None for those that nobody has answered yet."""
    waited = _Seconds(Message.answered) - _Seconds(Message.created)
    query = select(waited, func.count()).where(
        col(Message.asks).is_(True), within(Message.created, since, until)
    )
    return Counter(dict(session.exec(query.group_by(waited)).all()))


def patience(session: Session, since: datetime, until: datetime) -> Counter[int]:
    """Seconds until they gave up -> calls."""
    rang = _Seconds(Call.ended) - _Seconds(Call.started)
    query = select(rang, func.count()).where(
        Call.outcome == CallOutcome.ABANDONED,
        within(Call.started, since, until),
        col(Call.ended).is_not(None),
    )
    return Counter(dict(session.exec(query.group_by(rang)).all()))
