"""The rehearsed call takes the whole way of a call and leaves nothing behind."""

import logging
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bridge.clock import Clock
from bridge.config import parse
from bridge.handlers.quiet import made_up
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import metadata
from bridge.service.rehearsal import rehearse
from tests.support import big
from tests.support.box import DEADLINE


@pytest.mark.parametrize("country", ["country = GB", ""])
def test_the_rehearsed_call_is_texted_and_leaves_no_row_and_no_log(
    tmp_path: Path, country: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    migrate(engine)
    caplog.clear()
    with big.statements(engine) as seen:
        rehearse(engine, parse(f"[shop]\n{country}", tmp_path / "config.ini"), Clock())
    assert caplog.messages == []
    if country:
        assert any("UPDATE message SET status" in statement for statement, _ in seen), "no text was sent"
    assert any(statement.startswith("INSERT INTO call") for statement, _ in seen)
    with Session(engine) as session:
        rows = {
            table.name: session.execute(text(f"SELECT count(*) FROM {table.name}")).scalar()
            for table in metadata.sorted_tables
        }
    engine.dispose()
    assert not any(rows.values()), rows


def test_a_database_without_tables_is_left_to_the_loop(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    rehearse(engine, parse("", tmp_path / "config.ini"), Clock())
    engine.dispose()


def test_a_busy_database_is_not_waited_for_and_later_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = 4 * 3600
    monkeypatch.setattr("bridge.records.engine.LOCK_SECONDS", hours)
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    migrate(engine)
    settings = parse("[shop]\ncountry = GB", tmp_path / "config.ini")
    thread = threading.Thread(target=rehearse, args=(engine, settings, Clock()))
    with engine.connect() as holder:
        holder.exec_driver_sql("BEGIN IMMEDIATE")
        thread.start()
        thread.join(DEADLINE)
        assert not thread.is_alive(), "it waits"
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == hours * 1000
    engine.dispose()


def test_two_at_once_leave_the_log_as_it_was() -> None:
    """Two boxes of one process start together."""
    handlers = logging.getLogger("bridge.handlers")
    level = handlers.level
    first, second = made_up(), made_up()
    first.__enter__()
    waiting = threading.Thread(target=second.__enter__)
    waiting.start()
    first.__exit__(None, None, None)
    waiting.join(DEADLINE)
    second.__exit__(None, None, None)
    assert handlers.level == level
