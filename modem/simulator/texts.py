"""Simulated texts: storage, announcements, what the host submits and the reports on it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from modem.simulator import pdu
from modem.simulator.pdu import Submitted

if TYPE_CHECKING:
    from modem.simulator.simulator import Simulator

UNREAD, READ, UNSENT, SENT = 0, 1, 2, 3


class Texts:
    """The SIM's and the modem's storage, and the network behind them."""

    def __init__(self, simulator: "Simulator", slots: int) -> None:
        self._sim = simulator
        self.slots = slots
        self.storages: dict[str, dict[int, tuple[int, str]]] = {"SM": {}, "ME": {}, "SR": {}}
        self.submitted: list[Submitted] = []
        self._mr = 0
        self._reference = 0

    # ---- from the network

    def arrive(self, hexadecimal: str, report: bool = False) -> None:
        """A DELIVER or STATUS-REPORT comes from the network, announced as AT+CNMI wants it."""
        mt, ds = self._sim.announcements()
        direct, header = (ds == 1, "+CDS") if report else (mt == 2, "+CMT")
        length = pdu.tpdu_length(hexadecimal)
        if direct:
            comma = ": " if report else ": ,"
            self._sim.say(f"{header}{comma}{length}\r\n{hexadecimal}")
            return
        if report and ds != 2:
            return
        storage = "SR" if report else self._sim.storage(2)
        index = self.store(storage, hexadecimal, UNREAD)
        if index is None:
            self._sim.say(f'^SMMEMFULL: "{storage}"')
        elif report or mt == 1:
            self._sim.say(f'{"+CDSI" if report else "+CMTI"}: "{storage}",{index}')

    def receive(self, sender: str, body: str, alphabet: str, order: list[int] | None) -> None:
        """A text from somebody, in as many parts as it takes; `order`: places of the parts, as they arrive."""
        self._reference += 1
        parts = pdu.deliver(sender, body, datetime.now(UTC), reference=self._reference, alphabet=alphabet)
        chosen = [parts[place - 1] for place in order] if order else parts
        for part in chosen:
            self.arrive(part)

    def store(self, storage: str, hexadecimal: str, status: int) -> int | None:
        """Into the first free slot; None where the storage is full."""
        slots = self.storages[storage]
        index = next((i for i in range(1, self.slots + 1) if i not in slots), None)
        if index is not None:
            slots[index] = (status, hexadecimal)
            self._sim.log.add("event", f"stored in {storage} at {index}")
        return index

    # ---- from the host

    def submit(self, hexadecimal: str) -> Submitted:
        """The network takes a SUBMIT; it gets the next reference. Raises ValueError where it is none."""
        try:
            read = pdu.read_submit(hexadecimal)
        except (IndexError, UnicodeDecodeError) as error:
            raise ValueError(str(error)) from error
        self._mr = (self._mr + 1) % 256
        taken = Submitted(
            read.pdu,
            read.number,
            read.text,
            read.dcs,
            read.wants_report,
            read.part,
            self._mr,
            self._sim.now(),
        )
        self.submitted.append(taken)
        self._sim.log.add("event", f"submitted {taken.mr} to {taken.number}: {taken.text}")
        if taken.wants_report and self._sim.reports == "auto":
            self._sim.later(self._sim.report_delay, lambda: self.report(taken, 0))
        return taken

    def report(self, text: Submitted, status: int) -> None:
        """What became of a submitted text, as a status report."""
        report = pdu.status_report(text.number, text.mr, datetime.now(UTC), status)
        self.arrive(report, report=True)
