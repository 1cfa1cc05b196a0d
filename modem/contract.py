"""The contract of the modem room: every request that may go in and every event that comes out; `bridge` imports only this.

All of it is frozen data. `line` is the name of a modem's section in config.ini, `at` and other instants are
seconds of the monotonic clock (the loop turns them into UTC), numbers are in international form with `+`
where the modem said so and as printed otherwise.

Handed on from other modules are the pure functions and the names that the bridge needs: for wording
(`segments`, `alphabet`), for what comes in parts (`user_data_header`, `join_text`, `join_octets`,
`picture_sender`), for numbers (`same_number`) and for config.ini (`FAMILY_NAMES`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from modem.at.families import FAMILIES
from modem.at.numbers import same_number
from modem.coded import Coded, Value
from modem.sms.causes import Refusal
from modem.sms.content import Concat
from modem.sms.content import header as user_data_header
from modem.sms.gsm7 import Segments, alphabet, segments
from modem.sms.wap import picture_sender
from modem.sms.words import join_octets, join_text
from modem.troubles import Trouble, TroubleCode

__all__ = [
    "FAMILY_NAMES",
    "Acknowledge",
    "Answer",
    "CallEnded",
    "CallOutcome",
    "CallRinging",
    "Coded",
    "Concat",
    "DeleteStored",
    "Event",
    "HangUp",
    "LineDown",
    "LineHealth",
    "LineIdle",
    "LineUp",
    "MissedBook",
    "NotStarted",
    "PartSent",
    "PinRefused",
    "Recorded",
    "Refusal",
    "Repair",
    "RepairStep",
    "ReportReceived",
    "Request",
    "Segments",
    "SendText",
    "Slot",
    "TellRecording",
    "TextFailed",
    "TextKind",
    "TextReceived",
    "TextSent",
    "TextUnconfirmed",
    "Trouble",
    "TroubleCode",
    "TroublePart",
    "Value",
    "alphabet",
    "join_octets",
    "join_text",
    "picture_sender",
    "same_number",
    "segments",
    "user_data_header",
]

# What `family` in config.ini may be, beside `auto`.
FAMILY_NAMES = tuple(family.name for family in FAMILIES)


# From this part of its places on, a storage for texts is nearly full.
NEARLY_FULL = 0.8


@dataclass(frozen=True)
class Slot:
    """Where a message lies on the SIM or in the modem (27.005 CPMS <mem1> and CMGR <index>).

    mark: tells what was read there from the next message, which may take the place as soon as this one is deleted.
    """

    storage: str
    index: int
    mark: str = ""


class CallOutcome(StrEnum):
    """How a call ended."""

    ABANDONED = "abandoned"  # the caller gave up, or the ringing just stopped
    NO_ANSWER = (
        "no_answer"  # the network gave up ringing, or diverted the call to voicemail (Q.850 18, 19, 102)
    )
    WAITING = "waiting"  # it waited while another call went on, and gave up
    LOST = "lost"  # the modem was reset or unplugged while it rang, or nothing but a note of it was seen
    ANSWERED = "answered"  # on this modem
    ANSWERED_ELSEWHERE = "answered_elsewhere"  # on another phone of the same line (Q.850 26)
    REJECTED = "rejected"  # we hung up on it
    DATA = "data"  # it had rung like any other, and turned out to be a data or fax call
    NOTICE = (
        "notice"  # the operator told of it in a text; no modem has seen it, it is the bridge that says this
    )


class TroublePart(StrEnum):
    """Where the trouble is that keeps a line down."""

    PORT = "port"
    MODEM = "modem"  # it does not answer
    SIM = "sim"


class RepairStep(StrEnum):
    """The steps by which a modem that does not answer is brought back, in their order."""

    ASKED = "asked"  # once more, on the open port
    REOPENED = "reopened"  # the port
    RESTARTED = "restarted"  # the modem


class TextKind(StrEnum):
    """What a received message is to a person (23.040 9.2.3.9 TP-PID, 23.038 4 TP-DCS)."""

    TEXT = "text"
    SILENT = "silent"  # a phone acknowledges it and shows nothing
    BINARY = "binary"  # for a program
    OCTETS = "octets"  # a part of an 8-bit message: the whole is a text or for a program, see `join_octets`
    PICTURE = "picture"  # the notice of an MMS
    WAITING = "waiting"  # a voice message waits
    WAITED = "waited"  # none waits any more
    UNREADABLE = "unreadable"


# ---- requests, bridge -> modem


@dataclass(frozen=True)
class SendText:
    """Send `body` to `number`, once. Answered by exactly one of TextSent, TextFailed, TextUnconfirmed,
    NotStarted."""

    message_id: int
    number: str
    body: str
    reference: int  # 0 to 255: what joins the parts of a long text on the other side (23.040 9.2.3.24.1)
    validity_minutes: int  # how long the SMSC may try (TP-VP)


@dataclass(frozen=True)
class DeleteStored:
    """These messages are committed in the database: the modem may forget them."""

    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Acknowledge:
    """A text or report that was delivered directly is committed: the network may forget it (27.005 CNMA)."""


@dataclass(frozen=True)
class TellRecording:
    """What has gone over the wire in the last minutes is wanted. Answered by Recorded. masked: without real
    numbers."""

    masked: bool


@dataclass(frozen=True)
class Answer:
    """Pick up the call that rings (ATA)."""


@dataclass(frozen=True)
class HangUp:
    """Reject the call that rings, or end the one that is connected (AT+CHUP)."""


Request = SendText | DeleteStored | Acknowledge | TellRecording | Answer | HangUp


# ---- events, modem -> bridge


@dataclass(frozen=True)
class LineUp:
    """The modem is initialised and listens. Identities are None where it would not tell them."""

    line: str
    at: float
    port: str
    model: str
    imei: str | None
    imsi: str | None
    iccid: str | None
    msisdn: str | None


@dataclass(frozen=True)
class LineDown:
    """The modem cannot be used; `trouble` says why. Repeated when that changes.

    part: where the trouble is: port, modem (it does not answer) or sim.
    """

    line: str
    at: float
    trouble: Trouble
    part: str


@dataclass(frozen=True)
class PinRefused:
    """The SIM did not take this PIN. It must never be tried again: three wrong ones lock the SIM."""

    line: str
    at: float
    pin: str


@dataclass(frozen=True)
class Repair:
    """One step by which a modem that does not answer is brought back."""

    line: str
    at: float
    step: RepairStep
    seconds: float  # how long it took
    well: bool  # whether the modem answered after it


@dataclass(frozen=True)
class LineHealth:
    """How the line is, at start, after a change, and every few minutes. None: the modem would not say."""

    line: str
    at: float
    registration: int | None  # <stat> of 27.007 CREG, for calls: 1 home, 5 roaming
    lte: int | None  # the same of CEREG, for LTE only
    operator: str | None
    signal: int | None  # 0 to 31 (27.007 CSQ)
    smsc: str | None
    storage: str  # where texts arrive (27.005 CPMS)
    used: int  # places of it
    total: int
    clock: datetime | None  # what the modem believes the time to be, if it has been told

    @property
    def nearly_full(self) -> bool:
        """Is there hardly a place left for texts to arrive?"""
        return self.total > 0 and self.used >= NEARLY_FULL * self.total


@dataclass(frozen=True)
class MissedBook:
    """The phone book of missed calls as the modem lists it; most keep no time, and each its own order."""

    line: str
    at: float
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Recorded:
    """The last minutes as a transcript: one JSON object in the format of `textback replay`."""

    line: str
    at: float
    transcript: str


@dataclass(frozen=True)
class LineIdle:
    """`idle` says whether a text could be started at once: no call rings or runs, nothing is being sent."""

    line: str
    at: float
    idle: bool


@dataclass(frozen=True)
class CallRinging:
    """An incoming voice call, at its first indication and again when its number becomes known."""

    line: str
    at: float
    key: int  # tells one call of this run of the service from another
    number: str | None
    withheld: bool  # the network said that the caller hides it
    name: str = ""  # what the modem showed beside the number (27.007 CLIP <alpha>)


@dataclass(frozen=True)
class CallEnded:
    """The end of a call that CallRinging announced with the same key."""

    line: str
    at: float
    key: int
    number: str | None
    withheld: bool
    outcome: CallOutcome
    rings: int | None  # RING lines seen, None where the modem printed none
    cause: int | None  # of Q.850, where the modem told one
    forwarded: bool = False  # another phone diverted it to this one (27.007 CSSU)
    name: str = ""


@dataclass(frozen=True)
class PartSent:
    """The SMSC has taken one part."""

    line: str
    at: float
    message_id: int
    part: int
    parts: int
    mr: int  # the message reference that its status report will carry


@dataclass(frozen=True)
class TextSent:
    """The SMSC has taken every part."""

    line: str
    at: float
    message_id: int


@dataclass(frozen=True)
class TextFailed:
    """The text was refused and did not go out, or not whole."""

    line: str
    at: float
    message_id: int
    trouble: Trouble
    code: int | None  # of +CMS ERROR or +CME ERROR
    kind: Refusal  # from which follows what to do
    begun: bool  # some of its parts did go out


@dataclass(frozen=True)
class TextUnconfirmed:
    """Nobody can know whether the text went out."""

    line: str
    at: float
    message_id: int
    trouble: Trouble


@dataclass(frozen=True)
class NotStarted:
    """Nothing of the text has left: the line was busy or down. It may be asked again later."""

    line: str
    at: float
    message_id: int
    trouble: Trouble


@dataclass(frozen=True)
class TextReceived:
    """One SMS-DELIVER, whole or a part of a long one; `slot` is None where it was delivered directly.

    What is for a program, and a part of kind OCTETS, has its octets as characters 0 to 255 in `body`. The words for what is
    no text are the bridge's.
    """

    line: str
    at: float
    slot: Slot | None
    sender: str  # E.164 with `+` where international, else as received ("60006", "info@x.de")
    body: str  # without control characters; a part of a long text as it came until `join_text`, half emoji and all
    concat: Concat | None  # which part it is of a text of several
    scts: datetime | None  # the SMSC's time stamp, aware; None where it was not a date
    kind: TextKind
    replace_type: (
        int | None
    )  # 1 to 7: it takes the place of the last one of this type from this sender (23.040 9.2.3.9)
    truncated: bool  # the PDU held less than it said
    pdu: str  # what was received, in hex


@dataclass(frozen=True)
class ReportReceived:
    """A status report (23.040 9.2.2.3)."""

    line: str
    at: float
    slot: Slot | None
    mr: int  # of the part
    recipient: str  # its number
    status: int  # TP-ST (23.040 9.2.3.15)
    discharge: datetime | None  # when it was delivered, or last tried
    scts: datetime | None = None  # when the SMSC took it from us


Event = (
    LineUp
    | LineDown
    | LineHealth
    | PinRefused
    | Repair
    | MissedBook
    | Recorded
    | LineIdle
    | CallRinging
    | CallEnded
    | PartSent
    | TextSent
    | TextFailed
    | TextUnconfirmed
    | NotStarted
    | TextReceived
    | ReportReceived
)
