"""Opening hours: what is open when, over midnight, on holidays, through changes of the clocks; and what a caller gets."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session

from bridge.config import parse
from bridge.records.tables import Message
from bridge.rules import hours
from bridge.rules.holidays import is_holiday
from bridge.rules.hours import Holidays, opening
from bridge.rules.policy import CallerFacts, CallFacts, Case, Reply, Silence, judge
from bridge.words import times
from modem.simulator import Simulator
from tests.support.box import ANN, MESSAGE, a_box, until, write_config

LONDON = ZoneInfo("Europe/London")
WEEK = """monday = 9:00-12:30, 14:00-18:00
tuesday = 9:00-18:00
wednesday = 9:00-18:00
thursday = 9:00-24:00
friday = 18:00-2:00
saturday = 18:00-2:00
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def shop(extra: str = "", textback: str = "") -> object:
    return parse(f"[hours]\n{WEEK}{extra}\n[textback]\n{textback}\n", Path("/etc/textback/config.ini"))


def look(moment: str, extra: str = "") -> hours.Opening:
    settings = parse(f"[hours]\n{WEEK}{extra}\n", Path("/etc/textback/config.ini"))
    return opening(settings.hours.week, is_holiday(settings.hours.holidays), at(moment), LONDON)


@pytest.mark.parametrize(
    ("moment", "reopens"),
    [
        ("2026-11-23 09:00", None),  # a Monday
        ("2026-11-23 12:29", None),
        ("2026-11-23 12:30", "2026-11-23 14:00"),
        ("2026-11-23 08:59", "2026-11-23 09:00"),
        ("2026-11-23 18:00", "2026-11-24 09:00"),
        ("2026-11-26 23:59", None),
        ("2026-11-27 00:00", "2026-11-27 18:00"),
        ("2026-11-28 01:59", None),  # Friday's span
        ("2026-11-28 02:00", "2026-11-28 18:00"),
        ("2026-11-29 12:00", "2026-11-30 09:00"),  # Sunday has none
        ("2026-03-29 12:00", "2026-03-30 09:00"),  # the clocks go forward
        ("2026-10-25 12:00", "2026-10-26 09:00"),  # and back
        ("2026-10-25 01:30", None),  # Saturday's span, in the hour that comes twice
    ],
)
def test_open_or_when_again(moment: str, reopens: str | None) -> None:
    found = look(moment)
    assert found.open == (reopens is None)
    assert found.reopens == (at(reopens) if reopens else None)


def test_holidays_by_country_and_by_date_have_no_spans() -> None:
    assert look("2026-12-25 20:00").open
    closed = look("2026-12-25 20:00", "holidays = GB")
    assert not closed.open
    assert closed.reopens == at("2026-12-29 09:00")  # Boxing Day, Sunday, and the day in place of it
    assert not look("2026-11-24 10:00", "holidays = 2026-11-24").open
    assert look("2026-11-28 01:00", "holidays = 2026-11-28").open  # Friday's span goes on
    assert not is_holiday(Holidays("GB", ()))(date(2026, 11, 24))


def test_no_day_set_is_always_open_and_a_shop_without_opening_in_sight_says_nothing() -> None:
    assert opening(((),) * 7, lambda day: True, at("2026-11-23 03:00"), LONDON).open
    never = opening(((hours.Span(540, 600),),) * 7, lambda day: True, at("2026-11-23 03:00"), LONDON)
    assert never == hours.Opening(False, None)
    assert times.then(None, at("2026-11-23 03:00"), LONDON) == ""


def test_a_closed_day_is_closed_where_no_hours_are_set_too() -> None:
    settings = parse("[hours]\nholidays = 2026-11-24, 2026-11-25", Path("/etc/textback/config.ini"))
    for moment, reopens in (
        ("2026-11-23 23:59", None),
        ("2026-11-24 00:00", "2026-11-26 00:00"),
        ("2026-11-26 00:00", None),
    ):
        found = opening(settings.hours.open_spans, is_holiday(settings.hours.holidays), at(moment), LONDON)
        assert (found.open, found.reopens) == (reopens is None, at(reopens) if reopens else None)
    assert times.then(at("2026-11-26 00:00"), at("2026-11-24 12:00"), LONDON) == "on Thursday"


CALL = CallFacts("abandoned", ANN, ANN, False, at("2026-11-23 20:00"))


@pytest.mark.parametrize(
    ("textback", "due", "reason"),
    [
        ("closed = same", "2026-11-23 20:00", None),
        ("closed = other\nclosed_message = Closed.", "2026-11-23 20:00", None),
        ("closed = wait", "2026-11-24 09:00", None),
        ("closed = wait\ndelay_seconds = 60", "2026-11-24 09:00", None),
        ("closed = skip", None, "closed"),
    ],
)
def test_what_a_call_outside_the_hours_gets(textback: str, due: str | None, reason: str | None) -> None:
    settings = parse(f"[hours]\n{WEEK}\n[textback]\n{textback}\n", Path("/etc/textback/config.ini"))
    now = CALL.ended
    made = judge(Case(CALL, CallerFacts(), settings, "GB", (), now, look("2026-11-23 20:00")))
    if reason:
        assert isinstance(made, Silence)
        assert made.reason == reason
    else:
        assert isinstance(made, Reply)
        assert made.due == at(due or "")
        assert made.expires == made.due + timedelta(hours=1)


def closed_now() -> str:
    """A week that is closed now and for the next hours, in UTC."""
    day = (datetime.now(UTC) + timedelta(days=2)).strftime("%A").lower()
    return f"[hours]\n{day} = 9:00-10:00\n"


def closed_days() -> str:
    """No hours, but days around now that are closed, whatever the zone."""
    today = datetime.now(UTC).date()
    return f"[hours]\nholidays = {', '.join(str(today + timedelta(days=days)) for days in (-1, 0, 1))}\n"


@pytest.mark.parametrize(
    ("textback", "week", "sent"),
    [
        ("closed = skip", closed_now, None),
        ("closed = skip", closed_days, None),
        (
            "closed = other\nclosed_message = We are closed and open {reopens}.",
            closed_now,
            "We are closed and open on ",
        ),
        ("closed = same", closed_now, MESSAGE),
    ],
)
def test_the_box_keeps_the_hours(
    tmp_path: Path, textback: str, week: Callable[[], str], sent: str | None
) -> None:
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path, simulator, textback, week()) as box,
    ):
        simulator.call(ANN, rings=1)
        call = box.settled()[0]
        if sent is None:
            assert (call.textback, call.reason, simulator.sent) == ("skipped", "closed", [])
        else:
            assert call.textback == "sent"
            assert simulator.sent[0].text.startswith(sent)


def test_a_text_that_waits_for_the_opening_goes_out_then_and_once(tmp_path: Path) -> None:
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path, simulator, "closed = wait", closed_now()) as box,
    ):
        simulator.call(ANN, rings=1)
        assert box.ended()[0].textback == "scheduled"
        simulator.call(ANN, rings=1)  # the second call finds the first one's text waiting
        assert box.ended(2)[0].reason == "cooldown"
        (message,) = box.messages()
        assert message.due is not None
        assert message.due - message.created > timedelta(hours=12)
        write_config(tmp_path, simulator.port, "closed = wait")  # it opens
        until(lambda: box.service.loop.settings.hours.open_always, "the new hours")
        with Session(box.service.engine) as session, session.begin():
            row = session.get_one(Message, message.id)
            assert row.expires is not None
            assert row.expires - message.due == timedelta(hours=1)
            row.expires -= message.due - message.created
            row.due = message.created
        until(lambda: simulator.sent, "the text")
        assert [text.text for text in simulator.sent] == [MESSAGE]
