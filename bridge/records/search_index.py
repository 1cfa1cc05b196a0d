"""The index of the words that texts are made of: FTS5 on SQLite, GIN on PostgreSQL. It follows messagewords by itself; what was
deleted leaves it for good once `purge` has been through. What a search means, bridge/records/views/found knows."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, exists, inspect, select, text, update
from sqlmodel import Session, col

from bridge.records.memo import remember
from bridge.records.tables import KeyValue

# The id that no text reaches.
MOST = 2**62
# The words, and the index of them.
WORDS, INDEX = "messagewords", "searchindex"
# The words are folded and cut already: what is not ASCII is a letter. No places in a text, no sizes: neither is asked for. The
# first letters of words have lists of their own: without them a frequent word that is typed in part is put together from all of
# its longer ones, and that even where it is typed whole.
_PREFIXES = " ".join(map(str, range(1, 13)))
_ON_SQLITE = (
    "DROP TRIGGER IF EXISTS messagewords_in",
    "DROP TRIGGER IF EXISTS messagewords_out",
    f"DROP TABLE IF EXISTS {INDEX}",
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5(words, content={WORDS}, content_rowid=id, tokenize=ascii,"
    f" detail=none, columnsize=0, prefix='{_PREFIXES}')",
    f"CREATE TRIGGER messagewords_in AFTER INSERT ON {WORDS} BEGIN INSERT INTO {INDEX} (rowid, words)"
    " VALUES (new.id, new.words); END",
    f"CREATE TRIGGER messagewords_out AFTER DELETE ON {WORDS} BEGIN INSERT INTO {INDEX} ({INDEX}, rowid, words)"
    " VALUES ('delete', old.id, old.words); END",
)
_FILL = f"INSERT INTO {INDEX} ({INDEX}) VALUES ('rebuild')"
_FIRST = f"SELECT id FROM {WORDS} WHERE id < :behind ORDER BY id DESC LIMIT 1 OFFSET :others"
_FILL_SOME = (
    f"INSERT INTO {INDEX} (rowid, words) SELECT id, words FROM {WORDS} WHERE id >= :first AND id < :behind"
)
# The words as they are: the parser of PostgreSQL would make web addresses and versions of some.
_VECTOR = "array_to_tsvector(string_to_array(words, ' '))"
_ON_POSTGRESQL = (f"CREATE INDEX {INDEX} ON messagewords USING gin ({_VECTOR})",)

_FIND = f"""SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH :wanted AND rowid < :before ORDER BY rowid DESC LIMIT :limit"""
# PostgreSQL does not know how often the beginning of a word occurs, and guesses wrong for most. What many texts have is soon
# found among the newest; if it is not, few have it, and the index tells all of them (OFFSET 0: and nothing else will do).
_FIND_OFTEN = f"""SELECT id FROM (SELECT id, words FROM {WORDS} WHERE id < :before ORDER BY id DESC LIMIT 4000) AS newest
 WHERE {_VECTOR} @@ CAST(:wanted AS tsquery) ORDER BY id DESC LIMIT :limit"""
_FIND_RARE = f"""SELECT id FROM (SELECT id FROM {WORDS} WHERE {_VECTOR} @@ CAST(:wanted AS tsquery) AND id < :before OFFSET 0)
 AS found ORDER BY id DESC LIMIT :limit"""

# The memo that texts were deleted whose words still stand in the index: `new`, or the text from which on it is made anew.
LEFT, NEW = "words_left", "new"
# So many texts are indexed in one step: a caller may wait behind it.
PIECE = 20_000


def is_missing(connection: Connection) -> bool:
    """Is there no index, as a start that was cut off leaves it?"""
    if connection.dialect.name == "sqlite":
        return not inspect(connection).has_table(INDEX)
    return INDEX not in {index["name"] for index in inspect(connection).get_indexes("messagewords")}


def make(connection: Connection) -> None:
    """Makes the index, with all words that there are."""
    sqlite = connection.dialect.name == "sqlite"
    for statement in (*_ON_SQLITE, _FILL) if sqlite else _ON_POSTGRESQL:
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
    """Makes SQLite's index anew, so that no word of what was deleted is left in it: some texts at each call, the newest first,
    in a transaction of its own. False: there is more to do; ask again. Raises DBAPIError where the database is busy.

    To delete from it would not do: FTS5 only notes that a text is gone, and where it merges what it has, SQLite may leave the
    old words in the unused part of a page.
    """
    memo = col(KeyValue.name) == LEFT
    if connection.dialect.name != "sqlite" or not connection.scalar(select(exists().where(memo))):
        return True
    connection.rollback()
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    left = connection.scalar(select(col(KeyValue.value)).where(memo))
    if left == NEW:
        for statement in _ON_SQLITE:
            connection.execute(text(statement))
    behind = MOST if left == NEW else int(left or 0)
    first = connection.scalar(text(_FIRST), {"behind": behind, "others": PIECE - 1})
    connection.execute(text(_FILL_SOME), {"first": first or 0, "behind": behind})
    change = delete(KeyValue) if first is None else update(KeyValue).values(value=str(first))
    connection.execute(change.where(memo))
    connection.commit()
    return first is None
