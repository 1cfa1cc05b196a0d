"""The shop's calendar: what is done at a time of day, by the shop's clock. It only puts items into the loop's inbox.

APScheduler waits by the wall clock, so the loop has the schedule set anew after a step of the clock and after a change of
settings. Nothing that is due to the second stands here: texts and alerts are found by the loop's monotonic time-out.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from bridge.handlers.calendar import BACKUP_AT, CalendarJob
from bridge.rules.hours import at_clock
from bridge.rules.settings import Settings
from bridge.service.inbox import JobDue

# APScheduler tells of each job that runs; the loop's log says what came of it.
logging.getLogger("apscheduler").setLevel(logging.WARNING)
# At night, when nobody calls.
HOUSEKEEPING_AT, BLOCK_LISTS_AT, RELEASES_AT = time(3, 30), time(4, 10), time(4, 40)
MONDAY = 0
# A job that could not start at its time is started so much later at the most (seconds).
LATE = 3600


class AtTimeOfDay(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Once a day, or once a week, by the shop's clock.

    Not APScheduler's CronTrigger: that of 3.11 finds 02:30 again and again in a night that has it twice, and its thread
    never comes back.
    """

    def __init__(self, at: time, zone: tzinfo | None, weekday: int | None = None) -> None:
        self._minutes = at.hour * 60 + at.minute
        self._zone = zone
        self._weekday = weekday

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next time behind the last one, or from now on if there was none; aware, in UTC. A time that a night lacks comes
        an hour later, one that it has twice at the first."""
        after = previous_fire_time or now - timedelta(microseconds=1)
        day = after.astimezone(self._zone).date()
        while True:
            moment = at_clock(day, self._minutes, self._zone).astimezone(UTC)
            if moment > after and self._weekday in (None, day.weekday()):
                return moment
            day += timedelta(days=1)


def triggers(zone: tzinfo | None, digest: time | None) -> Iterator[tuple[CalendarJob, AtTimeOfDay]]:
    """When each job is done. zone: the shop's, None for the system's; digest: when the owner is told, None for never.

    >>> from zoneinfo import ZoneInfo
    >>> [job.value for job, _ in triggers(ZoneInfo("Europe/London"), time(8, 0))]
    ['backup', 'housekeeping', 'block_lists', 'releases', 'digest', 'weekly_digest']
    """
    yield CalendarJob.BACKUP, AtTimeOfDay(BACKUP_AT, zone)
    yield CalendarJob.HOUSEKEEPING, AtTimeOfDay(HOUSEKEEPING_AT, zone)
    yield CalendarJob.BLOCK_LISTS, AtTimeOfDay(BLOCK_LISTS_AT, zone)
    yield CalendarJob.RELEASES, AtTimeOfDay(RELEASES_AT, zone)
    if digest is not None:
        yield CalendarJob.DIGEST, AtTimeOfDay(digest, zone)
        yield CalendarJob.WEEKLY_DIGEST, AtTimeOfDay(digest, zone, MONDAY)


class Schedule:
    """Owner of the scheduler's thread. `put` takes each JobDue; it may be called from any thread."""

    def __init__(self, put: Callable[[JobDue], None]) -> None:
        self._put = put
        self._scheduler: BackgroundScheduler | None = None

    def set(self, settings: Settings) -> None:
        """Begin anew, by these settings and by the clock of now."""
        self.close()
        zone = settings.shop.zone
        scheduler = BackgroundScheduler(**({} if zone is None else {"timezone": zone}), daemon=True)
        for job, trigger in triggers(zone, settings.notify.digest):
            scheduler.add_job(
                self._put,
                trigger,
                args=(JobDue(job),),
                id=job.value,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=LATE,
            )
        scheduler.start()
        self._scheduler = scheduler

    def close(self) -> None:
        """End the scheduler's thread, if there is one."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
            self._scheduler = None
