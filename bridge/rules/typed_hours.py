"""Opening hours as people type them, in the languages of the page: `9-5`, `9am - 5pm`, `09.00-17.00 Uhr`, `9h-12h et 14h-18h`,
`closed`, `24h`. What is meant, and what else it could mean; how config.ini writes it. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise

from bridge.rules.hours import MINUTES_A_DAY, WHOLE_DAY, Span, at_clock
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.typed_words import folded, words

HALF_A_DAY = MINUTES_A_DAY // 2
# Hardly a shop is open for longer than this at a time (minutes).
LONG = 16 * 60
# Before this hardly a shop opens: 2-6 is an afternoon.
EARLY = 5 * 60

_AFTERNOON = {"am": 0, "a.m.": 0, "a.m": 0, "pm": 1, "p.m.": 1, "p.m": 1}
_TOKEN = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})|\s?[hu]\s?(?P<after_h>\d{2})(?!\s?[hu]))(?!\d)|(?P<plain>\d{1,4})(?!\d)"
    r"|[ap]\.?m\b\.?|[^\W\d_][^\W\d_'.-]*(?:['-][^\W\d_]+)*\.?|\S"
)


@dataclass(frozen=True)
class Understood:
    """spans: what is meant. instead: what else it may well mean, None if nothing."""

    spans: tuple[Span, ...]
    instead: tuple[Span, ...] | None = None

    @property
    def is_odd(self) -> bool:
        """Should somebody be asked whether that is meant?"""
        return self.instead is not None or any(is_odd(span) for span in self.spans)


def is_long(span: Span) -> bool:
    """Does it last for longer than most shops are ever open?"""
    return span.end - span.start > LONG


def is_odd(span: Span) -> bool:
    """Does it pass midnight, or last for longer than shops are open? The whole day is what its writer meant.

    >>> [is_odd(span) for span in (Span(540, 1440), Span(1080, 1560), Span(0, 1000), WHOLE_DAY)]
    [False, True, True, False]
    """
    return span != WHOLE_DAY and (span.end > MINUTES_A_DAY or is_long(span))


def as_written(spans: tuple[Span, ...]) -> str:
    """Spans as config.ini has them.

    >>> as_written((Span(540, 750), Span(1320, 1560)))
    '9:00-12:30, 22:00-2:00'
    """
    return ", ".join(f"{clock(span.start)}-{clock(span.end)}" for span in spans)


def clock(minutes: int) -> str:
    """Minutes after midnight as a clock shows them; 24:00 is the end of the day.

    >>> clock(545), clock(1440), clock(1560)
    ('9:05', '24:00', '2:00')
    """
    minutes = minutes if minutes <= MINUTES_A_DAY else minutes - MINUTES_A_DAY
    return f"{minutes // 60}:{minutes % 60:02}"


def understood(typed: str) -> Understood:
    """The spans of a day. Raises Refusal where they cannot be read.

    >>> as_written(understood("9-12, 2-6").spans), understood("closed").spans
    ('9:00-12:00, 14:00-18:00', ())
    >>> doubt = understood("10-2")
    >>> as_written(doubt.spans), as_written(doubt.instead or ())
    ('10:00-14:00', '10:00-2:00')
    """
    text = folded(typed)
    if not text or text in words("closed"):
        return Understood(())
    if text in words("always"):
        return Understood((WHOLE_DAY,))
    pairs = _pairs(text)
    meant = _one_after_the_other(pairs, tuple(_meant(pair) for pair in pairs))
    literal = tuple(_literal(pair) for pair in pairs)
    one_or_the_other = literal != meant and not any(
        _marked(pair) or is_long(_literal(pair)) for pair in pairs
    )
    in_order = all(one.end <= other.start for one, other in pairwise(literal))
    return Understood(meant, literal if one_or_the_other and in_order else None)


def by_the_clock(typed: str) -> tuple[Span, ...]:
    """Spans in which nothing is guessed: 10-7 passes midnight. Raises Refusal where they cannot be read.

    >>> as_written(by_the_clock("10pm - 7")), as_written(by_the_clock("21-8")), by_the_clock("")
    ('22:00-7:00', '21:00-8:00', ())
    """
    text = folded(typed)
    return tuple(_meant(pair) if _marked(pair) else _literal(pair) for pair in _pairs(text)) if text else ()


def overlap(spans: tuple[Span, ...]) -> bool:
    """Does a span begin before another one of its day has ended?"""
    in_order = sorted(spans, key=lambda span: span.start)
    return any(one.end > other.start for one, other in pairwise(in_order))


def time_of_day(typed: str) -> tuple[int, ...]:
    """The times (minutes after midnight) that one time of day may mean. Raises Refusal where it is none.

    >>> time_of_day("15.30"), time_of_day("3pm"), time_of_day("3"), time_of_day("03:00")
    ((930,), (900,), (180, 900), (180,))
    """
    match _tokens(folded(typed)):
        case [_Time() as only]:
            return only.readings
        case _:
            raise Refusal(Refused.NOT_HOURS)


def today_at(typed: str, now: datetime, zone: tzinfo | None) -> datetime | None:
    """The moment of today when the shop's clock shows this; None if it shows no such time, or has shown it.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> [at and at.hour for at in (today_at(typed, noon, UTC) for typed in ("15:00", "3pm", "3", "03:00", "soon", "24"))]
    [15, 15, 15, None, None, None]
    """
    try:
        times = [minutes for minutes in time_of_day(typed) if minutes < MINUTES_A_DAY]
    except Refusal:
        return None
    today = now.astimezone(zone).date()
    return min((at for minutes in times if (at := at_clock(today, minutes, zone)) > now), default=None)


@dataclass(frozen=True)
class _Time:
    """minutes after midnight by the clock of 24 hours; afternoon: 0 for am, 1 for pm, None where neither stands; certain: no
    other half of the day can be meant."""

    minutes: int
    afternoon: int | None = None
    certain: bool = False

    @property
    def by_both_clocks(self) -> bool:
        return 60 <= self.minutes < HALF_A_DAY + 60

    @property
    def readings(self) -> tuple[int, ...]:
        if self.afternoon is not None:
            return (self.minutes % HALF_A_DAY + self.afternoon * HALF_A_DAY,)
        if self.certain or not self.by_both_clocks:
            return (self.minutes,)
        return (self.minutes, (self.minutes + HALF_A_DAY) % MINUTES_A_DAY)


_Pair = tuple[_Time, _Time]


def _by_both_clocks(pair: _Pair) -> bool:
    return all(time.by_both_clocks for time in pair)


def _marked(pair: _Pair) -> bool:
    return any(time.afternoon is not None for time in pair)


def _tokens(text: str) -> list[_Time | str]:
    """Times, each with its am or pm, and what stands between them: "to" and "and"."""
    found: list[_Time | str] = []
    for token in _TOKEN.finditer(text):
        word = token[0]
        match found:
            case [*_, _Time(afternoon=None) as before] if word in _AFTERNOON and before.by_both_clocks:
                found[-1] = _Time(before.minutes, _AFTERNOON[word])
            case [*_, _Time(minutes=minutes)] if minutes == HALF_A_DAY and word in words("noon"):
                pass  # 12 noon
            case _ if token["hour"] or token["plain"]:
                found.append(_time(token))
            case _ if word in words("noon") | words("midnight"):
                found.append(_Time(HALF_A_DAY if word in words("noon") else 0, certain=True))
            case _ if word in words("to") | words("and"):
                found.append("to" if word in words("to") else "and")
            case _ if word not in words("silent"):
                raise Refusal(Refused.NOT_HOURS)
    return found


def _time(token: re.Match[str]) -> _Time:
    hour, minute = token["hour"], token["minute"] or token["after_h"] or "0"
    if plain := token["plain"]:
        hour, minute = (plain[:-2], plain[-2:]) if len(plain) > 2 else (plain, "0")
    minutes = int(hour) * 60 + int(minute)
    if int(minute) > 59 or minutes > MINUTES_A_DAY:
        raise Refusal(Refused.NO_SUCH_TIME, time=token[0])
    return _Time(minutes, certain=hour[0] == "0")


def _pairs(text: str) -> list[_Pair]:
    """The spans as pairs of times. The comma between two of them may be missing: 9-12 14-18."""
    tokens = _tokens(text)
    pairs: list[_Pair] = []
    while tokens:
        match tokens:
            case [_Time() as start, "to", _Time() as end, *rest]:
                pairs.append((start, end))
                tokens = rest
            case ["and", *rest] if pairs:
                tokens = rest
            case _:
                raise Refusal(Refused.NOT_HOURS)
    if not pairs:
        raise Refusal(Refused.NOT_HOURS)
    return pairs


def _literal(pair: _Pair) -> Span:
    """By the clock of 24 hours, as config.ini has it. What begins when it ends goes round the clock."""
    start, end = pair[0].minutes % MINUTES_A_DAY, pair[1].minutes
    return Span(start, end if end > start else end + MINUTES_A_DAY)


def _meant(pair: _Pair) -> Span:
    """Where am or pm stands, the other end is read so that the span is the shortest. Else a span that would begin
    at night or end before it begins may be meant by the clock of 12 hours."""
    if _marked(pair):
        both = [(start, end) for start in pair[0].readings for end in pair[1].readings]
        spans = [Span(start, end if end > start else end + MINUTES_A_DAY) for start, end in both]
        return min(spans, key=lambda span: span.end - span.start)
    literal = _literal(pair)
    sooner = literal.end - HALF_A_DAY
    if not pair[0].by_both_clocks:
        return literal
    if literal.start < EARLY and not pair[0].certain:
        return _in_the_afternoon(pair)
    if _by_both_clocks(pair) and literal.end > MINUTES_A_DAY and sooner > literal.start:
        return Span(literal.start, sooner)
    return literal


def _in_the_afternoon(pair: _Pair) -> Span:
    start = pair[0].minutes % HALF_A_DAY + HALF_A_DAY
    ends = [end + more for end in pair[1].readings for more in (0, MINUTES_A_DAY)]
    return Span(start, min(end for end in ends if end > start))


def _one_after_the_other(pairs: list[_Pair], spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """A span that would begin before the one before it has ended is in the afternoon: 9-12, 2-6."""
    found = spans[:1]
    for pair, span in zip(pairs[1:], spans[1:], strict=True):
        before = span.start < found[-1].end <= span.start + HALF_A_DAY
        found += (
            _in_the_afternoon(pair) if before and _by_both_clocks(pair) and not _marked(pair) else span,
        )
    return found
