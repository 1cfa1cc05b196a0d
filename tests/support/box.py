"""A whole box for tests: the real service on a simulated modem, with a real database file and a real page."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from bridge import config
from bridge.clock import Clock
from bridge.contract.requests import MarkRead
from bridge.records import views
from bridge.records.views import CallRow, MessageRow
from bridge.service import start
from modem.line.timing import Timing
from modem.simulator import Simulator
from tests.support import databases

ANN, BOB, CEM = "+447400123456", "+447400123457", "+447400123458"
MESSAGE = "Sorry we missed you. How can we help?"
# How long a test waits for what must happen, in seconds: so generous that no load of the machine matters, for nothing here
# is timed. Every wait of every test goes by it (tests/project/test_waits.py).
DEADLINE = 120.0
STARTING = threading.Lock()

T = TypeVar("T")


def until(look: Callable[[], T | None], what: str = "it") -> T:
    """The first true value of `look`; an AssertionError if it never comes. A look that takes long is not taken more often: it
    would keep from happening what it looks for."""
    over = time.monotonic() + DEADLINE
    while (began := time.monotonic()) < over:
        if found := look():
            return found
        threading.Event().wait(min(max(0.02, 4 * (time.monotonic() - began)), 0.5))
    raise AssertionError(f"{what} did not happen within {DEADLINE} s")


CONFIG = """\
[shop]
name = Corner Bakery
country = {country}
[modem]
port = {port}
[textback]
message = {message}
opt_out_hint = {hint}
{textback}
[web]
host = 127.0.0.1
port = 0
"""


def write_config(
    folder: Path,
    port: object,
    textback: str = "",
    extra: str = "",
    hint: str = "no",
    message: str = MESSAGE,
    country: str = "GB",
) -> Path:
    path = folder / "config.ini"
    values = {"port": port, "message": message, "textback": textback, "hint": hint, "country": country}
    path.write_text(CONFIG.format_map(values) + databases.section(folder) + extra)
    return path


class FastClock(Clock):
    """The machine's clocks, and what `advance` has added to both: hours that pass on command."""

    _ahead = 0.0

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def wall_clock(self) -> datetime:
        return super().wall_clock() + timedelta(seconds=self._ahead)

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead

    def utc_at(self, moment: float) -> datetime:
        """The modem's thread stamps its events by the machine's own clock: so long ago it was, and no longer."""
        return self.utc() - timedelta(seconds=super().monotonic() - moment)


class WrongClock(Clock):
    """A wall clock that is `off` by so much until somebody sets it; the monotonic one just goes on."""

    def __init__(self, off: timedelta) -> None:
        super().__init__()
        self.off = off

    def wall_clock(self) -> datetime:
        return super().wall_clock() + self.off


class Box:
    """One running box: `simulator` is its modem, `service` its service."""

    def __init__(self, simulator: Simulator, box: start.Service) -> None:
        self.simulator = simulator
        self.service = box

    def calls(self) -> list[CallRow]:
        with Session(self.service.engine) as session:
            return views.calls(session)

    def messages(self) -> list[MessageRow]:
        with Session(self.service.engine) as session:
            return views.messages(session)

    def ended(self, count: int = 1) -> list[CallRow]:
        """The calls, once so many have ended."""

        def look() -> list[CallRow] | None:
            calls = [call for call in self.calls() if call.outcome]
            return calls if len(calls) >= count else None

        return until(look, f"the end of {count} calls")

    def settled(self, count: int = 1) -> list[CallRow]:
        """The calls, once so many have ended and no text is on its way."""

        def look() -> list[CallRow] | None:
            calls = [c for c in self.calls() if c.outcome and c.textback not in ("scheduled", "sending")]
            return calls if len(calls) >= count else None

        return until(look, f"{count} settled calls")

    def turn(self) -> None:
        """Wait until the loop has turned: it has looked around, and sent what is due."""
        for _ in range(2):  # the second answer comes from the turn after the one that answered first
            self.service.bridge.request(MarkRead("nobody"), DEADLINE)

    def ready(self) -> "Box":
        until(
            lambda: all(line.up and line.idle for line in self.service.loop.status.lines),
            "the line's being ready",
        )
        return self


@contextmanager
def _started(starting: AbstractContextManager[start.Service]) -> Iterator[start.Service]:
    """Boxes start one after the other: Werkzeug parses Python for each route, and CPython 3.11 has one count of depth for the
    parsers of all threads ("AST constructor recursion depth mismatch")."""
    with ExitStack() as stack:
        with STARTING:
            running = stack.enter_context(starting)
        yield running


@contextmanager
def a_box(
    folder: Path,
    simulator: Simulator,
    textback: str = "",
    extra: str = "",
    ready: bool = True,
    hint: str = "no",
    message: str = MESSAGE,
    clock: Clock | None = None,
    timing: Timing | None = None,
    country: str = "GB",
) -> Iterator[Box]:
    """Start a box on this simulator; if `ready`, wait until its line is idle."""
    path = write_config(folder, simulator.port, textback, extra, hint, message, country)
    with _started(
        start.running(config.load(path), start.reloader(path), clock=clock, timing=timing, patience=DEADLINE)
    ) as running:
        thread = threading.Thread(target=running.loop.run)
        thread.start()
        try:
            box = Box(simulator, running)
            yield box.ready() if ready else box
        finally:
            running.loop.stop()
            thread.join(DEADLINE)
