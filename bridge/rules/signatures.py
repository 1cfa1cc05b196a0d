"""Signatures in the format of minisign (https://jedisct1.github.io/minisign/): was a file signed with one of these keys?
Ed25519 over the file or over its BLAKE2b digest; the secret keys are the makers' own, and minisign makes and keeps them."""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

PURE, HASHED = b"Ed", b"ED"
UNTRUSTED, TRUSTED = "untrusted comment: ", "trusted comment: "
# Octets: the two letters, the number of a key, a key, a signature.
ALGORITHM, NUMBER, KEY, SIGNATURE = 2, 8, 32, 64


@dataclass(frozen=True)
class PublicKey:
    """number: by which a signature names its key. octets: of Ed25519."""

    number: bytes
    octets: bytes

    @classmethod
    def from_text(cls, text: str) -> "PublicKey":
        """A file *.pub of minisign, or its second line alone. Raises ValueError for what is none."""
        packed = _octets(text.strip().splitlines()[-1] if text.strip() else "", ALGORITHM + NUMBER + KEY)
        if not packed.startswith(PURE):
            raise ValueError("not a key of minisign")
        return cls(packed[ALGORITHM : ALGORITHM + NUMBER], packed[ALGORITHM + NUMBER :])


def is_signed(content: bytes, signature: str, keys: Iterable[PublicKey]) -> bool:
    """Has one of these keys signed this content, and the words that go with the signature?"""
    lines = signature.splitlines()
    if len(lines) != 4 or not lines[0].startswith(UNTRUSTED) or not lines[2].startswith(TRUSTED):
        return False
    try:
        packed, of_all = _octets(lines[1], ALGORITHM + NUMBER + SIGNATURE), _octets(lines[3], SIGNATURE)
    except ValueError:
        return False
    algorithm, number = packed[:ALGORITHM], packed[ALGORITHM : ALGORITHM + NUMBER]
    own = packed[ALGORITHM + NUMBER :]
    if algorithm not in (PURE, HASHED):
        return False
    signed = content if algorithm == PURE else hashlib.blake2b(content).digest()
    words = own + lines[2].removeprefix(TRUSTED).encode()
    return any(
        _holds(key, own, signed) and _holds(key, of_all, words) for key in keys if key.number == number
    )


def _octets(text: str, length: int) -> bytes:
    try:
        packed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64") from error
    if len(packed) != length:
        raise ValueError(f"{len(packed)} octets instead of {length}")
    return packed


def _holds(key: PublicKey, signature: bytes, signed: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # large, and needed once a day
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key.octets).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True
