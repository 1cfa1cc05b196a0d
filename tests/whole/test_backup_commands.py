"""`textback backup` and `textback restore` as a person runs them."""

import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from modem.simulator import Simulator
from tests.bridge.test_cli import TEXTBACK, plain_trouble, textback
from tests.support.box import ANN, a_box, until, write_config
from tests.support.processes import uncounted


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A box that has had a call."""
    with Simulator() as simulator, a_box(tmp_path, simulator) as box:
        simulator.call(ANN, rings=2)
        until(lambda: any(call.outcome for call in box.calls()), "the call")
    return tmp_path


def test_to_a_new_box(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    new = tmp_path_factory.mktemp("new")
    config = write_config(new, "/dev/null")
    file = new / "box.zip"
    made = textback("backup", file, folder=folder)
    assert (made.returncode, made.stdout) == (0, f"The backup is in {file}.\n")
    assert "can read all calls and texts" in made.stderr
    told = textback("restore", file, "-c", config)
    assert told.returncode == 0, told
    assert "1 calls, 1 texts, 1 contacts." in told.stdout
    assert "Automatic texts are paused until" in told.stdout
    assert "abandoned" in textback("calls", folder=new).stdout


def test_with_a_passphrase(folder: Path) -> None:
    file = folder / "box.zip"
    secret = "a good long passphrase\n"
    assert textback("backup", file, "--passphrase-stdin", folder=folder, stdin=secret).stderr == ""
    assert "is protected by a passphrase" in plain_trouble(textback("restore", file, folder=folder))
    wrong = textback("restore", file, "--passphrase-stdin", folder=folder, stdin="another\n")
    assert "This is not the passphrase of box.zip" in plain_trouble(wrong)
    typed = plain_trouble(textback("restore", file, "--passphrase", folder=folder))
    assert "use --passphrase-stdin" in typed
    assert textback("restore", file, "--passphrase-stdin", folder=folder, stdin=secret).returncode == 0


def test_not_over_a_service_that_runs(folder: Path) -> None:
    file = folder / "box.zip"
    textback("backup", file, folder=folder)
    with Simulator() as simulator, a_box(folder, simulator):
        said = plain_trouble(textback("restore", file, folder=folder))
    assert "Stop it first: sudo systemctl stop textback" in said


def test_what_cannot_be_read_or_written(folder: Path) -> None:
    (folder / "letter").write_text("Dear box")
    assert "letter is not a backup of textback." in plain_trouble(
        textback("restore", "letter", folder=folder)
    )
    assert "no/where" in plain_trouble(textback("backup", "no/where.zip", folder=folder))
    (folder / "textback.db").unlink()
    assert "The database is gone" in plain_trouble(textback("backup", "x.zip", folder=folder))
    assert not list(folder.glob(".textback-*"))


def test_of_half_a_backup_people_are_kept(folder: Path) -> None:
    assert textback("send", ANN, "Hello", folder=folder).returncode == 0
    with closing(sqlite3.connect(folder / "textback.db")) as there, there:
        there.execute("UPDATE contact SET kind = 'never'")
    file = folder / "box.zip"
    textback("backup", file, folder=folder)
    with zipfile.ZipFile(file) as archive:
        begin = archive.getinfo("textback.db").header_offset
    file.write_bytes(file.read_bytes()[: begin + 100])
    said = plain_trouble(textback("restore", file, folder=folder))
    assert "box.zip is not whole" in said
    assert "1 person in it who must not be texted was added here." in said


def test_a_full_disk_leaves_what_was_there(folder: Path) -> None:
    file = folder / "box.zip"
    file.write_bytes(b"the last one")
    small = f"ulimit -f 8; exec {TEXTBACK} backup box.zip"
    done = subprocess.run(
        ["bash", "-c", small], cwd=folder, env=uncounted(), capture_output=True, text=True, check=False
    )
    assert "The disk is full" in plain_trouble(done)
    assert file.read_bytes() == b"the last one"
    assert not list(folder.glob(".textback-*"))


def test_by_standard_output_and_input(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    new = tmp_path_factory.mktemp("new")
    config = write_config(new, "/dev/null")
    file = new / "box.zip"
    with file.open("wb") as out:
        subprocess.run(
            [TEXTBACK, "backup", "-"], cwd=folder, stdout=out, check=True, stderr=subprocess.DEVNULL
        )
    with file.open("rb") as read:
        told = subprocess.run(
            [TEXTBACK, "restore", "-", "-c", config], stdin=read, capture_output=True, check=True
        )
    assert b"1 calls, 1 texts, 1 contacts." in told.stdout
    assert "both the passphrase and the backup" in plain_trouble(
        textback("restore", "-", "--passphrase-stdin", "-c", config)
    )
    assert not list(new.glob(".textback-*"))
