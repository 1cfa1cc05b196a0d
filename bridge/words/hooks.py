"""Hooks in words: what each event tells, what came of a delivery, and what a test says."""

from bridge.rules.hooks.events import HookAnswer, HookEvent
from bridge.words.catalogue import N_, gettext
from modem.contract import Coded

# What a test says where an event has words.
TEST = N_("A test from your box.")
# What an event is about; behind its name, which programs read.
EVENTS: dict[HookEvent, str] = {
    HookEvent.SMS_RECEIVED: N_("a text has arrived"),
    HookEvent.SMS_SENT: N_("a text was sent"),
    HookEvent.SMS_DELIVERED: N_("a text has reached the phone"),
    HookEvent.SMS_FAILED: N_("a text could not be sent"),
    HookEvent.SMS_CANCELLED: N_("a text was cancelled"),
    HookEvent.PING: N_("the box is running, now and then"),
    HookEvent.STARTED: N_("the box has started"),
    HookEvent.RINGING: N_("somebody is calling"),
    HookEvent.ANSWERED: N_("a call was answered"),
    HookEvent.MISSED: N_("a call was missed"),
    HookEvent.ENDED: N_("a call has ended"),
    HookEvent.DECISION: N_("whether a caller is texted, and why"),
    HookEvent.LINE_DOWN: N_("a line does not work"),
    HookEvent.LINE_UP: N_("a line works again"),
}
SENTENCES: dict[str, str] = {
    HookAnswer.TAKEN: N_("The program has received it (answer {status})."),
    HookAnswer.REFUSED: N_("The program refused it (answer {status})."),
    HookAnswer.REDIRECTS: N_(
        "The program sends the box on to another address (answer {status}). Give the hook that address."
    ),
    HookAnswer.NO_HTTP: N_("What answers there does not speak HTTP. Check the address and its port."),
    HookAnswer.NAME_NOT_FOUND: N_("Nobody knows where {host} is. Check the name."),
    HookAnswer.UNREACHABLE: N_("The program cannot be reached ({error}). Is it running?"),
    HookAnswer.UNTRUSTED: N_("Its certificate is not valid ({error}), so nothing was sent."),
    HookAnswer.SLOW: N_("No answer came within {seconds} seconds."),
    HookAnswer.NOT_ALLOWED: N_(
        "{host} is this box itself, or no single device, so nothing was sent. If that is what you want, add it "
        "to allow in the section [hooks] of config.ini."
    ),
    HookAnswer.NOT_SAFE: N_(
        "{host} is outside of the shop’s network, where nothing is sent without encryption. Use https://."
    ),
}


def event_in_words(event: HookEvent) -> str:
    """What an event is about; its name for one that never happens."""
    return gettext(EVENTS[event]) if event in EVENTS else str(event)


def answer_in_words(column: str) -> str:
    """What came of a try, as a column holds it.

    >>> answer_in_words("hook_slow?seconds=30")
    'No answer came within 30 seconds.'
    """
    answer = Coded.from_text(column)
    if answer.code not in SENTENCES:
        return column
    said = str(answer.values.get("said", ""))
    told = gettext(SENTENCES[answer.code], **answer.values)
    return f"{told} “{said}”" if said else told
