"""Which other program is on a port that we want, by what /proc tells; it stops nobody."""

import os
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
# Programs that are known to sit on modems, by the name of their process.
KNOWN = (
    "ModemManager",
    "gammu-smsd",
    "smsd",
    "wvdial",
    "pppd",
    "minicom",
    "picocom",
    "screen",
    "textback",
)


def running(name: str, proc: Path = PROC) -> bool:
    """Does a process of this name run? Other users' processes tell their names too."""
    return any(_name(process) == name[:15] for process in _processes(proc))


def command_line(name: str, proc: Path = PROC) -> tuple[str, ...] | None:
    """How a process of this name was started, as far as that is told; None where there is none."""
    for process in _processes(proc):
        if _name(process) == name[:15]:
            with suppress(OSError):
                return tuple((process / "cmdline").read_text("utf-8", "replace").split("\0"))
            return ()
    return None


def holders(path: str, proc: Path = PROC) -> tuple[str, ...]:
    """The names of the processes that have this port open, as far as we may look: our own user's, or all as root."""
    device = os.path.realpath(path)
    me = str(os.getpid())
    return tuple(
        dict.fromkeys(
            _name(process)
            for process in _processes(proc)
            if process.name != me and device in _open_files(process)
        )
    )


def who_holds(path: str) -> str:
    """The name of the process that is on the port, "" if there is no telling."""
    found = holders(path)
    # The port of a root's program is hidden from us; ModemManager is the likeliest of those that run.
    return (
        found[0] if found else next((known for known in KNOWN if running(known) and known != "textback"), "")
    )


def _processes(proc: Path) -> list[Path]:
    with suppress(OSError):
        return [entry for entry in proc.iterdir() if entry.name.isdigit()]
    return []


def _name(process: Path) -> str:
    with suppress(OSError):
        return (process / "comm").read_text().strip()
    return ""


def _open_files(process: Path) -> set[str]:
    with suppress(OSError):
        return {os.path.realpath(link) for link in (process / "fd").iterdir()}
    return set()
