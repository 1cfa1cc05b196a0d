"""The start and stop order of the whole box, on one page; it may import any room, and decides nothing."""

import gc
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from bridge import config
from bridge.clock import Clock
from bridge.config import Settings
from bridge.config.secrets import open_with_secrets
from bridge.config.state_folder import state_folder
from bridge.contract.bridge import PATIENCE, Bridge
from bridge.contract.https import Https
from bridge.records import lines
from bridge.records.engine import file_of, open_engine, sole_service
from bridge.rules.settings import SIMULATOR, ModemSettings
from bridge.service import lan_name, restoring, stored_backups
from bridge.service.certificates import FOLDER, Certificates
from bridge.service.database_file import DatabaseFile
from bridge.service.handed_on import Updater
from bridge.service.inbox import Inbox, ThreadFailed
from bridge.service.loop import Loop
from bridge.service.ports import ports_of_this_machine
from bridge.service.schedule import Schedule
from bridge.service.systemd import Systemd, Watchdog
from bridge.service.worker import Workers
from bridge.words.troubles import sentence
from modem.contract import Request
from modem.line.driver import Driver, Line
from modem.line.hand_over import HandOver, boot_id
from modem.line.timing import Timing
from modem.simulator import Simulator
from web import create_app
from web.server import Server
from web.tls import Secure

log = logging.getLogger(__name__)


class PageUnavailable(Exception):
    """The page's address or port cannot be had; error: what the system says."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror or str(error))
        self.error = error


class Service:
    """Everything that runs. engine: the loop's, which writes; `url` is where the page is; `simulators` are those of lines whose
    port is `simulator`."""

    def __init__(
        self,
        settings: Settings,
        loop: Loop,
        engine: Engine,
        bridge: Bridge,
        url: str,
        simulators: dict[str, Simulator],
    ) -> None:
        self.settings = settings
        self.loop = loop
        self.engine = engine
        self.bridge = bridge
        self.url = url
        self.simulators = simulators


def _request(drivers: Mapping[str, Driver], name: str, request: Request) -> None:
    drivers[name].request(request)


@contextmanager
def running(
    settings: Settings,
    reload: Callable[[], Settings | None],
    clock: Clock | None = None,
    timing: Timing | None = None,
    patience: float = PATIENCE,
    also: int | None = None,
    also_https: int | None = None,
) -> Iterator[Service]:
    """Start everything but the loop, which the caller runs; at the end, stop everything in the opposite order.

    timing: how long the modem threads wait for what, if not as usual. patience: how long the page waits for the loop, in
    seconds. also, also_https: a second port for the page, and for it over HTTPS, which it does without if it cannot be had.

    Raises PageUnavailable where the page's port cannot be had, AlreadyRunning where another service works.
    """
    if opened := open_with_secrets(settings):
        log.warning("%s", sentence(opened))
    with ExitStack() as stack:
        heartbeat = stack.enter_context(sole_service(settings.storage.database))
        clock = clock or Clock()
        engine = open_engine(settings.storage.database, anew=True)
        file = DatabaseFile(settings.storage.database, engine, clock.utc)
        stack.callback(file.release)
        stack.callback(engine.dispose)
        with suppress(DatabaseError):  # the loop tries again, and the page says what is wrong
            file.open()
        simulators = {
            modem.name: stack.enter_context(Simulator())
            for modem in settings.modems
            if modem.port == SIMULATOR
        }
        drivers: dict[str, Driver] = {}
        systemd, inbox = Systemd(), Inbox()

        def failed(error: BaseException) -> None:
            inbox.put(ThreadFailed(error))

        workers, schedule = Workers(inbox.put, failed), Schedule(inbox.put)
        notes = HandOver(_beside(settings.storage.database, ".sending"))
        stack.callback(notes.close)
        boot = boot_id()
        loop = Loop(
            settings,
            engine,
            inbox,
            {modem.name: partial(_request, drivers, modem.name) for modem in settings.modems},
            clock,
            reload,
            heartbeat,
            workers.ask,
            schedule.set,
            file,
            notes.noted(boot),
            partial(notes.begin, boot),
            Watchdog(systemd, lambda: [driver.pulse for driver in drivers.values()]).feed,
            Updater.of(os.environ),
        )
        stack.callback(loop.finish)
        workers.start()
        stack.callback(workers.close)
        stack.callback(schedule.close)
        page_engine = open_engine(settings.storage.database, read_only=True)
        stack.callback(page_engine.dispose)
        file.is_used_by(page_engine)
        bridge = Bridge(
            page_engine,
            settings=lambda: loop.settings,
            status=lambda: loop.status,
            region=lambda: loop.region,
            put=inbox.put,
            now=clock.utc,
            machine=ports_of_this_machine,
            changes=lambda: loop.changes,
            patience=patience,
            backups=lambda: stored_backups.stored(stored_backups.folder(settings.path)),
            lay_backup=lambda file, passphrase: restoring.lay(file, settings.path, passphrase),
            https=lambda: Https(server.secure_port, server.port, certificates.authority, server.why_not),
        )
        certificates = Certificates(
            _state_folder(settings) / FOLDER,
            socket.gethostname(),
            lambda: _further_names(loop.settings),
            clock,
        )
        secure = Secure(
            lambda: loop.settings.web.https == "own",
            certificates.context,
            settings.web.https_port,
            also_https,
        )
        server = Server(create_app(bridge), settings.web.host, settings.web.port, also, secure)
        try:
            server.start()
        except OSError as error:
            raise PageUnavailable(error) from error
        stack.callback(server.stop)
        for modem in settings.modems:
            port = simulators[modem.name].port if modem.name in simulators else modem.port
            pin, others = _remembered(engine, modem, settings)
            line = Line(modem.name, str(port), modem.baud, pin, modem.family, others)
            drivers[modem.name] = Driver(line, inbox.put, failed, timing=timing, notes=notes)
            drivers[modem.name].start()
            stack.callback(drivers[modem.name].close)
        systemd.ready()
        stack.callback(systemd.stopping)
        yield Service(settings, loop, engine, bridge, server.url, simulators)


def _beside(url: str, suffix: str) -> Path | None:
    """A file of ours beside that of the database; None where there is none."""
    file = file_of(url)
    return Path(f"{file}{suffix}") if file is not None else None


def _further_names(settings: Settings, folder: Path = lan_name.FOLDER) -> tuple[str, ...]:
    """What else the page is called, besides what certificates hold for anyway. folder: where its name on the network is."""
    found = lan_name.known(folder)
    return (*settings.web.names, found) if found else settings.web.names


def _state_folder(settings: Settings) -> Path:
    """Where the box keeps what it makes: beside the database; if that is on a server, where systemd says, or beside
    config.ini."""
    file = file_of(settings.storage.database)
    return file.parent if file is not None else state_folder(settings.path)


def _remembered(
    engine: Engine, modem: ModemSettings, settings: Settings
) -> tuple[str | None, frozenset[str]]:
    """What earlier runs know: the PIN, "" if the SIM has refused it, and which modems belong to other lines."""
    with suppress(DatabaseError), Session(engine) as session:
        refused = modem.pin is not None and lines.pin_was_refused(session, modem.name, modem.pin)
        others = lines.marks_of_others(session, modem.name, [other.name for other in settings.modems])
        return "" if refused else modem.pin, others
    return modem.pin, frozenset()


def run_until_told(service: Service) -> None:
    """The loop, on this thread, until SIGTERM or Ctrl-C. Raises the error that ended one of the box's threads."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: service.loop.stop())
    gc.collect()
    gc.freeze()  # what is there now stays: a later collection need not walk through it while a caller waits
    service.loop.run()


def reloader(
    path: Path, in_force: bool = True, taken: Callable[[Path], None] = lambda _: None
) -> Callable[[], Settings | None]:
    """Reads config.ini again when its file has changed. in_force: are the settings that the box starts with those of the file?
    Else it is read at once. taken: called with a file that is right."""
    seen = _stamp(path) if in_force else None

    def reload() -> Settings | None:
        nonlocal seen
        now = _stamp(path)
        if now == seen:
            return None
        seen = now
        settings = config.load(path)
        taken(path)
        return settings

    return reload


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
