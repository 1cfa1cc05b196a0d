"""Where page and loop meet: requests go in, answers and the state of things come out; it decides nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue

from sqlalchemy import Engine

from bridge.config import Settings
from bridge.contract.answers import Answer, Done, Pending, Rejected
from bridge.contract.https import Https
from bridge.contract.requests import Request
from bridge.contract.status import Status
from bridge.rules.backups import Stored

# How long a POST waits for the loop's commit, so that the page it leads to shows it (seconds).
PATIENCE = 2.0


@dataclass(frozen=True)
class Envelope:
    """A request on its way through the inbox, with the place where its answer goes. by: the user whose it is."""

    request: Request
    by: str | None = None
    answer: SimpleQueue[Done | Rejected] = field(default_factory=SimpleQueue)


@dataclass(frozen=True)
class Bridge:
    """What `web` is given of the bridge. The functions may be called from any thread.

    engine: of the database, for reading only: what is to be changed is asked for. now: the time in UTC by the loop's clock.
    machine: what each serial port is taken for, and whether ModemManager runs. changes: grows with every change of the
    database by the loop. patience: how long a request is waited for, in seconds. backups: those that the box has made by
    itself, the newest first. lay_backup: checks the backup in a file, which a passphrase ("": none) may protect, and lays it
    ready for the next start; raises Unusable, ConfigError and OSError. https: how the page is served over HTTPS now.
    """

    engine: Engine
    settings: Callable[[], Settings]
    status: Callable[[], Status]
    region: Callable[[], str]
    put: Callable[[Envelope], None]
    now: Callable[[], datetime]
    machine: Callable[[], tuple[tuple[str, ...], bool]] = lambda: ((), False)
    changes: Callable[[], int] = lambda: 0
    patience: float = PATIENCE
    backups: Callable[[], tuple[Stored, ...]] = lambda: ()
    lay_backup: Callable[[Path, str], None] = lambda _file, _passphrase: None
    https: Callable[[], Https] = Https

    def request(self, request: Request, patience: float | None = None, by: str | None = None) -> Answer:
        """Put a request of the user `by` into the inbox and wait up to `patience` seconds for its commit, else as long as
        usual."""
        envelope = Envelope(request, by)
        self.put(envelope)
        try:
            return envelope.answer.get(timeout=self.patience if patience is None else patience)
        except Empty:
            return Pending()
