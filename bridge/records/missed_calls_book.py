"""The modem's phone book of missed calls as it was when it was last read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bridge.records.memo import remember, remembered
from bridge.records.tables import Line


@dataclass(frozen=True)
class KeptBook:
    """The phone book of missed calls as it was when it was last read."""

    numbers: tuple[str, ...]
    read: datetime


def kept_book(session: Session, line: Line) -> KeptBook | None:
    """The book as it was last read on this line; None if it never was."""
    kept = remembered(session, f"missed_book:{line.id}")
    if kept is None:
        return None
    value = json.loads(kept)
    return KeptBook(tuple(value["numbers"]), datetime.fromisoformat(value["read"]))


def keep_book(session: Session, line: Line, numbers: Sequence[str], now: datetime) -> None:
    """Keeps the book's numbers as the modem lists them. now: when they were read, in UTC."""
    value = {"numbers": list(numbers), "read": now.isoformat()}
    remember(session, f"missed_book:{line.id}", json.dumps(value))
