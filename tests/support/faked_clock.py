"""A service in a process of its own, whose wall clock is moved (libfaketime) while its monotonic clock goes on."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from sqlmodel import Session

from bridge.records import views
from bridge.records.engine import open_engine
from bridge.records.views import CallRow
from modem.simulator import Simulator
from tests.support.box import DEADLINE, until, write_config
from tests.support.needs import needs
from tests.support.processes import uncounted

faketime = needs("faketime")
LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
TEXTBACK = (Path(sys.executable).parent / "textback",)
LIMITS = "[limits]\nper_minute = 1000\n"


class Process:
    """A service of its own, whose clock shows what `moved_to` says: an offset such as +90d. program: what runs it."""

    def __init__(
        self,
        folder: Path,
        simulator: Simulator,
        textback: str = "",
        extra: str = "",
        program: Sequence[str | Path] = TEXTBACK,
    ) -> None:
        self.folder = folder
        self.simulator = simulator
        self._program = program
        self._engine = open_engine(f"sqlite:///{folder}/textback.db", read_only=True)
        self.config = write_config(folder, simulator.port, textback, extra + LIMITS)
        self._clock = folder / "clock"
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self.moved_to("+0")

    def moved_to(self, clock: str) -> None:
        new = self._clock.with_suffix(".new")
        new.write_text(clock + "\n")
        new.replace(self._clock)

    def start(self) -> "Process":
        self._log.write_bytes(b"")
        faked = {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._clock),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # So often the file is looked at (seconds); at each look at the clock, a start takes twice as long.
            "FAKETIME_CACHE_DURATION": "1",
            "NO_FAKE_STAT": "1",
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._program, "run", "-c", self.config], env=uncounted() | faked, stderr=log, stdout=log
            )
        return self.ready()

    def ready(self) -> "Process":
        until(lambda: "is ready" in self._log.read_text(), "the line's being ready")
        return self

    def jump(self, clock: str) -> None:
        """Move the clock under the running service, and wait until it has noticed."""
        noticed = self._log.read_text().count("The clock was moved")
        self.moved_to(clock)
        until(
            lambda: self._log.read_text().count("The clock was moved") > noticed, "the step's being noticed"
        )

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        self._engine.dispose()  # nothing of ours holds the file then
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(DEADLINE)
            self._process = None

    def rows(self) -> list[CallRow]:
        with Session(self._engine) as session:
            return views.calls(session)

    def called(self, number: str, count: int) -> CallRow:
        """Call, and wait until so many calls have been decided; the newest row of this number."""
        self.simulator.call(number, rings=1, wait=True)

        def look() -> list[CallRow] | None:
            rows = [
                row for row in self.rows() if row.outcome and row.textback not in ("scheduled", "sending")
            ]
            return rows if len(rows) >= count else None

        return max(until(look, f"{count} calls"), key=lambda row: row.id)

    def sent(self, number: str) -> int:
        return [text.number for text in self.simulator.sent].count(number)

    def url(self) -> str:
        """Where its page is."""
        pages = [line for line in self._log.read_text().splitlines() if "The page is at" in line]
        return pages[0].split()[-1]

    def health(self) -> bytes:
        with urlopen(self.url() + "healthz", timeout=DEADLINE) as answer:
            said: bytes = answer.read()
        return said


@contextmanager
def a_process(
    folder: Path,
    textback: str = "",
    extra: str = "",
    clock: str = "+0",
    offset: float = 0.0,
    program: Sequence[str | Path] = TEXTBACK,
) -> Iterator[Process]:
    """One that runs. clock: what it shows; offset: how far the modem's clock is from the right time, in seconds."""
    with Simulator(speed=20, reports="off") as simulator:
        simulator.set(clock_offset=offset)
        process = Process(folder, simulator, textback, extra, program)
        process.moved_to(clock)
        try:
            yield process.start()
        finally:
            process.stop()
