"""What the head of every page tells calmly: what somebody here has wanted, with a button that ends it, and what passes by
itself. The rest needs somebody, and stands there as a trouble."""

from dataclasses import dataclass

from bridge.contract.status import Status
from bridge.words.catalogue import _
from bridge.words.reasons import error_sentence


@dataclass(frozen=True)
class Notice:
    """sentence: what holds for now. do: the wish (status.FOR_NOW) that ends it, and button: its words; empty where it passes
    by itself."""

    sentence: str
    do: str = ""
    button: str = ""


def notices(status: Status, enabled: bool) -> list[Notice]:
    """What else holds for now. enabled: automatic texts are switched on in the settings."""
    told = [Notice(error_sentence(passing)) for passing in status.passing]
    if not enabled:
        told.append(Notice(error_sentence("disabled")))
    elif status.paused:
        told.append(Notice(error_sentence(status.paused), "resume", _("Resume texts")))
    if status.closed:
        told.append(Notice(error_sentence(status.closed), "open", _("Open again")))
    return told
