"""The simulated modem's answers about texts (27.005): storage, lists, deletion, sending; text mode is minimal."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from modem.simulator import pdu
from modem.simulator.exchange import OK, Answer
from modem.simulator.settings import RANGES, STORAGES
from modem.simulator.texts import READ, SENT, UNREAD, UNSENT, Stored

if TYPE_CHECKING:
    from modem.simulator.machine import Machine

# <stat> in PDU mode and in text mode.
STATUS_WORDS = {UNREAD: "REC UNREAD", READ: "REC READ", UNSENT: "STO UNSENT", SENT: "STO SENT"}
ALL = "4", "ALL"
# AT+CMGD=<index>,<flag> -> which go.
DELETED = {1: {READ}, 2: {READ, SENT}, 3: {READ, SENT, UNSENT}, 4: {UNREAD, READ, SENT, UNSENT}}


def _cms(code: int) -> Answer:
    return [], f"+CMS ERROR: {code}"


def _needs_sim(answer: Callable[["Machine", str], Answer]) -> Callable[["Machine", str], Answer]:
    """+CMS ERROR 310, 311 and 314 where SIM or PIN are missing, or the SIM is not ready yet."""

    def guarded(sim: "Machine", rest: str) -> Answer:
        code = sim.sim_trouble() if rest != "=?" else 0
        return _cms(300 + code) if code else answer(sim, rest)

    return guarded


def _cpms(sim: "Machine", rest: str) -> Answer:
    current = sim.get("+CPMS").split(",")
    if rest == "=?":
        return [f"+CPMS: {RANGES['+CPMS']}"], OK
    if rest == "?":
        counts = (f'"{name}",{sim.texts.used(name)},{sim.texts.slots}' for name in current)
        return [f"+CPMS: {','.join(counts)}"], OK
    names = re.findall(r"\w+", rest)
    if not names or any(name not in STORAGES for name in names):
        return _cms(302)
    current[: len(names)] = [STORAGES[name] for name in names]
    sim.exchange.settings["+CPMS"] = ",".join(current)
    return [f"+CPMS: {','.join(f'{sim.texts.used(name)},{sim.texts.slots}' for name in current)}"], OK


def _cnmi(sim: "Machine", rest: str) -> Answer:
    """Fields that are left out stay as they were."""
    if not rest.startswith("=") or rest == "=?":
        return sim.exchange.setting("+CNMI", rest)
    given = [part.strip() for part in rest[1:].split(",")]
    old = sim.get("+CNMI").split(",")
    if sim.direct_only and given[1:2] == ["1"]:
        return _cms(303)
    whole = [*(new or was for new, was in zip(given, old, strict=False)), *old[len(given) :]]
    answer = sim.exchange.setting("+CNMI", "=" + ",".join(whole))
    if sim.direct_only and whole[1:2] == ["2"]:
        sim.texts.deliver_held()
    return answer


def _csms(sim: "Machine", rest: str) -> Answer:
    if rest == "?":
        return [f"+CSMS: {sim.get('+CSMS')},1,1,1"], OK
    lines, final = sim.exchange.setting("+CSMS", rest) or ([], OK)
    return ["+CSMS: 1,1,1"] if rest.startswith("=") and rest != "=?" and final == OK else lines, final


def _cnma(sim: "Machine", rest: str) -> Answer:
    """One for each +CMT and +CDS while AT+CSMS is 1; else none is expected (27.005, 3.4.4)."""
    return ([], OK) if rest == "=?" or sim.texts.acknowledge() else _cms(340)


def _slots(sim: "Machine") -> dict[int, Stored]:
    return sim.texts.storages[sim.storage(0)]


def _shown(sim: "Machine", stored: Stored, index: int | None = None) -> str:
    """One message as +CMGL (with its index) and +CMGR show it, in the mode that AT+CMGF has set."""
    head = "+CMGR: " if index is None else f"+CMGL: {index},"
    if sim.get("+CMGF") == "0":
        return f"{head}{stored.status},,{pdu.tpdu_length(stored.pdu)}\r\n{stored.pdu}"
    number, moment, text = pdu.read_any(stored.pdu)
    return f'{head}"{STATUS_WORDS[stored.status]}","{number}",,"{moment}"\r\n{text}'


def _mark_read(sim: "Machine", index: int) -> None:
    stored = _slots(sim)[index]
    if stored.status == UNREAD:
        _slots(sim)[index] = replace(stored, status=READ)


def _cmgl(sim: "Machine", rest: str) -> Answer:
    if rest == "=?":
        words = ",".join(f'"{word}"' for word in (*STATUS_WORDS.values(), "ALL"))
        return [f"+CMGL: ({words})" if sim.get("+CMGF") == "1" else f"+CMGL: {RANGES['+CMGL']}"], OK
    wanted = rest[1:].strip('"') or ("REC UNREAD" if sim.get("+CMGF") == "1" else "0")
    lines = []
    for index, stored in sorted(_slots(sim).items()):
        if wanted in (*ALL, str(stored.status), STATUS_WORDS[stored.status]):
            lines.append(_shown(sim, stored, index))
            _mark_read(sim, index)
    return lines, OK


def _cmgr(sim: "Machine", rest: str) -> Answer:
    if rest == "=?":
        return [], OK
    index = int(rest[1:])
    if index not in _slots(sim):
        return _cms(321)
    line = _shown(sim, _slots(sim)[index])
    _mark_read(sim, index)
    return [line], OK


def _cmgd(sim: "Machine", rest: str) -> Answer:
    slots = _slots(sim)
    if rest == "=?":
        return [f"+CMGD: ({','.join(map(str, sorted(slots)))}),(0-4)"], OK
    index, flag = [*(int(n) for n in re.findall(r"\d+", rest)), 0][:2]
    gone = [i for i, stored in slots.items() if stored.status in DELETED[flag]] if flag else [index]
    if not flag and index not in slots:
        return _cms(321)
    for i in gone:
        del slots[i]
    sim.texts.deliver_held()
    return [], OK


def _cmgs(sim: "Machine", rest: str) -> Answer:
    if rest == "=?":
        return [], OK
    if not sim.step("cmgs") or sim.faults.take("no_prompt"):
        return None
    if sim.get("+CMGF") == "1":
        number = rest[1:].split(",")[0].strip('"')
        sim.exchange.enter_text(lambda text: sim.hand_over(pdu.submit(number, text), None))
    else:
        length = int(rest[1:])
        sim.exchange.enter_text(lambda text: sim.hand_over("".join(text.split()), length))
    sim.step("prompt")
    return None


def _cmgw(sim: "Machine", rest: str) -> Answer:
    """Only in PDU mode."""
    wanted = re.fullmatch(r"=(\d+)(?:,(\d))?", rest)
    if not wanted:
        return ([], OK) if rest == "=?" else _cms(304)
    status = int(wanted[2] or UNSENT)

    def write(text: str) -> None:
        index = sim.texts.store(sim.storage(1), "".join(text.split()), status)
        sim.say("+CMS ERROR: 322" if index is None else f"+CMGW: {index}")
        if index is not None:
            sim.say(OK)

    sim.exchange.enter_text(write)
    return None


def _cmss(sim: "Machine", rest: str) -> Answer:
    """Send from storage (27.005 CMSS)."""
    if rest == "=?":
        return [], OK
    index = int(re.findall(r"\d+", rest)[0])
    slots = sim.texts.storages[sim.storage(1)]
    if index not in slots:
        return _cms(321)
    taken = sim.texts.submit(slots[index].pdu)
    slots[index] = replace(slots[index], status=SENT)
    return [f"+CMSS: {taken.mr}"], OK


HANDLERS: dict[str, Callable[["Machine", str], Answer]] = {
    "+CPMS": _needs_sim(_cpms),
    "+CNMI": _cnmi,
    "+CSMS": _csms,
    "+CNMA": _cnma,
    "+CMGL": _needs_sim(_cmgl),
    "+CMGR": _needs_sim(_cmgr),
    "+CMGD": _needs_sim(_cmgd),
    "+CMGS": _needs_sim(_cmgs),
    "+CMGW": _needs_sim(_cmgw),
    "+CMSS": _needs_sim(_cmss),
}
