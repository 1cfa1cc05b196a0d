"""The modem's end of the wire: what is written to the host, how it is framed and when; what it means, others know."""

import random
import time
from collections.abc import Callable

from modem.simulator.conditions import Conditions
from modem.simulator.faults import Break, Faults
from modem.simulator.log import Log
from modem.simulator.profiles import FRAMES
from modem.simulator.wire import Wire

# Where `on_step` is called and a fault may strike while the host sends a text: the command line was read, the prompt
# written, the PDU read, the network took it, +CMGS and OK were written.
STEPS = ("cmgs", "prompt", "pdu", "taken", "sent")
# The same while a text or report comes in: +CMTI or +CDSI was written; of +CMT or +CDS the header, not yet the PDU; that too.
ARRIVALS = ("announced", "header", "handed")
# What noise is made of: octets that end lines, cut strings, or are nothing at all, but no digits.
NOISE = (
    b"\r",
    b"\n",
    b'"',
    b",",
    b"> ",
    b"+C",
    b"\x00",
    b"\x1a",
    b"\x1b[2J",
    b"\x7f\xff",
    b"\xfe\x80\xff",
    b"\r\nRI",
)


class Terminal:
    """Called in the wire's thread only. break_down: what the modem does when a fault strikes it; on_step: called with each
    of STEPS and ARRIVALS when it is reached. Lines are latin-1; what is not becomes a question mark."""

    def __init__(
        self,
        wire: Wire,
        conditions: Conditions,
        faults: Faults,
        log: Log,
        break_down: Callable[[Break], None],
        on_step: Callable[[str], None] | None,
    ) -> None:
        self._wire = wire
        self._conditions = conditions
        self._faults = faults
        self._log = log
        self.break_down = break_down
        self._on_step = on_step
        self._written = 0
        self._noise = random.Random(0)
        # How often it has lost power: what was to be said before that is not said any more.
        self.power_cuts = 0

    @property
    def plugged(self) -> bool:
        """Is there a port?"""
        return self._wire.plugged

    # ---- when

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def later(self, seconds: float, act: Callable[[], None], scaled: bool = True) -> None:
        """Do something so many seconds from now, divided by the modem's speed if `scaled`."""
        self._wire.after(seconds / self._conditions.speed if scaled else seconds, act)

    def step(self, name: str) -> bool:
        """One of STEPS or ARRIVALS is reached; False if a fault ends the modem's work here."""
        if self._on_step:
            self._on_step(name)
        for kind in Break:
            if self._faults.take(kind, name):
                self.break_down(kind)
                return False
        return True

    # ---- what

    def say(self, *lines: str) -> None:
        """Lines in one write, each framed as this vendor does."""
        for line in lines:
            self._log.add("modem", line)
        self.emit("".join(FRAMES[self._conditions.frame].format(line) for line in lines))

    def say_pair(self, header: str, line: str) -> None:
        """A line and the one that belongs to it, in one frame: +CMT and +CDS with their PDU (27.005, 3.4.1)."""
        first, last = FRAMES[self._conditions.frame].format(f"{header}\r\n{line}").rsplit(line, 1)
        self._log.add("modem", header)
        self.emit(first)
        if self.step("header"):
            self._log.add("modem", line)
            self.emit(line + last)
            self.step("handed")

    def emit(self, text: str) -> None:
        """Octets to the host without a frame, whole or as the line noise has them that is set."""
        data = text.encode("latin-1", "replace")
        if self._conditions.lose_every:
            data = self._thinned(data, self._conditions.lose_every)
        if self._conditions.noise_every:
            data = self._noisy(data, self._conditions.noise_every)
        size = self._conditions.split or len(data) or 1
        self._wire.write(*(data[place : place + size] for place in range(0, len(data), size)))

    def _thinned(self, data: bytes, every: int) -> bytes:
        numbered = enumerate(data, self._written + 1)
        self._written += len(data)
        return bytes(byte for place, byte in numbered if place % every)

    def _noisy(self, data: bytes, every: int) -> bytes:
        numbered = enumerate(data, self._written + 1)
        self._written += len(data)
        return b"".join(
            (b"" if place % every else self._noise.choice(NOISE)) + bytes([byte]) for place, byte in numbered
        )

    # ---- the log

    def note(self, event: str) -> None:
        """Something happened to the modem: into the log, not onto the wire."""
        self._log.add("event", event)

    def heard(self, line: str) -> None:
        """The host said this."""
        self._log.add("host", line)
