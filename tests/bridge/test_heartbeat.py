"""When a service was last alive: in memory each minute, on the card once an hour."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bridge.records.engine import Heartbeat, open_engine, sole_service

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
LONG_AGO = 1_000_000_000.0


class Files:
    """A lock file on the card, and a folder in memory."""

    def __init__(self, folder: Path) -> None:
        self.lock, self.memory = folder / "textback.db.lock", folder / "run"
        self.lock.touch()
        self.memory.mkdir()
        self.engine = open_engine("sqlite://")
        self.session = Session(self.engine)
        self.age()

    def age(self) -> None:
        os.utime(self.lock, (LONG_AGO, LONG_AGO))

    @property
    def written(self) -> bool:
        """Was the one on the card touched since `age`?"""
        return self.lock.stat().st_mtime != LONG_AGO


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    files = Files(tmp_path)
    yield files
    files.session.close()
    files.engine.dispose()


def test_the_card_is_written_once_an_hour(files: Files) -> None:
    heart = Heartbeat(files.lock, str(files.memory))
    written = []
    for minute in range(121):
        files.age()
        heart.beat(files.session, NOW + timedelta(minutes=minute))
        written.append(files.written)
    assert [minute for minute, one in enumerate(written) if one] == [0, 60, 120]
    assert (files.memory / "alive").stat().st_mtime > LONG_AGO


def test_without_a_folder_in_memory_each_beat_is_kept(files: Files) -> None:
    heart = Heartbeat(files.lock)
    for minute in range(3):
        files.age()
        heart.beat(files.session, NOW + timedelta(minutes=minute))
        assert files.written


def test_a_clock_that_was_set_back_does_not_keep_it_from_the_card(files: Files) -> None:
    heart = Heartbeat(files.lock, str(files.memory))
    heart.beat(files.session, NOW)
    files.age()
    heart.beat(files.session, NOW - timedelta(days=400))
    assert files.written


def test_the_later_of_the_two_counts(files: Files) -> None:
    assert Heartbeat(files.lock, str(files.memory)).last(files.session) == datetime.fromtimestamp(
        LONG_AGO, UTC
    )
    (files.memory / "alive").touch()
    os.utime(files.memory / "alive", (LONG_AGO + 60, LONG_AGO + 60))
    later = datetime.fromtimestamp(LONG_AGO + 60, UTC)
    assert Heartbeat(files.lock, str(files.memory)).last(files.session) == later
    (files.memory / "alive").unlink()  # the power was gone
    assert Heartbeat(files.lock, str(files.memory)).last(files.session) == datetime.fromtimestamp(
        LONG_AGO, UTC
    )


def test_an_end_in_good_order_is_known(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(files.memory))
    url = f"sqlite:///{tmp_path}/textback.db"
    with sole_service(url) as heart:
        assert isinstance(heart, Heartbeat)
        heart.beat(files.session, NOW)
        files.age()
    assert files.written
    files.age()
    with sole_service(url):
        pass  # a command that looks at the database is no service
    assert not files.written
