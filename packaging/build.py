"""Builds textback_VERSION_ARCHITECTURE.deb into dist/, by debhelper: `make deb`. Needs dpkg-dev and debhelper; it builds for
another architecture as well as for that of the machine.

    python3 packaging/build.py [--quick] [amd64] [arm64]

--quick: packed badly, which is soon done.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from email.utils import formatdate
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD, DIST = ROOT / "build", ROOT / "dist"
# Debian's name of an architecture -> what `uname -m` says there.
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
MAINTAINER = "The textback contributors <packaging@textback.example>"


def main(words: list[str]) -> None:
    """Builds for these architectures, or for all. Raises CalledProcessError where a step fails."""
    quick = "--quick" in words
    wanted = [word for word in words if word != "--quick"] or list(MACHINES)
    if strange := set(wanted) - set(MACHINES):
        sys.exit(f"No such architecture: {', '.join(strange)}. There are {' and '.join(MACHINES)}.")
    DIST.mkdir(exist_ok=True)
    own = _own_wheel()
    for architecture in wanted:
        _build(architecture, own, quick)


def version() -> str:
    """That of the release, as pyproject.toml has it."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def _own_wheel() -> Path:
    folder = BUILD / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    source = _source(BUILD / "source")
    _run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", folder, "."], source)
    (wheel,) = folder.glob("textback-*.whl")
    return wheel


def _source(folder: Path) -> Path:
    """A copy of the files that belong to the project, as they are now."""
    shutil.rmtree(folder, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def _build(architecture: str, own: Path, quick: bool) -> None:
    wheels = BUILD / "wheels" / architecture
    wheels.mkdir(parents=True, exist_ok=True)
    for old in wheels.glob("textback-*.whl"):
        old.unlink()
    _run([sys.executable, "packaging/wheels.py", "fetch", MACHINES[architecture], wheels], ROOT)
    shutil.copy(own, wheels)
    source = _source(BUILD / architecture / "source")
    shutil.copytree(source / "packaging" / "debian", source / "debian")
    (source / "debian" / "changelog").write_text(_changelog())
    packing = "-Zgzip -z1" if quick else "-Zxz"
    environment = {**os.environ, "WHEELS": str(wheels), "DEB_BUILD_OPTIONS": "nocheck", "PACKING": packing}
    subprocess.run(
        ["dpkg-buildpackage", f"-a{architecture}", "-b", "-d", "-us", "-uc"],
        cwd=source,
        env=environment,
        check=True,
    )
    for package in (BUILD / architecture).glob("*.deb"):
        shutil.move(package, DIST / package.name)
        print(f"dist/{package.name}: {(DIST / package.name).stat().st_size / 1e6:.1f} MB")


def _changelog() -> str:
    """As dpkg wants one; what is new stands in CHANGELOG.md. Its time is that of the last commit, so that the same files
    make the same package."""
    asked = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    when = formatdate(float(asked.stdout or 0), localtime=False).replace("-0000", "+0000")
    return f"textback ({version()}) stable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- {MAINTAINER}  {when}\n"


def _run(command: list[str | Path], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
