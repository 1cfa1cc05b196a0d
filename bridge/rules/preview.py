"""How the automatic text reads at moments that differ: now, tonight, on a holiday; pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from bridge.rules import hours
from bridge.rules.hours import Closure, Opening
from bridge.rules.settings import Settings
from bridge.rules.wording import Preview, preview

NIGHT, NOON = time(22), time(12)
HELD = "But just now no automatic text goes out: the status page says why."
# So many days ahead a holiday is looked for.
A_YEAR = 366


@dataclass(frozen=True)
class Sample:
    """title: which moment; preview: the text, None where none goes out; remark: what else happens, a sentence."""

    title: str
    preview: Preview | None
    remark: str = ""


def samples(
    settings: Settings,
    is_holiday: Callable[[date], bool],
    now: datetime,
    zone: tzinfo | None,
    closed: Opening | None = None,
    held: bool = False,
) -> tuple[Sample, ...]:
    """The text to a stranger now, tonight and on the next holiday, by these settings. closed: that somebody has closed the shop
    by hand, None if nobody has. held: just now no automatic text goes out, whatever the settings say."""
    here = now.astimezone(zone)
    tonight = _at(here.date() if here.time() < NIGHT else here.date() + timedelta(days=1), NIGHT, zone)
    found = [("If somebody rings now", now), (f"Tonight at {NIGHT:%H:%M}", tonight)]
    days = (here.date() + timedelta(days=number) for number in range(1, A_YEAR))
    holiday = next((day for day in days if is_holiday(day)), None)
    if holiday is not None:
        found.append((f"On a holiday: {holiday:%A} {holiday.day} {holiday:%B}", _at(holiday, NOON, zone)))

    def opening(moment: datetime) -> Opening:
        if closed is not None and (moment == now or (closed.reopens and moment < closed.reopens)):
            return closed
        return hours.opening(settings.hours.open_spans, is_holiday, moment, zone)

    made = [sample(title, settings, opening(moment), moment, zone) for title, moment in found]
    if held and made[0].preview:
        made[0] = replace(made[0], remark=HELD)
    return tuple(made)


def closed_today(
    settings: Settings, is_holiday: Callable[[date], bool], now: datetime, zone: tzinfo | None
) -> Opening:
    """The opening as of now, if somebody closed the shop for the rest of the day."""

    def usual(moment: datetime) -> Opening:
        return hours.opening(settings.hours.open_spans, is_holiday, moment, zone)

    return Closure(hours.midnight_after(now, zone), back=False).opening(usual)


def _at(day: date, at: time, zone: tzinfo | None) -> datetime:
    return hours.at_clock(day, at.hour * 60, zone)


def sample(title: str, settings: Settings, opening: Opening, at: datetime, zone: tzinfo | None) -> Sample:
    """The text to a stranger who rings at that moment, given whether the shop is open then."""
    texts = settings.textback
    if not texts.enabled:
        return Sample(title, None, "No text: automatic texts are switched off.")
    if not opening.open and texts.closed == "skip":
        return Sample(title, None, "No text: the shop is closed then.")
    closed = not opening.open and texts.closed == "other"
    words = texts.closed_message if closed else texts.message
    reads = preview(settings, words, at, not closed, _reopens(opening, at, zone))
    if opening.open or texts.closed != "wait":
        return Sample(title, reads)
    if opening.reopens is None:
        return Sample(title, None, "No text: it would wait for the opening, and none is in sight.")
    return Sample(title, reads, f"It waits until the shop opens {_reopens(opening, at, zone)}.")


def _reopens(opening: Opening, at: datetime, zone: tzinfo | None) -> str:
    return "" if opening.open else hours.in_words(opening.reopens, at, zone)
