"""Simulated texts: storage, announcements, what the host submits, the reports on it, and what the network keeps back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from modem.simulator import pdu
from modem.simulator.pdu import Submitted

if TYPE_CHECKING:
    from modem.simulator.machine import Machine

# <stat> of AT+CMGL (27.005).
UNREAD, READ, UNSENT, SENT = 0, 1, 2, 3


@dataclass(frozen=True)
class Stored:
    """What one slot holds."""

    status: int
    pdu: str


@dataclass(frozen=True)
class SentText:
    """A whole text that the host sent, its parts joined. at: when the last part was taken (monotonic)."""

    number: str
    text: str
    parts: tuple[Submitted, ...]
    at: float


class Texts:
    """The SIM's and the modem's storage, and the network behind them. SM and ME have `slots` places each."""

    def __init__(self, simulator: "Machine", slots: int) -> None:
        self._sim = simulator
        self.slots = slots
        self.storages: dict[str, dict[int, Stored]] = {"SM": {}, "ME": {}, "SR": {}}
        self.submitted: list[Submitted] = []
        self._held: list[tuple[str, bool]] = []
        self._under_way = 0
        self._unacknowledged: list[tuple[str, bool]] = []
        self._mr = 0
        self._reference = 0

    def used(self, storage: str) -> int:
        return len(self.storages[storage])

    @property
    def kept(self) -> int:
        """How many texts and reports the network still has, or will have again if the modem loses power now."""
        return len(self._held) + self._under_way + len(self._unacknowledged)

    # ---- from the network

    def receive(
        self,
        sender: str,
        body: str,
        *,
        alphabet: str,
        order: Sequence[int] | None,
        reference: int | None,
        at: datetime | None,
        dcs: int | None,
        pid: int,
    ) -> None:
        """A text from somebody, in as many parts as it takes; `order`: places of the parts, as they arrive."""
        self._reference += 1
        parts = pdu.deliver(
            sender,
            body,
            at or datetime.now(UTC),
            reference=self._reference if reference is None else reference,
            alphabet=alphabet,
            dcs=dcs,
            pid=pid,
        )
        for part in [parts[place - 1] for place in order] if order else parts:
            self.arrive(part)

    def arrive(self, hexadecimal: str, report: bool = False) -> None:
        """A DELIVER or STATUS-REPORT: announced as AT+CNMI wants it, or kept by the network until it can be delivered."""
        mt, ds = self._sim.announcements()
        direct, header = (ds == 1, "+CDS: ") if report else (mt == 2, "+CMT: ,")
        nowhere = self._sim.direct_only and not report and not direct
        if not self._sim.reachable or nowhere:
            self._hold(hexadecimal, report)
        elif direct:
            if self._sim.on("+CSMS"):
                self._unacknowledged.append((hexadecimal, report))
            self._sim.say_two(f"{header}{pdu.tpdu_length(hexadecimal)}", hexadecimal)
        elif not report or ds == 2:
            self._put(hexadecimal, report, announced=report or mt == 1)

    def _put(self, hexadecimal: str, report: bool, announced: bool) -> None:
        storage = (report and self._sim.profile.reports_in) or self._sim.storage(2)
        index = self.store(storage, hexadecimal, UNREAD)
        if index is None:
            self._sim.say(self._sim.profile.full.format(storage))
            self._hold(hexadecimal, report)
        elif announced:
            self._sim.say(f'{"+CDSI" if report else "+CMTI"}: "{storage}",{index}')
            self._sim.step("announced")

    def _hold(self, hexadecimal: str, report: bool) -> None:
        self._held.append((hexadecimal, report))
        self._sim.log.add("event", f"kept by the network: {hexadecimal}")

    def deliver_held(self) -> None:
        """There is room again, or the modem is back: what was kept arrives soon."""
        held, self._held = self._held, []
        for text, report in held:
            self._under_way += 1
            self._sim.later(self._sim.network_delay, lambda t=text, r=report: self._arrives(t, r))  # type: ignore[misc]

    def _arrives(self, hexadecimal: str, report: bool) -> None:
        self._under_way -= 1
        self.arrive(hexadecimal, report)

    def lose_power(self) -> None:
        """What the host had to acknowledge and did not, the network keeps (27.005 CSMS)."""
        unacknowledged, self._unacknowledged = self._unacknowledged, []
        for text, report in unacknowledged:
            self._hold(text, report)

    def acknowledge(self) -> bool:
        """AT+CNMA; False where none is expected."""
        expected = bool(self._unacknowledged)
        del self._unacknowledged[:1]
        return expected

    def store(self, storage: str, hexadecimal: str, status: int) -> int | None:
        """Into the first free slot; None where the storage is full."""
        slots = self.storages[storage]
        index = next((i for i in range(1, self.slots + 1) if i not in slots), None)
        if index is not None:
            slots[index] = Stored(status, hexadecimal)
        return index

    # ---- from the host

    def submit(self, hexadecimal: str) -> Submitted:
        """The network takes a SUBMIT; it gets the next reference. Raises ValueError where it is none."""
        try:
            read = pdu.read_submit(hexadecimal)
        except IndexError as error:
            raise ValueError(str(error)) from error
        self._mr = (self._mr + 1) % 256
        taken = replace(read, mr=self._mr, at=self._sim.now())
        self.submitted.append(taken)
        self._sim.log.add("event", f"submitted {taken.mr} to {taken.number}: {taken.text}")
        if taken.wants_report and self._sim.reports == "auto":
            self._sim.later(self._sim.report_delay, lambda: self.report(taken, 0))
        return taken

    def report(self, text: Submitted, status: int) -> None:
        """What became of a submitted text, as a status report."""
        self.arrive(pdu.status_report(text.number, text.mr, datetime.now(UTC), status), report=True)

    def whole(self) -> list[SentText]:
        """What was sent, long texts joined; such a one counts once all its parts are there."""
        texts: list[SentText] = []
        incomplete: dict[tuple[str, int, int], dict[int, Submitted]] = {}
        for one in self.submitted:
            reference, total, place = one.part or (0, 1, 1)
            parts = incomplete.setdefault((one.number, reference, total), {})
            parts[place] = one
            if len(parts) == total:
                del incomplete[one.number, reference, total]
                ordered = tuple(parts[n] for n in sorted(parts))
                joined = pdu.join([part.text for part in ordered])
                texts.append(SentText(one.number, joined, ordered, one.at))
        return texts
