"""One service under torture: the real command as a process of its own, on a simulated modem whose log is the truth."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from modem.simulator import Simulator
from modem.simulator.log import Entry
from tests.support.box import DEADLINE, write_config

BIN = Path(sys.executable).parent
NO_LIMITS = "[limits]\nper_minute = 1000\nper_day = 100000\nstrangers_per_10_minutes = 100000\n"
# What the service says on the wire when all its settings are made: from now on it hears.
LISTING = "AT+CMGL=4"
# What happens to the modem that ends its hearing.
BREAKS = ("unplugged", "reset", "hangs")
# So much faster than a real modem the simulated one is.
SPEED = 20.0


@dataclass
class Hearing:
    """A span in which the service ran and its line was set up; monotonic seconds, `end` is infinite while it lasts."""

    begin: float
    end: float = float("inf")


class Bench:
    """The simulated modem, the service's process, and when it could hear. storage: an SQLAlchemy URL, else SQLite beside the
    configuration. quick: the long time-outs of the modem thread are shortened, the order of things is not."""

    def __init__(
        self,
        folder: Path,
        *,
        storage: str = "",
        quick: bool = False,
        speed: float = SPEED,
        limits: str = NO_LIMITS,
        profile: str = "generic",
        reports: str = "auto",
    ) -> None:
        self.on_step: Callable[[str], None] | None = None
        self.simulator = Simulator(
            profile, speed=speed, slots=100, reports=reports, report_delay=10.0, on_step=self._stepped
        )
        self.folder = folder
        extra = limits + (f"[storage]\ndatabase = {storage}\n" if storage else "")
        self.config = write_config(folder, self.simulator.port, extra=extra)
        self.storage = storage or f"sqlite:///{folder / 'textback.db'}"
        self.log = folder / "log"
        self.heard: list[Hearing] = []
        self.kills = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._entry: list[str | Path] = (
            [BIN / "python", "-m", "tests.torture.quick"] if quick else [BIN / "textback", "run"]
        )
        self._guard = threading.Lock()
        self.simulator.log.follow(self._logged)

    def __enter__(self) -> "Bench":
        self.simulator.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self.simulator.stop()

    # ---- when it hears

    def _stepped(self, step: str) -> None:
        if self.on_step:
            self.on_step(step)

    def _logged(self, entry: Entry) -> None:
        with self._guard:
            if entry.who == "host" and entry.text == LISTING:
                self._deafen(entry.at)
                self.heard.append(Hearing(entry.at))
            elif entry.who == "event" and entry.text.startswith(BREAKS):
                self._deafen(entry.at)

    def _deafen(self, at: float) -> None:
        if self.heard:
            self.heard[-1].end = min(self.heard[-1].end, at)

    def deafen(self) -> None:
        """From now on a call may be missed without fault, until the line is set up again."""
        with self._guard:
            self._deafen(time.monotonic())

    # ---- the process

    def wrap(self, command: Sequence[str]) -> None:
        """From now on the service is started by this other program."""
        self._entry = [*command, *self._entry]

    def launch(self) -> None:
        """Start the service, and do not wait for anything."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([*self._entry, "-c", self.config], stdout=log, stderr=log)

    def start(self) -> None:
        """Start the service, and wait until it hears."""
        start = len(self.simulator.log.entries)
        self.launch()
        self.simulator.wait_for(lambda e: e.who == "host" and e.text == LISTING, DEADLINE * 2, start)

    @property
    def runs(self) -> bool:
        """Is the process there?"""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """End the service without a word, from any thread."""
        assert self.process is not None
        self.deafen()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1

    def stop(self) -> int:
        """End the service as systemd does; its exit code."""
        assert self.process is not None
        self.deafen()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE * 2)

    def send(self, number: str, body: str) -> bool:
        """`textback send`: was it taken?"""
        done = subprocess.run(
            [BIN / "textback", "send", "-c", self.config, number, body], capture_output=True, check=False
        )
        return done.returncode == 0
