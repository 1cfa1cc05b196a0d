"""What is counted for the page's figures: calls, texts and waiting over some days. The database adds up."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import BigInteger, Engine, and_, func, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import defer, load_only
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, col, select

from bridge.records.tables import Call, Contact, Message
from bridge.records.views import textback
from bridge.records.views.rows import came_first
from bridge.rules.hours import at_clock
from bridge.rules.states import ANSWERED, MISSED, WENT_OUT, MessageKind
from modem.contract import CallOutcome

# Where one bar ends and the next begins (seconds): our first replies, and callers who gave up.
REPLY_BOUNDS, PATIENCE_BOUNDS = (300, 900, 3600), (5, 10, 15, 20, 30)
# So many calls of a file are read at once.
BATCH = 500


@dataclass(frozen=True)
class Day:
    """One day at the shop. texts: automatic ones that went out; replies: how many of those were answered."""

    date: date
    calls: int
    missed: int
    answered: int
    texts: int
    replies: int


@dataclass(frozen=True)
class Spread:
    """How long something took. counts: below each bound in turn, the last one for all that took longer."""

    counts: tuple[int, ...]
    median: timedelta | None


@dataclass(frozen=True)
class Figures:
    """week: missed calls from Monday to Sunday, hour by hour of the shop's clock. answers: to texts that asked for one;
    unanswered: those that still wait. patience: of callers who gave up."""

    days: tuple[Day, ...]
    week: tuple[tuple[int, ...], ...]
    answers: Spread
    unanswered: int
    patience: Spread

    @property
    def calls(self) -> int:
        """Calls over all days."""
        return sum(day.calls for day in self.days)

    @property
    def missed(self) -> int:
        """Missed calls over all days."""
        return sum(day.missed for day in self.days)

    @property
    def texts(self) -> int:
        """Automatic texts that went out, over all days."""
        return sum(day.texts for day in self.days)

    @property
    def replies(self) -> int:
        """How many of those texts were answered, over all days."""
        return sum(day.replies for day in self.days)


@dataclass(frozen=True)
class CallLine:
    """One call as a spreadsheet gets it. seconds: None while it rings or runs."""

    started: datetime
    number: str
    name: str
    outcome: str
    seconds: int | None
    textback: str
    reason: str
    called_back: datetime | None


def last_days(count: int, now: datetime, zone: tzinfo | None) -> tuple[datetime, datetime]:
    """From the midnight that begins so many days, today the last of them, until now.

    >>> from datetime import UTC
    >>> last_days(7, datetime(2026, 11, 23, 12, tzinfo=UTC), UTC)[0].isoformat()
    '2026-11-17T00:00:00+00:00'
    """
    return at_clock(now.astimezone(zone).date() - timedelta(days=count - 1), 0, zone), now


def gather(session: Session, since: datetime, until: datetime, zone: tzinfo | None) -> Figures:
    """Everything from `since` on and before `until`; zone: the shop's, None for the machine's."""
    dates = tuple(_dates(since, until, zone))
    step = _step(dates, zone)
    calls, texts = _calls(session, since, until, step), _texts(session, since, until, step)
    answers = _answers(session, since, until)
    unanswered = answers.pop(None, 0)
    shown = {at: datetime.fromtimestamp(at * step, zone) for at, *_ in (*calls, *texts)}
    return Figures(
        days=_days(calls, texts, shown, dates),
        week=_week(calls, shown),
        answers=_spread(answers, REPLY_BOUNDS),
        unanswered=unanswered,
        patience=_spread(_patience(session, since, until), PATIENCE_BOUNDS),
    )


# ---- what the database adds up

# (step of time, outcome, calls) and (step of time, texts, answered texts); what the shop's clock shows as a step begins
Calls = Sequence[tuple[int, str | None, int]]
Texts = Sequence[tuple[int, int, int]]
Shown = dict[int, datetime]


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


def _step(dates: Sequence[date], zone: tzinfo | None) -> int:
    """The seconds by which calls are added up, so that every day and hour of the zone begins with a step: an hour, or a quarter
    of one where clocks are not whole hours off."""
    offsets = [at_clock(day, 0, zone).astimezone(zone).utcoffset() or timedelta(0) for day in dates]
    return 900 if any(offset % timedelta(hours=1) for offset in offsets) else 3600


def _steps(moment: Any, step: int) -> Any:
    """The step that a moment lies in, counted from 1970. Its width stands in the statement itself, since PostgreSQL would not
    group by a parameter."""
    return _Seconds(moment) // literal_column(str(step), BigInteger)


def _within(moment: Any, since: datetime, until: datetime) -> Any:
    return and_(moment >= since, moment < until)


def _calls(session: Session, since: datetime, until: datetime, step: int) -> Calls:
    at = _steps(Call.started, step)
    query = select(at, Call.outcome, func.count()).where(_within(Call.started, since, until))
    return [(*row,) for row in session.exec(query.group_by(at, col(Call.outcome)))]


def _texts(session: Session, since: datetime, until: datetime, step: int) -> Texts:
    at = _steps(Message.created, step)
    query = select(at, func.count(), func.count(col(Message.answered))).where(
        Message.kind == MessageKind.AUTO,
        _within(Message.created, since, until),
        col(Message.status).in_(WENT_OUT),
    )
    return [(*row,) for row in session.exec(query.group_by(at))]


def _answers(session: Session, since: datetime, until: datetime) -> Counter[int | None]:
    """Seconds until we answered -> texts; None for those that nobody has answered yet."""
    waited = _Seconds(Message.answered) - _Seconds(Message.created)
    query = select(waited, func.count()).where(
        col(Message.asks).is_(True), _within(Message.created, since, until)
    )
    return Counter(dict(session.exec(query.group_by(waited)).all()))


def _patience(session: Session, since: datetime, until: datetime) -> Counter[int]:
    """Seconds until they gave up -> calls."""
    rang = _Seconds(Call.ended) - _Seconds(Call.started)
    query = select(rang, func.count()).where(
        Call.outcome == CallOutcome.ABANDONED,
        _within(Call.started, since, until),
        col(Call.ended).is_not(None),
    )
    return Counter(dict(session.exec(query.group_by(rang)).all()))


# ---- folded into the shop's days and hours


def _days(calls: Calls, texts: Texts, shown: Shown, dates: Sequence[date]) -> tuple[Day, ...]:
    """Every day of the time, also those on which nothing happened."""
    tally: Counter[tuple[date, str]] = Counter()
    for at, outcome, count in calls:
        tally[shown[at].date(), _sort(outcome)] += count
    for at, sent, answered in texts:
        tally[shown[at].date(), "texts"] += sent
        tally[shown[at].date(), "replies"] += answered
    return tuple(_day(day, tally) for day in dates)


def _sort(outcome: str | None) -> str:
    return "missed" if outcome in MISSED else "answered" if outcome in ANSWERED else "other"


def _day(day: date, tally: Counter[tuple[date, str]]) -> Day:
    missed, answered, other = (tally[day, sort] for sort in ("missed", "answered", "other"))
    calls = missed + answered + other
    return Day(day, calls, missed, answered, tally[day, "texts"], tally[day, "replies"])


def _dates(since: datetime, until: datetime, zone: tzinfo | None) -> Iterator[date]:
    day, last = since.astimezone(zone).date(), (until - timedelta.resolution).astimezone(zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _week(calls: Calls, shown: Shown) -> tuple[tuple[int, ...], ...]:
    tally: Counter[tuple[int, int]] = Counter()
    for at, outcome, count in calls:
        if outcome in MISSED:
            tally[shown[at].weekday(), shown[at].hour] += count
    return tuple(tuple(tally[day, hour] for hour in range(24)) for day in range(7))


def _spread(found: Counter[Any], bounds: Sequence[int]) -> Spread:
    """
    >>> _spread(Counter({4: 2, 5: 1, 90: 2}), (5, 10))
    Spread(counts=(2, 1, 2), median=datetime.timedelta(seconds=5))
    """
    counts = [0] * (len(bounds) + 1)
    for seconds, count in found.items():
        counts[bisect_right(bounds, seconds)] += count
    return Spread(tuple(counts), _median(found))


def _median(found: Counter[Any]) -> timedelta | None:
    """What half of them took at most; a clock that was put back makes no time negative."""
    seen, half = 0, found.total() / 2
    for seconds in sorted(found):
        seen += found[seconds]
        if seen >= half:
            return timedelta(seconds=max(0, seconds))
    return None


# ---- call by call


def calls(engine: Engine, since: datetime, until: datetime) -> Iterator[CallLine]:
    """Every call of the time, those that came first first. Between two batches only their ids are held: who takes them may be
    slow."""
    wanted = select(Call.id).where(_within(Call.started, since, until)).order_by(*came_first(Call))
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
        outcome=call.outcome or "",
        seconds=round((call.ended - call.started).total_seconds()) if call.ended else None,
        textback=state,
        reason=reason or "",
        called_back=call.called_back,
    )
