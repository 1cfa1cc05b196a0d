"""What the box writes: closed to others whatever the umask, and a refusal of the system told as what it is."""

import os
import resource
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError

from bridge import config, files
from bridge.config import edit
from bridge.config.secrets import open_with_secrets
from bridge.doctor import facts
from bridge.records.engine import database_trouble, migrate, open_engine, sole_service
from bridge.rules.troubles import BoxTrouble, DatabaseTrouble, FileTrouble
from modem.simulator import Simulator
from tests.support.box import a_box

SECRETS = [
    "[modem]\npin = 1234\n",
    "[notify]\nurls = ntfy://topic\n",
    "[storage]\ndatabase = postgresql+psycopg://u:p@h/d\n",
]


@pytest.fixture(params=[0o000, 0o022], ids=["umask 000", "umask 022"])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_ones(folder: Path) -> list[Path]:
    """What others may use there, besides config.ini, which the tests write."""
    return [path for path in folder.rglob("*") if mode(path) & 0o027 and path.name != "config.ini"]


@pytest.mark.usefixtures("umask")
def test_a_running_box_keeps_its_files_to_itself(tmp_path: Path) -> None:
    with Simulator() as simulator, a_box(tmp_path, simulator):
        names = {path.name for path in tmp_path.iterdir()}
        assert {"textback.db", "textback.db-wal", "textback.db-shm", "textback.db.lock"} <= names
        assert open_ones(tmp_path) == []
    assert open_ones(tmp_path) == []


def test_files_of_an_earlier_release_are_closed_at_the_start(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'textback.db'}")
    with engine.connect() as held:
        migrate(engine)
        held.exec_driver_sql("SELECT * FROM contact")
        for path in tmp_path.iterdir():
            path.chmod(0o666)
        (tmp_path / "textback.db.lock").touch(0o644)
        other = open_engine(f"sqlite:///{tmp_path / 'textback.db'}")
        with sole_service(f"sqlite:///{tmp_path / 'textback.db'}"), other.connect():
            assert open_ones(tmp_path) == []
        other.dispose()
    engine.dispose()


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("write", [files.write, files.write_whole])
def test_what_is_written_is_for_its_owner(tmp_path: Path, write: Callable[[Path, bytes], None]) -> None:
    files.write(Path("/dev/null"), b"x")
    assert Path("/dev/null").is_char_device()
    for name in ("new", "old"):
        path = tmp_path / name
        if name == "old":
            path.touch(0o666)
            path.chmod(0o666)
        write(path, b"x")
        assert (path.read_bytes(), mode(path)) == (b"x", 0o600)


@pytest.mark.parametrize(
    ("before", "after"), [(0o644, 0o640), (0o600, 0o600), (0o666, 0o640), (0o640, 0o640)]
)
@pytest.mark.skipif(os.getuid() != 0, reason="only root may give a file away")
def test_the_page_closes_config_ini_and_leaves_it_its_group(tmp_path: Path, before: int, after: int) -> None:
    path = tmp_path / "config.ini"
    path.write_text("[shop]\nname = A\n")
    os.chown(path, 1234, 4321)
    path.chmod(before)
    edit.change(path, "shop", {"name": "B"})
    assert mode(path) == after
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 4321)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_configuration_with_secrets_that_everybody_may_read_is_told(tmp_path: Path, secret: str) -> None:
    path = tmp_path / "config.ini"
    path.write_text(secret)
    path.chmod(0o644)
    settings = config.load(path)
    told = open_with_secrets(settings)
    assert told is not None
    assert told.code == BoxTrouble.CONFIG_OPEN
    assert any(str(path) in sentence for sentence in facts._permissions(settings))
    path.chmod(0o640)
    assert open_with_secrets(settings) is None
    path.write_text("[shop]\nname = A\n")
    path.chmod(0o644)
    assert open_with_secrets(config.load(path)) is None


# ---- refusals of the system

REFUSED = {
    28: FileTrouble.DISK_FULL,
    122: FileTrouble.QUOTA,
    30: FileTrouble.READ_ONLY_DISK,
    13: FileTrouble.NOT_ALLOWED,
}
REFUSED |= {5: FileTrouble.DISK_FAILS, 2: FileTrouble.NOT_THERE, 24: FileTrouble.FAILS}


@pytest.mark.parametrize(("number", "code"), REFUSED.items())
def test_each_refusal_is_told_apart(number: int, code: FileTrouble) -> None:
    assert files.why(OSError(number, os.strerror(number))).code == code


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system that can be filled; only root can make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(folder)]
    try:
        made = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        made = False
    if not made:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def trouble_of_a_start(file: Path) -> str:
    """What a box says that starts there."""
    engine = open_engine(f"sqlite:///{file}")
    with pytest.raises(DatabaseError) as caught:
        migrate(engine)
    engine.dispose()
    return database_trouble(caught.value).code


@pytest.mark.parametrize("room", [0, 1, 5, 20], ids=lambda room: f"{room} pages")
def test_a_start_on_a_full_disk(small_disk: Path, room: int) -> None:
    (small_disk / "filler").touch()
    with (small_disk / "filler").open("ab", buffering=0) as filler:
        while True:
            try:
                filler.write(bytes(4096))
            except OSError:
                break
        filler.truncate(max(0, filler.tell() - room * 4096))
    assert trouble_of_a_start(small_disk / "textback.db") == DatabaseTrouble.DISK_FULL


def test_a_start_on_a_disk_that_may_only_be_read(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert trouble_of_a_start(small_disk / "textback.db") == DatabaseTrouble.READ_ONLY_DISK


def test_a_start_without_its_folder(tmp_path: Path) -> None:
    assert trouble_of_a_start(tmp_path / "none" / "textback.db") == DatabaseTrouble.NOT_OPENED


def test_a_start_where_no_file_may_grow(tmp_path: Path) -> None:
    """As a quota or a limit of the service manager has it."""
    code = (
        "import sys; from pathlib import Path; from sqlalchemy.exc import DatabaseError; from bridge.records.engine import *\n"
        f"engine = open_engine('sqlite:///{tmp_path}/textback.db')\n"
        "try: migrate(engine)\n"
        "except DatabaseError as error: print(database_trouble(error).code.value)\n"
    )
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))  # noqa: E731
    done = subprocess.run(
        [sys.executable, "-c", code], preexec_fn=limit, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == DatabaseTrouble.DISK_FULL, done.stderr
