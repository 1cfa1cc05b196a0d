"""Releases after the present one, made of its package, in signed repositories as `make repository` lays them: a disk for a
machine, which finds there what else the makers give away."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bridge.records.engine import HEAD
from bridge.rules.releases import NOTICE, SIGNATURE
from tests.appliance.roots import package, run, version
from tests.support.paths import ROOT

# Where the machine mounts the disk. Beside the folders of repositories lie the makers' keys, and what is run in the machine.
PLACE = "/srv"
KEY, RING = "release.pub", "textback-archive-keyring.gpg"
STATUS_PAGE = Path(__file__).with_name("status_page.py")
WHO = "archive@textback.example"
DISK_MB = 1024
# Revision and migration of a release whose tables are others.
NEWER = "9999"
MIGRATION = f"""\
import sqlalchemy as sa
from alembic import op

revision = "{NEWER}"
down_revision = "{HEAD}"


def upgrade() -> None:
    op.create_table("of_the_new_release", sa.Column("id", sa.Integer(), primary_key=True))
"""
# Changes the files of a package, which lie in this folder.
Change = Callable[[Path], None]


def later(number: int) -> str:
    """The version of a release after the present one."""
    return f"{version()}.{number}"


def like_the_present(_tree: Path) -> None:
    """Nothing is different."""


def ends_at_once(tree: Path) -> None:
    """The service ends before it is ready."""
    _service_is(tree, "exit 1")


def is_never_ready(tree: Path) -> None:
    """Its tables are others, and the service goes on without ever being ready."""
    _service_is(tree, "exec sleep infinity")
    records = tree / "usr/lib/textback/bridge/records"
    _replace(records / "engine.py", f'HEAD = "{HEAD}"', f'HEAD = "{NEWER}"')
    (records / f"migrations/versions/{NEWER}_newer.py").write_text(MIGRATION)


def _service_is(tree: Path, what: str) -> None:
    _replace(tree / "usr/bin/textback", "set -eu\n", f'set -eu\n[ "${{1:-}}" != run ] || {what}\n')


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text, f"{file} has no {old}"
    file.write_text(text.replace(old, new, 1))


def disk(folder: Path, releases: Mapping[str, tuple[int, Change]]) -> Path:
    """A disk with a repository for each of these: its name, the number of its release and what is different in that. In the
    first one lies `forged.json`, too: its notice, which somebody else has signed."""
    served = folder / "served"
    served.mkdir(parents=True)
    environment = _keys(folder, served)
    for name, (number, change) in releases.items():
        deb = _release(folder, number, change)
        _repository(served / name, deb, folder / "makers.key", environment)
        deb.unlink()
    run(["gpgconf", "--kill", "all"], environment=environment)
    first = served / next(iter(releases))
    shutil.copy(first / NOTICE, first / "forged.json")
    _sign(first / "forged.json", folder / "somebody.key")
    shutil.copy(first / RING, served)
    shutil.copy(STATUS_PAGE, served)
    made = folder / "releases.img"
    with made.open("wb") as file:
        file.truncate(DISK_MB << 20)
    run(["mke2fs", "-q", "-t", "ext4", "-d", str(served), str(made)])
    shutil.rmtree(served)
    return made


def _keys(folder: Path, served: Path) -> dict[str, str]:
    """The makers' keys, and one of somebody else; the environment in which GnuPG finds theirs."""
    home = folder / "gnupg"
    home.mkdir(mode=0o700)
    environment = {**os.environ, "GNUPGHOME": str(home)}
    made = ["--batch", "--quiet", "--passphrase", "", "--quick-generate-key", WHO, "ed25519", "sign", "1y"]
    run(["gpg", *made], environment=environment)
    for name, public in (("makers.key", served / KEY), ("somebody.key", folder / "somebody.pub")):
        run(["minisign", "-G", "-W", "-p", str(public), "-s", str(folder / name)])
    return environment


def _release(folder: Path, number: int, change: Change) -> Path:
    """The package of a release."""
    tree, made = folder / "release", folder / f"textback_{later(number)}_amd64.deb"
    run(["dpkg-deb", "-R", str(package("amd64")), str(tree)])
    (metadata,) = tree.glob("usr/lib/textback/textback-*.dist-info/METADATA")
    for file in (tree / "DEBIAN/control", metadata):
        _replace(file, f"Version: {version()}\n", f"Version: {later(number)}\n")
    change(tree)
    run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "-b", str(tree), str(made)])
    shutil.rmtree(tree)
    return made


def _repository(folder: Path, deb: Path, key: Path, environment: dict[str, str]) -> None:
    words = ["--url", f"file://{PLACE}/{folder.name}", "--key", WHO, "--notice-key", str(key)]
    script = str(ROOT / "packaging/repository.py")
    run([sys.executable, script, *words, "--folder", str(folder), str(deb)], environment=environment)


def _sign(notice: Path, key: Path) -> None:
    run(["minisign", "-S", "-s", str(key), "-m", str(notice), "-x", f"{notice}{SIGNATURE}"])
