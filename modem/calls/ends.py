"""The lines that say that a call is over: which call each is about, and whether it tells of an end that is
known. Pure.

Few of them name a call, and several tell of one end (VOICE CALL: END, NO CARRIER, CLCC 6, MISSED_CALL): a
kind of line that follows an end at once and has not told of it yet is its echo. Each rule that no
standard has names a transcript of tests/transcripts that goes wrong without it.
"""

from modem.at.numbers import may_be_same, same_number
from modem.at.urc import CallState, Ended
from modem.calls.call import NEVER, Call, LastEnd, Phase
from modem.calls.open_calls import OpenCalls
from modem.calls.outgoing import DataCalls, Outgoing
from modem.calls.timing import CallTiming

STATE, MISSED_CALL = "state", "MISSED_CALL"


class Ends:
    """Takes each end to the call that it is about."""

    def __init__(self, calls: OpenCalls, outgoing: Outgoing, data: DataCalls, timing: CallTiming) -> None:
        self._calls = calls
        self._outgoing = outgoing
        self._data = data
        self._timing = timing

    def line(self, end: Ended, now: float, number: str | None = None) -> None:
        """An end line. number: the caller's, where it tells one."""
        calls = self._calls
        if self._data.ringing(now) and not calls.find(Phase.RINGING):
            self._data.over()
            return
        if self._is_echo(end, number, now):
            return
        call = calls.with_index(end.index, number)
        if call is None and self._outgoing.on and self._outgoing.is_at(end.index):
            self.outgoing(now, LastEnd(now, end.index, None, {end.word}))
            return
        if call is None and self._only_a_list_can_tell():
            calls.polled = NEVER
            return
        call = call or calls.ending(end.index, number)
        if call is None or self._is_picked_up(call, end):
            return
        if end.talked:
            calls.connect(call, now)
        self._end(call, number, end.cause, now, {end.word})

    def state(self, state: CallState, now: float, listed: bool) -> None:
        """A state of ended. In a list (listed) it may be an old one: there it counts by index or number
        alone."""
        call = self._calls.with_index(state.index, state.number) or self._named(state)
        if call is not None:
            self._end(call, state.number, state.cause, now, {STATE})
        elif self._calls.unnamed and state.number is not None:
            self.missed_call(state.number, now)
        elif not listed:
            self.line(Ended(state.index, state.cause, word=STATE), now, state.number)

    def outgoing(self, now: float, end: LastEnd | None = None) -> None:
        """Our own call is over. end: how that was told; without, a line of any kind may do so yet."""
        self._outgoing.over()
        self._calls.last = end or LastEnd(now, words=set())

    def missed_call(self, number: str | None, now: float) -> None:
        """SIMCom's MISSED_CALL: the end of a call that was seen, the echo of one, or all that is ever told of
        a call."""
        calls = self._calls
        unanswered = [call for call in calls.calls if call.phase is not Phase.CONNECTED]
        call = next((c for c in unanswered if c.number and same_number(c.number, number)), None)
        if call is None and calls.unnamed:
            if number is not None:
                calls.name(calls.unnamed, number, calls.unnamed.withheld, now)
            calls.close_unnamed()
            return
        call = call or next((c for c in unanswered if may_be_same(c.number, number)), None)
        if call is None and self._is_aftermath(number, now):
            return
        lost = call is None
        call = call or calls.begin(Phase.RINGING, now)
        if number is not None and not call.known:
            calls.name(call, number, call.withheld, now)
        calls.end(call, now, lost=lost, words={MISSED_CALL}, wait=False)

    def _end(self, call: Call, number: str | None, cause: int | None, now: float, words: set[str]) -> None:
        if number is not None and not call.known:
            self._calls.name(call, number, call.withheld, now)
        call.cause = cause
        self._calls.end(call, now, words=words)

    def _named(self, state: CallState) -> Call | None:
        """The call with the number of this state, unless both have an index: then it would have been found by
        that (generic-more-both-end-within-a-moment)."""
        same = [c for c in self._calls.calls if state.number and same_number(c.number, state.number)]
        return next((call for call in same if not call.index or not state.index), None)

    # ---- rules that no standard has

    def _is_echo(self, end: Ended, number: str | None, now: float) -> bool:
        """Does this line tell of the last end once more? It may still tell its cause
        (huawei-gtm900-second-rings-on)."""
        calls, last = self._calls, self._calls.last
        if now - last.at >= self._timing.echo or calls.with_index(end.index, number):
            return False
        if any(call.began > last.at and call.phase is Phase.CONNECTED for call in calls.calls):
            return False  # it began after that end and was answered since: this is its own
        same_index = end.index is not None and end.index == last.index
        if last.words is None:
            return same_index
        news = end.word not in last.words
        last.words.add(end.word)
        if news and calls.unnamed and calls.unnamed.cause is None:
            calls.unnamed.cause = end.cause
        return news or same_index

    def _is_aftermath(self, number: str | None, now: float) -> bool:
        """Does MISSED_CALL tell of the last end, which has not been told so yet? It comes later than the
        other lines (simcom-lte-ends-order-00)."""
        last = self._calls.last
        if now - last.at >= self._timing.aftermath or not may_be_same(last.number, number):
            return False
        words = last.words if last.words is not None else set()
        if MISSED_CALL in words:
            return False
        last.words = words | {MISSED_CALL}
        return True

    def _only_a_list_can_tell(self) -> bool:
        """Is one call connected and another waiting, and AT+CLCC knows which of them is over? Recordings have
        no lists of ours: see test_which_of_two_calls_is_over_only_the_list_tells."""
        calls = self._calls
        return calls.has_list and bool(calls.find(Phase.CONNECTED) and calls.find(Phase.WAITING))

    def _is_picked_up(self, call: Call, end: Ended) -> bool:
        """ZTE says STOPRING at the end of the ringing, also when that is because we answer
        (vendors-more-zte-stopring-on-answer)."""
        return call.picking_up and end.word == "STOPRING"
