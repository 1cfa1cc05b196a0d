"""The simulated modem's command interpreter: bytes in, answers out, text entry mode in between, settings remembered."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from modem.simulator.settings import POWER_UP, RANGES, VALID

if TYPE_CHECKING:
    from modem.simulator.machine import Machine

_BASIC = re.compile(r"S\d+=?\d*\??|[&\\]?[A-Z]\d*")
_NAME = re.compile(r"[+^#*$%&][A-Z][A-Z0-9]*")

# Lines before the final result, and that; None where the answer comes by itself, later.
Answer = tuple[list[str], str] | None
OK, ERROR = "OK", "ERROR"
# 27.007, 9.2
CME_WORDS = {
    3: "operation not allowed", 10: "SIM not inserted", 11: "SIM PIN required", 14: "SIM busy", 16: "incorrect password",
    22: "not found", 50: "incorrect parameters", 100: "unknown",
}  # fmt: skip


class Exchange:
    """One modem's side of the AT dialogue. `handlers`: name -> what answers it, given what stands behind the name."""

    def __init__(self, sim: "Machine", handlers: dict[str, Callable[["Machine", str], Answer]]) -> None:
        self._sim = sim
        self._handlers = handlers
        self.restart()

    def restart(self) -> None:
        """Forget all that power-up forgets."""
        self.settings = POWER_UP | self._sim.profile.own
        self._line = bytearray()
        self._entering: Callable[[str], None] | None = None
        self._deaf = self._stuck = False

    def hang(self) -> None:
        """Fall silent, until `unhang` or AT+CFUN=1,1."""
        self._stuck = True
        self._entering = None
        self._line.clear()

    def unhang(self) -> None:
        self._deaf = self._stuck = False

    def enter_text(self, done: Callable[[str], None]) -> None:
        """Show the prompt (27.005 CMGS: no line end) and collect what follows."""
        self._sim.emit(b"\r\n> ")
        self._entering = done

    # ---- bytes

    def take(self, data: bytes) -> None:
        """What the host wrote, in any pieces."""
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
        """Text entry mode: Ctrl-Z sends, ESC gives up."""
        if byte not in (0x1A, 0x1B):
            self._line.append(byte)
            return
        text, done = self._line.decode("latin-1"), self._entering
        self._line.clear()
        self._entering = None
        self._sim.log.add("host", text + ("^Z" if byte == 0x1A else "^["))
        if byte == 0x1B or done is None:
            self._sim.say(OK)
            return
        if self.settings["E"] == "1":
            self._sim.emit(text.encode("latin-1") + b"\x1a")
        done(text)

    # ---- command lines

    def _command_line(self, line: str) -> None:
        sim = self._sim
        sim.log.add("host", line)
        if self._stuck and line.upper() == "AT+CFUN=1,1":
            sim.restart()
        if self._deaf or self._stuck or line[:2].upper() != "AT":
            return
        if self.settings["E"] == "1":
            sim.emit(line.encode("latin-1") + b"\r")
        if self._disturbed(line):
            return
        said: list[str] = []
        for command in split(line[2:]):
            answer = self._command(command)
            if answer is None:
                return
            lines, final = answer
            said += lines
            if final != OK:
                break
        else:
            final = OK
        self._answer(line, [*said, final])

    def _answer(self, line: str, said: list[str]) -> None:
        """Say it, unless the modem breaks down meanwhile."""
        sim = self._sim
        if fault := sim.faults.take_break(line, "after"):
            sim.break_down(fault.kind)
        elif fault := sim.faults.take_break(line, "half"):
            words = "\r\n".join(said)
            sim.emit(f"\r\n{words[: len(words) // 2]}".encode("latin-1", "replace"))
            sim.break_down(fault.kind)
        else:
            for text in said:
                sim.say(text)

    def _disturbed(self, line: str) -> bool:
        """Is the answer taken away by an armed fault?"""
        sim = self._sim
        while fault := sim.faults.take("line", line):
            sim.say(fault.answer)
        if fault := sim.faults.take_break(line, "before"):
            sim.break_down(fault.kind)
            return True
        if sim.faults.take("stuck", line):
            self._stuck = True
            return True
        if fault := sim.faults.take("silence", line):
            self._deaf = fault.seconds != 0
            if fault.seconds:
                sim.later(fault.seconds, self.unhang, scaled=False)
            return True
        if fault := sim.faults.take("error", line):
            sim.say(fault.answer)
        return fault is not None

    def _command(self, text: str) -> Answer:
        """The answer to one command, its AT and its neighbours taken off."""
        name = _NAME.match(text.upper())
        if not name or name[0][0] == "&":
            return self._basic(text)
        key, rest = name[0], text[name.end() :]
        try:
            if handler := self._handlers.get(key):
                return handler(self._sim, rest)
            return self.setting(key, rest)
        except (ValueError, IndexError):
            return self.cme(50)

    def cme(self, code: int) -> Answer:
        """An error as AT+CMEE wants it (27.007, 9.1)."""
        shown = {"0": ERROR, "1": f"+CME ERROR: {code}", "2": f"+CME ERROR: {CME_WORDS[code]}"}
        return [], shown[self.settings["+CMEE"]]

    def unknown(self) -> Answer:
        return self.cme(100)

    def _basic(self, text: str) -> Answer:
        """ATD, ATA, ATH, ATZ, ATI, and ATE0V1&C1 and their like (V.250)."""
        upper, calls = text.upper(), self._sim.calls
        if upper.startswith("D"):
            self._sim.dial(re.sub(r"[^\d+]", "", text))
        elif upper == "A":
            return ([], OK) if calls.answer() else ([], "NO CARRIER")
        elif upper in ("H", "H0"):
            if self.settings.get("+CVHU", "0") == "0":  # Qualcomm: ATH leaves voice calls alone (27.007 CVHU)
                calls.hang_up()
        elif upper in ("I", "I0"):
            profile = self._sim.profile
            return [profile.maker, profile.model, f"Revision: {profile.revision}"], OK
        elif upper in ("Z", "Z0", "&F", "&F0"):
            self.settings = POWER_UP | self._sim.profile.own
        elif "".join(_BASIC.findall(upper)) != upper:
            return self.unknown()
        else:
            self._letters(upper)
        return [], OK

    def _letters(self, upper: str) -> None:
        for token in _BASIC.findall(upper):
            key, value = token.partition("=")[::2] if token[0] == "S" else (token[0], token[1:] or "0")
            if key in self.settings and value:
                self.settings[key] = value

    def setting(self, key: str, rest: str) -> Answer:
        """AT+X=?, AT+X? and AT+X=value of what is only remembered."""
        if key not in self.settings:
            return self.unknown()
        if rest == "=?":
            return ([f"{key}: {RANGES[key]}"] if key in RANGES else []), OK
        if rest == "?":
            return [f"{key}: {self.settings[key]}"], OK
        if rest.startswith("="):
            if not re.fullmatch(VALID.get(key, ".*"), rest[1:].strip()):
                return self.cme(50)
            self.settings[key] = rest[1:].strip()
        return [], OK


def split(text: str) -> list[str]:
    """The commands of one line, cut at `;` outside quotes; a dial string keeps its own. None at all is one: nothing.

    >>> split("E0V1+CMEE=1;+CSCS?"), split("D+447400123456;"), split("")
    (['E0V1', '+CMEE=1', '+CSCS?'], ['D+447400123456;'], [])
    """
    if text[:1].upper() == "D":
        return [text]
    basic = re.match(r"[A-Za-z&\\][A-Za-z0-9&=?\\]*(?=[+^#*$%])", text)
    head = [basic[0]] if basic else []
    parts = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', text[len("".join(head)) :])
    return head + [part.strip() for part in parts if part.strip()]
