"""Root's folder of updates: packages that are kept, how far an update is, so that it goes on after a power cut, what came of
the last one. What is done, bridge/service/update knows."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from bridge import files
from bridge.rules.updating import Step
from bridge.service.handed_on import Handed

# TEXTBACK_UPDATES names another.
HOME = "/var/lib/textback-update"


class AlreadyUpdating(Exception):
    """Another update is on its way."""


@dataclass(frozen=True)
class Journal:
    """How far an update is; kept, so that it goes on after a power cut. old, new: versions. revision: of the tables before.
    ready_since: of the service before. was_ready: has it been ready since? boot: the system's start in which it began.
    trouble: what the page said of the database before."""

    step: Step
    old: str
    new: str
    architecture: str
    revision: str | None
    ready_since: str
    boot: str
    trouble: object = None
    was_ready: bool = False


class Home:
    """Root's folder: packages, how far an update is, and what came of the last one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.packages = folder / "packages"
        self._journal = folder / "journal.json"
        # The package that is being installed, for who goes on after a power cut (packaging/debian/textback-update.service).
        self._begun = folder / "begun"

    def make(self) -> None:
        """Makes the folders. Others may read what came of an update, and nothing else."""
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.packages.mkdir(mode=0o700, exist_ok=True)

    def package(self, version: str, architecture: str) -> Path:
        """Where the package of a version is kept."""
        return self.packages / f"textback_{version.replace(':', '%3a')}_{architecture}.deb"

    def journal(self) -> Journal | None:
        """That of an update that has begun and not ended."""
        try:
            told = json.loads(self._journal.read_bytes())
            return Journal(**{**told, "step": Step(told["step"])})
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def note(self, journal: Journal) -> None:
        """The next step is about to be done. On a full disk it is done all the same: to stop half-way would be worse."""
        with suppress(OSError):
            files.write_whole(self._journal, json.dumps(asdict(journal)).encode())
            if journal.step in (Step.INSTALL, Step.INSTALL_OLD):
                version = journal.new if journal.step is Step.INSTALL else journal.old
                files.write_whole(self._begun, os.fsencode(self.package(version, journal.architecture)))

    def end(self, handed: Handed) -> None:
        """Nothing is left to be done; what came of it is for the service to read."""
        with suppress(OSError):
            handed.write(self.folder)
        for file in (self._begun, self._journal):
            file.unlink(missing_ok=True)

    def keep_only(self, *versions: str) -> None:
        """Packages of other versions are needed no more."""
        for file in self.packages.glob("*.deb"):
            if not any(f"_{version.replace(':', '%3a')}_" in file.name for version in versions):
                file.unlink()


@contextmanager
def at_work(home: Home) -> Iterator[None]:
    """Only one update at a time. Raises AlreadyUpdating, and OSError where this user may not."""
    home.make()
    with (home.folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyUpdating from error
        yield
