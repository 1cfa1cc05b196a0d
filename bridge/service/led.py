"""An LED of the machine as a signal that all is well, or not. The kernel's `timer` lets it blink by itself, so that nobody has
to wake for it; it is told only when something changes."""

import logging
import re
from contextlib import suppress
from pathlib import Path

from bridge.rules.troubles import MachineTrouble
from bridge.words.troubles import sentence
from modem.contract import Trouble

log = logging.getLogger(__name__)

LEDS = Path("/sys/class/leds")
# How long it is on and off (milliseconds).
WELL, WRONG = (100, 1900), (125, 125)
TIMER, NONE = "timer", "none"


class Led:
    """leds: where the system has its LEDs. trouble: why this one cannot be used, None if it can or none is wanted."""

    def __init__(self, leds: Path = LEDS) -> None:
        self.trouble: Trouble | None = None
        self._leds = leds
        self._shown: tuple[str, bool] | None = None
        # The LED that blinks for us, and the trigger that it had before.
        self._taken, self._before = "", NONE

    def show(self, name: str, well: bool) -> None:
        """Let this LED say how things are; "": none."""
        if (name, well) == self._shown:
            return
        if name != self._taken:
            self.give_back()
        if not name:
            self.trouble = None
        elif self._blink(name, *(WELL if well else WRONG)):
            self._shown = name, well

    def give_back(self) -> None:
        """It shows again what it showed before."""
        if self._taken:
            with suppress(OSError):
                (self._leds / self._taken / "trigger").write_text(self._before)
        self._taken, self._shown = "", None

    def _blink(self, name: str, on: int, off: int) -> bool:
        """False if it cannot: it is tried again, since the files of `timer` come with it, and may be allowed a moment later."""
        led = self._leds / name
        try:
            self._take(name)
            (led / "delay_on").write_text(str(on))
            (led / "delay_off").write_text(str(off))
        except OSError as error:
            trouble = Trouble.of(MachineTrouble.NO_LED, led=name, error=error.strerror or str(error))
            if trouble != self.trouble:
                log.warning("%s", sentence(trouble))
            self.trouble = trouble
            return False
        self.trouble = None
        return True

    def _take(self, name: str) -> None:
        if self._taken != name:
            trigger = self._leds / name / "trigger"
            before = chosen(trigger.read_text())
            trigger.write_text(TIMER)
            self._taken, self._before = name, NONE if before == TIMER else before


def chosen(triggers: str) -> str:
    """Which of the triggers of an LED counts: the one in brackets.

    >>> chosen("none kbd-scrolllock [mmc0] timer heartbeat"), chosen("none timer")
    ('mmc0', 'none')
    """
    found = re.search(r"\[([^\]]+)\]", triggers)
    return found[1] if found else NONE
