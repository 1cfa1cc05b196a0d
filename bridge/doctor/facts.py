"""Gathers the facts of the check-up sheet from the machine, the database and the status of the lines; judges nothing."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from bridge import files
from bridge.config import Settings
from bridge.config.secrets import open_with_secrets
from bridge.contract.status import LineStatus, Status
from bridge.doctor.checks import Facts, LineFacts
from bridge.records import views
from bridge.records.engine import database_trouble, file_of
from bridge.rules.backups import Stored
from bridge.rules.machine import Machine
from bridge.service.ports import modem_manager_may_open
from bridge.words.catalogue import _
from bridge.words.troubles import sentence

# The rule that keeps ModemManager off modems, where a package or a person has put it.
RULES = tuple(Path(folder, "78-textback.rules") for folder in ("/etc/udev/rules.d", "/usr/lib/udev/rules.d"))


def gather(
    settings: Settings,
    status: Status,
    engine: Engine,
    ports: tuple[str, ...],
    modem_manager: bool,
    machine: Machine | None = None,
) -> Facts:
    """ports: what each port is taken for; modem_manager: does it run? Both are asked of the modem room. machine: how it is, if
    not as the status has it."""
    trouble = status.database or status.standstill
    calls = {}
    try:
        with Session(engine) as session:
            calls = {modem.name: views.last_call(session, modem.name) for modem in settings.modems}
    except DatabaseError as error:
        trouble = trouble or database_trouble(error)
    by_name = {line.name: line for line in status.lines}
    return Facts(
        tuple(
            LineFacts(by_name.get(modem.name, LineStatus(modem.name)), modem.port, calls.get(modem.name))
            for modem in settings.modems
        ),
        ports,
        modem_manager,
        modem_manager and all(_kept_off(by_name.get(modem.name), modem.port) for modem in settings.modems),
        status.clock,
        trouble,
        _permissions(settings),
        machine or status.machine or Machine(),
        by_the_shops_clock(settings, status.backup.whole),
        status.update,
    )


def by_the_shops_clock(settings: Settings, backup: Stored | None) -> Stored | None:
    """The same backup, made at that time of the shop's day."""
    return replace(backup, made=backup.made.astimezone(settings.shop.zone)) if backup else None


def _kept_off(line: LineStatus | None, wanted: str) -> bool:
    """Does ModemManager leave this line's port alone? As long as nobody knows which port that is, by whether there is the rule
    that tells it to. wanted: the port in config.ini."""
    port = (line and line.port) or (wanted if wanted.startswith("/") else "")
    return not modem_manager_may_open(port) if port else any(rule.exists() for rule in RULES)


def folder(settings: Settings) -> Path | None:
    """Where the database lies; None if it is on a server."""
    file = file_of(settings.storage.database)
    return file.parent if file else None


def _permissions(settings: Settings) -> tuple[str, ...]:
    file = file_of(settings.storage.database)
    if file is None:
        trouble = open_with_secrets(settings)
        return (sentence(trouble),) if trouble else ()
    wrong = [
        _("The box cannot write to {path}: give its user permission.", path=str(path))
        for path in (file.parent, file)
        if path.exists() and not os.access(path, os.W_OK)
    ]
    return (*wrong, *_open_to_others(settings, file))


def _open_to_others(settings: Settings, database: Path) -> Iterator[str]:
    """What everybody on this machine may read and should not; the box closes its own files, if they are its user's."""
    if trouble := open_with_secrets(settings):
        yield sentence(trouble)
    for file in sorted(database.parent.glob(f"{database.name}*")):
        if files.others_may(file):
            yield _("Anybody on this machine can read {file}: sudo chmod o= {file}", file=str(file))
