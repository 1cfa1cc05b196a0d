"""A row's place as it stands in the link to older ones: pages go on behind a row (keyset), never by counting rows."""

from bridge.records.views import Place

# What the database takes as a key.
LONGEST_KEY = 18


def mark(place: int, key: int) -> str:
    """A row's place, with its id, as text for a link.

    >>> mark(1700, 7)
    '1700_7'
    """
    return f"{place}_{key}"


def place(text: str) -> Place | None:
    """The place and id that a link names; None if it names none.

    >>> place("1700_7"), place("x"), place("1700000000.5_7")
    ((1700, 7), None, None)
    """
    at, _, key = text.partition("_")
    found, row = number(at), number(key)
    return None if found is None or row is None else (found, row)


def number(text: str) -> int | None:
    """The id of a row, None if it is none.

    >>> number("17"), number("x"), number("9" * 40)
    (17, None, None)
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY else None
