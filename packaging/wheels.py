"""The wheels of what textback needs, taken by hash and unpacked for every Python of Debian 12 and 13 at once.

    python3 packaging/wheels.py fetch aarch64 FOLDER     downloads those of packaging/wheels.lock
    python3 packaging/wheels.py unpack FOLDER TARGET     lays the files of all wheels in FOLDER into TARGET

Compiled modules carry their Python's name in theirs, so that two Pythons' stand side by side; any other file must be the same
in every wheel of a release.
"""

import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

LOCK = Path(__file__).with_name("wheels.lock")
# The Pythons of Debian 12 and 13, and what their glibc can load.
PYTHONS = ("3.11", "3.13")
PLATFORMS = ("manylinux2014", "manylinux_2_17", "manylinux_2_28")
# What a wheel holds for its installer alone, and a bill of materials, which names the compiled module beside it.
NOT_WANTED = ("RECORD", "WHEEL", "INSTALLER", "direct_url.json")
BILLS = "sboms"


def fetch(machine: str, folder: Path) -> None:
    """Downloads the wheels of every Python for this machine, as `uname -m` calls it. Raises CalledProcessError where one is
    missing or has another hash."""
    for python in PYTHONS:
        platforms = [f"--platform={name}_{machine}" for name in PLATFORMS]
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
                *("--only-binary=:all:", "--no-deps", "--require-hashes", "--requirement", LOCK),
                *("--implementation=cp", f"--python-version={python}", *platforms, "--dest", folder),
            ],
            check=True,
        )


def unpack(folder: Path, target: Path) -> None:
    """Lays the files of all wheels into `target`. Raises ValueError where two of them disagree about one."""
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.infolist():
                if not entry.is_dir() and (place := _place(PurePosixPath(entry.filename))):
                    _write(target / place, archive.read(entry), wheel.name)


def _place(name: PurePosixPath) -> PurePosixPath | None:
    """Where an entry of a wheel goes; None for what is left out: commands of the libraries, and notes for an installer."""
    first, *rest = name.parts
    if first.endswith(".data"):
        return PurePosixPath(*rest[1:]) if rest[0] in ("purelib", "platlib") else None
    if first.endswith(".dist-info") and (name.name in NOT_WANTED or BILLS in rest):
        return None
    return name


def _write(file: Path, content: bytes, wheel: str) -> None:
    if file.exists():
        if file.read_bytes() != content:
            raise ValueError(f"{wheel} has another {file} than a wheel before it")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fetch", machine, folder]:
            fetch(machine, Path(folder))
        case ["unpack", folder, target]:
            unpack(Path(folder), Path(target))
        case _:
            sys.exit(__doc__)
