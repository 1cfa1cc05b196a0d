"""What systemd is told, over a real socket, and when it is not."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.service.systemd import LOOKS_UP, OFTEN, Systemd, Watchdog


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listens:
        listens.bind(str(tmp_path / "notify"))
        listens.setblocking(False)
        yield listens


def heard(manager: socket.socket) -> list[str]:
    words = []
    while True:
        try:
            words.append(manager.recv(100).decode())
        except BlockingIOError:
            return words


def told_by(manager: socket.socket, watchdog: str = "60000000") -> Systemd:
    return Systemd({"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": watchdog})


def test_it_is_told_what_becomes_of_the_service(manager: socket.socket) -> None:
    systemd = told_by(manager)
    systemd.ready()
    systemd.alive()
    systemd.stopping()
    assert heard(manager) == ["READY=1", "WATCHDOG=1", "STOPPING=1"]


def test_an_abstract_address_is_written_with_an_at() -> None:
    name = f"textback-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listens:
        listens.bind(f"\0{name}")
        Systemd({"NOTIFY_SOCKET": f"@{name}"}).ready()
        assert listens.recv(100) == b"READY=1"


@pytest.mark.parametrize("address", ["", "/nowhere/at/all"])
def test_where_nobody_listens_nothing_happens(address: str) -> None:
    Systemd({"NOTIFY_SOCKET": address}).ready()
    Systemd({}).stopping()


PINGS = [("60000000", OFTEN), ("180000000", OFTEN), ("8000000", 4.0), ("0", None), ("", None), ("soon", None)]


@pytest.mark.parametrize(("allowed", "every"), PINGS)
def test_pings_come_twice_within_what_is_allowed(allowed: str, every: float | None) -> None:
    assert Systemd({"WATCHDOG_USEC": allowed}).every == every


def test_the_loop_feeds_the_watchdog_no_more_often_than_needed(manager: socket.socket) -> None:
    watchdog = Watchdog(told_by(manager), lambda: [100.0])
    for now in range(100, 131, 2):
        watchdog.feed(float(now))
    assert heard(manager) == ["WATCHDOG=1"] * 4


def test_a_thread_that_has_stopped_starves_it(manager: socket.socket) -> None:
    pulses = [100.0, 100.0]
    watchdog = Watchdog(told_by(manager), lambda: pulses)
    watchdog.feed(100.0 + LOOKS_UP - 1)
    assert heard(manager) == ["WATCHDOG=1"]
    pulses[0] = 100.0 + LOOKS_UP
    watchdog.feed(100.0 + LOOKS_UP + OFTEN)
    assert heard(manager) == []
    pulses[1] = 100.0 + LOOKS_UP
    watchdog.feed(100.0 + LOOKS_UP + OFTEN)
    assert heard(manager) == ["WATCHDOG=1"]


def test_without_a_watchdog_nothing_is_said(manager: socket.socket) -> None:
    Watchdog(told_by(manager, ""), list).feed(1.0)
    assert heard(manager) == []
