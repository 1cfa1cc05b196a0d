"""Gathers the facts of the check-up sheet from the machine, the database and the status of the lines; judges nothing."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from bridge.config import Settings
from bridge.contract.status import LineStatus, Status
from bridge.doctor.checks import Facts, LineFacts
from bridge.records import views
from bridge.records.engine import database_trouble

# systemd-timesyncd makes this file when the internet has set the clock; its folder is there wherever it runs.
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
# The rule that keeps ModemManager off modems, where a package or a person has put it.
RULES = tuple(Path(folder, "78-textback.rules") for folder in ("/etc/udev/rules.d", "/usr/lib/udev/rules.d"))


def gather(
    settings: Settings, status: Status, engine: Engine, ports: tuple[str, ...], modem_manager: bool
) -> Facts:
    """ports: what each port is taken for; modem_manager: does it run? Both are asked of the modem room."""
    trouble = status.database
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
        any(rule.exists() for rule in RULES),
        status.clock,
        SYNCHRONISED.exists() if SYNCHRONISED.parent.exists() else None,
        _free(settings),
        trouble,
        _permissions(settings),
    )


def _folder(settings: Settings) -> Path | None:
    url = make_url(settings.storage.database)
    return Path(url.database).parent if url.get_backend_name() == "sqlite" and url.database else None


def _free(settings: Settings) -> int | None:
    folder = _folder(settings)
    with suppress(OSError):
        return shutil.disk_usage(folder).free if folder else None
    return None


def _permissions(settings: Settings) -> tuple[str, ...]:
    folder = _folder(settings)
    if folder is None:
        return ()
    file = Path(make_url(settings.storage.database).database or "")
    wrong = [
        f"{path} may not be written: give it to the box's user."
        for path in (folder, file)
        if path.exists() and not os.access(path, os.W_OK)
    ]
    return tuple(wrong)
