"""Too many at once: the limits of a minute and a day, the breaker against bursts of strangers, and a suspect clock."""

from datetime import timedelta
from pathlib import Path

import pytest

import bridge.handlers.outbox
from bridge.clock import TimeSource
from bridge.contract.answers import Done
from bridge.contract.requests import ResetBreaker
from bridge.rules.troubles import TimeTeller
from bridge.words.reasons import error_sentence
from modem.simulator import Simulator
from tests.support.box import ANN, BOB, CEM, Box, a_box, until

DAN, EVE, FAY = "+447400123459", "+447400123461", "+447400123462"


def call(box: Box, *numbers: str) -> None:
    for number in numbers:
        box.simulator.call(number, rings=1, wait=True)


def test_the_limit_of_a_minute_only_delays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path, simulator, extra="[limits]\nper_minute = 2\n") as box,
    ):
        call(box, ANN, BOB, CEM)
        until(lambda: len(simulator.sent) == 2, "two texts")
        box.turn()
        assert len(simulator.sent) == 2
        assert box.calls()[0].textback == "scheduled"
        monkeypatch.setattr(bridge.handlers.outbox, "MINUTE", 0.0)  # a minute passes
        until(lambda: len(simulator.sent) == 3, "the third text")


def test_after_the_limit_of_a_day_nobody_is_texted(tmp_path: Path) -> None:
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path, simulator, extra="[limits]\nper_day = 2\n") as box,
    ):
        call(box, ANN, BOB, CEM)
        last = box.settled(3)[0]
        assert (last.address, last.textback, last.reason) == (CEM, "skipped", "limit")
        assert len(simulator.sent) == 2


def test_a_burst_of_strangers_stops_automatic_texts_until_somebody_lets_them_go_on(tmp_path: Path) -> None:
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path, simulator, extra="[limits]\nstrangers_per_10_minutes = 2\n") as box,
    ):
        call(box, ANN, BOB, CEM)
        last = box.settled(3)[0]
        assert (last.address, last.textback, last.reason) == (CEM, "skipped", "breaker")
        trouble = until(lambda: box.service.loop.status.troubles, "the trouble")[0]
        assert "3 strangers called within ten minutes" in error_sentence(trouble)
        assert box.service.bridge.request(ResetBreaker()) == Done()
        until(lambda: box.service.loop.status.breaker is None, "the release")
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator) as box:
        assert box.service.loop.status.breaker is None
        call(box, DAN)
        assert box.settled(4)[0].textback == "sent"


def test_after_the_release_strangers_count_anew(tmp_path: Path) -> None:
    limits = "[limits]\nstrangers_per_10_minutes = 2\n"
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=limits) as box:
        call(box, ANN, BOB, CEM)
        assert box.settled(3)[0].reason == "breaker"
        assert box.service.bridge.request(ResetBreaker()) == Done()
        call(box, DAN)
        assert box.settled(4)[0].textback == "sent"
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=limits) as box:
        call(box, EVE)  # a restart does not forget the release
        assert box.settled(5)[0].textback == "sent"
        call(box, FAY)
        assert box.settled(6)[0].reason == "breaker"


def test_a_stopped_box_is_still_stopped_after_a_restart(tmp_path: Path) -> None:
    limits = "[limits]\nstrangers_per_10_minutes = 1\n"
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=limits) as box:
        call(box, ANN, BOB)
        assert box.settled(2)[0].reason == "breaker"
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator) as box:
        until(lambda: box.service.loop.status.breaker, "the word of the last run")
        call(box, DAN)
        assert box.settled(3)[0].reason == "breaker"


@pytest.mark.parametrize("texted_before", [False, True])
def test_while_the_clock_is_in_doubt_nobody_is_texted_twice(tmp_path: Path, texted_before: bool) -> None:
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path, simulator, "cooldown_hours = 0") as box,
    ):
        if texted_before:
            call(box, ANN)
            box.settled()
        clock = box.service.loop._clock
        clock.note_time(
            TimeSource(TimeTeller.MODEM, clock.utc() + timedelta(days=90), clock.monotonic(), exact=True)
        )
        call(box, ANN)
        last = box.settled(2 if texted_before else 1)[0]
        assert last.reason == ("clock" if texted_before else None)
        assert (last.textback == "sent") != texted_before
