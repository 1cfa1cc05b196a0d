"""The tests on Debian 13's Python, with the libraries that the package brings: all that need neither a browser nor a server nor
a whole box."""

import hashlib
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.appliance.roots import SUITES, System, kept, package, run, system
from tests.support.needs import needs
from tests.support.paths import ROOT, SHARED

pytestmark = needs("mmdebstrap", "debhelper")

# The rooms with their doctests, and the tests of each; tests/whole, postgres and torture are the same code on other ground,
# and tests/project reads sources.
PARTS = ("modem", "bridge", "web", "tests/modem", "tests/bridge", "tests/web")
PLATFORMS = ("manylinux1", "manylinux2014", "manylinux_2_17", "manylinux_2_28")
NOT_COPIED = (".git", ".venv", ".hypothesis", "*_cache", "__pycache__", "build", "dist", "pictures")
# Where the tests look for the program is beside their Python.
TEXTBACK = "#!/venv/bin/python3\nfrom bridge.cli import main\n\nmain(prog_name='textback')\n"
# The sources first, then the libraries; the package's own copy of the sources is never reached.
PATHS = "/src\n/usr/lib/textback\n/tools\n"


def tools(python: str) -> Path:
    """The folder of what the tests need besides, for this Python and as constraints.txt has it; kept between runs."""
    asked = b"".join((ROOT / name).read_bytes() for name in ("constraints.txt", "pyproject.toml"))

    def make(folder: Path) -> None:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command += ["--only-binary=:all:", "--implementation=cp", f"--python-version={python}"]
        command += [f"--platform={name}_x86_64" for name in PLATFORMS]
        run([*command, "--constraint", "constraints.txt", "--group", "dev", "--target", str(folder)], ROOT)

    return kept(f"tools-{python}-{hashlib.sha256(asked).hexdigest()[:8]}", make)


@pytest.fixture
def debian(tmp_path: Path) -> Iterator[System]:
    with system("trixie", tmp_path) as there:
        root = there.folder
        run(["dpkg-deb", "-x", str(package("amd64")), str(root)])
        shutil.copytree(ROOT, root / "src", ignore=shutil.ignore_patterns(*NOT_COPIED))
        shutil.copytree(tools(SUITES["trixie"]), root / "tools")
        if SHARED.exists():
            shutil.copytree(SHARED, root / "shared")
        there.run("python3 -m venv --without-pip /venv")
        (packages,) = (root / "venv/lib").glob("python3.*/site-packages")
        (packages / "textback.pth").write_text(PATHS)
        (root / "venv/bin/textback").write_text(TEXTBACK)
        (root / "venv/bin/textback").chmod(0o755)
        yield there


def test_the_tests_pass_there(debian: System) -> None:
    command = f"cd /src && TEXTBACK_SHARED=/shared /venv/bin/python -m pytest -q -n 2 --dist loadfile {' '.join(PARTS)}"
    said = debian.run(command)
    print(said[-6000:])
    passed = re.search(r"(\d+) passed", said)
    assert passed
    assert int(passed[1]) > 9_000
