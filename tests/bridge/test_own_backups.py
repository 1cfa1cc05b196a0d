"""The backups that the box makes by itself: which are kept, where copies go, and what is said of one that fails."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridge import config, files
from bridge.config import Settings
from bridge.rules import backups
from bridge.rules.backups import MARKER, BackupTrouble, Stored, made_of, name_of, sticks, superfluous
from bridge.rules.troubles import DatabaseTrouble, FileTrouble
from bridge.service import stored_backups
from bridge.service.backup import WORK
from bridge.words.troubles import sentence
from modem.contract import Trouble
from tests.bridge.test_backup import PASSPHRASE, database, fill, spoil
from tests.support.box import ANN, write_config

NIGHT = datetime(2026, 11, 27, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)
NO_STICKS = "/dev/mmcblk0p2 / ext4 rw 0 0\n"

# ---- which are kept, and which sticks there are


def nights(count: int, size: int) -> list[Stored]:
    """So many, the newest first."""
    return [Stored(Path(name_of(NIGHT - n * DAY)), NIGHT - n * DAY, size) for n in range(count)]


SPACE = {
    "none": (0, 10, 100, 0),
    "room for all": (5, 10, 50, 0),
    "just room": (5, 10, 51, 0),
    "for one less": (5, 10, 49, 1),
    "for three": (5, 10, 10, 2),
    "for two": (5, 10, 0, 3),
    "a single large one stays": (1, 10, 0, 0),
}


@pytest.mark.parametrize(("count", "size", "free", "gone"), SPACE.values(), ids=SPACE)
def test_the_oldest_go_where_room_is_short(count: int, size: int, free: int, gone: int) -> None:
    there = nights(count, size)
    go = superfluous(there, free)
    assert [one.made for one in go] == [one.made for one in there[count - gone :]]


def test_what_the_calendar_does_not_keep_goes_and_takes_no_room() -> None:
    there = nights(30, 10)
    go = superfluous(there, 10**6)
    stay = backups.kept(one.made for one in there)
    assert {one.made for one in there} - {one.made for one in go} == stay
    assert superfluous([one for one in there if one not in go], len(stay) * 10) == []
    # Those that go anyway may be large: the others need not make room for them.
    large = [one if one.made in stay else replace(one, size=10**6) for one in there]
    assert {one.made for one in superfluous(large, 0)} == {one.made for one in go}


@pytest.mark.parametrize(
    "name", ["x.zip", "textback.zip", "textback-2026-1-1-310.zip", "textback-2026-13-01-0310.zip", ""]
)
def test_only_names_of_its_own_count(name: str) -> None:
    assert made_of(name) is None
    assert made_of(name_of(NIGHT)) == NIGHT


MOUNTS = {
    "nothing": ("", ()),
    "the card": (NO_STICKS, ()),
    "a stick": ("/dev/sda1 /media/pi/STICK vfat rw,nosuid 0 0\n", ("/media/pi/STICK",)),
    "with a blank in its name": (
        r"/dev/sda1 /media/pi/My\040stick\134 vfat rw 0 0",
        ("/media/pi/My stick\\",),
    ),
    "a share": ("//nas/b /mnt/nas cifs rw 0 0\n", ("/mnt/nas",)),
    "the folder itself": ("/dev/sda1 /mnt ext4 rw 0 0\n", ("/mnt",)),
    "by udisks": ("/dev/sda1 /run/media/pi/A vfat rw 0 0\n", ("/run/media/pi/A",)),
    "twice": ("a /mnt/x vfat rw 0 0\na /mnt/x vfat rw 0 0\n", ("/mnt/x",)),
    "elsewhere": ("/dev/sda1 /srv/stick vfat rw 0 0\n/dev/sdb1 /mntx vfat rw 0 0\n", ()),
    "half a line": ("/dev/sda1\n\n", ()),
}


@pytest.mark.parametrize(("mounts", "found"), MOUNTS.values(), ids=MOUNTS)
def test_where_sticks_are_mounted(mounts: str, found: tuple[str, ...]) -> None:
    assert sticks(mounts) == found


def test_they_are_in_config_ini(tmp_path: Path) -> None:
    def settings(text: str) -> Settings:
        return config.parse(f"[backup]\n{text}", tmp_path / "config.ini")

    assert settings("").backup.nightly
    assert not settings("nightly = off\n").backup.nightly
    assert settings("folder = /mnt/nas\n").backup.folder == "/mnt/nas"
    for wrong in ("folder = nas\n", "passphrase = short\n", "nightly = sometimes\n"):
        with pytest.raises(config.ConfigError) as caught:
            settings(wrong)
        assert "short" not in str(caught.value) or "too short" in str(caught.value)
    secret = settings(f"passphrase = {PASSPHRASE}\n")
    assert secret.backup.passphrase == PASSPHRASE
    assert PASSPHRASE not in repr(secret)


# ---- one is made


class Home:
    """A box with somebody in its database, and a stick that may be marked; no service runs."""

    def __init__(self, folder: Path, extra: str = "") -> None:
        self.box, self.stick = folder / "box", folder / "media" / "stick"
        self.box.mkdir()
        self.stick.mkdir(parents=True)
        self.config = write_config(self.box, "/dev/null", extra=extra)
        self.settings = config.load(self.config, {})
        fill(self.box, ANN)

    def make(self, now: datetime = NIGHT, mounts: str = NO_STICKS) -> tuple[Trouble, ...]:
        return stored_backups.make(self.settings, now, mounts)

    @property
    def names(self) -> list[str]:
        return names(self.box / "backups")


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_it_lies_beside_the_database_and_is_whole(home: Home) -> None:
    assert home.make() == ()
    (one,) = stored_backups.stored(home.box / "backups")
    assert (one.path.name, one.made) == ("textback-2026-11-27-0310.zip", NIGHT)
    assert one.size == one.path.stat().st_size
    assert not one.path.stat().st_mode & 0o077
    assert not one.path.parent.stat().st_mode & 0o077
    assert stored_backups.newest_whole(home.config, "") == one
    assert home.names == [one.path.name]


def test_old_ones_go(home: Home) -> None:
    for n in range(9):
        assert home.make(NIGHT + n * DAY) == ()
    days = [made_of(name) for name in home.names]
    # The last seven days; the week before has its newest, the Sunday, among them.
    assert days == sorted(backups.kept(NIGHT + n * DAY for n in range(9)))
    assert len(days) == 7


def test_what_a_power_cut_has_left_is_removed(home: Home) -> None:
    (home.box / "backups").mkdir()
    left = home.box / "backups" / f"{WORK}x"
    left.mkdir()
    (left / "textback.db").write_bytes(b"half")
    (home.box / "backups" / f"{files.PART}x").write_bytes(b"half")
    (home.box / "backups" / "notes.txt").write_bytes(b"mine")
    assert home.make() == ()
    assert home.names == ["notes.txt", name_of(NIGHT)]


def test_a_folder_and_a_marked_stick_get_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = tmp_path / "nas"
    more.mkdir()
    home = Home(tmp_path, f"[backup]\nfolder = {more}\n")
    monkeypatch.setattr(backups, "MOUNTED", (str(home.stick.parent),))
    mounts = f"/dev/sda1 {home.stick} vfat rw 0 0\n"
    assert home.make(mounts=mounts) == ()
    assert (names(more), names(home.stick)) == ([name_of(NIGHT)], [])  # nobody has marked it
    (home.stick / MARKER).touch()
    (home.stick / "holiday.jpg").touch()
    for n in range(1, 9):
        assert home.make(NIGHT + n * DAY, mounts) == ()
    assert names(more) == home.names
    assert names(home.stick) == sorted(["holiday.jpg", MARKER, *home.names])
    whole = (home.box / "backups" / home.names[-1]).read_bytes()
    assert (home.stick / home.names[-1]).read_bytes() == whole


def why_not(trouble: Trouble) -> str:
    return Trouble.from_text(str(trouble.values["why"])).code


def test_a_folder_that_is_away_is_told_and_not_made(tmp_path: Path) -> None:
    home = Home(tmp_path, f"[backup]\nfolder = {tmp_path / 'nas' / 'textback'}\n")
    (trouble,) = home.make()
    assert (trouble.code, why_not(trouble)) == (BackupTrouble.NOT_COPIED, FileTrouble.NOT_THERE)
    assert f"could not be copied to {tmp_path}/nas/textback. Is the path right" in sentence(trouble)
    assert home.names == [name_of(NIGHT)]
    assert not (tmp_path / "nas").exists()


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path) -> None:
    more = tmp_path / "nas"
    (more / name_of(NIGHT) / "in the way").mkdir(parents=True)
    home = Home(tmp_path, f"[backup]\nfolder = {more}\n")
    (trouble,) = home.make()
    assert (trouble.code, why_not(trouble)) == (BackupTrouble.NOT_COPIED, FileTrouble.FAILS)
    assert names(more) == [name_of(NIGHT)]


def test_with_too_little_room_none_is_made(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "SPARE", 2**60)
    (trouble,) = home.make()
    assert trouble.code == BackupTrouble.NO_ROOM
    assert home.names == []


def no_folder(home: Home) -> None:
    (home.box / "backups").write_bytes(b"a file where the folder should be")


HARM: dict[str, tuple[Callable[[Home], object], str]] = {
    "damaged": (lambda home: spoil(database(home.box), "message"), BackupTrouble.DAMAGED),
    "gone": (lambda home: database(home.box).unlink(), DatabaseTrouble.MISSING),
    "no config": (lambda home: home.config.unlink(), BackupTrouble.NOT_MADE),
    "no folder": (no_folder, BackupTrouble.NOT_MADE),
}


@pytest.mark.parametrize(("harm", "code"), HARM.values(), ids=HARM)
def test_what_keeps_it_from_being_made_is_told(home: Home, harm: Callable[[Home], object], code: str) -> None:
    harm(home)
    (trouble,) = home.make()
    assert trouble.code == code
    assert sentence(trouble)


# ---- the newest that is whole


def test_the_newest_that_is_whole_is_found(home: Home) -> None:
    for n in range(3):
        home.make(NIGHT + n * DAY)
    last, middle, _first = stored_backups.stored(home.box / "backups")
    last.path.write_bytes(last.path.read_bytes()[:-2000])
    assert stored_backups.newest_whole(home.config, "") == middle
    with zipfile.ZipFile(middle.path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(middle.path, "w") as archive:
        for name, part in {**parts, "config.ini": b"[shop]\nname = Somebody else\n"}.items():
            archive.writestr(name, part)
    found = stored_backups.newest_whole(home.config, "")
    assert found is not None
    assert found.made == NIGHT
    assert len(home.names) == 3


def test_a_protected_one_is_found_by_its_passphrase(tmp_path: Path) -> None:
    home = Home(tmp_path, f"[backup]\npassphrase = {PASSPHRASE}\n")
    home.make()
    assert ANN.encode() not in (home.box / "backups" / name_of(NIGHT)).read_bytes()
    assert stored_backups.newest_whole(home.config, "another") is None
    found = stored_backups.newest_whole(home.config, home.settings.backup.passphrase)
    assert found is not None


def test_where_there_is_none(home: Home) -> None:
    assert stored_backups.newest_whole(home.config, "") is None
    assert stored_backups.stored(home.box / "backups") == ()
