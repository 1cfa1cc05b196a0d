"""What one transaction changes of calls, texts, recipients and incidents: how each row was before it, for those who tell
others of it. The session says it as it writes, whoever has changed the row."""

from typing import Any

from sqlalchemy import event, inspect
from sqlmodel import Session

from bridge.records.tables import Call, Incident, Message, Recipient

Row = Call | Message | Incident | Recipient
# What of each table is looked at.
COLUMNS: dict[type[Row], tuple[str, ...]] = {
    Call: ("number", "withheld", "outcome", "reason"),
    Message: ("status", "place"),
    Incident: ("ended",),
    Recipient: (),
}


class Change:
    """A row that was made or changed, as it is now, with the values before the transaction of what has changed. made: it is
    new; gone: it was deleted."""

    def __init__(self, row: Row, made: bool) -> None:
        self.row, self.made = row, made
        self.gone = False
        self._before: dict[str, Any] = {}

    def note(self, column: str, value: Any) -> None:
        """This value stood there when the transaction began, unless another one is known to have."""
        self._before.setdefault(column, value)

    def before(self, column: str) -> Any:
        """What stood there when the transaction began; None in a new row."""
        return None if self.made else self._before.get(column, getattr(self.row, column))


class Changes:
    """The changes of one transaction, in the order of their coming; none after it was rolled back."""

    def __init__(self, session: Session) -> None:
        self._found: dict[int, Change] = {}
        event.listen(session, "before_flush", self._look)
        event.listen(session, "after_rollback", lambda _: self._found.clear())

    def all(self) -> list[Change]:
        """What has changed so far and been written."""
        return list(self._found.values())

    def _look(self, session: Session, *_: object) -> None:
        for row in session.new:
            if isinstance(row, Row):
                self._found.setdefault(id(row), Change(row, made=True))
        for row in session.dirty:
            if isinstance(row, Row):
                self._note_changed(row)
        for row in session.deleted:
            if isinstance(row, Row):
                self._found.setdefault(id(row), Change(row, made=False)).gone = True

    def _note_changed(self, row: Row) -> None:
        attributes = inspect(row).attrs
        for column in COLUMNS[type(row)]:
            was = attributes[column].history.deleted
            if was:
                self._found.setdefault(id(row), Change(row, made=False)).note(column, was[0])
