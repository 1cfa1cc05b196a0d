"""The simulated modem's side of the AT dialogue: command lines in, answers out, text entry mode in between."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from modem.simulator import pdu
from modem.simulator.texts import READ, SENT, UNREAD, UNSENT

if TYPE_CHECKING:
    from modem.simulator.simulator import Simulator

# Settings that a restart forgets, as they are after power-up.
VOLATILE = {
    "E": "1", "V": "1", "Q": "0", "S0": "0", "+CMEE": "0", "+CLIP": "0", "+CRC": "0", "+CCWA": "0", "+CSSN": "0,0",
    "+COLP": "0", "+CMGF": "0", "+CNMI": "0,0,0,0,0", "+CSMS": "0", "+CPMS": "SM", "+CMMS": "0", "+CSDH": "0",
    "+CREG": "0", "+CGREG": "0", "+CEREG": "0", "+CSCS": '"GSM"', "+CMER": "0,0,0,0,0", "+CFUN": "1", "+CVHU": "1",
    "+CPBS": '"SM"', "+CSMP": "17,167,0,0", "+COPS": "0", "+CTZR": "0", "+CLTS": "0", "^CURC": "1", "^PORTSEL": "0",
    "+CLCC": "0", "+QINDCFG": "0", "^DSCI": "0", "#ECAM": "0", "+UCALLSTAT": "0", "^SLCC": "0", "*ECAM": "0",
    "+WIND": "0", "+QURCCFG": "", "+CIND": "",
}  # fmt: skip
# Those that only some vendors know.
VENDORS = {
    "^CURC": "huawei", "^PORTSEL": "huawei", "+QINDCFG": "quectel", "^DSCI": "", "#ECAM": "telit", "^SLCC": "cinterion",
    "+QURCCFG": "quectel", "+UCALLSTAT": "ublox", "*ECAM": "ericsson", "+WIND": "", "+CVHU": "sim7600", "+CLTS": "sim800",
}  # fmt: skip
RANGES = {
    "+CMGF": "(0-1)", "+CNMI": "(0-3),(0-3),(0,2),(0-2),(0,1)", "+CSMS": "(0,1)", "+CSCS": '("GSM","IRA","UCS2","HEX")',
    "+CPMS": '("SM","ME"),("SM","ME"),("SM","ME")', "+CPBS": '("SM","ME","MC","RC","DC","ON")', "+CMEE": "(0-2)",
    "+CREG": "(0-2)", "+CLIP": "(0,1)", "+CRC": "(0,1)", "+CLCC": "(0-1)", "+CMGL": "(0-4)", "+CMGD": "(1-30),(0-4)",
    "+CPBR": "(1-50),40,16", "+CFUN": "(0,1,4),(0,1)", "+COPS": '(2,"Testnet","TN","23415"),,(0-4),(0-2)',
    "+CIND": '("battchg",(0-5)),("signal",(0-5)),("service",(0-1)),("call",(0-1)),("callsetup",(0-3))',
}  # fmt: skip
_BASIC = re.compile(r"S\d+=?\d*\??|&?[A-Z]\d*")

Answer = tuple[list[str], str]
OK, ERROR = "OK", "ERROR"


class Exchange:
    """One modem's command interpreter. It answers through `sim.say`, and remembers its volatile settings."""

    def __init__(self, sim: "Simulator") -> None:
        self._sim = sim
        self.settings = dict(VOLATILE)
        self._line = bytearray()
        self._entering: Callable[[str], None] | None = None
        self._hung = False

    def restart(self) -> None:
        self.settings = dict(VOLATILE)
        self._line.clear()
        self._entering = None
        self._hung = False

    def unhang(self) -> None:
        self._hung = False

    # ---- bytes

    def take(self, data: bytes) -> None:
        for byte in data:
            if self._entering:
                self._enter(byte)
            elif byte == 0x0D:
                line = self._line.decode("latin-1").strip()
                self._line.clear()
                if line:
                    self._command_line(line)
            elif byte not in (0x0A, 0x1B, 0x1A, 0x00):
                self._line.append(byte)

    def _enter(self, byte: int) -> None:
        """Text entry mode (27.005 CMGS): Ctrl-Z sends, ESC gives up."""
        assert self._entering is not None
        if byte not in (0x1A, 0x1B):
            self._line.append(byte)
            return
        text, done = self._line.decode("latin-1"), self._entering
        self._line.clear()
        self._entering = None
        if byte == 0x1B:
            self._sim.say(OK)
            return
        self._sim.log.add("host", text + "^Z")
        if self.settings["E"] == "1":
            self._sim.emit(text.encode("latin-1") + b"\x1a")
        done("".join(text.split()))

    # ---- command lines

    def _command_line(self, line: str) -> None:
        self._sim.log.add("host", line)
        if self._hung or not line.upper().startswith("AT"):
            return
        if self.settings["E"] == "1":
            self._sim.emit(line.encode("latin-1") + b"\r")
        if fault := self._sim.faults.take("silence", line):
            self._hung = fault.seconds > 0
            if self._hung:
                self._sim.later(fault.seconds, self.unhang, scaled=False)
            return
        if fault := self._sim.faults.take("error", line):
            self._sim.say(fault.answer)
            return
        for command in _split(line[2:]):
            answer = self._command(command)
            if answer is None:
                return
            lines, final = answer
            for text in lines:
                self._sim.say(text)
            if final != OK:
                self._sim.say(final)
                return
        self._sim.say(OK)

    def _command(self, text: str) -> Answer | None:
        """Answer lines and final result of one command; None where the answer comes by itself later."""
        name = re.match(r"[+^#*$%][A-Z0-9]*", text.upper())
        if not name:
            return self._basic(text)
        key, rest = name[0], text[name.end() :]
        if handler := _HANDLERS.get(key):
            return handler(self, rest)
        if key not in VOLATILE or not self._sim.knows(key):
            return self._unknown()
        return self._setting(key, rest)

    def _unknown(self) -> Answer:
        return [], {"0": ERROR, "1": "+CME ERROR: 100", "2": "+CME ERROR: unknown"}[self.settings["+CMEE"]]

    def _cme(self, code: int) -> Answer:
        return [], ERROR if self.settings["+CMEE"] == "0" else f"+CME ERROR: {code}"

    def _basic(self, text: str) -> Answer | None:
        """ATD, ATA, ATH, ATZ, ATE0V1&C1 and their like (V.250)."""
        upper = text.upper()
        if upper.startswith("D"):
            self._sim.calls.dial(re.sub(r"[^\d+]", "", text))
            return [], OK
        if upper == "A":
            return ([], OK) if self._sim.calls.answer() else ([], "NO CARRIER")
        if upper in ("H", "H0"):
            if self._sim.profile.name != "sim7600":  # voice is only hung up by CHUP there
                self._sim.calls.hang_up()
            return [], OK
        if upper.startswith(("Z", "&F")):
            self.settings = dict(VOLATILE)
            return [], OK
        if upper.startswith("I"):
            return [
                self._sim.profile.maker,
                self._sim.profile.model,
                f"Revision: {self._sim.profile.revision}",
            ], OK
        if "".join(_BASIC.findall(upper)) != upper:
            return self._unknown()
        for token in _BASIC.findall(upper):
            key, value = (token.partition("=")[::2]) if token[0] == "S" else (token[0], token[1:] or "0")
            if key in self.settings:
                self.settings[key] = value
        return [], OK

    def _setting(self, key: str, rest: str) -> Answer:
        if rest == "=?":
            return ([f"{key}: {RANGES[key]}"] if key in RANGES else []), OK
        if rest == "?":
            return [f"{key}: {self.settings[key]}"], OK
        if rest.startswith("="):
            self.settings[key] = rest[1:]
            return [], OK
        return [], OK

    # ---- commands with a mind of their own; each takes what stands behind its name

    def _pin(self, rest: str) -> Answer:
        sim = self._sim
        if not sim.sim_present:
            return self._cme(10)
        if rest.startswith("="):
            if rest[1:].strip('"') != sim.pin:
                return self._cme(16)
            sim.locked = False
            return [], OK
        return [f"+CPIN: {'SIM PIN' if sim.locked else 'READY'}"], OK

    def _clcc(self, rest: str) -> Answer:
        if rest.startswith("=") and rest != "=?":
            if self._sim.profile.told_by != "+CLCC":
                return self._unknown()
            self.settings["+CLCC"] = rest[1:]
            return [], OK
        if rest == "=?":
            return ["+CLCC: (0-1)"] if self._sim.profile.told_by == "+CLCC" else [], OK
        return (self._sim.calls.listing(), OK) if self._sim.profile.has_list else self._unknown()

    def _indcfg(self, rest: str) -> Answer:
        if self._sim.profile.told_by != "+QINDCFG":
            return self._unknown()
        if matched := re.fullmatch(r'="ccinfo",(\d).*', rest):
            self.settings["+QINDCFG"] = matched[1]
        return [], OK

    def _chup(self, rest: str) -> Answer:
        self._sim.calls.hang_up()
        return [], OK

    def _cops(self, rest: str) -> Answer:
        if rest == "?":
            operator = '"23415"' if self.settings["+COPS"].startswith("3,2") else '"Testnet"'
            shape = 2 if operator == '"23415"' else 0
            return [f"+COPS: 0,{shape},{operator}" if self._sim.registered else "+COPS: 0"], OK
        return self._setting("+COPS", rest)

    def _cpms(self, rest: str) -> Answer:
        storages = self._sim.texts.storages

        def counts(names: list[str], quoted: bool) -> str:
            used = ((name, len(storages[name])) for name in names)
            return ",".join(
                f'"{name}",{n},{self._sim.texts.slots}' if quoted else f"{n},{self._sim.texts.slots}"
                for name, n in used
            )

        if rest == "?":
            return [f"+CPMS: {counts([self._sim.storage(i) for i in (0, 1, 2)], True)}"], OK
        if rest == "=?":
            return self._setting("+CPMS", rest)
        names = re.findall(r"\w+", rest.replace('"', ""))
        names = ["ME" if name == "MT" else name for name in names]
        if not names or any(name not in storages for name in names):
            return self._cms(302)
        current = [self._sim.storage(i) for i in (0, 1, 2)]
        current[: len(names)] = names
        self.settings["+CPMS"] = ",".join(current)
        return [f"+CPMS: {counts(current, False)}"], OK

    def _cms(self, code: int) -> Answer:
        return [], f"+CMS ERROR: {code}"

    def _cnmi(self, rest: str) -> Answer:
        if rest.startswith("=") and rest != "=?":
            given = [part.strip() for part in rest[1:].split(",")]
            old = self.settings["+CNMI"].split(",")
            self.settings["+CNMI"] = ",".join(
                [*(new or was for new, was in zip(given, old, strict=False)), *old[len(given) :]]
            )
            return [], OK
        return self._setting("+CNMI", rest)

    def _slots(self) -> dict[int, tuple[int, str]]:
        return self._sim.texts.storages[self._sim.storage(0)]

    def _cmgl(self, rest: str) -> Answer:
        if rest == "=?":
            return [f"+CMGL: {RANGES['+CMGL']}"], OK
        if self.settings["+CMGF"] != "0":
            return self._cms(303)
        wanted = rest[1:] or "4"
        lines = []
        for index, (status, text) in sorted(self._slots().items()):
            if wanted in ("4", str(status)):
                lines.append(f"+CMGL: {index},{status},,{pdu.tpdu_length(text)}\r\n{text}")
                self._mark_read(index)
        return lines, OK

    def _mark_read(self, index: int) -> None:
        status, text = self._slots()[index]
        self._slots()[index] = (READ if status == UNREAD else status, text)

    def _cmgr(self, rest: str) -> Answer:
        index = int(rest[1:]) if rest[1:].isdecimal() else -1
        if index not in self._slots():
            return self._cms(321)
        status, text = self._slots()[index]
        self._mark_read(index)
        return [f"+CMGR: {status},,{pdu.tpdu_length(text)}\r\n{text}"], OK

    def _cmgd(self, rest: str) -> Answer:
        if rest == "=?":
            return [f"+CMGD: {RANGES['+CMGD']}"], OK
        numbers = [int(n) for n in re.findall(r"\d+", rest)]
        if len(numbers) > 1 and numbers[1] == 4:
            self._slots().clear()
        elif not numbers or numbers[0] not in self._slots():
            return self._cms(321)
        else:
            del self._slots()[numbers[0]]
        return [], OK

    def _cmgs(self, rest: str) -> Answer | None:
        sim = self._sim
        if not rest[1:].isdecimal():
            return self._cms(304)
        length = int(rest[1:])
        if not sim.step("cmgs"):
            return None
        if sim.faults.take("no_prompt"):
            return None
        sim.emit(b"\r\n> ")
        self._entering = lambda text: sim.hand_over(text, length)
        sim.step("prompt")
        return None

    def _cmgw(self, rest: str) -> Answer | None:
        length = re.match(r"=(\d+)(?:,(\d))?", rest)
        if not length:
            return self._cms(304)
        status = int(length[2] or UNSENT)

        def write(text: str) -> None:
            index = self._sim.texts.store(self._sim.storage(1), text, status)
            self._sim.say(f"+CMGW: {index}" if index is not None else "+CMS ERROR: 322")
            if index is not None:
                self._sim.say(OK)

        self._sim.emit(b"\r\n> ")
        self._entering = write
        return None

    def _cmss(self, rest: str) -> Answer:
        index = int(re.findall(r"\d+", rest)[0]) if re.search(r"\d", rest) else -1
        slots = self._sim.texts.storages[self._sim.storage(1)]
        if index not in slots:
            return self._cms(321)
        taken = self._sim.texts.submit(slots[index][1])
        slots[index] = (SENT, slots[index][1])
        return [f"+CMSS: {taken.mr}"], OK

    def _cpbr(self, rest: str) -> Answer:
        if rest == "=?":
            return [f"+CPBR: {RANGES['+CPBR']}"], OK
        if self.settings["+CPBS"].strip('"') != "MC":
            return [], OK
        return [
            f'+CPBR: {place},"{number}",{145 if number.startswith("+") else 129},""'
            for place, number in enumerate(self._sim.calls.missed[:10], 1)
        ], OK

    def _cfun(self, rest: str) -> Answer:
        if rest.startswith("=1,1"):
            self._sim.later(0.1, self._sim.reset)
            return [], OK
        return self._setting("+CFUN", rest)


def _fixed(lines: Callable[["Simulator"], list[str]]) -> Callable[[Exchange, str], Answer]:
    return lambda exchange, rest: ([], OK) if rest == "=?" else (lines(exchange._sim), OK)


def _registration(key: str) -> Callable[[Exchange, str], Answer]:
    def answer(exchange: Exchange, rest: str) -> Answer:
        if rest == "?":
            state = 1 if exchange._sim.registered else 2
            return [f"{key}: {exchange.settings[key].split(',')[0]},{state}"], OK
        return exchange._setting(key, rest)

    return answer


def _iccid(key: str) -> Callable[[Exchange, str], Answer]:
    def answer(exchange: Exchange, rest: str) -> Answer:
        known = exchange._sim.profile.iccid == key
        return ([f"{key}: {exchange._sim.iccid}"], OK) if known else exchange._unknown()

    return answer


_HANDLERS: dict[str, Callable[[Exchange, str], Answer | None]] = {
    "+CGMI": _fixed(lambda sim: [sim.profile.maker]),
    "+GMI": _fixed(lambda sim: [sim.profile.maker]),
    "+CGMM": _fixed(lambda sim: [sim.profile.model]),
    "+GMM": _fixed(lambda sim: [sim.profile.model]),
    "+CGMR": _fixed(lambda sim: [sim.profile.revision]),
    "+GMR": _fixed(lambda sim: [sim.profile.revision]),
    "+CGSN": _fixed(lambda sim: [sim.imei]),
    "+GSN": _fixed(lambda sim: [sim.imei]),
    "+CIMI": _fixed(lambda sim: [sim.imsi]),
    "+CNUM": _fixed(lambda sim: [f'+CNUM: "","{sim.own_number}",145'] if sim.own_number else []),
    "+CSQ": _fixed(lambda sim: ["+CSQ: 17,0"]),
    "+CBC": _fixed(lambda sim: ["+CBC: 0,90,4100"]),
    "+CSCA": _fixed(lambda sim: ['+CSCA: "+447802000332",145']),
    "+CCLK": _fixed(lambda sim: [f'+CCLK: "{sim.network_time()}"']),
    "+CEER": _fixed(lambda sim: ["+CEER: No cause information available"]),
    "+GCAP": _fixed(lambda sim: ["+GCAP: +CGSM"]),
    "+CGATT": _fixed(lambda sim: ["+CGATT: 1"]),
    "+CNMA": _fixed(lambda sim: []),
    "+CPAS": _fixed(lambda sim: [f"+CPAS: {3 if sim.calls.live else 0}"]),
    "+CIND": lambda exchange, rest: (
        exchange._setting("+CIND", rest) if rest == "=?" else (["+CIND: 5,4,1,0,0"], OK)
    ),
    "^CVOICE": lambda exchange, rest: (
        (["^CVOICE: 0,8000,16,20"], OK) if exchange._sim.profile.name == "huawei" else exchange._unknown()
    ),
    "+CCID": _iccid("+CCID"),
    "+QCCID": _iccid("+QCCID"),
    "+CICCID": _iccid("+CICCID"),
    "^ICCID": _iccid("^ICCID"),
    "+ICCID": _iccid("+ICCID"),
    "+CREG": _registration("+CREG"),
    "+CGREG": _registration("+CGREG"),
    "+CEREG": _registration("+CEREG"),
    "+CPIN": Exchange._pin,
    "+CLCC": Exchange._clcc,
    "+QINDCFG": Exchange._indcfg,
    "+CHUP": Exchange._chup,
    "+COPS": Exchange._cops,
    "+CPMS": Exchange._cpms,
    "+CNMI": Exchange._cnmi,
    "+CMGL": Exchange._cmgl,
    "+CMGR": Exchange._cmgr,
    "+CMGD": Exchange._cmgd,
    "+CMGS": Exchange._cmgs,
    "+CMGW": Exchange._cmgw,
    "+CMSS": Exchange._cmss,
    "+CPBR": Exchange._cpbr,
    "+CFUN": Exchange._cfun,
}


def _split(text: str) -> list[str]:
    """The commands of one line, cut at `;` outside quotes; a dial string keeps its own.

    >>> _split("+CMEE=1;+CSCS?"), _split("D+447400123456;"), _split("")
    (['+CMEE=1', '+CSCS?'], ['D+447400123456;'], [])
    """
    if text[:1].upper() == "D":
        return [text]
    parts = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', text)
    return [part.strip() for part in parts if part.strip()]
