"""What becomes of a request."""

from dataclasses import dataclass
from datetime import datetime

from modem.contract import Coded


@dataclass(frozen=True)
class Decision:
    """The decision that would be made: its trace as calls keep it, the text and when it would go out, or the reason why none
    would."""

    trace: tuple[dict[str, str], ...]
    body: str | None
    due: datetime | None
    reason: str | None


@dataclass(frozen=True)
class Done:
    """Done and committed. message_id: the text that was queued, decision: what DryRun asked for; undo: the key of an Undo that
    takes it back, where that can be done."""

    message_id: int | None = None
    decision: Decision | None = None
    undo: str | None = None


@dataclass(frozen=True)
class Rejected:
    """Not done; `why` has the code, a `Refused`, and its facts."""

    why: Coded


@dataclass(frozen=True)
class Pending:
    """The loop has the request and has not yet committed it: the database is busy or full."""


Answer = Done | Rejected | Pending
