"""`textback doctor`: asks the running service, or examines the modems itself, and prints the sheet. It may import any room."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from threading import Event

import click
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from bridge import files
from bridge.config import Settings
from bridge.contract.status import Status
from bridge.doctor import facts as checkup
from bridge.doctor.checks import Check, healthy, sheet
from bridge.doctor.modems import Examination, examining
from bridge.records import lines, users, views
from bridge.records.engine import AlreadyRunning, database_trouble, migrate, open_engine, sole_service
from bridge.rules import numbers
from bridge.rules.backups import LOST
from bridge.service import questions
from bridge.service.ports import ports_of_this_machine
from bridge.service.stored_backups import newest_whole
from bridge.words.troubles import sentence
from modem import contract

MARKS = {"pass": "ok  ", "fail": "FAIL", "unknown": " ?  "}
# How long a test call is waited for (seconds).
LISTEN = 120.0


class CannotExamine(Exception):
    """The check-up itself could not be made; the text says why."""


def run(settings: Settings, *, listen: bool, record: Path | None, masked: bool, as_json: bool) -> bool:
    """Print the sheet; True if nothing failed. Raises CannotExamine."""
    engine = open_engine(settings.storage.database)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        patient = stack.enter_context(_patient(settings, engine))
        status = patient.status()
        if listen:
            patient.wait_for_calls()
        if listen and not as_json:
            click.echo("Call the box now from another phone.\n")
        heard = patient.listen(LISTEN) if listen else None
        ports, modem_manager = ports_of_this_machine()
        facts = checkup.gather(settings, status, engine, ports, modem_manager)
        if facts.backup is None and facts.database is not None and facts.database.code in LOST:
            found = newest_whole(settings.path, settings.backup.passphrase)
            facts = replace(facts, backup=checkup.by_the_shops_clock(settings, found))
        checks = sheet(facts)
        if listen:
            checks = tuple(_with_call(check, heard) for check in checks)
        _show(checks, ports, as_json)
        code = users.code_for_first_login(engine)
        if code and not as_json:
            click.echo(f"\nNobody can log in yet: open the page, type the code {code} and choose a password")
        if record is not None:
            _write(record, patient.recording(masked))
    return healthy(checks)


def _with_call(check: Check, heard: str | None) -> Check:
    """The voice path by the live test call."""
    if check.name != "voice path":
        return check
    if heard is None:
        todo = (
            "Is the number right? Does the plan include calls, and does this modem work with the "
            "network's VoLTE (calls over 4G)?"
        )
        return Check(check.name, "fail", f"No call came in within {LISTEN:.0f} seconds.", todo, check.line)
    return Check(check.name, "pass", f"Heard just now: {heard}.", line=check.line)


def _show(checks: tuple[Check, ...], ports: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        for check in checks:
            click.echo(json.dumps(asdict(check), ensure_ascii=True))
        return
    for check in checks:
        where = f" ({check.line})" if check.line else ""
        click.echo(f"{MARKS[check.verdict]}  {check.name}{where}: {check.found}")
        if check.todo and check.todo != "See above.":
            click.echo(f"      -> {check.todo}")
    if ports:
        click.echo("\nPorts:")
        for port in ports:
            click.echo(f"      {port}")


def _write(record: Path, recording: str) -> None:
    try:
        files.write(record, f"{recording}\n".encode())
    except OSError as error:
        raise CannotExamine(f"{record} cannot be written. {sentence(files.why(error))}") from error
    click.echo(f"\nWhat the modem said in the last minutes was saved in {record}.", err=True)


# ---- whom to ask


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
def _patient(settings: Settings, engine: Engine) -> Iterator[_Service | _Modems]:
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
