"""Runs one step in one transaction until the database takes it, then what follows from it. What a step does it does not know.

A database that is away, full or locked is expected: the step stays in hand, nothing is sent, nothing is deleted from the SIM,
and it is tried again until it works. A step that fails for what it is about is given back at once, so that nothing waits
behind it.
"""

import logging
from collections.abc import Callable
from queue import Empty, SimpleQueue

from sqlalchemy import Engine, event
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlmodel import Session

from bridge.records.engine import database_trouble
from bridge.records.failures import Failure, failure_of, masked
from bridge.rules.troubles import DatabaseTrouble
from bridge.words.troubles import sentence
from modem.contract import Trouble

log = logging.getLogger(__name__)

# How long to wait before the database is tried again (seconds).
RETRY = 1.0
# A step that meets a row which another process writes at the same moment finds it there the next time.
RACES = 3

# What is done when a step is committed: a request to a modem, an answer to the page.
AfterCommit = Callable[[], None]
Effects = list[AfterCommit]
Step = Callable[[Session], Effects]


class StepFailed(Exception):
    """A step that can never be done: the database refuses its content, or a handler fails on it; `error` is what was raised."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        super().__init__(masked(error))


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
    the step is worth trying again at once? begins, ends: called inside each transaction before its step, and after it, before
    it is committed; what `ends` returns follows too."""

    def __init__(
        self,
        engine: Engine,
        tell: Callable[[], None],
        mend: Callable[[DatabaseError], bool] = lambda _: False,
        begins: Callable[[Session], None] = lambda _: None,
        ends: Step = lambda _: [],
    ) -> None:
        self.changes = 0
        self.trouble: Trouble | None = None
        self._engine = engine
        self._tell = tell
        self._mend = mend
        self._begins, self._ends = begins, ends
        # Not a threading.Event: `give_up` is called from a signal handler, and only SimpleQueue may be.
        self._enough: SimpleQueue[None] = SimpleQueue()

    def give_up(self) -> None:
        """From now on each step is tried once: a database that fails is not waited for. May be called by a signal handler."""
        self._enough.put(None)

    def once(self, step: Step) -> None:
        """Do one step in one transaction, again and again until the database takes it; then what follows from it. Raises
        StepFailed where trying again would not mend it, and DatabaseError where the tables are not there."""
        races = 0
        while True:
            try:
                effects = self._committed(step)
                break
            except MemoryError:
                raise
            except Exception as error:
                if isinstance(error, DatabaseError) and self._mend(error):
                    continue
                match failure_of(error):
                    case Failure.NO_TABLES:
                        raise
                    case Failure.RACE if races < RACES:
                        races += 1
                        continue
                    case Failure.RACE | Failure.CONTENT:
                        raise StepFailed(error) from error
                self._is_away(error)
            if self._told_to_give_up(RETRY):
                return
        self._note(None)
        for effect in effects:
            _carry_out(effect)

    def _committed(self, step: Step) -> Effects:
        with LoopSession(self._engine) as session:
            with session.begin():
                self._begins(session)
                effects = step(session)
                effects = [*effects, *self._ends(session)]
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

    def _is_away(self, error: Exception) -> None:
        trouble = database_trouble(error) if isinstance(error, DBAPIError) else Trouble(DatabaseTrouble.AWAY)
        if trouble != self.trouble:
            log.warning("The database said: %s", masked(error))
        self._note(trouble)

    def _note(self, trouble: Trouble | None) -> None:
        if trouble != self.trouble:
            log.warning("%s", sentence(trouble) if trouble else "The database works again.")
            self.trouble = trouble
        if trouble is not None:
            self._tell()


def _carry_out(effect: AfterCommit) -> None:
    """What was committed stands: an effect that fails does not keep the others, or the next step, from their turn."""
    try:
        effect()
    except MemoryError:
        raise
    except Exception:
        log.exception("Something that follows a saved step failed.")
