"""A start that is cut off, at whatever statement, leaves a database that the next start makes whole."""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, create_engine, event, inspect, text

from bridge.records import engine as database
from bridge.records import known
from bridge.records.tables import metadata
from tests.bridge.test_database import REVISIONS, at_revision
from tests.support.old_release import at_revision_empty

Schema = dict[str, Any]


def url(file: Path) -> str:
    return f"sqlite:///{file}"


def schema_of(engine: Engine) -> Schema:
    """Tables with their columns, indexes and the version."""
    look = inspect(engine)
    with engine.connect() as connection:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    tables = {
        name: (
            {column["name"]: (str(column["type"]), column["nullable"]) for column in look.get_columns(name)},
            {index["name"]: index["column_names"] for index in look.get_indexes(name)},
        )
        for name in look.get_table_names()
    }
    return {**tables, "": version}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    return the_next_start_of(tmp_path_factory.mktemp("fresh") / "x.db")


def cuts(folder: Path, engine: Engine, file: Path, work: Callable[[Engine], None]) -> Iterator[Path]:
    """The files as they are behind each statement of this work, each state once: what a power cut there would leave."""
    seen: set[str] = set()
    kept: list[Path] = []

    def keep(*_: object) -> None:
        files = [path for path in (file, Path(f"{file}-wal"), Path(f"{file}-journal")) if path.exists()]
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
        if digest not in seen:
            seen.add(digest)
            there = folder / f"cut{len(seen)}"
            there.mkdir()
            for path in files:
                shutil.copy(path, there)
            kept.append(there / file.name)

    event.listen(engine, "after_cursor_execute", keep)
    event.listen(engine, "commit", keep)
    work(engine)
    keep()
    engine.dispose()
    yield from kept


def the_next_start_of(file: Path) -> Schema:
    assert known.lost(file) is None, "no cut start looks like a lost database"
    engine = database.open_engine(url(file))
    try:
        database.migrate(engine)
        return schema_of(engine)
    finally:
        engine.dispose()


def test_a_first_start_that_is_cut_off(tmp_path: Path, fresh: Schema) -> None:
    file = tmp_path / "x.db"
    states = list(cuts(tmp_path, database.open_engine(url(file)), file, database.migrate))
    assert states
    for state in states:
        assert the_next_start_of(state) == fresh, state


@pytest.mark.parametrize("revision", [*REVISIONS[::2], "0006", "0008", "0010"])
def test_an_update_that_is_cut_off(tmp_path: Path, revision: str, fresh: Schema) -> None:
    file = tmp_path / "x.db"
    engine = database.open_engine(url(file))
    at_revision(engine, revision)
    states = list(cuts(tmp_path, engine, file, database.migrate))
    assert states
    for state in states:
        names = the_next_start_of(state)
        assert names[""] == fresh[""], state
        assert {name: names[name][1] for name in fresh if name} == {
            name: fresh[name][1] for name in fresh if name
        }
        assert contacts_in(state) == 1


def contacts_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        (number,) = connection.execute("SELECT count(*) FROM contact").fetchone()
    return int(number)


def make_as_before(engine: Engine) -> None:
    """How 0.1 began a database: each statement was a transaction of its own."""
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(
            text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        )
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": database.HEAD})


def test_what_the_first_start_of_an_earlier_release_left(tmp_path: Path, fresh: Schema) -> None:
    file = tmp_path / "x.db"
    engine = create_engine(url(file), isolation_level="AUTOCOMMIT")
    states = list(cuts(tmp_path, engine, file, make_as_before))
    assert len(states) > len(metadata.tables)
    for state in states:
        assert the_next_start_of(state) == fresh, state


@pytest.mark.parametrize("revision", ["0001", "0006", "0010"])
def test_what_an_earlier_release_left_with_tables_of_its_own(
    tmp_path: Path, revision: str, fresh: Schema
) -> None:
    """It was cut off before it had written its version, and the next start is that of this release."""
    file = tmp_path / "x.db"
    engine = database.open_engine(url(file))
    at_revision_empty(engine, revision)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    engine.dispose()
    assert the_next_start_of(file) == fresh


@pytest.mark.parametrize("revision", ["0001", "0005", "0006", "0009", database.HEAD])
def test_indexes_that_were_never_made(tmp_path: Path, revision: str, fresh: Schema) -> None:
    """Tables that an earlier release had made before it was cut off never got them, whatever was written since."""
    file = tmp_path / "x.db"
    engine = database.open_engine(url(file))
    at_revision(engine, revision)
    made = MetaData()
    made.reflect(engine)
    with engine.begin() as connection:
        for table in made.sorted_tables:
            for index in table.indexes:
                connection.execute(text(f'DROP INDEX "{index.name}"'))
    engine.dispose()
    found = the_next_start_of(file)
    assert {name: found[name][1] for name in fresh if name} == {
        name: fresh[name][1] for name in fresh if name
    }


def test_tables_without_a_version_that_hold_rows_are_kept(tmp_path: Path, fresh: Schema) -> None:
    engine = database.open_engine(url(tmp_path / "x.db"))
    at_revision(engine, database.HEAD)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    database.migrate(engine)
    assert schema_of(engine)[""] == fresh[""]
    engine.dispose()
    assert contacts_in(tmp_path / "x.db") == 1
