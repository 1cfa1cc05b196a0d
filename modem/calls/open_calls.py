"""The calls that one line has now: how one begins, is found, and ends, and what is told of it. Pure; which line means what,
`calls` knows."""

from modem.at.urc import CallState
from modem.calls.call import (
    DATA,
    FITTING,
    MARK_BEFORE,
    MOST_CALLS,
    NEVER,
    POLL_RINGING,
    Call,
    CallEvent,
    End,
    may_be_same,
)
from modem.contract import CallEnded, CallRinging


class CallList:
    """What `Calls` keeps. _nameless: a call that is over and may still be named; _last: the last end, for its echoes."""

    def __init__(self, line: str, first_key: int) -> None:
        self.line = line
        self._next_key = first_key
        self._calls: list[Call] = []
        self._nameless: Call | None = None
        self._last = End()
        self._events: list[CallEvent] = []
        self._polled = NEVER
        self._rejected_at = NEVER
        self._forwarded_at = NEVER

    def _begin(self, state: str, now: float) -> Call:
        self._lay()
        call = Call(self._next_key, state, began=now, sign=now)
        call.forwarded = now - self._forwarded_at <= MARK_BEFORE
        self._forwarded_at = NEVER
        self._next_key += 1
        if len(self._calls) == MOST_CALLS:
            self._end(self._calls[0], now, wait=False)
        if not self._calls:
            self._polled = now - POLL_RINGING / 2  # the first list half a second after the first sign
        self._calls.append(call)
        self._announce(call, now)
        return call

    def _announce(self, call: Call, now: float) -> None:
        self._events.append(CallRinging(self.line, now, call.key, call.number, call.withheld, call.name))

    def _end(
        self,
        call: Call,
        now: float,
        words: set[str] | None = None,
        lost: bool = False,
        data: bool = False,
        wait: bool = True,
    ) -> None:
        """It is over. words: what told so, None where nothing did. wait: it may still be named."""
        self._calls.remove(call)
        if call.state == "waiting":
            words = None  # mostly nothing tells of it: NO CARRIER is of the other call
        self._last = End(now, call.index, call.number, words)
        unnamed = call.state == "ringing" and not call.known and not call.hanging_up
        if wait and unnamed and not lost and not data:
            self._lay()
            call.state, call.sign, self._nameless = "nameless", now, call
            return
        if call.state != "connected" and call.hanging_up:
            self._rejected_at = now
        self._tell(call, now, DATA if data else call.outcome(lost))

    def _lay(self) -> None:
        """Nobody has named the nameless call: it is told as it is."""
        for call in self._ghost():
            self._nameless = None
            self._last.number = self._last.number or call.number
            self._tell(call, call.sign, call.outcome(lost=False))

    def _ghost(self) -> list[Call]:
        return [self._nameless] if self._nameless else []

    def _tell(self, call: Call, at: float, outcome: str) -> None:
        rings = call.rings or None
        who = call.number, call.withheld
        self._events.append(
            CallEnded(self.line, at, call.key, *who, outcome, rings, call.cause, call.forwarded, call.name)
        )

    def _said(self) -> list[CallEvent]:
        events, self._events = self._events, []
        return events

    def _find(self, state: str) -> Call | None:
        return next((call for call in self._calls if call.state == state), None)

    def _by_index(self, index: int | None, number: str | None = None) -> Call | None:
        """Telit's #ECAM says 0 for every call, which is no index; and an index is soon given to the next call."""
        call = next((call for call in self._calls if index and call.index == index), None)
        return call if call and may_be_same(call.number, number) else None

    def _in_hand(self, index: int | None, number: str | None) -> Call | None:
        """The call that an end is about which names none: of a second call, the waiting one first."""
        states = ["connected", "ringing", "waiting"]
        if (index or 0) > 1:
            states.sort(key="waiting".__ne__)
        free = [call for call in self._calls if not index or not call.index] or self._calls
        fitting = [call for call in free if may_be_same(call.number, number)]
        return next((call for state in states for call in fitting if call.state == state), None)

    def _of_index(self, state: CallState) -> Call | None:
        """The call that a state is about: by its index, else the one that has none yet and fits."""
        if call := self._by_index(state.index):
            return call
        rings = state.state == "incoming"  # which may be news: the next caller, under the number in hand
        without = [c for c in self._calls if not c.index or not state.index]
        free = [c for c in without if rings or may_be_same(c.number, state.number)]
        return next((call for name in FITTING[state.state] for call in free if call.state == name), None)
