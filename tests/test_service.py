"""The whole box on the simulated modem: what callers do, what goes out, what comes in, and what the page is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from modem.simulator import PROFILES, Simulator
from tests.box import ANN, BOB, CEM, MESSAGE, Box, a_box

SPEED = 20.0


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Simulator(speed=SPEED) as simulator, a_box(tmp_path, simulator) as box:
        yield box


@pytest.mark.parametrize("profile", PROFILES)
class TestEveryProfile:
    @pytest.fixture
    def box(self, profile: str, tmp_path: Path) -> Iterator[Box]:
        speed = 2.0 if "silent" in profile else SPEED
        with Simulator(profile, speed=speed, reports="off") as simulator, a_box(tmp_path, simulator) as box:
            yield box

    def test_an_abandoned_call_gets_one_text(self, box: Box) -> None:
        box.simulator.call(ANN, rings=3)
        call = box.settled()[0]
        assert (call.address, call.outcome, call.textback) == (ANN, "abandoned", "sent")
        assert [(text.number, text.text) for text in box.simulator.sent] == [(ANN, MESSAGE)]
        box.simulator.call(ANN, rings=2)
        again = box.settled(2)[0]
        assert (again.textback, again.reason, again.message_id) == ("skipped", "cooldown", call.message_id)
        assert len(box.simulator.sent) == 1

    def test_other_calls_get_none(self, box: Box) -> None:
        box.simulator.call(None, rings=2)
        withheld = box.settled()[0]
        assert (withheld.address, withheld.withheld, withheld.reason) == (None, True, "withheld")
        box.simulator.call(BOB, rings=2, kind="data", wait=True)
        box.simulator.outgoing(BOB, wait=True)
        box.simulator.call(CEM, rings=2, end="answered")
        answered = box.settled(2)[0]
        assert (answered.address, answered.outcome, answered.reason) == (CEM, "answered", "not_missed")
        assert box.simulator.sent == []
        assert len(box.calls()) == 2
