"""Runs one step in one transaction until the database takes it, then what follows from it. What a step does it does not know.

A database that is full or locked is expected: the step stays in hand, nothing is sent, nothing is deleted from the SIM, and
it is tried again until it works.
"""

import logging
from collections.abc import Callable
from queue import Empty, SimpleQueue

from sqlalchemy import Engine, event
from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError
from sqlmodel import Session

from bridge.records.engine import database_trouble, is_missing_table
from bridge.words.troubles import sentence
from modem.contract import Trouble

log = logging.getLogger(__name__)

# How long to wait before the database is tried again (seconds).
RETRY = 1.0

# What is done when a step is committed: a request to a modem, an answer to the page.
AfterCommit = Callable[[], None]
Effects = list[AfterCommit]
Step = Callable[[Session], Effects]


class LoopSession(Session):
    """A session that notes whether it has written."""


@event.listens_for(LoopSession, "after_flush")
def _has_written(session: LoopSession, _context: object) -> None:
    note_written(session)


@event.listens_for(LoopSession, "after_rollback")
def _has_not_written(session: LoopSession) -> None:
    session.info.pop("written", None)


def note_written(session: Session) -> None:
    """This transaction writes, though the session does not see it, as when rows are deleted in bulk."""
    session.info["written"] = True


class Transactions:
    """changes: how often one has written, for pages that ask for news; read by other threads. trouble: what is wrong with the
    database, None while it works. tell: called when it fails. mend: told the error; has it done something about it, so that
    the step is worth trying again at once?"""

    def __init__(
        self,
        engine: Engine,
        tell: Callable[[], None],
        mend: Callable[[DatabaseError], bool] = lambda _: False,
    ) -> None:
        self.changes = 0
        self.trouble: Trouble | None = None
        self._engine = engine
        self._tell = tell
        self._mend = mend
        # Not a threading.Event: `give_up` is called from a signal handler, and only SimpleQueue may be.
        self._enough: SimpleQueue[None] = SimpleQueue()

    def give_up(self) -> None:
        """From now on each step is tried once: a database that fails is not waited for. May be called by a signal handler."""
        self._enough.put(None)

    def once(self, step: Step) -> None:
        """Do one step in one transaction, again and again until the database takes it; then what follows from it. Raises
        DatabaseError where the mistake is ours and trying again would not mend it."""
        while True:
            try:
                effects = self._committed(step)
                break
            except DatabaseError as error:
                if self._mend(error):
                    continue
                if isinstance(error, IntegrityError | ProgrammingError) or is_missing_table(error):
                    raise
                self._note(database_trouble(error))
            if self._told_to_give_up(RETRY):
                return
        self._note(None)
        for effect in effects:
            effect()

    def _committed(self, step: Step) -> Effects:
        with LoopSession(self._engine) as session:
            with session.begin():
                effects = step(session)
            self.changes += bool(session.info.get("written"))
        return effects

    def _told_to_give_up(self, seconds: float) -> bool:
        """Waits so long (seconds). Has anybody asked for the end, before or meanwhile?"""
        try:
            self._enough.get(timeout=seconds)
        except Empty:
            return False
        self._enough.put(None)  # it stays said
        return True

    def _note(self, trouble: Trouble | None) -> None:
        if trouble != self.trouble:
            log.warning("%s", sentence(trouble) if trouble else "The database works again.")
            self.trouble = trouble
        if trouble is not None:
            self._tell()
