"""What came of telling the other services, in words."""

from bridge.rules.services import Told
from bridge.words.catalogue import N_, gettext
from modem.contract import Coded

# Translators: {service} is a name such as ntfy, E-Mail or Telegram.
SENTENCES: dict[str, str] = {
    Told.DELIVERED: N_("{service} has taken the message; it should arrive in a moment."),
    Told.LOGIN_REFUSED: N_(
        "{service} refused it: the name, password or key in the address is wrong, or may not send there."
    ),
    Told.NOT_THERE: N_(
        "{service} refused it: what the address names is not there. Look for a typing mistake."
    ),
    Told.TOO_MANY: N_("{service} takes no more messages from here at present. Try again later."),
    Told.REFUSED: N_("{service} refused it (number {number}). Check its address."),
    Told.FAILS: N_("{service} is out of order at present (number {number}). Try again later."),
    Told.UNREACHABLE: N_(
        "{service} cannot be reached. Is the box on the internet, and the name of the server right?"
    ),
    Told.UNTRUSTED: N_(
        "{service} cannot be reached safely: its certificate is not valid, or the clock of the box is wrong."
    ),
    Told.SLOW: N_("{service} did not answer in time. Try again in a moment."),
    Told.NOT_TAKEN: N_("{service} did not take it, and does not say why. Check its address."),
    Told.NOT_KNOWN: N_(
        "Address number {place} belongs to no service that the box knows. Look for a typing mistake."
    ),
    Told.ALL_SLOW: N_("No answer came within {seconds} seconds. Try again later."),
    Told.NOT_STARTED: N_("The box could not start the program that sends it. Its log says more."),
}
# What a test says.
TEST = N_("A test from your box: this is how it tells you when something needs you.")


def told_in_words(came: Coded) -> str:
    """What came of it, for people.

    >>> told_in_words(Coded.of("service_slow", service="ntfy"))
    'ntfy did not answer in time. Try again in a moment.'
    """
    return gettext(SENTENCES[came.code], **came.values)
