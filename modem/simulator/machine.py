"""The simulated modem's state, and what its parts ask of each other; what others do to it is in `simulator`."""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from modem.simulator import device, messages, pdu
from modem.simulator.calls import Calls, SimulatedCall
from modem.simulator.exchange import Exchange
from modem.simulator.faults import BREAKS, Faults
from modem.simulator.log import Log
from modem.simulator.profiles import FRAMES, PROFILES, Profile
from modem.simulator.texts import Texts
from modem.simulator.wire import Wire

# Where `on_step` is called and a fault may strike while the host sends a text: the command line was read, the prompt
# written, the PDU read, the network took it, +CMGS and OK were written.
STEPS = ("cmgs", "prompt", "pdu", "taken", "sent")
# The same while a text or report comes in: +CMTI or +CDSI was written; of +CMT or +CDS the header, not yet the PDU; that too.
ARRIVALS = ("announced", "header", "handed")
# Between the lines of a boot banner (seconds).
BANNER_PAUSE = 0.2
HOME, ROAMING = 1, 5


class Machine:
    """One modem; `port` is what to open. Its methods are called in the wire's thread.

    link: where the port appears (else in a folder of its own). speed: divides its own waiting times. slots: places in
    each storage. reports: auto (a delivery report follows each text that asks for one, after report_delay), manual or
    off. network_delay: seconds until +CMGS. pin: asked for at each boot, if any. sim_busy: seconds after boot in which
    the SIM is not ready. counts_pins: AT+CPINR works. direct_only: texts cannot be stored, only handed over (+CMT).
    clock_offset: seconds that its clock is fast. on_step: called at each of STEPS and ARRIVALS, with its name.
    """

    def __init__(
        self,
        profile: str = "generic",
        *,
        link: Path | None = None,
        speed: float = 1.0,
        slots: int = 30,
        reports: str = "auto",
        network_delay: float = 0.2,
        report_delay: float = 2.0,
        imsi: str = "234150123456789",
        own_number: str = "",
        pin: str = "",
        sim_busy: float = 0.0,
        on_step: Callable[[str], None] | None = None,
    ) -> None:
        self.profile: Profile = PROFILES[profile]
        self.speed = speed
        self.reports = reports
        self.network_delay = network_delay
        self.report_delay = report_delay
        self.imsi: str = imsi
        self.imei: str = self.profile.imei
        self.iccid: str = "8944110068123456789"
        self.own_number: str = own_number
        self.signal: int = 17
        self.registration: int = HOME
        self.sim_present = True
        self.pin = pin
        self.pin_tries = 3
        self.counts_pins = False
        self.direct_only = False
        self.clock_offset = 0.0
        self.locked = bool(pin)
        self.sim_busy = sim_busy
        self.on_step = on_step
        self.split = 0
        self.lose_every = 0
        self.frame = self.profile.frame
        self.log = Log()
        self.faults = Faults()
        self._written = 0
        self._life = 0
        self.ids = count(1)
        self._folder = tempfile.TemporaryDirectory(prefix="textback-modem-") if link is None else None
        self.port = str(link or Path(self._folder.name if self._folder else "") / "modem")
        self.wire = Wire(Path(self.port), lambda data: self.exchange.take(data))
        self.calls: Calls = Calls(self)
        self.texts: Texts = Texts(self, slots)
        self.exchange: Exchange = Exchange(self, device.HANDLERS | messages.HANDLERS)
        self._ready_at = self.now() + sim_busy / speed

    # ---- power

    def cut_off(self) -> None:
        """The port vanishes, calls and settings with it."""
        self.log.add("event", "unplugged")
        self._lose_power()
        self.wire.unplug()

    def restart(self) -> None:
        """A restart by itself: settings and calls are gone, the banner is printed."""
        self.log.add("event", "reset")
        self._lose_power()
        for place, line in enumerate(self.profile.banner):
            self.later(BANNER_PAUSE * place, lambda line=line: self.say(line))  # type: ignore[misc]
        self.texts.deliver_held()

    def _lose_power(self) -> None:
        self._life += 1
        self.calls.drop_all()
        self.texts.lose_power()
        self.exchange.restart()
        self.locked = bool(self.pin)
        self._ready_at = self.now() + self.sim_busy / self.speed

    # ---- state

    def now(self) -> float:
        return time.monotonic()

    def later(self, seconds: float, act: Callable[[], None], scaled: bool = True) -> None:
        self.wire.after(seconds / self.speed if scaled else seconds, act)

    @property
    def registered(self) -> bool:
        return self.registration in (HOME, ROAMING) and self.sim_present and not self.locked

    @property
    def registration_shown(self) -> int:
        return self.registration if self.sim_present and not self.locked else 0

    @property
    def reachable(self) -> bool:
        """Can the network deliver calls and texts?"""
        return self.registered and self.wire.plugged and self.get("+CFUN")[0] == "1"

    def sim_trouble(self, pin: bool = True) -> int:
        """10 no SIM, 14 not ready yet, 11 the PIN is wanted, else 0: as in +CME ERROR, and with 300 in +CMS ERROR."""
        if not self.sim_present:
            return 10
        if self.now() < self._ready_at:
            return 14
        return 11 if pin and self.locked else 0

    def unlock(self, pin: str) -> bool:
        right = pin == self.pin and self.pin_tries > 0
        self.pin_tries = 3 if right else max(0, self.pin_tries - 1)
        if right:
            self.locked = False
            self.later(0, self.announce_registration)
        return right

    def announce_registration(self) -> None:
        """The network is there, or gone; if it is there, what it kept arrives."""
        if self.on("+CREG"):
            self.say(f"+CREG: {self.registration_shown}")
        if self.reachable:
            self.texts.deliver_held()

    def get(self, setting: str) -> str:
        return self.exchange.settings[setting]

    def on(self, setting: str) -> bool:
        """Is this setting there, and not off?"""
        return self.exchange.settings.get(setting, "0")[:1] not in ("0", "")

    def storage(self, place: int) -> str:
        """mem1, mem2 or mem3 of AT+CPMS, by place 0 to 2."""
        return self.get("+CPMS").split(",")[place]

    def announcements(self) -> tuple[int, int]:
        """<mt> and <ds> of AT+CNMI."""
        fields = self.get("+CNMI").split(",")
        return int(fields[1]), int(fields[3])

    def network_time(self) -> str:
        """What AT+CCLK says, in UTC."""
        return f"{datetime.now(UTC) + timedelta(seconds=self.clock_offset):%y/%m/%d,%H:%M:%S}+00"

    # ---- doing

    def dial(self, number: str) -> None:
        """ATD: what is printed of it comes after the OK."""
        call = SimulatedCall(next(self.ids), number, incoming=False)
        self.later(0, lambda: self.calls.dial(call))

    def say(self, line: str) -> None:
        """One line, framed as this vendor does."""
        self.log.add("modem", line)
        self.emit(FRAMES[self.frame].format(line).encode("latin-1", "replace"))

    def say_two(self, header: str, line: str) -> None:
        """A line and the one that belongs to it, in one frame."""
        self.log.add("modem", header)
        first, last = FRAMES[self.frame].format(f"{header}\r\n{line}").rsplit(line, 1)
        self.emit(first.encode("latin-1", "replace"))
        if self.step("header"):
            self.log.add("modem", line)
            self.emit((line + last).encode("latin-1", "replace"))
            self.step("handed")

    def emit(self, data: bytes) -> None:
        """Bytes to the host, whole or as the line noise has them that is set."""
        if self.lose_every:
            numbered = enumerate(data, self._written + 1)
            self._written += len(data)
            data = bytes(byte for place, byte in numbered if place % self.lose_every)
        size = self.split or len(data) or 1
        self.wire.write(*(data[place : place + size] for place in range(0, len(data), size)))

    def step(self, name: str) -> bool:
        """One of STEPS or ARRIVALS is reached; False if a fault ends the modem here."""
        if self.on_step:
            self.on_step(name)
        for kind in BREAKS:
            if self.faults.take(kind, name):
                self.break_down(kind)
                return False
        return True

    def break_down(self, kind: str) -> None:
        """One of faults.BREAKS strikes."""
        {"unplug": self.cut_off, "reset": self.restart, "hang": self.exchange.hang}[kind]()

    def hand_over(self, hexadecimal: str, length: int | None) -> None:
        """The host has given a PDU, with its announced length: refuse it, or let the network take it."""
        if not self.step("pdu"):
            return
        if fault := self.faults.take("cms_error"):
            self.say(f"+CMS ERROR: {fault.code}")
        elif not self.registered:
            self.say("+CMS ERROR: 331")
        else:
            self._submit(hexadecimal, length)

    def _submit(self, hexadecimal: str, length: int | None) -> None:
        try:
            if length is not None and pdu.tpdu_length(hexadecimal) != length:
                raise ValueError("not the length that was announced")
            taken = self.texts.submit(hexadecimal)
        except ValueError:
            self.say("+CMS ERROR: 304")
            return
        if not self.step("taken") or self.faults.take("accepted"):
            return
        late = self.faults.take("late")
        life = self._life

        def confirm() -> None:
            if life == self._life:
                self.say(f"+CMGS: {taken.mr}")
                self.say("OK")
                self.step("sent")

        if late and late.seconds is not None:
            self.later(late.seconds, confirm, scaled=False)
        else:
            self.later(self.network_delay, confirm)
