"""The operator's notices: each pattern on its sample, never on what a customer writes; and on a whole box."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rules import operator_notices
from modem.simulator import Simulator
from tests.support.box import ANN, a_box, until

ROME = ZoneInfo("Europe/Rome")
TOLD = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # 12:00 in Rome
ALL = operator_notices.load(unsure=True)
FASTWEB = "Fastweb Mobile: messaggio gratuito. Ho chiamato alle {} del {}."


@pytest.mark.parametrize("pattern", ALL, ids=lambda pattern: f"{pattern.operator} {pattern.kind}")
def test_every_pattern_matches_its_sample(pattern: operator_notices.Pattern) -> None:
    sender = ANN if pattern.sender == "caller" else pattern.sender or "NETWORK"
    notice = operator_notices.read(pattern.sample, sender, TOLD, UTC, [pattern])
    assert notice is not None
    assert notice.kind == pattern.kind
    assert all(call.number for call in notice.calls)
    assert notice.calls[0].when is None or notice.calls[0].when.strftime("%m-%d %H:%M") == "11-23 10:30"


def test_only_what_is_certain_is_in_use() -> None:
    assert {pattern.operator for pattern in operator_notices.load()} == {"Fastweb", "German networks"}
    assert {pattern.kind for pattern in operator_notices.load()} == {"missed", "reachable"}


CUSTOMERS = [
    ("I have a missed call from +447400123456 at 10:30", ANN),
    ("You have 1 missed call from +447400123456 on 23/11 at 10:30.", ANN),
    ("Ho chiamato alle 10:30 del 23/11/26.", ANN),
    (FASTWEB.format("10:30", "23/11/26") + " Richiama!", ANN),
    (FASTWEB.format("10:30", "23/11/26"), "60006"),  # in nobody's name
    ("Der Teilnehmer mit der Rufnummer 0151 12345678 ist seit 10:30 Uhr wieder erreichbar.", ANN),
    ("Your parcel comes at 10:30 on 23/11", "PARCELS"),
    ("", "NETWORK"),
]


@pytest.mark.parametrize(("body", "sender"), CUSTOMERS)
def test_what_customers_write_is_no_notice(body: str, sender: str) -> None:
    assert operator_notices.read(body, sender, TOLD, UTC, ALL) is None


TIMES = [
    # (time, date, told in UTC, when in Rome)
    ("10:30", "23/11/26", TOLD, "2026-11-23 10:30"),
    ("9.05", "1/2/2026", TOLD, "2026-02-01 09:05"),
    ("25:61", "23/11/26", TOLD, None),
    ("10:30", "31/02/26", TOLD, None),
]


@pytest.mark.parametrize(("clock", "day", "told", "when"), TIMES)
def test_times(clock: str, day: str, told: datetime, when: str | None) -> None:
    notice = operator_notices.read(FASTWEB.format(clock, day), ANN, told, ROME, operator_notices.load())
    assert notice is not None
    at = notice.calls[0].when
    assert (at.astimezone(ROME).strftime("%Y-%m-%d %H:%M") if at else None) == when


ENGLISH = [pattern for pattern in ALL if pattern.operator.startswith("English")]
SHORT_TIMES = [
    ("Missed call from +447400123456 at 10:30", TOLD, "2026-11-23 10:30"),
    ("Missed call from +447400123456 at 11:05", TOLD, "2026-11-23 11:05"),  # the network's clock is ahead
    ("Missed call from +447400123456 at 23:50", TOLD, "2026-11-22 23:50"),  # yesterday's
    ("Missed call from +447400123456 on 24/11 at 10:30", TOLD, "2025-11-24 10:30"),
    ("MISSED CALL FROM\u00a0+447400123456", TOLD, None),
]


@pytest.mark.parametrize(("body", "told", "when"), SHORT_TIMES)
def test_times_without_a_date_or_a_year_are_the_last_ones(
    body: str, told: datetime, when: str | None
) -> None:
    notice = operator_notices.read(body, "NETWORK", told, UTC, ENGLISH)
    assert notice is not None
    at = notice.calls[0].when
    assert (at.strftime("%Y-%m-%d %H:%M") if at else None) == when


def test_several_callers_in_one_text() -> None:
    body = "Missed call from +447400123456 at 9:30. Missed call from +447400123457 at 10:00."
    notice = operator_notices.read(body, "NETWORK", TOLD, UTC, ENGLISH)
    assert notice is not None
    assert [call.number for call in notice.calls] == ["+447400123456", "+447400123457"]


@given(st.text(max_size=1700), st.sampled_from(["NETWORK", "60006", ANN, ""]))
def test_nothing_raises(body: str, sender: str) -> None:
    operator_notices.read(body, sender, TOLD, UTC, ALL)


WRONG = [
    ("x", "no TOML"),
    ('[[notice]]\nkind = "missed"\nsample = ""', "notice 1: pattern is missing"),
    ('[[notice]]\nkind = "other"\nsample = ""\npattern = ""', "'other' is no kind"),
    ('[[notice]]\nkind = "missed"\nsample = ""\npattern = "("', "the pattern is none"),
    ('[[notice]]\nkind = "missed"\nsample = ""\npattern = ""\ndate = "dd"', "write dmy"),
    ('[[notice]]\nkind = "missed"\nsample = ""\npattern = ""\ncolour = "red"', "there is no key 'colour'"),
]


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_what_is_wrong_in_the_data_is_named(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        operator_notices.load(text)


# ---- on the whole box

NOTICES = "[filters]\nnotices = on\ncountries = any\n[limits]\nper_minute = 100\n"


def minutes_ago(minutes: int) -> str:
    then = datetime.now().astimezone() - timedelta(minutes=minutes)
    return FASTWEB.format(f"{then:%H:%M}", f"{then:%d/%m/%y}")


@pytest.mark.parametrize(("minutes", "textback", "reason"), [(5, "sent", None), (180, "skipped", "expired")])
def test_a_notice_becomes_a_call_and_is_texted_if_it_is_young(
    tmp_path: Path, minutes: int, textback: str, reason: str | None
) -> None:
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=NOTICES) as box:
        simulator.text(ANN, minutes_ago(minutes))
        call = box.settled()[0]
        assert (call.outcome, call.address, call.textback, call.reason) == ("notice", ANN, textback, reason)
        assert call.missed
        message = next(message for message in box.messages() if message.direction == "in")
        assert (message.kind, message.status) == ("system", "read")  # nobody has to answer it


def test_a_notice_of_a_call_that_we_saw_is_that_call(tmp_path: Path) -> None:
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=NOTICES) as box:
        simulator.call(ANN, rings=1)
        box.settled()
        simulator.text(ANN, minutes_ago(0))
        until(lambda: len(box.messages()) == 2, "the notice")
        assert [call.outcome for call in box.calls()] == ["no_answer"]
        assert len(simulator.sent) == 1


def test_a_notice_of_an_earlier_call_is_another_call(tmp_path: Path) -> None:
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=NOTICES) as box:
        simulator.call(ANN, rings=1)
        box.settled()
        simulator.text(ANN, minutes_ago(120))
        until(lambda: len(box.calls()) == 2, "the earlier call")
        assert sorted(str(call.outcome) for call in box.calls()) == ["abandoned", "notice"]


@pytest.mark.parametrize(("setting", "kind", "calls"), [("on", "system", 0), ("off", "manual", 0)])
def test_reachable_again_is_no_call_and_off_is_off(
    tmp_path: Path, setting: str, kind: str, calls: int
) -> None:
    extra = NOTICES.replace("notices = on", f"notices = {setting}")
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=extra) as box:
        german = next(pattern for pattern in operator_notices.load() if pattern.kind == "reachable")
        simulator.text("60006", german.sample)
        until(box.messages, "the text")
        assert box.messages()[0].kind == kind
        assert len(box.calls()) == calls
