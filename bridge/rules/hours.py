"""Opening hours: spans of a day as they are written, holidays, what is open when, and when it opens again; pure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from bridge.rules.mistakes import Mistake

MINUTES_A_DAY = 24 * 60
# The dash may be the typographic one that phones write.
_SPAN = re.compile("([0-9]{1,2})(?::([0-9]{2}))?\\s*[-–]\\s*([0-9]{1,2})(?::([0-9]{2}))?")


@dataclass(frozen=True)
class Span:
    """Minutes after midnight; `end` may lie on the next day (over 1440)."""

    start: int
    end: int


WHOLE_DAY = Span(0, MINUTES_A_DAY)


@dataclass(frozen=True)
class Holidays:
    """Public holidays of a country (ISO code or None), and single dates."""

    country: str | None = None
    dates: tuple[date, ...] = ()


def spans(text: str) -> tuple[Span, ...]:
    """The spans of one day. Raises ValueError with what would be right.

    >>> spans("9:00-12:30, 22:00-2:00")
    (Span(start=540, end=750), Span(start=1320, end=1560))
    """
    return tuple(_span(part.strip()) for part in text.split(",") if part.strip())


def _span(text: str) -> Span:
    matched = _SPAN.fullmatch(text)
    if not matched:
        raise Mistake(
            "“{text}” is not a pair of times; write it like 9:00-12:30, or leave it empty", text=text
        )
    hour, minute, to_hour, to_minute = (int(group or 0) for group in matched.groups())
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    if max(minute, to_minute) > 59 or start >= MINUTES_A_DAY or end > MINUTES_A_DAY:
        raise Mistake("“{text}” has a time that does not exist; times go from 0:00 to 24:00", text=text)
    if start == end:
        raise Mistake("“{text}” starts and ends at the same time; the whole day is 0:00-24:00", text=text)
    return Span(start, end if end > start else end + MINUTES_A_DAY)


# How far ahead the next opening is looked for (days): a shop that is closed for longer has no opening to wait for.
LOOK_AHEAD = 60


@dataclass(frozen=True)
class Opening:
    """Is the shop open, and if not, when it opens next; None where no opening is in sight. Aware instants."""

    open: bool
    reopens: datetime | None = None


ALWAYS = Opening(True)


@dataclass(frozen=True)
class Closure:
    """The shop is closed by hand until then. back: somebody is back at that moment, whatever the hours say; else the hours
    count from there, and where it is open then it opens at that moment."""

    until: datetime
    back: bool

    def opening(self, usual: Callable[[datetime], Opening]) -> Opening:
        """As of now, given the usual opening at any moment.

        >>> from datetime import UTC
        >>> midnight = datetime(2026, 11, 24, tzinfo=UTC)
        >>> nine = midnight + timedelta(hours=9)
        >>> Closure(midnight, back=False).opening(lambda at: Opening(False, nine)).reopens == nine
        True
        >>> Closure(midnight, back=False).opening(lambda at: ALWAYS), Closure(nine, back=True).opening(lambda at: ALWAYS)
        (Opening(open=False, reopens=datetime.datetime(2026, 11, 24, 0, 0, tzinfo=datetime.timezone.utc)), \
Opening(open=False, reopens=datetime.datetime(2026, 11, 24, 9, 0, tzinfo=datetime.timezone.utc)))
        """
        then = Opening(True) if self.back else usual(self.until)
        return Opening(False, self.until if then.open else then.reopens)


def opening(
    week: tuple[tuple[Span, ...], ...],
    is_holiday: Callable[[date], bool],
    now: datetime,
    zone: tzinfo | None,
) -> Opening:
    """Whether the shop is open at `now`, by the spans of Monday to Sunday in the shop's zone (None: the system's). A span
    that passes midnight belongs to the day on which it began; a holiday has no spans of its own.

    >>> from datetime import UTC
    >>> week = ((Span(540, 1080),),) * 5 + ((), ())
    >>> opening(week, lambda day: False, datetime(2026, 11, 23, 12, tzinfo=UTC), UTC)
    Opening(open=True, reopens=None)
    >>> opening(week, lambda day: False, datetime(2026, 11, 27, 20, tzinfo=UTC), UTC).reopens.isoformat()
    '2026-11-30T09:00:00+00:00'
    """
    if not any(week):
        return ALWAYS
    today = now.astimezone(zone).date()
    ahead = list(_spans(week, is_holiday, today - timedelta(days=1), zone))
    if any(start <= now < end for start, end in ahead):
        return ALWAYS
    return Opening(False, min((start for start, _ in ahead if start > now), default=None))


def _spans(
    week: tuple[tuple[Span, ...], ...],
    is_holiday: Callable[[date], bool],
    first: date,
    zone: tzinfo | None,
) -> Iterator[tuple[datetime, datetime]]:
    """The spans of the days from `first` on, as instants."""
    for number in range(LOOK_AHEAD):
        day = first + timedelta(days=number)
        if not is_holiday(day):
            for one in week[day.weekday()]:
                yield at_clock(day, one.start, zone), at_clock(day, one.end, zone)


def at_clock(day: date, minutes: int, zone: tzinfo | None) -> datetime:
    """When the shop's clock shows so many minutes after midnight: 9:00 is 9:00 on the day of a change of the clocks too."""
    shown = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return shown.astimezone() if zone is None else shown.replace(tzinfo=zone)


def midnight_after(now: datetime, zone: tzinfo | None) -> datetime:
    """When the shop's day ends."""
    return at_clock(now.astimezone(zone).date() + timedelta(days=1), 0, zone)
