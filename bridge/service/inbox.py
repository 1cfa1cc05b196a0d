"""What lies in the loop's inbox."""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.contract.bridge import Envelope
from bridge.handlers.calendar import CalendarJob
from bridge.service.worker import Announced, ListsRead
from modem import contract


@dataclass(frozen=True)
class JobDue:
    """A time of the shop's calendar has come."""

    job: CalendarJob


@dataclass(frozen=True)
class Stop:
    """Empty the inbox up to here and end."""


@dataclass(frozen=True)
class ThreadFailed:
    """A thread of ours has failed: the process must end so that it is started anew."""

    error: BaseException


InboxItem = contract.Event | Envelope | ListsRead | Announced | JobDue | Stop | ThreadFailed


AfterCommit = Callable[[], None]
