"""The desk where page and loop meet: wishes go in, answers and the state of things come out; it decides nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from sqlalchemy import Engine

from bridge.config import Settings
from bridge.contract.answers import Answer, Granted, Later, Refused
from bridge.contract.requests import Wish
from bridge.contract.status import Status

# How long a POST waits for the loop's commit, so that the page it leads to shows it (seconds).
PATIENCE = 2.0


@dataclass(frozen=True)
class Asked:
    """A wish on its way through the inbox, with the place where its answer goes. by: the user whose it is."""

    wish: Wish
    by: str | None = None
    answer: SimpleQueue[Granted | Refused] = field(default_factory=SimpleQueue)


@dataclass(frozen=True)
class Desk:
    """What `web` is given of the bridge. The functions may be called from any thread.

    machine: what each serial port is taken for, and whether ModemManager runs. changes: grows with every change of the
    database by the loop.
    """

    engine: Engine
    settings: Callable[[], Settings]
    status: Callable[[], Status]
    region: Callable[[], str]
    put: Callable[[Asked], None]
    machine: Callable[[], tuple[tuple[str, ...], bool]] = lambda: ((), False)
    changes: Callable[[], int] = lambda: 0

    def ask(self, wish: Wish, patience: float = PATIENCE, by: str | None = None) -> Answer:
        """Put a wish of the user `by` into the inbox and wait up to `patience` seconds for its commit."""
        asked = Asked(wish, by)
        self.put(asked)
        try:
            return asked.answer.get(timeout=patience)
        except Empty:
            return Later()
