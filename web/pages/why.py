"""Why a caller got a text or none: the deciding line, and what was looked at besides; in words, for rows and dry runs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bridge.records.views import CallRow
from bridge.rules.states import Textback
from bridge.words import reasons
from bridge.words.catalogue import N_, gettext
from bridge.words.reasons import error_sentence

# textback state of a call -> what became of its text; {time}: when.
BECAME = {
    Textback.SCHEDULED: N_("The text will be sent later ({time})."),
    Textback.SENDING: N_("The text is being sent."),
    Textback.SENT: N_("The text was sent ({time})."),
    Textback.DELIVERED: N_("The text arrived ({time})."),
    Textback.FAILED: N_("The text was not sent."),
    Textback.UNCONFIRMED: N_("Nobody knows whether the text was sent."),
}


@dataclass(frozen=True)
class Why:
    """decided: the line that decides, and what the modem or the network said; passed: what did not stand in the way."""

    decided: tuple[str, ...]
    passed: tuple[str, ...]


def why(call: CallRow, clock: Callable[[datetime], str] = str) -> Why:
    """Of a call that something was done about, or nothing. clock: says when."""
    stop, passed = reasons.deciding_first(call.trace)
    told = error_sentence(call.text_error) if call.text_error else None
    if call.textback not in BECAME:
        return Why((stop or told or _by_the_chip(call),), tuple(passed))
    words = gettext(BECAME[call.textback], time=clock(call.text_at) if call.text_at else "?")
    return Why((words, told) if told else (words,), tuple(passed))


def _by_the_chip(call: CallRow) -> str:
    chip = reasons.chip(call.reason)
    return gettext("Reason: {why}.", why=chip) if chip else gettext(BECAME[Textback.FAILED])


def why_so(trace: Iterable[Mapping[str, str]]) -> Why:
    """Of a call that was only thought of."""
    stop, passed = reasons.deciding_first(trace)
    return Why((stop,) if stop else (), tuple(passed))
