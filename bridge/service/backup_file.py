"""What is in a backup: opened, checked and unpacked; and of one whose end is missing, what can still be read."""

import io
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bridge import files
from bridge.records.engine import HEAD
from bridge.rules import addressbook
from bridge.rules.addressbook import Card
from bridge.rules.backups import (
    AUTHORITY,
    CONFIG,
    DATABASE,
    MANIFEST,
    NOT_TEXTED,
    BackupTrouble,
    Manifest,
    Unusable,
)
from bridge.rules.numbers import NOWHERE
from bridge.service.backup import KEY, SEALED, check, digest
from modem.contract import Trouble

# A zip: what stands before each entry, and of that its method, its packed size, and how long its name and what follows it are.
ZIP, HEADER = b"PK\x03\x04", struct.Struct("<8xH8xI4xHH")
DEFLATED = 8
# No table of people is larger (octets).
LARGEST = 64 * 2**20
OPENED = "opened"


def unpack(backup: Path, folder: Path, passphrase: str) -> tuple[Path, Manifest]:
    """Lays the parts of a backup into the folder, each as its manifest has it, the database whole. The zip in which they lie
    open, and what it says of itself. Raises Unusable, with the people who are not to be texted by what can be read; and
    OSError."""
    try:
        plain = _opened(backup, folder, passphrase)
        manifest = _unpacked(plain, folder, backup.name)
        check(folder / DATABASE)
    except Unusable as error:
        opened = folder / OPENED
        people = _read_of_half(opened if opened.exists() else backup)
        raise Unusable(error.trouble, tuple(people)) from error
    return plain, manifest


def _opened(backup: Path, folder: Path, passphrase: str) -> Path:
    """The backup itself, out of the zip around it if there is one; of one that is cut off, as much as there is."""
    with backup.open("rb") as file:
        there = dict(_parts(file))
        if KEY not in there or SEALED not in there:
            return backup
        if not passphrase:
            raise Unusable(Trouble.of(BackupTrouble.LOCKED, file=backup.name))
        import pyrage

        try:
            secret = pyrage.passphrase.decrypt(there[KEY].octets(file), passphrase)
        except (pyrage.DecryptError, zlib.error) as error:
            raise Unusable(Trouble.of(BackupTrouble.WRONG_PASSPHRASE, file=backup.name)) from error
        plain = folder / OPENED
        files.make_private(plain)
        try:
            with plain.open("wb") as written:
                key = pyrage.x25519.Identity.from_str(secret.decode())
                pyrage.decrypt_io(there[SEALED].begun(file), written, [key])
        except (pyrage.DecryptError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # the disk's, not the cipher's
            raise Unusable(Trouble.of(BackupTrouble.CUT_OFF, file=backup.name)) from error
        return plain


@dataclass(frozen=True)
class _Part:
    """Where an entry of a zip lies, by the header before it: the list of entries at the end may be missing."""

    deflated: bool
    begin: int
    size: int

    def octets(self, file: BinaryIO) -> bytes:
        """What it holds. Raises zlib.error."""
        file.seek(self.begin)
        packed = file.read(self.size)
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, LARGEST) if self.deflated else packed

    def begun(self, file: BinaryIO) -> io.RawIOBase:
        """The file from there on, up to its end."""
        file.seek(self.begin)
        return _Bounded(file, self.size)


class _Bounded(io.RawIOBase):
    """So many octets of a file, from where it stands."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As io has it."""
        got = self._file.read(min(len(buffer), self._left))
        buffer[: len(got)] = got
        self._left -= len(got)
        return len(got)


def _parts(file: BinaryIO) -> Iterator[tuple[str, _Part]]:
    """The entries of a zip, one behind the other, as far as there are any."""
    at = 0
    while True:
        file.seek(at)
        head = file.read(HEADER.size)
        if len(head) < HEADER.size or not head.startswith(ZIP):
            return
        method, size, names, extra = HEADER.unpack(head)
        name = file.read(names).decode("utf-8", "replace")
        begin = at + HEADER.size + names + extra
        yield name, _Part(method == DEFLATED, begin, size)
        at = begin + size


def _unpacked(plain: Path, folder: Path, name: str) -> Manifest:
    """Lays the parts of a zip into the folder, each as its manifest has it."""
    try:
        with zipfile.ZipFile(plain) as archive:
            manifest = Manifest.from_json(archive.read(MANIFEST))
            if manifest.revision > HEAD:
                raise Unusable(Trouble.of(BackupTrouble.NEWER, file=name, version=manifest.version))
            for part in (NOT_TEXTED, CONFIG, *({AUTHORITY} & manifest.parts.keys()), DATABASE):
                files.make_private(folder / part)
                with archive.open(part) as read, (folder / part).open("wb") as written:
                    shutil.copyfileobj(read, written)
                if digest(folder / part) != manifest.parts.get(part):
                    raise Unusable(Trouble.of(BackupTrouble.CHANGED, file=name, part=part))
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        KeyError,
        ValueError,
    ) as error:
        with plain.open("rb") as file:
            begun = file.read(len(ZIP)) == ZIP
        trouble = BackupTrouble.CUT_OFF if begun else BackupTrouble.NO_BACKUP
        raise Unusable(Trouble.of(trouble, file=name)) from error
    return manifest


def _read_of_half(plain: Path) -> list[Card]:
    """The table of a backup whose end is missing."""
    with plain.open("rb") as file, suppress(zlib.error):
        part = dict(_parts(file)).get(NOT_TEXTED)
        return list(addressbook.read(part.octets(file), NOWHERE).cards) if part else []
    return []
