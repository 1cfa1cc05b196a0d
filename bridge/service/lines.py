"""What the loop knows of each modem, besides its rows; what its events mean for rows, the handlers know."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import assert_never

from bridge.contract.status import LineState, LineStatus
from modem import contract
from modem.contract import Request, Trouble


def after(status: LineStatus, event: contract.Event) -> LineStatus:
    """The status of a line after this event.

    >>> after(LineStatus("main"), contract.LineIdle("main", at=1.0, idle=True)).idle
    True
    """
    match event:
        case contract.LineUp():
            well = replace(status, state=LineState.UP, trouble=None, stopped=None)
            return replace(well, port=event.port, model=event.model, iccid=event.iccid)
        case contract.LineDown():
            down = replace(status, state=LineState.DOWN, trouble=event.trouble, part=event.part)
            return replace(down, idle=False, ringing=None)
        case contract.LineIdle():
            return replace(status, idle=event.idle)
        case contract.LineHealth():
            return replace(status, health=event)
        case contract.CallRinging():
            return replace(status, ringing=event.number or "unknown")
        case contract.CallEnded():
            return replace(status, ringing=None)
        case (
            contract.PinRefused()
            | contract.Repair()
            | contract.MissedBook()
            | contract.Recorded()
            | contract.PartSent()
            | contract.TextSent()
            | contract.TextFailed()
            | contract.TextUnconfirmed()
            | contract.NotStarted()
            | contract.TextReceived()
            | contract.ReportReceived()
        ):
            return status
        case _:
            assert_never(event)


@dataclass
class LineHandle:
    """One modem. request: asks it for something; sending: the message that it has been given."""

    request: Callable[[Request], None]
    status: LineStatus
    sending: int | None = None

    @property
    def is_free(self) -> bool:
        """Could a text be started on it at once?"""
        return self.status.idle and self.sending is None

    def has_told(self, event: contract.Event) -> None:
        """Takes over what this event says of the line's status."""
        self.status = after(self.status, event)

    def hand_over(self, text: contract.SendText) -> None:
        """Gives the modem a text to send; until `text_is_over` the line is not free."""
        self.sending = text.message_id
        self.request(text)

    def queue_is(self, stopped: Trouble | None) -> None:
        """Notes whether the queue goes on. stopped: why no text goes out, None if they do."""
        self.status = replace(self.status, stopped=stopped)

    def text_is_over(self, stopped: Trouble | None) -> None:
        """The text that it was given has gone out, or not. stopped: as for `queue_is`."""
        self.sending = None
        self.queue_is(stopped)
