"""What somebody has put into the form of opening hours: each day's hours typed or picked, and the closed days; pure but for the
form's fields. Nothing is written here."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from werkzeug.datastructures import MultiDict

from bridge.config import checks
from bridge.config.schema import DAYS
from bridge.rules import typed_dates
from bridge.rules.hours import Holidays, Span
from bridge.rules.one_line import one_line
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.typed_hours import as_written, by_the_clock, overlap, understood

# So many spans of a day can be picked; more can be typed.
PICKS = 2
LONGEST = 1600
Fields = MultiDict[str, str]


@dataclass(frozen=True)
class Day:
    """One day of the week. typed: what stands in its field. spans: what that means. written: as config.ini has it, None while
    it cannot be kept: it cannot be read (problem), or somebody is asked which of the choices is meant. answer: theirs."""

    key: str
    typed: str
    spans: tuple[Span, ...] = ()
    written: str | None = None
    problem: Refusal | None = None
    choices: tuple[tuple[Span, ...], ...] = ()
    answer: str | None = None

    @property
    def picks(self) -> list[tuple[str, str]]:
        """From and until, as fields of the type time have them."""
        found = [(f"{_clock(span.start)}", f"{_clock(span.end)}") for span in self.spans]
        return found + [("", "")] * (PICKS - len(found))


@dataclass(frozen=True)
class ClosedDays:
    """typed: what stands in the field, the country whose public holidays they are; runs: first and last of the closed days.
    written: as config.ini has all of them, None where they cannot be read (problem)."""

    typed: str
    runs: tuple[tuple[date, date], ...] = ()
    written: str | None = None
    problem: Refusal | None = None


@dataclass(frozen=True)
class HoursForm:
    """The whole form."""

    days: tuple[Day, ...]
    closed: ClosedDays

    @property
    def problems(self) -> dict[str, Refusal]:
        """What is wrong, by key of config.ini."""
        found = {day.key: day.problem for day in self.days if day.problem}
        return found | ({"holidays": self.closed.problem} if self.closed.problem else {})

    @property
    def values(self) -> dict[str, str | None] | None:
        """What config.ini would have; None while something is wrong or to be asked."""
        found = {day.key: day.written for day in self.days} | {"holidays": self.closed.written}
        return None if None in found.values() else found


def of_file(values: dict[str, str], today: date) -> HoursForm:
    """The form as it is opened."""
    days = tuple(Day(key, values[key], _spans(values[key], values[key]), values[key]) for key in DAYS)
    try:
        holidays = checks.holidays(values["holidays"])
    except ValueError:
        return HoursForm(days, ClosedDays(values["holidays"]))
    runs = typed_dates.runs_of(day for day in holidays.dates if day >= today)
    return HoursForm(days, ClosedDays(holidays.country or "", tuple(runs), values["holidays"]))


def of_fields(form: Fields, in_file: dict[str, str], today: date, region: str) -> HoursForm:
    """The form as somebody has filled it in."""
    days = tuple(_day(key, form, in_file[key]) for key in DAYS)
    if not any(day.spans for day in days) and not any(day.problem for day in days):
        never = Refusal(Refused.NEVER_OPEN)
        days = tuple(replace(day, written=None, problem=never) if day.typed else day for day in days)
    return HoursForm(days, _closed_days(form, in_file["holidays"], today, region))


def copied(form: HoursForm, key: str) -> HoursForm:
    """One day's hours for every day; they are read when they are kept."""
    source = next((day for day in form.days if day.key == key), form.days[0])
    return replace(form, days=tuple(Day(day.key, source.typed, source.spans) for day in form.days))


def with_day(in_file: str, day: date, closed: bool) -> str:
    """The closed days of config.ini with this one among them, or without it. Raises ValueError where they cannot be read.

    >>> with_day("GB, 2026-12-24", date(2026, 12, 27), True), with_day("2026-12-24", date(2026, 12, 24), False)
    ('GB, 2026-12-24, 2026-12-27', '')
    """
    found = checks.holidays(in_file)
    return typed_dates.as_written(found.country, {*found.dates, day} if closed else {*found.dates} - {day})


def _day(key: str, form: Fields, in_file: str) -> Day:
    """What was typed counts, unless only the times beside it were changed."""
    typed = one_line(form.get(key, ""))[:LONGEST]
    try:
        picked = _picked(form, key)
        if picked is not None and typed == form.get(f"was_{key}") and picked != _spans(typed, in_file):
            typed = as_written(picked)
        if typed == in_file:
            return Day(key, typed, _spans(typed, in_file), typed)
        found = understood(typed)
    except Refusal as refusal:
        return Day(key, typed, problem=refusal)
    if overlap(found.spans):
        return Day(key, typed, problem=Refusal(Refused.HOURS_OVERLAP))
    if found.instead is None and found.spans == _spans(in_file, in_file):
        return Day(key, typed, found.spans, in_file)
    if not found.is_odd:
        return Day(key, typed, found.spans, as_written(found.spans))
    choices = (found.spans, found.instead) if found.instead else (found.spans,)
    answer = form.get(f"meant_{key}")
    meant = next((choice for choice in choices if as_written(choice) == answer), None)
    if meant is None:
        return Day(key, typed, found.spans, choices=choices)
    return Day(key, typed, meant, answer, choices=choices, answer=answer)


def _picked(form: Fields, key: str) -> tuple[Span, ...] | None:
    """The times in the fields of the type time; None from a form that has none. Raises Refusal."""
    if f"{key}_from" not in form:
        return None
    pairs = zip(form.getlist(f"{key}_from"), form.getlist(f"{key}_until"), strict=False)
    return tuple(span for start, end in pairs if start or end for span in by_the_clock(f"{start}-{end}"))


def _spans(written: str, in_file: str) -> tuple[Span, ...]:
    """What a field's text means; that of config.ini as config.ini means it."""
    try:
        return checks.hours(written) if written == in_file else understood(written).spans
    except (ValueError, Refusal):
        return ()


def _closed_days(form: Fields, in_file: str, today: date, region: str) -> ClosedDays:
    typed = one_line(form.get("holidays", ""))[:LONGEST]
    kept = list(_kept(form.getlist("kept")))
    try:
        found = typed_dates.holidays(typed, today, region)
        picked = [
            _one_day(day, today, region) for key in ("closed_from", "closed_until") if (day := form.get(key))
        ]
        added = typed_dates.span_of_days(picked[0], picked[-1], today) if picked else ()
        dates = {
            *found.dates,
            *added,
            *(day for run in kept for day in typed_dates.every_day(*run) if day >= today),
        }
        if len(dates) > typed_dates.MOST_DAYS:
            raise Refusal(Refused.TOO_MANY_DAYS, most=typed_dates.MOST_DAYS)
    except Refusal as refusal:
        return ClosedDays(typed, runs=tuple(kept), problem=refusal)
    runs = tuple(typed_dates.runs_of(dates))
    same = (found.country, dates) == _meaning(in_file)
    written = in_file if same else typed_dates.as_written(found.country, dates)
    return ClosedDays(found.country or "", runs, written)


def _one_day(typed: str, today: date, region: str) -> date:
    """Of a field of the type date, which is one of plain text in an old browser."""
    return typed_dates.days(one_line(typed)[:LONGEST], today, region)[0]


def _meaning(in_file: str) -> tuple[str | None, set[date]] | None:
    try:
        holidays: Holidays = checks.holidays(in_file)
    except ValueError:
        return None
    return holidays.country, set(holidays.dates)


def _kept(values: Iterable[str]) -> Iterable[tuple[date, date]]:
    """The closed days that stay ticked, as the form names them: first/last."""
    for value in values:
        first, _, last = value.partition("/")
        try:
            run = date.fromisoformat(first), date.fromisoformat(last)
        except ValueError:
            continue
        if 0 <= (run[1] - run[0]).days < typed_dates.MOST_DAYS:
            yield run


def _clock(minutes: int) -> str:
    """As a field of the type time has it: midnight is 00:00."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
