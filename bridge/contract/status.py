"""The loop's snapshot of itself and of its lines; what is wrong is told as codes, bridge/words has the sentences."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.rules.backups import Stored
from bridge.rules.line_health import nearly_full, no_network
from bridge.rules.machine import Machine
from bridge.rules.releases import Offer
from bridge.rules.troubles import BoxTrouble, ListTrouble
from modem.contract import Coded, LineHealth, Trouble, TroubleCode

PASSING = frozenset({BoxTrouble.STARTING, TroubleCode.SETTING_UP, ListTrouble.BEING_READ})


class LineState(StrEnum):
    """Whether a line can be used."""

    STARTING = "starting"  # nothing has been heard of its modem yet
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class LineStatus:
    """What the page says of one modem.

    trouble: why it is down. part: where that is: port, modem or sim. stopped: why no text goes out, None if they do. iccid: of
    the SIM that it holds, None where it does not tell. health: what the modem said last of network, signal and storage.
    """

    name: str
    state: LineState = LineState.STARTING
    idle: bool = False
    trouble: Trouble | None = None
    part: str = "port"
    port: str | None = None
    model: str | None = None
    iccid: str | None = None
    ringing: str | None = None
    stopped: Trouble | None = None
    health: LineHealth | None = None

    @property
    def up(self) -> bool:
        """Can it be used?"""
        return self.state is LineState.UP

    @property
    def why_not_up(self) -> Trouble | None:
        """Why it cannot be used, None if it can."""
        return Trouble(BoxTrouble.STARTING) if self.state is LineState.STARTING else self.trouble

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Everything about this line that a person should read, worst first."""
        of_health = (no_network(self.health), nearly_full(self.health)) if self.health and self.up else ()
        stopped = Trouble.of(BoxTrouble.QUEUE_STOPPED, why=self.stopped.to_text()) if self.stopped else None
        return tuple(trouble for trouble in (self.why_not_up, stopped, *of_health) if trouble)


@dataclass(frozen=True)
class Trial:
    """A test that somebody has sent to the other services. began: UTC. came: what came of it at each, as codes of
    bridge/rules/services; None while it is on its way."""

    began: datetime
    came: tuple[Coded, ...] | None = None


@dataclass(frozen=True)
class BackupStatus:
    """The box's own backups. making: is one being made? trouble: why the last one was not, or was not copied. whole: the newest
    one that can be restored, looked for only while the database is not the one that the box has known."""

    making: bool = False
    trouble: Trouble | None = None
    whole: Stored | None = None


@dataclass(frozen=True)
class Status:
    """The loop's snapshot of itself, replaced whole. `alive` is the monotonic time of its last turn, in seconds.

    config: why the file is not in force. standstill: what has become of the
    database, so that automatic texts stand still until somebody decides. breaker: why automatic texts are stopped. paused,
    closed: what somebody here has said for now. lists: what is wrong with the block lists. trial: the last test of the other
    services. machine: what it said at the last look, None before the first; of_machine: what is wrong with it.
    release: a newer one that can be had; updating: it is being installed; update: what came of the last one. mqtt:
    why the broker cannot be spoken with.
    """

    alive: float
    lines: tuple[LineStatus, ...] = ()
    database: Trouble | None = None
    config: Trouble | None = None
    clock: Trouble | None = None
    standstill: Trouble | None = None
    breaker: Coded | None = None
    paused: Coded | None = None
    closed: Coded | None = None
    lists: tuple[Trouble, ...] = ()
    trial: Trial | None = None
    machine: Machine | None = None
    of_machine: tuple[Trouble, ...] = ()
    backup: BackupStatus = BackupStatus()
    release: Offer | None = None
    updating: bool = False
    update: Coded | None = None
    mqtt: Trouble | None = None

    @property
    def troubles(self) -> tuple[Coded, ...]:
        """Everything that a person should read, worst first."""
        box = (
            self.database,
            self.standstill,
            self.breaker,
            self.config,
            self.clock,
            self.backup.trouble,
            self.mqtt,
            self.paused,
        )
        lines = (trouble for line in self.lines for trouble in line.troubles)
        return (*(told for told in box if told), *lines, *self.of_machine, *self.lists[:1])

    @property
    def passing(self) -> tuple[Coded, ...]:
        """What passes by itself: nobody has to do anything about it."""
        return tuple(told for told in self.troubles if told.code in PASSING)

    @property
    def alarms(self) -> tuple[Coded, ...]:
        """What somebody has to see to, worst first; that texts are paused, somebody has wanted."""
        return tuple(told for told in self.troubles if told != self.paused and told.code not in PASSING)
