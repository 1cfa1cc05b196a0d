"""The loop's snapshot of itself and of its lines."""

from dataclasses import dataclass

from bridge.rules.line_health import nearly_full, no_network
from modem.contract import LineHealth


@dataclass(frozen=True)
class LineStatus:
    """What the page says of one modem. `reason` is a sentence that says what is wrong and what to do, None if well.

    part: where the trouble is: port, modem or sim. stopped: why no text goes out, None if they do. health: what the modem
    said last of network, signal and storage.
    """

    name: str
    up: bool = False
    idle: bool = False
    reason: str | None = "The modem is being started."
    part: str = "port"
    port: str | None = None
    model: str | None = None
    ringing: str | None = None
    stopped: str | None = None
    health: LineHealth | None = None

    @property
    def troubles(self) -> tuple[str, ...]:
        """Every sentence about this line that a person should read, worst first."""
        of_health = (no_network(self.health), nearly_full(self.health)) if self.health and self.up else ()
        stopped = f"No text goes out. {self.stopped}" if self.stopped else None
        return tuple(sentence for sentence in (self.reason, stopped, *of_health) if sentence)


@dataclass(frozen=True)
class Status:
    """The loop's snapshot of itself, replaced whole. `alive` is the monotonic time of its last turn, in seconds.

    paused, closed: what somebody here has said for now, as sentences. lists: what is wrong with the block lists.
    """

    alive: float
    lines: tuple[LineStatus, ...] = ()
    database: str | None = None
    config: str | None = None
    clock: str | None = None
    breaker: str | None = None
    paused: str | None = None
    closed: str | None = None
    lists: tuple[str, ...] = ()

    @property
    def troubles(self) -> tuple[str, ...]:
        """Every sentence that a person should read, worst first."""
        lines = tuple(sentence for line in self.lines for sentence in line.troubles)
        return (
            tuple(
                sentence
                for sentence in (self.database, self.breaker, self.config, self.clock, self.paused)
                if sentence
            )
            + lines
            + self.lists[:1]
        )
