"""Watches the machine that the box runs on: the worker looks at it every few minutes, and the loop every two seconds
whether the voltage is too low, for that may last no longer. What is wrong, bridge/rules/machine decides."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from sqlmodel import Session

from bridge.handlers import machine as handler
from bridge.handlers.shop import ShopState
from bridge.records.engine import file_of
from bridge.rules.machine import Machine, troubles
from bridge.rules.troubles import MachineTrouble
from bridge.service import machine
from bridge.service.transactions import Effects
from bridge.service.worker import Job, LookAtMachine, MachineSeen
from modem.contract import Trouble

# A supply that was too weak is one for so long: it will be again when the modem sends (seconds).
WEAK_FOR = 24 * 3600.0


class MachineWatch:
    """give_work: gives a job to the worker. root: where the files of the machine are. machine: what it said last, None before
    the first look. troubles: what is wrong with it."""

    def __init__(self, shop: ShopState, give_work: Callable[[Job], None], root: Path = machine.ROOT) -> None:
        self.machine: Machine | None = None
        self.troubles: tuple[Trouble, ...] = ()
        self._shop = shop
        self._give_work = give_work
        self._alarm = machine.voltage_alarm(root)
        self._low_at: float | None = None

    def look(self, _session: Session) -> Effects:
        """Has the worker look."""
        file = file_of(self._shop.settings.storage.database)
        return [partial(self._give_work, LookAtMachine(file.parent if file else None))]

    def look_at_voltage(self, session: Session) -> Effects:
        """Is the voltage too low at this moment?"""
        if self._alarm is None or not machine.is_set(self._alarm):
            return []
        self._low_at = self._shop.clock.monotonic()
        if self.machine is None or Trouble(MachineTrouble.WEAK_POWER) in self.troubles:
            return []
        return self._judge(session, self.machine)

    def seen(self, session: Session, news: MachineSeen) -> Effects:
        """The worker has looked."""
        if self.machine is None and handler.power_was_weak(session, self._shop):
            self._low_at = self._shop.clock.monotonic()
        return self._judge(session, news.machine)

    def _judge(self, session: Session, seen: Machine) -> Effects:
        before = None if self.machine is None else self.troubles
        if self._low_at is not None and self._shop.clock.monotonic() < self._low_at + WEAK_FOR:
            seen = replace(seen, low_voltage=True)
        found = troubles(seen, [trouble.code for trouble in self.troubles])
        handler.take_troubles(session, self._shop, found, before)
        return [partial(self._has_judged, seen, found)]

    def _has_judged(self, seen: Machine, found: tuple[Trouble, ...]) -> None:
        self.machine, self.troubles = seen, found
