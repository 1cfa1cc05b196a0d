"""The files that the box writes: readable by nobody else, whole or not at all; and what it means when the system refuses one.
What stands in them it does not know."""

import errno
import os
import shutil
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from bridge.rules.troubles import FileTrouble
from modem.contract import Trouble

# The most that others may do with a file of ours: its owner reads and writes it, its group reads it.
OURS, SHARED = 0o600, 0o640
# Octets that are written to see whether a disk takes any: as much as SQLite needs at its start, and some more.
TRIAL = 64 * 1024
# How a copy is called while it is made, and in what pieces (octets).
PART, COPIED_AT_ONCE = ".textback-part-", 256 * 1024
MEANING = {
    errno.ENOSPC: FileTrouble.DISK_FULL,
    errno.EFBIG: FileTrouble.DISK_FULL,  # the system lets this program write no larger file
    errno.EDQUOT: FileTrouble.QUOTA,
    errno.EROFS: FileTrouble.READ_ONLY_DISK,
    errno.EACCES: FileTrouble.NOT_ALLOWED,
    errno.EPERM: FileTrouble.NOT_ALLOWED,
    errno.EIO: FileTrouble.DISK_FAILS,
    errno.ENOENT: FileTrouble.NOT_THERE,
    errno.ENOTDIR: FileTrouble.NOT_THERE,
}


def why(error: OSError) -> Trouble:
    """Why the system refused a file: a `FileTrouble`."""
    known = MEANING.get(error.errno or 0)
    return Trouble(known) if known else Trouble.of(FileTrouble.FAILS, error=error.strerror or str(error))


def trial(folder: Path) -> Trouble | None:
    """Why nothing can be written into this folder, found out by writing; None if something can."""
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".trial-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(bytes(TRIAL))
                file.flush()
                os.fsync(file.fileno())
        finally:
            Path(name).unlink()
        if shutil.disk_usage(folder).free < TRIAL:
            return Trouble(FileTrouble.DISK_FULL)
    except OSError as error:
        return why(error)
    return None


# ---- who may read


def make_private(path: Path) -> None:
    """A file of ours that is there is closed to others; one that is not is made, empty, so that it is never open to them,
    whatever the umask. A file that is not ours, or cannot be made, is left to whoever opens it.

    An existing file is not opened: to close it again would take SQLite's locks from it, wherever in this process they are.
    """
    with suppress(OSError):
        close_to_others(path)
        return
    with suppress(OSError):
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, OURS)
        os.close(handle)


def close_to_others(path: Path) -> None:
    """Takes from a file what more than its owner and the readers of its group may do. Raises OSError."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode != (mode & SHARED) | OURS:
        path.chmod((mode & SHARED) | OURS)


def others_may(path: Path) -> bool:
    """May others than its owner and its group read or write this file? False where it cannot be looked at."""
    with suppress(OSError):
        return bool(path.stat().st_mode & 0o007)
    return False


# ---- writing


def write(path: Path, content: bytes) -> None:
    """Writes what somebody wants to have in this file, which only its owner may read then; a pipe or device stays as it is.
    Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, OURS)
    with os.fdopen(handle, "wb") as file:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            with suppress(PermissionError):
                os.fchmod(handle, OURS)
        file.write(content)


def write_whole(path: Path, content: bytes, like: Path | None = None) -> None:
    """Puts a file in its place in one step: after a power cut there is the old one or the new one. Only its owner may read it;
    like: a file whose owner, group and readers it gets, as far as ours may be read. Raises OSError; then nothing has
    changed."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), OURS)
            if like is not None:
                _belongs_as(file.fileno(), like.stat())
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise
    settle(path.parent)


def put(made: Path, target: Path) -> None:
    """Puts a file of ours that was made on the same disk in its place in one step. Raises OSError."""
    made.chmod(OURS)
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(target)
    settle(target.parent)


def copy_whole(source: Path, target: Path) -> None:
    """Puts a copy in its place in one step, on whatever disk: a stick or a share may know no owners. Raises OSError; then
    nothing is left of it, unless the disk has gone."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=PART)
    try:
        with os.fdopen(handle, "wb") as written, source.open("rb") as read:
            shutil.copyfileobj(read, written, COPIED_AT_ONCE)
            written.flush()
            os.fsync(written.fileno())
        Path(name).replace(target)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise
    settle(target.parent)


def link(there: Path, also: Path) -> None:
    """The same file under a second name; a copy, where the disk knows no such thing. Raises OSError."""
    try:
        os.link(there, also)
    except PermissionError:
        copy_whole(there, also)


def _belongs_as(handle: int, old: os.stat_result) -> None:
    """Owner and group as before; where only root may give the file away, it belongs to the box's user and to the old group."""
    for owner in (old.st_uid, -1):
        with suppress(PermissionError):
            os.fchown(handle, owner, old.st_gid)
            os.fchmod(handle, (old.st_mode & SHARED) | OURS)
            return


def settle(folder: Path) -> None:
    """Waits until the folder's entries are on the disk. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
