"""A row's place or id as it stands in links: pages go on behind a row (keyset), never by counting rows."""

# What the database takes as a key.
LONGEST_KEY = 18


def number(text: str) -> int | None:
    """The place or id of a row, None if it is none.

    >>> number("17"), number("x"), number("9" * 40)
    (17, None, None)
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY else None
