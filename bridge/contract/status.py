"""The loop's snapshot of itself and of its lines; what is wrong is told as codes, bridge/words has the sentences."""

from dataclasses import dataclass
from enum import StrEnum

from bridge.rules.line_health import nearly_full, no_network
from bridge.rules.troubles import BoxTrouble
from modem.contract import LineHealth, Trouble


class LineState(StrEnum):
    """Whether a line can be used."""

    STARTING = "starting"  # nothing has been heard of its modem yet
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class LineStatus:
    """What the page says of one modem.

    trouble: why it is down. part: where that is: port, modem or sim. stopped: why no text goes out, None if they do.
    health: what the modem said last of network, signal and storage.
    """

    name: str
    state: LineState = LineState.STARTING
    idle: bool = False
    trouble: Trouble | None = None
    part: str = "port"
    port: str | None = None
    model: str | None = None
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
class Status:
    """The loop's snapshot of itself, replaced whole. `alive` is the monotonic time of its last turn, in seconds.

    paused, closed: what somebody here has said for now, as sentences. lists: what is wrong with the block lists.
    """

    alive: float
    lines: tuple[LineStatus, ...] = ()
    database: str | None = None
    config: str | None = None
    clock: Trouble | None = None
    breaker: str | None = None
    paused: str | None = None
    closed: str | None = None
    lists: tuple[str, ...] = ()

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """Everything that a person should read, worst first; what is told as a sentence stays one."""
        clock = self.clock.to_text() if self.clock else None
        box = (self.database, self.breaker, self.config, clock, self.paused)
        lines = tuple(trouble for line in self.lines for trouble in line.troubles)
        lists = tuple(map(Trouble.from_text, self.lists[:1]))
        return (*(Trouble.from_text(told) for told in box if told), *lines, *lists)
