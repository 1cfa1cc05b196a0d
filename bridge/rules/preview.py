"""How the automatic text reads at moments that differ: now, tonight, on a holiday; pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from bridge.rules import hours
from bridge.rules.hours import Opening
from bridge.rules.settings import Settings
from bridge.rules.wording import Preview, preview

NIGHT, NOON = time(22), time(12)
# So many days ahead a holiday is looked for.
A_YEAR = 366


@dataclass(frozen=True)
class Sample:
    """title: which moment; preview: the text, None where none goes out; remark: what else happens, a sentence."""

    title: str
    preview: Preview | None
    remark: str = ""


def samples(
    settings: Settings, is_holiday: Callable[[date], bool], now: datetime, zone: tzinfo | None
) -> tuple[Sample, ...]:
    """The text to a stranger now, tonight and on the next holiday, by these settings."""
    here = now.astimezone(zone)
    tonight = _at(here.date() if here.time() < NIGHT else here.date() + timedelta(days=1), NIGHT, zone)
    found = [("If somebody rings now", now), (f"Tonight at {NIGHT:%H:%M}", tonight)]
    days = (here.date() + timedelta(days=number) for number in range(1, A_YEAR))
    holiday = next((day for day in days if is_holiday(day)), None)
    if holiday is not None:
        found.append((f"On a holiday: {holiday:%A} {holiday.day} {holiday:%B}", _at(holiday, NOON, zone)))
    return tuple(_sample(title, settings, is_holiday, moment, zone) for title, moment in found)


def _at(day: date, at: time, zone: tzinfo | None) -> datetime:
    return hours.at_clock(day, at.hour * 60, zone)


def _sample(
    title: str, settings: Settings, is_holiday: Callable[[date], bool], at: datetime, zone: tzinfo | None
) -> Sample:
    texts, opening = settings.textback, hours.opening(settings.hours.open_spans, is_holiday, at, zone)
    if not texts.enabled:
        return Sample(title, None, "No text: automatic texts are switched off.")
    if not opening.open and texts.closed == "skip":
        return Sample(title, None, "No text: the shop is closed then.")
    closed = not opening.open and texts.closed == "other"
    words = texts.closed_message if closed else texts.message
    reads = preview(settings, words, at, not closed, _reopens(opening, at, zone))
    waits = not opening.open and texts.closed == "wait"
    return Sample(title, reads, _waits(opening, at, zone) if waits else "")


def _reopens(opening: Opening, at: datetime, zone: tzinfo | None) -> str:
    return "" if opening.open else hours.in_words(opening.reopens, at, zone)


def _waits(opening: Opening, at: datetime, zone: tzinfo | None) -> str:
    if opening.reopens is None:
        return "It is not sent: no opening is in sight."
    return f"It waits until the shop opens {_reopens(opening, at, zone)}."
