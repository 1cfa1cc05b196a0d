"""The frozen rows that views hand out, and what all of them need: places to go on from, the textback state of a call."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import ColumnElement, and_, or_

from bridge.records.tables import Call, Message
from bridge.rules.policy import Reason
from bridge.rules.states import Direction, MessageKind, MessageStatus, Textback

# What the call's chip says for each status of the text that answers it.
TEXTBACK = {
    MessageStatus.QUEUED: (Textback.SCHEDULED, None),
    MessageStatus.SENDING: (Textback.SENDING, None),
    MessageStatus.SENT: (Textback.SENT, None),
    MessageStatus.DELIVERED: (Textback.DELIVERED, None),
    MessageStatus.FAILED: (Textback.FAILED, None),
    MessageStatus.UNCONFIRMED: (Textback.UNCONFIRMED, None),
    MessageStatus.CANCELLED: (Textback.CANCELLED, Reason.SUPERSEDED),
    MessageStatus.EXPIRED: (Textback.SKIPPED, Reason.EXPIRED),
}


# So many contacts are looked at for a search, and so many unread texts for the list of conversations.
FOUND, UNREAD = 200, 500


@dataclass(frozen=True)
class BoxNumber:
    """Under which number people reach a line. sim_id: the row of its SIM. number: None where nobody knows it. typed: an owner
    has typed it; told: the SIM tells one. of_another: one was typed for another SIM, and does not hold for this one."""

    sim_id: int
    line: str
    number: str | None
    typed: bool
    told: bool
    of_another: bool


@dataclass(frozen=True)
class CallRow:
    """One call as the page and `calls --json` show it. address: the contact's, None if withheld or unknown. place: in the
    order in which things came; doubtful: the clock was suspect when it stamped the time."""

    id: int
    place: int
    address: str | None
    name: str
    withheld: bool
    started: datetime
    ended: datetime | None
    rings: int | None
    outcome: str | None
    missed: bool
    textback: Textback
    reason: Reason | None
    trace: tuple[dict[str, str], ...]
    message_id: int | None
    text_error: str | None
    text_at: datetime | None
    line: str
    forwarded: bool = False
    urgent: bool = False
    called_back: datetime | None = None
    called_back_by: str | None = None
    opted_out: bool = False
    excluded: bool = False
    blocked: bool = False
    doubtful: bool = False

    @property
    def seconds(self) -> int | None:
        """How long it rang or lasted."""
        return None if self.ended is None else max(0, round((self.ended - self.started).total_seconds()))


@dataclass(frozen=True)
class MessageRow:
    """One text as the page and `messages --json` show it. place, doubtful: as those of a call."""

    id: int
    place: int
    address: str
    name: str
    direction: Direction
    kind: MessageKind
    body: str
    status: MessageStatus
    error: str | None
    created: datetime
    due: datetime | None
    sent: datetime | None
    delivered: datetime | None
    parts: int
    call_id: int | None
    author: str | None
    line: str
    doubtful: bool = False


@dataclass(frozen=True)
class ConversationRow:
    """One contact with the last thing that was said. `last` is None where there have been calls only. unread: how many texts
    nobody has read. waits_since, waits_place: since when they wait for an answer, None if they do not. key: the
    contact's id. place: of the last sign of life, for the next page; doubtful: the clock was suspect then."""

    key: int
    place: int
    address: str
    name: str
    last_seen: datetime
    last: MessageRow | None
    unread: int
    waits_since: datetime | None = None
    waits_place: int | None = None
    done: bool = False
    assignee: str | None = None
    labels: tuple[str, ...] = ()
    snoozed_until: datetime | None = None
    doubtful: bool = False


@dataclass(frozen=True)
class NoteRow:
    """A word between colleagues in a conversation. place, doubtful: as those of a call."""

    id: int
    place: int
    at: datetime
    author: str
    body: str
    doubtful: bool = False


@dataclass(frozen=True)
class AuditRow:
    """Who changed what. address and name: of the person that it was done to, if anybody."""

    id: int
    at: datetime
    who: str
    what: str
    address: str | None
    name: str


# A row's place in the order in which rows came, and its id, for those that have the same.
Place = tuple[int, int]


ThreadRow = CallRow | MessageRow | NoteRow


def textback(call: Call, message: Message | None) -> tuple[Textback, Reason | None]:
    """(state, reason) of a call: its own reason if it has one, else what became of its text."""
    if call.reason is not None:
        superseded = call.reason is Reason.SUPERSEDED
        return (Textback.CANCELLED if superseded else Textback.SKIPPED), call.reason
    if message is None:
        return Textback.NONE, None
    return TEXTBACK[message.status]


def moment(row: ThreadRow) -> datetime:
    """When a row of a thread was made."""
    match row:
        case CallRow():
            return row.started
        case MessageRow():
            return row.created
        case NoteRow():
            return row.at
        case _:
            assert_never(row)


def came_first(table: Any) -> tuple[Any, Any]:
    """The order in which this table's rows came."""
    return table.place, table.id


def last_first(table: Any) -> tuple[Any, Any]:
    """The order of this table's rows in which those that came last stand first."""
    return table.place.desc(), table.id.desc()


def came_before(table: Any, before: Place) -> ColumnElement[bool]:
    """Of this table what came before that place; the first comparison is what an index can begin at."""
    place, key = before
    return and_(table.place <= place, or_(table.place < place, table.id < key))
