"""A stand-in for a memory card: an ext4 of its own on a loop device that counts what is written to it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

SIZE_MB = 1024
SECTOR = 512
# Of /sys/block/*/stat (the kernel's Documentation/block/stat.rst).
WRITES, SECTORS_WRITTEN, FLUSHES = 4, 6, 15


@dataclass(frozen=True)
class Written:
    """What has come to a device since it was made."""

    octets: int
    writes: int
    flushes: int

    def __sub__(self, before: "Written") -> "Written":
        return Written(
            self.octets - before.octets, self.writes - before.writes, self.flushes - before.flushes
        )


class Card:
    """folder: where it is mounted, as a Pi mounts its own. device: the name of its block device."""

    def __init__(self, folder: Path, device: str) -> None:
        self.folder, self._device = folder, device

    def written(self) -> Written:
        """So much, with what the kernel has held back until now."""
        _run("sync", "--file-system", self.folder)
        fields = [int(word) for word in Path(f"/sys/block/{self._device}/stat").read_text().split()]
        return Written(fields[SECTORS_WRITTEN] * SECTOR, fields[WRITES], fields[FLUSHES])


def missing() -> str:
    """What this machine lacks for it, in words; "" for nothing."""
    if os.geteuid() or not Path("/dev/loop-control").exists():
        return "it needs root and /dev/loop-control"
    return "" if shutil.which("mke2fs") else "Debian's e2fsprogs is not installed"


@contextmanager
def a_card(folder: Path) -> Iterator[Card]:
    """One that is empty; its files lie in this folder."""
    disk, point = folder / "card.img", folder / "card"
    with disk.open("wb") as file:
        file.truncate(SIZE_MB << 20)
    # All of it is made now: what mke2fs leaves to the kernel would be written while we count.
    lazy = "lazy_itable_init=0,lazy_journal_init=0"
    _run("mke2fs", "-q", "-t", "ext4", "-b", "4096", "-E", lazy, disk)
    point.mkdir()
    with ExitStack() as ends:
        device = _run("losetup", "--find", "--show", disk).strip()
        ends.callback(_run, "losetup", "--detach", device)
        _run("mount", "-t", "ext4", "-o", "noatime", device, point)
        ends.callback(_run, "umount", point)
        yield Card(point, Path(device).name)


def _run(*command: object) -> str:
    return subprocess.run([*map(str, command)], check=True, capture_output=True, text=True).stdout
