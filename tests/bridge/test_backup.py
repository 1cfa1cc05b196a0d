"""The state of a box in one file, and back: real databases, and a service that runs meanwhile."""

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bridge import config
from bridge.records import known, memo, users
from bridge.records.contacts import somebody_at
from bridge.records.engine import AlreadyRunning, migrate, open_engine
from bridge.records.rows import id_of
from bridge.records.tables import Call, Contact, Line, Message
from bridge.rules.backups import CONFIG, DATABASE, MANIFEST, NOT_TEXTED, BackupTrouble, Unusable, kept
from bridge.rules.states import Direction, MessageKind, MessageStatus
from bridge.service.backup import authority_of, make
from bridge.service.restoring import Restored, restore
from modem.simulator import Simulator
from tests.support.box import ANN, BOB, CEM, a_box, until, write_config

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PASSPHRASE = "a good long passphrase"


class Shelf:
    """Two boxes, an old one and a new one, each a folder with config.ini and database; no service runs."""

    def __init__(self, folder: Path) -> None:
        self.old, self.new = folder / "old", folder / "new"
        for place in (self.old, self.new):
            place.mkdir()
            write_config(place, "/dev/null")
        self.backup = folder / "backup.zip"

    def make(self, passphrase: str = "") -> None:
        settings = config.load(self.old / "config.ini", {})
        make(settings, self.old / "config.ini", self.backup, passphrase, NOW)

    def restore(self, passphrase: str = "") -> Restored:
        return restore(self.backup, self.new / "config.ini", {}, passphrase, NOW + timedelta(hours=1))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path)
    fill(shelf.old, ANN, opted_out_at=NOW - timedelta(days=3))
    return shelf


def database(box: Path) -> Path:
    return box / "textback.db"


@contextmanager
def opened(box: Path) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{database(box)}")
    migrate(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def fill(box: Path, number: str, **marks: object) -> None:
    """A caller with a text that waits."""
    with opened(box) as session, session.begin():
        session.add(Line(name="main"))
        session.flush()
        contact = person(session, number, **marks)
        session.add(Call(line_id=1, contact_id=contact.id, number=number, started=NOW, rings=3))
        session.add(
            Message(
                line_id=1,
                contact_id=id_of(contact),
                direction=Direction.OUT,
                kind=MessageKind.MANUAL,
                body="Your part is here.",
                status=MessageStatus.QUEUED,
                created=NOW,
                due=NOW,
                expires=NOW + timedelta(days=1),
            )
        )
        users.make_session_key(session)


def person(session: Session, number: str, **marks: object) -> Contact:
    contact = somebody_at(session, number, "call", NOW)
    for name, value in marks.items():
        setattr(contact, name, value)
    session.flush()
    return contact


def people(box: Path) -> dict[str, Contact]:
    with opened(box) as session:
        return {person.address: person for person in session.exec(select(Contact)).all()}


def test_everything_comes_back(shelf: Shelf) -> None:
    (shelf.old / "config.ini").write_text((shelf.old / "config.ini").read_text().replace("Corner", "Market"))
    shelf.make()
    told = shelf.restore()
    assert (told.made, told.calls, told.texts, told.people, told.kept) == (NOW, 1, 1, 1, None)
    assert "Market Bakery" in (shelf.new / "config.ini").read_text()
    assert people(shelf.new)[ANN].opted_out_at == NOW - timedelta(days=3)
    for file in (shelf.backup, database(shelf.new)):
        assert not file.stat().st_mode & 0o077


def test_devices_that_trust_the_old_page_trust_the_new_one(shelf: Shelf) -> None:
    authority = authority_of(database(shelf.old))
    authority.parent.mkdir()
    authority.write_bytes(b"a key and its certificate")
    shelf.make()
    shelf.restore()
    restored = authority_of(database(shelf.new))
    assert restored.read_bytes() == authority.read_bytes()
    assert not restored.stat().st_mode & 0o077


def test_what_waited_is_not_sent_again_and_texts_are_paused(shelf: Shelf) -> None:
    shelf.make()
    shelf.restore()
    with opened(shelf.new) as session:
        (text,) = session.exec(select(Message)).all()
        (call,) = session.exec(select(Call)).all()
        paused = datetime.fromisoformat(memo.remembered(session, "paused") or "")
        assert (text.status, call.outcome) == (MessageStatus.UNCONFIRMED, "lost")
        assert paused == NOW + timedelta(hours=25)  # cooldown_hours from the restoring on
        assert known.recognise(session, known.read_mark(database(shelf.new))) is None
        assert users.session_key(session) is None  # who has the backup could have made log-ins of their own


def test_who_said_no_to_either_box_is_not_texted(shelf: Shelf) -> None:
    fill(shelf.new, BOB, kind="never")
    with opened(shelf.new) as session, session.begin():
        person(session, ANN, blocked=True)
        person(session, CEM)
    shelf.make()
    told = shelf.restore()
    there = people(shelf.new)
    assert (told.not_texted, set(there)) == (2, {ANN, BOB})
    assert there[BOB].kind == "never"
    assert there[ANN].blocked
    assert there[ANN].opted_out_at is not None
    assert told.kept is not None
    with closing(sqlite3.connect(told.kept)) as before:
        assert before.execute("SELECT count(*) FROM contact").fetchone() == (3,)


def test_it_is_made_while_the_service_runs_and_put_back_only_when_it_does_not(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    with Simulator() as simulator, a_box(shelf.old, simulator) as box:
        simulator.call(ANN, rings=2)
        until(lambda: any(call.outcome for call in box.calls()), "the call")
        make(box.service.settings, shelf.old / "config.ini", shelf.backup, "", NOW)
        with pytest.raises(AlreadyRunning):
            restore(shelf.backup, shelf.old / "config.ini", {}, "", NOW)
    assert (shelf.restore().calls, set(people(shelf.new))) == (1, {ANN})


def test_a_passphrase_keeps_it_from_others(shelf: Shelf) -> None:
    shelf.make(PASSPHRASE)
    assert ANN.encode() not in shelf.backup.read_bytes()
    assert trouble_of(shelf) == BackupTrouble.LOCKED
    assert trouble_of(shelf, "another one") == BackupTrouble.WRONG_PASSPHRASE
    assert shelf.restore(PASSPHRASE).calls == 1


def trouble_of(shelf: Shelf, passphrase: str = "") -> str:
    before = {file.name: file.read_bytes() for file in shelf.new.iterdir()}
    with pytest.raises(Unusable) as caught:
        shelf.restore(passphrase)
    assert {file.name: file.read_bytes() for file in shelf.new.iterdir()} == before
    return caught.value.trouble.code


@pytest.mark.parametrize("content", [b"", b"x", b"PK", b"a letter", b"SQLite format 3\0", b"\0" * 5000])
def test_what_is_no_backup_is_refused(shelf: Shelf, content: bytes) -> None:
    shelf.backup.write_bytes(content)
    assert trouble_of(shelf) == BackupTrouble.NO_BACKUP


def test_a_zip_of_something_else_is_refused(shelf: Shelf) -> None:
    with zipfile.ZipFile(shelf.backup, "w") as archive:
        archive.writestr("../../etc/passwd", "x")
    assert trouble_of(shelf) == BackupTrouble.CUT_OFF


def rewrite(shelf: Shelf, **changed: bytes) -> None:
    """The same zip with other parts in it; their names with _ for a dot."""
    with zipfile.ZipFile(shelf.backup) as archive:
        parts = {name: archive.read(name) for name in (MANIFEST, NOT_TEXTED, CONFIG, DATABASE)}
    parts |= {name.replace("_", "."): content for name, content in changed.items()}
    with zipfile.ZipFile(shelf.backup, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_one_that_was_changed_is_refused(shelf: Shelf) -> None:
    shelf.make()
    rewrite(shelf, config_ini=b"[shop]\nname = Somebody else\n")
    assert trouble_of(shelf) == BackupTrouble.CHANGED


def test_one_of_a_newer_release_is_refused(shelf: Shelf) -> None:
    shelf.make()
    with zipfile.ZipFile(shelf.backup) as archive:
        manifest = json.loads(archive.read(MANIFEST))
    rewrite(shelf, manifest_json=json.dumps({**manifest, "revision": "9999", "version": "9.0"}).encode())
    assert trouble_of(shelf) == BackupTrouble.NEWER


def test_a_configuration_that_is_wrong_does_not_replace_a_right_one(shelf: Shelf) -> None:
    settings = config.load(shelf.old / "config.ini", {})
    (shelf.old / "config.ini").write_text("[shop]\nnmae = Corner Bakery\n")
    make(settings, shelf.old / "config.ini", shelf.backup, "", NOW)
    before = (shelf.new / "config.ini").read_bytes()
    assert shelf.restore().config_kept
    assert (shelf.new / "config.ini").read_bytes() == before


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["plain", "encrypted"])
def test_of_half_a_backup_it_is_kept_who_said_no(shelf: Shelf, passphrase: str) -> None:
    with opened(shelf.old) as session, session.begin():
        for n in range(2000):
            person(session, f"+4474001{n:05}", name=f"{n * 7919:x}" * 8)
    fill(shelf.new, BOB)
    shelf.make(passphrase)
    whole = shelf.backup.read_bytes()
    shelf.backup.write_bytes(whole[: max(len(whole) // 2, 70_000)])
    with pytest.raises(Unusable) as caught:
        shelf.restore(passphrase)
    trouble = caught.value.trouble
    assert (trouble.code, trouble.values["people"]) == (BackupTrouble.CUT_OFF, 1)
    there = people(shelf.new)
    assert (set(there), there[ANN].opted_out_at is None) == ({ANN, BOB}, False)


def spoil(file: Path, table: str) -> None:
    """The first page of a table is lost."""
    with closing(sqlite3.connect(file)) as there:
        there.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = there.execute("PRAGMA page_size").fetchone()
        (first,) = there.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    with file.open("r+b") as opened:
        opened.seek((first - 1) * page)
        opened.write(b"\xff" * page)


def test_of_a_damaged_database_it_is_kept_who_said_no(shelf: Shelf) -> None:
    fill(shelf.new, BOB, kind="never")
    spoil(database(shelf.new), "message")
    shelf.make()
    told = shelf.restore()
    assert (told.not_texted, people(shelf.new)[BOB].kind) == (1, "never")


def test_a_damaged_database_makes_no_backup(shelf: Shelf) -> None:
    spoil(database(shelf.old), "contact")
    with pytest.raises((Unusable, sqlite3.DatabaseError)):
        shelf.make()
    assert not shelf.backup.exists()
    assert not list(shelf.backup.parent.glob(".textback-backup-*"))


def test_the_service_goes_on_with_what_was_put_back(shelf: Shelf) -> None:
    shelf.make()
    shelf.restore()
    with Simulator() as simulator, a_box(shelf.new, simulator) as box:
        simulator.call(BOB, rings=2)
        until(lambda: any(call.address == BOB and call.outcome for call in box.calls()), "the call")
        status = box.service.loop.status
        assert (status.standstill, status.paused is None, simulator.submitted) == (None, False, [])


KEPT = {
    "none": ([], []),
    "one": ([datetime(2026, 11, 27, 3, tzinfo=UTC)], [0]),
    "two of a day": ([datetime(2026, 11, 27, hour, tzinfo=UTC) for hour in (3, 4)], [1]),
}


@pytest.mark.parametrize(("made", "stay"), KEPT.values(), ids=KEPT)
def test_which_of_few_are_kept(made: list[datetime], stay: list[int]) -> None:
    assert kept(made) == {made[n] for n in stay}


def test_a_year_of_nights_leaves_eleven() -> None:
    nights = [datetime(2026, 1, 1, 3, tzinfo=UTC) + timedelta(days=n) for n in range(365)]
    stay: set[datetime] = set()
    for night in nights:
        stay = kept(stay | {night})
    assert len(stay) == 11  # the newest of two weeks are among the last days, and so is that of a month
    assert {night.date() for night in nights[-7:]} <= {night.date() for night in stay}
    assert len({(night.year, night.month) for night in stay}) == 3
