"""What the box has deleted and a modem, a SIM or the operator may still keep: as keyed hashes, so that none of it comes back.

A call stands in the modem's book of missed calls, or a notice of the operator tells of it late; a text lies on the SIM until
the modem has deleted it. The rows that would have known them again are gone; these marks stand in for them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from bridge.records.contacts import digest_of
from bridge.records.memo import remember
from bridge.records.missed_calls_book import hide, kept_book, who
from bridge.records.tables import Call, InboundPart, KeyValue, Line

# The memos of what was deleted; the value says when it had ended or come. Of a call, the name ends with its old id and end.
CALL, TEXT = "deleted_call:", "deleted_text:"
# Behind the time of a call: the modem's book has told of it since.
LISTED = "listed"
# The operator may tell so late of a call: its text waited while the SIM was away.
LATE = timedelta(days=7)
# A SIM may lie in a drawer for so long beyond the days that texts are kept.
DRAWER = timedelta(days=400)


def calls_go(session: Session, which: Any, *, old: bool = False) -> None:
    """The calls for which the condition holds are about to be deleted. old: only the modem's book may still tell of them."""
    books = {line.id: kept_book(session, line) for line in session.exec(select(Line))}
    for call in session.exec(select(Call).where(which, col(Call.number).is_not(None))).all():
        book, number = books[call.line_id], call.number or ""
        needed = book is not None and (call.ended or call.started) >= book.read - LATE
        if needed or not old:
            ended = (call.ended or call.started).isoformat()
            # Ids are given again when the last row is deleted; the end tells such calls apart.
            remember(session, f"{CALL}{call.line_id}:{who(session, number)}:{call.id}:{ended}", ended)


def texts_go(session: Session, which: Any) -> None:
    """The parts of texts for which the condition holds are about to be deleted."""
    parts = session.exec(select(InboundPart).where(which)).all()
    marks = {_text_mark(session, part.line_id, part.digest): part.received.isoformat() for part in parts}
    known = set(session.exec(select(KeyValue.name).where(col(KeyValue.name).in_(marks))))
    session.add_all(KeyValue(name=name, value=at) for name, at in marks.items() if name not in known)


def number_goes(session: Session, numbers: Iterable[str]) -> None:
    """Nothing here may hold these numbers any longer: the kept readings of the books have a hash in their place."""
    for line in session.exec(select(Line)).all():
        hide(session, line, numbers)


def text_is_gone(session: Session, line: Line, digest: str) -> bool:
    """Was this very text deleted here before?"""
    return session.get(KeyValue, _text_mark(session, line.id, digest)) is not None


def callers_gone(session: Session, line: Line, since: datetime) -> set[str]:
    """Whose calls were deleted that had ended since then (UTC), by `who`."""
    return {mark.by for mark in _marks_of(session, line) if mark.ended >= since}


def not_deleted(session: Session, line: Line, numbers: Sequence[str], since: datetime) -> tuple[str, ...]:
    """Those numbers of the modem's book that are none of the calls that were deleted and had ended since then (UTC). Each such
    call accounts for one entry, and only once."""
    left = [mark for mark in _marks_of(session, line) if mark.ended >= since and not mark.listed]
    rest = []
    for number in numbers:
        by = who(session, number)
        mark = next((mark for mark in left if mark.by == by), None)
        if mark is None:
            rest.append(number)
        else:
            left.remove(mark)
            remember(session, mark.name, f"{mark.ended.isoformat()} {LISTED}")
    return tuple(rest)


def call_is_gone(session: Session, line: Line, number: str, when: datetime, within: timedelta) -> bool:
    """Was a call of this number deleted that had ended about then?"""
    by = who(session, number)
    return any(mark.by == by and abs(mark.ended - when) <= within for mark in _marks_of(session, line))


def drop_marks(session: Session, before: datetime) -> None:
    """Old marks go: of texts that came so long before what is kept, of calls that the modem's book had at its last reading."""
    session.execute(
        delete(KeyValue).where(
            col(KeyValue.name).startswith(TEXT), col(KeyValue.value) < _text(before - DRAWER)
        )
    )
    for line in session.exec(select(Line)).all():
        book = kept_book(session, line)
        until = before if book is None else min(before, book.read - LATE)
        session.execute(
            delete(KeyValue).where(
                col(KeyValue.name).startswith(f"{CALL}{line.id}:"), col(KeyValue.value) < _text(until)
            )
        )


@dataclass(frozen=True)
class _Mark:
    """Of a deleted call. by: its caller, by `who`; listed: the modem's book has told of it."""

    name: str
    by: str
    ended: datetime
    listed: bool


def _marks_of(session: Session, line: Line) -> list[_Mark]:
    memos = session.exec(select(KeyValue).where(col(KeyValue.name).startswith(f"{CALL}{line.id}:"))).all()
    return [_mark(memo) for memo in memos]


def _mark(memo: KeyValue) -> _Mark:
    ended, _, listed = memo.value.partition(" ")
    return _Mark(memo.name, memo.name.split(":")[2], datetime.fromisoformat(ended), bool(listed))


def _text_mark(session: Session, line_id: int | None, digest: str) -> str:
    return f"{TEXT}{digest_of(session, f'text:{line_id}:{digest}')}"


def _text(moment: datetime) -> str:
    return moment.isoformat()
