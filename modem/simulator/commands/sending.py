"""How the simulated modem sends a text for the host (27.005): prompt, PDU, network, confirmation, and the faults of each."""

import re
from dataclasses import replace

from modem.simulator import pdu
from modem.simulator.answers import DONE, OK, TEST, Answer, Handler, cms, needs
from modem.simulator.conditions import Conditions
from modem.simulator.faults import Faults
from modem.simulator.settings import Settings
from modem.simulator.sim import Sim
from modem.simulator.storage import Storages, StoredStatus
from modem.simulator.terminal import Terminal
from modem.simulator.text_entry import TextEntry
from modem.simulator.texts import Texts

# Codes of +CMS ERROR (27.005, 3.2.5).
INVALID_PDU, INVALID_INDEX, NO_NETWORK = 304, 321, 331


class SendingCommands:
    """AT+CMGS and AT+CMSS."""

    def __init__(
        self,
        conditions: Conditions,
        terminal: Terminal,
        faults: Faults,
        settings: Settings,
        sim: Sim,
        storages: Storages,
        texts: Texts,
        entry: TextEntry,
    ) -> None:
        self._conditions = conditions
        self._terminal = terminal
        self._faults = faults
        self._settings = settings
        self._sim = sim
        self._storages = storages
        self._texts = texts
        self._entry = entry

    def handlers(self) -> dict[str, Handler]:
        """By the name of the command."""
        trouble = self._sim.trouble_with_texts
        return {"+CMGS": needs(trouble, cms, self._send), "+CMSS": needs(trouble, cms, self._send_stored)}

    def _send(self, rest: str) -> Answer:
        """AT+CMGS (27.005, 3.5.1 and 4.3)."""
        if rest == TEST:
            return DONE
        if not self._terminal.step("cmgs") or self._faults.take("no_prompt"):
            return None
        if self._settings.get("+CMGF") == "1":
            number = rest[1:].split(",")[0].strip('"')
            self._entry.begin(lambda text: self._take(pdu.submit(number, text), None))
        else:
            length = int(rest[1:])
            self._entry.begin(lambda text: self._take("".join(text.split()), length))
        self._terminal.step("prompt")
        return None

    def _take(self, hexadecimal: str, length: int | None) -> None:
        """The host has given a PDU, with its announced length: refuse it, or let the network take it."""
        if not self._terminal.step("pdu"):
            return
        if fault := self._faults.take("cms_error"):
            self._refuse(fault.code)
        elif not self._sim.registered:
            self._refuse(NO_NETWORK)
        else:
            self._submit(hexadecimal, length)

    def _refuse(self, code: int) -> None:
        self._terminal.say(f"+CMS ERROR: {code}")

    def _submit(self, hexadecimal: str, length: int | None) -> None:
        try:
            if length is not None and pdu.tpdu_length(hexadecimal) != length:
                raise ValueError("not the length that was announced")
            taken = self._texts.submit(hexadecimal)
        except ValueError:
            self._refuse(INVALID_PDU)
            return
        if self._terminal.step("taken") and not self._faults.take("accepted"):
            self._confirm_later(taken.mr)

    def _confirm_later(self, mr: int) -> None:
        """+CMGS after the network's delay or that of a fault, unless the modem loses power before."""
        cuts = self._terminal.power_cuts

        def confirm() -> None:
            if cuts == self._terminal.power_cuts:
                self._terminal.say(f"+CMGS: {mr}")
                self._terminal.say(OK)
                self._terminal.step("sent")

        late = self._faults.take("late")
        if late and late.seconds is not None:
            self._terminal.later(late.seconds, confirm, scaled=False)
        else:
            self._terminal.later(self._conditions.network_delay, confirm)

    def _send_stored(self, rest: str) -> Answer:
        """AT+CMSS (27.005, 3.5.2)."""
        if rest == TEST:
            return DONE
        index = int(re.findall(r"\d+", rest)[0])
        slots = self._storages.slots(self._settings.storages[1])
        if index not in slots:
            return cms(INVALID_INDEX)
        taken = self._texts.submit(slots[index].pdu)
        slots[index] = replace(slots[index], status=StoredStatus.SENT)
        return [f"+CMSS: {taken.mr}"], OK
