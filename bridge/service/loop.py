"""The one thread that empties the inbox: owner of every decision and of the outbox's states. It takes an item, has it handled
in one transaction, does what follows after the commit, and what is due by then. It knows no item and no job itself.
"""

from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from queue import Empty

from sqlalchemy import Engine
from sqlmodel import Session

from bridge.clock import Clock
from bridge.config import Settings
from bridge.contract.health import health_json, release_id
from bridge.contract.status import LineStatus, Status
from bridge.handlers.calls import CallHandler
from bridge.handlers.hooks import Hooks
from bridge.handlers.incoming import IncomingTexts
from bridge.handlers.outbox import Outbox
from bridge.handlers.page_requests import PageRequests
from bridge.handlers.shop import ShopState
from bridge.records import device, tokens, users
from bridge.records.engine import Heartbeat
from bridge.records.postgresql import RowHeartbeat
from bridge.service.answers import Answers
from bridge.service.backup_watch import BackupWatch
from bridge.service.clock_watch import ClockWatch
from bridge.service.database_file import DatabaseFile
from bridge.service.database_watch import DatabaseWatch
from bridge.service.dispatch import Handlers
from bridge.service.failures import Failures
from bridge.service.handed_on import Updater
from bridge.service.hook_watch import HookWatch
from bridge.service.housekeeping import HOUR, Housekeeping, Periodic, due
from bridge.service.inbox import HooksDue, Inbox, InboxItem, Stop, ThreadFailed
from bridge.service.led import Led
from bridge.service.lines import LineHandle
from bridge.service.list_watch import ListWatch
from bridge.service.machine_watch import MachineWatch
from bridge.service.mqtt_watch import MqttWatch
from bridge.service.rehearsal import rehearse
from bridge.service.release_watch import ReleaseWatch
from bridge.service.service_trial import ServiceTrial
from bridge.service.settings_watch import SettingsWatch
from bridge.service.steps import Steps
from bridge.service.transactions import Effects, Step, Transactions
from bridge.service.worker import Job
from modem.contract import Coded, Request

# Rows that other processes write, and texts that fall due, are looked for so often (seconds).
PATIENCE = 2.0
# How often it is noted that the box is alive (seconds).
BEAT = 60.0
# How often long texts are looked through for parts that never came (seconds).
TEND = 600.0
# How often the machine is looked at (seconds).
LOOK_AT_MACHINE = 300.0
# The calendar keeps house at night; a box that is switched off then does so after its start (seconds).
FIRST_TIDY = 600.0
# A box that ends because somebody at the page wants it first lets the page say so (seconds).
FAREWELL = 3.0
# A newer release is looked for at night, and so long after a start; what came of an update is looked for so often (seconds).
FIRST_LOOK, HEED = 300.0, 10.0
NEVER = float("inf")


class Loop:
    """reload: reads the configuration again if it has changed (None if not); raises ConfigError. give_work: gives a job to the
    thread for what takes long. set_calendar: sets the shop's calendar anew, by these settings and the clock of now.
    file: the database's. goes_on: called each time it comes round, every two seconds at least, with the monotonic time.
    updater: the system's part in updates, if it is there."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        inbox: Inbox,
        requests: Mapping[str, Callable[[Request], None]],
        clock: Clock,
        reload: Callable[[], Settings | None],
        heartbeat: Heartbeat | RowHeartbeat,
        give_work: Callable[[Job], None],
        set_calendar: Callable[[Settings], None],
        file: DatabaseFile,
        handed_over: frozenset[int] | None = None,
        settled: Callable[[], None] = lambda: None,
        goes_on: Callable[[float], None] = lambda _now: None,
        updater: Updater | None = None,
    ) -> None:
        # The texts that the last run may have handed to a modem, None where nobody knows; what is done once it is settled what
        # has become of them, before any text goes out.
        self._handed_over, self._settled = handed_over, settled
        self._goes_on = goes_on
        self.inbox = inbox
        self._engine = engine
        self._clock = clock
        self._heartbeat = heartbeat
        self._set_calendar = set_calendar
        self._lines = {name: LineHandle(request, LineStatus(name)) for name, request in requests.items()}
        self._file = file
        self._shop = ShopState(settings, clock)
        hooks = Hooks(self._shop, self._health)
        self._hooks = HookWatch(hooks, self._shop, give_work, partial(inbox.put, HooksDue()))
        self._transactions = Transactions(
            engine,
            self._publish,
            lambda error: self._database.mend(error),
            self._hooks.begins,
            self._hooks.ends,
        )
        outbox = Outbox(self._shop)
        self._calls = CallHandler(self._shop, outbox, lambda: self._transactions.changes)
        incoming = IncomingTexts(self._shop, self._calls)
        self._lists = ListWatch(self._shop, give_work)
        self._trial = ServiceTrial(self._shop, give_work)
        self._releases = ReleaseWatch(self._shop, give_work, updater)
        self._settings = SettingsWatch(self._shop, reload, self._settings_changed)
        self._clock_watch = ClockWatch(clock, self._calls, self._attempt, self._calendar_anew)
        self._database = DatabaseWatch(
            file,
            self._shop,
            self._calls,
            self._attempt,
            self._begin,
            lambda: self._transactions.changes,
            give_work,
        )
        self._machine = MachineWatch(self._shop, give_work)
        self._led = Led()
        self._backups = BackupWatch(self._shop, give_work)
        self._mqtt = MqttWatch(
            self._shop,
            lambda: tuple(line.status for line in self._lines.values()),
            lambda: self._transactions.changes,
            inbox.put,
            lambda error: inbox.put(ThreadFailed(error)),
        )
        answers = Answers(self._lines, lambda: self.status)
        house = Housekeeping(
            engine,
            clock,
            self._shop,
            incoming,
            self._lists,
            self._releases,
            give_work,
            self._database.check,
            self._backups.nightly,
        )
        handlers = Handlers(
            inbox.put,
            clock,
            self._lines,
            self._calls,
            incoming,
            outbox,
            PageRequests(self._shop, self._calls, hooks),
            answers,
            house,
            self._lists,
            self._trial,
            self._releases,
            self._settings,
            self._database,
            self._machine,
            self._backups,
            self._mqtt,
            self._hooks,
            self._start_again,
            self._publish,
        )
        self._failures = Failures(self._transactions.once, Steps(inbox, handlers), handlers)
        start = clock.monotonic()
        self.periodic = {
            "settings": Periodic(start + PATIENCE, PATIENCE, self._settings.look),
            "questions": Periodic(start + PATIENCE, PATIENCE, answers.look, answers.drop),
            "old rows": Periodic(start + PATIENCE, PATIENCE, house.delete_old_rows),
            "database": Periodic(start + PATIENCE, PATIENCE, self._database.heed_command),
            "backups": Periodic(start + PATIENCE, PATIENCE, self._backups.look),
            "alerts": Periodic(start + PATIENCE, PATIENCE, house.tell_the_owner),
            "voltage": Periodic(start + PATIENCE, PATIENCE, self._machine.look_at_voltage),
            "machine": Periodic(start + PATIENCE, LOOK_AT_MACHINE, self._machine.look),
            "mqtt": Periodic(start + PATIENCE, PATIENCE, self._mqtt.look),
            "snoozed": Periodic(start + PATIENCE, PATIENCE, house.bring_back_snoozed),
            "hooks": Periodic(start + PATIENCE, PATIENCE, self._hooks.look),
            "ping": Periodic(start + PATIENCE, PATIENCE, self._hooks.ping),
            "heartbeat": Periodic(start + PATIENCE, BEAT, self._beat),
            "first look for a release": Periodic(start + FIRST_LOOK, NEVER, self._look_for_release),
            "came of an update": Periodic(start + PATIENCE, HEED, self._releases.heed),
            "first tidying": Periodic(start + FIRST_TIDY, NEVER, house.tidy),
            "missed backup": Periodic(start + FIRST_TIDY, HOUR, house.make_up_for_backup),
            "hours": Periodic(start + HOUR + 1, HOUR, house.count_hours),
            "incomplete texts": Periodic(start + PATIENCE, TEND, house.tend),
        }
        self.status = Status(start)
        self._publish()

    # ---- for other threads

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._shop.settings

    @property
    def region(self) -> str:
        """The ISO code of the shop's country, by which national numbers are read."""
        return self._shop.region

    @property
    def changes(self) -> int:
        """How often a transaction has written."""
        return self._transactions.changes

    def stop(self) -> None:
        """Ask for the end: after what is in the inbox, or now where the database does not let it go on."""
        self._transactions.give_up()
        self.inbox.put(Stop())

    # ---- the thread

    def run(self) -> None:
        """Runs until Stop. Raises the error that a ThreadFailed carries."""
        self._transactions.once(self._begin)
        rehearse(self._engine, self.settings, self._clock)
        while not isinstance(item := self._next(), Stop):
            if isinstance(item, ThreadFailed):
                raise item.error
            self._clock_watch.look()
            self._database.look()
            if item is not None:
                self._failures.handle(item)
            for job in due(self.periodic.values(), self._clock.monotonic()):
                self._failures.do(job)
            for name in [name for name, line in self._lines.items() if line.is_free]:
                self._failures.send_one(name)
            self._publish()

    def finish(self) -> None:
        """Store what the modems have said at the last, when they have been stopped. Tries each item once."""
        self._transactions.give_up()
        while not self.inbox.empty():
            item = self.inbox.get()
            if not isinstance(item, Stop | ThreadFailed):
                self._failures.handle_alone(item)
        self._led.give_back()
        self._mqtt.close()

    def _next(self) -> InboxItem | None:
        try:
            return self.inbox.get(timeout=PATIENCE)
        except Empty:
            return None

    def _begin(self, session: Session) -> Effects:
        """The first step: brings the tables to this release and recalls what the last run knew."""
        self._file.open()
        self._shop.recall(session)
        self._backups.recall(session)
        effects = self._database.begin(session)
        users.make_session_key(session)
        tokens.make_signing_key(session)
        device.device_id(session)
        users.setup_code(session)
        self._clock_watch.begin(session)
        if (last := self._heartbeat.last(session)) is not None:
            self._calls.away_since = dict.fromkeys(self._lines, last)
        settling = partial(self._attempt, self._settle)
        return [*self._hooks.recall(session), settling, self._lists.read, self._calendar_anew, *effects]

    def _settle(self, session: Session) -> Effects:
        self._calls.settle_left_over(session, self._handed_over)
        return [self._has_settled, *self._hooks.started(session)]

    def _has_settled(self) -> None:
        """What the last run knew holds no longer, should the database be begun anew in this one."""
        self._handed_over = None
        self._settled()

    def _attempt(self, step: Step) -> None:
        self._failures.attempt(step)

    def _beat(self, session: Session) -> Effects:
        self._heartbeat.beat(session, self._clock.utc())
        self._clock_watch.note_doubt(session)
        return []

    def _start_again(self) -> None:
        """Ends soon; whoever runs the box starts it again."""
        self.periodic["end"] = Periodic(self._clock.monotonic() + FAREWELL, NEVER, self._end)

    def _end(self, _session: Session) -> Effects:
        return [partial(self.inbox.put, Stop())]

    def _look_for_release(self, _session: Session) -> Effects:
        return [self._releases.look]

    def _settings_changed(self, changed: Settings) -> None:
        self._lists.read()
        self._set_calendar(changed)

    def _calendar_anew(self) -> None:
        self._set_calendar(self.settings)

    def _health(self, failed: int) -> dict[str, object]:
        """What the box says of itself. failed: texts that have, lately."""
        release = version("textback")
        return health_json(self.status, failed, release, release_id(release))

    def _publish(self) -> None:
        """Replaces the status that the page sees; each time round, and while the database is waited for."""
        self._goes_on(self._clock.monotonic())
        now = self._clock.utc()
        self.status = Status(
            self._clock.monotonic(),
            tuple(line.status for line in self._lines.values()),
            self._transactions.trouble,
            self._settings.trouble,
            self._clock.doubt(),
            self._database.standstill,
            Coded.from_text(self._shop.breaker) if self._shop.breaker else None,
            self._shop.paused_now(now),
            self._shop.closed_now(now),
            self._lists.troubles,
            self._trial.last,
            self._machine.machine,
            (*self._machine.troubles, *([self._led.trouble] if self._led.trouble else [])),
            self._backups.now,
            self._releases.offer if self.settings.updates.check else None,
            self._releases.wanted,
            self._releases.last,
            self._mqtt.trouble,
        )
        self._shop.take_troubles(self.status.troubles)
        self._led.show(self.settings.notify.led, well=not self.status.alarms)
