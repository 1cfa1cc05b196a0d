"""The lines that tell the state of a call by its place in AT+CLCC, the answers to AT+CLCC, and the indicators
of 27.007 CIND; what they say of a caller or an end goes on to `signs` and `ends`. Pure."""

from typing import assert_never

from modem.at.urc import CallState, CallStatus, Connected, Ended
from modem.calls.call import Call, LastEnd, Phase
from modem.calls.ends import STATE, Ends
from modem.calls.open_calls import OpenCalls
from modem.calls.outgoing import DataCalls, Outgoing
from modem.calls.signs import Signs
from modem.calls.timing import CallTiming


class States:
    """Takes each state to the call that it is about. signs, ends: where states of callers and of ends go."""

    def __init__(
        self,
        calls: OpenCalls,
        outgoing: Outgoing,
        data: DataCalls,
        signs: Signs,
        ends: Ends,
        timing: CallTiming,
    ) -> None:
        self._calls = calls
        self._outgoing = outgoing
        self._data = data
        self._signs = signs
        self._ends = ends
        self._timing = timing
        self._list_proven = False  # AT+CLCC has shown a voice call here
        self._shown: dict[int, float] = {}  # when a ^SLCC list showed this index last

    def state(self, state: CallState, now: float, listed: bool = False) -> None:
        """A line about one call. listed: from an answer to AT+CLCC, else by itself."""
        if not state.voice:
            self._data_call(state, now)
            return
        if state.snapshot and state.index:
            self._shown[state.index] = now
        if state.incoming is False and not self._misread(state):
            self._of_outgoing(state, now)
            return
        match state.status:
            case CallStatus.ENDED:
                self._ends.state(state, now, listed)
            case CallStatus.ACTIVE | CallStatus.HELD:
                self._active(state, now, listed)
            case CallStatus.INCOMING | CallStatus.WAITING:
                self._signs.state(state, now, listed)
            case CallStatus.DIALING | CallStatus.ALERTING:
                pass  # without a direction they say nothing of a caller
            case _:
                assert_never(state.status)

    def listed(self, states: tuple[CallState, ...], now: float) -> None:
        """A whole answer to AT+CLCC: each state counts, and so does what it does not show."""
        voices = tuple(state for state in states if state.voice)
        ours = [state for state in voices if state.incoming is False and not self._misread(state)]
        caller_there = any(v.status in (CallStatus.INCOMING, CallStatus.WAITING) for v in voices)
        for state in states:
            if state.voice or not caller_there:
                self.state(state, now, listed=True)
        self._outgoing.on = any(state.status != CallStatus.ENDED for state in ours)
        self._list_proven = self._list_proven or bool(voices)
        for call in self.missing(states, now):
            self._calls.end(call, now)

    def missing(self, states: tuple[CallState, ...], now: float) -> list[Call]:
        """The calls that this answer to AT+CLCC ends by not showing them."""
        present = {state.index for state in states if state.voice and state.status != CallStatus.ENDED}
        return [
            call
            for call in self._calls.calls
            if call.index not in present and self._absence_counts(call, now)
        ]

    def list_closed(self, now: float) -> None:
        """An empty ^SLCC closes every list: what has not just been shown is gone
        (generic-more-closed-list-ends-the-call)."""
        shown = {index for index, at in self._shown.items() if now - at < self._timing.burst}
        self._shown.clear()
        for call in [call for call in self._calls.calls if call.stateful and call.index not in shown]:
            self._calls.end(call, now, words={"SLCC"})
        if self._outgoing.is_missing(shown):
            self._outgoing.over()

    def connected(self, connected: Connected, now: float, guessed: bool = False) -> None:
        """A line says that a call is connected: the one with that index, else the one that rings or waits.
        guessed: an indicator says so."""
        index = connected.index
        call = self._calls.with_index(index)
        if call is None and (not self._outgoing.on or self._outgoing.is_elsewhere(index)):
            call = self._calls.find(Phase.RINGING) or self._calls.find(Phase.WAITING)
        if call is not None and not self._calls.is_stray(now):
            call.index = index or call.index
            self._calls.connect(call, now, guessed)

    def indicator(self, name: str, value: int, now: float) -> None:
        """27.007 CIND: `call`; `callsetup` with 1 incoming, 2 and 3 outgoing; `callheld` with 1 while another
        is active. A6, A9G and Cinterion print the name of `call` without a mapping."""
        match name, value:
            case "callsetup", 1:
                self._signs.call_setup(now)
            case "callsetup", 2 | 3:
                self._outgoing.on = True
            case "callsetup", 0:
                if call := self._calls.find(Phase.RINGING) or self._calls.find(Phase.WAITING):
                    self._calls.end(call, now, words={name})
                self._outgoing.set_up()
            case "callheld", 1:
                if call := self._calls.find(Phase.WAITING):
                    self._calls.connect(call, now)
            case "call", 1:
                self.connected(Connected(), now, guessed=True)
            case "call", 0:
                self._ends.line(Ended(word=name), now)
        if name == "call":
            self._outgoing.indicate(value == 1)

    def _of_outgoing(self, state: CallState, now: float) -> None:
        """A state of a call that we make."""
        if state.status != CallStatus.ENDED:
            self._outgoing.dials(state.index)
        elif self._outgoing.on:
            self._ends.outgoing(now, LastEnd(now, state.index, state.number, {STATE}))

    def _active(self, state: CallState, now: float, listed: bool) -> None:
        """A call is connected. Where no direction is told and we call somebody, only the index says that it
        is a caller's."""
        call = self._calls.of_state(state)
        if call and (state.incoming is not None or not self._outgoing.on or call.index == state.index):
            call.index, call.listed = state.index or call.index, listed or call.listed
            call.last_sign = now
            self._calls.connect(call, now)

    def _data_call(self, state: CallState, now: float) -> None:
        """A data call rings: the plain RINGs are its own, also those that came before."""
        if state.status == CallStatus.ENDED:
            self._data.over()
        elif state.status == CallStatus.INCOMING:
            call = self._calls.find(Phase.RINGING)
            if call and not call.voice and call.index in (None, state.index):
                self._calls.end(call, now, data=True)
            if not self._calls.find(Phase.RINGING):
                self._data.rings(now)

    # ---- rules that no standard has

    def _misread(self, state: CallState) -> Call | None:
        """The caller's call that a line gives the wrong direction, as E1550 does, but never before the call
        rings (generic-more-wrong-direction)."""
        told = (CallStatus.ACTIVE, CallStatus.HELD, CallStatus.ENDED)
        if self._outgoing.on or state.status not in told:
            return None
        return self._calls.with_index(state.index, state.number)

    def _absence_counts(self, call: Call, now: float) -> bool:
        """Does it end a call that AT+CLCC does not show it? Where some list has shown this one
        (generic-more-gone-from-the-list); or any call, once this one has had the time to appear
        (generic-more-list-empty-after-first-ring); or after a minute for one that is connected, if lists
        never show anything here (test_a_list_that_stays_empty_ends_what_runs)."""
        timing = self._timing
        proven = self._list_proven and now - call.last_sign >= timing.list_grace
        connected = call.phase is Phase.CONNECTED
        return call.listed or proven or (connected and now - call.connected_at >= timing.list_doubt)
