"""The database of gammu-smsd (and so of Kalkun): rows of the tables inbox and sentitems, as texts. A row is one part."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

from bridge.rules.importing.old_text import (
    NO_TEXT,
    History,
    LeftOut,
    OldText,
    Piece,
    in_parts,
    moment,
    number_of,
    whole,
)
from bridge.rules.states import Direction, MessageStatus

Row = Mapping[str, Any]
# As MySQL and SQLite write a time, and PostgreSQL.
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M:%S.%f%z")
# What sentitems.Status means; anything else was handed to the network.
_STATES = {
    "DeliveryOK": MessageStatus.DELIVERED,
    "DeliveryFailed": MessageStatus.FAILED,
    "SendingError": MessageStatus.FAILED,
    "Error": MessageStatus.FAILED,
}


def read(inbox: Iterable[Row], sentitems: Iterable[Row], zone: tzinfo | None) -> History:
    """The texts in these rows, columns by their names. zone: that of the machine on which gammu-smsd ran, None for this one's.

    >>> row = {"ID": 1, "SenderNumber": "+447400123456", "ReceivingDateTime": "2026-03-01 10:20:30", "UDH": "",
    ...        "Text": "00480069", "TextDecoded": "Hi", "Coding": "Default_No_Compression"}
    >>> [(text.number, text.body) for text in read([row], [], None).texts]
    [('+447400123456', 'Hi')]
    """
    history = History()
    whole(_pieces("inbox", inbox, zone, history), history)
    whole(_pieces("sentitems", sentitems, zone, history), history)
    return history


def _pieces(table: str, rows: Iterable[Row], zone: tzinfo | None, history: History) -> Iterator[Piece]:
    for row in rows:
        where = f"{table} {row.get('ID')}"
        try:
            yield _came(row, where, zone) if table == "inbox" else _went(row, where, zone)
        except LeftOut as why:
            history.left_out(where, why)


def _came(row: Row, where: str, zone: tzinfo | None) -> Piece:
    at = _time(row, "ReceivingDateTime", zone)
    number = number_of(_plain(row, "SenderNumber"))
    text = OldText(number, Direction.IN, _body(row), at, MessageStatus.READ)
    return in_parts(where, text, _plain(row, "UDH"))


def _went(row: Row, where: str, zone: tzinfo | None) -> Piece:
    at = _time(row, "SendingDateTime", zone)
    status = _STATES.get(_plain(row, "Status"), MessageStatus.SENT)
    arrived = status is MessageStatus.DELIVERED and row.get("DeliveryDateTime")
    delivered = _time(row, "DeliveryDateTime", zone) if arrived else None
    number = number_of(_plain(row, "DestinationNumber"))
    text = OldText(number, Direction.OUT, _body(row), at, status, delivered)
    # All parts of a text have its ID.
    return Piece(where, text, row.get("ID"), int(row.get("SequencePosition") or 1), 0)


def _plain(row: Row, column: str) -> str:
    value = row.get(column)
    return "" if value is None else str(value)


def _time(row: Row, column: str, zone: tzinfo | None) -> datetime:
    return moment(_plain(row, column), _TIMES, zone)


def _body(row: Row) -> str:
    """The words: UCS2 in hex, which holds half an emoji at the end of a part too. Some programs that write into these tables
    fill in the plain text only. Raises LeftOut for data."""
    if row.get("Coding") == "8bit":
        raise LeftOut(NO_TEXT)
    try:
        octets = bytes.fromhex(_plain(row, "Text"))
        return octets.decode("utf-16-be", "surrogatepass") or _plain(row, "TextDecoded")
    except ValueError:
        return _plain(row, "TextDecoded")
