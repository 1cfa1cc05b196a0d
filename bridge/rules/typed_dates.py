"""Closed days as people type them, in the languages of the page: `24.12.`, `24 December`, `Dec 24-26`, `du 24 au 31 décembre`,
`2026-12-24`, `tomorrow`; and as config.ini has them. Pure: today is an argument."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bridge.rules.hours import Holidays
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.typed_words import folded, places, words

# More closed days, or one further ahead, is a date that was mistyped.
MOST_DAYS, FURTHEST = 120, timedelta(days=3 * 366)
# Where the month is written first.
MONTH_FIRST = frozenset(["US", "PR", "VI", "GU", "AS", "MP", "FM", "MH", "PW", "PH", "BZ"])

_DAY = r"(?P<day>\d{1,2})(?!\d)(?:(?:st|nd|rd|th|er|o|a)\b|\.(?!\d))?"
_NAME = r"(?P<name>[a-z]{3,})\b\.?"
_OF = r"(?:\s+(?:de|of|del|di)\b)?"
_YEAR = rf"(?:{_OF}\s*,?\s*(?P<year>\d{{4}})(?!\d))?"
# How one date may be written. The first form that fits counts.
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})(?!\d)",
        r"(?P<first>\d{1,2})(?P<sign>[-./])\s?(?P<second>\d{1,2})(?P=sign)(?:\s?(?P<year>\d{4})|(?P<short>\d{2}))(?![\d.])",
        r"(?P<first>\d{1,2})(?P<sign>[./])\s?(?P<second>\d{1,2})\.?(?!\d)",
        rf"{_DAY}{_OF}\s*{_NAME}{_YEAR}",
        rf"{_NAME}\s+(?:the\s+)?{_DAY}{_YEAR}",
        _DAY,
    )
)
# A country's code stands alone or before a date as config.ini has it; "Sa" is a weekday.
_CODE = re.compile(r"([A-Za-z]{2})(?=$|\s+\d{4}-)")
_WORD = re.compile(r"[^\W\d_][^\W\d_'-]*(?:['-][^\W\d_]+)*\.?|\S")


@dataclass(frozen=True)
class _Part:
    """A date as far as it is written."""

    day: int
    month: int | None = None
    year: int | None = None

    def in_year(self, year: int) -> date | None:
        """None where that year has no such day."""
        try:
            return date(self.year or year, self.month or 0, self.day)
        except ValueError:
            return None


_Run = tuple[_Part, _Part]


def days(typed: str, today: date, region: str) -> tuple[date, ...]:
    """The days that are meant, in their order; of a span those from today on. region: the shop's, by which 1/2 is read. Raises
    Refusal where they cannot be read.

    >>> today = date(2026, 11, 27)
    >>> [f"{day:%d.%m.%y}" for day in days("24.12., 31 December - 2 January", today, "GB")]
    ['24.12.26', '31.12.26', '01.01.27', '02.01.27']
    """
    runs = _with_months(_runs(typed, list(_tokens(typed, today, region))))
    found = {day for run in runs for day in _days_of(run, today)}
    if len(found) > MOST_DAYS:
        raise Refusal(Refused.TOO_MANY_DAYS, most=MOST_DAYS)
    return tuple(sorted(found))


def holidays(typed: str, today: date, region: str) -> Holidays:
    """Country codes and dates: "GB, 24 December". Whether there is such a country config.ini's check says. Raises Refusal.

    >>> holidays("gb", date(2026, 11, 27), "GB"), holidays("Sa 2.1.", date(2026, 11, 27), "GB").country
    (Holidays(country='GB', dates=()), None)
    """
    items = [item.strip() for item in re.split("[,;]", typed)]
    codes = [found[1] for item in items if (found := _CODE.match(item)) and not found[1].istitle()]
    rest = ", ".join(filter(None, (item[2:] if item[:2] in codes else item for item in items)))
    if len(codes) > 1:
        raise Refusal(Refused.ONE_COUNTRY, first=codes[0], second=codes[1])
    return Holidays(codes[0].upper() if codes else None, days(rest, today, region) if rest.strip() else ())


def span_of_days(first: date, last: date, today: date) -> tuple[date, ...]:
    """Each day from the first to the last, both included, from today on. Raises Refusal where that will not do."""
    if last < first:
        raise Refusal(Refused.DAYS_REVERSED, first=first.isoformat(), last=last.isoformat())
    if last < today:
        raise Refusal(Refused.DAY_IS_OVER, day=last.isoformat())
    if last - today > FURTHEST:
        raise Refusal(Refused.DAY_TOO_FAR, day=last.isoformat())
    if (last - first).days >= MOST_DAYS:
        raise Refusal(Refused.TOO_MANY_DAYS, most=MOST_DAYS)
    return tuple(day for day in every_day(first, last) if day >= today)


def every_day(first: date, last: date) -> Iterator[date]:
    """Each day from the first to the last, both included."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def runs_of(dates: Iterable[date]) -> list[tuple[date, date]]:
    """Days that follow on each other as one: first and last.

    >>> [(a.day, b.day) for a, b in runs_of([date(2026, 12, 24), date(2026, 12, 26), date(2026, 12, 25), date(2026, 12, 31)])]
    [(24, 26), (31, 31)]
    """
    found: list[tuple[date, date]] = []
    for day in sorted(set(dates)):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def as_written(country: str | None, dates: Iterable[date]) -> str:
    """Holidays as config.ini has them.

    >>> as_written("GB", [date(2026, 12, 24)]), as_written(None, [])
    ('GB, 2026-12-24', '')
    """
    return ", ".join([*([country] if country else []), *(day.isoformat() for day in sorted(set(dates)))])


def _tokens(typed: str, today: date, region: str) -> Iterator[_Part | str]:
    """Dates as far as they are written, "to" and "and"; weekdays and the like are left out."""
    text, at = folded(typed), 0
    while at < len(text):
        meaning, length = _next(text[at:], today, region)
        if isinstance(meaning, str) and meaning not in ("to", "and", ""):
            raise Refusal(Refused.NOT_A_DATE, typed=typed.strip())
        if meaning:
            yield meaning
        at += length


def _next(text: str, today: date, region: str) -> tuple[_Part | str, int]:
    """What stands first in the text, and of how many characters."""
    for form in _FORMS:
        if (found := form.match(text)) and (part := _part(found, region)):
            return part, found.end()
    found = _WORD.match(text)
    return (_word(found[0], today), found.end()) if found else ("", 1)


def _word(word: str, today: date) -> _Part | str:
    """What a word means, "" for nothing; a word that means nothing here stays as it is."""
    if word in places("days"):
        day = today + timedelta(days=places("days")[word])
        return _Part(day.day, day.month, day.year)
    if word in words("to"):
        return "to"
    if word in words("and"):
        return "and"
    weekday = word.removesuffix(".")
    is_weekday = len(weekday) > 1 and any(name.startswith(weekday) for name in places("weekdays"))
    return "" if word in words("silent") or is_weekday else word


def _part(found: re.Match[str], region: str) -> _Part | None:
    """What a form has found; None where it names no month."""
    parts = found.groupdict()
    year = (
        int(parts["year"])
        if parts.get("year")
        else 2000 + int(parts["short"])
        if parts.get("short")
        else None
    )
    if parts.get("name"):
        month = _month(parts["name"])
        return _Part(int(parts["day"]), month, year) if month else None
    if parts.get("first"):
        first, second = int(parts["first"]), int(parts["second"])
        month_first = second > 12 or (region in MONTH_FIRST and parts["sign"] != "." and first <= 12)
        return _Part(second, first, year) if month_first else _Part(first, second, year)
    return _Part(int(parts["day"]), int(parts["month"]) if parts.get("month") else None, year)


def _month(name: str) -> int | None:
    """1 to 12 for a month's name, or for its beginning where that can be no other month's."""
    months = {place + 1 for month, place in places("months").items() if month.startswith(name)}
    return months.pop() if len(months) == 1 else None


def _runs(typed: str, tokens: list[_Part | str]) -> list[_Run]:
    """Single dates and spans. "to" that stands behind no date is a weekday: Do 24.12."""
    found: list[_Run] = []
    while tokens:
        match tokens:
            case [_Part() as first, "to", _Part() as last, *rest]:
                found.append((first, last))
            case [_Part() as only, *rest]:
                found.append((only, only))
            case [_, *rest]:
                pass
        tokens = rest
    if not found:
        raise Refusal(Refused.NOT_A_DATE, typed=typed.strip())
    return found


def _with_months(runs: list[_Run]) -> list[_Run]:
    """Each with a month: 24-26 December, Dec 24-26, 24 and 31 December."""
    found: list[_Run] = []
    month = next((part.month for run in reversed(runs) for part in run if part.month), None)
    for first, last in reversed(runs):
        month = last.month or first.month or month
        if month is None:
            raise Refusal(Refused.NO_MONTH)
        if last.month is None:
            after = first.month is not None and last.day < first.day
            last = replace(last, month=month % 12 + 1 if after else month)
        if first.month is None:
            before = first.day > last.day
            first = replace(first, month=((last.month or month) - 2) % 12 + 1 if before else last.month)
        found.insert(0, (first, last))
    return found


def _days_of(run: _Run, today: date) -> tuple[date, ...]:
    """The days of a run. Without a year it is the first that is not over yet."""
    first, last = run
    year = first.year or last.year
    for start in (
        [year, *([year - 1] if not first.year else [])] if year else range(today.year - 1, today.year + 9)
    ):
        begins = first.in_year(start)
        ends = next(
            (end for more in (0, 1) if (end := last.in_year(start + more)) and begins and end >= begins), None
        )
        if begins and ends and (year or ends >= today):
            return span_of_days(begins, ends, today)
    if (begins := first.in_year(year or today.year)) and (ends := last.in_year(year or today.year)):
        return span_of_days(begins, ends, today)
    raise Refusal(Refused.NO_SUCH_DAY)
