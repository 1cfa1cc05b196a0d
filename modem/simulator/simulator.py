"""A simulated modem as a whole: what a test, the demo or the control socket does to it, and what it has seen."""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType

from modem.simulator import pdu
from modem.simulator.calls import Calls, SimulatedCall
from modem.simulator.exchange import VENDORS, Exchange
from modem.simulator.faults import Fault, Faults
from modem.simulator.pdu import Submitted
from modem.simulator.profiles import PROFILES, Profile
from modem.simulator.texts import Texts
from modem.simulator.wire import Entry, Log, Wire

STEPS = ("cmgs", "prompt", "pdu", "sent")


@dataclass(frozen=True)
class SentText:
    """A whole text that the host sent, its parts joined. at: when the last part was taken."""

    number: str
    text: str
    parts: tuple[Submitted, ...]
    at: float


class Simulator:
    """A modem on a pseudo-terminal behind `link` (else a link of its own). speed: divides its own waiting times.

    reports: auto (a delivery report follows each text that asks for one), manual or off. on_step: called in the
    modem's thread at each of STEPS of a text that the host sends.
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
        on_step: Callable[[str], None] | None = None,
    ) -> None:
        self.profile: Profile = PROFILES[profile]
        self.speed = speed
        self.reports = reports
        self.network_delay = network_delay
        self.report_delay = report_delay
        self.imsi: str = imsi
        self.imei: str = "490154203237518"
        self.iccid: str = "8944110068123456789"
        self.own_number: str = own_number
        self.registered = True
        self.sim_present = True
        self.locked = False
        self.pin = "1234"
        self.on_step = on_step
        self.split = 0
        self.lose_every = 0
        self._written = 0
        self._folder = tempfile.TemporaryDirectory(prefix="textback-modem-") if link is None else None
        self.port = str(link or Path(self._folder.name if self._folder else "") / "modem")
        self.faults = Faults()
        self.wire = Wire(Path(self.port), self._received)
        self.calls: Calls = Calls(self)
        self.texts: Texts = Texts(self, slots)
        self._exchange = Exchange(self)

    def __enter__(self) -> "Simulator":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        self.wire.start()

    def stop(self) -> None:
        self.wire.stop()
        if self._folder:
            self._folder.cleanup()

    # ---- what others do to it, from any thread

    def call(
        self,
        number: str | None,
        rings: int = 3,
        spacing: float | None = None,
        end: str = "caller",
        clip: str = "early",
        kind: str = "voice",
        name: str = "",
    ) -> int:
        """Somebody calls (None: withheld). end: caller, network, elsewhere, answered, silent or reset; clip: early,
        once, late or missing; kind: voice, data or fax. Returns the call's id at once."""
        with self.wire.lock:
            call = self.calls.new(
                number,
                True,
                rings=rings,
                spacing=spacing or self.profile.spacing,
                end=end,
                clip=clip,
                kind=kind,
                name=name,
            )
        self.wire.after(0, lambda: self.calls.begin(call))
        return call.id

    def hang_up(self, call: int | None = None) -> None:
        """The caller gives up now."""
        self.wire.after(0, lambda: self._with_call(call, lambda live: self.calls.end(live, "caller")))

    def answer(self, call: int | None = None) -> None:
        """Somebody picks up at the modem, by its own button."""
        self.wire.after(0, lambda: self._with_call(call, self.calls.connect))

    def outgoing(self, number: str) -> None:
        """A call that somebody makes from the modem, without the host."""
        self.wire.after(0, lambda: self.calls.dial(number))

    def text(self, sender: str, body: str, alphabet: str = "auto", order: list[int] | None = None) -> None:
        """Somebody texts. order: places of the parts of a long text, in the order of their arrival."""
        self.wire.after(0, partial(self.texts.receive, sender, body, alphabet, order))

    def deliver(self, hexadecimal: str) -> None:
        """Any PDU at all arrives as a text."""
        self.wire.after(0, lambda: self.texts.arrive(hexadecimal))

    def report(self, mr: int | None = None, status: int = 0) -> None:
        """A delivery report on the text of this reference, else on the last one."""
        self.wire.after(0, lambda: self._report(mr, status))

    def fault(self, kind: str, **how: object) -> None:
        """Arm a fault: faults.KINDS says which there are."""
        with self.wire.lock:
            self.faults.arm(Fault(kind, **how))  # type: ignore[arg-type]

    def unplug(self) -> None:
        with self.wire.lock:
            self.calls.drop_all()
            self._exchange.restart()
            self.wire.unplug()
        self.log.add("event", "unplugged")

    def replug(self) -> None:
        self.log.add("event", "plugged in")
        self.wire.plug()

    def reset(self) -> None:
        """A restart by itself: settings and calls are gone, the banner is printed."""
        with self.wire.lock:
            self.log.add("event", "reset")
            self.calls.drop_all()
            self._exchange.restart()
            for place, line in enumerate(self.profile.banner):
                self.later(0.2 * place, lambda line=line: self.say(line))  # type: ignore[misc]

    def print(self, line: str) -> None:
        """Any line at all, as if the modem said it."""
        self.wire.after(0, lambda: self.say(line))

    def unhang(self) -> None:
        """End a silence."""
        with self.wire.lock:
            self._exchange.unhang()

    # ---- what it has seen

    @property
    def log(self) -> Log:
        return self.wire.log

    def wait_for(self, wanted: Callable[[Entry], bool], timeout: float = 30.0, start: int = 0) -> Entry:
        return self.log.wait_for(wanted, timeout, start)

    @property
    def submitted(self) -> list[Submitted]:
        """Every PDU that the network took, in order."""
        return list(self.texts.submitted)

    @property
    def sent(self) -> list[SentText]:
        """Whole texts; a long one counts once all its parts are there."""
        whole: list[SentText] = []
        open_parts: dict[tuple[str, int, int], dict[int, Submitted]] = {}
        for one in self.submitted:
            reference, total, place = one.part or (0, 1, 1)
            parts = open_parts.setdefault((one.number, reference, total), {})
            parts[place] = one
            if len(parts) == total:
                ordered = tuple(parts[n] for n in sorted(parts))
                joined = (
                    "".join(p.text for p in ordered)
                    .encode("utf-16", "surrogatepass")
                    .decode("utf-16", "replace")
                )
                whole.append(SentText(one.number, joined, ordered, one.at))
                del open_parts[(one.number, reference, total)]
        return whole

    # ---- for its own parts

    def now(self) -> float:
        return time.monotonic()

    def later(self, seconds: float, act: Callable[[], None], scaled: bool = True) -> None:
        self.wire.after(seconds / self.speed if scaled else seconds, act)

    def get(self, setting: str) -> str:
        return self._exchange.settings[setting]

    def knows(self, setting: str) -> bool:
        """Does this vendor's firmware have this command?"""
        return (
            setting not in VENDORS or VENDORS[setting] == self.profile.name or self.profile.told_by == setting
        )

    def storage(self, place: int) -> str:
        """mem1, mem2 or mem3 of AT+CPMS, by place 0 to 2."""
        names = self.get("+CPMS").split(",")
        return names[place] if place < len(names) else names[0]

    def announcements(self) -> tuple[int, int]:
        """<mt> and <ds> of AT+CNMI."""
        fields = self.get("+CNMI").split(",")
        return int(fields[1] or 0), int(fields[3] or 0)

    def network_time(self) -> str:
        return f"{datetime.now(UTC):%y/%m/%d,%H:%M:%S}+00"

    def say(self, line: str) -> None:
        """One line, framed as this vendor does."""
        self.log.add("modem", line)
        self.emit(self.profile.frame.format(line).encode("latin-1", "replace"))

    def emit(self, data: bytes) -> None:
        """Bytes to the host, whole or as the armed line noise has them."""
        if self.lose_every:
            kept = bytearray()
            for byte in data:
                self._written += 1
                if self._written % self.lose_every:
                    kept.append(byte)
            data = bytes(kept)
        if not self.split:
            self.wire.write(data)
            return
        for place in range(0, len(data), self.split):
            self.wire.write(data[place : place + self.split])

    def step(self, name: str) -> bool:
        """A step of sending is reached; False if a fault ends the modem here."""
        if self.on_step:
            self.on_step(name)
        if self.faults.take("unplug", name):
            self.unplug()
            return False
        if self.faults.take("reset", name):
            self.reset()
            return False
        return True

    def hand_over(self, hexadecimal: str, length: int) -> None:
        """The host has given a PDU: refuse it, or let the network take it."""
        if not self.step("pdu"):
            return
        if fault := self.faults.take("cms_error"):
            self.say(f"+CMS ERROR: {fault.code}")
            return
        try:
            if pdu.tpdu_length(hexadecimal) != length:
                raise ValueError("length")
            taken = self.texts.submit(hexadecimal)
        except ValueError:
            self.say("+CMS ERROR: 304")
            return
        if self.faults.take("accepted"):
            return
        late = self.faults.take("late")
        if late:
            self.later(late.seconds, lambda: self._sent(taken.mr), scaled=False)
        else:
            self.later(self.network_delay, lambda: self._sent(taken.mr))

    def _sent(self, mr: int) -> None:
        self.say(f"+CMGS: {mr}")
        self.say("OK")
        self.step("sent")

    def _received(self, data: bytes) -> None:
        self._exchange.take(data)

    def _with_call(self, wanted: int | None, act: Callable[[SimulatedCall], None]) -> None:
        live = [call for call in self.calls.live if wanted in (None, call.id)]
        if live:
            act(live[0])

    def _report(self, mr: int | None, status: int) -> None:
        texts = [text for text in self.texts.submitted if mr in (None, text.mr)]
        if texts:
            self.texts.report(texts[-1], status)
