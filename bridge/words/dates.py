"""Dates, clock times and numbers as the readers of the language that is spoken write them, by CLDR (Babel has its data)."""

import re
from contextlib import suppress
from datetime import date, datetime, time
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import (
    format_date,
    format_datetime,
    format_interval,
    format_skeleton,
    format_time,
    get_day_names,
    match_skeleton,
)
from babel.numbers import format_decimal

from bridge.words.catalogue import country, gettext, language

# English where no country says which.
USUAL = {"en": "GB"}


def locale() -> Locale:
    """Of the language that is spoken, as it is written in the reader's country where CLDR knows that."""
    return _locale(language(), country())


@lru_cache
def _locale(code: str, region: str) -> Locale:
    # Babel holds a megabyte and more that answers only what nobody here asks: what a language without its country may be.
    for unasked in ("likely_subtags", "territory_languages"):
        get_global(unasked).clear()  # type: ignore[attr-defined]  # a dictionary in truth
    for territory in (region or USUAL.get(code), USUAL.get(code), None):
        with suppress(UnknownLocaleError):
            return Locale(code, territory)
    return Locale("en", USUAL["en"])


def clock(moment: datetime) -> str:
    """The time of day: 12:05."""
    return format_time(moment, "short", locale=locale())


def clock_of(minutes: int) -> str:
    """A time of day that belongs to no date. minutes: since midnight; a day has 1440, and then it begins anew.

    >>> clock_of(540), clock_of(1440), clock_of(1560)
    ('09:00', '00:00', '02:00')
    """
    return _clock_of(minutes, locale())


@lru_cache
def _clock_of(minutes: int, spoken: Locale) -> str:
    return format_time(time(minutes // 60 % 24, minutes % 60), "short", locale=spoken)


def number(value: float) -> str:
    """With the separators of the language.

    >>> number(12345), number(345)
    ('12,345', '345')
    """
    # A page of figures has hundreds of small ones, which have nothing to separate.
    return format_decimal(value, locale=locale()) if value >= 1000 or value != int(value) else str(int(value))


def language_name(code: str) -> str:
    """What a language is called; its code where nobody says.

    >>> language_name("pl"), language_name("xx")
    ('Polish', 'xx')
    """
    return str(locale().languages.get(code, code))


def weekday_and_clock(moment: datetime) -> str:
    """Mon 12:05."""
    twelve = "a" in locale().time_formats["short"].pattern
    return format_skeleton("Ehm" if twelve else "EHm", moment, locale=locale())


def short_day(moment: date, year: bool = False) -> str:
    """23 Nov, or 23 Nov 2026."""
    return format_skeleton("yMMMd" if year else "MMMd", _moment(moment), locale=locale())


def whole_day(moment: date, year: bool = False) -> str:
    """Monday 23 November, or with the year.

    >>> whole_day(date(2026, 11, 23)), whole_day(date(2026, 11, 23), year=True)
    ('Monday 23 November', 'Monday, 23 November 2026')
    """
    if year:
        return format_date(moment, "full", locale=locale())
    return format_datetime(_moment(moment), _spelled_out("MMMMEd"), locale=locale())


def span_of_days(first: date, last: date) -> str:
    """23 - 29 Nov, or 30 Nov - 6 Dec; short.

    >>> span_of_days(date(2026, 11, 23), date(2026, 11, 29))
    '23\u2009–\u200929 Nov'
    """
    told: str = format_interval(first, last, skeleton="MMMd", locale=locale())
    return told


def plain_day(moment: date) -> str:
    """23 November 2026."""
    return format_date(moment, "long", locale=locale())


def day_and_clock(moment: datetime) -> str:
    """23 November 2026, 12:05."""
    return gettext("{day}, {time}", day=plain_day(moment), time=clock(moment))


def exact(moment: datetime) -> str:
    """Day and time to the second."""
    return gettext(
        "{day}, {time}",
        day=whole_day(moment, year=True),
        time=format_time(moment, "medium", locale=locale()),
    )


def weekday(day: int) -> str:
    """Monday is 0; as it stands alone."""
    name: str = get_day_names("wide", "stand-alone", locale())[day]
    return name


def weekday_short(day: int) -> str:
    """Mon is 0; as it stands alone."""
    name: str = get_day_names("abbreviated", "stand-alone", locale())[day]
    return name


def _spelled_out(skeleton: str) -> str:
    """The pattern of a skeleton with its names in full: CLDR lists the short ones and has the width put in."""
    known = locale().datetime_skeletons
    pattern = known[skeleton if skeleton in known else match_skeleton(skeleton, known)].pattern
    return re.sub(r"L{3,}", "LLLL", re.sub(r"M{3,}", "MMMM", re.sub("E+", "EEEE", pattern)))


def _moment(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001
