"""The installed package as a file: what dpkg makes of it is what was there. With the real dpkg, on packages of Debian."""

import shutil
import subprocess
from pathlib import Path

import pytest

from bridge.service import packages

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg here")
# Small, installed everywhere, with scripts, and with files under /lib or /usr/lib.
SOME = ("debianutils", "init-system-helpers", "mount")


def field(file: Path, name: str) -> str:
    return subprocess.run(
        ["dpkg-deb", "--field", file, name], check=True, capture_output=True, text=True
    ).stdout


@pytest.mark.parametrize("name", SOME)
def test_it_holds_what_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(packages, "NAME", name)
    there = packages.installed()
    if there is None:
        pytest.skip(f"{name} is not installed here")
    file = tmp_path / "kept.deb"
    left = tmp_path / packages.MAKING / "root" / "left by a power cut"
    left.mkdir(parents=True)
    assert packages.keep_present(file)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.deb"]
    assert (field(file, "Package").strip(), field(file, "Version").strip()) == (name, there[0])
    assert field(file, "Status").strip() == ""
    files = subprocess.run(["dpkg-deb", "--fsys-tarfile", file], check=True, capture_output=True).stdout
    said = subprocess.run(["tar", "-tvf", "-"], input=files, check=True, capture_output=True).stdout.decode()
    kept = {Path("/" + line.split()[5]) for line in said.splitlines()}
    listed = subprocess.run(
        ["dpkg-query", "--listfiles", name], check=True, capture_output=True, text=True
    ).stdout
    assert kept == {Path(line) for line in listed.splitlines() if Path(line).exists()}
    # No folder of the system becomes a link of the package's.
    assert not [
        line for line in said.splitlines() if line.startswith("l") and line.split()[5] in ("./lib", "./bin")
    ]
    scripts = {path.suffix[1:] for path in Path("/var/lib/dpkg/info").glob(f"{name}.*")} - {"list"}
    told = subprocess.run(["dpkg-deb", "--ctrl-tarfile", file], check=True, capture_output=True).stdout
    names = (
        subprocess.run(["tar", "-tf", "-"], input=told, check=True, capture_output=True)
        .stdout.decode()
        .split()
    )
    assert {Path(one).name for one in names} - {""} == scripts | {"control"}


def test_where_there_is_no_room_or_no_package_it_is_not_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not packages.keep_present(tmp_path / "no" / "folder.deb")
    monkeypatch.setattr(packages, "NAME", "no-such-package-anywhere")
    assert not packages.keep_present(tmp_path / "kept.deb")
    assert list(tmp_path.iterdir()) == []
