"""One way to add a row, and one to have the id of a row that is stored."""

from typing import Protocol, TypeVar

from sqlmodel import Session

from bridge.records.tables import (
    Call,
    Contact,
    InboundPart,
    Line,
    Message,
)

Row = TypeVar("Row", Line, Contact, Call, Message, InboundPart)


def add_row(session: Session, row: Row) -> Row:
    """The same row, stored and with its id."""
    session.add(row)
    session.flush()
    return row


class Numbered(Protocol):
    """A row of any table whose key is a number."""

    id: int | None


def id_of(row: Numbered) -> int:
    """The key of a stored row. ValueError for a row that has not been flushed and so has none yet."""
    if row.id is None:
        raise ValueError(f"a {type(row).__name__} that is not stored yet has no id")
    return row.id
