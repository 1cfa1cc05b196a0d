"""Opening hours as they are written: spans of a day, holidays; pure. What is open when is asked of them later."""

import re
from dataclasses import dataclass
from datetime import date

MINUTES_A_DAY = 24 * 60
# The dash may be the typographic one that phones write.
_SPAN = re.compile("([0-9]{1,2})(?::([0-9]{2}))?\\s*[-–]\\s*([0-9]{1,2})(?::([0-9]{2}))?")


@dataclass(frozen=True)
class Span:
    """Minutes after midnight; `end` may lie on the next day (over 1440)."""

    start: int
    end: int


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
        raise ValueError(f"{text!r} is no span of time; write it like 9:00-12:30, or leave it empty")
    hour, minute, to_hour, to_minute = (int(group or 0) for group in matched.groups())
    start, end = hour * 60 + minute, to_hour * 60 + to_minute
    if max(minute, to_minute) > 59 or start >= MINUTES_A_DAY or end > MINUTES_A_DAY:
        raise ValueError(f"{text!r} names a time that no clock shows; times go from 0:00 to 24:00")
    if start == end:
        raise ValueError(f"{text!r} begins when it ends; the whole day is 0:00-24:00")
    return Span(start, end if end > start else end + MINUTES_A_DAY)
