"""The life of incoming calls as a pure machine: indications and instants go in, CallRinging and CallEnded come out.

Every call is in one of these states; "sign" is any line that says that a caller is there (RING, CLIP, CCWA, a state of
incoming or waiting).

    state     | sign    | connected | end line, or   | silence          | we hang up | reset, or
              |         |           | not listed     |                  |            | port lost
    ----------+---------+-----------+----------------+------------------+------------+-----------
    (none)    | ringing | -         | -              | -                | -          | -
    ringing   | ringing | connected | abandoned (1)  | abandoned        | rejected   | lost
    waiting   | (2)     | connected | waiting        | waiting          | (3)        | lost
    connected | (4)     | connected | answered       | (6)              | answered   | answered
    nameless  | (5)     | -         | (5)            | abandoned (1)    | -          | abandoned (1)

(1) or what its release cause says (Q.850, table CAUSES). (2) a RING makes it ringing, a CCWA keeps it waiting.
(3) hanging up ends the call in hand, the waiting one rings next. (4) from another number: a waiting call, or with the same
index the next one; where only an indicator said that it was taken and the RINGs go on, it rings. (5) a ringing call without
a number ends as nameless for a moment, since MISSED_CALL or CLCC 6 may still name it; a sign is the next call. (6) answered,
after a minute of empty lists, or after two hours where there is no list.

URCs are hints, AT+CLCC is the truth where the modem has it, a timer is the fallback: `listed` takes its answers,
`next_poll` says when to ask, `tick` lets silence end a call. Few lines carry an identity, so the end of a call is taken
for: the call with that index, our outgoing call, the connected call, the ringing one, the waiting one; never for one with
another number than the line's. Several words tell of one end (VOICE CALL: END, NO CARRIER, CLCC 6, MISSED_CALL): a word that
follows an end at once and has not told of it yet is its echo.
"""

from modem.at import urc
from modem.at.urc import CallState, Indication
from modem.calls.call import (
    AFTERMATH,
    BURST,
    CADENCE,
    ECHO,
    LIST_DOUBT,
    LIST_GRACE,
    LONGEST_TALK,
    NEVER,
    POLL_CONNECTED,
    POLL_RINGING,
    SILENCE,
    STRAY,
    Call,
    CallEvent,
    End,
    may_be_same,
    same_number,
)
from modem.calls.open_calls import CallList


class Calls(CallList):
    """The calls of one line. `has_list`: AT+CLCC works here; `indicators`: what the indices of +CIEV mean."""

    def __init__(self, line: str, first_key: int = 1) -> None:
        super().__init__(line, first_key)
        self.has_list = False
        self.indicators: dict[str, str] = {}
        self._outgoing = False
        self._outgoing_index: int | None = None
        self._outgoing_since = NEVER
        self._picked: Call | None = None
        self._up = False
        self._data_until = NEVER
        self._list_proven = False
        self._shown: dict[int, float] = {}
        self._held: tuple[str, list[Call]] = ("", [])

    # ---- what others ask

    @property
    def busy(self) -> bool:
        """Is there any call, of either direction?"""
        return bool(self._calls) or self._outgoing or self._nameless is not None

    @property
    def ringing(self) -> bool:
        return self._find("ringing") is not None

    def next_poll(self) -> float | None:
        """When to ask AT+CLCC, None if not at all."""
        if not self.has_list or not (self._calls or self._outgoing):
            return None
        hurry = any(call.state != "connected" for call in self._calls)
        return self._polled + (POLL_RINGING if hurry else POLL_CONNECTED)

    def next_tick(self) -> float | None:
        """When silence would end a call, None if none could."""
        moments = [call.silent_at() for call in [*self._calls, *self._ghost()] if self._can_fall_silent(call)]
        if self._outgoing and not self.has_list:
            moments.append(self._outgoing_since + LONGEST_TALK)
        return min((moment for moment in moments if moment > NEVER), default=None)

    def _can_fall_silent(self, call: Call) -> bool:
        """Of a call that runs nothing is heard until its end; where there is no list, its end line may be lost."""
        return call.state != "connected" or not self.has_list

    # ---- what goes in; `now` is in seconds of any clock that never goes back

    def take(self, indication: Indication, now: float) -> list[CallEvent]:
        """A URC."""
        match indication:
            case urc.Ring(voice=False):
                self._data_until = now + SILENCE
            case urc.Ring(voice):
                self._ring(voice is True, now)
            case urc.CallerId(number, withheld, name):
                self._caller(number, withheld, name, now)
            case urc.Waiting(number, withheld):
                call = self._find("waiting") or self._begin("waiting", now)
                call.voice = True
                self._learn(call, number, withheld, now)
            case urc.CallState():
                self._state(indication, now)
            case urc.NoCalls():
                self._nobody_else(now)
            case urc.Outgoing(index):
                self._dials(index)
            case urc.Connected(index):
                self._connected(index, now)
            case urc.Indicator(name, value):
                self._indicator(self.indicators.get(name, name), value, now)
            case urc.Ended():
                self._ended(indication, now)
            case urc.MissedCall(number):
                self._missed(number, now)
            case urc.Forwarded():
                self._forward(now)
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
        for call in self._ghost():
            if now >= call.silent_at():
                self._lay()
        for call in list(self._calls):
            if self._can_fall_silent(call) and now >= call.silent_at():
                self._end(call, now, wait=False)
        return self._said()

    def polling(self, now: float) -> None:
        """AT+CLCC is being asked."""
        self._polled = now

    def listed(self, states: tuple[CallState, ...], asked: float, now: float) -> list[CallEvent]:
        """The whole answer to an AT+CLCC that was asked at `asked`: voice calls only; absence counts."""
        if self._last.at >= asked:
            return []  # the list may be older than the end that we have seen meanwhile
        voices = tuple(state for state in states if state.voice)
        ours = [state for state in voices if state.incoming is False and not self._misread(state)]
        for state in states:
            if state.voice or not any(voice.state in ("incoming", "waiting") for voice in voices):
                self._state(state, now, listed=True)
        self._outgoing = any(state.state != "ended" for state in ours)
        self._list_proven = self._list_proven or bool(voices)
        present = {state.index for state in voices if state.state != "ended"}
        for call in list(self._calls):
            proven = self._list_proven and now - call.sign >= LIST_GRACE
            doubted = call.state == "connected" and now - call.connected_at >= LIST_DOUBT
            if call.index not in present and (call.listed or proven or doubted):
                self._end(call, now)
        return self._said()

    def dialled(self) -> None:
        """We are calling somebody (ATD)."""
        self._outgoing, self._outgoing_index = True, None

    def not_dialled(self, now: float) -> None:
        """The modem or the network refused our ATD."""
        if self._outgoing:
            self._outgoing, self._last = False, End(now, words=set())

    def hanging_up(self) -> None:
        """AT+CHUP or ATH is on its way: an end line that comes before its OK is our doing."""
        call = self._find("connected") or self._find("ringing")
        if call := call or (None if self._outgoing else self._find("waiting")):
            call.hanging_up, call.hung_at, call.again = True, None, None

    def hung_up(self, ok: bool, now: float, sure: bool = True) -> list[CallEvent]:
        """The modem has answered to AT+CHUP or ATH. sure: OK means that it did; to ATH, Qualcomm's modems say OK and go on
        ringing without AT+CVHU=0: where the modem tells states, that of the end is waited for."""
        for call in [call for call in self._calls if call.hanging_up]:
            if ok and not sure and call.stateful and call.state == "ringing":
                call.hung_at = now
                continue
            if ok:
                self._end(call, now, words=set())
            call.hanging_up = False
        self._outgoing = self._outgoing and not ok
        return self._said()

    def picking_up(self) -> None:
        """ATA is on its way: it takes the call that rings now, whatever comes before its OK."""
        self._picked = self._find("ringing") or self._find("waiting")

    def picked_up(self, now: float) -> None:
        """OK or CONNECT to our ATA."""
        if self._picked is not None and self._picked in self._calls:
            self._connect(self._picked, now)
        self._picked = None

    def holding(self, what: str) -> None:
        """AT+CHLD=`what` is on its way."""
        self._held = what, [call for call in self._calls if call.state == "connected"]

    def held(self, now: float) -> list[CallEvent]:
        """OK to AT+CHLD (22.030 6.5.5): 0 refuses the waiting call, 1 ends the active one for it, 2 holds it for it."""
        what, before = self._held
        waiting = self._find("waiting") or self._find("ringing")
        if what == "0" and waiting is not None:
            waiting.hanging_up = True
            self._end(waiting, now, words=set())
        if what == "1":
            for call in [call for call in before if call in self._calls]:
                self._end(call, now, words=set())
        if what in ("1", "2") and waiting is not None:
            self._connect(waiting, now)
        return self._said()

    def reset(self, now: float) -> list[CallEvent]:
        """The port is lost: what goes on behind it, nobody can see."""
        self._lose_all(now)
        return self._said()

    # ---- indications

    def _ring(self, voice: bool, now: float) -> None:
        if voice:
            self._data_until = NEVER  # +CRC=1 tells the kind with every RING
        elif now < self._data_until:
            self._data_until = now + SILENCE
            return
        call = self._ringing(now) or self._find("waiting") or self._not_taken(now)
        if call is None:
            if self._is_stray(now):
                return
            call = self._begin("ringing", now)
        if call.hung_at is not None:
            if now - call.hung_at < STRAY:
                return
            call.again = now if call.again is None else call.again
        call.state, call.sign, call.voice = "ringing", now, call.voice or voice
        call.rings += 1
        call.rung.append(now)

    def _ringing(self, now: float) -> Call | None:
        """The ringing call; one that has rung and was silent for long is over, and this sign is the next one's."""
        call = self._find("ringing")
        if call and call.rings and now - call.sign > SILENCE:
            self._end(call, now, wait=False)
            return None
        return call

    def _not_taken(self, now: float) -> Call | None:
        """The connected call, if that was a guess: the RINGs go on."""
        call = self._find("connected")
        goes_on = call and call.guessed and now - call.connected_at > STRAY and now - call.sign < CADENCE
        return call if goes_on else None

    def _is_stray(self, now: float) -> bool:
        connected = self._find("connected")
        return now - max(self._rejected_at, connected.connected_at if connected else NEVER) < STRAY

    def _caller(self, number: str | None, withheld: bool, name: str, now: float) -> None:
        if now < self._data_until:
            return
        call = self._ringing(now)
        if call is None:
            talking = self._find("connected")
            if self._is_stray(now) or (
                talking and talking.known and not talking.is_other(number, withheld, True, now)
            ):
                return  # of the call that has just been taken, or refused
            waiting = self._find("waiting")
            fits = waiting and not waiting.is_other(number, withheld, True, now)
            call = waiting if waiting and fits else self._begin("ringing", now)
        self._learn(call, number, withheld, now, name=name)

    def _learn(
        self,
        call: Call,
        number: str | None,
        withheld: bool,
        now: float,
        clip: bool = True,
        since: float = NEVER,
        name: str = "",
    ) -> None:
        """This is the caller. Another than before means that the call is over and the next one rings."""
        if call.is_other(number, withheld, clip, now):
            call = self._next(call, call.next_rings(since, clip), now, call.index)
        call.name = name or call.name
        better = number is not None and (call.number is None or (number[0] == "+" and call.number[0] != "+"))
        if better or not call.known:
            call.number, call.withheld, call.vague = number, withheld, not clip and number is None
            self._announce(call, now)
        call.sign = now
        if clip:
            call.clips += 1
            call.rung = []

    def _next(self, call: Call, early: list[float], now: float, index: int | None) -> Call:
        """Another call than this one rings, and has done so with these RINGs."""
        state = call.state
        call.rings -= len(early)
        self._end(call, now)
        call = self._begin(state, now)
        call.rings, call.rung, call.index, call.voice = len(early), early, index, True
        return call

    def _state(self, state: CallState, now: float, listed: bool = False) -> None:
        """A line about one call by its index, unsolicited or from the list."""
        if not state.voice:
            self._data(state, now)
            return
        if state.snapshot and state.index:
            self._shown[state.index] = now
        if state.incoming is False and not self._misread(state):
            if state.state != "ended":
                self._dials(state.index)
            elif self._outgoing:
                self._outgoing, self._last = False, End(now, state.index, state.number, {"state"})
        elif state.state == "ended":
            self._told_ended(state, now, listed)
        elif state.state in ("active", "held"):
            call = self._of_index(state)
            if call and (state.incoming is not None or not self._outgoing or call.index == state.index):
                call.index, call.listed = state.index or call.index, listed or call.listed
                call.sign = now
                self._connect(call, now)
        elif state.state in ("incoming", "waiting"):
            self._there(state, now, listed)

    def _misread(self, state: CallState) -> Call | None:
        """The call of ours that a line gives the wrong direction: E1550 does, but not before the call rings."""
        if self._outgoing or state.state not in ("active", "held", "ended"):
            return None
        return self._by_index(state.index, state.number)

    def _data(self, state: CallState, now: float) -> None:
        """A data call rings: the plain RINGs are its own, also those that came before."""
        if state.state == "ended":
            self._data_until = NEVER
        elif state.state == "incoming":
            call = self._find("ringing")
            if call and not call.voice and call.index in (None, state.index):
                self._end(call, now, data=True)
            if not self.ringing:
                self._data_until = now + SILENCE

    def _there(self, state: CallState, now: float, listed: bool) -> None:
        call = self._of_index(state)
        if call and call.state == "ringing" and not listed:
            call = self._ringing(now)
        if call and call.state == "connected" and self._is_next(call, state, now):
            self._end(call, now)
            call = None
        since = NEVER if listed else now - BURST  # a line by itself comes just after the RING, or before
        if call and not listed and state.state == "incoming" and call.calls_again(since):
            call.again = None
            call = self._next(call, call.next_rings(since, clip=False), now, state.index)
        other = self._find("ringing")
        if call is None and other and other.index and state.index and state.state == "incoming":
            call = self._next(other, other.next_rings(since, clip=False), now, state.index)
        if call is None:
            if self._is_stray(now):
                return
            call = self._begin("waiting" if state.state == "waiting" else "ringing", now)
        if call.state == "connected":
            return
        if state.state == "incoming" and not self._find("connected"):
            call.state = "ringing"
        call.index, call.sign, call.voice = state.index or call.index, now, True
        call.stateful, call.listed = call.stateful or not listed, call.listed or listed
        if state.number is not None or state.withheld:
            self._learn(call, state.number, state.withheld, now, clip=False, since=since)

    def _is_next(self, call: Call, state: CallState, now: float) -> bool:
        """Does another ring under the index of the connected call? Then that one's end was lost."""
        same = state.index and call.index == state.index and state.state == "incoming"
        return bool(same) and not may_be_same(call.number, state.number) and not self._is_stray(now)

    def _nobody_else(self, now: float) -> None:
        """An empty ^SLCC closes every list: what has not just been shown is gone."""
        shown = {index for index, at in self._shown.items() if now - at < BURST}
        self._shown.clear()
        for call in [call for call in self._calls if call.stateful and call.index not in shown]:
            self._end(call, now, words={"SLCC"})
        if not shown or (self._outgoing_index and self._outgoing_index not in shown):
            self._outgoing = False

    def _dials(self, index: int | None) -> None:
        self._outgoing_index = index or (self._outgoing_index if self._outgoing else None)
        self._outgoing = True

    def _connected(self, index: int | None, now: float, guessed: bool = False) -> None:
        call = self._by_index(index)
        others = index is not None and self._outgoing_index not in (None, index)
        if call is None and (not self._outgoing or others):
            call = self._find("ringing") or self._find("waiting")
        if call is not None and not self._is_stray(now):
            call.index = index or call.index
            self._connect(call, now, guessed)

    def _connect(self, call: Call, now: float, guessed: bool = False) -> None:
        call.guessed = guessed and (call.guessed or call.state != "connected")
        if call.state != "connected":
            call.state, call.connected_at = "connected", now

    def _indicator(self, name: str, value: int, now: float) -> None:
        """27.007 CIND: `call`; `callsetup` with 1 incoming, 2 and 3 outgoing; `callheld` with 1 while another is active.
        A6, A9G and Cinterion print the name of `call` without a mapping."""
        match name, value:
            case "callsetup", 1:
                self._knock(now)
            case "callsetup", 2 | 3:
                self._outgoing = True
            case "callsetup", 0:
                if call := self._find("ringing") or self._find("waiting"):
                    self._end(call, now, words={name})
                self._outgoing = self._outgoing and self._up
            case "callheld", 1:
                if call := self._find("waiting"):
                    self._connect(call, now)
            case "call", 1:
                self._connected(None, now, guessed=True)
            case "call", 0:
                self._ended(urc.Ended(word=name), now)
        if name == "call":
            self._up = value == 1

    def _knock(self, now: float) -> None:
        if self.ringing or self._find("waiting") or self._is_stray(now):
            return
        busy = self._outgoing or self._find("connected")
        self._begin("waiting" if busy else "ringing", now).stateful = True

    def _forward(self, now: float) -> None:
        """+CSSU comes around the RING: it is of the call that rings, else of the next one."""
        if call := self._find("ringing") or self._find("waiting"):
            call.forwarded = True
        else:
            self._forwarded_at = now

    # ---- ends

    def _told_ended(self, state: CallState, now: float, listed: bool) -> None:
        """A state of ended. In a list it may be an old one: there it counts by index or number alone."""
        call = self._by_index(state.index, state.number)
        if call is None:
            same = [c for c in self._calls if state.number and same_number(c.number, state.number)]
            call = next((c for c in same if not c.index or not state.index), None)
        if call is not None:
            self._end_of(call, state.number, state.cause, now, {"state"})
        elif self._nameless and state.number is not None:
            self._missed(state.number, now)
        elif not listed:
            self._ended(urc.Ended(state.index, state.cause, word="state"), now, state.number)

    def _ended(self, end: urc.Ended, now: float, number: str | None = None) -> None:
        if now < self._data_until and not self.ringing:
            self._data_until = NEVER
            return
        if self._is_echo(end, number, now):
            return
        call = self._by_index(end.index, number)
        if (
            call is None
            and self._outgoing
            and self._outgoing_index in (None, end.index or self._outgoing_index)
        ):
            self._outgoing, self._last = False, End(now, end.index, None, {end.word})
            return
        if call is None and self.has_list and self._find("connected") and self._find("waiting"):
            self._polled = NEVER  # one of the two: the list will tell which
            return
        call = call or self._in_hand(end.index, number)
        if call is None or (call is self._picked and end.word == "STOPRING"):
            return
        if end.talked:
            self._connect(call, now)
        self._end_of(call, number, end.cause, now, {end.word})

    def _end_of(self, call: Call, number: str | None, cause: int | None, now: float, words: set[str]) -> None:
        if number is not None and not call.known:
            call.number = number
            self._announce(call, now)
        call.cause = cause
        self._end(call, now, words=words)

    def _is_echo(self, end: urc.Ended, number: str | None, now: float) -> bool:
        """Does this line tell of the last end once more? It may still tell its cause."""
        last = self._last
        if now - last.at >= ECHO or self._by_index(end.index, number):
            return False
        if any(call.began > last.at and call.state == "connected" for call in self._calls):
            return False  # it began after that end and was taken since: this is its own
        if last.words is None:
            return end.index is not None and end.index == last.index
        news = end.word not in last.words
        last.words.add(end.word)
        if news and self._nameless and self._nameless.cause is None:
            self._nameless.cause = end.cause
        return news or (end.index is not None and end.index == last.index)

    def _missed(self, number: str | None, now: float) -> None:
        """MISSED_CALL: the end of a call that we have seen, the echo of one that is over, or all that we hear of it."""
        open_calls = [c for c in self._calls if c.state != "connected"]
        call = next((c for c in open_calls if c.number and same_number(c.number, number)), None)
        if call is None and self._nameless:
            if number is not None:
                self._nameless.number = number
                self._announce(self._nameless, now)
            self._lay()
            return
        call = call or next((c for c in open_calls if may_be_same(c.number, number)), None)
        last = self._last
        if call is None and now - last.at < AFTERMATH and may_be_same(last.number, number):
            words = last.words if last.words is not None else set()
            if "MISSED_CALL" not in words:
                last.words = words | {"MISSED_CALL"}
                return
        lost = call is None
        call = call or self._begin("ringing", now)
        if number is not None and not call.known:
            call.number = number
            self._announce(call, now)
        self._end(call, now, lost=lost, words={"MISSED_CALL"}, wait=False)

    def _lose_all(self, now: float) -> None:
        self._outgoing, self._data_until, self._up = False, NEVER, False
        self._lay()
        for call in list(self._calls):
            self._end(call, now, lost=True)
