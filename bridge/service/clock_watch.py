"""Notices that the box's clock was moved, or has become or ceased to be suspect, and has rows and calendar set right. What
time is right, bridge/clock decides."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlmodel import Session

from bridge.clock import Clock
from bridge.handlers.calls import CallHandler
from bridge.records import clock_shift, views
from bridge.service.transactions import AfterCommit, Effects, Step

log = logging.getLogger(__name__)


class ClockWatch:
    """once: does a step in a transaction. set_calendar: sets the shop's calendar anew, by the clock of now."""

    def __init__(
        self,
        clock: Clock,
        calls_handler: CallHandler,
        once: Callable[[Step], None],
        set_calendar: AfterCommit,
    ) -> None:
        self._clock = clock
        self._calls_handler = calls_handler
        self._once = once
        self._set_calendar = set_calendar
        # What the wall clock showed when this run began, and whether it is suspect.
        self._began = clock.utc()
        self._doubtful = False

    def begin(self, session: Session) -> None:
        """If the last run stamped rows by a suspect clock, and this one's is right, they count as of the last run's end."""
        self._clock.not_before = views.newest(session)
        doubted, now = clock_shift.doubted_between(session), self._clock.utc()
        if doubted is None or self._clock.doubt() is not None:
            return
        clock_shift.shift(session, now - doubted[1], doubted[1], timedelta(0))
        clock_shift.doubt_is_over(session)

    def look(self) -> None:
        """Acts on a clock that was moved, or has become or ceased to be suspect, before anything is stamped or judged by
        it."""
        moved, doubtful = self._clock.step(), self._clock.doubt() is not None
        if moved or doubtful != self._doubtful or self._clock.rows_are_ahead():
            self._once(partial(self._changed, moved, doubtful))
            self._doubtful = doubtful

    def note_doubt(self, session: Session) -> None:
        """While it is suspect, keep for the next run until when."""
        if self._doubtful:
            clock_shift.doubt_goes_on(session, self._began, self._clock.utc())

    def _changed(self, moved: timedelta, doubtful: bool, session: Session) -> Effects:
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
        return [self._set_calendar] if moved else []
