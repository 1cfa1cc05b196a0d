"""The modem is unplugged, restarts or hangs at every step of sending and receiving: nothing is lost, nothing is doubled.

Whole boxes with real files, side by side; the long time-outs are shortened, the order of things is not.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.contract.requests import WriteText
from bridge.records.views import MessageRow
from modem.line.timing import Timing
from modem.simulator import STEPS, Simulator
from tests.support.box import ANN, BOB, DEADLINE, Box, a_box, until

AT_ONCE = 12
# What the network keeps comes again when the line has been set up: before, the next test says what happens (seconds,
# divided by the speed).
AFTER_SETUP = 20.0

BREAKS = ("unplug", "reset", "hang")
# Where receiving can break: (step or command, when). A text that comes is announced, read and deleted; one that is handed
# over directly is acknowledged; what lies there at the start is listed.
STORED = (
    ("announced", "before"),
    *((command, when) for command in ("AT+CMGR", "AT+CMGD") for when in ("before", "half", "after")),
)
DIRECT = (
    ("header", "before"),
    ("handed", "before"),
    *(("AT+CNMA", when) for when in ("before", "half", "after")),
)
LISTING = (("AT+CMGL", "before"), ("AT+CMGL", "half"), ("AT+CMGL", "after"))
# What else may keep the modem from saying that the network took a text; late is long after the box has stopped waiting.
FAULTS: dict[str, dict[str, Any]] = {"no_prompt": {}, "accepted": {}, "late": {"seconds": 12.0}}
LONG = "Sorry we missed you. " * 10
# What may have become of a text whose `part` was on its way: its status and how many parts the network took.
Ends = set[tuple[str, int]]


def ends(kind: str, step: str, part: int) -> Ends:
    before = part - 1
    not_begun = ("sent", 1) if part == 1 else ("failed", before)
    match kind, step:
        case ("no_prompt", _) | (_, "cmgs"):
            return {not_begun}
        case ("unplug", "prompt"):  # the prompt and the cable race
            return {not_begun, ("unconfirmed", before)}
        case (_, "prompt" | "pdu"):
            return {("unconfirmed", before)}
        case ("accepted" | "late", _) | (_, "taken"):
            return {("unconfirmed", part)}
        case ("unplug", "sent"):  # and here +CMGS and the cable
            return {("sent", part), ("unconfirmed", part)}
        case _:
            return {("sent", part)}


SENDING = [(kind, step, part) for kind in BREAKS for step in STEPS for part in (1, 2)]
SENDING += [(kind, "", part) for kind in FAULTS for part in (1, 2)]
RECEIVING = [(kind, *place) for kind in BREAKS for place in (*STORED, *DIRECT, *LISTING)]
BODIES = ["And mine?", "Is my car ready?"]


@dataclass(frozen=True)
class Sent:
    """What the page shows of a text, how many PDUs the network took of it, and what a delivery report makes of it."""

    status: str
    taken: int
    reported: str


@dataclass(frozen=True)
class Received:
    """What the page shows, and how many texts the modem and the network still have."""

    bodies: list[str]
    stored: int
    kept: int


Result = Sent | Received | BaseException
Results = dict[tuple[object, ...], Result]


def timing(kind: str) -> Timing:
    """Short time-outs where one must pass, since the modem says nothing more; where the box is told of the break, none may pass
    because the machine is slow."""
    told = kind in ("unplug", "reset")
    limit = DEADLINE if told else 4.0
    answers = dict.fromkeys(("AT+CMGS", "AT+CMGR", "AT+CMGD", "AT+CMGL"), limit)
    return Timing(send=limit, check=5.0, restart=0.5, answers=answers)


def recover(simulator: Simulator, kind: str) -> None:
    """Wait for the break, and plug in again what was unplugged; a hanging modem is restarted by the box itself."""
    until(lambda: not simulator.armed, "the break")
    if kind == "unplug":
        simulator.wait_for(lambda e: e.text == "unplugged")
        simulator.replug()
    elif kind == "reset":
        simulator.wait_for(lambda e: e.text == "reset")


def ready(box: Box) -> bool:
    line = box.service.loop.status.lines[0]
    return line.up and line.idle


def answers(simulator: Simulator) -> int:
    """How many texts the modem has told us that the network took."""
    return sum(line.startswith("+CMGS") for line in simulator.log.lines("modem"))


def send(folder: Path, kind: str, step: str, part: int) -> Sent:
    """A text to Ann breaks at this part, then one goes to Bob: whatever was to be sent again has been sent by then."""

    def arm(reached: str) -> None:
        begun.append(reached)
        if reached == "cmgs" and begun.count(reached) == part:
            simulator.fault(kind, match=step, **FAULTS.get(kind, {}))
            armed.set()

    def message() -> MessageRow | None:
        return next((m for m in box.messages() if m.address == ANN), None)

    def status() -> str:
        found = message()
        return found.status if found else "none"

    begun: list[str] = []
    armed = threading.Event()
    with (
        Simulator(speed=20, reports="off", on_step=arm) as simulator,
        a_box(folder, simulator, timing=timing(kind)) as box,
    ):
        if part == 1:
            simulator.call(ANN, rings=1)
        else:
            box.service.bridge.request(WriteText(ANN, LONG, "ann"))
        assert armed.wait(DEADLINE)
        recover(simulator, kind)
        until(lambda: status() in ("sent", "unconfirmed", "failed"), f"{kind} at {step}")
        until(lambda: ready(box), "the line again")
        simulator.call(BOB, rings=1)
        until(lambda: BOB in {text.number for text in simulator.submitted}, "the next text")
        if kind == "late":
            until(lambda: answers(simulator) == part + 1, "the answer that comes late")
        ended, taken = status(), [text for text in simulator.submitted if text.number == ANN]
        if len(taken) == part and kind in BREAKS:  # the whole text went out: sooner or later that is told
            for one in taken:
                simulator.report(one.mr)
            until(lambda: status() == "delivered", f"the report on what was {ended}")
        return Sent(ended, len(taken), status())


def receive(folder: Path, kind: str, place: str, when: str) -> Received:
    with Simulator(speed=20, reports="off") as simulator:
        direct = (place, when) in DIRECT
        simulator.set(direct_only=direct, network_delay=AFTER_SETUP if direct else 0.2)
        listing = (place, when) in LISTING
        if listing:
            simulator.text(ANN, BODIES[0])
            simulator.text(BOB, BODIES[1])
            until(lambda: len(simulator.stored("SM")) == 2, "both on the SIM")
            simulator.fault(kind, match=place, when=when)
        with a_box(folder, simulator, ready=False, timing=timing(kind)) as box:
            if not listing:
                until(lambda: ready(box), "the line")
                simulator.fault(kind, match=place, when=when)
                simulator.text(ANN, BODIES[0])
                simulator.text(BOB, BODIES[1])
            recover(simulator, kind)
            until(lambda: len(box.messages()) >= 2, f"{kind} {when} {place}")
            until(lambda: not simulator.stored(), "the empty SIM")
            until(lambda: not simulator.kept, "the network's having no more")
            until(lambda: ready(box), "the line again")
            stored = len(simulator.stored())
            return Received(sorted(m.body for m in box.messages()), stored, simulator.kept)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("breaks")

    def attempt(number: int, case: tuple[Any, ...]) -> Result:
        place = folder / str(number)
        place.mkdir()
        try:
            return send(place, *case[1:]) if case[0] == "send" else receive(place, *case[1:])
        except BaseException as error:  # noqa: BLE001 -- each cell fails by itself
            return error

    cases = [("send", *case) for case in SENDING] + [("receive", *case) for case in RECEIVING]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(cases, pool.map(attempt, range(len(cases)), cases), strict=True))


@pytest.mark.parametrize(("kind", "step", "part"), SENDING)
def test_a_text_goes_out_once_at_most_and_its_status_is_honest(
    results: Results, kind: str, step: str, part: int
) -> None:
    seen = results["send", kind, step, part]
    if isinstance(seen, BaseException):
        raise seen
    assert isinstance(seen, Sent)
    assert (seen.status, seen.taken) in ends(kind, step, part)
    assert seen.reported == ("delivered" if seen.taken == part and kind in BREAKS else seen.status)


@pytest.mark.parametrize(("kind", "place", "when"), RECEIVING)
def test_a_text_that_came_is_there_once_and_gone_from_the_modem_and_the_network(
    results: Results, kind: str, place: str, when: str
) -> None:
    seen = results["receive", kind, place, when]
    if isinstance(seen, BaseException):
        raise seen
    assert seen == Received(BODIES, stored=0, kept=0)


def test_what_is_handed_over_while_the_line_is_set_up_is_acknowledged(tmp_path: Path) -> None:
    """From AT+CNMI=2,2 on texts come, and the rest of the setting-up takes longer than a commit."""
    with Simulator(speed=20, reports="off", network_delay=0.0) as simulator:
        simulator.set(direct_only=True, split=1)
        simulator.text(ANN, BODIES[1])
        with a_box(tmp_path, simulator) as box:
            until(box.messages, "the text")
            start = len(simulator.log.entries)
            simulator.text(BOB, BODIES[0])  # the first one's AT+CNMA would come before this one's
            until(lambda: len(box.messages()) == 2, "the next text")
            simulator.wait_for(lambda e: e.who == "host" and e.text == "AT+CNMA", start=start)
            until(lambda: ready(box), "the line again")
            assert simulator.kept == 0
