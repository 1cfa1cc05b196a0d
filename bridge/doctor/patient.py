"""Whom a check-up asks: the running service, through the database, or the modems themselves. It may import any room."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from bridge.config import Settings
from bridge.contract.status import Status
from bridge.doctor.modems import Examination, examining
from bridge.records import lines, views
from bridge.records.engine import AlreadyRunning, database_trouble, migrate, sole_service
from bridge.rules import numbers
from bridge.service import questions
from bridge.words.troubles import sentence
from modem import contract


class CannotExamine(Exception):
    """The check-up itself could not be made; the text says why."""


class _Service:
    """The running service, asked through the database."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._settings = settings
        self._engine = engine
        self._known: set[int] = set()

    def status(self) -> Status:
        return questions.status_from_json(self._ask(questions.STATUS))

    def recording(self, masked: bool) -> str:
        return self._ask(questions.RECORDING, questions.MASKED if masked else questions.PLAIN)

    def wait_for_calls(self) -> None:
        """Calls count from now on."""
        with Session(self._engine) as session:
            self._known = {call.id for call in views.calls(session, limit=1)}

    def listen(self, seconds: float) -> str | None:
        """The next call that the service stores."""
        over = time.monotonic() + seconds
        while time.monotonic() < over:
            with Session(self._engine) as session:
                newest = views.calls(session, limit=1)
            call = newest[0] if newest and newest[0].id not in self._known else None
            if call and (call.address or call.withheld or call.outcome):
                known = call.address or call.withheld
                return f"a call from {numbers.mask(call.address)}" if known else "a call without a number"
            Event().wait(0.2)
        return None

    def _ask(self, question: str, words: str = "") -> str:
        try:
            return questions.ask(self._engine, question, words)
        except questions.NoAnswer as error:
            raise CannotExamine("The service is running but does not answer. Restart the box.") from error
        except DatabaseError as error:
            raise CannotExamine(sentence(database_trouble(error))) from error


class _Modems:
    """The modems themselves."""

    def __init__(self, examination: Examination) -> None:
        self._examination = examination

    def status(self) -> Status:
        return self._examination.look()

    def recording(self, masked: bool) -> str:
        return self._examination.recording(masked)

    def wait_for_calls(self) -> None:
        """What is heard is kept until it is asked for."""

    def listen(self, seconds: float) -> str | None:
        for event in self._examination.calls(seconds):
            if isinstance(event, contract.CallRinging) and (event.number or event.withheld):
                return f"a call from {numbers.mask(event.number)}"
            if isinstance(event, contract.CallEnded):
                return "a call without a number"
        return None


@contextmanager
def at_hand(settings: Settings, engine: Engine) -> Iterator[_Service | _Modems]:
    """The running service, else the modems themselves."""
    with ExitStack() as stack:
        try:
            stack.enter_context(sole_service(settings.storage.database))
        except AlreadyRunning:
            yield _Service(settings, engine)
            return
        _bring_up_to_date(engine)
        examination = stack.enter_context(examining(settings, lambda *line: _pin(engine, *line)))
        yield _Modems(examination)
        with suppress(DatabaseError), Session(engine) as session, session.begin():
            for line, pin in examination.refused_pins:
                lines.pin_is_refused(session, line, pin)


def _bring_up_to_date(engine: Engine) -> None:
    with suppress(DatabaseError):  # the sheet says what is wrong with it
        migrate(engine)


def _pin(engine: Engine, line: str, pin: str | None) -> str | None:
    """The PIN, "" if the SIM has refused it before."""
    if pin is None:
        return None
    try:
        with Session(engine) as session:
            return "" if lines.pin_was_refused(session, line, pin) else pin
    except DatabaseError:
        return None
