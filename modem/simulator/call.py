"""One simulated call as data: its state, its kind, how it is to end; what happens to it, `calls` knows."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)


class CallState(IntEnum):
    """<stat> of AT+CLCC (27.007, 7.18)."""

    ACTIVE = 0
    HELD = 1
    DIALING = 2
    ALERTING = 3
    INCOMING = 4
    WAITING = 5


class CallKind(StrEnum):
    """What kind of bearer the caller asks for."""

    VOICE = "voice"
    DATA = "data"
    FAX = "fax"


# <mode> of AT+CLCC (27.007, 7.18), and <type> of +CRING (6.11).
MODES = {CallKind.VOICE: 0, CallKind.DATA: 1, CallKind.FAX: 2}
CRING = {CallKind.VOICE: "VOICE", CallKind.DATA: "REL ASYNC", CallKind.FAX: "FAX"}


class ClipTiming(StrEnum):
    """After which RINGs a +CLIP comes (27.007, 7.6)."""

    EARLY = "early"
    ONCE = "once"
    LATE = "late"
    MISSING = "missing"

    def shows(self, rung: int) -> bool:
        """Does it come after this RING, the first being 1?"""
        match self:
            case ClipTiming.EARLY:
                return True
            case ClipTiming.ONCE:
                return rung == 1
            case ClipTiming.LATE:
                return rung > 1
            case ClipTiming.MISSING:
                return False


class Ending(StrEnum):
    """How a call ends. The caller or the network gives up; it is answered elsewhere or here, and given up later; the ringing
    just stops; the modem restarts or vanishes; the host rejects it or, once connected, releases it."""

    CALLER = "caller"
    NETWORK = "network"
    ELSEWHERE = "elsewhere"
    ANSWERED = "answered"
    SILENT = "silent"
    RESET = "reset"
    UNPLUG = "unplug"
    REJECTED = "rejected"
    RELEASED = "released"

    @property
    def cause(self) -> int:
        """The cause of Q.850 that +CEER and the vendors' lines tell."""
        return CAUSES.get(self, 16)


# All others clear normally, 16.
CAUSES = {Ending.NETWORK: 19, Ending.ELSEWHERE: 26, Ending.REJECTED: 21}
# Those that a call may be made with.
ENDINGS = tuple(how for how in Ending if how not in (Ending.REJECTED, Ending.RELEASED))


@dataclass
class SimulatedCall:
    """One call; times are seconds."""

    id: int
    # None: withheld
    number: str | None
    incoming: bool = True
    # how often it rings, and the time between
    rings: int = 3
    spacing: float = 5.0
    end: Ending = Ending.CALLER
    clip: ClipTiming = ClipTiming.EARLY
    kind: CallKind = CallKind.VOICE
    # <alpha> of +CLIP
    name: str = ""
    # <name> of +CNAP
    cnap: str = ""
    # printed as it stands after each +CLIP
    ring_extra: str = ""
    # <type> of its number where that is not to follow from the +
    ton: int | None = None
    # from being answered to the other side's hanging up
    talk: float = 5.0
    # another phone has diverted it here: +CSSU: 0 (27.007, 7.17)
    forwarded: bool = False
    # <idx> of AT+CLCC, and the state, once it has reached the modem
    index: int = 0
    state: CallState | None = None
    # RINGs so far
    rung: int = 0
    # monotonic
    answered_at: float | None = None
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def rings_now(self) -> bool:
        """Is it the one that rings?"""
        return self.state is CallState.INCOMING and not self.over.is_set()

    @property
    def type(self) -> int:
        """<type> of its number (24.008, 10.5.4.7): 145 international, 129 unknown; 128 where there is none."""
        return self.ton or (128 if not self.number else 145 if self.number.startswith("+") else 129)


def member(kind: type[E], word: str, known: Sequence[E] = ()) -> E:
    """The member of this enumeration, one of `known` if any are named. Raises ValueError that lists them."""
    members = tuple(known) or tuple(kind)
    if word not in members:
        raise ValueError(f"{word!r} is unknown; there are {', '.join(members)}")
    return kind(word)
