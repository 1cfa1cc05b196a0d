"""What the unit of updates does before it updates: it goes on where somebody went away in the middle, and leaves alone who is
at it. In folders of the test's; what systemd makes of it, a machine shows."""

import shlex
import subprocess
from pathlib import Path

import pytest

from bridge.service.handed_on import WANTED
from bridge.service.update_journal import Home, at_work
from tests.support.box import DEADLINE, until
from tests.support.paths import ROOT

UNIT = ROOT / "packaging" / "debian" / "textback-update.service"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "textback").mkdir()
    home = Home(tmp_path / "textback-update")
    home.make()
    return home


def condition(home: Home) -> "subprocess.Popen[bytes]":
    """The unit's condition, with these folders in the place of the system's."""
    (line,) = (line for line in UNIT.read_text().splitlines() if line.startswith("ExecCondition="))
    here = line.partition("=")[2].replace("/var/lib", str(home.folder.parent))
    return subprocess.Popen(shlex.split(here))


@pytest.mark.parametrize(("left", "goes_on"), [(None, False), ("wanted", True), ("begun", True)])
def test_it_goes_on_with_what_is_left(home: Home, left: str | None, goes_on: bool) -> None:
    if left == "wanted":
        (home.folder.parent / "textback" / WANTED).touch()
    if left == "begun":
        (home.folder / "begun").touch()
    assert (condition(home).wait(DEADLINE) == 0) == goes_on


def test_who_is_at_it_is_left_alone(home: Home) -> None:
    (home.folder / "begun").touch()
    with at_work(home):
        asked = condition(home)
        until(lambda: waits(asked.pid), "its waiting for the lock")
        (home.folder / "begun").unlink()
    assert asked.wait(DEADLINE) == 1


def waits(process: int) -> bool:
    """Does it wait for a lock?"""
    locks = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return any("->" in words and str(process) in words for words in locks)
