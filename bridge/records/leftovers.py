"""What starts that were cut off have left in a database: tables without a version, tables without their indexes. Finds and
mends it, in the transaction that it is given; how a release's tables are made and changed it does not know."""

from sqlalchemy import Connection, Index, inspect, text

from bridge.records import search_index
from bridge.records.tables import metadata

VERSION = "alembic_version"
# Tables as earlier releases called them.
EARLIER = frozenset({"memo", "deed"})


def revision(connection: Connection) -> str | None:
    """The newest migration that was applied; None where the tables were never finished, or there are none."""
    if not inspect(connection).has_table(VERSION):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION}")).scalar()


def clear_unfinished(connection: Connection) -> None:
    """Drops tables of ours that have no version and no rows: releases before made them one by one, and nobody knows which one
    it was. Tables with rows stay. Only for SQLite: PostgreSQL has always made them in one step, and other programs may have
    tables there."""
    if connection.dialect.name != "sqlite":
        return
    ours = {*metadata.tables, *EARLIER} & set(inspect(connection).get_table_names())
    if any(connection.execute(text(f'SELECT 1 FROM "{name}" LIMIT 1')).first() for name in ours):
        return
    search_index.drop(connection)
    for name in (*ours, VERSION):
        connection.execute(text(f'DROP TABLE IF EXISTS "{name}"'))


def missing_indexes(connection: Connection) -> list[Index]:
    """The indexes of this release that its tables lack: a start that was cut off never made them, and none after it did."""
    inspector = inspect(connection)
    there = {
        name: {index["name"] for index in inspector.get_indexes(name)} for name in inspector.get_table_names()
    }
    return [
        index
        for table in metadata.sorted_tables
        for index in sorted(table.indexes, key=lambda index: str(index.name))
        if index.name not in there.get(table.name, set())
    ]
