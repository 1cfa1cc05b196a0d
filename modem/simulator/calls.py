"""Simulated calls: their lines at their time, by the profile; what the host does to them, it is told by `exchange`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modem.simulator.profiles import CAUSES

if TYPE_CHECKING:
    from modem.simulator.simulator import Simulator

STATES = {"active": 0, "held": 1, "dialing": 2, "alerting": 3, "incoming": 4, "waiting": 5}
CRING = {"voice": "VOICE", "data": "REL ASYNC", "fax": "FAX"}
# Seconds: CLIP after its RING; an answered call; from hanging up to the first line.
CLIP_AFTER = 0.02
TALK = 5.0


@dataclass
class SimulatedCall:
    """One call. clip: early (with every RING), once, late (from the second RING on) or missing. end: how it will end."""

    id: int
    index: int
    number: str | None
    incoming: bool
    rings: int
    spacing: float
    end: str
    clip: str
    kind: str
    name: str
    state: str
    rung: int = 0
    answered_at: float | None = None
    over: bool = False


class Calls:
    """The calls of one simulated modem."""

    def __init__(self, simulator: "Simulator") -> None:
        self._sim = simulator
        self.live: list[SimulatedCall] = []
        self.missed: list[str] = []
        self._next = 1

    # ---- what the other side does

    def begin(self, call: SimulatedCall) -> None:
        self.live.append(call)
        self._sim.log.add("event", f"call {call.id} from {call.number or 'withheld'} begins")
        if call.state == "waiting":
            self._knock(call)
        else:
            self._ring(call)

    def new(self, number: str | None, incoming: bool, **how: object) -> SimulatedCall:
        index = next(i for i in range(1, 99) if i not in {call.index for call in self.live})
        state = "dialing" if not incoming else "waiting" if self.live else "incoming"
        call = SimulatedCall(self._next, index, number, incoming, state=state, **how)  # type: ignore[arg-type]
        self._next += 1
        return call

    def _ring(self, call: SimulatedCall) -> None:
        """One RING, and the next one or the end after it."""
        if call.over or call.state != "incoming":
            return
        sim = self._sim
        call.rung += 1
        voice = call.kind == "voice"
        if call.rung == 1 and voice:
            self._tell(call, sim.profile.incoming, told=True)
        sim.say(f"+CRING: {CRING[call.kind]}" if sim.get("+CRC") == "1" else "RING")
        if self._shows_clip(call):
            sim.later(CLIP_AFTER, lambda: self._clip(call))
        if sim.profile.noise:
            sim.later(
                call.spacing / 2, lambda: sim.say(sim.profile.noise[call.rung % len(sim.profile.noise)])
            )
        last = call.rung >= call.rings
        sim.later(
            call.spacing * (0.6 if last else 1.0), lambda: self._last(call) if last else self._ring(call)
        )

    def _shows_clip(self, call: SimulatedCall) -> bool:
        shown = {"early": True, "once": call.rung == 1, "late": call.rung > 1, "missing": False}[call.clip]
        return shown and self._sim.get("+CLIP") == "1"

    def _clip(self, call: SimulatedCall) -> None:
        if call.over or call.state != "incoming":
            return
        profile = self._sim.profile
        self._sim.say(profile.clip_withheld if not call.number else self._fill(profile.clip, call))

    def _knock(self, call: SimulatedCall) -> None:
        if self._sim.get("+CCWA") == "1":
            kind = "145" if (call.number or "").startswith("+") else "129"
            self._sim.say(f'+CCWA: "{call.number or ""}",{kind},1')
        self._sim.later(call.spacing * call.rings, lambda: self.end(call, call.end))

    def _last(self, call: SimulatedCall) -> None:
        if call.end == "answered":
            self.connect(call)
            self._sim.later(TALK, lambda: self.end(call, "answered"))
        elif call.end == "reset":
            self._sim.reset()
        else:
            self.end(call, call.end)

    def connect(self, call: SimulatedCall) -> None:
        """Picked up at the modem."""
        if call.over or call.state not in ("incoming", "waiting"):
            return
        call.state, call.answered_at = "active", self._sim.now()
        self._tell(call, self._sim.profile.connected, told=True)

    def end(self, call: SimulatedCall, how: str) -> None:
        """It is over. how: caller, network, elsewhere, answered, rejected, silent."""
        if call.over:
            return
        call.over = True
        self.live.remove(call)
        sim, profile = self._sim, self._sim.profile
        sim.log.add("event", f"call {call.id} is over: {how}")
        waited = call.state == "waiting"
        if not call.incoming:
            self._tell(call, profile.dialled_ended)
        elif how != "silent" and not waited:
            if call.kind == "voice":
                self._tell(call, profile.told_end, told=True, how=how)
            connected = call.answered_at is not None
            lines = (
                profile.answered if connected else profile.rejected if how == "rejected" else profile.missed
            )
            if call.kind == "voice" or "NO CARRIER" in lines:
                self._tell(call, lines if call.kind == "voice" else ("NO CARRIER",), how=how)
        if call.incoming and call.answered_at is None and how != "rejected" and call.number:
            self.missed.insert(0, call.number)
        self._next_rings()

    def _next_rings(self) -> None:
        """A waiting call rings once the line is free."""
        free = all(call.state == "waiting" for call in self.live)
        waiting = next((call for call in self.live if call.state == "waiting"), None)
        if free and waiting:
            waiting.state = "incoming"
            self._ring(waiting)

    # ---- what the host does

    def answer(self) -> bool:
        call = next((c for c in self.live if c.state == "incoming"), None)
        if call:
            self.connect(call)
            self._sim.later(TALK, lambda: self.end(call, "answered"))
        return call is not None

    def hang_up(self) -> None:
        """End the active call, else reject the one that rings."""
        for state in ("active", "dialing", "alerting", "incoming"):
            if call := next((c for c in self.live if c.state == state), None):
                self.end(call, "rejected" if state == "incoming" else "answered")
                return

    def dial(self, number: str) -> None:
        call = self.new(
            number, False, rings=0, spacing=1.0, end="answered", clip="missing", kind="voice", name=""
        )
        self.live.append(call)
        self._tell(call, self._sim.profile.dialled)
        self._sim.later(2.0, lambda: self._picked_up(call))
        self._sim.later(4.0, lambda: self.end(call, "answered"))

    def _picked_up(self, call: SimulatedCall) -> None:
        if not call.over:
            call.state, call.answered_at = "active", self._sim.now()
            self._tell(call, self._sim.profile.dialled_connected)

    def listing(self) -> list[str]:
        """The lines of AT+CLCC (27.007)."""
        modes = {"voice": 0, "data": 1, "fax": 2}
        return [
            f"+CLCC: {c.index},{int(c.incoming)},{STATES[c.state]},{modes[c.kind]},0"
            + (f',"{c.number}",{self._type(c)}' if c.number else "")
            for c in self.live
        ]

    def drop_all(self) -> None:
        """The modem loses power: no line, no call."""
        for call in self.live:
            call.over = True
        self.live.clear()

    # ---- lines

    def _type(self, call: SimulatedCall) -> int:
        return 145 if (call.number or "").startswith("+") else 129 if call.number else 128

    def _fill(self, template: str, call: SimulatedCall, how: str = "") -> str:
        seconds = int(self._sim.now() - call.answered_at) + 1 if call.answered_at is not None else 0
        return template.format(
            i=call.index, n=call.number or "", t=self._type(call), s=seconds, c=CAUSES.get(how, 16)
        )

    def _tell(self, call: SimulatedCall, lines: tuple[str, ...], told: bool = False, how: str = "") -> None:
        switch = self._sim.profile.told_by
        if told and switch and self._sim.get(switch) == "0":
            return
        for line in lines:
            self._sim.say(self._fill(line, call, how))
