"""Releases on the web or in a folder: a notice and a package are fetched, within bounds, and count for nothing until the
makers' signature and the package's digest are checked. What a notice means, bridge/rules/releases knows."""

import hashlib
import os
import platform
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.parse import urljoin

from bridge.rules.releases import (
    ARCHITECTURES,
    LARGEST_NOTICE,
    LARGEST_SIGNATURE,
    SIGNATURE,
    NoRelease,
    Notice,
    Package,
    ReleaseTrouble,
)
from bridge.rules.signatures import PublicKey, is_signed

# Where the package has the makers' keys; TEXTBACK_KEYS names another folder.
KEYS = "/usr/share/textback/keys"
# How long a server may be silent, and how long a notice and a package may take in all (seconds).
SILENT, NOTICE_TAKES, PACKAGE_TAKES = 30, 60, 3600
AT_ONCE = 64 * 1024


def architecture() -> str:
    """Of this machine's programs, as Debian calls it."""
    machine = platform.machine()
    return ARCHITECTURES.get(machine, machine) if sys.maxsize > 2**32 else "armhf"


def keys(environment: Mapping[str, str] = os.environ) -> list[PublicKey]:
    """The makers' public keys: one in use and one to follow it. What is no key is left out."""
    found = []
    for file in sorted(Path(environment.get("TEXTBACK_KEYS") or KEYS).glob("*.pub")):
        with suppress(ValueError):  # of which one that is no text is a kind
            found.append(PublicKey.from_text(file.read_text("utf-8")))
    return found


def notice_at(address: str) -> Notice:
    """The notice at an address on the web. Raises NoRelease."""
    with _opened(address, NOTICE_TAKES) as pieces:
        content = _within(pieces, LARGEST_NOTICE, address)
    with _opened(address + SIGNATURE, NOTICE_TAKES) as pieces:
        signature = _within(pieces, LARGEST_SIGNATURE, address + SIGNATURE)
    return signed_notice(content, signature, address)


def signed_notice(content: bytes, signature: bytes, address: str) -> Notice:
    """A notice that the makers have signed. address: where it comes from. Raises NoRelease."""
    known = keys()
    if not known:
        raise NoRelease(ReleaseTrouble.NO_KEYS)
    if not is_signed(content, signature.decode("utf-8", "replace"), known):
        raise NoRelease(ReleaseTrouble.NOT_SIGNED, address=address)
    try:
        return Notice.from_json(content)
    except ValueError as error:
        raise NoRelease(ReleaseTrouble.NO_NOTICE, address=address) from error


def fetch_package(package: Package, address: str, folder: Path) -> Path:
    """Fetches a package of the notice at this address. Returns it if it is what the notice says. Raises NoRelease, OSError."""
    with _opened(urljoin(address, package.place), PACKAGE_TAKES) as pieces:
        return keep_package(package, pieces, folder)


def keep_package(package: Package, pieces: Iterator[bytes], folder: Path) -> Path:
    """Writes a package into the folder. Returns it if it is what the notice says; else raises NoRelease."""
    target, digest, size, whole = folder / package.name, hashlib.sha256(), 0, False
    try:
        with target.open("wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > package.size:
                    break
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        whole = size == package.size and digest.hexdigest() == package.sha256
    finally:
        if not whole:
            target.unlink(missing_ok=True)
    if not whole:
        raise NoRelease(ReleaseTrouble.CHANGED, file=package.name)
    return target


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """What is in an opened file, a piece at a time."""
    while piece := file.read(AT_ONCE):
        yield piece


@contextmanager
def _opened(address: str, seconds: float) -> Iterator[Iterator[bytes]]:
    """What is at an address on the web, a piece at a time, for so long. Raises NoRelease for whatever goes wrong on the way."""
    over = time.monotonic() + seconds
    try:
        with _opener().open(address, timeout=SILENT) as answer:
            yield _in_time(pieces_of(answer), over)
    except (OSError, HTTPException, ValueError) as error:
        reason = str(getattr(error, "reason", None) or error)
        raise NoRelease(ReleaseTrouble.NOT_FETCHED, address=address, error=reason) from error


def _in_time(pieces: Iterator[bytes], over: float) -> Iterator[bytes]:
    for piece in pieces:
        if time.monotonic() > over:
            raise TimeoutError("it takes too long")
        yield piece


def _within(pieces: Iterator[bytes], most: int, address: str) -> bytes:
    found = b""
    for piece in pieces:
        found += piece
        if len(found) > most:
            raise NoRelease(ReleaseTrouble.TOO_LARGE, address=address)
    return found


def _opener() -> urllib.request.OpenerDirector:
    """For the web alone: no files, no FTP, wherever it is led."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener
