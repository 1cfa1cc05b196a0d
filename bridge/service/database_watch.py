"""Watches the database's file while the box runs, and tells what has become of it: at the start, every few seconds, and by the
nightly check. Files are bridge/service/database_file's, what follows for texts bridge/handlers/database's."""

import logging
import sqlite3
from collections.abc import Callable
from functools import partial

from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from bridge.clock import Clock
from bridge.handlers import database
from bridge.handlers.calls import CallHandler
from bridge.handlers.shop import ShopState
from bridge.records import known
from bridge.records.engine import database_trouble
from bridge.records.failures import is_missing_table
from bridge.rules.troubles import DatabaseTrouble
from bridge.service.database_file import DatabaseFile
from bridge.service.transactions import Effects, Step
from bridge.service.worker import CheckDatabase, DatabaseChecked, Job
from modem.contract import Trouble

log = logging.getLogger(__name__)

# How often the file is looked at, and how long after something was stored its mark is written: with all that was stored
# meanwhile, for a mark wears the card as much as a call does (seconds).
LOOK, MARK = 2.0, 60.0
# A database that is damaged again so soon is not begun anew again: the disk is at fault (seconds).
AGAIN = 600.0


class DatabaseWatch:
    """once: does a step in a transaction. begin: the first step of a run. changes: how often a transaction has written."""

    def __init__(
        self,
        file: DatabaseFile,
        shop: ShopState,
        calls: CallHandler,
        once: Callable[[Step], None],
        begin: Step,
        changes: Callable[[], int],
        give_work: Callable[[Job], None],
    ) -> None:
        self._file = file
        self._shop = shop
        self._calls = calls
        self._once = once
        self._begin = begin
        self._changes = changes
        self._give_work = give_work
        self._clock: Clock = shop.clock
        self._looked = self._marked = self._clock.monotonic()
        self._marked_changes = 0
        self._begun_anew = float("-inf")
        # Somebody has said beforehand that texts go on with the new database.
        self._accepted = False

    def begin(self, session: Session) -> Effects:
        """In the first step of a run: is this the database that was known?"""
        trouble = self._file.lost or known.recognise(session, self._file.mark)
        if trouble is not None:
            database.settle_copy(session, self._shop, trouble)
        if self._accepted or database.was_accepted(session):
            database.accept(session, self._shop)
        elif trouble is not None:
            database.take_over(session, self._shop, trouble)
        mark = known.next_mark(session, None if self._file.lost else self._file.mark, self._clock.utc())
        return [partial(self._has_begun, mark), self.check]

    def _has_begun(self, mark: known.Mark) -> None:
        self._accepted = False
        self._file.keep(mark)
        self._file.hold()

    def check(self) -> None:
        """Has the whole file looked through, by the worker."""
        if self._file.path is not None:
            self._give_work(CheckDatabase(self._file.path))

    def checked(self, session: Session, news: DatabaseChecked) -> None:
        """The whole file was looked through."""
        if news.sound is False:
            database.stand_still(session, self._shop, Trouble(DatabaseTrouble.NOT_SOUND))

    def look(self) -> None:
        """Acts on a file that was deleted, replaced, emptied or overwritten."""
        if self._file.path is None:
            return
        now = self._clock.monotonic()
        if now >= self._looked + LOOK:
            self._looked = now
            self._look_now()
        if self._changes() == self._marked_changes:
            self._marked = now
        elif now >= self._marked + MARK:
            self._marked, self._marked_changes = now, self._changes() + 1
            self._once(self._mark)

    def heed_command(self, session: Session) -> Effects:
        """Takes up what `textback database accept` has said."""
        if not database.was_accepted(session):
            return []
        before = self.standstill
        database.accept(session, self._shop)
        return [partial(self.has_accepted, before)]

    @property
    def standstill(self) -> Trouble | None:
        """Why automatic texts stand still."""
        return Trouble.from_text(self._shop.standstill) if self._shop.standstill else None

    def has_accepted(self, before: Trouble | None) -> None:
        """Somebody has let automatic texts go on. before: why they stood still. A damaged database is begun anew."""
        if before is not None and before.code == DatabaseTrouble.NOT_SOUND:
            self._accepted = True
            self._begin_anew(Trouble(DatabaseTrouble.DAMAGED))

    def mend(self, error: DatabaseError) -> bool:
        """The database has failed. Was something done about it, so that it is worth trying again at once?"""
        missing, code = is_missing_table(error), database_trouble(error).code
        if self._file.path is None or not (missing or code == DatabaseTrouble.DAMAGED):
            return False
        if self._look_now():
            return True
        if missing or self._clock.monotonic() < self._begun_anew + AGAIN:
            return False
        self._begin_anew(Trouble(DatabaseTrouble.DAMAGED))
        return True

    def _look_now(self) -> bool:
        """Was something wrong with the file, and is it no more?"""
        match self._file.look():
            case None:
                return False
            case DatabaseTrouble.MISSING | DatabaseTrouble.REPLACED as what:
                self._put_back(what)
            case what:
                self._begin_anew(Trouble(what))
        return True

    def _put_back(self, what: DatabaseTrouble) -> None:
        try:
            trouble = self._file.put_back()
        except (OSError, sqlite3.Error) as error:
            log.warning("The database cannot be put back: %s.", error)
            self._begin_anew(Trouble(what))
            return
        self._once(partial(self._stand_still, trouble))

    def _stand_still(self, trouble: Trouble, session: Session) -> Effects:
        database.stand_still(session, self._shop, trouble)
        return []

    def _begin_anew(self, trouble: Trouble) -> None:
        self._begun_anew = self._clock.monotonic()
        self._file.begin_anew(trouble)
        self._calls.forget_running()
        self._once(self._begin)

    def _mark(self, session: Session) -> Effects:
        return [partial(self._file.keep, known.next_mark(session, self._file.mark, self._clock.utc()))]
