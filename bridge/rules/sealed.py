"""Texts that were encrypted by who sends them, as SMSGate's clients do it: AES-256-CBC with a key made of a passphrase by
PBKDF2-SHA1, whose salt is the initialisation vector too; pure but for the salt, which is given.

    $aes-256-cbc/pbkdf2-sha1$i=75000$<salt, base64>$<octets, base64>
"""

import base64
import binascii
import hashlib

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

ALGORITHM = "aes-256-cbc/pbkdf2-sha1"
ROUNDS = 75_000
# A key of more rounds would keep a small box busy for the sake of whoever asks.
MOST_ROUNDS = 300_000
KEY, BLOCK = 32, 16


class CannotOpen(ValueError):
    """It is not encrypted like this, or with another passphrase; the text says which, and never what is inside."""


def sealed(clear: str, passphrase: str, salt: bytes, rounds: int = ROUNDS) -> str:
    """The text, encrypted. salt: 16 octets, never the same twice.

    >>> opened(sealed("Grüße", "flour", b"0123456789abcdef", 1000), "flour")
    'Grüße'
    """
    padder, writer = PKCS7(BLOCK * 8).padder(), _cipher(passphrase, salt, rounds).encryptor()
    padded = padder.update(clear.encode()) + padder.finalize()
    octets = writer.update(padded) + writer.finalize()
    return f"${ALGORITHM}$i={rounds}${_text(salt)}${_text(octets)}"


def opened(words: str, passphrase: str) -> str:
    """The text in the clear. Raises CannotOpen."""
    salt, octets, rounds = _parts(words)
    reader, remover = _cipher(passphrase, salt, rounds).decryptor(), PKCS7(BLOCK * 8).unpadder()
    try:
        padded = reader.update(octets) + reader.finalize()
        return (remover.update(padded) + remover.finalize()).decode()
    except ValueError as error:  # UnicodeDecodeError is one
        raise CannotOpen("It was encrypted with another passphrase") from error


def _parts(words: str) -> tuple[bytes, bytes, int]:
    parts = words.split("$")
    if len(parts) != 5 or parts[0] or parts[1] != ALGORITHM or not parts[2].startswith("i="):
        raise CannotOpen(f"It is not encrypted as ${ALGORITHM}$i=...$salt$octets")
    try:
        rounds = int(parts[2].removeprefix("i="))
        salt, octets = (base64.b64decode(part, validate=True) for part in parts[3:])
    except (ValueError, binascii.Error) as error:
        raise CannotOpen("Its rounds, salt or octets cannot be read") from error
    if not 1 <= rounds <= MOST_ROUNDS:
        raise CannotOpen(f"It has {rounds} rounds; the box takes up to {MOST_ROUNDS}")
    if len(salt) != BLOCK or not octets or len(octets) % BLOCK:
        raise CannotOpen("Its salt or octets have the wrong length")
    return salt, octets, rounds


def _cipher(passphrase: str, salt: bytes, rounds: int) -> Cipher[CBC]:
    key = hashlib.pbkdf2_hmac("sha1", passphrase.encode(), salt, rounds, KEY)
    return Cipher(AES(key), CBC(salt))


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
