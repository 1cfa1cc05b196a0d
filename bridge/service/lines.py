"""What the loop knows of one modem, besides its rows."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bridge.contract.status import LineStatus
from modem.contract import Request


@dataclass
class LineHandle:
    """What the loop knows of one modem, besides its rows. sending: the message that it has been given."""

    request: Callable[[Request], None]
    idle: bool = False
    sending: int | None = None
    status: LineStatus = field(default_factory=lambda: LineStatus(""))
