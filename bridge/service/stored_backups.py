"""The backups that the box makes by itself: where they lie, how one is made and copied, which of them go, and the newest one
that is whole. When one is due, it does not know."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bridge import files
from bridge.config import Settings
from bridge.config.state_folder import state_folder
from bridge.rules import backups
from bridge.rules.backups import BackupTrouble, Stored, Unusable
from bridge.rules.troubles import FileTrouble
from bridge.service import backup
from bridge.service.backup_file import unpack
from modem.contract import Trouble

FOLDER = "backups"
MOUNTS = Path("/proc/self/mounts")


def folder(config_file: Path) -> Path:
    """Where the box with this config.ini keeps them."""
    return state_folder(config_file) / FOLDER


def stored(place: Path) -> tuple[Stored, ...]:
    """Those in a folder, the newest first; none where it cannot be read."""
    found = []
    with suppress(OSError):
        for file in place.iterdir():
            if (made := backups.made_of(file.name)) is not None:
                found.append(Stored(file, made, file.stat().st_size))
    return tuple(sorted(found, key=lambda one: one.made, reverse=True))


# ---- making one


def make(settings: Settings, now: datetime, mounts: str | None = None) -> tuple[Trouble, ...]:
    """Makes one, copies it to wherever else it is wanted, and removes old ones. mounts: as /proc/mounts has it, None for this
    machine's. What went wrong."""
    try:
        made = _make(settings, now)
    except Unusable as error:
        return (error.trouble,)
    except OSError as error:
        return (Trouble.of(BackupTrouble.NOT_MADE, why=files.why(error).to_text()),)
    wanted = _wanted(settings, MOUNTS.read_text("utf-8", "replace") if mounts is None else mounts)
    return tuple(trouble for place in wanted if (trouble := _copied(made, place)))


def _make(settings: Settings, now: datetime) -> Stored:
    """Raises Unusable and OSError."""
    place = folder(settings.path)
    place.mkdir(0o700, exist_ok=True)
    _clear(place)
    for left in place.glob(f"{backup.WORK}*"):
        shutil.rmtree(left, ignore_errors=True)
    database = backup.database_of(settings)
    needed = backups.room_needed(database.stat().st_size if database.exists() else 0)
    if shutil.disk_usage(place).free < needed:
        raise Unusable(Trouble.of(BackupTrouble.NO_ROOM, needed=needed // 2**20))
    target = place / backups.name_of(now)
    backup.make(settings, settings.path, target, settings.backup.passphrase, now)
    made = Stored(target, now.replace(second=0, microsecond=0), target.stat().st_size)
    _remove_old(place, made)
    return made


def _wanted(settings: Settings, mounts: str) -> Iterator[Path]:
    """Where a copy is to be, besides."""
    if settings.backup.folder:
        yield Path(settings.backup.folder)
    for stick in map(Path, backups.sticks(mounts)):
        with suppress(OSError):
            if (stick / backups.MARKER).exists():
                yield stick


def _copied(made: Stored, place: Path) -> Trouble | None:
    """Why it could not be copied there; None if it was."""
    try:
        if not place.is_dir():
            return _not_copied(place, Trouble(FileTrouble.NOT_THERE))
        _clear(place)
        _remove_old(place, made)
        files.copy_whole(made.path, place / made.path.name)
    except OSError as error:
        return _not_copied(place, files.why(error))
    return None


def _not_copied(place: Path, why: Trouble) -> Trouble:
    return Trouble.of(BackupTrouble.NOT_COPIED, folder=str(place), why=why.to_text())


def _remove_old(place: Path, made: Stored) -> None:
    """Old ones go from a folder in which this one lies, or soon will. Raises OSError."""
    others = [one for one in stored(place) if one.made != made.made]
    for one in backups.superfluous([made, *others], shutil.disk_usage(place).free):
        if one is not made:
            one.path.unlink(missing_ok=True)


def _clear(place: Path) -> None:
    """Removes what a power cut, or a stick that was pulled, has left of an earlier try. Raises OSError."""
    for left in place.glob(f"{files.PART}*"):
        left.unlink(missing_ok=True)


# ---- finding one


def newest_whole(config_file: Path, passphrase: str) -> Stored | None:
    """The newest of the box's own that can be restored, each looked through from its beginning to its end; None if there is
    none."""
    return next((one for one in stored(folder(config_file)) if _is_whole(one, passphrase)), None)


def _is_whole(one: Stored, passphrase: str) -> bool:
    with (
        suppress(Unusable, OSError),
        tempfile.TemporaryDirectory(prefix=backup.WORK, dir=one.path.parent) as place,
    ):
        unpack(one.path, Path(place), passphrase)
        return True
    return False
