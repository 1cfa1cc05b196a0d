"""What no phone with SMSGate has: calls and why they were texted or not, conversations, contacts, figures, lines, events."""

from typing import Literal

from pydantic import AwareDatetime, Field, NaiveDatetime

from web.api.shapes.base import Between, Moment, Shape
from web.api.shapes.messages import LONGEST_TEXT

LONGEST_NUMBER = 40
# An id of a row.
Key = Field(default=None, ge=0, le=2**31 - 1)


class Step(Shape):
    """One rule that was asked whether the caller gets a text. why: the code of what stopped it, detail: in words."""

    rule: str
    verdict: str
    why: str | None = None
    detail: str


class Call(Shape):
    """One call. textback: what has become of the text back; reason: why there is none, a code, and in words. trace: of one call
    alone."""

    id: int
    line: str
    number: str | None = None
    name: str
    withheld: bool
    started: Moment
    ended: Moment | None = None
    seconds: int | None = None
    rings: int | None = None
    outcome: str | None = None
    missed: bool
    urgent: bool
    forwarded: bool
    textback: str
    reason: str | None = None
    reason_in_words: str | None = None
    message_id: int | None = None
    called_back: Moment | None = None
    called_back_by: str | None = None
    trace: list[Step] | None = None


class CallQuery(Between):
    """show: which; number: of the caller; before: the id of the last call of the page above. from, to: when they began."""

    show: Literal["all", "missed", "answered", "open"] = "all"
    number: str | None = Field(default=None, max_length=LONGEST_NUMBER)
    before: int | None = Key
    limit: int = Field(default=50, ge=1, le=500)


class LineWanted(Shape):
    """Which line; the first where none is named."""

    line: str | None = Field(default=None, max_length=100)


class Text(Shape):
    """One text, in or out. ref: the id by which a program has sent it."""

    id: int
    ref: str | None = None
    line: str
    direction: str
    kind: str
    number: str
    name: str
    body: str
    status: str
    error: str | None = None
    author: str | None = None
    parts: int
    created: Moment
    due: Moment | None = None
    sent: Moment | None = None
    delivered: Moment | None = None
    call_id: int | None = None


class Note(Shape):
    """A word between colleagues."""

    id: int
    author: str
    body: str
    created: Moment


class Item(Shape):
    """One thing in a conversation."""

    type: Literal["call", "text", "note"]
    call: Call | None = None
    text: Text | None = None
    note: Note | None = None


class Conversation(Shape):
    """Everything with one person, by the last thing that was said. waitsSince: somebody here has to answer them."""

    number: str
    name: str
    last_seen: Moment
    waits_since: Moment | None = None
    unread: int
    done: bool
    assignee: str | None = None
    labels: list[str]
    last: Text | None = None


class ConversationQuery(Shape):
    """show: which."""

    show: Literal["open", "done", "all"] = "open"
    limit: int = Field(default=50, ge=1, le=200)


class ThreadQuery(Shape):
    """How much of it, from its end."""

    limit: int = Field(default=100, ge=1, le=500)


class Reply(Shape):
    """A text in a conversation: it answers whoever waits, as if a person had written it. scheduleAt: when it goes out."""

    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    schedule_at: AwareDatetime | NaiveDatetime | None = None


class Replied(Shape):
    """The id of our text."""

    message_id: int


class Contact(Shape):
    """Somebody who called or wrote, or stands in the address book."""

    number: str
    name: str
    notes: str
    kind: str
    blocked: bool
    opted_out_at: Moment | None = None
    first_seen: Moment | None = None
    last_seen: Moment | None = None


class ContactQuery(Shape):
    """search: words of the name, or a part of the number."""

    search: str = Field(default="", max_length=100)
    limit: int = Field(default=50, ge=1, le=500)


class FiguresQuery(Shape):
    """So many days, today the last of them."""

    days: int = Field(default=28, ge=1, le=366)


class Day(Shape):
    """One day: calls, and texts back."""

    date: str
    calls: int
    missed: int
    answered: int
    texts: int
    replies: int
    parts: int


class Figures(Shape):
    """What was counted; medians in seconds. untexted: why missed calls got no text, by code."""

    calls: int
    missed: int
    texts: int
    replies: int
    parts: int
    unanswered: int
    answered_within: float | None = None
    gave_up_after: float | None = None
    untexted: dict[str, int]
    days: list[Day]


class Line(Shape):
    """One modem with its SIM. trouble: why it cannot be used, or no text goes out, in words."""

    name: str
    sim_number: int
    state: str
    model: str | None = None
    number: str | None = None
    operator: str | None = None
    signal: int | None = None
    ringing: bool
    troubles: list[str]


class PauseWanted(Shape):
    """For so many minutes, or (today) for the rest of the day; until /resume if neither is given."""

    minutes: int | None = Field(default=None, ge=1, le=60 * 24 * 60)
    today: bool = False


class DryRunWanted(Shape):
    """A call that is only imagined. at: when it comes, now if not given."""

    number: str | None = Field(default=None, max_length=LONGEST_NUMBER)
    at: AwareDatetime | NaiveDatetime | None = None
    rings: int = Field(default=4, ge=0, le=60)
    outcome: Literal["abandoned", "no_answer", "answered", "answered_elsewhere", "rejected"] = "abandoned"


class Decided(Shape):
    """Whether the caller would be texted: the text and when it goes out, or the reason why not, a code and in words."""

    texted: bool
    body: str | None = None
    due: Moment | None = None
    reason: str | None = None
    reason_in_words: str | None = None
    trace: list[Step]


class EventQuery(Shape):
    """since: the cursor of the last answer; without it, nothing is told but the cursor of now."""

    since: int | None = Field(default=None, ge=0, le=2**63 - 1)
    limit: int = Field(default=100, ge=1, le=500)


class Event(Shape):
    """A call or a text that has come or changed, as it is now."""

    cursor: int
    type: Literal["call", "text"]
    call: Call | None = None
    text: Text | None = None


class Events(Shape):
    """What has happened, in its order; cursor: for the next question. more: there is more to be asked for at once."""

    cursor: int
    more: bool
    events: list[Event]
