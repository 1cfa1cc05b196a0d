"""Text entry: the prompt, and what the host types behind it; what the text is for, a command knows."""

from collections.abc import Callable

from modem.simulator.answers import OK
from modem.simulator.settings import Settings
from modem.simulator.terminal import Terminal

CTRL_Z, ESC = 0x1A, 0x1B


class TextEntry:
    """The mode that AT+CMGS and AT+CMGW put the modem into (27.005, 4.3): Ctrl-Z ends it, ESC gives it up."""

    def __init__(self, terminal: Terminal, settings: Settings) -> None:
        self._terminal = terminal
        self._settings = settings
        self._typed = bytearray()
        self._done: Callable[[str], None] | None = None

    @property
    def active(self) -> bool:
        """Is what the host writes text, and no command?"""
        return self._done is not None

    def begin(self, done: Callable[[str], None]) -> None:
        """Show the prompt, which has no line end, and hand to `done` what is typed before Ctrl-Z."""
        self._terminal.emit("\r\n> ")
        self._done = done

    def stop(self) -> None:
        """Forget what was typed."""
        self._typed.clear()
        self._done = None

    def take(self, octet: int) -> None:
        """The host has typed this."""
        if octet not in (CTRL_Z, ESC):
            self._typed.append(octet)
            return
        text, done = self._typed.decode("latin-1"), self._done
        self.stop()
        self._terminal.heard(text + ("^Z" if octet == CTRL_Z else "^["))
        if octet == ESC or done is None:
            self._terminal.say(OK)
            return
        if self._settings.echo:
            self._terminal.emit(text + "\x1a")
        done(text)
