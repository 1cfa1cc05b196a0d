"""The modem restarts while it owes an answer to a PDU, with or without a word: the next callers are seen, named and texted."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from modem.line.timing import Timing
from modem.simulator import Simulator, pdu
from tests.support.box import ANN, Box, a_box, until

SPEED = 5.0
TIMING = Timing(name=0.1, stray_answer=0.1)
NO_LIMITS = "[limits]\nper_minute = 1000\nper_day = 1000\nstrangers_per_10_minutes = 1000\n"
PROFILES = ("generic", "huawei", "sim800", "sim7600", "quectel", "silent", "telit", "a9g")


def status_of(box: Box, number: str) -> str:
    return next((m.status for m in box.messages() if m.address == number), "none")


@pytest.mark.parametrize("banner", [True, False], ids=["banner", "silent"])
@pytest.mark.parametrize("profile", PROFILES)
def test_a_restart_while_a_text_is_on_its_way_hides_no_caller(
    tmp_path: Path, profile: str, banner: bool
) -> None:
    with (
        Simulator(profile, speed=SPEED, reports="off") as simulator,
        a_box(tmp_path, simulator, extra=NO_LIMITS, timing=TIMING) as box,
    ):
        simulator.set(boot_time=3.0, banner=banner)
        simulator.fault("reset", match="taken")
        simulator.call(ANN, rings=1)
        simulator.wait_for(lambda e: e.text == "booted")
        callers = [f"+4474001235{n:02}" for n in range(6)]
        # The first one rings into a modem that is being set up, and on until that is done, however busy this machine is.
        first = simulator.call(callers[0], rings=1000)
        until(lambda: box.service.loop.status.lines[0].ringing == callers[0], "the first one's number")
        simulator.hangup(first)
        rings = 6 if profile == "a9g" else 2  # that one rings every second
        for number in callers[1:]:
            simulator.call(number, rings=rings, wait=True)
        until(lambda: all(status_of(box, number) == "sent" for number in callers), "a text to each")
        assert status_of(box, ANN) == "unconfirmed"
        assert not any(call.withheld or call.address is None for call in box.calls())
        taken = [text.number for text in simulator.sent]
        assert sorted(taken) == sorted({ANN, *callers})


def test_a_modem_that_is_only_slow_is_asked_and_believed(tmp_path: Path) -> None:
    """A caller whose number the network does not tell, while a text is on its way: the answer to the question is not taken
    for the next command's."""
    with (
        Simulator(speed=SPEED, reports="off") as simulator,
        a_box(tmp_path, simulator, extra=NO_LIMITS, timing=TIMING) as box,
    ):
        simulator.set(network_delay=10.0)
        simulator.call(ANN, rings=1)
        simulator.wait_for(lambda e: e.text.startswith("submitted") or e.text.startswith("AT+CMGS"))
        simulator.call("+447400123599", rings=3, clip="missing", wait=True)
        until(lambda: status_of(box, ANN) in ("sent", "unconfirmed"), "the end of the text")
        assert [text.number for text in simulator.sent].count(ANN) == 1


def test_a_modem_that_is_plugged_in_again_is_not_waited_for(tmp_path: Path) -> None:
    """The pause before the next try is hours here: only the port's appearing ends it."""
    timing = Timing(backoff=(7200.0,))
    with (
        Simulator(speed=SPEED, reports="off") as simulator,
        a_box(tmp_path, simulator, extra=NO_LIMITS, timing=timing) as box,
    ):
        for place in range(2):
            simulator.unplug()
            until(lambda: not box.service.loop.status.lines[0].up, "the line's being down")
            simulator.replug()
            box.ready()
            simulator.call(f"+4474001236{place:02}", rings=2, wait=True)
            assert box.settled(place + 1)[0].textback == "sent"


def test_a_part_that_was_never_announced_is_looked_for(tmp_path: Path) -> None:
    """A restart without a word: the second part lies on the SIM, and nobody has said so."""
    body = "One. " * 40
    with (
        Simulator(speed=SPEED, reports="off") as simulator,
        a_box(tmp_path, simulator, timing=Timing(parts=0.5)) as box,
    ):
        first, second = pdu.deliver(ANN, body, datetime.now(UTC))
        simulator.store(second, "SM")
        simulator.deliver_pdu(first)
        until(lambda: [message.body for message in box.messages()] == [body], "the whole text")
