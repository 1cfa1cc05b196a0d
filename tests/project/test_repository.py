"""`make repository`: apt takes packages from it, and a box the notice beside it. Made with reprepro, GnuPG and minisign, which
others have written."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.rules.releases import NOTICE, SIGNATURE, NoRelease
from bridge.service import releases
from tests.support.needs import needs
from tests.support.paths import ROOT

pytestmark = needs("reprepro", "gnupg", "minisign")
ARCHITECTURES = ("amd64", "arm64")
CONTROL = """\
Package: textback
Version: {version}
Architecture: {architecture}
Maintainer: Somebody <somebody@textback.example>
Section: comm
Priority: optional
Description: nothing
 Nothing at all.
"""


def run(*command: str | Path, folder: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent", **more}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def a_package(folder: Path, architecture: str, version: str = "0.3.0") -> Path:
    root = folder / f"{architecture}-{version}"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "DEBIAN" / "control").write_text(CONTROL.format(version=version, architecture=architecture))
    file = folder / f"textback_{version}_{architecture}.deb"
    assert run("dpkg-deb", "--build", "--root-owner-group", root, file).returncode == 0
    return file


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A repository; the folder above it has the keys."""
    folder = tmp_path_factory.mktemp("repository")
    home = folder / "gnupg"
    home.mkdir(mode=0o700)
    who = "archive@textback.example"
    generate = ["--batch", "--passphrase", "", "--quick-generate-key", who, "ed25519", "sign", "1y"]
    assert run("gpg", *generate, GNUPGHOME=str(home)).returncode == 0
    keys = folder / "keys"
    keys.mkdir()
    generated = run("minisign", "-G", "-W", "-p", keys / "in-use.pub", "-s", folder / "release.key")
    assert generated.returncode == 0, generated
    debs = [a_package(folder, architecture) for architecture in ARCHITECTURES]
    try:
        done = make(folder, *debs)
        assert done.returncode == 0, done
        yield folder / "served"
    finally:
        run("gpgconf", "--kill", "all", GNUPGHOME=str(home))


def make(folder: Path, *debs: Path) -> subprocess.CompletedProcess[str]:
    served = folder / "served"
    words = ["--url", served.as_uri(), "--key", "archive@textback.example", "--folder", str(served)]
    script = ROOT / "packaging" / "repository.py"
    return run(
        sys.executable,
        script,
        *words,
        "--notice-key",
        folder / "release.key",
        *debs,
        GNUPGHOME=str(folder / "gnupg"),
    )


def test_a_box_takes_its_notice(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed by minisign itself."""
    monkeypatch.setenv("TEXTBACK_KEYS", str(made.parent / "keys"))
    content, signature = (made / NOTICE).read_bytes(), (made / f"{NOTICE}{SIGNATURE}").read_bytes()
    notice = releases.signed_notice(content, signature, "here")
    assert notice.version == "0.3.0"
    assert notice.changes_in("en")
    for architecture in ARCHITECTURES:
        package = notice.packages[architecture]
        with (made / package.place).open("rb") as file:
            kept = releases.keep_package(package, releases.pieces_of(file), made.parent)
        assert kept.read_bytes() == (made / package.place).read_bytes()
    with pytest.raises(NoRelease):
        releases.signed_notice(content.replace(b"0.3.0", b"0.4.0"), signature, "here")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_apt_takes_its_packages(made: Path, tmp_path: Path, architecture: str) -> None:
    """An apt of its own, whose every folder is the test's; it downloads, and installs nothing."""
    ring = made / "textback-archive-keyring.gpg"
    sources = (made / "textback.sources").read_text()
    for name in (
        "lists/partial",
        "cache/archives/partial",
        "etc/sources.list.d",
        "etc/apt.conf.d",
        "etc/preferences.d",
    ):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "status").write_text("")
    installed_at = "/usr/share/keyrings/textback-archive-keyring.gpg"
    assert installed_at in sources
    (tmp_path / "etc/sources.list.d/textback.sources").write_text(sources.replace(installed_at, str(ring)))
    options = {
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
        "APT::Sandbox::User": "root",
        "Dir::Etc": tmp_path / "etc",
        "Dir::State": tmp_path,
        "Dir::State::status": tmp_path / "status",
        "Dir::Cache": tmp_path / "cache",
    }
    chosen = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    updated = run("apt-get", *chosen, "update")
    assert updated.returncode == 0, updated
    fetched = run("apt-get", *chosen, "download", "textback", folder=tmp_path)
    assert fetched.returncode == 0, fetched
    assert (tmp_path / f"textback_0.3.0_{architecture}.deb").exists()
    # Without our key it takes nothing.
    shutil.copy(ROOT / "README.md", ring.with_name("other.gpg"))
    (tmp_path / "etc/sources.list.d/textback.sources").write_text(
        sources.replace(installed_at, str(ring.with_name("other.gpg")))
    )
    assert "signature" in (refused := run("apt-get", *chosen, "update")).stderr, refused


def test_what_unattended_upgrades_goes_by(made: Path) -> None:
    (release,) = made.glob("dists/*/InRelease")
    assert {"Origin: textback", "Label: textback"} <= set(release.read_text().splitlines())
    assert '"origin=textback,label=textback"' in (ROOT / "packaging/apt/52textback").read_text()


def test_the_installer_knows_where_it_is(made: Path) -> None:
    script = (made / "install.sh").read_text()
    assert f'url="{made.as_uri()}"' in script
    assert "@" not in script
    subprocess.run(["sh", "-n", made / "install.sh"], check=True)


def test_packages_of_two_releases_make_none(made: Path, tmp_path: Path) -> None:
    debs = [a_package(tmp_path, "amd64"), a_package(tmp_path, "arm64", "0.4.0")]
    done = make(made.parent, *debs)
    assert (done.returncode, "of several releases (0.3.0, 0.4.0)" in done.stderr) == (1, True)
