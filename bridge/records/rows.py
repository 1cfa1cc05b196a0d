"""One way to add a row and have its id."""

from typing import TypeVar

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
    session.add(row)
    session.flush()
    return row
