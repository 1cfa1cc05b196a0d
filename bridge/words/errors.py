"""What people read of a column that holds what went wrong, whoever has written it."""

from bridge.words.troubles import sentence
from modem.contract import Trouble


def error_sentence(told: Trouble | str) -> str:
    """What `Message.error`, `Contact.unreachable`, `Incident.what` or a trouble of the status means; words of old stand as
    they are.

    >>> error_sentence("left_sending")
    'The box stopped while this text was on its way.'
    """
    return sentence(told)
