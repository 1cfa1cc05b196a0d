"""Why something went wrong or was left: what rows and the status keep of it (Coded), as a sentence."""

from bridge.words import reasons
from modem.contract import Coded


def error_sentence(told: Coded | str) -> str:
    """What a column or a trouble of the status holds, in words; a text that is no code is its own words.

    >>> error_sentence("too_late"), error_sentence("left_sending"), error_sentence("The modem said ERROR.")
    ('It could not be sent in time.', 'The box stopped while this text was on its way.', 'The modem said ERROR.')
    """
    return reasons.of_row(told if isinstance(told, str) else told.to_text())
