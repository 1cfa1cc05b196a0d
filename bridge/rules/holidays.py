"""Which days are holidays: those that config.ini names, and the public ones of a country by the holidays library."""

from collections.abc import Callable, Container
from datetime import date
from functools import lru_cache

from bridge.rules.hours import Holidays


def is_holiday(holidays: Holidays) -> Callable[[date], bool]:
    """Whether a day is a holiday of this shop.

    >>> is_holiday(Holidays("GB", (date(2026, 8, 14),)))(date(2026, 12, 25))
    True
    """
    public = _public(holidays.country) if holidays.country else ()
    return lambda day: day in holidays.dates or day in public


@lru_cache(maxsize=4)
def _public(country: str) -> Container[date]:
    """The public holidays of a country (ISO code); none for one that the library does not know."""
    import holidays as library  # heavy: imported only where a country is named

    try:
        return library.country_holidays(country)
    except NotImplementedError:
        return ()
