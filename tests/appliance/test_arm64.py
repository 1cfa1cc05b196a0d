"""The package for the Raspberry Pi, by emulation of its processor."""

import json
import re
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modem.simulator import Simulator
from tests.appliance.roots import package, run, unpacked
from tests.support.box import ANN, DEADLINE, MESSAGE, write_config
from tests.support.needs import needs
from tests.support.processes import uncounted

pytestmark = needs("mmdebstrap", "qemu-user-static", "debhelper")

PDU = "0791448720003023040C9144977156139400009990319094640005E8329BFD06"
MAIN = "import sys; sys.path.insert(0, '/usr/lib/textback'); from bridge.cli import main; main(prog_name='textback')"


@pytest.fixture(scope="module")
def textback(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The words before those of the command line."""
    root = tmp_path_factory.mktemp("arm64") / "root"
    run(["cp", "-a", str(unpacked("trixie", "arm64")), str(root)])
    run(["dpkg-deb", "-x", str(package("arm64")), str(root)])
    (python,) = (root / "usr/bin").glob("python3.??")
    return ["qemu-aarch64-static", "-L", str(root), str(python), "-I", "-c", MAIN]


@contextmanager
def served(textback: list[str], config: Path) -> Iterator[str]:
    """The service; the page's address."""
    command = [*textback, "run", "--config", str(config)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=uncounted()
    )
    assert process.stdout
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"http://[\d.]+:\d+", line):
                yield found[0]
                break
        else:
            raise AssertionError("".join(said))
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=DEADLINE)


def test_it_is_this_release(textback: list[str]) -> None:
    assert run([*textback, "--version"]).startswith("textback, version ")


def test_it_decodes(textback: list[str]) -> None:
    assert json.loads(run([*textback, "decode", "--json", PDU]))["text"] == "hello"


def test_it_serves_its_page_and_texts_a_caller(textback: list[str], tmp_path: Path) -> None:
    """The text goes through python-gammu, whose compiled module is that for this processor."""
    with Simulator(reports="off") as modem:
        with served(textback, write_config(tmp_path, modem.port)) as url:
            modem.wait_for(lambda entry: "AT+CLIP=1" in entry.text, DEADLINE)
            modem.call(ANN, rings=4)
            modem.wait_for(lambda _: bool(modem.submitted), 4 * DEADLINE)
            with urllib.request.urlopen(url + "/healthz", timeout=DEADLINE) as answer:
                assert json.load(answer)["status"] in ("ok", "degraded")
        assert [(one.number, one.text) for one in modem.submitted] == [(ANN, MESSAGE)]
