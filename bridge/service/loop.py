"""The one inbox and the one thread that empties it: owner of every decision and of the outbox's states.

Each message is handled in one transaction; what it makes others do (a request to a modem, an answer to the page) happens
after the commit. A database that is full or locked is expected: the message stays in hand, nothing is sent, nothing is
deleted from the SIM, and it is tried again until it works.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from queue import Empty, SimpleQueue
from typing import assert_never

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError
from sqlmodel import Session

from bridge.clock import Clock
from bridge.config import ConfigError, Settings
from bridge.contract.bridge import Envelope
from bridge.contract.requests import DryRun, ReadSettings, TryAgain
from bridge.contract.status import LineStatus, Status
from bridge.handlers import calendar, owner_alerts
from bridge.handlers.calendar import CalendarJob
from bridge.handlers.calls import CallHandler
from bridge.handlers.incoming import IncomingTexts
from bridge.handlers.outbox import Outbox
from bridge.handlers.page_requests import PageRequests
from bridge.handlers.shop import ShopState
from bridge.records import alerts, clock_shift, incidents, lines, retention, users, views
from bridge.records.engine import Heartbeat, migrate, optimise, plain_trouble
from bridge.records.rows import id_of
from bridge.service import questions
from bridge.service.inbox import AfterCommit, Inbox, InboxItem, JobDue, Stop, ThreadFailed
from bridge.service.lines import LineHandle
from bridge.service.rehearsal import rehearse
from bridge.service.transactions import LoopSession
from bridge.service.worker import Announce, Announced, Job, ListsRead, ReadLists
from bridge.words.errors import error_sentence
from modem import contract
from modem.contract import Request

log = logging.getLogger(__name__)

# Rows that other processes write, and texts that fall due, are looked for so often (seconds).
PATIENCE = 2.0
# So many received texts are stored in one transaction at most.
TEXTS_AT_ONCE = 20
# How long to wait before the database is tried again (seconds).
RETRY = 1.0
# How often it is noted that the box is alive, and long texts are looked through for parts that never came (seconds).
BEAT, TEND = 60.0, 600.0
# The calendar keeps house at night; a box that is switched off then does so after its start (seconds).
FIRST_TIDY = 600.0


class Loop:
    """reload: reads the configuration again if it has changed (None if not); raises ConfigError. give_work: gives a job to the
    thread for what takes long. set_calendar: sets the shop's calendar anew, by these settings and the clock of now."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        inbox: Inbox,
        handles: Mapping[str, Callable[[Request], None]],
        clock: Clock,
        reload: Callable[[], Settings | None],
        heartbeat: Heartbeat,
        give_work: Callable[[Job], None],
        set_calendar: Callable[[Settings], None],
    ) -> None:
        self.inbox = inbox
        self.settings = settings
        self._engine = engine
        self._clock = clock
        self._reload = reload
        self._lines = {
            name: LineHandle(request, status=LineStatus(name)) for name, request in handles.items()
        }
        self._shop = ShopState(settings, clock)
        self._outbox = Outbox(self._shop)
        self._calls_handler = CallHandler(self._shop, self._outbox)
        self._incoming = IncomingTexts(self._shop, self._calls_handler)
        self._requests = PageRequests(self._shop, self._calls_handler)
        # Not a threading.Event: `stop` is called from a signal handler, and only SimpleQueue may be.
        self._enough: SimpleQueue[None] = SimpleQueue()
        self._database: str | None = None
        self._config: str | None = None
        self._look_at = clock.monotonic() + PATIENCE
        self._heartbeat = heartbeat
        self._give_work = give_work
        self._set_calendar = set_calendar
        # There are old rows that are to be deleted, a few at each turn.
        self._old_rows = False
        self._lists: ListsRead | None = None
        self._recordings: dict[str, str] = {}
        self._beat_at = self._tend_at = clock.monotonic()
        self._tidy_at = clock.monotonic() + FIRST_TIDY
        # What the wall clock showed when this run began, and whether it is in doubt.
        self._began = clock.utc()
        self._doubtful = False
        # How often a transaction has written, for pages that ask for news; read by other threads.
        self.changes = 0
        self.status = Status(clock.monotonic())
        self._publish()

    # ---- for other threads

    @property
    def region(self) -> str:
        return self._shop.region

    def stop(self) -> None:
        """Ask for the end: after what is in the inbox, or now where the database does not let it go on."""
        self._enough.put(None)
        self.inbox.put(Stop())

    # ---- the thread

    def run(self) -> None:
        """Until Stop. Raises what ThreadFailed carries."""
        self._insist(self._begin)
        rehearse(self._engine, self.settings, self._clock)
        while True:
            item = self._next()
            if isinstance(item, Stop):
                return
            if isinstance(item, ThreadFailed):
                raise item.error
            self._look_at_the_clock()
            if isinstance(item, contract.TextReceived):
                self._insist(partial(self._store_texts, [item]))
            elif isinstance(item, contract.CallEnded):
                self._insist(partial(self._end_call, item, []))
            elif item is not None:
                self._insist(partial(self._handle, item))
            self._look_around()
            self._send_what_is_due()
            self._publish()

    def finish(self) -> None:
        """Store what the modems have said at the last, when they have been stopped. Tries each item once."""
        self._enough.put(None)
        while not self.inbox.empty():
            item = self.inbox.get()
            if not isinstance(item, Stop | ThreadFailed):
                self._insist(partial(self._handle, item))

    def _next(self) -> InboxItem | None:
        try:
            return self.inbox.get(timeout=PATIENCE)
        except Empty:
            return None

    def _insist(self, step: Callable[[Session], list[AfterCommit]]) -> None:
        """Do one step in one transaction, again and again until the database takes it; then its effects."""
        while True:
            try:
                with LoopSession(self._engine) as session:
                    with session.begin():
                        effects = step(session)
                    self.changes += bool(session.info.get("written"))
                break
            except DatabaseError as error:
                if isinstance(error, IntegrityError | ProgrammingError) or "no such" in str(error.orig):
                    raise  # a mistake of ours, which trying again would not mend
                self._trouble(plain_trouble(error))
            if self._told_to_stop(RETRY):
                return
        self._trouble(None)
        for effect in effects:
            effect()

    def _told_to_stop(self, seconds: float) -> bool:
        """Wait so long; has anybody asked for the end, before or meanwhile?"""
        try:
            self._enough.get(timeout=seconds)
        except Empty:
            return False
        self._enough.put(None)  # it stays said
        return True

    def _trouble(self, sentence: str | None) -> None:
        if sentence != self._database:
            log.warning("%s", sentence or "The database works again.")
            self._database = sentence
        if sentence is not None:
            self._publish()

    def _begin(self, session: Session) -> list[AfterCommit]:
        """What the last run left behind."""
        migrate(self._engine)
        self._shop.recall(session)
        users.make_session_key(session)
        self._clock.not_before = views.newest(session)
        self._after_doubt(session)
        self._calls_handler.settle_left_over(session)
        if self._heartbeat.last is not None:
            self._calls_handler.away_since = dict.fromkeys(self._lines, self._heartbeat.last)
        return [self._read_lists, partial(self._set_calendar, self.settings)]

    def _after_doubt(self, session: Session) -> None:
        """The last run stamped rows by a clock in doubt, and this one's is right: they count as of the last run's end."""
        doubted, now = clock_shift.doubted_between(session), self._clock.utc()
        if doubted is None or self._clock.doubt() is not None:
            return
        clock_shift.shift(session, now - doubted[1], doubted[1], timedelta(0))
        clock_shift.doubt_is_over(session)

    def _note_doubt(self, session: Session) -> list[AfterCommit]:
        clock_shift.doubt_goes_on(session, self._began, self._clock.utc())
        return []

    def _look_at_the_clock(self) -> None:
        """Was it moved, or is it believed other than before? It is looked at before anything is stamped or judged by it."""
        moved, doubtful = self._clock.step(), self._clock.doubt() is not None
        if moved or doubtful != self._doubtful or self._clock.rows_are_ahead():
            self._insist(partial(self._clock_changed, moved, doubtful))
            self._doubtful = doubtful

    def _clock_changed(self, moved: timedelta, doubtful: bool, session: Session) -> list[AfterCommit]:
        now = self._clock.utc()
        if moved:
            log.warning("The clock was moved by %s.", moved)
            self._calls_handler.clock_moved(session, moved, doubtful)
            self._clock.not_before = views.newest(session)
        if doubtful:
            clock_shift.doubt_goes_on(session, now if moved else self._began, now)
        if self._clock.rows_are_ahead():
            clock_shift.bring_back(session, now)
            self._clock.not_before = now
        if not doubtful:
            clock_shift.doubt_is_over(session)
        return [partial(self._set_calendar, self.settings)] if moved else []

    def _read_lists(self) -> None:
        """Have the block lists read again, if there are any and they have changed."""
        paths = self.settings.filters.blocklists
        if paths or self._lists is not None:
            seen = self._lists.seen if self._lists else None
            self._give_work(ReadLists(paths, self.settings.path.parent, self.region, seen))

    def _look_around(self) -> None:
        """What is done now and then, whatever else goes on."""
        now = self._clock.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + PATIENCE
        self._take_up_settings()
        self._insist(self._answer_questions)
        if self._old_rows:
            self._insist(self._delete_old_rows)
        if self.settings.notify.sms_to or self.settings.notify.urls:
            self._insist(self._tell_the_owner)
        if now >= self._beat_at:
            self._beat_at = now + BEAT
            self._heartbeat.beat()
            if self._doubtful:
                self._insist(self._note_doubt)
        if now >= self._tidy_at:
            self._tidy_at = float("inf")
            self._insist(self._tidy)
        if now >= self._tend_at:
            self._tend_at = now + TEND
            self._insist(self._tend)

    def _answer_questions(self, session: Session) -> list[AfterCommit]:
        """What commands ask of the running service."""
        asked = questions.questions(session)
        if questions.STATUS in asked:
            questions.answer(session, questions.STATUS, questions.status_as_json(self.status))
        if questions.RECORDING in asked:
            self._recordings = {}
            request = contract.TellRecording(masked=asked[questions.RECORDING] == questions.MASKED)
            return [partial(handle.request, request) for handle in self._lines.values()]
        return []

    def _recorded(self, session: Session, news: contract.Recorded) -> list[AfterCommit]:
        """One line's recording; the answer is given when every line has told."""
        self._recordings[news.line] = news.transcript
        if len(self._recordings) == len(self._lines):
            questions.answer(session, questions.RECORDING, "\n".join(self._recordings.values()))
        return []

    def _tend(self, session: Session) -> list[AfterCommit]:
        self._incoming.show_incomplete(session)
        return [self._read_lists]

    def _delete_old_rows(self, session: Session) -> list[AfterCommit]:
        before = self._clock.utc() - timedelta(days=self.settings.storage.keep_days)
        self._old_rows = retention.delete_older(session, before)
        return []

    def _tell_the_owner(self, session: Session) -> list[AfterCommit]:
        """What is due to be told: by SMS it is queued, Apprise services are told by the worker."""
        title, urls = self.settings.shop.name or "textback", self.settings.notify.urls
        return [
            partial(self._give_work, Announce(id_of(alert), urls, title, owner_alerts.body(session, alert)))
            for alert in owner_alerts.due(session, self._shop.context())
        ]

    def _take_up_settings(self) -> None:
        """A changed configuration is in force at once; a bad one changes nothing."""
        try:
            changed = self._reload()
        except ConfigError as error:
            self._config = f"{error} The settings from before stay in force."
            log.warning("%s", self._config)
            return
        if changed is not None:
            log.info("The configuration was changed and is in force.")
            self.settings = changed
            self._shop.settings = changed
            self._config = None
            self._read_lists()
            self._set_calendar(changed)

    # ---- one item

    def _end_call(
        self, end: contract.CallEnded, free: list[contract.LineIdle], session: Session
    ) -> list[AfterCommit]:
        """An ended call, and in the same transaction the text that is due on its line, where that is free by now: one commit
        between the caller's end and AT+CMGS. free: the news of that, kept for when the database must be tried again."""
        effects = self._handle(end, session)
        if not free and (news := self.inbox.line_is_free(end.line)) is not None:
            free.append(news)
        for news in free:
            effects += self._handle(news, session)
            if self._lines[end.line].sending is None:
                effects += self._send_one(end.line, session)
        return effects

    def _store_texts(self, texts: list[contract.TextReceived], session: Session) -> list[AfterCommit]:
        """These texts, and more in the same transaction as long as nothing else lies in the inbox. They stay in `texts` for
        when the database must be tried again."""
        effects = [effect for text in texts for effect in self._handle(text, session)]
        while len(texts) < TEXTS_AT_ONCE and (text := self.inbox.another_text()) is not None:
            texts.append(text)
            effects += self._handle(text, session)
        return effects

    def _handle(self, item: InboxItem, session: Session) -> list[AfterCommit]:
        match item:
            case Envelope():
                return self._asked(item, session)
            case ListsRead():
                return [lambda: self._lists_are_read(item)]
            case Announced():
                alerts.was_told(session, item.alert_id, item.trouble, self._clock.utc())
                return []
            case JobDue(job):
                return self._calendar_job(job, session)
            case contract.LineUp():
                self._calls_handler.line_up(session, item)
                news = {
                    "up": True,
                    "reason": None,
                    "port": item.port,
                    "model": item.model,
                    "stopped": None,
                }
                return [lambda: self._set(item.line, **news), self._read_lists]
            case contract.LineDown():
                self._calls_handler.line_down(session, item)
                return [
                    lambda: self._set(item.line, up=False, reason=item.reason, part=item.part),
                    lambda: self._busy(item.line),
                ]
            case contract.LineIdle():
                return [lambda: self._idle(item)]
            case contract.LineHealth():
                self._calls_handler.health_came(session, item)
                return [lambda: self._set(item.line, health=item)]
            case contract.PinRefused():
                lines.pin_is_refused(session, item.line, item.pin)
                return []
            case contract.Recorded():
                return self._recorded(session, item)
            case contract.Repair():
                incidents.repair_was_tried(session, item)
                return []
            case contract.MissedBook():
                self._calls_handler.book_came(session, item)
                return []
            case contract.CallRinging():
                self._calls_handler.call_rings(session, item)
                return [lambda: self._set(item.line, ringing=item.number or "unknown")]
            case contract.CallEnded():
                self._calls_handler.call_ended(session, item)
                return [lambda: self._set(item.line, ringing=None)]
            case contract.TextReceived():
                self._incoming.text_came(session, item)
                return self._delete(item.line, item.slot)
            case contract.ReportReceived():
                self._outbox.report_came(session, item)
                return self._delete(item.line, item.slot)
            case contract.PartSent():
                self._outbox.part_sent(session, item)
                return []
            case (
                contract.TextSent()
                | contract.TextFailed()
                | contract.TextUnconfirmed()
                | contract.NotStarted()
            ):
                self._outbox.text_ended(session, item)
                stopped = self._outbox.stopped(session, item.line)
                return [lambda: self._free(item.line), lambda: self._set(item.line, stopped=stopped)]
        return []

    def _lists_are_read(self, news: ListsRead) -> None:
        if news.lists is not None:
            self._lists, self._shop.lists = news, news.lists
            log.info("The block lists hold %d entries.", news.lists.count)
            for trouble in news.lists.troubles:
                log.warning("%s", trouble)

    def _asked(self, asked: Envelope, session: Session) -> list[AfterCommit]:
        answer, requests = self._requests.request(session, asked.request, asked.by)
        if not isinstance(asked.request, DryRun):
            session.info["written"] = True  # deletions in bulk are not seen
        effects: list[AfterCommit] = [
            partial(self._lines[line].request, request) for line, request in requests if line in self._lines
        ]
        if isinstance(asked.request, ReadSettings):
            effects.append(self._take_up_settings)
        if isinstance(asked.request, TryAgain) and asked.request.line in self._lines:
            effects.append(partial(self._set, asked.request.line, stopped=None))
        # The page that the answer leads to shows what is so now.
        return [*effects, self._publish, lambda: asked.answer.put(answer)]

    def _delete(self, line: str, slot: contract.Slot | None) -> list[AfterCommit]:
        """It is committed: the modem, or the network, may forget it."""
        request = contract.Acknowledge() if slot is None else contract.DeleteStored((slot,))
        return [lambda: self._lines[line].request(request)]

    def _calendar_job(self, job: CalendarJob, session: Session) -> list[AfterCommit]:
        """What the calendar asks for, once a day; by a clock in doubt no day is known."""
        context = self._shop.context()
        today = context.now.astimezone(context.zone).date()
        if self._clock.doubt() is not None or not calendar.begin_once(session, job, today):
            return []
        match job:
            case CalendarJob.HOUSEKEEPING:
                return self._tidy(session)
            case CalendarJob.BLOCK_LISTS:
                return [self._read_lists]
            case CalendarJob.DIGEST:
                calendar.write_digest(session, context, 1)
            case CalendarJob.WEEKLY_DIGEST:
                calendar.write_digest(session, context, 7)
            case _:
                assert_never(job)
        return []

    def _tidy(self, session: Session) -> list[AfterCommit]:
        """Once a day: old rows are deleted from now on, and the database puts itself in order."""
        days_go_by = retention.days_go_by(session, self._clock.utc())
        self._old_rows = days_go_by and self._clock.doubt() is None
        return [partial(optimise, self._engine)]

    # ---- the outbox

    def _send_what_is_due(self) -> None:
        for name, handle in self._lines.items():
            if handle.idle and handle.sending is None:
                self._insist(partial(self._send_one, name))

    def _send_one(self, line: str, session: Session) -> list[AfterCommit]:
        """Mark the next due text as sending; it is handed over after the commit: at most once (docs/design.md)."""
        request = self._outbox.next_to_send(session, line)
        if request is None:
            return []
        return [lambda: self._hand_over(line, request)]

    def _hand_over(self, line: str, request: contract.SendText) -> None:
        handle = self._lines[line]
        handle.sending = request.message_id
        handle.request(request)

    def _free(self, line: str) -> None:
        self._lines[line].sending = None

    def _idle(self, news: contract.LineIdle) -> None:
        self._lines[news.line].idle = news.idle
        self._set(news.line, idle=news.idle)

    def _busy(self, line: str) -> None:
        self._lines[line].idle = False
        self._set(line, idle=False, ringing=None)

    # ---- what the page is told

    def _set(self, line: str, **news: object) -> None:
        handle = self._lines[line]
        handle.status = replace(handle.status, **news)  # type: ignore[arg-type]

    def _lists_troubles(self) -> tuple[str, ...]:
        if not self._shop.lists_are_read:
            return ("The block lists are being read; automatic texts wait for that.",)
        return self._shop.lists.troubles if self._shop.lists else ()

    def _publish(self) -> None:
        now = self._clock.utc()
        self.status = Status(
            self._clock.monotonic(),
            tuple(handle.status for handle in self._lines.values()),
            self._database,
            self._config,
            self._clock.doubt(),
            error_sentence(self._shop.breaker) if self._shop.breaker else None,
            self._shop.pause_words(now),
            self._shop.closed_words(now),
            self._lists_troubles(),
        )
        self._shop.troubles = self.status.troubles
