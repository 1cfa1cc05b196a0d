"""The life of simulated calls: who rings, waits, talks, and when it ends; how that reads, `call_lines` and profiles know."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import assert_never

from modem.simulator.call import CRING, CallState, Ending, SimulatedCall
from modem.simulator.call_lines import end_moments, fill, listing, templates
from modem.simulator.conditions import Conditions
from modem.simulator.faults import Break
from modem.simulator.profiles import Profile
from modem.simulator.settings import Settings
from modem.simulator.sim import Sim
from modem.simulator.terminal import Terminal

# From the last RING to the end, in spacings; between the steps of an outgoing call, in seconds.
LAST = 0.6
DIAL_STEP = 1.0


class Calls:
    """The calls of one simulated modem, and the phone book of missed ones, newest first."""

    def __init__(
        self, profile: Profile, conditions: Conditions, terminal: Terminal, settings: Settings, sim: Sim
    ) -> None:
        self._profile = profile
        self._conditions = conditions
        self._terminal = terminal
        self._settings = settings
        self._sim = sim
        self.ids = count(1)
        self.live: list[SimulatedCall] = []
        self.missed: list[str] = []
        self.last_cause = 0

    # ---- what the other side does

    def begin(self, call: SimulatedCall) -> None:
        """It reaches the modem, or the network says that the subscriber is not there."""
        self._terminal.note(f"call {call.id} from {call.number or 'withheld'} begins")
        if not self._sim.reachable:
            self._terminal.note(f"call {call.id} is over: unreachable")
            call.over.set()
        elif self.live:
            self._place(call, CallState.WAITING)
            self._knock(call)
        else:
            self._place(call, CallState.INCOMING)
            self._ring(call)

    def _place(self, call: SimulatedCall, state: CallState) -> None:
        call.index = next(i for i in range(1, 99) if i not in {other.index for other in self.live})
        call.state = state
        self.live.append(call)

    def _ring(self, call: SimulatedCall) -> None:
        """One RING, and the next one or the end after it."""
        if not call.rings_now:
            return
        terminal = self._terminal
        call.rung += 1
        if call.rung == 1:
            self._tell(call, "incoming")
        self._say_ring(call)
        if noise := self._profile.noise:
            terminal.later(call.spacing / 2, lambda: terminal.say(noise[call.rung % len(noise)]))
        if call.rung < call.rings:
            terminal.later(call.spacing, lambda: self._ring(call))
        else:
            terminal.later(call.spacing * LAST, lambda: self._last(call))

    def _say_ring(self, call: SimulatedCall) -> None:
        """RING, and who calls: in one write, else after a while."""
        lines = [f"+CRING: {CRING[call.kind]}" if self._settings.on("+CRC") else "RING"]
        if call.rung == 1:
            lines += self._lines(call, "rung")
        clip = call.clip.shows(call.rung) and self._settings.on("+CLIP")
        pause = self._conditions.clip_after
        self._terminal.say(*lines, *(self._clip(call) if clip and not pause else ()))
        if clip and pause:
            self._terminal.later(pause, lambda: self._clip_late(call))

    def _clip_late(self, call: SimulatedCall) -> None:
        if call.rings_now:
            self._terminal.say(*self._clip(call))

    def _clip(self, call: SimulatedCall) -> Iterator[str]:
        """Who calls (27.007, 7.6), and whether another phone has diverted it (7.17)."""
        yield self._filled(call, self._profile.clip if call.number else self._profile.clip_withheld)
        if call.cnap and self._settings.on("+CNAP"):
            yield f'+CNAP: "{call.cnap}",0'
        if call.ring_extra:
            yield call.ring_extra
        if call.forwarded and self._settings.get("+CSSN").endswith("1"):
            yield "+CSSU: 0"

    def _knock(self, call: SimulatedCall) -> None:
        """Call waiting (27.007, 7.12)."""

        def give_up() -> None:
            if call.state is CallState.WAITING:
                self.end(call, Ending.CALLER)

        if self._settings.on("+CCWA"):
            self._terminal.say(f'+CCWA: "{call.number or ""}",{call.type},1')
        self._tell(call, "waiting")
        self._terminal.later(call.spacing * call.rings, give_up)

    def _last(self, call: SimulatedCall) -> None:
        """It has rung for the last time."""
        if not call.rings_now:
            return
        match call.end:
            case Ending.ANSWERED:
                self.connect(call)
            case Ending.RESET:
                self._terminal.break_down(Break.RESET)
            case Ending.UNPLUG:
                self._terminal.break_down(Break.UNPLUG)
            case Ending.CALLER | Ending.NETWORK | Ending.ELSEWHERE | Ending.SILENT:
                self.end(call, call.end)
            case Ending.REJECTED | Ending.RELEASED:
                raise ValueError(f"only the host ends a call as {call.end}")
            case _:
                assert_never(call.end)

    def give_up(self, wanted: int | None) -> None:
        """The caller of the call with this id, else of the first, hangs up now."""
        if call := self._find(wanted):
            self.end(call, Ending.CALLER if call.answered_at is None else Ending.ANSWERED)

    def pick_up(self, wanted: int | None) -> None:
        """Somebody answers the call with this id, else the first, at the modem itself, if it rings."""
        if (call := self._find(wanted)) and call.state is CallState.INCOMING:
            self.connect(call)

    def _find(self, wanted: int | None) -> SimulatedCall | None:
        return next((call for call in self.live if wanted in (None, call.id)), None)

    def connect(self, call: SimulatedCall) -> None:
        """Picked up at the modem; the caller hangs up after a while."""
        call.state, call.answered_at = CallState.ACTIVE, self._terminal.now()
        self._tell(call, "connected")
        self._terminal.later(call.talk, lambda: self.end(call, Ending.ANSWERED))

    def end(self, call: SimulatedCall, how: Ending) -> None:
        """It is over, unless it was over before. how: all but RESET and UNPLUG."""
        if call.over.is_set():
            return
        self.live.remove(call)
        self.last_cause = how.cause
        self._terminal.note(f"call {call.id} is over: {how}")
        if how is not Ending.SILENT:
            self._tell(call, *end_moments(call, how))
        if call.incoming and call.answered_at is None and how is not Ending.REJECTED and call.number:
            self.missed.insert(0, call.number)
        call.over.set()
        self._next_rings()

    def _next_rings(self) -> None:
        """A waiting call rings once the line is free."""
        if self.live and all(call.state is CallState.WAITING for call in self.live):
            self.live[0].state = CallState.INCOMING
            self._ring(self.live[0])

    def drop_all(self) -> None:
        """The modem loses power: no line, no call."""
        for call in self.live:
            self._terminal.note(f"call {call.id} is over: lost")
            call.over.set()
        self.live.clear()

    def fill_missed(self, numbers: Sequence[str]) -> None:
        """The phone book of missed calls holds these and no others."""
        self.missed = list(numbers)

    # ---- what the host does

    def first(self, *states: CallState) -> SimulatedCall | None:
        """The first call in the first of these states that has one."""
        return next((call for state in states for call in self.live if call.state is state), None)

    def answer(self) -> bool:
        """ATA (27.007, 6.3 with V.250); False where nothing rings."""
        call = self.first(CallState.INCOMING)
        if call:
            self.connect(call)
        return call is not None

    def hang_up(self) -> None:
        """End the active call, else reject the one that rings (AT+CHUP: 27.007, 6.5)."""
        wanted = CallState.ACTIVE, CallState.DIALING, CallState.ALERTING, CallState.INCOMING
        if call := self.first(*wanted):
            self.end(call, Ending.REJECTED if call.state is CallState.INCOMING else Ending.RELEASED)

    def dial(self, number: str) -> None:
        """ATD (27.007, 6.2): what is printed of it comes after the OK."""
        call = SimulatedCall(next(self.ids), number, incoming=False)
        self._terminal.later(0, lambda: self.begin_outgoing(call))

    def begin_outgoing(self, call: SimulatedCall) -> None:
        """Somebody calls from the modem: it rings there, is picked up, talked to and hung up."""
        self._place(call, CallState.DIALING)
        later = self._terminal.later
        later(0, lambda: self._progress(call, CallState.DIALING, "dialled"))
        later(DIAL_STEP, lambda: self._progress(call, CallState.ALERTING, "alerting"))
        later(2 * DIAL_STEP, lambda: self._progress(call, CallState.ACTIVE, "picked_up"))
        later(3 * DIAL_STEP + call.talk, lambda: self.end(call, Ending.ANSWERED))

    def _progress(self, call: SimulatedCall, state: CallState, moment: str) -> None:
        if call.over.is_set():
            return
        call.state = state
        if state is CallState.ACTIVE:
            call.answered_at = self._terminal.now()
        self._tell(call, moment)

    def listing(self) -> list[str]:
        """The lines of AT+CLCC (27.007, 7.18)."""
        return listing(self.live)

    # ---- lines

    def _filled(self, call: SimulatedCall, template: str) -> str:
        return fill(template, call, self.live, self.last_cause, self._terminal.now())

    def _lines(self, call: SimulatedCall, *moments: str) -> Iterator[str]:
        """What the profile has for these moments."""
        for template in templates(self._profile, call, moments, self._settings.on):
            yield self._filled(call, template)

    def _tell(self, call: SimulatedCall, *moments: str) -> None:
        """Print that, each line by itself."""
        for line in self._lines(call, *moments):
            self._terminal.say(line)
