"""A simulated modem as others see it: what a test, the demo or the control socket does to it, and what it has seen."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType

from modem.simulator import pdu
from modem.simulator.calls import CLIPS, ENDS, MODES, SimulatedCall
from modem.simulator.faults import Fault
from modem.simulator.log import Entry
from modem.simulator.machine import Machine
from modem.simulator.pdu import Submitted
from modem.simulator.texts import SentText


class Simulator(Machine):
    """A modem that can be called, texted and broken, from any thread; `Machine` says what it is made with."""

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

    # ---- calls

    def call(
        self,
        number: str | None,
        rings: int = 3,
        spacing: float | None = None,
        end: str = "caller",
        clip: str = "early",
        kind: str = "voice",
        name: str = "",
        ton: int | None = None,
        talk: float = 5.0,
        forwarded: bool = False,
        wait: bool = False,
    ) -> int:
        """Somebody calls (None: withheld), a second one during another call waits. end: caller, network, elsewhere,
        answered (and talked to for `talk` seconds), silent, reset or unplug; clip: early, once, late or missing; kind:
        voice, data or fax; ton: <type> of the number; forwarded: another phone diverted it here (+CSSU).
        Returns the call's id at once, or when it is over."""
        if end not in ENDS or clip not in CLIPS or kind not in MODES:
            raise ValueError(
                f"one of {end!r}, {clip!r}, {kind!r} is unknown; there are {ENDS}, {(*CLIPS,)}, {(*MODES,)}"
            )
        call = SimulatedCall(
            next(self.ids),
            number,
            rings=rings,
            spacing=self.profile.spacing if spacing is None else spacing,
            end=end,
            clip=clip,
            kind=kind,
            name=name,
            ton=ton,
            talk=talk,
            forwarded=forwarded,
        )
        return self._begin(call, self.calls.begin, wait)

    def outgoing(self, number: str, talk: float = 2.0, wait: bool = False) -> int:
        """A call that somebody makes from the modem, without the host."""
        call = SimulatedCall(next(self.ids), number, incoming=False, talk=talk)
        return self._begin(call, self.calls.dial, wait)

    def _begin(self, call: SimulatedCall, begin: Callable[[SimulatedCall], None], wait: bool) -> int:
        if wait and self.wire.own_thread:
            raise ValueError("the modem's own thread cannot wait for a call")
        self.wire.after(0, lambda: begin(call))
        if wait:
            call.over.wait()
        return call.id

    def hangup(self, call: int | None = None) -> None:
        """The caller gives up now: this call, else the first."""
        self._with_call(
            call, lambda live: self.calls.end(live, "caller" if live.answered_at is None else "answered")
        )

    def answer(self, call: int | None = None) -> None:
        """Somebody picks up at the modem, by its own button."""
        self._with_call(call, lambda live: self.calls.connect(live) if live.state == "incoming" else None)

    def _with_call(self, wanted: int | None, act: Callable[[SimulatedCall], None]) -> None:
        def find() -> None:
            if found := [call for call in self.calls.live if wanted in (None, call.id)]:
                act(found[0])

        self.wire.do(find)

    # ---- texts

    def text(
        self,
        sender: str,
        body: str,
        alphabet: str = "auto",
        order: Sequence[int] | None = None,
        reference: int | None = None,
        at: datetime | str | None = None,
        dcs: int | None = None,
        pid: int = 0,
    ) -> None:
        """Somebody texts. alphabet: auto, gsm7, ucs2, 8bit; order: places of the parts of a long text as they arrive
        (some may be missing or come twice); at: the message centre's time. Raises ValueError."""
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        made = pdu.deliver(sender, body, moment or datetime.now(UTC), alphabet=alphabet)
        if order and not all(1 <= place <= len(made) for place in order):
            raise ValueError(f"the text has {len(made)} parts")
        self.wire.after(
            0,
            lambda: self.texts.receive(
                sender, body, alphabet=alphabet, order=order, reference=reference, at=moment, dcs=dcs, pid=pid
            ),
        )

    def deliver_pdu(self, hexadecimal: str) -> None:
        """Any octets at all arrive as a text, even what is no PDU. Raises ValueError for what is not hex."""
        if not bytes.fromhex(hexadecimal):
            raise ValueError("no octets")
        self.wire.after(0, lambda: self.texts.arrive(hexadecimal))

    def report(self, mr: int | None = None, status: int = 0) -> None:
        """A delivery report (TP-ST `status`) on the last text with this reference, else on the last one."""

        def find() -> None:
            if texts := [text for text in self.texts.submitted if mr in (None, text.mr)]:
                self.texts.report(texts[-1], status)

        self.wire.do(find)

    # ---- faults

    def fault(
        self,
        kind: str,
        match: str = "",
        code: int = 500,
        answer: str = "ERROR",
        seconds: float | None = 5.0,
        times: int = 1,
        when: str = "before",
    ) -> None:
        """Arm a fault: faults.KINDS says which there are; times 0: always. Raises ValueError."""
        fault = Fault(kind, match, code, answer, seconds, times, when)
        self.wire.do(lambda: self.faults.arm(fault))

    def heal(self) -> None:
        """Nothing is armed any more, silence ends."""
        self.wire.do(self.faults.disarm)
        self.unhang()

    def unhang(self) -> None:
        """End a silence."""
        self.wire.do(lambda: self.exchange.unhang())

    def unplug(self) -> None:
        """The cable is pulled: the port vanishes, calls and settings with it; the network keeps texts."""
        self.wire.do(self.cut_off)

    def replug(self) -> None:
        """The cable is back: a new port behind the same link, and what the network kept arrives."""

        def plug() -> None:
            self.wire.plug()
            self.log.add("event", "plugged in")
            self.texts.deliver_held()

        self.wire.do(plug)

    def reset(self) -> None:
        """A restart by itself: settings and calls are gone, the banner is printed."""
        self.wire.do(self.restart)

    def register(self, state: int) -> None:
        """<stat> of AT+CREG becomes this: 0 not, 1 home, 2 searching, 3 denied, 5 roaming (27.007)."""

        def change() -> None:
            self.registration = state
            self.announce_registration()

        self.wire.do(change)

    def print(self, line: str) -> None:
        """Any line at all, framed as if the modem said it."""
        self.wire.do(lambda: self.say(line))

    def raw(self, data: str) -> None:
        """Any octets at all (latin-1), without a frame."""
        self.wire.do(lambda: self.emit(data.encode("latin-1")))

    # ---- what it has seen

    def wait_for(self, wanted: Callable[[Entry], bool], timeout: float = 30.0, start: int = 0) -> Entry:
        """The first log entry from place `start` on that is wanted. Raises TimeoutError."""
        return self.log.wait_for(wanted, timeout, start)

    @property
    def submitted(self) -> list[Submitted]:
        """Every PDU that the network took, in order."""
        return list(self.texts.submitted)

    @property
    def sent(self) -> list[SentText]:
        """Whole texts; a long one counts once all its parts are there."""
        return self.texts.whole()
