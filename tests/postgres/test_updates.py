"""A database of every earlier release is brought up to date, with every row, in one step or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from bridge.records import engine as database
from modem.simulator import Simulator
from tests.bridge.test_database import (
    REASONS_NOW,
    STEPS_NOW,
    WAITS_NOW,
    at_revision,
    reasons_and_steps,
    who_waits,
    who_was_seen,
)
from tests.support import databases
from tests.support.box import ANN, a_box
from tests.support.databases import differences
from tests.support.old_release import alembic_config, at_revision_empty
from tests.support.postgres import Server

REVISIONS = sorted(
    script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()
)


@pytest.fixture
def engine(postgres: Server) -> Iterator[Engine]:
    engine = database.open_engine(postgres.new_database())
    yield engine
    engine.dispose()


def test_a_new_database_has_the_tables_of_the_models(engine: Engine) -> None:
    database.migrate(engine)
    database.migrate(engine)
    with engine.connect() as connection:
        assert differences(connection) == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_update_keeps_every_row(engine: Engine, revision: str) -> None:
    at_revision(engine, revision)
    database.migrate(engine)
    with engine.connect() as connection:
        for table in ("line", "contact", "call", "message", "messagepart", "user"):
            assert connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar() == 1, table
        assert differences(connection) == []


def test_who_came_out_of_a_file_and_never_called_was_not_seen(engine: Engine) -> None:
    assert who_was_seen(engine) == [False, True, True]


def test_who_was_not_answered_waits(engine: Engine) -> None:
    assert who_waits(engine) == WAITS_NOW


def test_reasons_that_were_borrowed_and_who_settled_what(engine: Engine) -> None:
    assert reasons_and_steps(engine) == (REASONS_NOW, STEPS_NOW)


def test_the_box_goes_on_with_the_tables_of_a_release_before(tmp_path: Path, on_postgresql: Server) -> None:
    old = database.open_engine(databases.section(tmp_path).partition("= ")[2].strip())
    at_revision_empty(old, "0006")
    old.dispose()
    with Simulator(speed=20.0, reports="off") as simulator, a_box(tmp_path, simulator) as box:
        simulator.call(ANN, rings=2)
        assert (box.settled()[0].address, box.settled()[0].textback) == (ANN, "sent")
