"""What lies in the loop's inbox."""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.contract.desk import Asked
from bridge.service.worker import Announced, ListsRead
from modem import contract


@dataclass(frozen=True)
class Stop:
    """Empty the inbox up to here and end."""


@dataclass(frozen=True)
class Dead:
    """A thread of ours has failed: the process must end so that it is started anew."""

    error: BaseException


Letter = contract.Event | Asked | ListsRead | Announced | Stop | Dead


Effect = Callable[[], None]
