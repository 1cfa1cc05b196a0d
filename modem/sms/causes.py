"""What +CMS ERROR and +CME ERROR numbers mean for a text: a trouble that a person is told, and which kind of
failure it is; nothing of what to do.

The troubles are those of 27.005 3.2.5, 24.011 annex E and 27.007 9.2; the kinds are ours, since vendors differ
above 511. What follows from a kind (try again, give up, stop the queue) is for the bridge to say.
"""

from dataclasses import dataclass
from enum import StrEnum

from modem.troubles import Trouble, TroubleCode


class Refusal(StrEnum):
    """Why a text was refused, as far as what to do follows from it."""

    RECIPIENT = "recipient"  # this number will never take it
    AWAY = "away"  # this number does not take it at present
    ACCOUNT = "account"  # the operator does not let this SIM send
    MAYBE_ACCOUNT = "maybe_account"  # the recipient's trouble, or our contract's: two in a row are ours
    NETWORK = "network"  # it passes by itself
    NO_NETWORK = "no_network"  # no text goes out before the SIM is on a network again
    OUTAGE = "outage"  # it passes, but not soon
    AMBIGUOUS = "ambiguous"  # once more, then give up
    DEVICE = "device"  # the modem is in an unknown state: set it up again
    OURS = "ours"  # a mistake of ours: trying again would not mend it
    SIM = "sim"  # no text goes out before a person has seen to the SIM
    STORAGE = "storage"  # no room: what is stored has to go first


class NoRefusal(StrEnum):
    """What an error says that does not mean that the text stayed here."""

    UNSURE = "unsure"  # it may have gone out
    TAKEN = "taken"  # the SMSC has it already


@dataclass(frozen=True)
class Cause:
    """One error number: its kind, and what a person is told."""

    kind: Refusal | NoRefusal
    trouble: TroubleCode


CMS: dict[int, Cause] = {
    1: Cause(Refusal.RECIPIENT, TroubleCode.REFUSED_NUMBER_MISSING),
    8: Cause(Refusal.MAYBE_ACCOUNT, TroubleCode.REFUSED_BARRED),
    10: Cause(Refusal.MAYBE_ACCOUNT, TroubleCode.REFUSED_BARRED),
    21: Cause(Refusal.AMBIGUOUS, TroubleCode.REFUSED_BY_NETWORK),
    27: Cause(Refusal.AWAY, TroubleCode.REFUSED_NUMBER_OUT),
    28: Cause(Refusal.MAYBE_ACCOUNT, TroubleCode.REFUSED_NUMBER_UNKNOWN),
    29: Cause(Refusal.ACCOUNT, TroubleCode.REFUSED_NOT_ALLOWED),
    30: Cause(Refusal.MAYBE_ACCOUNT, TroubleCode.REFUSED_NUMBER_UNKNOWN),
    38: Cause(Refusal.OUTAGE, TroubleCode.REFUSED_OUTAGE),
    41: Cause(Refusal.NETWORK, TroubleCode.REFUSED_MOMENT),
    42: Cause(Refusal.NETWORK, TroubleCode.REFUSED_OVERLOADED),
    47: Cause(Refusal.NETWORK, TroubleCode.REFUSED_OVERLOADED),
    50: Cause(Refusal.ACCOUNT, TroubleCode.REFUSED_NOT_ALLOWED),
    69: Cause(Refusal.ACCOUNT, TroubleCode.REFUSED_NOT_ALLOWED),
    127: Cause(Refusal.AMBIGUOUS, TroubleCode.REFUSED_NETWORKS_DIFFER),
    192: Cause(Refusal.NETWORK, TroubleCode.REFUSED_CENTRE_BUSY),
    193: Cause(Refusal.ACCOUNT, TroubleCode.REFUSED_CENTRE_CONTRACT),
    194: Cause(Refusal.NETWORK, TroubleCode.REFUSED_CENTRE_FAILED),
    195: Cause(Refusal.RECIPIENT, TroubleCode.REFUSED_NUMBER_INVALID),
    196: Cause(Refusal.RECIPIENT, TroubleCode.REFUSED_NUMBER_BARRED),
    197: Cause(NoRefusal.TAKEN, TroubleCode.REFUSED_CENTRE_HAS_IT),
    208: Cause(Refusal.STORAGE, TroubleCode.REFUSED_STORAGE_FULL),
    209: Cause(Refusal.STORAGE, TroubleCode.REFUSED_STORAGE_FULL),
    211: Cause(Refusal.STORAGE, TroubleCode.REFUSED_STORAGE_FULL),
    300: Cause(Refusal.DEVICE, TroubleCode.REFUSED_MODEM_FAILED),
    301: Cause(Refusal.DEVICE, TroubleCode.REFUSED_MODEM_FAILED),
    302: Cause(Refusal.DEVICE, TroubleCode.REFUSED_MODEM_NOT_NOW),
    310: Cause(Refusal.SIM, TroubleCode.REFUSED_SIM_MISSING),
    311: Cause(Refusal.SIM, TroubleCode.REFUSED_SIM_PIN),
    312: Cause(Refusal.SIM, TroubleCode.REFUSED_SIM_PIN2),
    313: Cause(Refusal.SIM, TroubleCode.REFUSED_SIM_FAILED),
    314: Cause(Refusal.DEVICE, TroubleCode.REFUSED_SIM_BUSY),
    315: Cause(Refusal.SIM, TroubleCode.REFUSED_SIM_NOT_TAKEN),
    316: Cause(Refusal.SIM, TroubleCode.REFUSED_SIM_PUK),
    317: Cause(Refusal.SIM, TroubleCode.REFUSED_SIM_PIN2),
    318: Cause(Refusal.SIM, TroubleCode.REFUSED_SIM_PUK2),
    320: Cause(Refusal.STORAGE, TroubleCode.REFUSED_STORAGE_FAILED),
    321: Cause(Refusal.STORAGE, TroubleCode.REFUSED_STORAGE_FAILED),
    322: Cause(Refusal.STORAGE, TroubleCode.REFUSED_STORAGE_FULL),
    330: Cause(Refusal.SIM, TroubleCode.REFUSED_CENTRE_UNKNOWN),
    331: Cause(Refusal.NO_NETWORK, TroubleCode.REFUSED_NO_NETWORK),
    332: Cause(NoRefusal.UNSURE, TroubleCode.REFUSED_TIMEOUT),
    500: Cause(Refusal.AMBIGUOUS, TroubleCode.REFUSED_UNEXPLAINED),
    512: Cause(Refusal.NETWORK, TroubleCode.REFUSED_MOMENT),
    513: Cause(Refusal.NETWORK, TroubleCode.REFUSED_RADIO_LOST),
    514: Cause(Refusal.NETWORK, TroubleCode.REFUSED_OVERLOADED),
    515: Cause(Refusal.DEVICE, TroubleCode.REFUSED_MODEM_NOT_READY),
    521: Cause(Refusal.NETWORK, TroubleCode.REFUSED_MOMENT),
    522: Cause(Refusal.NETWORK, TroubleCode.REFUSED_MOMENT),
    532: Cause(Refusal.DEVICE, TroubleCode.REFUSED_MODEM_NOT_READY),
    535: Cause(Refusal.NETWORK, TroubleCode.REFUSED_MOMENT),
} | {
    code: Cause(Refusal.OURS, trouble)
    for trouble, codes in (
        (TroubleCode.REFUSED_FORM, (81, 95, 96, 97, 98, 99, 111, 304, 305, *range(516, 521), 538)),
        (TroubleCode.REFUSED_CENTRE_FORM, (*range(128, 192), 198, 199)),
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
    31: Cause(NoRefusal.UNSURE, CMS[332].trouble),
    32: Cause(Refusal.NO_NETWORK, TroubleCode.REFUSED_EMERGENCY_ONLY),
    256: CMS[302],
    258: CMS[302],
    515: CMS[515],
}


def cause(code: int | None, final: str) -> Cause:
    """What the final result of a refused text means; without a code, or with one that nobody knows, the modem counts as in an
    unknown state (set it up again). final: the whole line, which says whether the code is one of +CMS ERROR or of +CME ERROR.

    >>> errors = (38, "+CMS ERROR: 38"), (10, "+CME ERROR: 10"), (None, "ERROR")
    >>> [str(cause(code, final).kind) for code, final in errors]
    ['outage', 'sim', 'device']
    """
    table = CME if final.startswith("+CME") else CMS
    return table.get(-1 if code is None else code) or Cause(Refusal.DEVICE, TroubleCode.REFUSED)


def why(code: int | None, final: str) -> Trouble:
    """What is told of a refused text.

    >>> why(38, "+CMS ERROR: 38").to_text()
    'refused_outage?final=%2BCMS%20ERROR%3A%2038'
    """
    return Trouble.of(cause(code, final).trouble, final=final)
