"""What the simulated modem answers about texts that it has or gets (27.005): storage, lists, deletion; text mode is minimal."""

import re
from dataclasses import replace
from functools import partial

from modem.simulator import pdu
from modem.simulator.answers import DONE, OK, READ, TEST, Answer, Handler, cms, needs
from modem.simulator.conditions import Conditions
from modem.simulator.settings import RANGES, STORAGES, Settings, test
from modem.simulator.sim import Sim
from modem.simulator.storage import Storages, Stored, StoredStatus
from modem.simulator.terminal import Terminal
from modem.simulator.text_entry import TextEntry
from modem.simulator.texts import Texts

# <stat> in text mode (27.005, 3.1).
STATUS_WORDS = {
    StoredStatus.UNREAD: "REC UNREAD",
    StoredStatus.READ: "REC READ",
    StoredStatus.UNSENT: "STO UNSENT",
    StoredStatus.SENT: "STO SENT",
}
ALL = "4", "ALL"
# <delflag> of AT+CMGD (27.005, 3.5.4) -> which go.
DELETED = {
    1: {StoredStatus.READ},
    2: {StoredStatus.READ, StoredStatus.SENT},
    3: {StoredStatus.READ, StoredStatus.SENT, StoredStatus.UNSENT},
    4: set(StoredStatus),
}
# Codes of +CMS ERROR (27.005, 3.2.5).
NOT_ALLOWED, NOT_SUPPORTED, INVALID_PDU, INVALID_INDEX, FULL, NO_CNMA_EXPECTED = 302, 303, 304, 321, 322, 340


class TextCommands:
    """The storages, and how texts that come are announced."""

    def __init__(
        self,
        conditions: Conditions,
        terminal: Terminal,
        settings: Settings,
        sim: Sim,
        storages: Storages,
        texts: Texts,
        entry: TextEntry,
    ) -> None:
        self._conditions = conditions
        self._terminal = terminal
        self._settings = settings
        self._sim = sim
        self._storages = storages
        self._texts = texts
        self._entry = entry

    def handlers(self) -> dict[str, Handler]:
        """By the name of the command."""
        needs_sim = partial(needs, self._sim.trouble_with_texts, cms)
        return {
            "+CPMS": needs_sim(self._select_storages),
            "+CNMI": self._announce,
            "+CSMS": self._service,
            "+CNMA": self._acknowledge,
            "+CMGL": needs_sim(self._list),
            "+CMGR": needs_sim(self._read),
            "+CMGD": needs_sim(self._delete),
            "+CMGW": needs_sim(self._write),
        }

    # ---- settings

    def _select_storages(self, rest: str) -> Answer:
        """AT+CPMS (27.005, 3.2.2)."""
        current = self._settings.storages
        if rest == TEST:
            return test("+CPMS")
        if rest == READ:
            counts = (f'"{name}",{self._counts(name)}' for name in current)
            return [f"+CPMS: {','.join(counts)}"], OK
        names = re.findall(r"\w+", rest)
        if not names or any(name not in STORAGES for name in names):
            return cms(NOT_ALLOWED)
        current[: len(names)] = [STORAGES[name] for name in names]
        self._settings.put("+CPMS", ",".join(current))
        return [f"+CPMS: {','.join(self._counts(name) for name in current)}"], OK

    def _counts(self, storage: str) -> str:
        return f"{len(self._storages.slots(storage))},{self._storages.size}"

    def _announce(self, rest: str) -> Answer:
        """AT+CNMI (27.005, 3.4.1). Fields that are left out stay as they were."""
        if not rest.startswith("=") or rest == TEST:
            return self._settings.answer("+CNMI", rest)
        given = [part.strip() for part in rest[1:].split(",")]
        old = self._settings.get("+CNMI").split(",")
        if self._conditions.direct_only and given[1:2] == ["1"]:
            return cms(NOT_SUPPORTED)
        whole = [*(new or was for new, was in zip(given, old, strict=False)), *old[len(given) :]]
        answer = self._settings.answer("+CNMI", "=" + ",".join(whole))
        if self._conditions.direct_only and whole[1:2] == ["2"]:
            self._texts.deliver_held()
        return answer

    def _service(self, rest: str) -> Answer:
        """AT+CSMS (27.005, 3.2.1): with 1, what is handed over must be acknowledged."""
        if rest == READ:
            return [f"+CSMS: {self._settings.get('+CSMS')},1,1,1"], OK
        lines, final = self._settings.answer("+CSMS", rest) or ([], OK)
        return ["+CSMS: 1,1,1"] if rest.startswith("=") and rest != TEST and final == OK else lines, final

    def _acknowledge(self, rest: str) -> Answer:
        """AT+CNMA: one for each +CMT and +CDS while AT+CSMS is 1; else none is expected (27.005, 3.4.4)."""
        return DONE if rest == TEST or self._texts.acknowledge() else cms(NO_CNMA_EXPECTED)

    # ---- what lies in storage

    @property
    def _text_mode(self) -> bool:
        """AT+CMGF=1 (27.005, 3.2.3)."""
        return self._settings.get("+CMGF") == "1"

    @property
    def _slots(self) -> dict[int, Stored]:
        return self._storages.slots(self._settings.storages[0])

    def _shown(self, head: str, stored: Stored) -> str:
        """One message behind `+CMGL: <index>,` or `+CMGR: `, in the mode that is set."""
        if not self._text_mode:
            return f"{head}{stored.status.value},,{pdu.tpdu_length(stored.pdu)}\r\n{stored.pdu}"
        number, moment, text = pdu.read_any(stored.pdu)
        return f'{head}"{STATUS_WORDS[stored.status]}","{number}",,"{moment}"\r\n{text}'

    def _mark_read(self, index: int) -> None:
        stored = self._slots[index]
        if stored.status is StoredStatus.UNREAD:
            self._slots[index] = replace(stored, status=StoredStatus.READ)

    def _list(self, rest: str) -> Answer:
        """AT+CMGL (27.005, 3.4.2 and 4.1)."""
        if rest == TEST:
            words = ",".join(f'"{word}"' for word in (*STATUS_WORDS.values(), "ALL"))
            return [f"+CMGL: ({words})" if self._text_mode else f"+CMGL: {RANGES['+CMGL']}"], OK
        wanted = rest[1:].strip('"') or ("REC UNREAD" if self._text_mode else "0")
        lines = []
        for index, stored in sorted(self._slots.items()):
            if wanted in (*ALL, str(stored.status.value), STATUS_WORDS[stored.status]):
                lines.append(self._shown(f"+CMGL: {index},", stored))
                self._mark_read(index)
        return lines, OK

    def _read(self, rest: str) -> Answer:
        """AT+CMGR (27.005, 3.4.3 and 4.2)."""
        if rest == TEST:
            return DONE
        index = int(rest[1:])
        if index not in self._slots:
            return cms(INVALID_INDEX)
        line = self._shown("+CMGR: ", self._slots[index])
        self._mark_read(index)
        return [line], OK

    def _delete(self, rest: str) -> Answer:
        """AT+CMGD (27.005, 3.5.4); what the network has kept finds room then."""
        slots = self._slots
        if rest == TEST:
            return [f"+CMGD: ({','.join(map(str, sorted(slots)))}),(0-4)"], OK
        index, flag = [*(int(n) for n in re.findall(r"\d+", rest)), 0][:2]
        if flag not in (0, *DELETED) or (flag == 0 and index not in slots):
            return cms(INVALID_INDEX)
        for i in [i for i, stored in slots.items() if stored.status in DELETED[flag]] if flag else [index]:
            del slots[i]
        self._texts.deliver_held()
        return DONE

    def _write(self, rest: str) -> Answer:
        """AT+CMGW (27.005, 4.4), only in PDU mode."""
        wanted = re.fullmatch(r"=(\d+)(?:,(\d))?", rest)
        if not wanted:
            return DONE if rest == TEST else cms(INVALID_PDU)
        status = StoredStatus(int(wanted[2] or StoredStatus.UNSENT))

        def write(text: str) -> None:
            index = self._storages.store(self._settings.storages[1], "".join(text.split()), status)
            self._terminal.say(f"+CMS ERROR: {FULL}" if index is None else f"+CMGW: {index}")
            if index is not None:
                self._terminal.say(OK)

        self._entry.begin(write)
        return None
