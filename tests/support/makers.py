"""The makers of releases, for tests: their keys, and signatures as minisign writes them, made by hand."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bridge.rules.releases import NOTICE, SIGNATURE, Notice, Package
from bridge.rules.signatures import HASHED, PURE, PublicKey


@dataclass(frozen=True)
class Maker:
    """One key. number: by which a signature names it."""

    number: bytes = b"\x01" * 8
    secret: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> str:
        """As a file *.pub."""
        packed = PURE + self.number + self.secret.public_key().public_bytes_raw()
        return f"untrusted comment: minisign public key\n{base64.b64encode(packed).decode()}\n"

    @property
    def key(self) -> PublicKey:
        return PublicKey.from_text(self.public)

    def signature(self, content: bytes, algorithm: bytes = HASHED, words: str = "of a test") -> str:
        own = self.secret.sign(content if algorithm == PURE else hashlib.blake2b(content).digest())
        of_all = self.secret.sign(own + words.encode())
        packed = base64.b64encode(algorithm + self.number + own).decode()
        return (
            f"untrusted comment: signature\n{packed}\n"
            f"trusted comment: {words}\n{base64.b64encode(of_all).decode()}\n"
        )

    def release(self, folder: Path, notice: Notice, package: bytes = b"") -> None:
        """Lays a notice, its signature and the packages into a folder, as a server has them."""
        content = notice.to_json().encode()
        (folder / NOTICE).write_bytes(content)
        (folder / f"{NOTICE}{SIGNATURE}").write_text(self.signature(content))
        for one in notice.packages.values():
            (folder / one.place).parent.mkdir(parents=True, exist_ok=True)
            (folder / one.place).write_bytes(package)


def a_notice(version: str, package: bytes = b"a package", until: date = date(2099, 1, 1)) -> Notice:
    """The notice of a release for both architectures, whose package is these octets."""
    packages = {
        name: Package(
            f"pool/textback_{version}_{name}.deb", len(package), hashlib.sha256(package).hexdigest()
        )
        for name in ("amd64", "arm64")
    }
    changes = {"en": ("Texts go out sooner.",), "de": ("SMS gehen früher hinaus.",)}
    return Notice(version, date(2026, 11, 1), until, changes, packages)
