"""Closed days as people type them in eight languages: which are meant, and what cannot be read."""

from datetime import date, timedelta
from string import printable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.config import checks
from bridge.rules.hours import Holidays
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.typed_dates import MOST_DAYS, as_written, days, holidays, runs_of

TODAY = date(2026, 11, 27)


def shown(typed: str, today: date = TODAY, region: str = "GB") -> str:
    """Runs of days, short: 24.12.26-26.12.26."""
    runs = runs_of(days(typed, today, region))
    return " ".join("-".join(f"{day:%d.%m.%y}" for day in dict.fromkeys(run)) for run in runs)


CHRISTMAS, WEEK, OVER = "24.12.26", "24.12.26-31.12.26", "24.12.26-02.01.27"
DATES = [
    ("2026-12-24", CHRISTMAS),
    ("2026/12/24", CHRISTMAS),
    ("24.12.2026", CHRISTMAS),
    ("24.12.26", CHRISTMAS),
    ("24.12.", CHRISTMAS),
    ("24.12", CHRISTMAS),
    ("24. 12. 2026", CHRISTMAS),
    ("24/12/2026", CHRISTMAS),
    ("24/12", CHRISTMAS),
    ("24-12-2026", CHRISTMAS),
    ("12/24/2026", CHRISTMAS),
    ("12/24", CHRISTMAS),
    ("3.1.", "03.01.27"),
    ("27.11.", "27.11.26"),
    ("26.11.", "26.11.27"),
    ("29.2.", "29.02.28"),
    # English
    ("24 December", CHRISTMAS),
    ("24 December 2026", CHRISTMAS),
    ("24th of December", CHRISTMAS),
    ("Thursday 24 December", CHRISTMAS),
    ("Thu, 24 Dec", CHRISTMAS),
    ("December 24", CHRISTMAS),
    ("Dec 24th, 2026", CHRISTMAS),
    ("24 Dec, 25 Dec and 31 Dec", "24.12.26-25.12.26 31.12.26"),
    ("24, 25 and 31 December", "24.12.26-25.12.26 31.12.26"),
    ("24-31 December", WEEK),
    ("24–31 Dec 2026", WEEK),
    ("24 to 31 December", WEEK),
    ("from 24 until 31 December", WEEK),
    ("Dec 24-31", WEEK),
    ("24 December - 2 January", OVER),
    ("December 24, 2026 through January 2, 2027", OVER),
    ("24 - 2 January", OVER),
    ("Thu 24 Dec - Sat 2 Jan", OVER),
    ("24th–31st December", WEEK),
    ("2026-12-24 - 2027-01-02", OVER),
    ("Dec 24 - 2", OVER),
    ("today", "27.11.26"),
    ("tomorrow", "28.11.26"),
    ("today and tomorrow, 24.12.", "27.11.26-28.11.26 24.12.26"),
    # German
    ("24. Dezember 2026", CHRISTMAS),
    ("Donnerstag, 24. Dez.", CHRISTMAS),
    ("Do 24.12., Do 31.12.", "24.12.26 31.12.26"),
    ("24.-31.12.", WEEK),
    ("24.–31. Dezember", WEEK),
    ("24.12. bis 2.1.", OVER),
    ("24.12.-2.1.", OVER),
    ("24.12.-2.1.2027", OVER),
    ("vom 24.12.2026 bis zum 2.1.2027", OVER),
    ("1. März", "01.03.27"),
    ("morgen", "28.11.26"),
    # French
    ("24 décembre 2026", CHRISTMAS),
    ("jeudi 24 décembre", CHRISTMAS),
    ("1er janvier", "01.01.27"),
    ("du 24 au 31 décembre", WEEK),
    ("du 24 décembre au 2 janvier", OVER),
    ("15 août", "15.08.27"),
    ("14 juil.", "14.07.27"),
    ("aujourd'hui et demain", "27.11.26-28.11.26"),
    # Spanish
    ("24 de diciembre de 2026", CHRISTMAS),
    ("del 24 al 31 de diciembre", WEEK),
    ("24 y 31 de diciembre", "24.12.26 31.12.26"),
    ("mañana", "28.11.26"),
    # Italian
    ("24 dicembre", CHRISTMAS),
    ("dal 24 al 31 dicembre", WEEK),
    ("1º gennaio", "01.01.27"),
    ("dal 24 dicembre al 2 gennaio", OVER),
    # Portuguese
    ("24 de dezembro", CHRISTMAS),
    ("24/12 a 31/12", WEEK),
    ("de 24 a 31 de dezembro", WEEK),
    ("quinta-feira, 24 de dezembro", CHRISTMAS),
    ("1º de março", "01.03.27"),
    ("amanhã", "28.11.26"),
    # Dutch
    ("24 december", CHRISTMAS),
    ("24 t/m 31 december", WEEK),
    ("van 24 tot 31 december", WEEK),
    ("do 24-12-2026", CHRISTMAS),
    # Polish
    ("24 grudnia", CHRISTMAS),
    ("24 grudnia 2026", CHRISTMAS),
    ("od 24 do 31 grudnia", WEEK),
    ("24.12-2.01", OVER),
    ("1 stycznia i 6 stycznia", "01.01.27 06.01.27"),
    ("jutro", "28.11.26"),
]


@pytest.mark.parametrize(("typed", "meant"), DATES)
def test_which_days_are_meant(typed: str, meant: str) -> None:
    assert shown(typed) == meant


def test_numbers_alone_are_read_as_in_the_shops_country() -> None:
    assert shown("1/2/2027", region="GB") == "01.02.27"
    assert shown("1/2/2027", region="US") == "02.01.27"
    assert shown("1/2", region="US") == "02.01.27"
    assert shown("1.2.2027", region="US") == "01.02.27"
    assert shown("24/12/2026", region="US") == CHRISTMAS


def test_a_span_that_has_begun_goes_on() -> None:
    assert shown("20.12.-3.1.", date(2026, 12, 28)) == "28.12.26-03.01.27"
    assert shown("20.12.-3.1.", date(2027, 1, 2)) == "02.01.27-03.01.27"
    assert shown("20.12.-3.1.", date(2027, 1, 4)) == "20.12.27-03.01.28"


REFUSED = [
    ("", Refused.NOT_A_DATE),
    ("Christmas", Refused.NOT_A_DATE),
    ("24 Decembre-ish", Refused.NOT_A_DATE),
    ("Monday", Refused.NOT_A_DATE),
    ("and", Refused.NOT_A_DATE),
    ("GB", Refused.NOT_A_DATE),
    ("<b>24.12.</b>", Refused.NOT_A_DATE),
    ("24", Refused.NO_MONTH),
    ("24-31", Refused.NO_MONTH),
    ("31.11.", Refused.NO_SUCH_DAY),
    ("2026-02-30", Refused.NO_SUCH_DAY),
    ("13/13", Refused.NO_SUCH_DAY),
    ("0.1.", Refused.NO_SUCH_DAY),
    ("24.12.2025", Refused.DAY_IS_OVER),
    ("1 - 5 January 2026", Refused.DAY_IS_OVER),
    ("24.12.2062", Refused.DAY_TOO_FAR),
    ("31.12.2026 - 24.12.2026", Refused.DAYS_REVERSED),
    ("1.1.2027 - 31.12.2027", Refused.TOO_MANY_DAYS),
    ("1.2. - 30.4., 1.6. - 31.8.", Refused.TOO_MANY_DAYS),
]


@pytest.mark.parametrize(("typed", "why"), REFUSED)
def test_what_cannot_be_read(typed: str, why: Refused) -> None:
    with pytest.raises(Refusal) as refused:
        days(typed, TODAY, "GB")
    assert refused.value.why.code == why


HOLIDAYS = [
    ("GB", "GB", ""),
    ("gb", "GB", ""),
    ("GB, 24 December", "GB", CHRISTMAS),
    ("24.12., de", "DE", CHRISTMAS),
    ("GB 2026-12-24 2026-12-31", "GB", "24.12.26 31.12.26"),
    ("24-31 December; GB", "GB", WEEK),
    ("Sa, 2.1.", None, "02.01.27"),
    ("Do 24.12.", None, CHRISTMAS),
    ("", None, ""),
    (" , ", None, ""),
]


@pytest.mark.parametrize(("typed", "country", "meant"), HOLIDAYS)
def test_a_country_and_dates(typed: str, country: str | None, meant: str) -> None:
    found = holidays(typed, TODAY, "GB")
    assert found == Holidays(country, days(meant, TODAY, "GB") if meant else ())


def test_one_country_only() -> None:
    with pytest.raises(Refusal) as refused:
        holidays("GB, FR", TODAY, "GB")
    assert refused.value.why.code == Refused.ONE_COUNTRY


def test_the_file_reads_what_is_written() -> None:
    found = days("24.12. - 2.1.", TODAY, "GB")
    assert checks.holidays(as_written("GB", found)) == Holidays("GB", found)
    assert len(found) == 10


@given(
    st.text(alphabet=st.sampled_from([*printable, *"–éäçł"]), max_size=30) | st.text(max_size=20),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_whatever_is_typed_is_days_or_refused(typed: str, today: date) -> None:
    try:
        found = days(typed, today, "GB")
    except Refusal:
        return
    assert 0 < len(found) <= MOST_DAYS
    assert list(found) == sorted(set(found))
    assert today <= found[0] <= found[-1] <= today + timedelta(days=3 * 366)
