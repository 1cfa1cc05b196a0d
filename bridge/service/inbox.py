"""The loop's inbox: what lies in it, and what is taken out next; what is done about it, the loop knows."""

from collections import deque
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue

from bridge.contract.bridge import Envelope
from bridge.handlers.calendar import CalendarJob
from bridge.rules.one_line import cleaned
from bridge.service.hook_sender import HookTried
from bridge.service.mqtt import MqttNews
from bridge.service.worker import (
    Announced,
    BackedUp,
    BackupFound,
    DatabaseChecked,
    ListsRead,
    MachineSeen,
    ReleaseLooked,
    ServicesTold,
)
from modem import contract

# After so many others in a row, a text that came before the next of them has its turn.
MOST_IN_A_ROW = 20
# Numbers that end in the same digits count as the same here: one may be written as dialled in the country.
SAME_END = 6


@dataclass(frozen=True)
class JobDue:
    """A time of the shop's calendar has come."""

    job: CalendarJob


@dataclass(frozen=True)
class ReadAhead:
    """A call rings of which something is known now: what its decision will need of the rows can be read."""

    ringing: contract.CallRinging


@dataclass(frozen=True)
class HooksDue:
    """Hooks are to be told of something."""


@dataclass(frozen=True)
class Stop:
    """Empty the inbox up to here and end."""


@dataclass(frozen=True)
class ThreadFailed:
    """A thread of ours has failed: the process must end so that it is started anew."""

    error: BaseException


InboxItem = (
    contract.Event
    | Envelope
    | ListsRead
    | Announced
    | ServicesTold
    | DatabaseChecked
    | MachineSeen
    | BackedUp
    | BackupFound
    | ReleaseLooked
    | MqttNews
    | HookTried
    | HooksDue
    | JobDue
    | ReadAhead
    | Stop
    | ThreadFailed
)


@dataclass(frozen=True)
class _Arrival:
    """place: how many came before it."""

    place: int
    item: InboxItem


class Inbox:
    """Calls, and everything else that is short and seldom, go before received texts and reports, of which a thousand may lie
    there. That is safe because

    - everything but texts and reports stays in the order of its coming, and so do texts and reports among themselves: a text
      may be handled later than it came but never earlier, so that a report still finds the text that it is about;
    - a text is stored in the SIM or not acknowledged until it is committed, so that it may wait;
    - what the caller himself wrote before he called is handled before his call: his STOP counts;
    - a text waits for at most MOST_IN_A_ROW others, and Stop waits for all texts that lie there.

    `put` is for every thread and for signal handlers, the rest for the loop's thread.
    """

    def __init__(self) -> None:
        self._came: SimpleQueue[InboxItem] = SimpleQueue()
        self._first: deque[_Arrival] = deque()
        self._texts: deque[_Arrival] = deque()
        self._places = 0
        self._in_a_row = 0

    def put(self, item: InboxItem) -> None:
        """Lay it in. This is the door of what modems and people say: it loses what no database takes."""
        self._came.put(_clean(item))

    def empty(self) -> bool:
        """Does nothing lie there?"""
        return not self._first and not self._texts and self._came.empty()

    def get(self, timeout: float | None = None) -> InboxItem:
        """Take out what is next; wait for it up to `timeout` seconds. Raises queue.Empty where nothing comes."""
        self._sort_all()
        if not self._first and not self._texts:
            self._sort(self._came.get(timeout=timeout))
            self._sort_all()
        if not self._first or self._a_text_is_next(self._first[0]):
            return self._take_text(self._texts[0])
        if (text := self._text_of_the_caller(self._first[0])) is not None:
            return self._take_text(text)
        self._in_a_row = self._in_a_row + 1 if self._texts else 0
        return self._first.popleft().item

    def another_text(self) -> contract.TextReceived | None:
        """Take out one more text, if `get` would give a text next; else None."""
        self._sort_all()
        if self._first or not self._texts:
            return None
        text = self._texts[0].item
        if isinstance(text, contract.TextReceived):
            self._take_text(self._texts[0])
            return text
        return None

    def line_is_free(self, line: str) -> contract.LineIdle | None:
        """Take out the news that this line has become idle, if that comes next, texts not counted; else None."""
        self._sort_all()
        news = self._first[0].item if self._first else None
        if isinstance(news, contract.LineIdle) and news.idle and news.line == line:
            self._first.popleft()
            return news
        return None

    def _sort_all(self) -> None:
        while True:
            try:
                self._sort(self._came.get_nowait())
            except Empty:
                return

    def _sort(self, item: InboxItem) -> None:
        may_wait = isinstance(item, contract.TextReceived | contract.ReportReceived)
        (self._texts if may_wait else self._first).append(_Arrival(self._places, item))
        self._places += 1

    def _a_text_is_next(self, first: _Arrival) -> bool:
        if not self._texts:
            return False
        has_waited = self._in_a_row >= MOST_IN_A_ROW and self._texts[0].place < first.place
        return has_waited or isinstance(first.item, Stop)

    def _text_of_the_caller(self, call: _Arrival) -> _Arrival | None:
        """The first text that came before this call and from the same number."""
        if not isinstance(call.item, contract.CallRinging | contract.CallEnded) or not call.item.number:
            return None
        end = call.item.number[-SAME_END:]
        for text in self._texts:
            if text.place > call.place:
                break
            if isinstance(text.item, contract.TextReceived) and text.item.sender.endswith(end):
                return text
        return None

    def _take_text(self, text: _Arrival) -> InboxItem:
        self._in_a_row = 0
        self._texts.remove(text)
        return text.item


def _clean(item: InboxItem) -> InboxItem:
    """The body of a received text stays: it may end in half an emoji, or be octets; it is cleaned once it is whole."""
    if isinstance(item, contract.TextReceived):
        return replace(cleaned(item), body=item.body)
    return cleaned(item) if isinstance(item, contract.Event | Envelope) else item
