"""What lies in the loop's inbox."""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.contract.bridge import Envelope
from bridge.service.worker import Announced, ListsRead
from modem import contract


@dataclass(frozen=True)
class Stop:
    """Empty the inbox up to here and end."""


@dataclass(frozen=True)
class ThreadFailed:
    """A thread of ours has failed: the process must end so that it is started anew."""

    error: BaseException


InboxItem = contract.Event | Envelope | ListsRead | Announced | Stop | ThreadFailed


AfterCommit = Callable[[], None]
