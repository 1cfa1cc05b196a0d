"""The calls of one line as a pure machine: indications and instants go in, CallRinging and CallEnded come
out.

Every call is in one of these phases; "sign" is any line that says that a caller is there (RING, CLIP, CCWA, a
state of incoming or waiting).

    phase     | sign    | connected | end line, or   | silence          | we hang up | reset, or
              |         |           | not listed     |                  |            | port lost
    ----------+---------+-----------+----------------+------------------+------------+-----------
    (none)    | ringing | -         | -              | -                | -          | -
    ringing   | ringing | connected | abandoned (1)  | abandoned        | rejected   | lost
    waiting   | (2)     | connected | waiting        | waiting          | (3)        | lost
    connected | (4)     | connected | answered       | (6)              | answered   | answered
    unnamed   | (5)     | -         | (5)            | abandoned (1)    | -          | abandoned (1)

(1) or what its release cause says (Q.850, table CAUSES). (2) a RING makes it ringing, a CCWA keeps it
waiting. (3) hanging up ends the connected or ringing call, the waiting one rings next. (4) from another
number: a waiting call, or with the same index the next one; where only an indicator said that it was answered
and the RINGs go on, it rings. (5) a ringing call without a number ends as unnamed for a moment, since
MISSED_CALL or CLCC 6 may still name it; a sign is the next call. (6) answered, after a minute of empty lists,
or after two hours where there is no list.

URCs are hints, AT+CLCC is the truth where the modem has it, a timer is the fallback: `listed` takes its
answers, `next_poll` says when to ask, `tick` lets silence end a call. `signs`, `states` and `ends` say which
line means which call.
"""

from modem.at import urc
from modem.at.urc import CallState, Indication
from modem.calls.call import NEVER, Call, CallEvent, Phase
from modem.calls.ends import Ends
from modem.calls.open_calls import OpenCalls
from modem.calls.outgoing import DataCalls, Outgoing
from modem.calls.signs import Signs
from modem.calls.states import States
from modem.calls.timing import CallTiming


class Tracker:
    """The calls of one line. `now` is in seconds of any clock that never goes back; each method that takes
    one returns what it makes known.

    calls, outgoing: the calls of others and our own, for a recorded host that does more than ours (`recorded_host`).
    indicators: what the indices of +CIEV mean (27.007 CIND).
    """

    def __init__(self, line: str, first_key: int = 1, timing: CallTiming | None = None) -> None:
        timing = timing or CallTiming()
        self.line = line
        self.indicators: dict[str, str] = {}
        self.calls = OpenCalls(line, timing, first_key)
        self.outgoing = Outgoing(timing)
        self._timing = timing
        self._data = DataCalls(timing)
        self._signs = Signs(self.calls, self.outgoing, self._data, timing)
        self._ends = Ends(self.calls, self.outgoing, self._data, timing)
        self._states = States(self.calls, self.outgoing, self._data, self._signs, self._ends, timing)

    # ---- what others ask

    @property
    def has_list(self) -> bool:
        """Does AT+CLCC work here? To be set once that is known."""
        return self.calls.has_list

    @has_list.setter
    def has_list(self, works: bool) -> None:
        self.calls.has_list = works

    @property
    def busy(self) -> bool:
        """Is there any call, of either direction?"""
        return bool(self.calls.all()) or self.outgoing.on

    @property
    def ringing(self) -> bool:
        """Does a caller wait for an answer?"""
        return self.calls.find(Phase.RINGING) is not None

    @property
    def nameless(self) -> bool:
        """Does a caller ring of whom nothing has told the number, nor that it is withheld?"""
        call = self.calls.find(Phase.RINGING)
        return call is not None and not call.known

    def next_poll(self) -> float | None:
        """The instant at which to ask AT+CLCC, None if not at all."""
        calls = self.calls
        if not calls.has_list or not (calls.calls or self.outgoing.on):
            return None
        hurry = any(call.phase is not Phase.CONNECTED for call in calls.calls)
        return calls.polled + (self._timing.poll_ringing if hurry else self._timing.poll_connected)

    def next_tick(self) -> float | None:
        """The instant at which silence would end a call, None if it would end none."""
        moments = [call.silent_at() for call in self.calls.all() if self._can_fall_silent(call)]
        if (given_up := self.outgoing.gives_up_at(self.has_list)) is not None:
            moments.append(given_up)
        return min((moment for moment in moments if moment > NEVER), default=None)

    def _can_fall_silent(self, call: Call) -> bool:
        """Of a connected call nothing is heard until its end; only where there is no list must silence end
        it."""
        return call.phase is not Phase.CONNECTED or not self.has_list

    # ---- what the modem says

    def take(self, indication: Indication, now: float) -> list[CallEvent]:
        """A URC; those that are not about calls change nothing."""
        match indication:
            case urc.Ring():
                self._signs.ring(indication, now)
            case urc.CallerId():
                self._signs.caller(indication, now)
            case urc.CallerName(name):
                self._signs.caller_name(name, now)
            case urc.Waiting():
                self._signs.waiting(indication, now)
            case urc.CallState():
                self._states.state(indication, now)
            case urc.NoCalls():
                self._states.list_closed(now)
            case urc.Outgoing(index):
                self.outgoing.dials(index)
            case urc.Connected():
                self._states.connected(indication, now)
            case urc.Indicator(name, value):
                self._states.indicator(self.indicators.get(name, name), value, now)
            case urc.Ended():
                self._ends.line(indication, now)
            case urc.MissedCall(number):
                self._ends.missed_call(number, now)
            case urc.Forwarded():
                self.calls.forward(now)
            case urc.Booted(hard=True):
                self._lose_all(now)
        return self.calls.take_events()

    def polling(self, now: float) -> None:
        """AT+CLCC is being asked."""
        self.calls.polled = now

    def ends_by(self, states: tuple[CallState, ...], now: float) -> bool:
        """Would this answer to an AT+CLCC end a call by not showing it?"""
        return bool(self._states.missing(states, now))

    def listed(self, states: tuple[CallState, ...], asked: float, now: float) -> list[CallEvent]:
        """The whole answer to an AT+CLCC that was asked at `asked`: voice calls only; absence counts."""
        if self.calls.last.at < asked:  # else it may be older than the end that we have seen meanwhile
            self._states.listed(states, now)
        return self.calls.take_events()

    def tick(self, now: float) -> list[CallEvent]:
        """Time has passed."""
        self.outgoing.tick(now, self.has_list)
        if (unnamed := self.calls.unnamed) and now >= unnamed.silent_at():
            self.calls.close_unnamed()
        for call in list(self.calls.calls):
            if self._can_fall_silent(call) and now >= call.silent_at():
                self.calls.end(call, now, wait=False)
        return self.calls.take_events()

    def reset(self, now: float, gone: bool = True) -> list[CallEvent]:
        """The port is lost: what goes on behind it, nobody can see. gone: so is the modem; else who rang a moment ago may ring
        on, and is the same call if the port is back in time."""
        self._lose_all(now, gone)
        return self.calls.take_events()

    # ---- what we do

    def hanging_up(self) -> None:
        """AT+CHUP or ATH is on its way: an end line that comes before its OK is our doing."""
        calls = self.calls
        call = calls.find(Phase.CONNECTED) or calls.find(Phase.RINGING)
        if call := call or (None if self.outgoing.on else calls.find(Phase.WAITING)):
            call.hanging_up, call.hung_up_at, call.rang_again_at = True, None, None

    def hung_up(self, ok: bool, now: float, sure: bool) -> list[CallEvent]:
        """The modem has answered AT+CHUP or ATH. sure: OK means that the call is over, see
        `commands.surely_hangs_up`; else, where the modem tells states, the call goes on until one says that
        it is over."""
        for call in [call for call in self.calls.calls if call.hanging_up]:
            if ok and not sure and call.stateful and call.phase is Phase.RINGING:
                call.hung_up_at = now
                continue
            if ok:
                self.calls.end(call, now, words=set())
            call.hanging_up = False
        self.outgoing.on = self.outgoing.on and not ok
        return self.calls.take_events()

    def picking_up(self) -> None:
        """ATA is on its way: it takes the call that rings now, whatever comes before its OK."""
        picked = self.calls.find(Phase.RINGING) or self.calls.find(Phase.WAITING)
        for call in self.calls.calls:
            call.picking_up = call is picked

    def picked_up(self, now: float) -> None:
        """OK or CONNECT to our ATA."""
        for call in [call for call in self.calls.calls if call.picking_up]:
            self.calls.connect(call, now)
            call.picking_up = False

    def _lose_all(self, now: float, gone: bool = True) -> None:
        self.outgoing.over()
        self.outgoing.indicate(connected=False)
        self._data.over()
        self.calls.close_unnamed()
        for call in list(self.calls.calls):
            rings = call.phase is not Phase.CONNECTED and now - call.last_sign < self._timing.silence
            if gone or not rings:
                self.calls.end(call, now, lost=True)
