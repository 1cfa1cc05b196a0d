"""Roots of Debian, made by mmdebstrap and kept between runs, and the packages that are tried in them."""

import fcntl
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.support.paths import ROOT

# Kept between runs: a root takes a minute, and its Debian may be some weeks old.
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "textback-roots"
# Debian's release -> its Python.
SUITES = {"bookworm": "3.11", "trixie": "3.13"}
MIRROR = "http://deb.debian.org/debian"
_SYSTEM = ("python3", "systemd-sysv", "udev", "util-linux", "dbus", "iproute2")
# For what happens on plugging in, and how the box is found.
IN_ALL = (*_SYSTEM, "usb-modeswitch", "umockdev", "avahi-daemon", "avahi-utils")
# What the machine needs besides: a kernel with drivers of USB serial ports, an initrd that finds the disk, updates at night.
OF_A_MACHINE = ("linux-image-amd64", "initramfs-tools", "kmod", "procps", "unattended-upgrades")
MODULES = "virtio_pci\nvirtio_blk\next4\n"
_INITRD = (
    f'mkdir -p "$1/etc/initramfs-tools/conf.d"; printf {shlex.quote(MODULES)} > "$1/etc/initramfs-tools/modules";'
    ' printf "MODULES=list\\nRESUME=none\\n" > "$1/etc/initramfs-tools/conf.d/textback"',
    f'printf {shlex.quote(MODULES)} > "$1/etc/initramfs-tools/modules"; chroot "$1" update-initramfs -u',
)


def kept(name: str, make: Callable[[Path], object]) -> Path:
    """The folder of this name, filled by `make` where it is not there yet, and kept between runs."""
    folder, making = CACHE / name, CACHE / f"{name}.part"
    CACHE.mkdir(parents=True, exist_ok=True)
    with _alone(CACHE / f"{name}.lock"):
        if not folder.exists():
            shutil.rmtree(making, ignore_errors=True)
            make(making)
            making.rename(folder)
    return folder


def root(suite: str) -> Path:
    """The folder of this release's root, which nobody changes. Raises CalledProcessError."""
    machine = suite == "trixie"
    include = ",".join(sorted(IN_ALL + (OF_A_MACHINE if machine else ())))

    def make(folder: Path) -> None:
        hooks = [f"--essential-hook={_INITRD[0]}", f"--customize-hook={_INITRD[1]}"] if machine else []
        command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={include}", *hooks]
        run([*command, suite, str(folder), MIRROR])

    # One that holds something else is another one.
    return kept(f"{suite}-{hashlib.sha256(include.encode()).hexdigest()[:8]}", make)


def unpacked(suite: str, architecture: str) -> Path:
    """The folder of a root for another architecture, in which nothing was ever run: Python and what it needs."""

    def make(folder: Path) -> None:
        command = ["mmdebstrap", "--quiet", "--variant=extract", f"--architectures={architecture}"]
        run([*command, "--skip=check/qemu", "--include=python3", suite, str(folder), MIRROR])
        for name in ("bin", "sbin", "lib"):
            (folder / name).symlink_to(f"usr/{name}")

    return kept(f"{suite}-{architecture}", make)


@cache
def package(architecture: str) -> Path:
    """The newest .deb for it, built by `make deb`, packed badly."""
    built = CACHE.parent / "textback-debs"
    built.mkdir(parents=True, exist_ok=True)
    with _alone(built / "lock"):
        found = ROOT / "dist" / f"textback_{version()}_{architecture}.deb"
        if not found.exists() or found.stat().st_mtime < _changed():
            run([sys.executable, "packaging/build.py", "--quick", "amd64", "arm64"], cwd=ROOT)
    return found


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """While another process makes the same thing, this one waits for it."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def version() -> str:
    """That of the release that is built here."""
    from importlib.metadata import version as of

    return of("textback")


def _changed() -> float:
    """When a file of the package was changed last (POSIX seconds)."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    files = [ROOT / name for name in os.fsdecode(listed.stdout).split("\0") if not name.startswith("tests/")]
    return max(file.stat().st_mtime for file in files if file.is_file())


def run(command: list[str], cwd: Path | None = None, environment: dict[str, str] | None = None) -> str:
    """What it printed; a failure of it with what it printed."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}"
    return done.stdout


class System:
    """A root of its own, in which programs run by chroot, with the devices of the machine that runs the tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, command: str, code: int | None = 0) -> str:
        """What this command of a shell prints there, run by root; code: how it is to end, None for anyhow."""
        mounts = f"mount --rbind /dev {self.folder}/dev && mount -t proc proc {self.folder}/proc"
        inside = f"{mounts} && exec chroot {self.folder} /bin/bash -c {shlex.quote(command)}"
        done = subprocess.run(
            ["unshare", "--mount", "--propagation", "private", "bash", "-c", inside],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"},
        )
        said = done.stdout.decode("utf-8", "replace")
        assert code in (None, done.returncode), f"{command}: {done.returncode}\n{said}"
        return said

    def install(self, package: Path) -> str:
        """What dpkg says."""
        shutil.copy(package, self.folder / "root")
        return self.run(f"dpkg -i /root/{package.name}")


@contextmanager
def system(suite: str, folder: Path) -> Iterator[System]:
    """A fresh system of this release in this folder, gone afterwards."""
    there = folder / suite
    run(["cp", "-a", "--reflink=auto", str(root(suite)), str(there)])
    try:
        yield System(there)
    finally:
        run(["rm", "-rf", "--one-file-system", str(there)])
