"""What is done now and then, whatever else goes on, and what the shop's calendar asks for; the loop knows when."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import assert_never

from sqlalchemy import Engine
from sqlmodel import Session

from bridge.clock import Clock
from bridge.config.closed_days import sweep
from bridge.handlers import calendar, conversations, owner_alerts
from bridge.handlers.calendar import BACKUP_AT, CalendarJob
from bridge.handlers.incoming import IncomingTexts
from bridge.handlers.shop import ShopState
from bridge.records import before_update, hooks, logins, retention
from bridge.records.engine import empty_log, file_of, optimise
from bridge.records.rows import id_of
from bridge.service.list_watch import ListWatch
from bridge.service.release_watch import ReleaseWatch
from bridge.service.transactions import AfterCommit, Effects, Step
from bridge.service.worker import Announce, Job

# What fails is tried again after so long, then after twice as long, and so on (seconds).
HOUR = 3600.0
FIRST_WAIT, LONGEST_WAIT = 60.0, 6 * HOUR
# The database as it was before a release changed it holds what may be deleted since: it is kept so long.
COPY_KEPT = timedelta(days=14)


@dataclass
class Periodic:
    """A step that is done every so many seconds of the monotonic clock; at: when next. instead: done where the step fails, so
    that what it fails on is not met again. failed: how often in a row it has."""

    at: float
    every: float
    step: Step
    instead: Step | None = None
    failed: int = 0

    def put_off(self) -> float:
        """It has failed again: the next time comes later and later. Returns in how many seconds from when it was due.

        >>> job = Periodic(at=0.0, every=2.0, step=lambda session: [])
        >>> job.put_off(), job.put_off(), job.at
        (60.0, 120.0, 180.0)
        """
        wait = min(FIRST_WAIT * 2.0 ** min(self.failed, 20), LONGEST_WAIT)
        self.failed += 1
        self.at += wait
        return wait


def due(jobs: Iterable[Periodic], now: float) -> Iterator[Periodic]:
    """What is to be done at this moment of the monotonic clock; each is then due again.

    >>> job = Periodic(at=1.0, every=2.0, step=lambda session: [])
    >>> [len(list(due([job], now))) for now in (0.0, 1.5, 3.0, 3.5)]
    [0, 1, 0, 1]
    """
    for job in jobs:
        if now >= job.at:
            job.at = now + job.every
            yield job


class Housekeeping:
    """give_work: gives a job to the worker. check_database: has the whole file looked through. back_up: has a backup made, if
    the shop wants one."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        shop: ShopState,
        incoming: IncomingTexts,
        lists: ListWatch,
        releases: ReleaseWatch,
        give_work: Callable[[Job], None],
        check_database: AfterCommit,
        back_up: Callable[[Session], Effects],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._shop = shop
        self._incoming = incoming
        self._lists = lists
        self._releases = releases
        self._give_work = give_work
        self._check_database = check_database
        self._back_up = back_up
        # There are old rows that are to be deleted, a few at each turn.
        self._old_rows = False
        # What was deleted may still stand in the database's log, or in its index of words.
        self._full_log = True
        self._counted_until = clock.monotonic()

    def delete_old_rows(self, session: Session) -> Effects:
        """A few of those that `tidy` has found to be too old; and the log that holds what was deleted is emptied."""
        if self._old_rows:
            before = self._clock.utc() - timedelta(days=self._shop.settings.storage.keep_days)
            self._old_rows = any(
                [retention.delete_older(session, before), hooks.delete_old(session, self._clock.utc())]
            )
            return [self.deleted] if not self._old_rows else []
        return [self.empty_log] if self._full_log else []

    def deleted(self) -> None:
        """Something was deleted that is to be gone from the disk: the log that still holds it is emptied, now or soon."""
        self._full_log = True
        self.empty_log()

    def empty_log(self) -> None:
        """Empties the log, and the index before it, unless somebody reads just now; the index a piece at a time."""
        self._full_log = not empty_log(self._engine)

    def tell_the_owner(self, session: Session) -> Effects:
        """What is due to be told: by SMS it is queued, Apprise services are told by the worker."""
        context = self._shop.context()
        title, urls = context.settings.shop.name or "textback", context.settings.notify.urls
        told = [
            (id_of(alert), owner_alerts.body(session, context, alert))
            for alert in owner_alerts.due(session, context)
        ]
        return [partial(self._give_work, Announce(key, urls, title, body)) for key, body in told]

    def bring_back_snoozed(self, session: Session) -> Effects:
        """Conversations that were snoozed until now are among those again who need a reply."""
        conversations.those_snoozed_come_back(session, self._clock.utc())
        return []

    def tend(self, session: Session) -> Effects:
        """Shows long texts whose parts never came, and has changed block lists read."""
        self._incoming.show_incomplete(session)
        return [self._lists.read]

    def count_hours(self, session: Session) -> Effects:
        """The hours that the box has run, by which log-ins grow old."""
        hours = int((self._clock.monotonic() - self._counted_until) / HOUR)
        if hours:
            self._counted_until += hours * HOUR
            logins.count_hours(session, hours)
        return []

    def tidy(self, session: Session) -> Effects:
        """Once a day: old rows are deleted from now on, closed days that are over go, and so does the database as
        it was before an update; the database puts itself in order."""
        now, settings = self._clock.utc(), self._shop.settings
        self._old_rows = retention.days_go_by(session, now) and self._clock.doubt() is None
        today = now.astimezone(settings.shop.zone).date()
        by_the_clock: Effects = [partial(sweep, settings.path, today)] if self._old_rows else []
        if self._old_rows and (file := file_of(settings.storage.database)) is not None:
            by_the_clock.append(partial(before_update.forget_older, file, now - COPY_KEPT))
        return [*by_the_clock, partial(optimise, self._engine)]

    def make_up_for_backup(self, session: Session) -> Effects:
        """The backup of a night in which the box was off."""
        if self._clock.utc().astimezone(self._shop.zone).time() < BACKUP_AT:
            return []
        return self.calendar_job(session, CalendarJob.BACKUP)

    def calendar_job(self, session: Session, job: CalendarJob) -> Effects:
        """What the calendar asks for, once a day; nothing by a suspect clock, which knows no day."""
        context = self._shop.context()
        today = context.now.astimezone(context.zone).date()
        if self._clock.doubt() is not None or not calendar.begin_once(session, job, today):
            return []
        match job:
            case CalendarJob.HOUSEKEEPING:
                return [*self.tidy(session), self._check_database]
            case CalendarJob.BACKUP:
                return self._back_up(session)
            case CalendarJob.BLOCK_LISTS:
                return [self._lists.read]
            case CalendarJob.RELEASES:
                return [self._releases.look]
            case CalendarJob.DIGEST:
                calendar.write_digest(session, context, 1)
            case CalendarJob.WEEKLY_DIGEST:
                calendar.write_digest(session, context, 7)
            case _:
                assert_never(job)
        return []
