"""A disk that may lose what was not synced: what is surely on it, and images of what may be on it after a power cut.

As on ext4 and f2fs: names change in order, a synced file has its name, a synced folder all names; of the octets written
since the last sync any sectors may be there or not, in any order.
"""

import os
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

from tests.torture.trace import Deed, Make, Move, Remove, Resize, Said, Sync, Write

SECTOR = 512
# How an image treats what was not synced: all of it is there, nothing of it, any whole writes, any sectors.
WAYS = ("all", "none", "writes", "sectors")
# Shared memory is none after a power cut; it is written past all calls, too.
NEVER = ("-shm", ".lock")


@dataclass
class File:
    """sure: its octets on the disk. pending: what was written since, (offset, octets), or (size, None)."""

    sure: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    end: int = 0

    def image(self, way: str, chance: random.Random) -> bytes:
        """What may be read from it afterwards."""
        octets = bytearray(self.sure)
        for place, data in self.pending if way != "none" else ():
            if way == "writes" and chance.random() < 0.5:
                continue
            if data is None:
                del octets[place:]
                octets.extend(bytes(place - len(octets)))
                continue
            for start in range(0, len(data), SECTOR) if way == "sectors" else (0,):
                if way == "sectors" and chance.random() < 0.5:
                    continue
                piece = data[start : start + SECTOR] if way == "sectors" else data
                octets.extend(bytes(max(0, place + start - len(octets))))
                octets[place + start : place + start + len(piece)] = piece
        return bytes(octets)

    def settle(self) -> None:
        """All of it is on the disk."""
        self.sure, self.pending = self.image("all", random.Random()), []


class Disk:
    """One folder of it. before: what lay there, by name, and is on the disk."""

    def __init__(self, folder: Path, before: dict[str, bytes]) -> None:
        self._folder = folder
        self._names = {str(folder / name): File(data, end=len(data)) for name, data in before.items()}
        self._sure = dict(self._names)
        # Changes of names that may not be on the disk: (name, what it is then).
        self._changes: list[tuple[tuple[str, File | None], ...]] = []

    def take(self, deed: Deed) -> None:
        """What was done to it."""
        match deed:
            case Make(path, emptied):
                self._make(path, emptied)
            case Write(path, data, offset):
                if file := self._names.get(path):
                    place = file.end if offset is None else offset
                    file.pending.append((place, data))
                    file.end = max(file.end, place + len(data))
            case Resize(path, size):
                if file := self._names.get(path):
                    file.pending.append((size, None))
                    file.end = size
            case Sync(path):
                self._sync(path)
            case Move(path, to):
                self._rename((path, None), (to, self._names[path]))
            case Remove(path):
                self._rename((path, None))
            case Said():
                pass
            case _:
                assert_never(deed)

    def _make(self, path: str, emptied: bool) -> None:
        if path not in self._names:
            self._rename((path, File()))
        elif emptied:
            self.take(Resize(path, 0))

    def _rename(self, *change: tuple[str, File | None]) -> None:
        self._changes.append(change)
        _apply(self._names, change)

    def _sync(self, path: str) -> None:
        file = self._names.get(path)
        if file is not None:
            file.settle()
        if file is None or any(file is other for change in self._changes for _, other in change):
            for change in self._changes:
                _apply(self._sure, change)
            self._changes = []

    def image(self, way: str, chance: random.Random) -> dict[str, bytes]:
        """What may lie there after a power cut, by name; shared memory does not."""
        kept = {"all": len(self._changes), "none": 0}.get(way, chance.randint(0, len(self._changes)))
        names = dict(self._sure)
        for change in self._changes[:kept]:
            _apply(names, change)
        return {
            os.path.relpath(path, self._folder): file.image(way, chance)
            for path, file in names.items()
            if not path.endswith(NEVER)
        }


def _apply(names: dict[str, File], change: tuple[tuple[str, File | None], ...]) -> None:
    for path, file in change:
        names.pop(path, None)
        if file is not None:
            names[path] = file
