"""One simulated modem put together from its parts, and its power; what others do to it is in `simulator`."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import assert_never

from modem.simulator.calls import Calls
from modem.simulator.commands.basic import Basic
from modem.simulator.commands.calls import CallCommands
from modem.simulator.commands.device import DeviceCommands
from modem.simulator.commands.sending import SendingCommands
from modem.simulator.commands.sim_files import SimFileCommands
from modem.simulator.commands.table import Commands
from modem.simulator.commands.texts import TextCommands
from modem.simulator.commands.ussd import UssdCommands
from modem.simulator.conditions import Conditions
from modem.simulator.exchange import Exchange
from modem.simulator.faults import Break, Faults
from modem.simulator.log import Log
from modem.simulator.profiles import Profile
from modem.simulator.settings import Settings
from modem.simulator.sim import Sim
from modem.simulator.storage import Storages
from modem.simulator.terminal import Terminal
from modem.simulator.text_entry import TextEntry
from modem.simulator.texts import Texts
from modem.simulator.wire import Wire

# Between the lines of a boot banner (seconds).
BANNER_PAUSE = 0.2


class Machine:
    """The parts know only those above them here. All but `wire` and `log` are to be used in the wire's thread only."""

    def __init__(
        self,
        profile: Profile,
        port: Path,
        conditions: Conditions,
        slots: int,
        on_step: Callable[[str], None] | None,
    ) -> None:
        self.profile = profile
        self.conditions = conditions
        self.log = Log()
        self.faults = Faults()
        self.wire = Wire(port, self._received)
        self.settings = Settings(profile.own)
        self.terminal = Terminal(self.wire, conditions, self.faults, self.log, self.break_down, on_step)
        self.sim = Sim(conditions, self.terminal, self.settings, self._deliver_held)
        self.calls = Calls(profile, conditions, self.terminal, self.settings, self.sim)
        self.storages = Storages(slots)
        self.texts = Texts(profile, conditions, self.terminal, self.settings, self.sim, self.storages)
        self.exchange = self._exchange()

    def _exchange(self) -> Exchange:
        """The commands, each handed what it needs, and the interpreter that calls them."""
        terminal, settings, sim = self.terminal, self.settings, self.sim
        entry = TextEntry(terminal, settings)
        parts = (
            DeviceCommands(self.profile, self.conditions, terminal, settings, sim),
            SimFileCommands(self.conditions, settings, sim),
            UssdCommands(self.conditions, terminal, settings, sim),
            CallCommands(self.profile, settings, sim, self.calls),
            TextCommands(self.conditions, terminal, settings, sim, self.storages, self.texts, entry),
            SendingCommands(
                self.conditions, terminal, self.faults, settings, sim, self.storages, self.texts, entry
            ),
        )
        handlers = {name: handler for part in parts for name, handler in part.handlers().items()}
        commands = Commands(handlers, Basic(self.profile, settings, self.calls).answer, settings)
        return Exchange(terminal, self.faults, settings, entry, commands.answer)

    # ---- what parts cause that were made before those whom it concerns

    def _received(self, data: bytes) -> None:
        self.exchange.take(data)

    def _deliver_held(self) -> None:
        self.texts.deliver_held()

    # ---- power

    def break_down(self, kind: Break) -> None:
        """A fault strikes."""
        match kind:
            case Break.UNPLUG:
                self.cut_off()
            case Break.RESET:
                self.restart()
            case Break.HANG:
                self.exchange.hang()
            case _:
                assert_never(kind)

    def cut_off(self) -> None:
        """The port vanishes, calls and settings with it."""
        self.log.add("event", "unplugged")
        self._lose_power()
        self.wire.unplug()

    def plug_in(self) -> None:
        """A new port behind the same link; what the network kept arrives."""
        self.wire.plug()
        self.log.add("event", "plugged in")
        self.texts.deliver_held()

    def restart(self) -> None:
        """A restart by itself: settings and calls are gone, the banner is printed."""
        self.log.add("event", "reset")
        self._lose_power()
        if self.conditions.boot_time:
            self.exchange.hang()
            self.sim.booting = True
            self.terminal.later(self.conditions.boot_time, self._booted)
        else:
            self._booted()

    def _booted(self) -> None:
        """It hears and is heard of again."""
        self.exchange.unhang()
        self.sim.booting = False
        self.log.add("event", "booted")
        for place, line in enumerate(self.profile.banner if self.conditions.banner else ()):
            self.terminal.later(BANNER_PAUSE * place, partial(self.terminal.say, line))
        self.texts.deliver_held()

    def _lose_power(self) -> None:
        self.terminal.power_cuts += 1
        self.calls.drop_all()
        self.texts.lose_power()
        self.settings.power_up()
        self.exchange.power_up()
        self.sim.power_up()
