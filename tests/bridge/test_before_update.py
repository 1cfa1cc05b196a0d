"""The tables are brought to another release with a copy as they were; an older release leaves newer ones alone."""

import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError

from bridge.records import before_update, known
from bridge.records.engine import HEAD, database_trouble, migrate, open_engine, sole_service
from bridge.rules.troubles import DatabaseTrouble
from tests.bridge.test_cli import plain_trouble, textback
from tests.bridge.test_database import at_revision
from tests.support.box import write_config

OLD = "0006"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The database of an earlier release, with its mark."""
    file = tmp_path / "textback.db"
    engine = open_engine(f"sqlite:///{file}", anew=True)
    at_revision(engine, OLD)
    engine.dispose()
    known.write_mark(file, known.Mark("one", "2026-01-01", 3))
    return file


def url(file: Path) -> str:
    return f"sqlite:///{file}"


def ask(file: Path, question: str) -> list[object]:
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.execute(question))


def test_it_is_kept_as_it_was(file: Path) -> None:
    before = ask(file, "SELECT * FROM call")
    copy = before_update.upgrade(url(file))
    assert copy == Path(f"{file}.before-update")
    assert (before_update.revision_of(file), before_update.revision_of(copy)) == (HEAD, OLD)
    assert ask(copy, "SELECT * FROM call") == before
    assert before
    assert not Path(f"{copy}-wal").exists()
    assert copy.stat().st_mode & 0o777 == 0o600
    before_update.put_back(file)
    assert before_update.revision_of(file) == OLD
    assert known.read_mark(file) == known.Mark("one", "2026-01-01", 3)


def test_what_the_log_of_the_new_one_holds_does_not_get_into_the_old_one(file: Path) -> None:
    before_update.upgrade(url(file))
    held = sqlite3.connect(file)  # so that its log stays
    held.execute("PRAGMA journal_mode = WAL")
    held.execute("CREATE TABLE of_the_new_release (x)")
    held.commit()
    assert Path(f"{file}-wal").stat().st_size
    before_update.put_back(file)
    assert ask(file, "SELECT name FROM sqlite_master WHERE name = 'of_the_new_release'") == []
    assert ask(file, "PRAGMA integrity_check") == [("ok",)]
    held.close()


def test_tables_of_this_release_are_left_alone(file: Path) -> None:
    before_update.upgrade(url(file))
    before_update.forget(file)
    assert before_update.upgrade(url(file)) is None
    assert not before_update.copy_of(file).exists()


def test_where_none_is_none_is_made(tmp_path: Path) -> None:
    assert before_update.upgrade(url(tmp_path / "none.db")) is None
    assert list(tmp_path.iterdir()) == []


def test_if_it_fails_half_way_it_is_as_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that does not keep to the one step."""

    def half(_engine: object) -> None:
        with closing(sqlite3.connect(file)) as there, there:
            there.execute("UPDATE alembic_version SET version_num = '0007'")
            there.execute("DROP TABLE incident")
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(before_update, "migrate", half)
    with pytest.raises(KeyError):
        before_update.upgrade(url(file))
    assert before_update.revision_of(file) == OLD
    assert ask(file, "SELECT count(*) FROM incident")


def test_a_copy_is_forgotten_in_time(file: Path) -> None:
    before_update.upgrade(url(file))
    now = datetime.now(UTC)
    before_update.forget_older(file, now - timedelta(days=1))
    assert before_update.copy_of(file).exists()
    before_update.forget_older(file, now + timedelta(days=1))
    assert not list(file.parent.glob("*.before-update"))
    before_update.forget_older(file, now)


# ---- an older release


def of_tomorrow(file: Path) -> None:
    with closing(sqlite3.connect(file)) as there, there:
        there.execute("UPDATE alembic_version SET version_num = '9999'")


def test_an_older_release_leaves_the_tables_of_a_newer_one_alone(file: Path) -> None:
    of_tomorrow(file)
    engine = open_engine(url(file))
    with pytest.raises(DatabaseError) as caught:
        migrate(engine)
    engine.dispose()
    assert database_trouble(caught.value).code == DatabaseTrouble.NEWER
    with pytest.raises(DatabaseError):
        before_update.upgrade(url(file))
    assert before_update.revision_of(file) == "9999"
    assert not before_update.copy_of(file).exists()


# ---- the command


def command(file: Path) -> "subprocess.CompletedProcess[str]":
    return textback("database", "upgrade", "-c", write_config(file.parent, "/dev/null"))


def test_the_package_does_so_by_a_command(file: Path) -> None:
    done = command(file)
    assert done.returncode == 0, done
    assert f"kept as {file}.before-update" in done.stdout
    assert before_update.revision_of(file) == HEAD
    assert (command(file).returncode, command(file).stdout) == (0, "")


def test_it_says_why_not(file: Path) -> None:
    with sole_service(url(file)):
        assert "Stop it first" in plain_trouble(command(file))
    of_tomorrow(file)
    assert "was written by a newer release of textback" in plain_trouble(command(file))
    assert "newer release" in plain_trouble(textback("calls", folder=file.parent))
