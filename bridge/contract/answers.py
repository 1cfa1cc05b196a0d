"""What becomes of a request."""

from dataclasses import dataclass
from datetime import datetime


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
    """Done and committed. message_id: the text that was queued, decision: what DryRun asked for."""

    message_id: int | None = None
    decision: Decision | None = None


@dataclass(frozen=True)
class Rejected:
    """Not done; `sentence` tells the person why and what would be right."""

    sentence: str


@dataclass(frozen=True)
class Pending:
    """The loop has the request and has not yet committed it: the database is busy or full."""

    sentence: str = "The box has noted this, but could not store it yet. It keeps trying."


Answer = Done | Rejected | Pending
