"""The threads for what takes long and decides nothing: reading block lists, telling Apprise services, checking
the database's file, looking at the machine, making backups, looking for newer releases, telling hooks. They own nothing: a
job comes in, and what came of it goes to the loop's inbox. Without jobs they sleep."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import assert_never

from bridge.config import Settings
from bridge.records.engine import is_sound
from bridge.rules import blocklists
from bridge.rules.backups import Stored
from bridge.rules.machine import Machine
from bridge.rules.releases import NoRelease, Notice, wanted
from bridge.rules.services import Told
from bridge.service import blocklist_files, hook_sender, machine, releases, stored_backups
from bridge.service.hook_sender import HookTried, SendHook
from modem.contract import Coded, Trouble

log = logging.getLogger(__name__)

# How long the services may take to be told (seconds).
PATIENCE = 90
# So many hooks are told side by side.
HOOKS_AT_ONCE = 4


@dataclass(frozen=True)
class ReadLists:
    """Read the block lists again if their files have changed. seen: how they were when they were last read."""

    paths: tuple[str, ...]
    base: Path
    region: str
    seen: object = None


@dataclass(frozen=True)
class ListsRead:
    """job: what was asked for. lists: None where nothing has changed."""

    job: ReadLists
    seen: object
    lists: blocklists.BlockLists | None


@dataclass(frozen=True)
class Announce:
    """Tell an alert to Apprise services."""

    alert_id: int
    urls: tuple[str, ...]
    title: str
    body: str


@dataclass(frozen=True)
class Announced:
    """told: were all of the services told?"""

    alert_id: int
    told: bool


@dataclass(frozen=True)
class TellServices:
    """Send a test to Apprise services, to learn what each of them says."""

    urls: tuple[str, ...]
    title: str
    body: str


@dataclass(frozen=True)
class ServicesTold:
    """came: what came of it at each service, as codes of bridge/rules/services."""

    came: tuple[Coded, ...]


@dataclass(frozen=True)
class CheckDatabase:
    """Look through the whole database file, whether it is sound."""

    path: Path


@dataclass(frozen=True)
class DatabaseChecked:
    """sound: None where it could not be found out: it took too long, or the file was locked."""

    sound: bool | None


@dataclass(frozen=True)
class LookAtMachine:
    """See how the machine is. folder: where the database lies, None if it is on a server."""

    folder: Path | None


@dataclass(frozen=True)
class MachineSeen:
    """What the machine says about itself."""

    machine: Machine


@dataclass(frozen=True)
class BackUp:
    """Make a backup, and copy it to wherever the shop wants it. now: UTC."""

    settings: Settings
    now: datetime


@dataclass(frozen=True)
class BackedUp:
    """troubles: why it was not made, or where it could not be copied to; none if all is well."""

    troubles: tuple[Trouble, ...]


@dataclass(frozen=True)
class FindBackup:
    """Look for the newest of the box's own backups that is whole."""

    config_file: Path
    passphrase: str = field(repr=False)


@dataclass(frozen=True)
class BackupFound:
    """backup: None if none is whole."""

    backup: Stored | None


@dataclass(frozen=True)
class LookForRelease:
    """Look whether a newer release can be had. address: of its notice; present: the version that runs; today: in UTC."""

    address: str
    present: str
    today: date


@dataclass(frozen=True)
class ReleaseLooked:
    """notice: of the newer release, None where none can be had; why: what stood in the way, a ReleaseTrouble."""

    notice: Notice | None
    why: Coded | None = None


Job = (
    ReadLists
    | Announce
    | TellServices
    | CheckDatabase
    | LookAtMachine
    | BackUp
    | FindBackup
    | LookForRelease
    | SendHook
)
Result = (
    ListsRead
    | Announced
    | ServicesTold
    | DatabaseChecked
    | MachineSeen
    | BackedUp
    | BackupFound
    | ReleaseLooked
    | HookTried
)


class Worker:
    """Does one job after the other, in a thread of its own, and puts what came of it. died: told when the thread fails."""

    def __init__(
        self, put: Callable[[Result], None], died: Callable[[BaseException], None], name: str
    ) -> None:
        self._put = put
        self._died = died
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def ask(self, job: Job) -> None:
        """Queues a job; what comes of it goes to `put`."""
        self._jobs.put(job)

    def end(self) -> None:
        """End after the job in hand."""
        self._jobs.put(None)

    def close(self, patience: float = 1.0) -> None:
        """End, and wait so long (seconds): a service on the internet that does not answer is not waited for."""
        self.end()
        self._thread.join(timeout=patience)

    def _run(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                self._put(_done(job))
        except Exception as error:  # noqa: BLE001 -- the one at the top of a thread, which ends the process
            self._died(error)


class Workers:
    """One for backups, which wait for as long as a share on the network does not answer; some for hooks, so that one receiver
    does not wait for another; and one for everything else."""

    def __init__(self, put: Callable[[Result], None], died: Callable[[BaseException], None]) -> None:
        self._backups, self._others = Worker(put, died, "backups"), Worker(put, died, "worker")
        self._hooks = [Worker(put, died, f"hooks {slot}") for slot in range(HOOKS_AT_ONCE)]

    def start(self) -> None:
        """Starts the threads."""
        for worker in (self._backups, self._others, *self._hooks):
            worker.start()

    def ask(self, job: Job) -> None:
        """Queues a job; what comes of it goes to `put`."""
        match job:
            case SendHook(slot=slot):
                self._hooks[slot].ask(job)
            case BackUp() | FindBackup():
                self._backups.ask(job)
            case _:
                self._others.ask(job)

    def close(self) -> None:
        """End after the jobs in hand, or without what takes long."""
        for worker in self._hooks:
            worker.end()
        for worker in (self._backups, self._others):
            worker.close()
        for worker in self._hooks:
            worker.close(patience=0.1)


def _done(job: Job) -> Result:
    match job:
        case ReadLists():
            return read_lists(job)
        case Announce():
            return announce(job)
        case TellServices(urls=urls, title=title, body=body):
            return ServicesTold(tell(urls, title, body))
        case CheckDatabase(path=path):
            return DatabaseChecked(is_sound(path))
        case LookAtMachine(folder=folder):
            return MachineSeen(machine.look(folder))
        case BackUp(settings=settings, now=now):
            return BackedUp(stored_backups.make(settings, now))
        case FindBackup(config_file=config_file, passphrase=passphrase):
            return BackupFound(stored_backups.newest_whole(config_file, passphrase))
        case LookForRelease():
            return look_for_release(job)
        case SendHook():
            return hook_sender.send(job)
        case _:
            assert_never(job)


def read_lists(job: ReadLists) -> ListsRead:
    """The block lists, read again if the files or the region have changed; else `lists` is None."""
    seen = (job.region, blocklist_files.stamps(job.paths, job.base))
    if seen == job.seen:
        return ListsRead(job, seen, None)
    return ListsRead(job, seen, blocklist_files.load(job.paths, job.base, job.region))


def look_for_release(job: LookForRelease) -> ReleaseLooked:
    """The notice of a newer release, or why there is none."""
    try:
        notice = releases.notice_at(job.address)
        wanted(notice, job.present, releases.architecture(), job.today)
        return ReleaseLooked(notice)
    except NoRelease as nothing:
        return ReleaseLooked(None, nothing.why)


def announce(job: Announce) -> Announced:
    """Tells the services of an alert."""
    came = tell(job.urls, job.title, job.body)
    told = all(one.code == Told.DELIVERED for one in came)
    if not told:
        log.warning("Not all of the services in [notify] urls were told.")
    return Announced(job.alert_id, told=told)


def tell(urls: tuple[str, ...], title: str, body: str) -> tuple[Coded, ...]:
    """What came of it at each service, or at none. In a process of its own: Apprise is large, seldom used, and its plugins are
    written by many people."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "bridge.service.apprise_process"],
            input=json.dumps({"urls": urls, "title": title, "body": body}),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return tuple(Coded.from_text(one) for one in json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        log.warning("The services in [notify] urls did not answer within %d seconds.", PATIENCE)
        return (Coded.of(Told.ALL_SLOW, seconds=PATIENCE),)
    except OSError as error:
        log.warning("Apprise could not be started: %s.", error.strerror)
    except ValueError:
        log.warning("Apprise ended with code %d before it told what came of it.", done.returncode)
    return (Coded(Told.NOT_STARTED),)
