"""The parts of what goes to somebody who helps: versions, unit, log, kernel, USB, database, machine. Each is a text; what of it
belongs to people, bridge/rules/masking takes out."""

import json
import os
import platform
import re
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from bridge.config import Settings
from bridge.records.engine import file_of, is_sound
from bridge.records.failures import masked
from bridge.rules.machine import Machine, reading
from bridge.service import machine

# What has no numbers of people in it by the way it is made; names are looked for all the same.
OUR_OWN = frozenset({"versions.txt", "config.txt", "database.txt", "machine.txt", "recording.jsonl"})
UNIT = "textback"
# So many of the last lines of a log are told, and a check of the database may take so long (seconds).
LINES, CHECK = 3000, 20.0
# What the kernel says of modems, of the card and of power.
_KERNEL = re.compile(
    r"\b(?:usb|ttyUSB|ttyACM|option|qcserial|cdc_acm|qmi_wwan|mmc|EXT4|xhci|dwc)|I/O error|voltage|[Oo]ut of memory|oom",
)


# ---- this program


def versions() -> str:
    """textback, Python, the system, and every library that is needed."""
    lines = [
        f"textback {version('textback')}",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {64 if sys.maxsize > 2**32 else 32} bits",
        f"Linux {platform.release()} {platform.machine()}",
    ]
    for requirement in sorted(requires("textback") or (), key=str.lower):
        if "extra ==" not in requirement:
            lines.append(_library(re.split(r"[^\w.-]", requirement)[0]))
    return "\n".join(lines)


def _library(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} is missing"


def database(settings: Settings, engine: Engine) -> str:
    """Its revision, how many rows each table has, how large its files are, and whether it is sound."""
    return "\n".join([*_files(file_of(settings.storage.database)), *_rows(engine)])


def _files(file: Path | None) -> Iterator[str]:
    if file is None:
        yield "The database is on a server."
        return
    for one in sorted(file.parent.glob(f"{file.name}*")):
        yield f"{one.name}: {one.stat().st_size} octets"
    if not file.exists():
        yield "There is no database."
    else:
        sound = is_sound(file, CHECK)
        yield f"sound: {'not known' if sound is None else 'yes' if sound else 'NO'}"


def _rows(engine: Engine) -> Iterator[str]:
    try:
        with engine.connect() as connection:
            for table in sorted(inspect(connection).get_table_names()):
                what = "version_num" if table == "alembic_version" else "count(*)"
                try:
                    found = connection.execute(text(f'SELECT {what} FROM "{table}"')).scalar()
                    yield f"{table}: {found}"
                except DatabaseError as error:
                    yield f"{table} cannot be read: {masked(error)}"
    except DatabaseError as error:
        yield f"The database cannot be read: {masked(error)}"


# ---- the machine


def machine_as_seen(seen: Machine) -> str:
    """What it says about itself, and how much memory it has."""
    memory = [line for line in _lines("/proc/meminfo") if line.startswith(("Mem", "Swap"))]
    return "\n".join([json.dumps(asdict(seen), indent=1), *memory, *_lines("/proc/loadavg")])


def unit() -> str:
    """What systemd says of the service."""
    state = _said("systemctl", "status", UNIT, "--no-pager", "--full", "--lines=0")
    more = _said("systemctl", "show", UNIT, "--property=NRestarts,Result,FragmentPath,DropInPaths")
    return f"{state}\n{more}"


def log() -> str:
    """The last lines of the service's log, as systemd keeps it."""
    told = ("--no-pager", "--quiet", "--no-hostname", "--output=short-iso", f"--lines={LINES}")
    return _said("journalctl", "--unit", UNIT, *told) or (
        "There is nothing. This user may not read the log, or the service does not run under systemd. "
        "As root: sudo journalctl -u textback"
    )


def kernel(log: str | None) -> str:
    """The kernel's lines about modems, the card and power. log: all of them, None where this user may not read them."""
    if log is None:
        log = _said("journalctl", "--dmesg", "--no-pager", "--quiet", "--output=cat", f"--lines={LINES}")
        if not log:
            return "This user may not read the kernel's log. As root: sudo dmesg"
    lines = [line for line in reading.kernel_lines(log) if _KERNEL.search(line)]
    return "\n".join(line for line in lines[-LINES:] if "SerialNumber:" not in line) or "There is nothing."


def usb(root: Path = machine.ROOT) -> str:
    """Every USB device, with the driver of each of its interfaces; no serial numbers."""
    lines = []
    for folder in sorted((root / "sys/bus/usb/devices").glob("*")):
        if os.path.exists(folder / "idVendor"):
            told = [_line(folder / name) for name in ("manufacturer", "product", "speed", "bMaxPower")]
            ids = f"{_line(folder / 'idVendor')}:{_line(folder / 'idProduct')}"
            lines.append(f"{folder.name}  {ids}  {'  '.join(filter(None, told))}")
        elif os.path.exists(folder / "bInterfaceNumber"):
            driver = (folder / "driver").resolve().name if os.path.exists(folder / "driver") else "no driver"
            kind = "/".join(_line(folder / f"bInterface{one}") for one in ("Class", "SubClass", "Protocol"))
            lines.append(
                f"    {folder.name}  interface {_line(folder / 'bInterfaceNumber')}  {kind}  {driver}"
            )
    return "\n".join(lines) or "There are no USB devices."


def _said(*command: str) -> str:
    return machine.asked(command)[1].strip()


def _line(file: Path) -> str:
    return " ".join(_lines(file))


def _lines(file: str | Path) -> list[str]:
    try:
        return Path(file).read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
