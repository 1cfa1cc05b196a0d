"""The lines that say that a caller is there: RING, CLIP, CNAP, CCWA, states of incoming and waiting, the indicator
callsetup; which call each is about, and when it is the next caller's. Pure.

Each rule that no standard has names a transcript of tests/transcripts that goes wrong without it.
"""

from modem.at.numbers import has_lost_digits, may_be_same
from modem.at.urc import CallerId, CallState, CallStatus, Ring, Waiting
from modem.calls.call import NEVER, Call, Phase
from modem.calls.open_calls import OpenCalls
from modem.calls.outgoing import DataCalls, Outgoing
from modem.calls.timing import CallTiming


class Signs:
    """Takes each sign to the call that it is about, or begins one."""

    def __init__(self, calls: OpenCalls, outgoing: Outgoing, data: DataCalls, timing: CallTiming) -> None:
        self._calls = calls
        self._outgoing = outgoing
        self._data = data
        self._timing = timing

    # ---- RING, CLIP, CCWA

    def ring(self, ring: Ring, now: float) -> None:
        """RING, or +CRING, which tells what kind of call it is (27.007 CRC)."""
        if ring.voice is False or (ring.voice is None and self._data.ringing(now)):
            self._data.rings(now)
            return
        if ring.voice:
            self._data.over()
        call = self._still_ringing(now) or self._calls.find(Phase.WAITING) or self._not_taken(now)
        if call is None:
            if self._calls.is_stray(now):
                return
            call = self._calls.begin(Phase.RINGING, now)
        if call.hung_up_at is not None:
            if now - call.hung_up_at < self._timing.stray:
                return
            call.rang_again_at = now if call.rang_again_at is None else call.rang_again_at
        call.become(Phase.RINGING)
        call.last_sign, call.voice = now, call.voice or ring.voice is True
        call.rings += 1
        call.rings_since_named.append(now)

    def caller(self, caller: CallerId, now: float) -> None:
        """+CLIP: who calls."""
        if self._data.ringing(now):
            return
        number, withheld = caller.number, caller.withheld
        call = self._still_ringing(now)
        if call is None:
            if self._calls.is_stray(now) or self._is_talking(number, withheld, now):
                return
            waiting = self._calls.find(Phase.WAITING)
            fits = waiting and not waiting.is_other(number, withheld, True, now)
            call = waiting if waiting and fits else self._calls.begin(Phase.RINGING, now)
        self._name_by_clip(call, number, withheld, caller.name, now)

    def caller_name(self, name: str, now: float) -> None:
        """+CNAP: the name of the caller who rings. It comes around +CLIP, seldom before the RING (27.007 CNAP); by itself
        it says of nobody that he is there."""
        if self._data.ringing(now):
            return
        call = self._still_ringing(now) or self._calls.find(Phase.WAITING)
        if call or not self._calls.find(Phase.CONNECTED):
            self._calls.name_caller(call, name, now)

    def waiting(self, waiting: Waiting, now: float) -> None:
        """+CCWA: who calls while another call goes on."""
        call = self._calls.find(Phase.WAITING) or self._calls.begin(Phase.WAITING, now)
        call.voice = True
        self._name_by_clip(call, waiting.number, waiting.withheld, "", now)

    def call_setup(self, now: float) -> None:
        """The indicator callsetup says that a call comes in (27.007 CIND), and nothing of who calls."""
        waiting = self._calls.find(Phase.WAITING)
        if self._calls.find(Phase.RINGING) or waiting or self._calls.is_stray(now):
            return
        busy = self._outgoing.on or self._calls.find(Phase.CONNECTED)
        self._calls.begin(Phase.WAITING if busy else Phase.RINGING, now).stateful = True

    # ---- states

    def state(self, state: CallState, now: float, listed: bool) -> None:
        """A state of incoming or waiting. listed: from an answer to AT+CLCC, else by itself."""
        call = self._of_state(state, now, listed)
        if call is None:
            if self._calls.is_stray(now):
                return
            waits = state.status == CallStatus.WAITING
            call = self._calls.begin(Phase.WAITING if waits else Phase.RINGING, now)
        if call.phase is Phase.CONNECTED:
            return
        if state.status == CallStatus.INCOMING and not self._calls.find(Phase.CONNECTED):
            call.become(Phase.RINGING)
        call.index, call.last_sign, call.voice = state.index or call.index, now, True
        call.stateful, call.listed = call.stateful or not listed, call.listed or listed
        if state.number is not None or state.withheld:
            self._name_by_state(call, state, self._rings_from(listed, now), now)

    def _of_state(self, state: CallState, now: float, listed: bool) -> Call | None:
        """The call that such a state is about, which may begin with it as the next one of another that it
        ends."""
        call = self._calls.of_state(state)
        if call and call.phase is Phase.RINGING and not listed:
            call = self._still_ringing(now)
        if call and call.phase is Phase.CONNECTED and self._took_its_index(call, state, now):
            self._calls.end(call, now)
            call = None
        if state.status != CallStatus.INCOMING:
            return call
        since = self._rings_from(listed, now)
        if call and not listed and call.did_hang_up(since):
            call.rang_again_at = None
            return self._next(call, call.rings_of_next(since, clip=False), now, state.index)
        other = self._calls.find(Phase.RINGING)
        if call is None and other and other.index and state.index:
            return self._next(other, other.rings_of_next(since, clip=False), now, state.index)
        return call

    def _rings_from(self, listed: bool, now: float) -> float:
        """From when on a RING is the one that this state is about: a line by itself comes just after its
        RING, or before."""
        return NEVER if listed else now - self._timing.burst

    # ---- who it is

    def _name_by_clip(self, call: Call, number: str | None, withheld: bool, name: str, now: float) -> None:
        if call.is_other(number, withheld, True, now):
            call = self._next(call, call.rings_of_next(NEVER, clip=True), now, call.index)
        call.name = name or call.name
        self._learn(call, number, withheld, vague=False, now=now)
        call.times_named += 1
        call.rings_since_named = []

    def _name_by_state(self, call: Call, state: CallState, since: float, now: float) -> None:
        if call.is_other(state.number, state.withheld, False, now):
            call = self._next(call, call.rings_of_next(since, clip=False), now, call.index)
        self._learn(call, state.number, state.withheld, vague=state.number is None, now=now)

    def _learn(self, call: Call, number: str | None, withheld: bool, vague: bool, now: float) -> None:
        """This is the caller; a number with `+` is better than the same without, and one with all its digits."""
        better = number is not None and (
            call.number is None
            or (number[0] == "+" and call.number[0] != "+")
            or has_lost_digits(call.number, number)
        )
        if better or not call.known:
            call.vague = vague
            self._calls.name(call, number, withheld, now)
        call.last_sign = now

    def _next(self, call: Call, rings: list[float], now: float, index: int | None) -> Call:
        """Another caller than this one's rings, and has done so with these RINGs: this one is over
        (huawei-another-caller-end-lost)."""
        phase = call.phase
        call.rings -= len(rings)
        named, before = call.named
        if rings and named >= rings[0]:  # +CNAP came before the CLIP, and was the next caller's
            self._calls.name_caller(None, call.name, named)
            call.name = before
        self._calls.end(call, now)
        call = self._calls.begin(phase, now)
        call.rings, call.rings_since_named, call.index, call.voice = len(rings), rings, index, True
        return call

    # ---- rules that no standard has

    def _still_ringing(self, now: float) -> Call | None:
        """The call that rings. One that has rung and was silent for long is over, and this sign is the next
        one's (simcom-lte-more-one-ring-state-repeated)."""
        call = self._calls.find(Phase.RINGING)
        if call and call.rings and now - call.last_sign > self._timing.silence:
            self._calls.end(call, now, wait=False)
            return None
        return call

    def _not_taken(self, now: float) -> Call | None:
        """The connected call, if an indicator alone said so and the RINGs go on all the same
        (generic-more-call-indicator-with-the-first-ring)."""
        call = self._calls.find(Phase.CONNECTED)
        if call is None or not call.guessed:
            return None
        goes_on = now - call.connected_at > self._timing.stray and now - call.last_sign < self._timing.cadence
        return call if goes_on else None

    def _is_talking(self, number: str | None, withheld: bool, now: float) -> bool:
        """A CLIP of the call that has been answered, which was printed late
        (generic-more-clip-after-answer)."""
        call = self._calls.find(Phase.CONNECTED)
        return call is not None and call.known and not call.is_other(number, withheld, True, now)

    def _took_its_index(self, call: Call, state: CallState, now: float) -> bool:
        """Does another caller ring under the index of the connected call? Then the end line of that one was
        lost (simcom-lte-more-next-call-under-the-index-of-the-connected)."""
        same = state.index and call.index == state.index and state.status == CallStatus.INCOMING
        return bool(same) and not may_be_same(call.number, state.number) and not self._calls.is_stray(now)
