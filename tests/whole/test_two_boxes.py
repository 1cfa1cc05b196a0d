"""Two boxes with text-back that are wired to each other, for an hour: each is texted once, and no answer answers an answer."""

from collections import Counter
from pathlib import Path

import pytest

from bridge.rules.states import MessageKind
from modem.simulator import Simulator
from tests.support.box import Box, FastClock, a_box, until

A, B = "+447400200001", "+447400200002"
EVERY, HOUR = 4, 60  # minutes
NO_LIMITS = "[limits]\nper_minute = 1000\n"


class Wire:
    """What one modem sends to the other's number arrives there, once."""

    def __init__(self, sender: Box, number: str, receiver: Box, to: str) -> None:
        self._sender, self._number, self._receiver, self._to = sender, number, receiver, to
        self._carried = 0

    def carry(self) -> None:
        """Everything that was sent since the last time; returns when it has been stored there."""
        texts = [text for text in self._sender.simulator.sent if text.number == self._to]
        for text in texts[self._carried :]:
            before = self._came()
            self._receiver.simulator.text(self._number, text.text)
            until(lambda before=before: self._came() > before, "the text's arrival")  # type: ignore[misc]  # mypy infers no lambda with a default
        self._carried = len(texts)

    def _came(self) -> int:
        return sum(message.direction == "in" for message in self._receiver.messages())


def mark_done(boxes: tuple[Box, Box], wires: tuple[Wire, Wire]) -> None:
    """Until nothing is on its way any more."""

    def quiet() -> bool:
        before = [len(box.messages()) for box in boxes]
        for wire in wires:
            wire.carry()
        for box in boxes:
            box.turn()
        waiting = [m for box in boxes for m in box.messages() if m.status in ("queued", "sending")]
        return not waiting and before == [len(box.messages()) for box in boxes]

    until(quiet, "silence on both lines")


MESSAGES = [
    "Sorry we missed you. How can we help?",
    "STOP",
    "HELP",
    "INFO",
    "START",
    "Please stop texting me",
    "#1 PAUSE",
]


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize(
    "textback", ["", "closed = other\nclosed_message = We are closed."], ids=["open", "closed"]
)
def test_an_hour_of_two_boxes(tmp_path: Path, message: str, textback: str) -> None:
    clock = FastClock()
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    hours = "[hours]\nholidays = 2020-01-01\n" if textback else ""
    with (
        Simulator(speed=50, reports="off") as one,
        Simulator(speed=50, reports="off") as two,
        a_box(
            tmp_path / "a", one, textback, NO_LIMITS + hours, hint="yes", message=message, clock=clock
        ) as a,
        a_box(
            tmp_path / "b", two, textback, NO_LIMITS + hours, hint="yes", message=message, clock=clock
        ) as b,
    ):
        boxes, wires = (a, b), (Wire(a, A, b, B), Wire(b, B, a, A))
        for calls in range(1, HOUR // EVERY + 1):
            two.call(A, rings=1, wait=True)
            one.call(B, rings=1, wait=True)
            # Both texts are out before one arrives: a caller who has texted meanwhile is not texted any more.
            for box in boxes:
                box.settled(calls)
            mark_done(boxes, wires)
            clock.advance(EVERY * 60)
        for box in boxes:
            sent = Counter(m.kind for m in box.messages() if m.direction == "out")
            assert sent[MessageKind.AUTO] == 1
            # An opt-out, an opt-in or a HELP is answered once; the answer is none itself.
            assert sent[MessageKind.SYSTEM] <= 1
            assert sent[MessageKind.MANUAL] == 0


def test_two_boxes_that_take_each_other_for_the_owners_mobile(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with (
        Simulator(speed=50, reports="off") as one,
        Simulator(speed=50, reports="off") as two,
        a_box(tmp_path / "a", one, extra=f"{NO_LIMITS}[notify]\nsms_to = {B}\nquiet =\n") as a,
        a_box(tmp_path / "b", two, extra=f"{NO_LIMITS}[notify]\nsms_to = {A}\nquiet =\n") as b,
    ):
        boxes, wires = (a, b), (Wire(a, A, b, B), Wire(b, B, a, A))
        two.call(A, rings=1, wait=True)
        one.call(B, rings=1, wait=True)
        # As above: else the one that was texted first takes the text for an answer to its own, which is still to come.
        for box in boxes:
            box.settled()
        mark_done(boxes, wires)
        for box in boxes:
            sent = Counter(m.kind for m in box.messages() if m.direction == "out")
            assert sent == {
                "auto": 1,
                "system": 1,
            }  # the automatic text is no order; that is said once, and not answered
