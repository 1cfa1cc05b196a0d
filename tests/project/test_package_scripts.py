"""The scripts of the package, each with a system in which it refuses in one sentence; what they do, machines show."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.paths import ROOT

pytestmark = pytest.mark.skipif(shutil.which("dpkg") is None, reason="no dpkg here")
PREINST = ROOT / "packaging" / "debian" / "textback.preinst"
INSTALLER = ROOT / "packaging" / "install.sh"
SCRIPTS = [
    *(PREINST.with_suffix(f".{name}") for name in ("preinst", "postinst", "prerm", "postrm")),
    INSTALLER,
    ROOT / "packaging" / "textback",
]


def run(folder: Path, script: Path, *words: str, architecture: str = "arm64", **more: str) -> tuple[int, str]:
    """On a machine of this architecture, for all that the script can see."""
    stub = folder / "dpkg"
    real = shutil.which("dpkg")
    stub.write_text(
        f'#!/bin/sh\n[ "$1" = --print-architecture ] && echo {architecture} && exit\nexec {real} "$@"\n'
    )
    stub.chmod(0o755)
    environment = {"PATH": f"{folder}:/usr/bin:/bin", **more}
    done = subprocess.run(
        ["sh", script, *words], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_each_is_a_script(script: Path) -> None:
    subprocess.run(["sh", "-n", script], check=True)


@pytest.mark.parametrize(
    "words",
    [
        ("install",),
        ("install", "0.2.0", "0.3.0"),
        ("upgrade", "0.2.0", "0.3.0"),
        ("upgrade", "0.3.0", "0.3.0"),
        ("upgrade", "0.9.0", "0.10.0"),
        ("abort-upgrade", "0.3.0"),
    ],
)
def test_what_is_not_older_may_be_installed(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert run(tmp_path, PREINST, *words) == (0, "")


@pytest.mark.parametrize("action", ["upgrade", "install"])
@pytest.mark.parametrize(("old", "new"), [("0.3.0", "0.2.0"), ("0.10.0", "0.9.0"), ("0.3.0", "0.3.0~rc1")])
def test_an_older_release_is_refused_but_for_who_means_it(
    tmp_path: Path, action: str, old: str, new: str
) -> None:
    code, said = run(tmp_path, PREINST, action, old, new)
    assert (code, said.count("\n")) == (1, 1)
    assert f"textback {new} is older than {old}" in said
    assert run(tmp_path, PREINST, action, old, new, TEXTBACK_DOWNGRADE="yes") == (0, "")
    assert run(tmp_path, PREINST, action, old, new, TEXTBACK_DOWNGRADE="no")[0] == 1


@pytest.mark.parametrize("architecture", ["armhf", "armel", "i386"])
def test_a_system_of_32_bits_gets_one_sentence(tmp_path: Path, architecture: str) -> None:
    for script in (PREINST, INSTALLER):
        code, said = run(tmp_path, script, "install", architecture=architecture)
        assert (code, said.count("\n")) == (1, 1), script
        assert architecture in said
        assert "64-bit Raspberry Pi OS" in said
