"""A backup that is laid ready is restored by the next start, before anything is opened; whoever is cut off does it again."""

import hashlib
import json
import logging
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridge import config
from bridge.records import known
from bridge.records.engine import open_engine, sole_service
from bridge.rules.backups import DATABASE, MANIFEST, BackupTrouble, Unusable
from bridge.rules.troubles import DatabaseTrouble
from bridge.service.backup import make
from bridge.service.database_file import DatabaseFile
from bridge.service.restoring import PENDING, WORK, lay, restore, restore_laid
from tests.bridge.test_backup import (
    NOW,
    PASSPHRASE,
    Shelf,
    database,
    fill,
    opened,
    people,
    person,
    rewrite,
    spoil,
)
from tests.support.box import ANN, BOB, CEM
from tests.support.processes import uncounted

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """The old box knows Ann, who wants no texts; the new one Bob, who is one of the staff."""
    shelf = Shelf(tmp_path)
    fill(shelf.old, ANN, opted_out_at=NOW - timedelta(days=3))
    fill(shelf.new, BOB, kind="staff")
    (shelf.old / "config.ini").write_text((shelf.old / "config.ini").read_text().replace("Corner", "Market"))
    return shelf


def laid(shelf: Shelf, passphrase: str = "") -> None:
    shelf.make(passphrase)
    lay(shelf.backup, shelf.new / "config.ini", passphrase, {})


def start(shelf: Shelf) -> None:
    restore_laid(shelf.new / "config.ini", LATER, {})


def is_the_old_one(shelf: Shelf) -> bool:
    """Is the new box what the old one was, with what it knew of who is not to be texted?"""
    there = people(shelf.new)
    assert (set(there), there[BOB].kind) == ({ANN, BOB}, "staff")
    assert there[ANN].opted_out_at is not None
    with opened(shelf.new) as session:
        assert known.recognise(session, known.read_mark(database(shelf.new))) is None
    return "Market Bakery" in (shelf.new / "config.ini").read_text()


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["plain", "protected"])
def test_what_is_laid_ready_is_restored_by_the_next_start_once(shelf: Shelf, passphrase: str) -> None:
    laid(shelf, passphrase)
    assert set(people(shelf.new)) == {BOB}  # nothing has happened yet
    assert (shelf.new / PENDING).stat().st_mode & 0o077 == 0
    start(shelf)
    assert is_the_old_one(shelf)
    assert not list(shelf.new.glob("*restore-pending*"))
    assert not list(shelf.new.glob(f"{WORK}*"))
    with opened(shelf.new) as session, session.begin():
        person(session, CEM)
    start(shelf)
    assert CEM in people(shelf.new)


def test_without_anything_laid_ready_a_start_does_nothing(shelf: Shelf) -> None:
    before = {file.name: file.read_bytes() for file in shelf.new.iterdir()}
    start(shelf)
    assert {file.name: file.read_bytes() for file in shelf.new.iterdir()} == before


def test_only_what_can_be_restored_is_laid_ready(shelf: Shelf) -> None:
    shelf.make()
    plain = shelf.backup.read_bytes()
    shelf.make(PASSPHRASE)
    whole = shelf.backup.read_bytes()
    for content, passphrase, code, people_in_it in (
        (whole, "", BackupTrouble.LOCKED, []),
        (whole, "another one", BackupTrouble.WRONG_PASSPHRASE, []),
        (whole[:-3000], PASSPHRASE, BackupTrouble.CUT_OFF, []),  # too little of it can be opened
        (plain[:-3000], "", BackupTrouble.CUT_OFF, [ANN]),
        (b"a letter", "", BackupTrouble.NO_BACKUP, []),
    ):
        shelf.backup.write_bytes(content)
        with pytest.raises(Unusable) as caught:
            lay(shelf.backup, shelf.new / "config.ini", passphrase, {})
        assert caught.value.trouble.code == code
        assert [card.number for card in caught.value.people] == people_in_it
        assert not list(shelf.new.glob(f"{WORK}*"))
        assert not (shelf.new / PENDING).exists()


def test_one_that_holds_a_damaged_database_is_no_better_than_none(shelf: Shelf) -> None:
    shelf.make()
    spoil(database(shelf.old), "message")
    damaged = database(shelf.old).read_bytes()
    with zipfile.ZipFile(shelf.backup) as archive:
        manifest = json.loads(archive.read(MANIFEST))
    manifest["parts"][DATABASE] = hashlib.sha256(damaged).hexdigest()
    rewrite(shelf, textback_db=damaged, manifest_json=json.dumps(manifest).encode())
    with pytest.raises(Unusable) as caught:
        lay(shelf.backup, shelf.new / "config.ini", "", {})
    assert caught.value.trouble.code == BackupTrouble.DAMAGED


def test_a_place_that_takes_no_database_is_told_before(shelf: Shelf) -> None:
    config_file = shelf.old / "config.ini"
    config_file.write_text(
        f"{config_file.read_text()}[storage]\ndatabase = sqlite:////proc/none/textback.db\n"
    )
    settings = config.load(shelf.new / "config.ini", {})
    with pytest.raises(Unusable):
        make(config.load(config_file, {}), config_file, shelf.backup, "", NOW)
    make(replace_database(settings, shelf), config_file, shelf.backup, "", NOW)
    with pytest.raises(Unusable) as caught:
        lay(shelf.backup, shelf.new / "config.ini", "", {})
    assert caught.value.trouble.code == BackupTrouble.NOT_RESTORED


def replace_database(settings: config.Settings, shelf: Shelf) -> config.Settings:
    from dataclasses import replace

    url = f"sqlite:///{database(shelf.old)}"
    return replace(settings, storage=replace(settings.storage, database=url))


def test_the_boxs_own_passphrase_is_tried(shelf: Shelf) -> None:
    file = shelf.new / "config.ini"
    file.write_text(f"{file.read_text()}[backup]\npassphrase = {PASSPHRASE}\n")
    shelf.make(PASSPHRASE)
    assert restore(shelf.backup, file, {}, "", LATER).calls == 1
    shelf.make("another passphrase")
    file.write_text(f"{file.read_text()}[backup]\npassphrase = {PASSPHRASE}\n")
    with pytest.raises(Unusable) as caught:
        restore(shelf.backup, file, {}, "", LATER)
    assert caught.value.trouble.code == BackupTrouble.LOCKED


def test_what_cannot_be_restored_after_all_is_not_tried_again(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    laid(shelf)
    pending = shelf.new / PENDING
    pending.write_bytes(pending.read_bytes()[:-3000])
    with caplog.at_level(logging.ERROR):
        start(shelf)
    assert "The backup could not be restored." in caplog.text
    assert not pending.exists()
    assert BOB in people(shelf.new)


def test_a_command_that_is_refused_leaves_nothing_for_the_next_start(shelf: Shelf) -> None:
    shelf.make()
    with sole_service(f"sqlite:///{database(shelf.new)}"), pytest.raises(Exception, match=r"textback\.db"):
        shelf.restore()
    assert not (shelf.new / PENDING).exists()


def test_a_clock_that_is_behind_pauses_texts_all_the_same(shelf: Shelf) -> None:
    shelf.make()
    told = restore(shelf.backup, shelf.new / "config.ini", {}, "", datetime(2020, 1, 1, tzinfo=UTC))
    assert told.paused_until == NOW + timedelta(hours=24)


# ---- damaged ones


def set_aside(shelf: Shelf, when: datetime) -> None:
    """The new box's database is damaged, and begun anew by a start."""
    spoil(database(shelf.new), "message")
    with database(shelf.new).open("r+b") as file:
        file.write(b"no database at all")
    known.write_mark(database(shelf.new), known.Mark("x", "", 1))
    url = f"sqlite:///{database(shelf.new)}"
    engine = open_engine(url, anew=True)
    file_of_it = DatabaseFile(url, engine, lambda: when)
    file_of_it.open()
    assert file_of_it.lost is not None
    assert file_of_it.lost.code == DatabaseTrouble.BEGUN_ANEW
    engine.dispose()


def spoiled(shelf: Shelf, when: datetime) -> None:
    """A page in the middle is damaged; a copy of it lies aside since then."""
    spoil(database(shelf.new), "message")
    known.set_aside(database(shelf.new), "damaged", when)
    fill(shelf.new, CEM, blocked=True)


@pytest.mark.parametrize(
    ("set_aside_at", "joined"), [(LATER, True), (NOW - timedelta(days=1), False)], ids=["since", "before"]
)
def test_who_said_no_to_a_damaged_one_that_lies_aside_is_not_texted(
    shelf: Shelf, set_aside_at: datetime, joined: bool
) -> None:
    shelf.make()
    spoiled(shelf, set_aside_at)
    told = shelf.restore()
    there = people(shelf.new)
    assert set(there) == {ANN, CEM} | ({BOB} if joined else set())
    assert there[CEM].blocked
    assert told.not_texted == 1 + joined


def test_a_damaged_one_of_which_nothing_can_be_read_is_no_obstacle(shelf: Shelf) -> None:
    shelf.make()
    set_aside(shelf, LATER)
    shelf.restore()
    assert set(people(shelf.new)) == {ANN}


def test_what_sqlite_kept_beside_the_old_one_does_not_spoil_the_new_one(shelf: Shelf) -> None:
    """A box that was switched off leaves a write-ahead log, which SQLite would read into whatever database lies there."""
    shelf.make()
    with closing(sqlite3.connect(database(shelf.new))) as there:
        there.execute("PRAGMA journal_mode=WAL")
        there.execute("UPDATE contact SET kind = 'never'")
        there.commit()
        for end in ("", "-wal"):
            shutil.copyfile(f"{database(shelf.new)}{end}", f"{database(shelf.new)}{end}.cut")
    for end in ("", "-wal"):
        Path(f"{database(shelf.new)}{end}.cut").replace(f"{database(shelf.new)}{end}")
    told = shelf.restore()
    assert people(shelf.new)[BOB].kind == "never"
    assert told.kept is not None
    with closing(sqlite3.connect(told.kept)) as before:
        assert before.execute("SELECT kind FROM contact").fetchall() == [("never",)]


# ---- cut off anywhere

# In a process of its own, which forks once for each cut: the child ends, as if the power went, before its n-th step.
CUTS = """
import os, pathlib, shutil, sys
from datetime import datetime
from pathlib import Path
from bridge.service.restoring import restore, restore_laid

new, now, command = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2]), sys.argv[3:]
STEPS = [(Path, "replace"), (Path, "rename"), (Path, "unlink"), (os, "link"), (os, "fsync")]

def counted(real, steps=[0]):
    def step(*args, **more):
        steps[0] += 1
        if steps[0] == cut:
            os._exit(9)
        return real(*args, **more)
    return step

cut = 0
while True:
    cut += 1
    place = new.with_name(f"cut-{cut}")
    shutil.copytree(new, place)
    child = os.fork()
    if not child:
        for owner, name in STEPS:
            setattr(owner, name, counted(getattr(owner, name)))
        config = place / "config.ini"
        restore(Path(command[0]), config, {}, "", now) if command else restore_laid(config, now, {})
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != 9:
        print(cut, os.waitstatus_to_exitcode(status))
        break
"""


def cuts(shelf: Shelf, *command: Path) -> list[Path]:
    """The new box after each cut of its start, or of the command that is given this backup."""
    done = subprocess.run(
        [sys.executable, "-c", CUTS, str(shelf.new), LATER.isoformat(), *map(str, command)],
        env=uncounted(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    last, ended = map(int, done.stdout.split())
    assert (last > 8, ended) == (True, 0)
    return [shelf.new.with_name(f"cut-{cut}") for cut in range(1, last)]


@pytest.mark.parametrize("damaged", [False, True], ids=["whole", "damaged"])
def test_a_start_that_is_cut_off_anywhere_is_done_again_by_the_next(shelf: Shelf, damaged: bool) -> None:
    if damaged:
        spoil(database(shelf.new), "message")
    laid(shelf)
    for place in cuts(shelf):
        assert has_a_contact(database(place)), place
        restore_laid(place / "config.ini", LATER, {})
        shelf.new = place
        assert is_the_old_one(shelf), place
        assert not (place / PENDING).exists()


def test_a_command_that_is_cut_off_leaves_the_old_or_the_next_start_the_new(shelf: Shelf) -> None:
    shelf.make()
    became_new = []
    for place in cuts(shelf, shelf.backup):
        assert has_a_contact(database(place)), place
        restore_laid(place / "config.ini", LATER, {})
        shelf.new = place
        became_new.append(set(people(place)) != {BOB})
        assert not became_new[-1] or is_the_old_one(shelf), place
    assert became_new == sorted(became_new)  # from some step on, always
    assert set(became_new) == {False, True}


def has_a_contact(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as there:
        return bool(there.execute("SELECT count(*) FROM contact").fetchone()[0])
