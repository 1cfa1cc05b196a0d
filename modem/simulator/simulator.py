"""A simulated modem as others see it: what a test, the demo or the control socket does to it, and what it has seen."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from modem.simulator import pdu
from modem.simulator.call import ENDINGS, CallKind, ClipTiming, Ending, SimulatedCall, member
from modem.simulator.conditions import Conditions
from modem.simulator.faults import Fault
from modem.simulator.log import Entry, Log
from modem.simulator.machine import Machine
from modem.simulator.pdu import Submitted
from modem.simulator.profiles import PROFILES, Profile
from modem.simulator.sent import SentText, whole_texts
from modem.simulator.storage import Stored, StoredStatus

T = TypeVar("T")


class Simulator:
    """A modem on a pseudo-terminal that can be called, texted and broken, from any thread; a context manager.

    What a method does is done when it returns, unless it says otherwise. Times are seconds; numbers are E.164 or as the
    network would send them; PDUs are hex with their SMSC.
    """

    def __init__(
        self,
        profile: str = "generic",
        *,
        link: Path | None = None,
        slots: int = 30,
        on_step: Callable[[str], None] | None = None,
        speed: float = 1.0,
        reports: str = "auto",
        network_delay: float = 0.2,
        report_delay: float = 2.0,
        imsi: str = "234150123456789",
        own_number: str = "",
        pin: str = "",
        sim_busy: float = 0.0,
    ) -> None:
        """Made, not yet started. profile: a key of PROFILES. link: where the port appears, else in a folder of its own.
        slots: places in each storage for texts. on_step: called at each of STEPS and ARRIVALS, with its name, in the
        modem's thread. The others are conditions, see `Conditions`. Raises KeyError for a profile that is none.
        """
        self.profile: Profile = PROFILES[profile]
        self._folder = tempfile.TemporaryDirectory(prefix="textback-modem-") if link is None else None
        path = Path(self._folder.name) / "modem" if self._folder else Path(link or "")
        conditions = Conditions(
            imei=self.profile.imei,
            frame=self.profile.frame,
            speed=speed,
            reports=reports,
            network_delay=network_delay,
            report_delay=report_delay,
            imsi=imsi,
            own_number=own_number,
            pin=pin,
            sim_busy=sim_busy,
        )
        self._machine = Machine(self.profile, path, conditions, slots, on_step)
        # What to open.
        self.port = str(path)

    def __enter__(self) -> "Simulator":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Make the port, and serve it. Raises OSError where the link cannot be made."""
        self._machine.wire.start()

    def stop(self) -> None:
        """The port is gone; nothing more happens."""
        self._machine.wire.stop()
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
        cnap: str = "",
        ring_extra: str = "",
    ) -> int:
        """Somebody calls (None: withheld), a second one during another call waits. spacing: seconds between RINGs, else
        the profile's. end: caller, network, elsewhere, answered (and talked to for `talk` seconds), silent, reset or
        unplug. clip: when +CLIP comes, early, once, late or missing. kind: voice, data or fax. name: <alpha> of +CLIP;
        cnap: the network's name, printed while AT+CNAP=1; ring_extra: a line printed as it stands behind each +CLIP.
        ton: <type> of the number (24.008, 10.5.4.7). forwarded: another phone diverted it here (+CSSU, 27.007, 7.17).

        Returns the call's id at once, or with `wait` when it is over. Raises ValueError for a word that is none of these.
        """
        call = SimulatedCall(
            next(self._machine.calls.ids),
            number,
            rings=rings,
            spacing=self.profile.spacing if spacing is None else spacing,
            end=member(Ending, end, ENDINGS),
            clip=member(ClipTiming, clip),
            kind=member(CallKind, kind),
            name=name,
            ton=ton,
            talk=talk,
            forwarded=forwarded,
            cnap=cnap,
            ring_extra=ring_extra,
        )
        return self._begin(call, self._machine.calls.begin, wait)

    def outgoing(self, number: str, talk: float = 2.0, wait: bool = False) -> int:
        """Somebody calls out from the modem, without the host, and is talked to for `talk` seconds. Returns as `call` does."""
        call = SimulatedCall(next(self._machine.calls.ids), number, incoming=False, talk=talk)
        return self._begin(call, self._machine.calls.begin_outgoing, wait)

    def _begin(self, call: SimulatedCall, begin: Callable[[SimulatedCall], None], wait: bool) -> int:
        if wait and self._machine.wire.own_thread:
            raise ValueError("the modem's own thread cannot wait for a call")
        self._machine.wire.after(0, lambda: begin(call))
        if wait:
            call.over.wait()
        return call.id

    def hangup(self, call: int | None = None) -> None:
        """The caller gives up now: the call of this id, else the first; nothing where there is none."""
        self.do(lambda: self._machine.calls.give_up(call))

    def answer(self, call: int | None = None) -> None:
        """Somebody picks up at the modem, by its own button: the call of this id, else the first, if it rings."""
        self.do(lambda: self._machine.calls.pick_up(call))

    def fill_missed_calls(self, numbers: Sequence[str]) -> None:
        """The phone book of missed calls (MC, 27.007, 8.11) holds these and no others, newest first."""
        self.do(lambda: self._machine.calls.fill_missed(numbers))

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
        """Somebody texts; it arrives soon. alphabet: auto, gsm7, ucs2 or 8bit (23.038). order: places of the parts of a
        long text as they arrive, from 1 (some may be missing or come twice). reference: of its parts (23.040, 9.2.3.24.1).
        at: SCTS, ISO 8601 if in words, else now. dcs, pid: TP-DCS and TP-PID, whatever the coding. Raises ValueError."""
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        made = pdu.deliver(sender, body, moment or datetime.now(UTC), alphabet=alphabet)
        if order and not all(1 <= place <= len(made) for place in order):
            raise ValueError(f"the text has {len(made)} parts")
        self._machine.wire.after(
            0,
            lambda: self._machine.texts.receive(
                sender, body, alphabet=alphabet, order=order, reference=reference, at=moment, dcs=dcs, pid=pid
            ),
        )

    def deliver_pdu(self, hexadecimal: str, report: bool = False) -> None:
        """Any octets at all arrive soon as a text or, with `report`, as a delivery report; even what is no PDU. Raises
        ValueError for what is not hex."""
        if not bytes.fromhex(hexadecimal):
            raise ValueError("no octets")
        self._machine.wire.after(0, lambda: self._machine.texts.arrive(hexadecimal, report))

    def report(self, mr: int | None = None, status: int = 0) -> None:
        """A delivery report on the last text with this TP-MR, else on the last one; status: TP-ST (23.040, 9.2.3.15)."""
        self.do(lambda: self._machine.texts.report_on(mr, status))

    @property
    def submitted(self) -> list[Submitted]:
        """Every PDU that the network took, in order."""
        return list(self._machine.texts.submitted)

    @property
    def sent(self) -> list[SentText]:
        """Whole texts that the network took; a long one counts once all its parts are there."""
        return whole_texts(self.submitted)

    @property
    def kept(self) -> int:
        """How many texts and reports the network still has, or will have again if the modem loses power now."""
        return self._machine.texts.kept

    # ---- storage

    def store(
        self, hexadecimal: str, storage: str = "SM", status: StoredStatus = StoredStatus.UNREAD
    ) -> int | None:
        """A PDU lies in this storage (SM, ME or SR), unannounced. Returns its index, None where the storage is full. Raises
        KeyError for a storage that is none."""
        if storage not in self._machine.storages.names:
            raise KeyError(storage)
        return self.do(lambda: self._machine.storages.store(storage, hexadecimal, status))

    def stored(self, *storages: str) -> list[Stored]:
        """What lies in these storages, in all if none is named, in the order of arrival."""
        found = (self._machine.storages.slots(name) for name in storages or self._machine.storages.names)
        return [one for slots in found for one in list(slots.values())]

    def empty(self, storage: str) -> None:
        """Somebody deletes all that lies in this storage; what the network has kept does not come by that."""
        self.do(self._machine.storages.slots(storage).clear)

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
        """Arm a fault: faults.KINDS says which there are and what they use of this; `seconds` are real ones, whatever the
        speed; times 0: always. Raises ValueError."""
        fault = Fault(kind, match, code, answer, seconds, times, when)
        self.do(lambda: self._machine.faults.arm(fault))

    @property
    def armed(self) -> tuple[Fault, ...]:
        """The faults that are not used up."""
        return self._machine.faults.armed

    def heal(self) -> None:
        """Nothing is armed any more, silence ends."""
        self.do(self._machine.faults.disarm)
        self.unhang()

    def unhang(self) -> None:
        """End a silence."""
        self.do(self._machine.exchange.unhang)

    def unplug(self) -> None:
        """The cable is pulled: the port vanishes, calls and settings with it; the network keeps texts."""
        self.do(self._machine.cut_off)

    def replug(self) -> None:
        """The cable is back: a new port behind the same link, and what the network kept arrives soon."""
        self.do(self._machine.plug_in)

    def reset(self) -> None:
        """A restart by itself: settings and calls are gone, the banner is printed, what the network kept arrives soon."""
        self.do(self._machine.restart)

    def print(self, line: str) -> None:
        """Any line at all, framed as if the modem said it."""
        self.do(lambda: self._machine.terminal.say(line))

    def raw(self, data: str) -> None:
        """Any octets at all (latin-1), without a frame. Raises UnicodeEncodeError."""
        data.encode("latin-1")
        self.do(lambda: self._machine.terminal.emit(data))

    # ---- conditions and settings

    def register(self, state: int) -> None:
        """<stat> of AT+CREG becomes this: 0 not, 1 home, 2 searching, 3 denied, 5 roaming (27.007, 7.2)."""
        self.do(lambda: self._machine.sim.register(state))

    @property
    def conditions(self) -> Conditions:
        """A copy of the conditions as they are now."""
        return replace(self._machine.conditions)

    def set(self, **conditions: object) -> None:
        """Change conditions by name, see `Conditions`. Raises ValueError for a name or a value that is none."""
        self._machine.conditions.change(**conditions)

    def setting(self, name: str) -> str:
        """The value of an AT setting, such as +CNMI, as the host has set it. Raises KeyError where there is none."""
        return self._machine.settings.get(name)

    def change_setting(self, name: str, value: str) -> None:
        """The modem or another program changes an AT setting silently."""
        self.do(lambda: self._machine.settings.put(name, value))

    # ---- what it has seen, and its thread

    @property
    def log(self) -> Log:
        """What went over the wire and what happened, from the beginning; safe to read from any thread."""
        return self._machine.log

    def wait_for(self, wanted: Callable[[Entry], bool], timeout: float = 120.0, start: int = 0) -> Entry:
        """The first log entry from place `start` on that is wanted, within `timeout` seconds. Raises TimeoutError."""
        return self.log.wait_for(wanted, timeout, start)

    def do(self, act: Callable[[], T]) -> T:
        """Do something in the modem's thread, between two things that it does, and return what comes of it; not to raise."""
        return self._machine.wire.do(act)

    def watch(self, descriptor: int, act: Callable[[], None]) -> None:
        """Call `act` in the modem's thread whenever this descriptor is readable."""
        self._machine.wire.watch(descriptor, act)

    def unwatch(self, descriptor: int) -> None:
        """Stop watching this descriptor; in the modem's thread only."""
        self._machine.wire.unwatch(descriptor)
