"""What is counted for the page's figures: calls, texts and waiting over some days. The database adds up."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby
from typing import Any

from sqlmodel import Session

from bridge.records.views import figure_counts
from bridge.records.views.figure_counts import Calls, Texts, Untexted
from bridge.rules.hours import at_clock
from bridge.rules.states import ANSWERED, MISSED, MessageKind

# Where one bar ends and the next begins (seconds): our first replies, and callers who gave up.
REPLY_BOUNDS, PATIENCE_BOUNDS = (300, 900, 3600), (5, 10, 15, 20, 30)


# What the shop's clock shows as a step of time begins.
Shown = dict[int, datetime]


@dataclass(frozen=True)
class Day:
    """One day at the shop, or a week from its Monday on. texts: automatic ones that went out; replies: how many of those were
    answered; parts: what the operator counts of all texts that went out, ours by hand too."""

    date: date
    calls: int
    missed: int
    answered: int
    texts: int
    replies: int
    parts: int = 0


@dataclass(frozen=True)
class Spread:
    """How long something took. counts: below each bound in turn, the last one for all that took longer."""

    counts: tuple[int, ...]
    median: timedelta | None


@dataclass(frozen=True)
class Figures:
    """weeks: those of the calendar that the days lie in, from their Mondays on, at least the last and the one before it.
    week: missed calls from Monday to Sunday, hour by hour of the shop's clock. untexted: why missed calls got no text, the most
    frequent reason first. answers: to texts that asked for one; unanswered: those that still wait. patience: of callers who
    gave up."""

    days: tuple[Day, ...]
    weeks: tuple[Day, ...]
    untexted: tuple[Untexted, ...]
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

    @property
    def parts(self) -> int:
        """What the operator counts of all texts that went out, over all days."""
        return sum(day.parts for day in self.days)


def last_days(count: int, now: datetime, zone: tzinfo | None) -> tuple[datetime, datetime]:
    """From the midnight that begins so many days, today the last of them, until now.

    >>> from datetime import UTC
    >>> last_days(7, datetime(2026, 11, 23, 12, tzinfo=UTC), UTC)[0].isoformat()
    '2026-11-17T00:00:00+00:00'
    """
    return at_clock(now.astimezone(zone).date() - timedelta(days=count - 1), 0, zone), now


def weeks_ago(count: int, now: datetime, zone: tzinfo | None) -> tuple[datetime, datetime]:
    """The calendar week so long ago, from Monday to Sunday; 0: this one, until now.

    >>> from datetime import UTC
    >>> [f"{moment:%a %d}" for moment in weeks_ago(1, datetime(2026, 11, 25, 12, tzinfo=UTC), UTC)]
    ['Mon 16', 'Mon 23']
    """
    monday = _monday(now.astimezone(zone).date()) - timedelta(weeks=count)
    return at_clock(monday, 0, zone), min(now, at_clock(monday + timedelta(weeks=1), 0, zone))


def last_month(now: datetime, zone: tzinfo | None) -> tuple[datetime, datetime]:
    """The calendar month before this one.

    >>> from datetime import UTC
    >>> [f"{moment:%d %b}" for moment in last_month(datetime(2026, 3, 31, 12, tzinfo=UTC), UTC)]
    ['01 Feb', '01 Mar']
    """
    this = now.astimezone(zone).date().replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    return at_clock(before, 0, zone), at_clock(this, 0, zone)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def gather(session: Session, since: datetime, until: datetime, zone: tzinfo | None) -> Figures:
    """Everything from `since` on and before `until`; zone: the shop's, None for the machine's."""
    first, last = since.astimezone(zone).date(), (until - timedelta.resolution).astimezone(zone).date()
    dates = tuple(_dates(min(_monday(first), _monday(last) - timedelta(weeks=1)), last))
    begin, step = at_clock(dates[0], 0, zone), figure_counts.step(dates, zone)
    calls = figure_counts.calls(session, begin, until, step)
    texts = figure_counts.texts(session, begin, until, step)
    answers = figure_counts.answers(session, since, until)
    unanswered = answers.pop(None, 0)
    steps = {row[0] for row in calls} | {row[0] for row in texts}
    shown = {at: datetime.fromtimestamp(at * step, zone) for at in steps}
    days = _days(calls, texts, shown, dates)
    return Figures(
        days=tuple(day for day in days if day.date >= first),
        weeks=_weeks(days),
        untexted=figure_counts.untexted(session, since, until),
        week=_week([row for row in calls if shown[row[0]].date() >= first], shown),
        answers=_spread(answers, REPLY_BOUNDS),
        unanswered=unanswered,
        patience=_spread(figure_counts.patience(session, since, until), PATIENCE_BOUNDS),
    )


# ---- folded into the shop's days and hours


def _days(calls: Calls, texts: Texts, shown: Shown, dates: Sequence[date]) -> tuple[Day, ...]:
    """Every day of the time, also those on which nothing happened."""
    tally: Counter[tuple[date, str]] = Counter()
    for at, outcome, count in calls:
        tally[shown[at].date(), _sort(outcome)] += count
    for at, kind, sent, answered, parts in texts:
        day = shown[at].date()
        tally[day, "parts"] += parts
        if kind is MessageKind.AUTO:
            tally[day, "texts"] += sent
            tally[day, "replies"] += answered
    return tuple(_day(day, tally) for day in dates)


def _sort(outcome: str | None) -> str:
    return "missed" if outcome in MISSED else "answered" if outcome in ANSWERED else "other"


def _day(day: date, tally: Counter[tuple[date, str]]) -> Day:
    missed, answered, other = (tally[day, sort] for sort in ("missed", "answered", "other"))
    calls = missed + answered + other
    return Day(day, calls, missed, answered, tally[day, "texts"], tally[day, "replies"], tally[day, "parts"])


def _weeks(days: Sequence[Day]) -> tuple[Day, ...]:
    return tuple(_sum(monday, tuple(some)) for monday, some in groupby(days, lambda day: _monday(day.date)))


def _sum(first: date, days: Sequence[Day]) -> Day:
    counted = ("calls", "missed", "answered", "texts", "replies", "parts")
    return Day(first, **{name: sum(getattr(day, name) for day in days) for name in counted})


def _dates(day: date, last: date) -> Iterator[date]:
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
