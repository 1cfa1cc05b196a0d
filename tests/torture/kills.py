"""SIGKILL at random instants and at aimed ones, with callers and texts going on; then a restart, again and again."""

import random
import tempfile
import threading
import time
from pathlib import Path

from modem.simulator import ARRIVALS, STEPS
from tests.support.box import DEADLINE
from tests.torture.bench import Bench
from tests.torture.traffic import Traffic
from tests.torture.verdict import Verdict, twice

# At which step of the modem the kill strikes: of sending, of receiving; "" is a random instant, "start" one while it starts.
STEPS_OF_SENDING, STEPS_OF_RECEIVING = STEPS, (*ARRIVALS[:1], "AT+CMGR", "AT+CMGD")
AIMS = ("", "", "start", *STEPS_OF_SENDING, *STEPS_OF_RECEIVING)
# Uniform instants lie within so many seconds of the line's being ready, or of the process's beginning.
AFTER_READY, AFTER_LAUNCH = 8.0, 1.5


class Aim:
    """Kills the service when the modem reaches a step, or the host says a command, in the modem's thread."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._at: str | None = None
        self.struck = threading.Event()
        bench.on_step = self._reached
        bench.simulator.log.follow(lambda entry: self._reached(entry.text) if entry.who == "host" else None)

    def take(self, step: str) -> None:
        """From now on it strikes, once."""
        self.struck.clear()
        self._at = step

    def _reached(self, text: str) -> None:
        if self._at and text.startswith(self._at):
            self._at = None
            self._bench.kill()
            self.struck.set()


def run(seed: int, seconds: float) -> Verdict:
    """Kill and restart for so long; the verdict after a last start, and after one more."""
    with tempfile.TemporaryDirectory(prefix="torture-") as folder, Bench(Path(folder)) as bench:
        chance = random.Random(f"kills {seed}")
        over = time.monotonic() + seconds
        aim = Aim(bench)
        with Traffic(bench, seed) as traffic:
            while time.monotonic() < over:
                where = chance.choice(AIMS)
                _one(bench, chance, aim, where)
        bench.start()
        last = twice(bench, traffic.said)
        last.seen["kills"] = bench.kills
        return last


def _one(bench: Bench, chance: random.Random, aim: Aim, where: str) -> None:
    if where == "start":
        bench.launch()
        threading.Event().wait(chance.uniform(0, AFTER_LAUNCH))
        bench.kill()
        return
    bench.start()
    if not where:
        threading.Event().wait(chance.uniform(0, AFTER_READY))
        bench.kill()
        return
    aim.take(where)
    aim.struck.wait(DEADLINE)
    if bench.runs:
        bench.kill()
