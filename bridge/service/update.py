"""A newer release is installed, and the old one comes back where the new one is not well: the steps of bridge/rules/updating,
done as root. What is fetched lies in a folder of root's, and counts only by the makers' signature.

Everything that is needed is imported before the first step: by the next one the files are those of another release.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from bridge.config import Settings
from bridge.records import before_update
from bridge.records.engine import file_of
from bridge.rules.releases import (
    LARGEST_NOTICE,
    LARGEST_SIGNATURE,
    NOTICE,
    SIGNATURE,
    NoRelease,
    Notice,
    ReleaseTrouble,
    wanted,
)
from bridge.rules.updating import Facts, Outcome, Step, following
from bridge.service import packages, releases
from bridge.service.as_service import as_service
from bridge.service.handed_on import Handed
from bridge.service.update_journal import Home, Journal, at_work

# How long a release may take to become ready (seconds).
PATIENCE = 180


class NoPackage(Exception):
    """Textback is not installed as a package here."""


# ---- which release


def look(settings: Settings, now: datetime) -> Notice:
    """The newest release, where it is newer than the one that is here and for this machine. Raises NoRelease."""
    notice = releases.notice_at(_address(settings))
    present = packages.installed()
    wanted(notice, present[0] if present else version("textback"), releases.architecture(), now.date())
    return notice


def fetch(settings: Settings, home: Home, now: datetime) -> Notice:
    """The same, with its package fetched. Raises NoRelease, NoPackage and OSError."""
    address = _address(settings)
    notice = releases.notice_at(address)
    package = wanted(notice, _present(), releases.architecture(), now.date())
    _kept(home, notice, releases.fetch_package(package, address, home.packages))
    return notice


def take(file: Path, home: Home, now: datetime) -> Notice:
    """The release whose package somebody has in this file, notice and signature beside it. Nothing counts but the copies in
    root's folder. Raises NoRelease, NoPackage and OSError."""
    notice_file = file.parent / NOTICE
    content = _read(notice_file, LARGEST_NOTICE)
    signature = _read(Path(f"{notice_file}{SIGNATURE}"), LARGEST_SIGNATURE)
    notice = releases.signed_notice(content, signature, str(notice_file))
    package = wanted(notice, _present(), releases.architecture(), now.date())
    with file.open("rb") as opened:
        _kept(home, notice, releases.keep_package(package, releases.pieces_of(opened), home.packages))
    return notice


def _kept(home: Home, notice: Notice, package: Path) -> None:
    package.replace(home.package(notice.version, releases.architecture()))


def _read(file: Path, most: int) -> bytes:
    with file.open("rb") as opened:
        content = opened.read(most + 1)
    if len(content) > most:
        raise NoRelease(ReleaseTrouble.TOO_LARGE, address=str(file))
    return content


def _address(settings: Settings) -> str:
    if not settings.updates.url:
        raise NoRelease(ReleaseTrouble.NO_ADDRESS)
    return settings.updates.url


def _present() -> str:
    there = packages.installed()
    if there is None:
        raise NoPackage
    return there[0]


# ---- the steps


def begin(
    settings: Settings,
    file: Path | None,
    home: Home,
    clock: Callable[[], datetime],
    patience: float = PATIENCE,
) -> Handed:
    """Installs the newest release, or that in `file`; one that a power cut has ended goes on instead. clock: tells the time,
    UTC. patience: how many seconds a release may take to become ready. Returns what has become of it.

    Raises NoRelease, NoPackage, AlreadyUpdating and OSError where nothing has changed.
    """
    with at_work(home):
        update = _Update(home, settings, clock, patience)
        if begun := home.journal():
            return update.go_on(begun)
        try:
            notice = take(file, home, clock()) if file else fetch(settings, home, clock())
        except (NoRelease, OSError) as nothing:
            why = nothing.why.to_text() if isinstance(nothing, NoRelease) else ""
            home.end(Handed(Outcome.NOT_BEGUN, "", "", clock(), why))
            raise
        return update.install(notice.version)


class _Update:
    """Does each step, and tells how things stand then."""

    def __init__(
        self, home: Home, settings: Settings, clock: Callable[[], datetime], patience: float
    ) -> None:
        self._home = home
        self._settings = settings
        self._clock = clock
        self._patience = patience
        self._file = file_of(settings.storage.database)

    def install(self, version: str) -> Handed:
        """Installs this version, whose package lies in the folder."""
        self._forget_copy()  # that of an update long ago is not the data from before this one
        journal = Journal(
            Step.KEEP,
            _present(),
            version,
            releases.architecture(),
            _revision(self._settings),
            packages.ready_since(),
            _boot(),
            packages.database_trouble(self._settings.web),
        )
        return self.go_on(journal)

    def go_on(self, journal: Journal) -> Handed:
        """Does the steps from this one on; those of an update that a power cut has ended are found in its journal."""
        step: Step | Outcome = journal.step
        while isinstance(step, Step):
            journal = replace(journal, step=step, was_ready=journal.was_ready or _has_been_ready(journal))
            self._home.note(journal)
            step = following(step, self._do(journal))
        handed = Handed(step, journal.old, journal.new, self._clock())
        if step is Outcome.DONE:
            self._home.keep_only(journal.old, journal.new)
            self._forget_copy()
        self._home.end(handed)
        return handed

    def _do(self, journal: Journal) -> Facts:
        """One step."""
        old, new = (self._home.package(one, journal.architecture) for one in (journal.old, journal.new))
        match journal.step:
            case Step.KEEP:
                return Facts(old.exists() or packages.keep_present(old))
            case Step.INSTALL:
                return self._facts(packages.install(new), journal)
            case Step.WAIT | Step.WAIT_OLD:
                ready = packages.is_ready(self._settings.web, journal.trouble, self._patience)
                return self._facts(ready, journal)
            case Step.PUT_BACK:
                return Facts(packages.stop() and self._put_back())
            case Step.INSTALL_OLD:
                return Facts(packages.install_old(old))

    def _facts(self, well: bool, journal: Journal) -> Facts:
        version, state = packages.installed() or ("", "")
        return Facts(
            well,
            unchanged=version == journal.old and packages.is_whole(state),
            # Of a server nobody knows here.
            same_tables=self._file is not None and _revision(self._settings) == journal.revision,
            was_ready=journal.was_ready or _has_been_ready(journal),
            has_copy=self._file is not None and before_update.copy_of(self._file).exists(),
        )

    def _put_back(self) -> bool:
        with suppress(OSError):
            if self._file is not None:
                file = self._file
                as_service(lambda: before_update.put_back(file))
                return True
        return False

    def _forget_copy(self) -> None:
        with suppress(OSError):
            if self._file is not None:
                file = self._file
                as_service(lambda: before_update.forget(file))


def _has_been_ready(journal: Journal) -> bool:
    """Has the service become ready since the update began? After a power cut nobody knows, and it counts as if it had."""
    now = packages.ready_since()
    return journal.boot != _boot() or now not in ("", "0", journal.ready_since)


def _revision(settings: Settings) -> str | None:
    file = file_of(settings.storage.database)
    if file is None or not file.exists():
        return None
    with suppress(OSError):
        return as_service(lambda: before_update.revision_of(file))
    return None


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
