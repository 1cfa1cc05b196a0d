"""What +CMS ERROR and +CME ERROR numbers mean for a text: words for a shopkeeper, and which kind of failure
it is; nothing of what to do.

The words are those of 27.005 3.2.5, 24.011 annex E and 27.007 9.2; the kinds are ours, since vendors differ
above 511. What follows from a kind (try again, give up, stop the queue) is for the bridge to say.
"""

from dataclasses import dataclass
from enum import StrEnum


class Refusal(StrEnum):
    """Why a text was refused, as far as what to do follows from it."""

    RECIPIENT = "recipient"  # this number will never take it
    AWAY = "away"  # this number does not take it at present
    ACCOUNT = "account"  # the operator does not let this SIM send
    MAYBE_ACCOUNT = "maybe_account"  # the recipient's trouble, or our contract's: two in a row are ours
    NETWORK = "network"  # it passes by itself
    OUTAGE = "outage"  # it passes, but not soon
    AMBIGUOUS = "ambiguous"  # once more, then give up
    DEVICE = "device"  # the modem is in a muddle: set it up again
    OURS = "ours"  # a mistake of ours: trying again would not mend it
    SIM = "sim"  # no text goes out before a person has seen to the SIM
    STORAGE = "storage"  # no room: what is stored has to go first


class NoRefusal(StrEnum):
    """What an error says that does not mean that the text stayed here."""

    UNSURE = "unsure"  # it may have gone out
    TAKEN = "taken"  # the SMSC has it already


@dataclass(frozen=True)
class Cause:
    """One error number: its kind, and what a person is told, without capital and full stop."""

    kind: Refusal | NoRefusal
    words: str


_NOT_ALLOWED = "the operator does not allow this SIM to send texts"
_BARRED = "the operator bars this text: is there credit on the SIM, and is it allowed to send texts?"
_UNKNOWN = "the network does not know the number, or not this SIM"
_OVERLOADED = "the network is overloaded"
_FORM = "the modem or the network did not take the form of the text"
_CENTRE = "the operator's text centre refused the form of the text"
_FULL = "the storage for texts is full"
_MOMENT = "the network failed for a moment"
_MUDDLE = "the modem failed"

CMS: dict[int, Cause] = {
    1: Cause(Refusal.RECIPIENT, "the number does not exist"),
    8: Cause(Refusal.MAYBE_ACCOUNT, _BARRED),
    10: Cause(Refusal.MAYBE_ACCOUNT, _BARRED),
    21: Cause(Refusal.AMBIGUOUS, "the network refused the text"),
    27: Cause(Refusal.AWAY, "the number is out of service at present"),
    28: Cause(Refusal.MAYBE_ACCOUNT, _UNKNOWN),
    29: Cause(Refusal.ACCOUNT, _NOT_ALLOWED),
    30: Cause(Refusal.MAYBE_ACCOUNT, _UNKNOWN),
    38: Cause(Refusal.OUTAGE, "the network is out of order"),
    41: Cause(Refusal.NETWORK, _MOMENT),
    42: Cause(Refusal.NETWORK, _OVERLOADED),
    47: Cause(Refusal.NETWORK, _OVERLOADED),
    50: Cause(Refusal.ACCOUNT, _NOT_ALLOWED),
    69: Cause(Refusal.ACCOUNT, _NOT_ALLOWED),
    127: Cause(Refusal.AMBIGUOUS, "the networks do not understand each other"),
    192: Cause(Refusal.NETWORK, "the operator's text centre is busy"),
    193: Cause(Refusal.ACCOUNT, "this SIM has no contract with the operator's text centre"),
    194: Cause(Refusal.NETWORK, "the operator's text centre failed"),
    195: Cause(Refusal.RECIPIENT, "the number is not valid"),
    196: Cause(Refusal.RECIPIENT, "the operator bars texts to this number"),
    197: Cause(NoRefusal.TAKEN, "the text centre has this text already"),
    208: Cause(Refusal.STORAGE, _FULL),
    209: Cause(Refusal.STORAGE, _FULL),
    211: Cause(Refusal.STORAGE, _FULL),
    300: Cause(Refusal.DEVICE, _MUDDLE),
    301: Cause(Refusal.DEVICE, _MUDDLE),
    302: Cause(Refusal.DEVICE, "the modem does not allow it now"),
    310: Cause(Refusal.SIM, "there is no SIM in the modem"),
    311: Cause(Refusal.SIM, "the SIM asks for its PIN"),
    312: Cause(Refusal.SIM, "the SIM asks for a second PIN"),
    313: Cause(Refusal.SIM, "the SIM failed"),
    314: Cause(Refusal.DEVICE, "the SIM is busy"),
    315: Cause(Refusal.SIM, "the modem does not take this SIM"),
    316: Cause(Refusal.SIM, "the SIM asks for its PUK"),
    317: Cause(Refusal.SIM, "the SIM asks for a second PIN"),
    318: Cause(Refusal.SIM, "the SIM asks for a second PUK"),
    320: Cause(Refusal.STORAGE, "the storage for texts failed"),
    321: Cause(Refusal.STORAGE, "the storage for texts failed"),
    322: Cause(Refusal.STORAGE, _FULL),
    330: Cause(Refusal.SIM, "the SIM does not know the number of the operator's text centre"),
    331: Cause(Refusal.NETWORK, "there is no network"),
    332: Cause(NoRefusal.UNSURE, "the network did not answer in time"),
    500: Cause(
        Refusal.AMBIGUOUS, "the modem failed and does not say why (no credit and no network are common)"
    ),
    512: Cause(Refusal.NETWORK, _MOMENT),
    513: Cause(Refusal.NETWORK, "the radio link was lost"),
    514: Cause(Refusal.NETWORK, _OVERLOADED),
    515: Cause(Refusal.DEVICE, "the modem is not ready yet"),
    521: Cause(Refusal.NETWORK, _MOMENT),
    522: Cause(Refusal.NETWORK, _MOMENT),
    532: Cause(Refusal.DEVICE, "the modem is not ready yet"),
    535: Cause(Refusal.NETWORK, _MOMENT),
} | {
    code: Cause(Refusal.OURS, words)
    for words, codes in (
        (_FORM, (81, 95, 96, 97, 98, 99, 111, 304, 305, *range(516, 521), 538)),
        (_CENTRE, (*range(128, 192), 198, 199)),
    )
    for code in codes
}

CME: dict[int, Cause] = {
    10: CMS[310],
    11: CMS[311],
    12: CMS[316],
    13: CMS[313],
    14: CMS[314],
    15: CMS[315],
    16: CMS[311],
    17: CMS[312],
    18: CMS[318],
    20: CMS[322],
    30: CMS[331],
    31: Cause(NoRefusal.UNSURE, CMS[332].words),
    32: Cause(Refusal.OUTAGE, "the network lets this SIM make emergency calls only"),
    256: CMS[302],
    258: CMS[302],
    515: CMS[515],
}


def cause(code: int | None, final: str) -> Cause:
    """What the final result of a refused text means; without a code, or with one that nobody knows, the modem
    is in a muddle. final: the whole line, which says whether the code is one of +CMS ERROR or of +CME ERROR.

    >>> errors = (38, "+CMS ERROR: 38"), (10, "+CME ERROR: 10"), (None, "ERROR")
    >>> [str(cause(code, final).kind) for code, final in errors]
    ['outage', 'sim', 'device']
    """
    table = CME if final.startswith("+CME") else CMS
    return table.get(-1 if code is None else code) or Cause(Refusal.DEVICE, "the modem refused the text")


def why(code: int | None, final: str) -> str:
    """A sentence without its full stop for a refused text.

    >>> why(38, "+CMS ERROR: 38")
    'The network is out of order (+CMS ERROR: 38)'
    """
    words = cause(code, final).words
    return f"{words[0].upper()}{words[1:]} ({final})"
