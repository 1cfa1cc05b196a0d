"""Callers who ring, people who write and texts that are sent by hand, each with a number of its own."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from tests.support.box import DEADLINE
from tests.torture.bench import Bench

# Numbers are never used twice, so whoever is texted twice shows.
FIRST = 7_400_100_000


@dataclass
class Said:
    """What was done to the box: numbers of callers, bodies of texts that came by their senders, and texts by hand that the
    command line has taken, by their receivers. garbled: callers whose number may have come over the wire with digits lost."""

    callers: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    sends: dict[str, str] = field(default_factory=dict)
    garbled: set[str] = field(default_factory=set)

    @property
    def n(self) -> int:
        """How many things were done."""
        return len(self.callers) + len(self.texts) + len(self.sends)


class Traffic:
    """Threads of its own. pause: mean seconds between two callers or writers; by_hand: between two texts by hand. behind: which
    share of callers has another one before them."""

    def __init__(
        self, bench: Bench, seed: int, pause: float = 1.0, by_hand: float = 5.0, behind: float = 0.1
    ) -> None:
        self.said = Said()
        self._bench = bench
        self._behind = behind
        self._chance = random.Random(f"traffic {seed}")
        self._seed = seed
        self._over = threading.Event()
        self._numbers = count(FIRST)
        self._threads = [
            threading.Thread(target=self._go_on, args=(pause, self.call)),
            threading.Thread(target=self._go_on, args=(2 * pause, self.text)),
            threading.Thread(target=self._go_on, args=(by_hand, self.send)),
        ]

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Nobody calls or writes any more."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def number(self) -> str:
        """One that nobody had before."""
        return f"+44{next(self._numbers)}"

    def call(self, rings: int | None = None) -> str:
        """Somebody calls, and gives up before this returns the number; some wait behind another caller. A third one at once
        would get the busy tone of the network."""
        number = self.number()
        if self._chance.random() < self._behind:
            first = self._call(number, 4, wait=False)
            number = self.number()
            self._call(number, rings or self._chance.randint(2, 6), wait=True)
            self._bench.simulator.wait_for(lambda e: e.text.startswith(f"call {first} is over"), DEADLINE)
        else:
            self._call(number, rings or self._chance.randint(2, 6), wait=True)
        return number

    def _call(self, number: str, rings: int, wait: bool) -> int:
        self.said.callers.append(number)
        losing = self._losing()
        call = self._bench.simulator.call(number, rings=rings, wait=wait)
        if losing or self._losing():
            self.said.garbled.add(number)
        return call

    def _losing(self) -> bool:
        return self._bench.simulator.conditions.lose_every > 0

    def text(self, parts: int = 0) -> str:
        """Somebody writes; the number. Every fifth text is long, with its parts in any order, unless there is to be one."""
        number = self.number()
        body = f"Question of {number[-6:]}"
        order = None
        if parts != 1 and self._chance.random() < 0.2:
            body += " about everything" * 14
            order = self._chance.sample([1, 2], 2)
        self.said.texts[number] = body
        self._bench.simulator.text(number, body, order=order)
        return number

    def send(self) -> str:
        """Somebody here writes; the number."""
        number = self.number()
        body = f"Answer to {number[-6:]}"
        if self._bench.send(number, body):
            self.said.sends[number] = body
        return number

    def _go_on(self, pause: float, act: Callable[[], str]) -> None:
        chance = random.Random(f"{act.__name__} {self._seed}")
        while not self._over.wait(chance.expovariate(1 / pause)):
            act()
