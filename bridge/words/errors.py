"""Why something went wrong or was left: what rows keep of it (Coded), as a sentence."""

from bridge.words import reasons
from modem.contract import Coded


def error_sentence(column: str) -> str:
    """What a column holds, in words; a text that is no code is its own words.

    >>> error_sentence("too_late"), error_sentence("The modem said ERROR.")
    ('It could not be sent in time.', 'The modem said ERROR.')
    """
    return reasons.sentence(Coded.from_text(column)) or column
