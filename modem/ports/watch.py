"""Where ports appear: tells at once that something has come there, so that a modem that is plugged in again is not waited for
with a back-off; which ports there are, `discovery` says."""

import os
from contextlib import suppress
from pathlib import Path

from inotify_simple import INotify, flags

# Ports themselves, and udev's names for them, which come a little later.
PLACES = (Path("/dev"), Path("/dev/serial"), Path("/dev/serial/by-id"), Path("/dev/serial/by-path"))
# A node comes first, its rights and its other names after it.
_COMES = flags.CREATE | flags.MOVED_TO | flags.ATTRIB


class PortWatch:
    """wanted: what config.ini says of the port; where a path stands there, its folder is watched as well. Where the system
    cannot watch, nothing is ever told."""

    def __init__(self, wanted: str) -> None:
        self._places = (*PLACES, *((Path(wanted).parent,) if wanted.startswith("/") else ()))
        self._inotify: INotify | None = None
        with suppress(OSError):
            self._inotify = INotify(nonblocking=True)
        self._look()

    def files(self) -> list[int]:
        """What `select` waits for: readable when something has come."""
        return [] if self._inotify is None else [self._inotify.fileno()]

    def take(self) -> None:
        """It is known now; folders that have come are watched from here on."""
        if self._inotify is not None:
            with suppress(OSError):
                self._inotify.read(timeout=0)
        self._look()

    def close(self) -> None:
        """Watch no more."""
        if self._inotify is not None:
            self._inotify.close()
            self._inotify = None

    def _look(self) -> None:
        for place in self._places if self._inotify is not None else ():
            with suppress(OSError):
                assert self._inotify is not None
                self._inotify.add_watch(os.fspath(place), _COMES)
