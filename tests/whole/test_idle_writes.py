"""What a box that nobody calls writes to its card: nothing, but for what it does once an hour; told by the kernel's notices of
what happens in the folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from inotify_simple import INotify, flags

from bridge.contract.requests import DryRun
from modem.simulator import Simulator
from tests.support.box import ANN, BOB, DEADLINE, Box, FastClock, a_box, until

CHANGES = flags.MODIFY | flags.ATTRIB | flags.CREATE | flags.DELETE | flags.MOVED_FROM | flags.MOVED_TO
# The clock goes on by so many minutes at a time: longer than from one beat to the next.
STEP = 5


def seen(notices: INotify) -> set[str]:
    """The names of the files that were written, made or taken away since it was asked last."""
    return {notice.name for notice in notices.read(timeout=0)}


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that systemd gives the service in memory."""
    (folder := tmp_path / "memory").mkdir()
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(folder))
    return folder


@pytest.fixture
def notices() -> Iterator[INotify]:
    with INotify() as notices:
        yield notices


@pytest.fixture
def clock() -> FastClock:
    return FastClock()


@pytest.fixture
def box(tmp_path: Path, memory: Path, clock: FastClock) -> Iterator[Box]:
    (card := tmp_path / "card").mkdir()
    with Simulator(speed=20, reports="off") as simulator, a_box(card, simulator, clock=clock) as box:
        yield box


def minutes_go_by(box: Box, clock: FastClock, memory: Path, minutes: int) -> None:
    """The loop comes round, and does what is due."""
    for _ in range(minutes // STEP):
        (memory / "alive").unlink(missing_ok=True)
        clock.advance(STEP * 60.0)
        # It wakes the loop, and changes nothing.
        box.service.bridge.request(DryRun(BOB, clock.utc(), 2), DEADLINE)
        until((memory / "alive").exists, "the beat")


def test_between_two_hours_nothing_is_written(
    box: Box, clock: FastClock, memory: Path, tmp_path: Path, notices: INotify
) -> None:
    box.simulator.call(ANN, rings=1)
    box.settled()
    # What a start and a call leave to be done later is done, and what the first full hour brings.
    minutes_go_by(box, clock, memory, 70)
    notices.add_watch(tmp_path / "card", CHANGES)
    minutes_go_by(box, clock, memory, 45)
    assert seen(notices) == set()
    minutes_go_by(box, clock, memory, 15)
    assert "textback.db.lock" in seen(notices)


def test_what_is_stored_within_a_minute_is_marked_once(
    box: Box, clock: FastClock, memory: Path, tmp_path: Path, notices: INotify
) -> None:
    """The mark of the database costs as much as a call, so call, text and whatever follows share one."""
    minutes_go_by(box, clock, memory, 25)
    notices.add_watch(tmp_path / "card", CHANGES)
    for count, caller in enumerate((ANN, BOB), 1):
        box.simulator.call(caller, rings=1)
        box.settled(count)
    assert not any("known" in name for name in seen(notices))
    minutes_go_by(box, clock, memory, 10)
    assert "textback.db.known" in seen(notices)
    minutes_go_by(box, clock, memory, 10)
    assert seen(notices) == set()
