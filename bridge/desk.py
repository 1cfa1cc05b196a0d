"""The desk where page and loop meet: wishes go in, answers and the state of things come out; it decides nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue

from sqlalchemy import Engine

from bridge.cards import Card
from bridge.config import Settings
from bridge.health import nearly_full, no_network
from modem.contract import LineHealth

# How long a POST waits for the loop's commit, so that the page it leads to shows it (seconds).
PATIENCE = 2.0


@dataclass(frozen=True)
class WriteText:
    """A text by hand. despite_stop: the sender has confirmed that this contact had opted out. ticket: of the form that it
    was typed into; the same once more is the same text."""

    address: str
    body: str
    author: str | None
    despite_stop: bool = False
    ticket: str | None = None


@dataclass(frozen=True)
class SendAgain:
    """A text of ours that failed, or of which nobody knows, once more."""

    message_id: int
    despite_stop: bool = False


@dataclass(frozen=True)
class MarkRead:
    """Somebody has seen the conversation up to now."""

    address: str


@dataclass(frozen=True)
class PickUp:
    """Answer the call that rings on this line."""

    line: str


@dataclass(frozen=True)
class PutDown:
    """Hang up on the call that rings or runs on this line."""

    line: str


@dataclass(frozen=True)
class TryAgain:
    """Let the stopped queue of this line go on: somebody has seen to the SIM or its contract."""

    line: str


@dataclass(frozen=True)
class Mark:
    """What somebody here has settled about a contact. kind: out (never text), in (texts are welcome again), fine (what they
    wrote was no opt-out), block or unblock."""

    address: str
    kind: str


@dataclass(frozen=True)
class Settle:
    """Nothing is left to be done in this conversation, or (not done) something is."""

    address: str
    done: bool


@dataclass(frozen=True)
class Assign:
    """This user sees to the conversation; None: nobody in particular."""

    address: str
    user: str | None


@dataclass(frozen=True)
class AddNote:
    """A word to colleagues about somebody."""

    address: str
    body: str


@dataclass(frozen=True)
class SaveReply:
    """Keep words that are written often; without words, the one of this id is dropped."""

    body: str
    id: int | None = None


@dataclass(frozen=True)
class Foretell:
    """What would happen if this number rang at that moment, and for so many rings? None: the number is withheld. Nothing is
    stored or sent."""

    number: str | None
    at: datetime
    rings: int
    outcome: str = "abandoned"


@dataclass(frozen=True)
class ReadSettings:
    """config.ini was changed by the page: take it up now."""


@dataclass(frozen=True)
class Release:
    """Let automatic texts go on that the breaker has stopped: somebody has looked at the callers."""


@dataclass(frozen=True)
class CalledBack:
    """Somebody here has called this person back."""

    address: str


@dataclass(frozen=True)
class Describe:
    """What the shop writes down about somebody. kind: staff, supplier, never, or empty."""

    address: str
    name: str
    notes: str
    kind: str


@dataclass(frozen=True)
class TakeIn:
    """Contacts out of a file."""

    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Forget:
    """Delete a person with all calls and texts."""

    address: str


@dataclass(frozen=True)
class Pause:
    """No automatic texts for so many minutes, for the rest of the day, or (neither) until Resume."""

    minutes: int | None = None
    today: bool = False


@dataclass(frozen=True)
class Resume:
    """Automatic texts go on."""


@dataclass(frozen=True)
class CloseShop:
    """The shop is closed for the rest of the day, or until `back`, a time of today such as 15:00."""

    back: str | None = None


@dataclass(frozen=True)
class OpenShop:
    """The usual hours count again."""


@dataclass(frozen=True)
class SendSample:
    """The automatic text as a stranger would get it now, to the owner's mobile."""


Wish = (
    Release
    | Mark
    | WriteText
    | MarkRead
    | PickUp
    | PutDown
    | TryAgain
    | CalledBack
    | Describe
    | TakeIn
    | Forget
    | Pause
    | Resume
    | CloseShop
    | OpenShop
    | SendSample
    | SendAgain
    | Settle
    | Assign
    | AddNote
    | SaveReply
    | Foretell
    | ReadSettings
)


@dataclass(frozen=True)
class Foretold:
    """The decision that would be made: its trace as calls keep it, the text and when it would go out, or the reason why none
    would."""

    trace: tuple[dict[str, str], ...]
    body: str | None
    due: datetime | None
    reason: str | None


@dataclass(frozen=True)
class Granted:
    """Done and committed. message_id: the text that was queued, foretold: what Foretell asked for, where the wish was one."""

    message_id: int | None = None
    foretold: Foretold | None = None


@dataclass(frozen=True)
class Refused:
    """Not done; `sentence` tells the person why and what would be right."""

    sentence: str


@dataclass(frozen=True)
class Later:
    """The loop has the wish and has not yet committed it: the database is busy or full."""

    sentence: str = "The box has noted this, but could not store it yet. It keeps trying."


Answer = Granted | Refused | Later


@dataclass(frozen=True)
class Asked:
    """A wish on its way through the inbox, with the place where its answer goes. by: the user whose it is."""

    wish: Wish
    by: str | None = None
    answer: SimpleQueue[Granted | Refused] = field(default_factory=SimpleQueue)


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


@dataclass(frozen=True)
class Desk:
    """What `web` is given of the bridge. The functions may be called from any thread.

    machine: what each serial port is taken for, and whether ModemManager runs. changes: grows with every change of the
    database by the loop.
    """

    engine: Engine
    settings: Callable[[], Settings]
    status: Callable[[], Status]
    region: Callable[[], str]
    put: Callable[[Asked], None]
    machine: Callable[[], tuple[tuple[str, ...], bool]] = lambda: ((), False)
    changes: Callable[[], int] = lambda: 0

    def ask(self, wish: Wish, patience: float = PATIENCE, by: str | None = None) -> Answer:
        """Put a wish of the user `by` into the inbox and wait up to `patience` seconds for its commit."""
        asked = Asked(wish, by)
        self.put(asked)
        try:
            return asked.answer.get(timeout=patience)
        except Empty:
            return Later()
