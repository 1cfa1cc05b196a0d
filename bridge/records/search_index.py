"""The index of the words that texts are made of: FTS5 on SQLite, GIN on PostgreSQL. It follows messagewords by itself; what was
deleted leaves it for good once `purge` has been through. What a search means, bridge/records/views/found knows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, inspect, select, text, update
from sqlmodel import Session, col

from bridge.records.memo import remember
from bridge.records.tables import KeyValue

# The words, and the index of them.
WORDS, INDEX = "messagewords", "searchindex"
# The words are folded and cut already: what is not ASCII is a letter. No places in a text, no sizes: neither is asked for. The
# first letters of words have lists of their own: without them a frequent word that is typed in part is put together from all of
# its longer ones, and that even where it is typed whole.
_PREFIXES = " ".join(map(str, range(1, 13)))
_ON_SQLITE = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5(words, content=messagewords, content_rowid=id, tokenize=ascii,"
    f" detail=none, columnsize=0, prefix='{_PREFIXES}')",
    f"CREATE TRIGGER messagewords_in AFTER INSERT ON messagewords BEGIN INSERT INTO {INDEX} (rowid, words)"
    " VALUES (new.id, new.words); END",
    f"CREATE TRIGGER messagewords_out AFTER DELETE ON messagewords BEGIN INSERT INTO {INDEX} ({INDEX}, rowid, words)"
    " VALUES ('delete', old.id, old.words); END",
    f"INSERT INTO {INDEX} ({INDEX}) VALUES ('rebuild')",
)
# The words as they are: the parser of PostgreSQL would make web addresses and versions of some.
_VECTOR = "array_to_tsvector(string_to_array(words, ' '))"
_ON_POSTGRESQL = (f"CREATE INDEX {INDEX} ON messagewords USING gin ({_VECTOR})",)

# The id that no text reaches.
MOST = 2**62
_FIND = f"""SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH :wanted AND rowid < :before ORDER BY rowid DESC LIMIT :limit"""
# PostgreSQL does not know how often the beginning of a word occurs, and guesses wrong for most. What many texts have is soon
# found among the newest; if it is not, few have it, and the index tells all of them (OFFSET 0: and nothing else will do).
_FIND_OFTEN = f"""SELECT id FROM (SELECT id, words FROM {WORDS} WHERE id < :before ORDER BY id DESC LIMIT 4000) AS newest
 WHERE {_VECTOR} @@ CAST(:wanted AS tsquery) ORDER BY id DESC LIMIT :limit"""
_FIND_RARE = f"""SELECT id FROM (SELECT id FROM {WORDS} WHERE {_VECTOR} @@ CAST(:wanted AS tsquery) AND id < :before OFFSET 0)
 AS found ORDER BY id DESC LIMIT :limit"""

# The memo that texts were deleted whose words still stand in the index: `new`, or `begun` where it is being rewritten.
LEFT, NEW, BEGUN = "words_left", "new", "begun"
# So much of the index is rewritten in one step (pages of 4 kB), in so many steps at once: a caller may wait behind them.
PIECE, PIECES = 100, 3


def is_missing(connection: Connection) -> bool:
    """Is there no index, as a start that was cut off leaves it?"""
    if connection.dialect.name == "sqlite":
        return not inspect(connection).has_table(INDEX)
    return INDEX not in {index["name"] for index in inspect(connection).get_indexes("messagewords")}


def make(connection: Connection) -> None:
    """Makes the index, with all words that there are."""
    sqlite = connection.dialect.name == "sqlite"
    for statement in _ON_SQLITE if sqlite else _ON_POSTGRESQL:
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Drops what there is of it, before the table that it is an index of."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"DROP TABLE IF EXISTS {INDEX}"))


def texts_with(session: Session, words: Sequence[str], before: int | None, limit: int) -> list[int]:
    """The ids of the texts that have for each of these (folded, letters and digits only) a word that begins with it, the newest
    first. before: only those with smaller ids."""
    of_age = {"before": MOST if before is None else before, "limit": limit}
    if session.get_bind().dialect.name == "sqlite":
        return _keys(session, _FIND, wanted=" ".join(f'"{word}"*' for word in words), **of_age)
    wanted = " & ".join(f"'{word}':*" for word in words)
    found = _keys(session, _FIND_OFTEN, wanted=wanted, **of_age)
    return found if len(found) == limit else _keys(session, _FIND_RARE, wanted=wanted, **of_age)


def _keys(session: Session, find: str, **values: str | int) -> list[int]:
    return list(session.execute(text(find), values).scalars())


def texts_went(session: Session) -> None:
    """Texts were deleted: their words are to leave the index for good."""
    if session.get_bind().dialect.name == "sqlite":
        remember(session, LEFT, NEW)


def purge(connection: Connection) -> bool:
    """Rewrites some of SQLite's index, which keeps the words of what was deleted until then, and commits that. False: there is
    more to do; ask again. Raises DBAPIError where the database is busy."""
    if connection.dialect.name != "sqlite":
        return True
    memo = col(KeyValue.name) == LEFT
    left = connection.execute(select(col(KeyValue.value)).where(memo)).scalar()
    if left is None:
        return True
    for _ in range(PIECES):
        if left is None:
            break
        changed = _merge(connection, PIECE if left == BEGUN else -PIECE)
        left = None if left == BEGUN and not changed else BEGUN
    mark = delete(KeyValue) if left is None else update(KeyValue).values(value=left)
    connection.execute(mark.where(memo))
    connection.commit()
    return left is None


def _merge(connection: Connection, pages: int) -> bool:
    """Has FTS5 merge so many pages; was there anything to merge? Below zero: all that there is, from now on."""
    driver: Any = connection.connection.driver_connection
    before = driver.total_changes
    connection.execute(
        text(f"INSERT INTO {INDEX} ({INDEX}, rank) VALUES ('merge', :pages)"), {"pages": pages}
    )
    # The statement itself counts as one.
    return bool(driver.total_changes - before > 1)
