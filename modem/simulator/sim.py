"""The SIM and its registration: PIN, PUK, whether it is ready, whether the network knows it; the rest is conditions."""

from collections.abc import Callable

from modem.simulator.conditions import Conditions
from modem.simulator.settings import Settings
from modem.simulator.terminal import Terminal

# <stat> of AT+CREG (27.007, 7.2).
HOME, ROAMING = 1, 5
# Codes of +CME ERROR (27.007, 9.2), and what is added to them in +CMS ERROR (27.005, 3.2.5).
NOT_INSERTED, PIN_REQUIRED, BUSY = 10, 11, 14
OF_TEXTS = 300
TRIES = 3


class Sim:
    """One SIM. arrives: called when the network can reach the modem again, for what it has kept."""

    def __init__(
        self, conditions: Conditions, terminal: Terminal, settings: Settings, arrives: Callable[[], None]
    ) -> None:
        self._conditions = conditions
        self._terminal = terminal
        self._settings = settings
        self._arrives = arrives
        self._registration = HOME
        # The modem starts: the network cannot reach it.
        self.booting = False
        self.power_up()

    def power_up(self) -> None:
        """It wants its PIN again, and is busy for a while."""
        self._conditions.locked = bool(self._conditions.pin)
        self._ready_at = self._terminal.now() + self._conditions.sim_busy / self._conditions.speed

    def trouble(self, pin: bool = True) -> int:
        """NOT_INSERTED, BUSY or PIN_REQUIRED (unless `pin` is False), else 0."""
        if not self._conditions.sim_present:
            return NOT_INSERTED
        if self._terminal.now() < self._ready_at:
            return BUSY
        return PIN_REQUIRED if pin and self._conditions.locked else 0

    def trouble_with_texts(self) -> int:
        """The same as commands about texts number it (27.005, 3.2.5)."""
        code = self.trouble()
        return OF_TEXTS + code if code else 0

    # ---- the PIN

    @property
    def wanted(self) -> str:
        """What AT+CPIN? says (27.007, 8.3). Nobody here knows the PUK."""
        if not self._conditions.locked:
            return "READY"
        return "SIM PIN" if self._conditions.pin_tries else "SIM PUK"

    def unlock(self, pin: str) -> bool:
        """Try this PIN; the third wrong one in turn blocks the SIM. True if it was the right one."""
        sim = self._conditions
        right = pin == sim.pin and sim.pin_tries > 0
        sim.pin_tries = TRIES if right else max(0, sim.pin_tries - 1)
        if right:
            sim.locked = False
            self._terminal.later(0, self._announce)
        return right

    # ---- the network

    @property
    def registration(self) -> int:
        """<stat> of AT+CREG (27.007, 7.2): 0 without a SIM that is unlocked."""
        return self._registration if self._conditions.sim_present and not self._conditions.locked else 0

    @property
    def registered(self) -> bool:
        """At home or roaming."""
        return self.registration in (HOME, ROAMING)

    @property
    def reachable(self) -> bool:
        """Can the network deliver calls and texts?"""
        return (
            self.registered
            and self._terminal.plugged
            and not self.booting
            and self._settings.get("+CFUN")[0] == "1"
        )

    def register(self, state: int) -> None:
        """The network's <stat> becomes this; +CREG says so where it is switched on."""
        self._registration = state
        self._announce()

    def _announce(self) -> None:
        if self._settings.on("+CREG"):
            self._terminal.say(f"+CREG: {self.registration}")
        if self.reachable:
            self._arrives()
