"""Opening hours as people type them in eight languages: what is meant, what is asked, what cannot be read."""

from string import printable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.config import checks
from bridge.rules.hours import Span, spans
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.typed_hours import as_written, by_the_clock, overlap, time_of_day, understood

# What somebody types, and how config.ini has what is meant.
PLAIN = [
    ("9-5", "9:00-17:00"),
    ("9 - 5", "9:00-17:00"),
    ("9–5", "9:00-17:00"),
    ("9—17", "9:00-17:00"),
    ("9am - 5pm", "9:00-17:00"),
    ("9AM-5PM", "9:00-17:00"),
    ("9 a.m. to 5 p.m.", "9:00-17:00"),
    ("9a.m.-5.30p.m.", "9:00-17:30"),
    ("9-5pm", "9:00-17:00"),
    ("9am-5", "9:00-17:00"),
    ("1-5pm", "13:00-17:00"),
    ("10-2pm", "10:00-14:00"),
    ("11.30am-2.30pm, 5.30-10pm", "11:30-14:30, 17:30-22:00"),
    ("12pm-6pm", "12:00-18:00"),
    ("09.00-17.00", "9:00-17:00"),
    ("09:00 – 17:30", "9:00-17:30"),
    ("0900-1730", "9:00-17:30"),
    ("930-1730", "9:30-17:30"),
    ("8:30-5:30", "8:30-17:30"),
    ("8:30 - 5", "8:30-17:00"),
    ("9:00-5:00", "9:00-17:00"),
    ("8-8", "8:00-20:00"),
    ("7-3", "7:00-15:00"),
    ("9 till 5", "9:00-17:00"),
    ("from 9 until 5:30", "9:00-17:30"),
    ("noon - 6pm", "12:00-18:00"),
    ("9am to midnight", "9:00-24:00"),
    ("9am - 12 noon", "9:00-12:00"),
    ("open 9-5", "9:00-17:00"),
    ("10:00 AM – 6:00 PM", "10:00-18:00"),
    ("9-12", "9:00-12:00"),
    ("6-12", "6:00-12:00"),
    ("9–12, 14–18", "9:00-12:00, 14:00-18:00"),
    ("9-12 14-18", "9:00-12:00, 14:00-18:00"),
    ("9-12/14-18", "9:00-12:00, 14:00-18:00"),
    ("9-12; 14-18", "9:00-12:00, 14:00-18:00"),
    ("9-12 & 2-6", "9:00-12:00, 14:00-18:00"),
    ("9-1, 2-6", "9:00-13:00, 14:00-18:00"),
    ("9am-1, 2-6", "9:00-13:00, 14:00-18:00"),
    ("12-3, 6-11", "12:00-15:00, 18:00-23:00"),
    ("11:30-2:30, 5:30-10", "11:30-14:30, 17:30-22:00"),
    ("7-9, 11-13, 16-19", "7:00-9:00, 11:00-13:00, 16:00-19:00"),
    ("9-24", "9:00-24:00"),
    ("9-0", "9:00-24:00"),
    ("18:00-00:00", "18:00-24:00"),
    ("0-24", "0:00-24:00"),
    ("0:00-0:00", "0:00-24:00"),
    ("0:00-24:00", "0:00-24:00"),
    # German
    ("9 bis 17 Uhr", "9:00-17:00"),
    ("9.00 Uhr - 17.00 Uhr", "9:00-17:00"),
    ("von 9 bis 12:30 und 14 bis 18 Uhr", "9:00-12:30, 14:00-18:00"),
    ("9-12 Uhr, 14-18 Uhr", "9:00-12:00, 14:00-18:00"),
    # French
    ("9h-17h", "9:00-17:00"),
    ("9h30-12h et 14h-18h30", "9:30-12:00, 14:00-18:30"),
    ("de 9 h à 12 h, de 14 h 30 à 19 h", "9:00-12:00, 14:30-19:00"),
    ("9h-12h 14h-18h", "9:00-12:00, 14:00-18:00"),
    ("9 heures à midi", "9:00-12:00"),
    ("9h00 – 12h00 / 14h00 – 19h00", "9:00-12:00, 14:00-19:00"),
    # Spanish
    ("de 9 a 14 y de 16:30 a 20 h", "9:00-14:00, 16:30-20:00"),
    ("9:00 a 14:00 / 17:00 a 20:30", "9:00-14:00, 17:00-20:30"),
    ("desde las 9 hasta las 17", "9:00-17:00"),
    ("9 hs a 18 hs", "9:00-18:00"),
    # Italian
    ("9.00-13.00 / 15.30-19.30", "9:00-13:00, 15:30-19:30"),
    ("dalle 9 alle 13 e dalle 15 alle 19", "9:00-13:00, 15:00-19:00"),
    # Portuguese
    ("9h às 18h", "9:00-18:00"),
    ("das 9h às 12h30 e das 14h às 18h", "9:00-12:30, 14:00-18:00"),
    # Dutch
    ("9.00 tot 17.30 uur", "9:00-17:30"),
    ("9u30 - 12u en 13u - 18u30", "9:30-12:00, 13:00-18:30"),
    ("van 9 tot 12 en van 13 tot 18", "9:00-12:00, 13:00-18:00"),
    # Polish
    ("od 9 do 17", "9:00-17:00"),
    ("9:00–13:00 i 14:00–18:00", "9:00-13:00, 14:00-18:00"),
    ("godz. 9-17", "9:00-17:00"),
    ("8⁰⁰-16⁰⁰", "8:00-16:00"),
]


@pytest.mark.parametrize(("typed", "written"), PLAIN)
def test_what_is_meant_without_a_doubt(typed: str, written: str) -> None:
    found = understood(typed)
    assert as_written(found.spans) == written
    assert not found.is_odd
    assert spans(written) == found.spans  # the file means the same


# What is typed, what is meant most likely, what else.
ODD = [
    ("18-2", "18:00-2:00", None),
    ("18:00-2:00", "18:00-2:00", None),
    ("6pm - 2am", "18:00-2:00", None),
    ("10pm-6", "22:00-6:00", None),
    ("20 Uhr bis 4 Uhr", "20:00-4:00", None),
    ("5-23", "5:00-23:00", None),
    ("6-midnight", "6:00-24:00", None),
    ("12-14, 18-1", "12:00-14:00, 18:00-1:00", None),
    ("10:00-2:00", "10:00-14:00", "10:00-2:00"),
    ("10-2", "10:00-14:00", "10:00-2:00"),
    ("12-1", "12:00-13:00", "12:00-1:00"),
    ("9-1", "9:00-13:00", "9:00-1:00"),
    ("2-6", "14:00-18:00", "2:00-6:00"),
    ("4-12", "16:00-24:00", "4:00-12:00"),
    ("1-5, 6-9", "13:00-17:00, 18:00-21:00", "1:00-5:00, 6:00-9:00"),
    ("04:00-12:00, 15-18", "4:00-12:00, 15:00-18:00", None),
]


@pytest.mark.parametrize(("typed", "written", "instead"), ODD)
def test_what_is_asked(typed: str, written: str, instead: str | None) -> None:
    found = understood(typed)
    assert as_written(found.spans) == written
    assert (as_written(found.instead) if found.instead else None) == instead
    assert found.is_odd == (typed != "04:00-12:00, 15-18")


CLOSED = [
    "closed",
    "Closed",
    "-",
    "–",
    "geschlossen",
    "Ruhetag",
    "fermé",
    "cerrado",
    "chiuso",
    "fechado",
    "encerrado",
]
ALWAYS = [
    "24h",
    "24 h",
    "24/7",
    "24 hours",
    "24 Stunden",
    "ganztägig",
    "24h/24",
    "todo el día",
    "caly dzień",
    "24 uur",
]


@pytest.mark.parametrize("typed", ["", " ", *CLOSED, "gesloten", "zamknięte", "nieczynne"])
def test_closed(typed: str) -> None:
    assert understood(typed).spans == ()


@pytest.mark.parametrize("typed", ALWAYS)
def test_the_whole_day_is_no_oddity(typed: str) -> None:
    assert (understood(typed).spans, understood(typed).is_odd) == ((Span(0, 1440),), False)


UNREADABLE = [
    "9",
    "9-",
    "-9",
    "9-12-14",
    "Mo",
    "9 17",
    "Monday 9-5",
    "9-5x",
    "nine to five",
    "9,5-17",
    "9-12,14",
    "a-b",
    "13pm-5pm",
]


@pytest.mark.parametrize("typed", UNREADABLE)
def test_what_are_no_hours(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        understood(typed)
    assert refused.value.why.code == Refused.NOT_HOURS


@pytest.mark.parametrize("typed", ["9-25", "9:60-17:00", "8-1799", "24:30-8"])
def test_what_no_clock_shows(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        understood(typed)
    assert refused.value.why.code == Refused.NO_SUCH_TIME


def test_spans_that_lie_over_each_other() -> None:
    assert overlap(understood("9-13, 12-18").spans)
    assert overlap(understood("14-18, 9-15").spans)
    assert not overlap(understood("14-18, 9-13").spans)
    assert not overlap(understood("22-2, 9-12").spans)


QUIET = [
    ("21:00-08:00", "21:00-8:00"),
    ("9pm - 8am", "21:00-8:00"),
    ("10-7", "10:00-7:00"),
    ("22h-7h", "22:00-7:00"),
    ("von 21 bis 8 Uhr", "21:00-8:00"),
]


@pytest.mark.parametrize(("typed", "written"), QUIET)
def test_a_span_of_the_night_is_not_guessed_at(typed: str, written: str) -> None:
    assert as_written(by_the_clock(typed)) == written


TIMES = [
    ("15:00", (900,)),
    ("3pm", (900,)),
    ("3", (180, 900)),
    ("12", (720, 0)),
    ("15h30", (930,)),
    ("15 Uhr", (900,)),
]


@pytest.mark.parametrize(("typed", "minutes"), TIMES)
def test_a_time_of_day(typed: str, minutes: tuple[int, ...]) -> None:
    assert time_of_day(typed) == minutes


@pytest.mark.parametrize("typed", ["", "half past", "9-5", "9 10", "25:00", "-"])
def test_what_is_no_time_of_day(typed: str) -> None:
    with pytest.raises(Refusal):
        time_of_day(typed)


@given(st.text(alphabet=st.sampled_from([*printable, *"–hàäłé"]), max_size=30) | st.text(max_size=20))
def test_whatever_is_typed_is_hours_or_refused(typed: str) -> None:
    try:
        found = understood(typed)
    except Refusal:
        return
    assert spans(as_written(found.spans)) == found.spans
    assert all(0 <= span.start < 1440 and 0 < span.end - span.start <= 1440 for span in found.spans)


FILE = [
    ("9-5", "9:00-17:00"),  # nobody is open for twenty hours
    ("8-5, 6-9", "8:00-17:00, 18:00-21:00"),
    ("10-2", "10:00-2:00"),  # the file cannot be asked: what may be a bar stays one
    ("18-2", "18:00-2:00"),
    ("9:00-5:00", "9:00-5:00"),  # to the minute: as it is written
    ("9-12, 10-14", "9:00-12:00, 10:00-14:00"),
]


@pytest.mark.parametrize(("written", "meant"), FILE)
def test_what_stands_in_the_file(written: str, meant: str) -> None:
    assert as_written(checks.hours(written)) == meant
