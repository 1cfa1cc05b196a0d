"""Simulated texts under way: how one that comes is announced, what the network keeps or takes, and its reports on that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from modem.simulator import pdu
from modem.simulator.conditions import Conditions
from modem.simulator.pdu import Submitted
from modem.simulator.profiles import Profile
from modem.simulator.settings import Settings
from modem.simulator.sim import Sim
from modem.simulator.storage import Storages, StoredStatus
from modem.simulator.terminal import Terminal


class Texts:
    """Texts and delivery reports of one modem, both ways; a PDU is hex with its SMSC."""

    def __init__(
        self,
        profile: Profile,
        conditions: Conditions,
        terminal: Terminal,
        settings: Settings,
        sim: Sim,
        storages: Storages,
    ) -> None:
        self._profile = profile
        self._conditions = conditions
        self._terminal = terminal
        self._settings = settings
        self._sim = sim
        self._storages = storages
        self.submitted: list[Submitted] = []
        self._held: list[tuple[str, bool]] = []
        self._under_way = 0
        self._unacknowledged: list[tuple[str, bool]] = []
        self._mr = 0
        self._reference = 0

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
        """A text from somebody, in as many parts as it takes, one after the other; `order`: their places, as they arrive."""
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
        for place, part in enumerate([parts[number - 1] for number in order] if order else parts):
            if pause := place * self._conditions.part_pause:
                self._arrive_later(part, False, pause)
            else:
                self.arrive(part)

    def arrive(self, hexadecimal: str, report: bool = False) -> None:
        """A DELIVER or STATUS-REPORT: announced as AT+CNMI wants it, or kept by the network until it can be delivered."""
        mt, ds = self._settings.announcements
        direct, header = (ds == 1, "+CDS: ") if report else (mt == 2, "+CMT: ,")
        nowhere = self._conditions.direct_only and not report and not direct
        if not self._sim.reachable or nowhere:
            self._hold(hexadecimal, report)
        elif direct:
            if self._settings.on("+CSMS"):
                self._unacknowledged.append((hexadecimal, report))
            self._terminal.say_pair(f"{header}{pdu.tpdu_length(hexadecimal)}", hexadecimal)
        elif not report or ds == 2:
            self._put(hexadecimal, report, announced=report or mt == 1)

    def _put(self, hexadecimal: str, report: bool, announced: bool) -> None:
        storage = (report and self._profile.reports_in) or self._settings.storages[2]
        index = self._storages.store(storage, hexadecimal, StoredStatus.UNREAD)
        if index is None:
            self._terminal.say(self._profile.full.format(storage))
            self._hold(hexadecimal, report)
        elif announced:
            self._terminal.say(f'{"+CDSI" if report else "+CMTI"}: "{storage}",{index}')
            self._terminal.step("announced")

    def _hold(self, hexadecimal: str, report: bool) -> None:
        self._held.append((hexadecimal, report))
        self._terminal.note(f"kept by the network: {hexadecimal}")

    def deliver_held(self) -> None:
        """There is room again, or the modem is back: what was kept arrives soon."""
        held, self._held = self._held, []
        for text, report in held:
            self._arrive_later(text, report, self._conditions.network_delay)

    def _arrive_later(self, hexadecimal: str, report: bool, seconds: float) -> None:
        self._under_way += 1
        self._terminal.later(seconds, partial(self._arrives, hexadecimal, report))

    def _arrives(self, hexadecimal: str, report: bool) -> None:
        self._under_way -= 1
        self.arrive(hexadecimal, report)

    def lose_power(self) -> None:
        """What the host had to acknowledge and did not, the network keeps (27.005, 3.4.4)."""
        unacknowledged, self._unacknowledged = self._unacknowledged, []
        for text, report in unacknowledged:
            self._hold(text, report)

    def acknowledge(self) -> bool:
        """AT+CNMA (27.005, 3.4.4); False where none is expected."""
        expected = bool(self._unacknowledged)
        del self._unacknowledged[:1]
        return expected

    # ---- from the host

    def submit(self, hexadecimal: str) -> Submitted:
        """The network takes a SUBMIT; it gets the next reference. Raises ValueError where it is none."""
        try:
            read = pdu.read_submit(hexadecimal)
        except IndexError as error:
            raise ValueError(str(error)) from error
        self._mr = (self._mr + 1) % 256
        taken = replace(read, mr=self._mr, at=self._terminal.now())
        self.submitted.append(taken)
        self._terminal.note(f"submitted {taken.mr} to {taken.number}: {taken.text}")
        if taken.wants_report and self._conditions.reports == "auto":
            self._terminal.later(self._conditions.report_delay, lambda: self._report(taken, 0))
        return taken

    def report_on(self, mr: int | None, status: int) -> None:
        """Report on the last text with this TP-MR, else on the last one; nothing where there is none."""
        if texts := [text for text in self.submitted if mr in (None, text.mr)]:
            self._report(texts[-1], status)

    def _report(self, text: Submitted, status: int) -> None:
        """What became of a submitted text, as a status report (TP-ST, 23.040, 9.2.3.15)."""
        self.arrive(pdu.status_report(text.number, text.mr, datetime.now(UTC), status), report=True)
