"""A port that appears is noticed at once."""

import select
from pathlib import Path

from modem.ports.watch import PortWatch
from tests.support.box import DEADLINE


def told(watch: PortWatch) -> bool:
    return bool(select.select(watch.files(), [], [], DEADLINE)[0])


def test_a_port_that_appears_is_told(tmp_path: Path) -> None:
    watch = PortWatch(str(tmp_path / "modem"))
    assert not select.select(watch.files(), [], [], 0)[0]
    (tmp_path / "modem").symlink_to("/dev/null")
    assert told(watch)
    watch.take()
    assert not select.select(watch.files(), [], [], 0)[0]
    (tmp_path / "modem").unlink()
    (tmp_path / "new").symlink_to("/dev/null")
    (tmp_path / "new").rename(tmp_path / "modem")
    assert told(watch)
    watch.close()
    assert watch.files() == []


def test_a_folder_that_is_not_there_does_no_harm(tmp_path: Path) -> None:
    watch = PortWatch(str(tmp_path / "missing" / "modem"))
    watch.take()
    (tmp_path / "missing").mkdir()
    watch.take()  # looked for again: from here on it is watched
    (tmp_path / "missing" / "modem").symlink_to("/dev/null")
    assert told(watch)
    watch.close()
