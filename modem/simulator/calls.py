"""Simulated calls: their lines at their time, by the profile; the host's commands about them come from `exchange`."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from modem.simulator.profiles import CAUSES

if TYPE_CHECKING:
    from modem.simulator.machine import Machine

# <stat> of AT+CLCC (27.007).
STATES = {"active": 0, "held": 1, "dialing": 2, "alerting": 3, "incoming": 4, "waiting": 5}
CRING = {"voice": "VOICE", "data": "REL ASYNC", "fax": "FAX"}
MODES = {"voice": 0, "data": 1, "fax": 2}
CLIPS: dict[str, Callable[[int], bool]] = {
    "early": lambda rung: True,
    "once": lambda rung: rung == 1,
    "late": lambda rung: rung > 1,
    "missing": lambda rung: False,
}
ENDS = ("caller", "network", "elsewhere", "answered", "silent", "reset", "unplug")
# Seconds: from RING to CLIP; from the last RING to the end, in spacings; between the steps of an outgoing call.
CLIP_AFTER = 0.02
LAST = 0.6
DIAL_STEP = 1.0


@dataclass
class SimulatedCall:
    """One call. rung: RINGs so far. ton: <type> of its number where it is not to follow from the +."""

    id: int
    number: str | None
    incoming: bool = True
    rings: int = 3
    spacing: float = 5.0
    end: str = "caller"
    clip: str = "early"
    kind: str = "voice"
    name: str = ""
    ton: int | None = None
    talk: float = 5.0
    forwarded: bool = False
    index: int = 0
    state: str = ""
    rung: int = 0
    answered_at: float | None = None
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def type(self) -> int:
        return self.ton or (128 if not self.number else 145 if self.number.startswith("+") else 129)

    @property
    def listed(self) -> str:
        """What follows `+CLCC: ` or `^SLCC: `, up to the number."""
        return f"{self.index},{int(self.incoming)},{STATES[self.state]},{MODES[self.kind]},0"


class Calls:
    """The calls of one simulated modem, and the phone book of missed ones, newest first."""

    def __init__(self, simulator: "Machine") -> None:
        self._sim = simulator
        self.live: list[SimulatedCall] = []
        self.missed: list[str] = []
        self.last_cause = 0

    # ---- what the other side does

    def begin(self, call: SimulatedCall) -> None:
        """It reaches the modem, or the network says that the subscriber is not there."""
        self._sim.log.add("event", f"call {call.id} from {call.number or 'withheld'} begins")
        if not self._sim.reachable:
            self._sim.log.add("event", f"call {call.id} is over: unreachable")
            call.over.set()
            return
        self._place(call, "waiting" if self.live else "incoming")
        if call.state == "waiting":
            self._knock(call)
        else:
            self._ring(call)

    def _place(self, call: SimulatedCall, state: str) -> None:
        call.index = next(i for i in range(1, 99) if i not in {other.index for other in self.live})
        call.state = state
        self.live.append(call)

    def _ring(self, call: SimulatedCall) -> None:
        """One RING, and the next one or the end after it."""
        if call.over.is_set() or call.state != "incoming":
            return
        sim = self._sim
        call.rung += 1
        if call.rung == 1:
            self._tell(call, "incoming")
        sim.say(f"+CRING: {CRING[call.kind]}" if sim.on("+CRC") else "RING")
        if call.rung == 1:
            self._tell(call, "rung")
        if CLIPS[call.clip](call.rung) and sim.on("+CLIP"):
            sim.later(CLIP_AFTER, lambda: self._clip(call))
        if noise := sim.profile.noise:
            sim.later(call.spacing / 2, lambda: sim.say(noise[call.rung % len(noise)]))
        if call.rung < call.rings:
            sim.later(call.spacing, lambda: self._ring(call))
        else:
            sim.later(call.spacing * LAST, lambda: self._last(call))

    def _clip(self, call: SimulatedCall) -> None:
        if call.state == "incoming" and not call.over.is_set():
            profile = self._sim.profile
            self._sim.say(self._fill(profile.clip if call.number else profile.clip_withheld, call))
            if call.forwarded and self._sim.get("+CSSN").endswith("1"):
                self._sim.say("+CSSU: 0")

    def _knock(self, call: SimulatedCall) -> None:
        """Call waiting (27.007 CCWA)."""
        if self._sim.on("+CCWA"):
            self._sim.say(f'+CCWA: "{call.number or ""}",{call.type},1')
        self._tell(call, "waiting")
        self._sim.later(
            call.spacing * call.rings, lambda: self.end(call, "caller") if call.state == "waiting" else None
        )

    def _last(self, call: SimulatedCall) -> None:
        if call.state != "incoming" or call.over.is_set():
            return
        if call.end == "answered":
            self.connect(call)
        elif call.end == "reset":
            self._sim.restart()
        elif call.end == "unplug":
            self._sim.cut_off()
        else:
            self.end(call, call.end)

    def connect(self, call: SimulatedCall) -> None:
        """Picked up at the modem; the caller hangs up after a while."""
        call.state, call.answered_at = "active", self._sim.now()
        self._tell(call, "connected")
        self._sim.later(call.talk, lambda: self.end(call, "answered"))

    def end(self, call: SimulatedCall, how: str) -> None:
        """It is over. how: caller, network, elsewhere, silent; answered, released (by the host); rejected."""
        if call.over.is_set():
            return
        self.live.remove(call)
        self.last_cause = CAUSES[how]
        self._sim.log.add("event", f"call {call.id} is over: {how}")
        if how != "silent":
            self._tell(call, *self._end_moments(call, how))
        if call.incoming and call.answered_at is None and how != "rejected" and call.number:
            self.missed.insert(0, call.number)
        call.over.set()
        self._next_rings()

    def _end_moments(self, call: SimulatedCall, how: str) -> tuple[str, ...]:
        if not call.incoming:
            return ("hung_up",)
        if call.answered_at is not None:
            return "ended", "released" if how == "released" else "answered"
        if call.state == "waiting":
            return "ended", "dropped"
        return "ended", "rejected" if how == "rejected" else "missed"

    def _next_rings(self) -> None:
        """A waiting call rings once the line is free."""
        if self.live and all(call.state == "waiting" for call in self.live):
            self.live[0].state = "incoming"
            self._ring(self.live[0])

    def drop_all(self) -> None:
        """The modem loses power: no line, no call."""
        for call in self.live:
            self._sim.log.add("event", f"call {call.id} is over: lost")
            call.over.set()
        self.live.clear()

    # ---- what the host does

    def first(self, *states: str) -> SimulatedCall | None:
        """The first call in the first of these states that has one."""
        return next((call for state in states for call in self.live if call.state == state), None)

    def answer(self) -> bool:
        call = self.first("incoming")
        if call:
            self.connect(call)
        return call is not None

    def hang_up(self) -> None:
        """End the active call, else reject the one that rings (AT+CHUP)."""
        if call := self.first("active", "dialing", "alerting", "incoming"):
            self.end(call, "rejected" if call.state == "incoming" else "released")

    def dial(self, call: SimulatedCall) -> None:
        """Somebody calls from the modem: it rings there, is picked up, talked to and hung up."""
        self._place(call, "dialing")
        steps = (("dialing", "dialled"), ("alerting", "alerting"), ("active", "picked_up"))
        for place, (state, moment) in enumerate(steps):
            self._sim.later(DIAL_STEP * place, lambda s=state, m=moment: self._progress(call, s, m))  # type: ignore[misc]
        self._sim.later(DIAL_STEP * len(steps) + call.talk, lambda: self.end(call, "answered"))

    def _progress(self, call: SimulatedCall, state: str, moment: str) -> None:
        if call.over.is_set():
            return
        call.state = state
        if state == "active":
            call.answered_at = self._sim.now()
        self._tell(call, moment)

    def listing(self) -> list[str]:
        """The lines of AT+CLCC (27.007)."""
        return [
            f"+CLCC: {call.listed}" + (f',"{call.number}",{call.type}' if call.number else "")
            for call in self.live
        ]

    # ---- lines

    def _slcc(self) -> str:
        """The list that Cinterion prints at every change, closed by an empty entry."""
        lines = [f'^SLCC: {call.listed},0,"{call.number or ""}",{call.type}' for call in self.live]
        return "\r\n".join([*lines, "^SLCC: "])

    def _fill(self, template: str, call: SimulatedCall) -> str:
        return template.format(
            i=call.index,
            d=int(call.incoming),
            n=call.number or "",
            bare=(call.number or "").removeprefix("+"),
            t=call.type,
            a=call.name,
            s=int(self._sim.now() - call.answered_at) + 1 if call.answered_at is not None else 0,
            c=self.last_cause,
            clock=f"{datetime.now().astimezone():%I:%M%p}",
            slcc=self._slcc(),
        )

    def _tell(self, call: SimulatedCall, *names: str) -> None:
        """What is printed of a voice call at these moments; of others only that they are over."""
        if call.kind != "voice":
            if {"missed", "answered"} & set(names) & set(self._sim.profile.calls.get("", {})):
                self._sim.say("NO CARRIER")
            return
        for switch, moments in self._sim.profile.calls.items():
            if not switch or self._sim.on(switch):
                for template in (line for name in names for line in moments.get(name, ())):
                    self._sim.say(self._fill(template, call))
