"""Every kind of modem x everything a caller can do: the real driver on a real pseudo-terminal, with real timing scaled.

All times of calls, the modem's and ours, are divided by SCALE; the profiles run side by side, each its scenarios in turn.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import TypeVar

import pytest

from modem.calls.timing import CallTiming
from modem.contract import (
    Answer,
    CallEnded,
    CallRinging,
    DeleteStored,
    Event,
    HangUp,
    LineIdle,
    LineUp,
    TextReceived,
)
from modem.line.driver import Driver, Line
from modem.line.timing import Timing
from modem.simulator import PROFILES, Simulator
from tests.support.box import ANN, BOB, CEM, DEADLINE

SCALE = 5.0
# What only ends a call whose end was not noticed takes hours here: a line that stays busy until then is waited for in vain.
HOURS = 7200.0
CALLS = replace(CallTiming().scaled(1 / SCALE), stateful_silence=HOURS, list_doubt=HOURS, longest_talk=HOURS)
TIMING = Timing(calls=CALLS, check=5.0)
# Kind of modem -> its profile and how it frames lines; some firmwares of the SIM7600 do that in a way of their own.
KINDS = {name: (name, profile.frame) for name, profile in PROFILES.items()}
KINDS |= {"sim7600-crcrlf": ("sim7600", "crcrlf")}
# Kinds whose restart prints a banner that says that no call can be left; of the others the ringing just stops.
READY = {"RDY", "^SYSSTART", "+AT: READY", "+WIND: 4"}
WITH_BANNER = {kind for kind, (profile, _) in KINDS.items() if READY & set(PROFILES[profile].banner)}

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Result:
    """What the driver said in one scenario."""

    ringing: tuple[CallRinging, ...]
    ended: tuple[CallEnded, ...]
    texts: tuple[str, ...]
    silence: float  # seconds from the last RING until the modem said that it had restarted, if it did


class Modem:
    """One simulated modem with its driver, and what the driver says."""

    def __init__(self, kind: str) -> None:
        profile, frame = KINDS[kind]
        self.simulator = Simulator(profile, speed=SCALE, reports="off")
        self.simulator.set(frame=frame)
        self.said: SimpleQueue[Event | BaseException] = SimpleQueue()
        self.driver = Driver(Line("main", self.simulator.port), self.said.put, self.said.put, timing=TIMING)
        self.heard: list[Event] = []
        self.idle = False
        self.start = 0

    def __enter__(self) -> "Modem":
        self.simulator.start()
        self.driver.start()
        self.until(LineUp)
        self.settle()
        return self

    def __exit__(self, *error: object) -> None:
        self.driver.close()
        self.simulator.stop()

    def until(self, kind: type[E], wanted: Callable[[E], bool] = lambda _: True) -> E:
        while True:
            event = self.said.get(timeout=DEADLINE)
            if isinstance(event, BaseException):
                raise event
            self.heard.append(event)
            if isinstance(event, LineIdle):
                self.idle = event.idle
            if isinstance(event, TextReceived) and event.slot:
                self.driver.request(DeleteStored((event.slot,)))
            if isinstance(event, kind) and wanted(event):
                return event

    def settle(self) -> None:
        if not self.idle:
            self.until(LineIdle, lambda event: event.idle)

    def begin(self) -> None:
        """Forget what was said before."""
        self.heard.clear()
        self.start = len(self.simulator.log.entries)

    def result(self) -> Result:
        return Result(
            tuple(event for event in self.heard if isinstance(event, CallRinging)),
            tuple(event for event in self.heard if isinstance(event, CallEnded)),
            tuple(event.body for event in self.heard if isinstance(event, TextReceived)),
            self.silence(),
        )

    def silence(self) -> float:
        said = [entry for entry in self.simulator.log.entries[self.start :] if entry.who == "modem"]
        restarts = [place for place, entry in enumerate(said) if entry.text in READY]
        if not restarts:
            return 0.0
        rings = [entry.at for entry in said[: restarts[0]] if "RING" in entry.text]
        return said[restarts[0]].at - max(rings)


def abandoned(modem: Modem) -> None:
    modem.simulator.call(ANN, rings=3)
    modem.until(CallEnded)


def answered(modem: Modem) -> None:
    modem.simulator.call(ANN, rings=1000, talk=3.0)
    modem.until(CallRinging, lambda call: call.number is not None)
    modem.driver.request(Answer())
    modem.until(CallEnded)


def put_down(modem: Modem) -> None:
    """Picked up and put down again by us."""
    modem.simulator.call(ANN, rings=1000, talk=1000.0)
    modem.until(CallRinging, lambda call: call.number is not None)
    start = len(modem.simulator.log.entries)
    modem.driver.request(Answer())
    modem.simulator.wait_for(lambda e: e.who == "host" and e.text == "ATA", start=start)
    modem.driver.request(HangUp())
    modem.until(CallEnded)
    # An OK that follows CONNECT can be taken for that of our hanging up: the modem may be a moment behind.
    modem.simulator.wait_for(lambda e: " is over: " in e.text, start=start)


def rejected(modem: Modem) -> None:
    modem.simulator.call(ANN, rings=1000)
    modem.until(CallRinging, lambda call: call.number is not None)
    modem.driver.request(HangUp())
    modem.until(CallEnded)


def withheld(modem: Modem) -> None:
    modem.simulator.call(None, rings=4)
    modem.until(CallEnded)


def waiting(modem: Modem) -> None:
    modem.simulator.call(ANN, rings=1000, talk=1000.0)
    modem.until(CallRinging, lambda call: call.number is not None)
    start = len(modem.simulator.log.entries)
    modem.driver.request(Answer())
    modem.simulator.wait_for(lambda e: e.who == "host" and e.text == "ATA", start=start)
    modem.simulator.call(BOB, rings=2)
    modem.until(CallEnded)
    modem.simulator.hangup()
    modem.until(CallEnded)


def sms_while_ringing(modem: Modem) -> None:
    modem.simulator.call(ANN, rings=3)
    modem.until(CallRinging)
    modem.simulator.text(CEM, "Are you there?")
    modem.until(CallEnded)
    if not any(isinstance(event, TextReceived) for event in modem.heard):
        modem.until(TextReceived)
    modem.simulator.wait_for(  # else it may still lie there in the next scenario
        lambda e: e.who == "host" and e.text.startswith("AT+CMGD"), timeout=DEADLINE, start=modem.start
    )


def reset_while_ringing(modem: Modem) -> None:
    modem.simulator.call(ANN, rings=2, end="reset")
    modem.until(CallEnded)
    _set_up_again(modem, "reset")


def unplugged_while_ringing(modem: Modem) -> None:
    modem.simulator.call(ANN, rings=2, end="unplug")
    modem.until(CallEnded)
    modem.simulator.replug()
    modem.until(LineUp)
    _set_up_again(modem, "unplugged")


def _set_up_again(modem: Modem, after: str) -> None:
    entries = modem.simulator.log.entries
    start = max(place for place, entry in enumerate(entries) if entry.text == after)
    modem.simulator.wait_for(
        lambda e: e.who == "host" and e.text == "AT+CLIP=1", timeout=DEADLINE, start=start
    )


Expected = list[tuple[str, str | None, bool]]
SCENARIOS: dict[str, tuple[Callable[[Modem], None], Expected]] = {
    "abandoned": (abandoned, [("abandoned", ANN, False)]),
    "answered": (answered, [("answered", ANN, False)]),
    "put down": (put_down, [("answered", ANN, False)]),
    "rejected": (rejected, [("rejected", ANN, False)]),
    "withheld": (withheld, [("abandoned", None, True)]),
    "waiting": (waiting, [("waiting", BOB, False), ("answered", ANN, False)]),
    "sms while ringing": (sms_while_ringing, [("abandoned", ANN, False)]),
    "reset while ringing": (reset_while_ringing, [("lost", ANN, False)]),
    "unplugged while ringing": (unplugged_while_ringing, [("lost", ANN, False)]),
    "afterwards": (abandoned, [("abandoned", ANN, False)]),
}
Results = dict[tuple[str, str], Result | BaseException]


def play(kind: str) -> Results:
    """All scenarios on one modem, one after the other; each begins and ends idle."""
    results: Results = {}
    with Modem(kind) as modem:
        for name, (scenario, _) in SCENARIOS.items():
            modem.begin()
            try:
                scenario(modem)
                modem.settle()
                results[kind, name] = modem.result()
            except BaseException as error:  # noqa: BLE001 -- each cell of the table fails by itself
                results[kind, name] = error
                break
    return results


@pytest.fixture(scope="module")
def table() -> Iterator[Results]:
    with ThreadPoolExecutor(len(KINDS)) as pool:
        yield {key: value for results in pool.map(play, KINDS) for key, value in results.items()}


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_caller_does_is_known_on_every_modem(table: Results, kind: str, scenario: str) -> None:
    result = table.get((kind, scenario), AssertionError("an earlier scenario did not end"))
    if isinstance(result, BaseException):
        raise result
    expected = list(SCENARIOS[scenario][1])
    # Where no banner says that the call is gone, or a busy machine says it too late, the ringing has just stopped.
    too_late = result.silence >= CALLS.silence
    if scenario == "reset while ringing" and (kind not in WITH_BANNER or too_late):
        expected = [("abandoned", ANN, False)]
    assert [(call.outcome, call.number, call.withheld) for call in result.ended] == expected
    assert len({call.key for call in result.ended}) == len(expected)
    assert {call.key for call in result.ringing} == {call.key for call in result.ended}
    assert result.texts == (("Are you there?",) if scenario == "sms while ringing" else ())
