"""Examines modems while no service runs: opens them as `service` does, listens, and sends no text. It may import any room."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from queue import Empty, SimpleQueue

from bridge.clock import Clock, TimeSource
from bridge.config import Settings
from bridge.contract.status import LineState, LineStatus, Status
from bridge.rules.settings import SIMULATOR
from bridge.rules.troubles import TimeTeller
from bridge.service.lines import after
from modem import contract
from modem.line.driver import Driver, Line
from modem.simulator import Simulator

# A modem that is asked for its settings, its SIM and its network has told by then (seconds).
PATIENCE = 45.0
# What went wrong at first may come right at the second try, such as a port that is just being let go.
SECOND_TRY = 6.0

News = contract.Event | BaseException


class Examination:
    """What the modems say. `heard` takes each call and its end."""

    def __init__(self, drivers: dict[str, Driver], said: SimpleQueue[News]) -> None:
        self._drivers = drivers
        self._said = said
        self._clock = Clock()
        self._lines = {name: LineStatus(name) for name in drivers}
        self._recordings: dict[str, str] = {}
        self.refused_pins: list[tuple[str, str]] = []

    @property
    def status(self) -> Status:
        """What is known of all modems so far, and whether the wall clock is suspect."""
        return Status(time.monotonic(), tuple(self._lines.values()), clock=self._clock.doubt())

    def look(self) -> Status:
        """Wait until every line has told how it is, or why it can't."""
        over = time.monotonic() + PATIENCE
        while not all(self._is_known(line) for line in self._lines.values()):
            if not self._listen(min(over, self._second_try(over))):
                break
        return self.status

    def _is_known(self, line: LineStatus) -> bool:
        return line.up and line.health is not None

    def _second_try(self, over: float) -> float:
        """A line that is down has told why: it is given one more try, not the whole time."""
        told = all(line.state is not LineState.STARTING for line in self._lines.values())
        return time.monotonic() + SECOND_TRY if told else over

    def calls(self, seconds: float) -> Iterator[contract.CallRinging | contract.CallEnded]:
        """What is heard of calls in the next so many seconds."""
        over = time.monotonic() + seconds
        while (event := self._listen(over)) is not None:
            if isinstance(event, contract.CallRinging | contract.CallEnded):
                yield event

    def recording(self, masked: bool) -> str:
        """What went over the wires, one transcript a line."""
        for driver in self._drivers.values():
            driver.request(contract.TellRecording(masked))
        over = time.monotonic() + PATIENCE
        while len(self._recordings) < len(self._drivers) and self._listen(over) is not None:
            pass
        return "\n".join(self._recordings.values())

    def _listen(self, until: float) -> contract.Event | None:
        """The next event, noted; None if none comes in time."""
        try:
            event = self._said.get(timeout=max(0.0, until - time.monotonic()))
        except Empty:
            return None
        if isinstance(event, BaseException):
            raise event
        self._note(event)
        return event

    def _note(self, event: contract.Event) -> None:
        self._lines[event.line] = after(self._lines[event.line], event)
        match event:
            case contract.LineHealth(clock=datetime() as told):
                self._clock.note_time(TimeSource(TimeTeller.MODEM, told, event.at, exact=True))
            case contract.PinRefused():
                self.refused_pins.append((event.line, event.pin))
            case contract.Recorded():
                self._recordings[event.line] = event.transcript


@contextmanager
def examining(
    settings: Settings, remembered: Callable[[str, str | None], str | None]
) -> Iterator[Examination]:
    """Open every line's modem. remembered: the PIN that may be tried on a line, given its name and the configured one."""
    with ExitStack() as stack:
        said: SimpleQueue[News] = SimpleQueue()
        drivers = {}
        for modem in settings.modems:
            port = modem.port
            if port == SIMULATOR:
                port = stack.enter_context(Simulator()).port
            pin = remembered(modem.name, modem.pin)
            drivers[modem.name] = Driver(
                Line(modem.name, port, modem.baud, pin, modem.family), said.put, said.put
            )
        for driver in drivers.values():
            driver.start()
            stack.callback(driver.close)
        yield Examination(drivers, said)
