"""The notes that are made just before a PDU is handed to a modem, in a file of their own: they tell the next run which texts
of the last one have certainly not gone out.

A note is not synced: that would cost the caller time, and it is needed only where this process alone has died, for then the
system still writes what it was given. After a loss of power the notes may be missing, so they count only if the system has
not been started since.
"""

import os
from contextlib import suppress
from pathlib import Path

from modem.errors import PortLost
from modem.troubles import Trouble, TroubleCode

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Which start of the system this is; empty where it does not tell."""
    with suppress(OSError):
        return BOOT_ID.read_text("ascii").strip()
    return ""


class HandOver:
    """The notes of one run. path: their file, closed to others, which `begin` makes anew; None: none are made."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._file: int | None = None

    def noted(self, boot: str) -> frozenset[int] | None:
        """Of which texts the last run has made a note, by their message ids: any other text of it has not gone out. None
        where nobody can know: there are no notes, or the system has been started since. boot: as boot_id."""
        if self._path is None:
            return None
        try:
            first, *noted = self._path.read_text("ascii").split()
            return frozenset(map(int, noted)) if boot and first == boot else None
        except (OSError, ValueError):
            return None

    def begin(self, boot: str) -> None:
        """The notes of this run; those of the last are gone. Where they cannot be kept there is no file, so that the next run
        takes nothing for certain."""
        self._give_up()
        if self._path is None or not boot:
            return
        try:
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL, 0o600)
            os.write(self._file, f"{boot}\n".encode("ascii"))
        except OSError:
            self._give_up()

    def note(self, message_id: int) -> None:
        """The PDU of this text is handed over next. Raises PortLost where the note cannot be made nor taken for made: then
        nothing may be handed over."""
        if self._file is None:
            return
        line = f"{message_id}\n".encode("ascii")
        try:
            if os.write(self._file, line) == len(line):
                return
        except OSError:
            pass
        self._give_up()
        if self._path is not None and self._path.exists():
            raise PortLost(Trouble(TroubleCode.NO_NOTE))

    def close(self) -> None:
        """No more notes; they stay."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _give_up(self) -> None:
        self.close()
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink()
