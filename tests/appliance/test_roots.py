"""One package for Debian 12 and 13: what it holds, and what it does where nothing of the project was before."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.appliance.roots import SUITES, System, package, run, system
from tests.support.needs import needs

pytestmark = needs("mmdebstrap", "debhelper", "lintian")

PDU = "0791448720003023040C9144977156139400009990319094640005E8329BFD06"
# The page of the demo, as far as it says that it is one.
HEALTH = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1] + '/healthz').read().decode())"
DEMO = f"""
: > /tmp/demo
textback demo --port 0 >> /tmp/demo 2>&1 &
runs() {{ kill -0 $! || {{ cat /tmp/demo; exit 1; }}; sleep 0.2; }}
until url=$(grep -o -m1 'http://[0-9.:]*' /tmp/demo); do runs; done
until python3 -c "{HEALTH}" "$url" > /tmp/health && grep -q '"status": *"ok"' /tmp/health; do runs; done
kill $!; wait $! || true
cat /tmp/health
"""


@pytest.fixture(scope="module", params=SUITES)
def debian(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with system(request.param, tmp_path_factory.mktemp("roots")) as there:
        said = there.install(package("amd64"))
        assert "Setting up textback" in said
        yield there


def test_lintian_finds_nothing_in_either() -> None:
    for architecture in ("amd64", "arm64"):
        assert (
            run(["lintian", "--fail-on", "error,warning", "--allow-root", str(package(architecture))]) == ""
        )


def test_both_hold_the_same_program(tmp_path: Path) -> None:
    """But for the compiled modules, and these for each Python that is supported."""
    kinds: dict[str, dict[str, str]] = {}
    for architecture in ("amd64", "arm64"):
        listed = run(["dpkg-deb", "-c", str(package(architecture))])
        kinds[architecture] = dict(
            sorted((line.split()[5], line.split()[0]) for line in listed.splitlines() if ".so" not in line)
        )
        compiled = [line for line in listed.splitlines() if "_gammu.cpython" in line]
        assert {re.findall(r"cpython-(\d+)", line)[0] for line in compiled} == {"311", "313"}
    plain = {
        name: {re.sub(r"\.dist-info/.*|.*\.libs/.*", "", file) for file in files}
        for name, files in kinds.items()
    }
    assert plain["amd64"] == plain["arm64"]


def test_its_files_are_those_that_were_packed(debian: System) -> None:
    assert debian.run("dpkg -V textback") == ""
    assert debian.run("textback --version").startswith("textback, version ")


def test_it_decodes_and_serves_a_page_and_a_text_goes_through_gammu(debian: System) -> None:
    (found,) = map(json.loads, debian.run(f"textback decode --json {PDU}").splitlines())
    assert found["text"] == "hello"
    assert json.loads(debian.run(DEMO))["status"] == "ok"


def test_nobody_s_folder_is_no_trouble(debian: System) -> None:
    """A command in a folder that its user may not read, as root's own."""
    said = debian.run("cd /root && chmod 700 . && textback config check")
    assert "Traceback" not in said


def test_a_backup_moves_to_another_system(debian: System, tmp_path: Path) -> None:
    """And half of it brings at least those who asked for no more texts."""
    there = debian.folder / "var/lib/textback"
    assert debian.run("textback send +447400123456 Hello && textback backup /var/lib/textback/box.zip")
    other = next(suite for suite in SUITES if suite not in debian.folder.name)
    with system(other, tmp_path) as new:
        new.install(package("amd64"))
        shutil.copy(there / "box.zip", new.folder / "tmp/box.zip")
        said = new.run("chmod 644 /tmp/box.zip; textback restore /tmp/box.zip")
        assert "1 texts" in said
        assert "+447400123456" in new.run("textback messages --json")
        whole = (there / "box.zip").read_bytes()
        (new.folder / "tmp/half.zip").write_bytes(whole[: len(whole) // 2])
        said = new.run("textback restore /tmp/half.zip", 1)
        assert "half.zip is not whole" in said
        assert "+447400123456" in new.run("textback messages --json")


def test_removed_it_leaves_the_data_and_purged_it_leaves_nothing(debian: System) -> None:
    debian.run("textback messages")
    debian.run("dpkg --remove textback")
    assert "textback.db" in debian.run("ls /var/lib/textback")
    assert debian.run("ls /etc/textback") == "config.ini\n"
    assert debian.run("ls -d /usr/lib/textback", None).startswith("ls: cannot access")
    debian.run("dpkg --purge textback")
    for folder in ("/etc/textback", "/var/lib/textback"):
        assert debian.run(f"ls -d {folder}", None).startswith("ls: cannot access")
