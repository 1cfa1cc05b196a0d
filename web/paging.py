"""A row's place as it stands in the link to older ones: pages go on behind a row (keyset), never by counting rows."""

from datetime import UTC, datetime

from bridge.history import Place


def mark(moment: datetime, key: int) -> str:
    """
    >>> mark(datetime(2023, 11, 14, 22, 13, 20, 500000, tzinfo=UTC), 7)
    '1700000000.5_7'
    """
    return f"{moment.timestamp()!r}_{key}"


def place(text: str) -> Place | None:
    """None if it is none.

    >>> place("1700000000.5_7"), place("x")
    ((datetime.datetime(2023, 11, 14, 22, 13, 20, 500000, tzinfo=datetime.timezone.utc), 7), None)
    """
    when, _, key = text.partition("_")
    try:
        return datetime.fromtimestamp(float(when), UTC), min(int(key), 2**62)
    except (ValueError, OverflowError, OSError):
        return None
