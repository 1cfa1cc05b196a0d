"""One incoming call: its state, what is remembered of it, and what is read off these; it changes no other
call. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum

from modem.at.numbers import has_lost_digits, same_number
from modem.calls.timing import CallTiming
from modem.contract import CallEnded, CallOutcome, CallRinging

NEVER = float("-inf")
CallEvent = CallRinging | CallEnded


class Phase(StrEnum):
    """Where a call is in its life."""

    RINGING = "ringing"
    WAITING = "waiting"  # a second call, that is announced while another one goes on (27.007 CCWA)
    CONNECTED = "connected"
    UNNAMED = "unnamed"  # it is over; for a moment a later line may still name its caller


# Which phase may follow which; the end of a call is no phase.
FOLLOWS: dict[Phase, frozenset[Phase]] = {
    Phase.RINGING: frozenset({Phase.CONNECTED, Phase.UNNAMED}),
    Phase.WAITING: frozenset({Phase.CONNECTED, Phase.RINGING}),
    # Only where an indicator alone had said that it was connected, and the RINGs go on.
    Phase.CONNECTED: frozenset({Phase.RINGING}),
    Phase.UNNAMED: frozenset(),
}
# How a call ended of which no line says more, by the phase in which it did.
OUTCOMES: dict[Phase, CallOutcome] = {
    Phase.RINGING: CallOutcome.ABANDONED,
    Phase.WAITING: CallOutcome.WAITING,
    Phase.CONNECTED: CallOutcome.ANSWERED,
    Phase.UNNAMED: CallOutcome.ABANDONED,
}
# What a release cause says of a call that was not connected (Q.850): no user responding, no answer from user,
# recovery on timer expiry; non-selected user clearing is another phone of the same line.
CAUSES: dict[int, CallOutcome] = {
    18: CallOutcome.NO_ANSWER,
    19: CallOutcome.NO_ANSWER,
    102: CallOutcome.NO_ANSWER,
    26: CallOutcome.ANSWERED_ELSEWHERE,
}


@dataclass
class Call:
    """One call that has not been told as ended. Instants and times are seconds of the clock of `began`."""

    key: int
    phase: Phase
    began: float
    timing: CallTiming = field(repr=False)
    last_sign: float  # when a line last said that it is there
    index: int | None = None  # its place in AT+CLCC, where a line told it
    number: str | None = None
    name: str = ""
    named: tuple[float, str] = (NEVER, "")  # when +CNAP told the name, and what it was before
    withheld: bool = False
    vague: bool = False  # withheld by a state alone, which may be told before the number is known
    forwarded: bool = False
    voice: bool = False  # some line says that it is no data call
    rings: int = 0
    rings_since_named: list[float] = field(default_factory=list)
    times_named: int = 0  # by a CLIP
    stateful: bool = False  # the modem tells its states by itself
    listed: bool = False  # an AT+CLCC has shown it
    picking_up: bool = False  # ATA is on its way to it
    hanging_up: bool = False  # so is AT+CHUP or ATH
    hung_up_at: float | None = None  # OK to an ATH, which need not mean that it did
    rang_again_at: float | None = None  # it rang after that, so it did not
    guessed: bool = (
        False  # an indicator alone says that it is connected, and firmwares differ in what `call` means
    )
    connected_at: float = NEVER
    cause: int | None = None

    @property
    def known(self) -> bool:
        """Has the network said who calls, or that the caller hides it?"""
        return self.number is not None or self.withheld

    def become(self, phase: Phase) -> None:
        """Go into another phase, one that may follow."""
        assert phase is self.phase or phase in FOLLOWS[self.phase], (self.phase, phase)
        self.phase = phase

    def silent_at(self) -> float:
        """The instant at which silence ends it."""
        timing = self.timing
        match self.phase:
            case Phase.CONNECTED:
                return self.connected_at + timing.longest_talk
            case Phase.UNNAMED:
                return self.last_sign + timing.echo
            case Phase.WAITING:
                return self.last_sign + (timing.stateful_silence if self.stateful else timing.waiting_silence)
            case Phase.RINGING:
                patient = self.stateful and self.rings < 2 and self.hung_up_at is None
                return self.last_sign + (timing.stateful_silence if patient else timing.silence)

    def is_other(self, number: str | None, withheld: bool, clip: bool, now: float) -> bool:
        """Is this another caller than the one of this call? clip: a CLIP or CCWA says who it is, not a state.
        A state that comes at once may not know the number yet, so for a moment "withheld" proves nothing
        unless two CLIPs say so (generic-more-list-without-number-first)."""
        if not self.known:
            return False
        if self.number is not None and number is not None:
            lost = has_lost_digits(number, self.number) or has_lost_digits(self.number, number)
            return not lost and not same_number(self.number, number)
        early = now - self.began < self.timing.list_grace and (self.vague or not clip)
        return not early and (self.number, self.withheld) != (number, withheld)

    def rings_of_next(self, since: float, clip: bool) -> list[float]:
        """Which of its RINGs were the next caller's, who is named now by a CLIP or a state: all since it was
        last named itself, if each RING names the caller here (generic-more-clip-each-ring-then-two-rings);
        else the last one if it is later than `since` (generic-more-clip-once-then-other-caller), and those
        printed with it (generic-more-burst-of-next-caller)."""
        if clip and self.times_named > 1:
            return self.rings_since_named
        burst = [ring for ring in self.rings_since_named[-1:] if ring > since]
        for ring in reversed(self.rings_since_named[:-1]):
            if burst and burst[0] - ring < self.timing.burst:
                burst.insert(0, ring)
        return burst

    def did_hang_up(self, since: float) -> bool:
        """The ringing is announced anew after an OK to ATH and has not rung before `since`: so ATH did hang
        up, and the RING just now is the next call's (simcom-lte-more-ath-then-redials-state-first)."""
        return self.hung_up_at is not None and (self.rang_again_at is None or self.rang_again_at > since)

    def outcome(self, lost: bool) -> CallOutcome:
        """How it ended, if it ends now. lost: the modem or the port was lost, and nobody can know."""
        if self.phase is Phase.CONNECTED:
            return CallOutcome.ANSWERED
        if self.hanging_up and self.rang_again_at is None:
            return CallOutcome.REJECTED
        if lost:
            return CallOutcome.LOST
        return CAUSES.get(self.cause or 0, OUTCOMES[self.phase])


@dataclass
class LastEnd:
    """The last end, to know the lines that tell of it once more."""

    at: float = NEVER
    index: int | None = None
    number: str | None = None
    words: set[str] | None = (
        None  # the kinds of line that told of it; None where no line did, so that none will again
    )
