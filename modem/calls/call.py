"""One incoming call and what is remembered of the last end; with the times by which calls are told apart. Pure."""

from dataclasses import dataclass, field

from modem.contract import CallEnded, CallRinging

# Seconds. RINGs are 1 to 7 s apart; a call whose state the modem tells by itself may ring without RINGs.
SILENCE = 10.0
STATEFUL_SILENCE = 120.0
WAITING_SILENCE = 30.0
# A call whose end line was lost must not keep the line busy for ever; and no network gives a phone more calls than that
# (22.030 6.5.5: seven).
LONGEST_TALK = 7200.0
MOST_CALLS = 7
# How often AT+CLCC is asked; for a connected call only in case its end line is lost.
POLL_RINGING = 1.0
POLL_CONNECTED = 5.0
# A list that is asked for right after the first RING may still be empty: so long, absence proves nothing.
LIST_GRACE = 3.0
# The lines that describe one end come within about two seconds; MISSED_CALL has a number and may be later.
ECHO = 2.5
AFTERMATH = 5.0
# RINGs that are printed several times per second are of one call.
BURST = 1.0
# +CSSU that comes before the RING of the call that it means.
MARK_BEFORE = 2.0
# Empty lists for so long end a connected call even where no list has ever shown one.
LIST_DOUBT = 60.0
# The RINGs of one call are no further apart than that.
CADENCE = 8.0
# A RING that was on its way when we hung up or picked up.
STRAY = 1.5

# The outcome of a RING that a later line tells to be of a data or fax call.
DATA = "data"
CAUSES = {18: "no_answer", 19: "no_answer", 102: "no_answer", 26: "answered_elsewhere"}

# Which call of ours a listed state may be about, the likeliest first.
FITTING = {
    "incoming": ("ringing", "waiting", "connected"),
    "waiting": ("waiting",),
    "active": ("connected", "ringing", "waiting"),
    "held": ("connected", "ringing", "waiting"),
}

NEVER = float("-inf")
CallEvent = CallRinging | CallEnded


@dataclass
class Call:
    """One call; only `Calls` touches it. sign: when it last showed. rung: its RINGs since it was last named, clips: how
    often that was. vague: withheld by a state alone, which may be early. voice: some line says that it is no data call.
    hung_at: OK to an ATH that need not mean it; again: it rang after that, so it did not.
    guessed: an indicator alone says that it is connected, and firmwares differ in what `call` means."""

    key: int
    state: str
    began: float
    sign: float
    index: int | None = None
    number: str | None = None
    name: str = ""
    withheld: bool = False
    vague: bool = False
    forwarded: bool = False
    voice: bool = False
    rings: int = 0
    rung: list[float] = field(default_factory=list)
    clips: int = 0
    stateful: bool = False
    listed: bool = False
    hanging_up: bool = False
    hung_at: float | None = None
    again: float | None = None
    guessed: bool = False
    connected_at: float = NEVER
    cause: int | None = None

    @property
    def known(self) -> bool:
        return self.number is not None or self.withheld

    def silent_at(self) -> float:
        """When silence ends it."""
        if self.state == "connected":
            return self.connected_at + LONGEST_TALK
        if self.state == "nameless":
            return self.sign + ECHO
        if self.state == "waiting":
            return self.sign + (STATEFUL_SILENCE if self.stateful else WAITING_SILENCE)
        patient = self.stateful and self.rings < 2 and self.hung_at is None
        return self.sign + (STATEFUL_SILENCE if patient else SILENCE)

    def is_other(self, number: str | None, withheld: bool, clip: bool, now: float) -> bool:
        """Is this another caller? A state that comes at once may not know the number yet."""
        if not self.known:
            return False
        if self.number is not None and number is not None:
            return not same_number(self.number, number)
        early = now - self.began < LIST_GRACE and (self.vague or not clip)
        return not early and (self.number, self.withheld) != (number, withheld)

    def next_rings(self, since: float, clip: bool) -> list[float]:
        """Which of its RINGs were the next caller's, who is now named: all since it was last named itself, if each
        RING names the caller here; else the last one, and those printed with it."""
        if clip and self.clips > 1:
            return self.rung
        burst = [ring for ring in self.rung[-1:] if ring > since]
        for ring in reversed(self.rung[:-1]):
            if burst and burst[0] - ring < BURST:
                burst.insert(0, ring)
        return burst

    def calls_again(self, since: float) -> bool:
        """The ringing is told anew after an OK to ATH: so it did hang up, and the RING just now is the next call's."""
        return self.hung_at is not None and (self.again is None or self.again > since)

    def outcome(self, lost: bool) -> str:
        if self.state == "connected":
            return "answered"
        if self.hanging_up and self.again is None:
            return "rejected"
        if lost:
            return "lost"
        unheard = "waiting" if self.state == "waiting" else "abandoned"
        return unheard if self.cause is None else CAUSES.get(self.cause, unheard)


@dataclass
class End:
    """The last end, to know its echoes. words: those that told of it; None where no line did, so that none will echo."""

    at: float = NEVER
    index: int | None = None
    number: str | None = None
    words: set[str] | None = None


def same_number(one: str | None, other: str | None) -> bool:
    """Do two spellings name one subscriber? National and international forms end alike.

    >>> same_number("+447700900123", "07700900123"), same_number("+447700900123", "+447700900124")
    (True, False)
    """
    if one is None or other is None:
        return one == other
    a, b = one.lstrip("+0"), other.lstrip("+0")
    shorter, longer = sorted((a, b), key=len)
    return a == b or (len(shorter) >= 7 and longer.endswith(shorter))


def may_be_same(one: str | None, other: str | None) -> bool:
    """As same_number, and an unknown number may be any."""
    return one is None or other is None or same_number(one, other)
