"""`textback doctor`: asks the running service, or examines the modems itself, and prints the sheet. It may import any room."""

import json
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

import click

from bridge import files
from bridge.config import Settings
from bridge.doctor import facts as checkup
from bridge.doctor.check import Check, as_text
from bridge.doctor.checks import healthy, sheet
from bridge.doctor.patient import CannotExamine, at_hand
from bridge.records import users
from bridge.records.engine import open_engine
from bridge.rules.backups import LOST
from bridge.service import machine
from bridge.service.ports import ports_of_this_machine
from bridge.service.stored_backups import newest_whole
from bridge.words.troubles import sentence

# How long a test call is waited for (seconds).
LISTEN = 120.0


def run(settings: Settings, *, listen: bool, record: Path | None, masked: bool, as_json: bool) -> bool:
    """Print the sheet; True if nothing failed. Raises CannotExamine."""
    engine = open_engine(settings.storage.database)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        patient = stack.enter_context(at_hand(settings, engine))
        status = patient.status()
        if listen:
            patient.wait_for_calls()
        if listen and not as_json:
            click.echo("Call the box now from another phone.\n")
        heard = patient.listen(LISTEN) if listen else None
        ports, modem_manager = ports_of_this_machine()
        seen = machine.look(checkup.folder(settings))
        facts = checkup.gather(settings, status, engine, ports, modem_manager, seen)
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
    click.echo(as_text(checks, ports))


def _write(record: Path, recording: str) -> None:
    try:
        files.write(record, f"{recording}\n".encode())
    except OSError as error:
        raise CannotExamine(f"{record} cannot be written. {sentence(files.why(error))}") from error
    click.echo(f"\nWhat the modem said in the last minutes was saved in {record}.", err=True)
