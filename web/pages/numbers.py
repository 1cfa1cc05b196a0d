"""Phone numbers as the page shows them."""

from bridge.rules import numbers
from bridge.words.catalogue import direction

# What stands between them keeps its own way, in a line that runs from the right too (Unicode's LRI and PDI): in markup, in an
# attribute and in the title alike.
FROM_THE_LEFT, AS_BEFORE = "\u2066", "\u2069"


def pretty(address: str, region: str) -> str:
    """As people in this region write it, and in that order whichever way the lines of the page run.

    >>> from bridge.words.catalogue import speaking
    >>> pretty("+447400123456", "GB")
    '07400 123456'
    >>> with speaking("he"):
    ...     pretty("+447400123456", "DE")
    '\\u2066+44 7400 123456\\u2069'
    """
    number = numbers.pretty(address, region)
    return f"{FROM_THE_LEFT}{number}{AS_BEFORE}" if direction() == "rtl" else number
