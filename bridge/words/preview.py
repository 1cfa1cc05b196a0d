"""How the automatic text reads at moments that differ: now, tonight, on a holiday; and what it costs. Titles and remarks are
in the reader's language, the text in that of the texts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from bridge.rules import hours, wording
from bridge.rules.hours import Closure, Opening
from bridge.rules.limits import MOST_PARTS
from bridge.rules.settings import Settings
from bridge.words import dates, times
from bridge.words.catalogue import N_, gettext, ngettext, speaking
from bridge.words.mistakes import mistake_in_words
from bridge.words.texts import saving, worded
from modem.contract import alphabet, segments

ODD = N_("“{character}” means that only 70 characters fit in one text instead of 160")
HELD = N_("But no automatic texts are being sent right now: the status page says why.")
NIGHT, NOON = time(22), time(12)
# So many days ahead a holiday is looked for.
A_YEAR = 366


@dataclass(frozen=True)
class Preview:
    """A text as a stranger would get it, what it costs in words, and of how many parts it is; or why it cannot be sent."""

    text: str = ""
    cost: str = ""
    parts: int = 0
    problem: str | None = None


@dataclass(frozen=True)
class Sample:
    """title: which moment; preview: the text, None where none goes out; remark: what else happens, a sentence."""

    title: str
    preview: Preview | None
    remark: str = ""


def cost(text: str) -> str:
    """What a text costs, in words; the page's script says the same while it is typed.

    >>> cost("Hello"), cost("Olá")
    ('1 text, characters left: 155', '1 text, characters left: 67. \
“á” means that only 70 characters fit in one text instead of 160')
    """
    text = wording.plain(text.strip())
    made = segments(text)
    told = _too_long() if made.parts > MOST_PARTS else _parts(made.parts, left=made.left)
    odd = next((char for char in text if char not in alphabet(1) + alphabet(2)), None)
    return f"{told}. {gettext(ODD, character=odd)}" if odd else told


def cost_words(most: int) -> dict[str, str | list[str]]:
    """The same words for the page's script: of 1 to `most` parts, then of more, with places for what is left and for the odd
    character."""
    return {"costs": [*(_parts(parts) for parts in range(1, most + 1)), _too_long()], "odd": gettext(ODD)}


def _too_long() -> str:
    return gettext("Too long: at most {most} texts can be sent as one", most=MOST_PARTS)


def _parts(parts: int, **left: int) -> str:
    return ngettext(
        "{number} text, characters left: {left}", "{number} texts, characters left: {left}", parts, **left
    )


def samples(
    settings: Settings,
    language: str,
    is_holiday: Callable[[date], bool],
    now: datetime,
    zone: tzinfo | None,
    closed: Opening | None = None,
    held: bool = False,
) -> tuple[Sample, ...]:
    """The text to a stranger now, tonight and on the next holiday, by these settings. language: that of the texts. closed:
    that somebody has closed the shop by hand, None if nobody has. held: just now no automatic text goes out at all."""

    def opening(moment: datetime) -> Opening:
        if closed is not None and (moment == now or (closed.reopens and moment < closed.reopens)):
            return closed
        return hours.opening(settings.hours.open_spans, is_holiday, moment, zone)

    made = [
        sample(title, settings, language, opening(moment), moment, zone)
        for title, moment in _moments(is_holiday, now, zone)
    ]
    if held and made[0].preview:
        made[0] = replace(made[0], remark=gettext(HELD))
    return tuple(made)


def _moments(
    is_holiday: Callable[[date], bool], now: datetime, zone: tzinfo | None
) -> Iterator[tuple[str, datetime]]:
    here = now.astimezone(zone)
    tonight = _at(here.date() if here.time() < NIGHT else here.date() + timedelta(days=1), NIGHT, zone)
    yield gettext("If somebody calls now"), now
    yield gettext("Tonight at {time}", time=dates.clock(tonight)), tonight
    days = (here.date() + timedelta(days=number) for number in range(1, A_YEAR))
    holiday = next((day for day in days if is_holiday(day)), None)
    if holiday is not None:
        yield gettext("On a holiday: {date}", date=dates.whole_day(holiday)), _at(holiday, NOON, zone)


def closed_today(
    settings: Settings, is_holiday: Callable[[date], bool], now: datetime, zone: tzinfo | None
) -> Opening:
    """The opening as of now, if somebody closed the shop for the rest of the day."""

    def usual(moment: datetime) -> Opening:
        return hours.opening(settings.hours.open_spans, is_holiday, moment, zone)

    return Closure(hours.midnight_after(now, zone), back=False).opening(usual)


def _at(day: date, at: time, zone: tzinfo | None) -> datetime:
    return hours.at_clock(day, at.hour * 60, zone)


def sample(
    title: str, settings: Settings, language: str, opening: Opening, at: datetime, zone: tzinfo | None
) -> Sample:
    """The text to a stranger who rings at that moment, given whether the shop is open then."""
    texts = settings.textback
    if not texts.enabled:
        return Sample(title, None, gettext("No text: automatic texts are switched off."))
    if not opening.open and texts.closed == "skip":
        return Sample(title, None, gettext("No text: the shop is closed then."))
    closed = not opening.open and texts.closed == "other"
    reads = _preview(settings, language, at, not closed, opening)
    if opening.open or texts.closed != "wait":
        return Sample(title, reads)
    if opening.reopens is None:
        return Sample(title, None, gettext("No text: the box cannot tell when the shop opens next."))
    then = times.then(opening.reopens, at, zone)
    return Sample(title, reads, gettext("It waits until the shop opens {then}.", then=then))


def _preview(settings: Settings, language: str, called: datetime, is_open: bool, opening: Opening) -> Preview:
    """The text of a call at that moment; unknown placeholders and the like are told."""
    template = settings.textback.message if is_open else settings.textback.closed_message
    problem = wording.problem_of(template)
    if problem is not None:
        return Preview(problem=mistake_in_words(problem))
    with speaking(language):
        reopens = "" if opening.open else saving(times.then(opening.reopens, called, settings.shop.zone))
        text = wording.reply(worded(settings), "", "", called, True, is_open, reopens)
    return Preview(text, cost(text), segments(text).parts)


def reads_now(settings: Settings, language: str, template: str, now: datetime) -> Preview:
    """How a text reads to a stranger who rings while the shop is open."""
    texts = replace(settings.textback, message=template)
    return _preview(replace(settings, textback=texts), language, now, True, hours.ALWAYS)
