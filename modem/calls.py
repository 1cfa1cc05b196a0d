"""The life of incoming calls as a pure machine: indications and instants go in, CallRinging and CallEnded come out.

Every call is in one of these states; "sign" is any line that says that a caller is there (RING, CLIP, CCWA, a state of
incoming or waiting).

    state     | sign    | connected | end line, or   | silence          | we hang up | reset, or
              |         |           | not listed     |                  |            | port lost
    ----------+---------+-----------+----------------+------------------+------------+-----------
    (none)    | ringing | -         | -              | -                | -          | -
    ringing   | ringing | connected | abandoned (1)  | abandoned        | rejected   | lost
    waiting   | (2)     | connected | waiting        | waiting          | (3)        | lost
    connected | (4)     | connected | answered       | answered (5)     | answered   | answered

(1) or what its release cause says (Q.850, table CAUSES). (2) a RING makes it ringing, a CCWA keeps it waiting.
(3) hanging up ends the call in hand, the waiting one rings next. (4) from another number: a waiting call.
(5) after two hours, where no list tells that it is over.

URCs are hints, AT+CLCC is the truth where the modem has it, a timer is the fallback: `listed` takes its answers,
`next_poll` says when to ask, `tick` lets silence end a call. No line carries a reliable identity, so the end of a call is
taken for: our outgoing call, the call with that index, the connected call, the ringing one, the waiting one.
"""

from dataclasses import dataclass

from modem import urc
from modem.contract import CallEnded, CallRinging
from modem.urc import CallState, Indication

# Seconds. RINGs are 1 to 7 s apart; a call whose state the modem tells by itself may ring without RINGs.
SILENCE = 10.0
STATEFUL_SILENCE = 120.0
WAITING_SILENCE = 30.0
# A call whose end line was lost must not keep the line busy for ever; and no network gives a phone more calls than that
# (22.030 6.5.5: seven).
LONGEST_TALK = 7200.0
MOST_CALLS = 7
# How often AT+CLCC is asked; for a connected call only in case its end line is lost.
POLL_RINGING = 1.0
POLL_CONNECTED = 5.0
# A list that is asked for right after the first RING may still be empty: so long, absence proves nothing.
LIST_GRACE = 3.0
# The lines that describe one end (VOICE CALL: END, NO CARRIER, CLCC 6, MISSED_CALL) come within about two seconds.
AFTERMATH = 5.0
# A RING that was on its way when we hung up or picked up.
STRAY = 1.5

# The mark of a forwarded call may come so long before its first RING.
MARK_BEFORE = 2.0

CAUSES = {18: "no_answer", 19: "no_answer", 102: "no_answer", 26: "answered_elsewhere"}

# Which call of ours a listed state may be about, the likeliest first.
FITTING = {
    "incoming": ("ringing", "waiting", "connected"),
    "waiting": ("waiting",),
    "active": ("connected", "ringing", "waiting"),
    "held": ("connected", "ringing", "waiting"),
}

NEVER = float("-inf")
CallEvent = CallRinging | CallEnded


@dataclass
class _Call:
    """One call; only `Calls` touches it. sign: when it last showed. rings_since_number: RINGs since its last CLIP."""

    key: int
    state: str
    sign: float
    index: int | None = None
    number: str | None = None
    withheld: bool = False
    rings: int = 0
    rings_since_number: int = 0
    stateful: bool = False
    listed: bool = False
    hanging_up: bool = False
    forwarded: bool = False
    connected_at: float = NEVER

    @property
    def known(self) -> bool:
        return self.number is not None or self.withheld

    def silent_at(self) -> float:
        """When silence ends it."""
        if self.state == "connected":
            return self.connected_at + LONGEST_TALK
        if self.state == "waiting":
            return self.sign + WAITING_SILENCE
        return self.sign + (STATEFUL_SILENCE if self.stateful and self.rings < 2 else SILENCE)

    def outcome(self, cause: int | None, lost: bool) -> str:
        if self.state == "connected":
            return "answered"
        if self.hanging_up:
            return "rejected"
        if lost:
            return "lost"
        unheard = "waiting" if self.state == "waiting" else "abandoned"
        return unheard if cause is None else CAUSES.get(cause, unheard)


class Calls:
    """The calls of one line. `has_list`: AT+CLCC works here; `indicators`: what the indices of +CIEV mean."""

    def __init__(self, line: str, first_key: int = 1) -> None:
        self.line = line
        self.has_list = False
        self.indicators: dict[str, str] = {}
        self._next_key = first_key
        self._calls: list[_Call] = []
        self._events: list[CallEvent] = []
        self._outgoing = False
        self._outgoing_since = NEVER
        self._data_until = NEVER
        self._polled = NEVER
        self._list_proven = False
        # The last end, to know its echoes.
        self._ended_at = NEVER
        self._ended_number: str | None = None
        self._rejected_at = NEVER
        self._forwarded_at = NEVER
        self._picked: _Call | None = None

    # ---- what others ask

    @property
    def busy(self) -> bool:
        """Is there any call, of either direction?"""
        return bool(self._calls) or self._outgoing

    @property
    def ringing(self) -> bool:
        return self._find("ringing") is not None

    def next_poll(self) -> float | None:
        """When to ask AT+CLCC, None if not at all."""
        if not self.has_list or not self.busy:
            return None
        hurry = any(call.state != "connected" for call in self._calls)
        return self._polled + (POLL_RINGING if hurry else POLL_CONNECTED)

    def next_tick(self) -> float | None:
        """When silence would end a call, None if none could."""
        moments = [call.silent_at() for call in self._calls if self._can_fall_silent(call)]
        if self._outgoing and not self.has_list:
            moments.append(self._outgoing_since + LONGEST_TALK)
        return min((moment for moment in moments if moment > NEVER), default=None)

    def _can_fall_silent(self, call: _Call) -> bool:
        """Of a call that runs nothing is heard until its end; where there is no list, its end line may be lost."""
        return call.state != "connected" or not self.has_list

    # ---- what goes in; `now` is in seconds of any clock that never goes back

    def take(self, indication: Indication, now: float) -> list[CallEvent]:
        """A URC."""
        match indication:
            case urc.Ring(voice=True):
                self._ring(now)
            case urc.Ring(voice=False):
                self._data_until = now + SILENCE
            case urc.CallerId(number, withheld):
                self._caller(number, withheld, now)
            case urc.Waiting(number, withheld):
                self._learn(self._find("waiting") or self._begin("waiting", now), number, withheld, now)
            case urc.CallState():
                self._state(indication, now)
            case urc.NoCalls():
                self._nobody_left(now)
            case urc.Outgoing():
                self._outgoing = self._outgoing or not self.ringing
            case urc.Connected():
                self._connected(now)
            case urc.Indicator(name, value):
                self._indicator(self.indicators.get(name, name), value, now)
            case urc.Ended(index, cause, seconds):
                self._ended(index, cause, bool(seconds), now)
            case urc.MissedCall(number):
                self._missed(number, now)
            case urc.Forwarded():
                self._forwarded(now)
            case urc.Booted(hard=True):
                self._lose_all(now)
        return self._said()

    def tick(self, now: float) -> list[CallEvent]:
        """Time has passed."""
        if not self._outgoing:
            self._outgoing_since = NEVER
        elif self._outgoing_since == NEVER:
            self._outgoing_since = now
        elif not self.has_list and now >= self._outgoing_since + LONGEST_TALK:
            self._outgoing = False
        for call in list(self._calls):
            if self._can_fall_silent(call) and now >= call.silent_at():
                self._end(call, now)
        return self._said()

    def polling(self, now: float) -> None:
        """AT+CLCC is being asked."""
        self._polled = now

    def listed(self, states: tuple[CallState, ...], asked: float, now: float) -> list[CallEvent]:
        """The whole answer to an AT+CLCC that was asked at `asked`: voice calls only; absence counts."""
        if self._ended_at >= asked:
            return []  # the list may be older than the end that we have seen meanwhile
        for state in states:
            self._state(state, now, listed=True)
        self._outgoing = any(state.incoming is False for state in states)
        self._list_proven = self._list_proven or bool(states)
        present = {state.index for state in states}
        for call in list(self._calls):
            expected = call.listed or (self._list_proven and now - call.sign >= LIST_GRACE)
            if call.index not in present and expected:
                self._end(call, now)
        return self._said()

    def dialled(self) -> None:
        """We are calling somebody (ATD)."""
        self._outgoing = True

    def hanging_up(self) -> None:
        """AT+CHUP or ATH is on its way: an end line that comes before its OK is our doing."""
        if call := self._in_hand():
            call.hanging_up = True

    def hung_up(self, ok: bool, now: float) -> list[CallEvent]:
        """The modem has answered to AT+CHUP or ATH."""
        for call in [call for call in self._calls if call.hanging_up]:
            if ok:
                self._end(call, now)
            call.hanging_up = False
        self._outgoing = self._outgoing and not ok
        return self._said()

    def picking_up(self) -> None:
        """ATA is on its way: it takes the call that rings now, whatever comes before its OK."""
        self._picked = self._find("ringing") or self._find("waiting")

    def picked_up(self, now: float) -> None:
        """OK or CONNECT to our ATA."""
        if self._picked in self._calls and self._picked is not None:
            self._connect(self._picked, now)
        self._picked = None

    def reset(self, now: float) -> list[CallEvent]:
        """The port is lost: what goes on behind it, nobody can see."""
        self._lose_all(now)
        return self._said()

    # ---- indications

    def _ring(self, now: float) -> None:
        self._data_until = NEVER  # +CRC=1 tells the kind with every RING
        call = self._find("ringing") or self._find("waiting")
        if call is None:
            if self._is_stray(now):
                return
            call = self._begin("ringing", now)
        call.state, call.sign = "ringing", now
        call.rings += 1
        call.rings_since_number += 1

    def _is_stray(self, now: float) -> bool:
        connected = self._find("connected")
        return now - max(self._rejected_at, connected.connected_at if connected else NEVER) < STRAY

    def _caller(self, number: str | None, withheld: bool, now: float) -> None:
        call = self._find("ringing")
        if call is None:
            if self._is_stray(now) or now < self._data_until:
                return
            call = self._begin("ringing", now)
        self._learn(call, number, withheld, now)

    def _learn(self, call: _Call, number: str | None, withheld: bool, now: float) -> None:
        """This is the caller. Another than before means that the call is over and the next one rings: the RINGs since
        the last CLIP are the next one's."""
        if call.known and not (same_number(call.number, number) and call.withheld == withheld):
            early, index, state = call.rings_since_number, call.index, call.state
            call.rings -= early
            self._end(call, now)
            call = self._begin(state, now)
            call.rings, call.index = early, index
        if not call.known and (number is not None or withheld):
            call.number, call.withheld = number, withheld
            self._announce(call, now)
        call.sign, call.rings_since_number = now, 0

    def _state(self, state: CallState, now: float, listed: bool = False) -> None:
        """A line about one call by its index, unsolicited or from the list."""
        if not state.voice:
            return
        if state.incoming is False:
            self._outgoing = state.state != "ended"
        elif state.state == "ended":
            self._ended(state.index, state.cause, False, now)
        elif state.state in ("active", "held"):
            call = self._of_index(state)
            if call and (state.incoming or not self._outgoing):
                call.index, call.listed = state.index or call.index, listed or call.listed
                call.sign = now
                self._connect(call, now)
        elif state.state in ("incoming", "waiting"):
            self._there(state, now, listed)

    def _there(self, state: CallState, now: float, listed: bool) -> None:
        call = self._of_index(state)
        if call is None:
            if self._is_stray(now):
                return
            call = self._begin("waiting" if state.state == "waiting" else "ringing", now)
        if call.state == "connected":
            return
        call.index, call.sign = state.index or call.index, now
        call.stateful, call.listed = call.stateful or not listed, call.listed or listed
        if state.number is not None or state.withheld:
            since = call.rings_since_number
            self._learn(call, state.number, state.withheld, now)
            call.rings_since_number = since if listed else 0

    def _nobody_left(self, now: float) -> None:
        """An empty ^SLCC closes every list. One that comes with entries comes at once, and is no news."""
        for call in [call for call in self._calls if call.stateful and now - call.sign > 0.05]:
            self._end(call, now)

    def _connected(self, now: float) -> None:
        if (call := self._find("ringing")) and not self._outgoing:
            self._connect(call, now)

    def _connect(self, call: _Call, now: float) -> None:
        if call.state != "connected":
            call.state, call.connected_at = "connected", now

    def _indicator(self, name: str, value: int, now: float) -> None:
        """27.007 CIND: `call`, and `callsetup` with 1 for incoming; A6 and A9G print "CALL" without a mapping."""
        if name == "callsetup" and value == 1 and not self.ringing:
            self._begin("ringing", now).stateful = True
        elif name == "callsetup" and value == 0 and self.ringing:
            self._ended(None, None, False, now)
        elif name == "call" and value == 1:
            self._connected(now)
        elif name == "call" and value == 0:
            self._ended(None, None, False, now)

    def _ended(self, index: int | None, cause: int | None, talked: bool, now: float) -> None:
        self._data_until = NEVER
        if self._outgoing:
            self._outgoing = False
            return
        call = next((c for c in self._calls if index and c.index == index), None)
        if call is None and self.has_list and self._find("connected") and self._find("waiting"):
            self._polled = NEVER  # one of the two: the list will tell which
            return
        call = call or self._in_hand()
        if call is None:
            return
        if talked:
            self._connect(call, now)
        self._end(call, now, cause)

    def _missed(self, number: str | None, now: float) -> None:
        """MISSED_CALL: the end of a call that we have seen, the echo of one that is over, or all that we hear of it."""
        call = next(
            (c for c in self._calls if c.state != "connected" and may_be_same(c.number, number)), None
        )
        if call is None and now - self._ended_at < AFTERMATH and may_be_same(self._ended_number, number):
            return
        lost = call is None
        call = call or self._begin("ringing", now)
        if number is not None and not call.known:
            self._learn(call, number, False, now)
        self._end(call, now, lost=lost)

    def _forwarded(self, now: float) -> None:
        """The mark comes after the CLIP of its call, or just before the first RING."""
        if call := self._find("ringing") or self._find("waiting"):
            call.forwarded = True
        else:
            self._forwarded_at = now

    def _lose_all(self, now: float) -> None:
        self._outgoing, self._data_until = False, NEVER
        for call in list(self._calls):
            self._end(call, now, lost=True)

    # ---- the list of calls

    def _begin(self, state: str, now: float) -> _Call:
        call = _Call(self._next_key, state, sign=now, forwarded=now - self._forwarded_at < MARK_BEFORE)
        self._next_key += 1
        self._forwarded_at = NEVER
        if len(self._calls) == MOST_CALLS:
            self._end(self._calls[0], now)
        if not self._calls:
            self._polled = now - POLL_RINGING / 2  # the first list half a second after the first sign
        self._calls.append(call)
        self._announce(call, now)
        return call

    def _announce(self, call: _Call, now: float) -> None:
        self._events.append(CallRinging(self.line, now, call.key, call.number, call.withheld))

    def _end(self, call: _Call, now: float, cause: int | None = None, lost: bool = False) -> None:
        self._calls.remove(call)
        outcome = call.outcome(cause, lost)
        self._ended_at, self._ended_number = now, call.number
        if outcome == "rejected":
            self._rejected_at = now
        rings = call.rings or None
        self._events.append(
            CallEnded(
                self.line, now, call.key, call.number, call.withheld, outcome, rings, cause, call.forwarded
            )
        )

    def _said(self) -> list[CallEvent]:
        events, self._events = self._events, []
        return events

    def _find(self, state: str) -> _Call | None:
        return next((call for call in self._calls if call.state == state), None)

    def _in_hand(self) -> _Call | None:
        return self._find("connected") or self._find("ringing") or self._find("waiting")

    def _of_index(self, state: CallState) -> _Call | None:
        """The call that a state is about: by its index, else the one that has none yet and fits. Telit's #ECAM says 0
        for every call, which is no index."""
        if state.index and (call := next((call for call in self._calls if call.index == state.index), None)):
            return call
        rings = state.state == "incoming"  # which may be news: the next caller, under the number in hand
        without = [c for c in self._calls if not c.index or not state.index]
        free = [c for c in without if rings or may_be_same(c.number, state.number)]
        return next((call for name in FITTING[state.state] for call in free if call.state == name), None)


def same_number(one: str | None, other: str | None) -> bool:
    """Do two spellings name one subscriber? National and international forms end alike.

    >>> same_number("+447700900123", "07700900123"), same_number("+447700900123", "+447700900124")
    (True, False)
    """
    if one is None or other is None:
        return one == other
    a, b = one.lstrip("+0"), other.lstrip("+0")
    shorter, longer = sorted((a, b), key=len)
    return a == b or (len(shorter) >= 7 and longer.endswith(shorter))


def may_be_same(one: str | None, other: str | None) -> bool:
    """As same_number, and an unknown number may be any."""
    return one is None or other is None or same_number(one, other)
