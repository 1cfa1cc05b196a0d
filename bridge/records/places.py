"""The places of rows in the order in which they came: one counter for calls, texts, notes and contacts. A clock may be behind,
or jump; what came last stands last all the same."""

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlmodel import Session

# The memo with the place that was taken last.
PLACE = "place"
# Of what has not come: a name in the address book.
NONE = 0
# Named here and not imported: the tables take their places from this file.
_MEMO = sa.table("keyvalue", sa.column("name", sa.String()), sa.column("value", sa.String()))
_COUNT_UP = (
    sa.update(_MEMO)
    .where(_MEMO.c.name == PLACE)
    .values(value=sa.cast(sa.cast(_MEMO.c.value, sa.BigInteger()) + 1, sa.String()))
    .returning(_MEMO.c.value)
)


def take(session: Session) -> int:
    """The next place, behind everything that has come so far."""
    return take_on(session.connection())


def of_new_row(context: DefaultExecutionContext) -> int:
    """The place of a row that is being inserted: a column's default, so that no writer can forget it."""
    return take_on(context.connection)


def last_taken(session: Session) -> int:
    """The place of what came last; NONE where nothing has come."""
    kept = session.connection().execute(sa.select(_MEMO.c.value).where(_MEMO.c.name == PLACE)).scalar()
    return int(kept or NONE)


def take_on(connection: sa.Connection) -> int:
    """The next place, for who has no session at hand."""
    last = connection.execute(_COUNT_UP).scalar()
    if last is None:
        last = str(NONE + 1)
        connection.execute(sa.insert(_MEMO).values(name=PLACE, value=last))
    return int(last)
