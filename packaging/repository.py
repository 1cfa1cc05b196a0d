"""Makes a signed apt repository of the packages in dist/, with the signed notice of the release beside it: `make repository`.
What comes of it lies in dist/repository, plain files for any web space. Needs reprepro, gnupg and minisign.

    python3 packaging/repository.py [--url URL] [--key KEY] [--notice-key FILE] [PACKAGE.deb...]

--url: where the folder will be found; by default where it lies. --key: of GnuPG, for the repository. --notice-key: a secret key
of minisign, for the notice. What is not given is made, and kept in the folder `keys`, which git does not know.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bridge.rules.releases import ENGLISH, NOTICE, SIGNATURE, Notice, Package  # noqa: E402  -- behind its path

HERE, KEYS = ROOT / "packaging", ROOT / "keys"
DIST = ROOT / "dist"
RING, SUITE = "textback-archive-keyring.gpg", "stable"
WHOSE = "textback archive <packaging@textback.example>"
# So long a notice counts: then a box no longer believes that it is the newest there is.
COUNTS = timedelta(days=365)
DISTRIBUTIONS = """\
Origin: textback
Label: textback
Codename: {suite}
Suite: {suite}
Architectures: amd64 arm64
Components: main
Description: textback, which texts back the people whose call a small shop missed
SignWith: {key}
"""
SOURCES = """\
Types: deb
URIs: {url}
Suites: {suite}
Components: main
Signed-By: /usr/share/keyrings/{ring}
"""


def main(words: list[str]) -> None:
    """Makes it. Raises CalledProcessError where a program fails."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url")
    parser.add_argument("--key", default="")
    parser.add_argument("--notice-key", type=Path)
    parser.add_argument("--folder", type=Path, default=DIST / "repository", help="where it is laid")
    parser.add_argument("packages", type=Path, nargs="*")
    asked = parser.parse_args(words)
    debs = asked.packages or sorted(DIST.glob("textback_*.deb"))
    if not debs:
        sys.exit("There are no packages in dist/. Make them first: make deb")
    versions = {_field(deb, "Version") for deb in debs}
    if len(versions) != 1:
        sys.exit(
            f"These packages are of several releases ({', '.join(sorted(versions))}). Name those of one."
        )
    folder, url = asked.folder.resolve(), asked.url or asked.folder.resolve().as_uri()
    environment, key = _archive_key(asked.key)
    _repository(debs, folder, environment, key)
    _beside(folder, url.rstrip("/"), environment, key)
    _sign(_notice(debs, folder, versions.pop()), asked.notice_key or _notice_key())
    if not asked.key:  # the agent of our own folder of keys is nobody else's
        subprocess.run(["gpgconf", "--kill", "all"], env=environment, check=True)
    print(f"The repository is in {folder}. It expects to be found at {url}")


# ---- keys


def _archive_key(key: str) -> tuple[dict[str, str], str]:
    """The environment in which GnuPG finds the key, and its fingerprint."""
    if key:
        return dict(os.environ), _fingerprint(dict(os.environ), key)
    home = KEYS / "gnupg"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = {**os.environ, "GNUPGHOME": str(home)}
    if not _fingerprint(environment, WHOSE):
        options = ["--batch", "--passphrase", "", "--quick-generate-key", WHOSE, "ed25519", "sign", "5y"]
        subprocess.run(["gpg", *options], env=environment, check=True)
        print(f"A key for the repository was made in {home}. Keep a copy of it offline.")
    return environment, _fingerprint(environment, WHOSE)


def _fingerprint(environment: dict[str, str], key: str) -> str:
    asked = subprocess.run(
        ["gpg", "--batch", "--with-colons", "--list-secret-keys", key],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    return next((line.split(":")[9] for line in asked.stdout.splitlines() if line.startswith("fpr:")), "")


def _notice_key() -> Path:
    secret, public = KEYS / "release.key", KEYS / "release.pub"
    if not secret.exists():
        KEYS.mkdir(mode=0o700, exist_ok=True)
        subprocess.run(
            ["minisign", "-G", "-W", "-p", public, "-s", secret], check=True, stdout=subprocess.DEVNULL
        )
        print(
            f"A key for notices was made: {secret}. Copy {public} into packaging/keys and make the packages anew:"
        )
        print("only boxes that have it take a notice signed with it.")
    return secret


# ---- what lies in the folder


def _repository(debs: list[Path], folder: Path, environment: dict[str, str], key: str) -> None:
    if not key:
        sys.exit("GnuPG knows no such secret key. gpg --list-secret-keys shows those that there are.")
    for old in ("dists", "pool"):
        shutil.rmtree(folder / old, ignore_errors=True)
    with tempfile.TemporaryDirectory() as name:
        configuration = Path(name) / "conf"
        configuration.mkdir()
        (configuration / "distributions").write_text(DISTRIBUTIONS.format(suite=SUITE, key=key))
        places = ["--basedir", name, "--outdir", folder]
        subprocess.run(["reprepro", *places, "includedeb", SUITE, *debs], env=environment, check=True)


def _beside(folder: Path, url: str, environment: dict[str, str], key: str) -> None:
    """What a box needs to take packages from there."""
    exported = subprocess.run(["gpg", "--export", key], env=environment, check=True, capture_output=True)
    (folder / RING).write_bytes(exported.stdout)
    (folder / "textback.sources").write_text(SOURCES.format(url=url, suite=SUITE, ring=RING))
    script = (HERE / "install.sh").read_text().replace("@URL@", url)
    (folder / "install.sh").write_text(script)


def _notice(debs: list[Path], folder: Path, version: str) -> Path:
    changes = tomllib.loads((HERE / "changes.toml").read_text("utf-8"))
    if not changes.get(ENGLISH):
        sys.exit("packaging/changes.toml says nothing of this release in English (en).")
    packages = {}
    for deb in debs:
        (place,) = folder.glob(f"pool/**/textback_*_{_field(deb, 'Architecture')}.deb")
        content = place.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        packages[_field(deb, "Architecture")] = Package(str(place.relative_to(folder)), len(content), digest)
    today = datetime.now(UTC).date()
    notice = Notice(
        version, today, today + COUNTS, {code: tuple(said) for code, said in changes.items()}, packages
    )
    file = folder / NOTICE
    file.write_text(notice.to_json(), "utf-8")
    Notice.from_json(file.read_bytes())  # as a box reads it: what is too long for it is said here
    return file


def _sign(notice: Path, key: Path) -> None:
    signature = f"{notice}{SIGNATURE}"
    comment = f"textback, {datetime.now(UTC):%Y-%m-%d}"
    subprocess.run(["minisign", "-S", "-s", key, "-m", notice, "-x", signature, "-t", comment], check=True)


def _field(deb: Path, name: str) -> str:
    return subprocess.run(
        ["dpkg-deb", "--field", deb, name], check=True, capture_output=True, text=True
    ).stdout.strip()


if __name__ == "__main__":
    main(sys.argv[1:])
