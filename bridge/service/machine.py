"""Looks at the files in which a machine says how it is; what they mean, bridge/rules/machine says. It writes nothing."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from bridge.rules.machine import ClockSetter, Journal, Machine, reading
from bridge.rules.machine.reading import Mount

# A folder that may not be looked into holds nothing, as os.path.exists has it; Path.exists would raise.
ROOT = Path("/")
# How long a program that is asked may take (seconds).
PATIENCE = 20
# The kernel's log is a ring of records; one that goes on for ever is left (records).
MOST_RECORDS = 100_000
# What stands for each that sets the clock: one of these files is there.
SETTERS = {
    ClockSetter.CHIP: ("sys/class/rtc/rtc0",),
    ClockSetter.SAVED: ("etc/fake-hwclock.data", "var/lib/systemd/timesync", "run/systemd/timesync"),
    ClockSetter.INTERNET: ("run/systemd/timesync", "run/chrony", "run/ntpd.pid"),
}


def look(folder: Path | None, root: Path = ROOT) -> Machine:
    """Everything that this machine says. folder: where the database lies, None if it is on a server. root: where the files of
    the machine are."""
    mounts = reading.mounts(_text(root / "proc/self/mountinfo"))
    mount = reading.mount_of(folder.resolve() if folder else ROOT, mounts)
    log = kernel_log(root)
    lines = reading.kernel_lines(log) if log is not None else []
    free, size = _room(folder)
    return Machine(
        model=reading.model(_text(root / "proc/device-tree/model")),
        system=reading.system_name(_text(root / "etc/os-release")),
        bits=64 if sys.maxsize > 2**32 else 32,
        firmware=_firmware(root),
        low_voltage=_low_voltage(root, lines),
        degrees=reading.degrees(_text(root / "sys/class/thermal/thermal_zone0/temp")),
        free=free,
        size=size,
        errors=_errors(root, mount, lines, log is not None),
        log_open=log is not None,
        read_only=bool(folder and mount and reading.is_read_only(mount)),
        in_memory=bool(
            folder and mount and reading.is_lost_at_restart(mount, _text(root / "proc/cmdline"), mounts)
        ),
        journal=_journal(root),
        setters=tuple(
            who for who, files in SETTERS.items() if any(os.path.exists(root / file) for file in files)
        ),
        synchronised=_synchronised(root),
    )


def voltage_alarm(root: Path = ROOT) -> Path | None:
    """The file in which the kernel of a Raspberry Pi says whether the voltage is too low at this moment; None elsewhere."""
    for name in sorted((root / "sys/class/hwmon").glob("hwmon*/name")):
        if _text(name).strip() == "rpi_volt":
            return name.parent / "in0_lcrit_alarm"
    return None


def is_set(alarm: Path) -> bool:
    """Does this file say that something is wrong?"""
    return _text(alarm).strip() == "1"


def kernel_log(root: Path = ROOT) -> str | None:
    """The kernel's log since the start; None where this user may not read it."""
    try:
        handle = os.open(root / "dev/kmsg", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return b"".join(_records(handle)).decode("utf-8", "replace")
    finally:
        os.close(handle)


def _records(handle: int) -> Iterator[bytes]:
    for _ in range(MOST_RECORDS):
        try:
            record = os.read(handle, 8192)
        except BrokenPipeError:  # it was overwritten before it was read
            continue
        except OSError:
            return
        if not record:
            return
        yield record


def asked(command: Sequence[str]) -> tuple[int | None, str]:
    """What a program of the machine says, and with which code it ends; None where it cannot be asked, with the reason."""
    program = shutil.which(command[0])
    if program is None:
        return None, f"There is no {command[0]} on this machine."
    try:
        done = subprocess.run(
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, f"{command[0]} did not answer within {PATIENCE} seconds."
    except OSError as error:
        return None, f"{command[0]} cannot be run: {error.strerror}."
    return done.returncode, done.stdout.decode("utf-8", "replace")


def _text(file: Path) -> str:
    """What stands in a file of the machine, "" where there is none or it may not be read."""
    with suppress(OSError):
        return file.read_text("utf-8", "replace")
    return ""


def _firmware(root: Path) -> int | None:
    if not os.access(root / "dev/vcio", os.R_OK | os.W_OK):
        return None
    return reading.throttled(asked(("vcgencmd", "get_throttled"))[1])


def _low_voltage(root: Path, lines: Sequence[str]) -> bool | None:
    alarm = voltage_alarm(root)
    if alarm is None:
        return None
    return is_set(alarm) or reading.voltage_was_low(lines)


def _room(folder: Path | None) -> tuple[int | None, int | None]:
    with suppress(OSError):
        if folder is not None:
            usage = shutil.disk_usage(folder)
            return usage.free, usage.total
    return None, None


def _errors(root: Path, mount: Mount | None, lines: Sequence[str], log_open: bool) -> str | None:
    """The last error of a disk, by the kernel's log, else by what ext4 has counted."""
    if mount is None:
        return None
    name = _name_of(root, mount)
    if told := reading.last_error(lines, {reading.disk_of(name)}):
        return told
    counted = _text(root / "sys/fs/ext4" / name / "errors_count").strip()
    if counted.isdecimal():
        return f"ext4 has counted {counted} errors on {name}" if int(counted) else ""
    return "" if log_open else None


def _name_of(root: Path, mount: Mount) -> str:
    """The disk as the kernel calls it; the mount may call it /dev/root."""
    device = root / "sys/dev/block" / mount.number
    return device.resolve().name if os.path.exists(device) else mount.name


def _journal(root: Path) -> Journal | None:
    for folder, kept in (("var/log/journal", True), ("run/log/journal", False)):
        sizes = []
        for file in (root / folder).rglob("*.journal*"):
            with suppress(OSError):
                sizes.append(file.stat().st_size)
        if sizes:
            return Journal(kept, sum(sizes))
    return None


def _synchronised(root: Path) -> bool | None:
    """systemd-timesyncd makes a file when the internet has set the clock; its folder is there wherever it runs."""
    folder = root / "run/systemd/timesync"
    return os.path.exists(folder / "synchronized") if os.path.exists(folder) else None
