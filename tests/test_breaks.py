"""The modem is unplugged, restarts or hangs at every step of sending and receiving: nothing is lost, nothing is doubled.

Whole boxes with real files, side by side; the long time-outs are shortened, the order of things is not.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import modem.driver
import modem.session
from modem import commands
from modem.simulator import STEPS, Simulator
from tests.box import ANN, BOB, Box, a_box, until

BREAKS = ("unplug", "reset", "hang")
# Where receiving can break: (command, when); a text that comes is announced, read and deleted.
RECEIVING = (
    ("AT+CMGR", "before"),
    ("AT+CMGR", "half"),
    ("AT+CMGR", "after"),
    ("AT+CMGD", "before"),
    ("AT+CMGD", "half"),
    ("AT+CMGD", "after"),
)
LISTING = (("AT+CMGL", "before"), ("AT+CMGL", "half"), ("AT+CMGL", "after"))
# What may have become of the text-back, and how often the network may have it.
ENDS = {
    "cmgs": ({"sent"}, {1}),
    # At the prompt the break and our writing of the PDU race; either way the status is honest.
    "prompt": ({"sent", "unconfirmed"}, {0, 1}),
    "pdu": ({"unconfirmed"}, {0}),
    "taken": ({"unconfirmed"}, {1}),
    "sent": ({"sent", "unconfirmed"}, {1}),
}


@dataclass(frozen=True)
class Result:
    """What the page shows, and what the network and the SIM have."""

    status: str
    taken: int
    bodies: tuple[str, ...]
    stored: int


@pytest.fixture(scope="module")
def _quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(modem.session, "SEND_TIMEOUT", 2.0)
        patch.setattr(modem.driver, "RESTART_SECONDS", 0.5)
        for name in ("send", "read", "delete"):
            made = getattr(commands, name)
            patch.setattr(commands, name, lambda n, made=made: replace(made(n), timeout=2.0))
        patch.setattr(commands, "LIST_ALL", replace(commands.LIST_ALL, timeout=2.0))
        yield


def recover(simulator: Simulator, kind: str) -> None:
    """Wait for the break, and plug in again what was unplugged; a hanging modem is restarted by the box itself."""
    until(lambda: not simulator.faults.armed, "the break")
    if kind == "unplug":
        simulator.wait_for(lambda e: e.text == "unplugged")
        simulator.replug()
    elif kind == "reset":
        simulator.wait_for(lambda e: e.text == "reset")


def result(box: Box, simulator: Simulator) -> Result:
    calls = box.calls()
    return Result(
        calls[0].textback if calls else "none",
        len(simulator.submitted),
        tuple(m.body for m in box.messages() if m.direction == "in"),
        sum(len(storage) for storage in simulator.texts.storages.values()),
    )


def ready(box: Box) -> bool:
    line = box.service.loop.status.lines[0]
    return line.up and line.idle


def send(folder: Path, kind: str, step: str) -> Result:
    folder.mkdir()
    with Simulator(speed=20, reports="off") as simulator, a_box(folder, simulator) as box:
        simulator.fault(kind, match=step)
        simulator.call(ANN, rings=1)
        recover(simulator, kind)
        until(lambda: box.calls() and box.calls()[0].textback in ("sent", "unconfirmed"), f"{kind} at {step}")
        until(lambda: ready(box), "the line again")
        simulator.call(BOB, rings=1)  # the next text goes out, and nothing is repeated before it
        until(lambda: BOB in {text.number for text in simulator.submitted}, "the next text")
        first = next(call for call in box.calls() if call.address == ANN)
        taken = [text for text in simulator.submitted if text.number == ANN]
        return Result(first.textback, len(taken), (), 0)


def receive(folder: Path, kind: str, command: str, when: str) -> Result:
    folder.mkdir()
    with Simulator(speed=20, reports="off") as simulator:
        if command == "AT+CMGL":
            simulator.text(ANN, "Is my car ready?")
            simulator.text(BOB, "And mine?")
            until(lambda: len(simulator.texts.storages["SM"]) == 2, "both on the SIM")
            simulator.fault(kind, match=command, when=when)
        with a_box(folder, simulator, ready=False) as box:
            if command != "AT+CMGL":
                until(lambda: ready(box), "the line")
                simulator.fault(kind, match=command, when=when)
                simulator.text(ANN, "Is my car ready?")
                simulator.text(BOB, "And mine?")
            recover(simulator, kind)
            until(lambda: len(box.messages()) == 2, f"{kind} {when} {command}")
            until(lambda: not any(simulator.texts.storages.values()), "the empty SIM")
            until(lambda: ready(box), "the line again")
            return result(box, simulator)


@pytest.fixture(scope="module")
def results(
    _quick: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[tuple[str, ...], Result | BaseException]]:
    folder = tmp_path_factory.mktemp("breaks")

    def attempt(case: tuple[str, ...]) -> Result | BaseException:
        try:
            place = folder / "-".join(word.strip("AT+") for word in case)
            return send(place, *case[1:]) if case[0] == "send" else receive(place, *case[1:])
        except BaseException as error:  # each cell fails by itself
            return error

    cases = [("send", kind, step) for kind in BREAKS for step in STEPS]
    cases += [("receive", kind, *place) for kind in BREAKS for place in (*RECEIVING, *LISTING)]
    with ThreadPoolExecutor(8) as pool:
        yield dict(zip(cases, pool.map(attempt, cases), strict=True))


def told(result: Result | BaseException) -> Result:
    if isinstance(result, BaseException):
        raise result
    return result


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", BREAKS)
def test_a_text_goes_out_once_at_most_and_its_status_is_honest(
    results: dict[tuple[str, ...], Result | BaseException], kind: str, step: str
) -> None:
    seen = told(results["send", kind, step])
    statuses, counts = ENDS[step]
    assert seen.status in statuses
    assert seen.taken in counts
    assert seen.status != "sent" or seen.taken == 1


@pytest.mark.parametrize(("command", "when"), [*RECEIVING, *LISTING])
@pytest.mark.parametrize("kind", BREAKS)
def test_a_text_that_came_is_there_once_and_gone_from_the_sim(
    results: dict[tuple[str, ...], Result | BaseException], kind: str, command: str, when: str
) -> None:
    seen = told(results["receive", kind, command, when])
    assert sorted(seen.bodies) == ["And mine?", "Is my car ready?"]
    assert seen.stored == 0
