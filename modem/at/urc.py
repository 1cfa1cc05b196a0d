"""What URCs say, as types: one frozen class an indication, and nothing of how it is spelled."""

from dataclasses import dataclass
from enum import StrEnum


class CallStatus(StrEnum):
    """The state of one call (27.007 CLCC <stat>, and ENDED, which SIMCom and others add)."""

    ACTIVE = "active"
    HELD = "held"
    DIALING = "dialing"
    ALERTING = "alerting"
    INCOMING = "incoming"
    WAITING = "waiting"
    ENDED = "ended"


@dataclass(frozen=True)
class Ring:
    """The modem rings. voice: False for data and fax calls (27.007 CRING), None where a plain RING does not
    say."""

    voice: bool | None


@dataclass(frozen=True)
class CallerId:
    """Who calls (27.007 CLIP). number: None where the network gave none; then `withheld`, and also where the
    caller withheld it and the SIM may see it all the same."""

    number: str | None
    withheld: bool
    name: str = ""


@dataclass(frozen=True)
class CallerName:
    """The network's name for the caller who rings (27.007 CNAP), never empty."""

    name: str


@dataclass(frozen=True)
class Waiting:
    """Who calls while another call runs (27.007 CCWA)."""

    number: str | None
    withheld: bool


@dataclass(frozen=True)
class CallState:
    """The state of one call by its index, from CLCC and the lines of vendors that say the same."""

    index: int
    status: CallStatus
    incoming: bool | None = None  # None where the line does not say
    voice: bool = True
    number: str | None = None
    withheld: bool = False
    cause: int | None = None  # of Q.850
    snapshot: bool = False  # a line of a list that a NoCalls closes (^SLCC)


@dataclass(frozen=True)
class NoCalls:
    """The end of a ^SLCC list: what the list did not show is gone; alone it says that there is no call
    left."""


@dataclass(frozen=True)
class Outgoing:
    """A call that this modem makes."""

    index: int | None = None


@dataclass(frozen=True)
class Connected:
    """The call with that index, else the one that rings, is connected."""

    index: int | None = None


@dataclass(frozen=True)
class Ended:
    """A call ended. cause: Q.850; talked: the line says that it had been connected, even if no other line
    did.

    word: how the line begins; several words may tell of one end, the same word twice tells of two.
    """

    index: int | None = None
    cause: int | None = None
    talked: bool = False
    word: str = ""


@dataclass(frozen=True)
class MissedCall:
    """SIMCom's note after the fact. Its clock is the module's own and is not taken."""

    number: str | None


@dataclass(frozen=True)
class Indicator:
    """27.007 CIEV: indicator `name` has a new value; a name is an index where only AT+CIND=? knows the
    meaning."""

    name: str
    value: int


@dataclass(frozen=True)
class Forwarded:
    """+CSSU: the call that rings, or the next one, was diverted here by another phone (27.007 CSSU)."""


@dataclass(frozen=True)
class Registration:
    """+CREG: the state of registration has changed (27.007 CREG <stat>)."""

    state: int


@dataclass(frozen=True)
class NetworkTime:
    """The network has told the time, or its zone: the modem's clock is right now (27.007 CTZR and its vendor
    cousins)."""


@dataclass(frozen=True)
class StoredText:
    """+CMTI: a text lies in `storage` at `index`; index None where the modem does not tell a usable one."""

    storage: str
    index: int | None


@dataclass(frozen=True)
class DirectText:
    """+CMT with its PDU."""

    pdu: str


@dataclass(frozen=True)
class DirectReport:
    """+CDS with its PDU."""

    pdu: str


@dataclass(frozen=True)
class StoredReport:
    """+CDSI: a status report lies in `storage` at `index`."""

    storage: str
    index: int


@dataclass(frozen=True)
class PlainText:
    """A text printed in text mode: it arrived, but its words are not taken from here."""


@dataclass(frozen=True)
class Booted:
    """A boot banner: volatile settings are gone. hard: the modem starts now, so that no call can be left from
    before."""

    banner: str
    hard: bool


@dataclass(frozen=True)
class StorageFull:
    """No text can arrive until one is deleted."""


@dataclass(frozen=True)
class Unknown:
    """Noise, or words that nobody here knows."""

    line: str


Indication = (
    Ring
    | CallerId
    | CallerName
    | Waiting
    | CallState
    | NoCalls
    | Outgoing
    | Connected
    | Ended
    | MissedCall
    | Indicator
    | Forwarded
    | Registration
    | NetworkTime
    | StoredText
    | DirectText
    | PlainText
    | DirectReport
    | StoredReport
    | Booted
    | StorageFull
    | Unknown
)
