"""Which database a test's boxes and offices stand on: SQLite beside config.ini, unless a test has chosen another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bridge.records.search_index import INDEX
from bridge.records.tables import metadata

# The URL for a box in this folder, "" for the usual file there.
Choice = Callable[[Path], str]
_chosen: list[Choice] = []


def section(folder: Path) -> str:
    """What config.ini says of the database for a box in this folder, with its head; "" for the usual one."""
    url = _chosen[-1](folder) if _chosen else ""
    return f"[storage]\ndatabase = {url}\n" if url else ""


@contextmanager
def chosen(choice: Choice) -> Iterator[None]:
    """Boxes and offices of this time stand on what `choice` says."""
    _chosen.append(choice)
    try:
        yield
    finally:
        _chosen.pop()


def differences(connection: Connection) -> list[Any]:
    """What the tables that there are differ in from what the models say. The index of words is no table of theirs."""
    options = {"include_name": lambda name, _kind, _parents: not is_of_the_index(name or "")}
    found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    return found


def is_of_the_index(name: str) -> bool:
    """Is this the index of words, or one of the tables that SQLite keeps for it?"""
    return name.startswith(INDEX)
