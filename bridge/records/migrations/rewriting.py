"""For migrations: texts of rows are read anew, by tables of what older releases wrote. As frozen as those that use it."""

import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote, urlencode

import sqlalchemy as sa
from alembic import op

BATCH = 1000
Pattern = tuple[str, str]


def rewrite(table: str, column: str, read: Callable[[str], str], where: str = "") -> None:
    """Put `read(text)` in the place of each text of a column; rows of which it makes the same stay untouched. where: only
    these rows."""
    key = "name" if table == "memo" else "id"
    rows = sa.table(table, sa.column(key), sa.column(column))
    connection = op.get_bind()
    wanted = sa.select(rows.c[key], rows.c[column]).where(rows.c[column].is_not(None))
    if where:
        wanted = wanted.where(sa.text(where))
    change = rows.update().where(rows.c[key] == sa.bindparam("row")).values({column: sa.bindparam("written")})
    for batch in connection.execute(wanted).partitions(BATCH):
        changed = [{"row": row, "written": new} for row, text in batch if (new := read(text)) != text]
        if changed:
            connection.execute(change, changed)


def coded(code: str, **facts: str | int) -> str:
    """A code with its facts, as columns hold it."""
    return f"{code}?{urlencode(sorted(facts.items()), quote_via=quote, safe='')}" if facts else code


def code_of(text: str, sentences: Mapping[str, str], patterns: Sequence[Pattern]) -> str | None:
    """The code for a sentence: by its very words, or by the first pattern that fits, whose groups are the facts (a group that
    took no part is none); None for a sentence that is in neither."""
    if text in sentences:
        return sentences[text]
    for pattern, code in patterns:
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return coded(
                code, **{name: value for name, value in found.groupdict().items() if value is not None}
            )
    return None
