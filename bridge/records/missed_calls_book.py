"""The modem's phone book of missed calls as it was when it was last read."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bridge.records.contacts import digest_of
from bridge.records.memo import remember, remembered
from bridge.records.tables import KeyValue, Line

# What stands in a kept reading in the place of somebody who was forgotten: this and the keyed hash.
HIDDEN = "#"
# Two spellings of a number end alike for so many digits at least; the hash is of these.
ENDING = 7


@dataclass(frozen=True)
class KeptBook:
    """The phone book of missed calls as it was when it was last read. numbers: as the modem lists them; in the place of who
    was forgotten, HIDDEN and the keyed hash."""

    numbers: tuple[str, ...]
    read: datetime


def who(session: Session, number: str) -> str:
    """The keyed hash by which a number is known again, in whichever of its spellings, when all else of it is deleted."""
    return digest_of(session, number.lstrip("+0")[-ENDING:])


def kept_book(session: Session, line: Line) -> KeptBook | None:
    """The book as it was last read on this line; None if it never was."""
    kept = remembered(session, f"missed_book:{line.id}")
    if kept is None:
        return None
    value = json.loads(kept)
    return KeptBook(tuple(value["numbers"]), datetime.fromisoformat(value["read"]))


def forget_books(session: Session) -> None:
    """Every line's book counts as never read: at the next reading nothing in it is a call."""
    for kept in session.exec(select(KeyValue).where(col(KeyValue.name).startswith("missed_book:"))):
        session.delete(kept)


def keep_book(session: Session, line: Line, numbers: Sequence[str], now: datetime) -> None:
    """Keeps the book's numbers as the modem lists them. now: when they were read, in UTC."""
    value = {"numbers": list(numbers), "read": now.isoformat()}
    remember(session, f"missed_book:{line.id}", json.dumps(value))


def as_kept(
    session: Session, kept: KeptBook | None, numbers: Sequence[str], gone: Iterable[str]
) -> tuple[str, ...]:
    """A new reading as it is to be kept: whom the last one hides stays hidden, and those whose calls are deleted (`who`)."""
    hidden = {number for number in kept.numbers if number.startswith(HIDDEN)} if kept else set()
    hidden |= {HIDDEN + by for by in gone}
    if not hidden:
        return tuple(numbers)
    marks = [(number, HIDDEN + who(session, number)) for number in numbers]
    return tuple(mark if mark in hidden else number for number, mark in marks)


def hide(session: Session, line: Line, numbers: Iterable[str]) -> None:
    """Somebody is forgotten: a keyed hash takes the place of their numbers in this line's kept reading."""
    kept = kept_book(session, line)
    theirs = {who(session, number) for number in numbers}
    if kept is None:
        return
    hidden = tuple(
        number
        if number.startswith(HIDDEN) or who(session, number) not in theirs
        else HIDDEN + who(session, number)
        for number in kept.numbers
    )
    keep_book(session, line, hidden, kept.read)
