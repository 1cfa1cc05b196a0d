"""A row's place as it stands in the link to older ones: pages go on behind a row (keyset), never by counting rows."""

from datetime import UTC, datetime

from bridge.records.views import Place

# What the database takes as a key.
LONGEST_KEY = 18


def mark(moment: datetime, key: int) -> str:
    """A row's place as text for a link: its moment in Unix seconds, and its id.

    >>> mark(datetime(2023, 11, 14, 22, 13, 20, 500000, tzinfo=UTC), 7)
    '1700000000.5_7'
    """
    return f"{moment.timestamp()!r}_{key}"


def place(text: str) -> Place | None:
    """The place (UTC, id) that a link names; None if it is none.

    >>> place("1700000000.5_7"), place("x")
    ((datetime.datetime(2023, 11, 14, 22, 13, 20, 500000, tzinfo=datetime.timezone.utc), 7), None)
    """
    when, _, key = text.partition("_")
    try:
        return datetime.fromtimestamp(float(when), UTC), int(key[:LONGEST_KEY])
    except (ValueError, OverflowError, OSError):
        return None


def number(text: str) -> int | None:
    """The id of a row, None if it is none.

    >>> number("17"), number("x"), number("9" * 40)
    (17, None, None)
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY else None
