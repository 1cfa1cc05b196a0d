"""Faults of the modem, the wire, the SIM and the network while callers ring, write, and are written to."""

import random
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from modem.simulator import ARRIVALS, STEPS
from tests.torture.bench import Bench
from tests.torture.traffic import Traffic
from tests.torture.verdict import Verdict, twice

COMMANDS = ("AT+CMGS", "AT+CMGR", "AT+CMGD", "AT+CLCC", "AT+CSQ", "AT")
# +CMS ERROR of each kind: congestion, temporary failures, no memory, SIM busy and away, no network, invalid number, barred.
REFUSALS = (
    1,
    8,
    10,
    27,
    38,
    41,
    42,
    47,
    50,
    69,
    302,
    304,
    310,
    313,
    314,
    316,
    320,
    321,
    322,
    331,
    332,
    500,
    512,
)
NOISE = (
    "\r\nRI", "\xff\xfe\x00\x80", '\r\n+CLIP: "', "OK\r\n", "\r\nERROR\r\n", "\r\n+CMTI: \"SM\",99\r\n", "> ", "\r\r\r\n\n",
    '\r\n+CUSD: 0,"Credit\r\nRING\r\n', "\x1b[2J", "+CMS ERROR: 500\r\n",
)  # fmt: skip
PAUSE = 3.0


class Faults:
    """Each method does one fault and ends it; the time until the next fault is outside."""

    def __init__(self, bench: Bench, chance: random.Random) -> None:
        self._bench = bench
        self._modem = bench.simulator
        self._chance = chance

    def _wait(self, least: float, most: float) -> None:
        threading.Event().wait(self._chance.uniform(least, most))

    def reset(self) -> None:
        """At any time."""
        self._modem.reset()

    def unplug(self) -> None:
        """And in again after a while."""
        self._modem.unplug()
        self._wait(0.1, 4)
        self._modem.replug()

    def breaks(self) -> None:
        """Vanishes or restarts in the middle of something; for a hanging one the service itself has to do it."""
        kind = self._chance.choice(("reset", "unplug", "hang"))
        self._modem.fault(kind, match=self._chance.choice((*STEPS, *ARRIVALS[:1], *COMMANDS)))
        start = len(self._modem.log.entries)
        self._wait(2, 6)
        self._modem.heal()
        if any(entry.text == "unplugged" for entry in self._modem.log.entries[start:]):
            self._modem.replug()

    def silence(self) -> None:
        """No answer for a while."""
        self._modem.fault("silence", match=self._chance.choice(COMMANDS), seconds=self._chance.uniform(1, 8))

    def refuses(self) -> None:
        """Texts are refused, for one of all reasons, once or twice."""
        for _ in range(self._chance.randint(1, 2)):
            self._modem.fault("cms_error", code=self._chance.choice(REFUSALS))

    def unsure(self) -> None:
        """The network takes a text and the modem does not say so, or too late, or there is no prompt."""
        self._modem.fault(
            self._chance.choice(("accepted", "late", "no_prompt")), seconds=self._chance.uniform(1, 8)
        )

    def noise(self) -> None:
        """Octets that nobody ordered."""
        self._modem.raw(self._chance.choice(NOISE))

    def loses(self) -> None:
        """Octets get lost for a while: nothing that comes in that time is reliable."""
        self._bench.deafen()
        self._modem.set(lose_every=self._chance.randint(5, 200))
        self._wait(1, 5)
        self._modem.set(lose_every=0)

    def sim_away(self) -> None:
        """The SIM slips out of its contacts, and back."""
        self._bench.deafen()
        self._modem.set(sim_present=False)
        self._wait(1, 8)
        self._modem.set(sim_present=True)
        self._modem.register(1)

    def no_network(self) -> None:
        """Searching, or denied, and back."""
        self._modem.register(self._chance.choice((0, 2, 3)))
        self._wait(1, 8)
        self._modem.register(1)

    def forgets_settings(self) -> None:
        """Another program switches off what tells of calls and texts."""
        self._bench.deafen()
        self._modem.change_setting(self._chance.choice(("+CLIP", "+CRC")), "0")

    def all(self) -> dict[str, Callable[[], None]]:
        """By name."""
        return {
            name: getattr(self, name)
            for name, what in vars(Faults).items()
            if callable(what) and not name.startswith("_") and name != "all"
        }


def run(seed: int, seconds: float) -> Verdict:
    """One fault after the other for so long; the verdict once all is well again, and after a restart."""
    with tempfile.TemporaryDirectory(prefix="torture-") as folder, Bench(Path(folder), quick=True) as bench:
        chance = random.Random(f"faults {seed}")
        faults = Faults(bench, chance).all()
        bench.start()
        over = time.monotonic() + seconds
        done = 0
        with Traffic(bench, seed) as traffic:
            while time.monotonic() < over:
                faults[chance.choice(sorted(faults))]()
                done += 1
                threading.Event().wait(chance.uniform(0, 2 * PAUSE))
            bench.simulator.heal()
        last = twice(bench, traffic.said)
        last.seen["faults"] = done
        return last
