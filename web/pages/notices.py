"""What the head of every page tells calmly: what somebody here has wanted, with a button that ends it, and what passes by
itself. The rest needs somebody, and stands there as a trouble."""

from dataclasses import dataclass

from bridge.contract.status import Status
from bridge.rules.troubles import BoxTrouble, ListTrouble
from bridge.words.catalogue import _
from bridge.words.reasons import error_sentence
from modem.contract import Coded, TroubleCode

# Nobody has to do anything about these.
PASSING = frozenset({BoxTrouble.STARTING, TroubleCode.SETTING_UP, ListTrouble.BEING_READ})


@dataclass(frozen=True)
class Notice:
    """sentence: what holds for now. do: the wish (status.FOR_NOW) that ends it, and button: its words; empty where it passes
    by itself."""

    sentence: str
    do: str = ""
    button: str = ""


def troubles(status: Status) -> list[Coded]:
    """What somebody has to see to, worst first."""
    return [told for told in status.troubles if told != status.paused and told.code not in PASSING]


def notices(status: Status, enabled: bool) -> list[Notice]:
    """What else holds for now. enabled: automatic texts are switched on in the settings."""
    told = [Notice(error_sentence(passing)) for passing in status.troubles if passing.code in PASSING]
    if not enabled:
        told.append(Notice(error_sentence("disabled")))
    elif status.paused:
        told.append(Notice(error_sentence(status.paused), "resume", _("Resume texts")))
    if status.closed:
        told.append(Notice(error_sentence(status.closed), "open", _("Open again")))
    return told
