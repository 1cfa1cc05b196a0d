"""`textback doctor --bundle`: one zip for whoever helps, without numbers, names, texts or passwords. What cannot be found
out is named in it: it is made most of all when something does not work."""

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bridge import config
from bridge.clock import Clock
from bridge.config import ConfigError, Settings, last_good
from bridge.config.secrets import without_secrets
from bridge.doctor import facts as checkup
from bridge.doctor import parts
from bridge.doctor.check import as_text
from bridge.doctor.checks import sheet
from bridge.doctor.patient import CannotExamine, at_hand
from bridge.doctor.private import mask_of
from bridge.records.engine import open_engine
from bridge.rules.machine import Machine
from bridge.rules.masking import Mask
from bridge.service import machine
from bridge.service.ports import ports_of_this_machine

README = """\
textback {version}, made {now:%Y-%m-%d %H:%M} UTC, for somebody who helps.

Phone numbers, names, texts, passwords and what looks like one of them are left out or replaced. Still look through it
before you send it: what other programs write into the log, nobody knows beforehand.

"""
# What may be broken: the database, files, rows, and whatever the modems say.
FAILURES = (CannotExamine, SQLAlchemyError, OSError, ValueError, LookupError)
# File in the zip -> its text, or the error that kept it from being made.
Found = tuple[str, str | Exception]


def make(config_file: Path) -> bytes:
    """The zip. config_file: config.ini, which may be wrong: then the last one that was right counts."""
    settings, problem = _settings(config_file)
    engine = open_engine(settings.storage.database)
    try:
        mask = mask_of(settings, engine)
        return _zipped(_found(settings, problem, engine), mask)
    finally:
        engine.dispose()


def _settings(config_file: Path) -> tuple[Settings, ConfigError | None]:
    try:
        return config.load(config_file), None
    except ConfigError as error:
        return last_good.settings(config_file), error


def _found(settings: Settings, problem: ConfigError | None, engine: Engine) -> Iterator[Found]:
    """The parts, one after the other; one that fails does not keep the others from their turn."""
    seen = machine.look(checkup.folder(settings))
    log = machine.kernel_log()
    made: tuple[tuple[str, Callable[[], str]], ...] = (
        ("versions.txt", parts.versions),
        ("config.txt", lambda: _config(settings, problem)),
        ("database.txt", lambda: parts.database(settings, engine)),
        ("machine.txt", lambda: parts.machine_as_seen(seen)),
        ("unit.txt", parts.unit),
        ("log.txt", parts.log),
        ("kernel.txt", lambda: parts.kernel(log)),
        ("usb.txt", parts.usb),
    )
    for name, make_part in made:
        try:
            yield name, make_part()
        except FAILURES as error:
            yield name, error
    yield from _of_modems(settings, engine, seen)


def _of_modems(settings: Settings, engine: Engine, seen: Machine) -> Iterator[Found]:
    """The check-up, and what the modems said in the last minutes."""
    try:
        with ExitStack() as stack:
            patient = stack.enter_context(at_hand(settings, engine))
            ports, modem_manager = ports_of_this_machine()
            facts = checkup.gather(settings, patient.status(), engine, ports, modem_manager, seen)
            yield "doctor.txt", as_text(sheet(facts), ports)
            yield "recording.jsonl", patient.recording(masked=True)
    except FAILURES as error:
        yield "doctor.txt", error


def _config(settings: Settings, problem: ConfigError | None) -> str:
    wrong = [f"line {one.line} is wrong" for one in problem.problems] if problem else []
    return "\n".join([*wrong, without_secrets(settings.path.read_text("utf-8", "replace"))])


def _zipped(found: Iterator[Found], mask: Mask) -> bytes:
    made, missing = io.BytesIO(), []
    now = Clock().utc()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in found:
            if isinstance(text, Exception):
                missing.append(f"{name} is missing: {mask.all(_why(text))}")
            else:
                # What this program has written itself has no numbers in it, and a recording has stand-ins, to be replayed.
                whole = mask.words(text) if name in parts.OUR_OWN else mask.all(text)
                archive.writestr(name, f"{whole.rstrip()}\n")
        words = README.format(version=version("textback"), now=now) + "\n".join(missing)
        archive.writestr("README.txt", f"{words.rstrip()}\n")
    return made.getvalue()


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, CannotExamine) else f"{type(error).__name__}: {error}"
