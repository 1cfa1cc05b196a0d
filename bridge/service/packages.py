"""dpkg, apt and systemd, as far as an update needs them: which package is installed, kept as a file, replaced by another, and
whether the service that it brings is well. What is to be done, bridge/rules/updating knows."""

import json
import os
import shutil
import subprocess
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from bridge import files
from bridge.rules.settings import WebSettings

NAME, UNIT = "textback", "textback.service"
# So many looks there are in the time that a release has. So many of them in a row must find the service well, that it is not so
# for a moment only; so many starts in a row that fail are enough to know.
LOOKS, WELL, DEATHS = 90, 5, 10
# How long the page may take to answer, and how long another program may hold dpkg's lock (seconds).
ANSWERS, LOCKED = 10, 600
# What dpkg's own record of a package has besides what a package says of itself.
NOT_OF_THE_PACKAGE = ("Status:", "Conffiles:", "Config-Version:")
# The folder in which a package is made of what is installed.
MAKING = "making"
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}


def installed() -> tuple[str, str] | None:
    """The version that is installed, and how dpkg calls its state; None where textback is no package here."""
    told = _told("dpkg-query", "--show", "--showformat", "${Version}\t${Status}", NAME)
    version, _, state = (told or "").partition("\t")
    return (version, state) if version else None


def is_whole(state: str) -> bool:
    """Is a package in this state installed with nothing left to do?"""
    return state.split()[-1:] == ["installed"]


# ---- a package as a file


def keep_present(target: Path) -> bool:
    """Makes a package of the files that are installed, as dpkg knows them: where it came from need not be known. Is it done?"""
    folder = target.parent / MAKING
    shutil.rmtree(folder, ignore_errors=True)  # that of one whom a power cut has ended
    try:
        return _make_present(folder, target)
    except OSError:
        return False
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_present(folder: Path, target: Path) -> bool:
    root, made = folder / "root", folder / target.name
    control = root / "DEBIAN"
    folder.mkdir(mode=0o700)
    control.mkdir(parents=True)
    listed, record = _told("dpkg-query", "--listfiles", NAME), _told("dpkg-query", "--status", NAME)
    parts = _told("dpkg-query", "--control-list", NAME)
    if listed is None or record is None or parts is None:
        return False
    (control / "control").write_text(_of_the_package(record))
    for part in parts.split():
        file = _told("dpkg-query", "--control-path", NAME, part)
        shutil.copy((file or "").strip(), control / part)
    paths = [Path(line) for line in listed.splitlines()]
    # Of these /lib is a link on today's systems.
    folders = {above for path in paths for above in path.parents}
    for path in paths:
        _take(path, root, path in folders)
    if not _done("dpkg-deb", "--build", "--root-owner-group", "-Zgzip", "-z1", root, made):
        return False
    files.put(made, target)  # whole on the disk before the files that it is made of are replaced
    return True


def _take(path: Path, root: Path, is_folder: bool) -> None:
    """One installed file or folder; dpkg's list begins with /. itself."""
    there = root / path.relative_to("/")
    if is_folder or (path.is_dir() and not path.is_symlink()):
        there.mkdir(parents=True, exist_ok=True)
    elif path.is_symlink():
        there.symlink_to(path.readlink())
    elif path.exists():
        try:
            os.link(path, there)  # which takes no room
        except OSError:
            shutil.copy2(path, there)


def _of_the_package(record: str) -> str:
    """Of dpkg's record what the package says of itself.

    >>> _of_the_package("Package: x\\nStatus: install ok installed\\nConffiles:\\n /etc/x 00\\nVersion: 1\\n")
    'Package: x\\nVersion: 1\\n'
    """
    kept, taken = [], True
    for line in record.splitlines():
        if not line.startswith(" "):
            taken = not line.startswith(NOT_OF_THE_PACKAGE)
        if taken and line:
            kept.append(line)
    return "\n".join(kept) + "\n"


# ---- installing


def install(package: Path) -> bool:
    """Installs a newer package. What another start of dpkg has left undone is finished first."""
    _done("dpkg", "--configure", "--pending")
    options = f"DPkg::Lock::Timeout={LOCKED}", "APT::Sandbox::User=root"
    chosen = [word for option in options for word in ("-o", option)]
    return _done("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *chosen, package)


def install_old(package: Path) -> bool:
    """Puts an older package back; it was installed here before, so that what it needs is there."""
    return _done("dpkg", "--install", package, more={"TEXTBACK_DOWNGRADE": "yes"})


# ---- the service


def stop() -> bool:
    """Ends the service; a text that is on its way is waited for."""
    return _done("systemctl", "stop", UNIT)


def ready_since() -> str:
    """When the service has become ready the last time, by the clock of systemd; empty or 0 where it never has."""
    told = _told("systemctl", "show", "--property", "ActiveEnterTimestampMonotonic", "--value", UNIT)
    return (told or "").strip()


def is_ready(web: WebSettings, trouble: object, patience: float) -> bool:
    """Does the service become ready within so many seconds, and stay well for some looks? trouble: what /healthz said of the
    database before the update; who had it then may have it now."""
    over, well, deaths, since = time.monotonic() + patience, 0, 0, ""
    pause = threading.Event()
    while (left := over - time.monotonic()) > 0 and well < WELL and deaths < DEATHS:
        started = _done("systemctl", "start", UNIT, seconds=left)
        deaths = 0 if started else deaths + 1
        before, since = since, ready_since()
        is_well = started and _is_well(web, trouble)
        well = (well + 1 if since == before else 1) if is_well else 0
        pause.wait(patience / LOOKS)
    return well >= WELL


def database_trouble(web: WebSettings) -> object:
    """What the page says is wrong with the database; None for nothing, and where it does not answer."""
    told = _health(web)
    return told.get("database") if told else None


def _is_well(web: WebSettings, trouble: object) -> bool:
    if not web.port:
        return True  # any free port: nobody knows which
    told = _health(web)
    return told is not None and told.get("status") != "dead" and told.get("database") in (None, trouble)


def _health(web: WebSettings) -> dict[str, object] | None:
    address = f"http://{EVERYWHERE.get(web.host, web.host)}:{web.port}/healthz"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with suppress(OSError, ValueError), opener.open(address, timeout=ANSWERS) as answer:
        told = json.load(answer)
        return told if isinstance(told, dict) else None
    return None


# ---- programs


def _environment() -> dict[str, str]:
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}


def _done(*command: str | Path, more: dict[str, str] | None = None, seconds: float | None = None) -> bool:
    """Does a program do its work, within this time? What it says goes where ours goes."""
    with suppress(subprocess.TimeoutExpired, OSError):
        environment = {**_environment(), **(more or {})}
        return subprocess.run(command, check=False, env=environment, timeout=seconds).returncode == 0
    return False


def _told(*command: str) -> str | None:
    """What a program says; None where it fails."""
    with suppress(OSError):
        done = subprocess.run(
            command,
            check=False,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return done.stdout if done.returncode == 0 else None
    return None
