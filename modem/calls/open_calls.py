"""The calls that one line has now: how one begins, is found and ends, and what is told of it; which line
means what is decided by `signs`, `states` and `ends`. Pure."""

from modem.at.numbers import may_be_same
from modem.at.urc import CallState, CallStatus
from modem.calls.call import NEVER, Call, CallEvent, LastEnd, Phase
from modem.calls.timing import CallTiming
from modem.contract import CallEnded, CallOutcome, CallRinging

# No network gives a phone more calls at once (22.030 6.5.5).
MOST_CALLS = 7
# Which call of ours a state may be about that names none, the likeliest first.
FITTING: dict[CallStatus, tuple[Phase, ...]] = {
    CallStatus.INCOMING: (Phase.RINGING, Phase.WAITING, Phase.CONNECTED),
    CallStatus.WAITING: (Phase.WAITING,),
    CallStatus.ACTIVE: (Phase.CONNECTED, Phase.RINGING, Phase.WAITING),
    CallStatus.HELD: (Phase.CONNECTED, Phase.RINGING, Phase.WAITING),
}


class OpenCalls:
    """The calls of one line that have not been told as ended. Instants are seconds of any clock that never
    goes back.

    calls: those that go on. unnamed: one that is over and may still be named. last: the last end. has_list:
    AT+CLCC works here; polled: when it was asked last.
    """

    def __init__(self, line: str, timing: CallTiming, first_key: int = 1) -> None:
        self.calls: list[Call] = []
        self.unnamed: Call | None = None
        self.last = LastEnd()
        self.has_list = False
        self.polled = NEVER
        self._line = line
        self._timing = timing
        self._next_key = first_key
        self._events: list[CallEvent] = []
        self._rejected_at = NEVER
        self._forwarded_at = NEVER
        self._named = NEVER, ""

    # ---- a call's life

    def begin(self, phase: Phase, now: float) -> Call:
        """A new call is there, and is told."""
        self.close_unnamed()
        call = Call(self._next_key, phase, began=now, timing=self._timing, last_sign=now)
        call.forwarded = now - self._forwarded_at <= self._timing.mark_before
        self._forwarded_at = NEVER
        if now - self._named[0] <= self._timing.mark_before:
            call.named, call.name = (self._named[0], ""), self._named[1]
        self._named = NEVER, ""
        self._next_key += 1
        if len(self.calls) == MOST_CALLS:
            self.end(self.calls[0], now, wait=False)
        if not self.calls:
            self.polled = (
                now - self._timing.poll_ringing / 2
            )  # the first list half a second after the first sign
        self.calls.append(call)
        self._announce(call, now)
        return call

    def name(self, call: Call, number: str | None, withheld: bool, now: float) -> None:
        """It is known now who calls, or that the caller hides it; this is told."""
        call.number, call.withheld = number, withheld
        self._announce(call, now)

    def name_caller(self, call: Call | None, name: str, now: float) -> None:
        """+CNAP: the network's name for the caller of this call, else of the one that begins next; this is told."""
        if call is None:
            self._named = now, name
        elif call.name != name:
            call.named, call.name = (now, call.name), name
            self._announce(call, now)

    def connect(self, call: Call, now: float, guessed: bool = False) -> None:
        """It has been answered on this modem. guessed: an indicator alone says so."""
        call.guessed = guessed and (call.guessed or call.phase is not Phase.CONNECTED)
        if call.phase is not Phase.CONNECTED:
            call.become(Phase.CONNECTED)
            call.connected_at = now

    def forward(self, now: float) -> None:
        """+CSSU, which comes around the RING: it is about the call that rings, else about the next one
        (27.007 CSSU)."""
        if call := self.find(Phase.RINGING) or self.find(Phase.WAITING):
            call.forwarded = True
        else:
            self._forwarded_at = now

    def end(
        self,
        call: Call,
        now: float,
        words: set[str] | None = None,
        lost: bool = False,
        data: bool = False,
        wait: bool = True,
    ) -> None:
        """It is over. words: the kinds of line that say so, None where nothing did. lost: the modem or port
        was lost. data: it was a data call. wait: a later line may still name its caller."""
        self.calls.remove(call)
        if call.phase is Phase.WAITING:
            words = None  # mostly nothing tells of it: NO CARRIER is about the other call
        self.last = LastEnd(now, call.index, call.number, words)
        nameless = call.phase is Phase.RINGING and not call.known and not call.hanging_up
        if wait and nameless and not lost and not data:
            self.close_unnamed()
            call.become(Phase.UNNAMED)
            call.last_sign, self.unnamed = now, call
            return
        if call.phase is not Phase.CONNECTED and call.hanging_up:
            self._rejected_at = now
        self._tell_end(call, now, CallOutcome.DATA if data else call.outcome(lost))

    def close_unnamed(self) -> None:
        """Nobody has named the call that waited for it: its end is told as it is. One that is named is in
        simcom-lte-ends-named-by-the-end-00."""
        if call := self.unnamed:
            self.unnamed = None
            self.last.number = self.last.number or call.number
            self._tell_end(call, call.last_sign, call.outcome(lost=False))

    # ---- what is told

    def take_events(self) -> list[CallEvent]:
        """What has happened since the last time, in its order."""
        events, self._events = self._events, []
        return events

    def _announce(self, call: Call, now: float) -> None:
        self._events.append(CallRinging(self._line, now, call.key, call.number, call.withheld, call.name))

    def _tell_end(self, call: Call, at: float, outcome: CallOutcome) -> None:
        who = call.number, call.withheld
        rings = call.rings or None
        self._events.append(
            CallEnded(self._line, at, call.key, *who, outcome, rings, call.cause, call.forwarded, call.name)
        )

    # ---- which call is meant

    def find(self, phase: Phase) -> Call | None:
        """The first call in this phase."""
        return next((call for call in self.calls if call.phase is phase), None)

    def all(self) -> list[Call]:
        """Those that go on, and the one that may still be named."""
        return [*self.calls, *([self.unnamed] if self.unnamed else [])]

    def with_index(self, index: int | None, number: str | None = None) -> Call | None:
        """The call at this place of AT+CLCC. Telit's #ECAM says 0 for every call, which is none; and a place
        is soon given to the next call, so that one with another number is not it
        (generic-more-index-of-another-number)."""
        call = next((call for call in self.calls if index and call.index == index), None)
        return call if call and may_be_same(call.number, number) else None

    def ending(self, index: int | None, number: str | None) -> Call | None:
        """The call that an end line is about which names none that is known: the connected one, else the one
        that rings, else the one that waits; an index above 1 is of a second call, so there the waiting one
        goes first (generic-more-second-index-ends)."""
        phases = [Phase.CONNECTED, Phase.RINGING, Phase.WAITING]
        if (index or 0) > 1:
            phases.sort(key=Phase.WAITING.__ne__)
        free = [call for call in self.calls if not index or not call.index] or self.calls
        fitting = [call for call in free if may_be_same(call.number, number)]
        return next((call for phase in phases for call in fitting if call.phase is phase), None)

    def of_state(self, state: CallState) -> Call | None:
        """The call that a state is about: by its index, else one that has none yet and fits."""
        if call := self.with_index(state.index):
            return call
        rings = (
            state.status == CallStatus.INCOMING
        )  # which may be news: the next caller, at the place of this one
        without = [call for call in self.calls if not call.index or not state.index]
        free = [call for call in without if rings or may_be_same(call.number, state.number)]
        phases = FITTING[state.status]
        return next((call for phase in phases for call in free if call.phase is phase), None)

    def is_stray(self, now: float) -> bool:
        """Does a sign come so soon after we hung up or a call was answered that it was on its way before
        (generic-more-ring-on-its-way)?"""
        connected = self.find(Phase.CONNECTED)
        since = max(self._rejected_at, connected.connected_at if connected else NEVER)
        return now - since < self._timing.stray
