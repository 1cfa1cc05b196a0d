"""The host's octets as command lines, and the answers to them, with the faults that are armed for them; it knows no command."""

from modem.simulator.answers import OK, Handler
from modem.simulator.command_line import RESTART, split
from modem.simulator.faults import Break, Faults
from modem.simulator.settings import Settings
from modem.simulator.terminal import Terminal
from modem.simulator.text_entry import CTRL_Z, ESC, TextEntry

CR, LF, NUL = 0x0D, 0x0A, 0x00


class Exchange:
    """One modem's side of the AT dialogue (V.250, chapter 5). command: answers one command, its AT and its neighbours off."""

    def __init__(
        self, terminal: Terminal, faults: Faults, settings: Settings, entry: TextEntry, command: Handler
    ) -> None:
        self._terminal = terminal
        self._faults = faults
        self._settings = settings
        self._entry = entry
        self._command = command
        self._line = bytearray()
        # Deaf: nothing is answered until `unhang`; stuck: nor after that, but RESTART still restarts it.
        self._deaf = self._stuck = False

    def power_up(self) -> None:
        """Forget a line that is not complete, and hear again."""
        self._line.clear()
        self._entry.stop()
        self.unhang()

    def hang(self) -> None:
        """Fall silent, until `unhang` or RESTART."""
        self._line.clear()
        self._entry.stop()
        self._stuck = True

    def unhang(self) -> None:
        """Answer again."""
        self._deaf = self._stuck = False

    # ---- octets

    def take(self, data: bytes) -> None:
        """What the host wrote, in any pieces."""
        for octet in data:
            if self._entry.active:
                self._entry.take(octet)
            elif octet == CR:
                line = self._line.decode("latin-1").strip()
                self._line.clear()
                if line:
                    self._take_line(line)
            elif octet not in (LF, ESC, CTRL_Z, NUL):
                self._line.append(octet)

    # ---- command lines

    def _take_line(self, line: str) -> None:
        self._terminal.heard(line)
        if self._stuck and line.upper() == RESTART:
            self._terminal.break_down(Break.RESET)
        if self._deaf or self._stuck or line[:2].upper() != "AT":
            return
        if self._settings.echo:
            self._terminal.emit(line + "\r")
        if self._disturbed(line):
            return
        said = self._carry_out(line)
        if said is not None:
            self._answer(line, said)

    def _carry_out(self, line: str) -> list[str] | None:
        """Every command of the line up to the first that fails: the lines to be said; None if they come by themselves."""
        said: list[str] = []
        for command in split(line[2:]):
            answer = self._command(command)
            if answer is None:
                return None
            lines, final = answer
            said += lines
            if final != OK:
                return [*said, final]
        return [*said, OK]

    def _answer(self, line: str, said: list[str]) -> None:
        """Say it, unless the modem breaks down meanwhile."""
        typed = line + "\r"
        if kind := self._faults.take_break(typed, "after"):
            self._terminal.break_down(kind)
        elif kind := self._faults.take_break(typed, "half"):
            words = "\r\n".join(said)
            self._terminal.emit(f"\r\n{words[: len(words) // 2]}")
            self._terminal.break_down(kind)
        else:
            for text in said:
                self._terminal.say(text)

    def _disturbed(self, line: str) -> bool:
        """Is the answer taken away by an armed fault?"""
        typed = line + "\r"
        while fault := self._faults.take("line", typed):
            self._terminal.say(fault.answer)
        if kind := self._faults.take_break(typed, "before"):
            self._terminal.break_down(kind)
            return True
        if self._faults.take("stuck", typed):
            self._stuck = True
            return True
        if fault := self._faults.take("silence", typed):
            self._deaf = fault.seconds != 0
            if fault.seconds:
                self._terminal.later(fault.seconds, self.unhang, scaled=False)
            return True
        if fault := self._faults.take("error", typed):
            self._terminal.say(fault.answer)
        return fault is not None
