"""Octets of files that people bring, as text: line by line, each decoded by itself, since one file may have come from two
programs; pure, and never more of a file at once than a line."""

import codecs
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain

# Of a line that is longer the rest is left out: a picture, or no text at all (bytes).
LONGEST_LINE = 256 * 1024
# So much of an open file is read at once (bytes).
PIECE = 64 * 1024
# By so many octets a file in UTF-16 without a mark is known.
ENOUGH = 200
_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def wide(start: bytes) -> str | None:
    """The codec of a file in UTF-16, by its first octets, with a mark of its order or without; None for any other.

    >>> wide("No".encode("utf-16")), wide("No;12".encode("utf-16-be")), wide(b"No;12")
    ('utf-16-le', 'utf-16-be', None)
    """
    if start[:2] in _MARKS:
        return _MARKS[start[:2]]
    for first, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        halves = start[first:ENOUGH:2]
        if len(halves) > 1 and halves.count(0) > len(halves) / 2:
            return codec
    return None


def decoded(octets: bytes) -> str:
    """What belongs together: UTF-8, else what Windows writes in the west. NULs and a mark at its beginning are no part of it.

    >>> decoded(b"M\\xfcller"), decoded(b"J\\xc3\\xb6rg"), decoded(b"\\xef\\xbb\\xbfAnn\\x00")
    ('Müller', 'Jörg', 'Ann')
    """
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        text = octets.decode("cp1252", "replace")
    return text.removeprefix("\ufeff").replace("\0", "")


def pieces(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The octets of an open file, in order, never all of them at once. read: gives at most so many bytes, b"" at the end."""
    return iter(partial(read, PIECE), b"")


def lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """The lines of a file as text, without their ends. pieces: as for octet_lines."""
    return map(decoded, octet_lines(pieces))


def octet_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a file without their ends (CR, LF or both), UTF-16 made UTF-8. pieces: its octets in order, in pieces of any
    size, such as an open file gives.

    >>> list(octet_lines([b"a\\r", b"\\nb\\rc", b"\\n\\nd"]))
    [b'a', b'b', b'c', b'', b'd']
    """
    begun: list[bytes] = []
    size, after_cr = 0, False
    for piece in _narrow(pieces):
        if after_cr and piece.startswith(b"\n"):
            piece = piece[1:]
        if not piece:
            continue
        after_cr = piece.endswith(b"\r")
        parts = piece.splitlines()
        left = b"" if piece.endswith((b"\r", b"\n")) else parts.pop()
        if parts:
            yield (b"".join(begun) + parts[0])[:LONGEST_LINE]
            yield from (part[:LONGEST_LINE] for part in parts[1:])
            begun, size = [], 0
        if left and size < LONGEST_LINE:
            begun.append(left)
            size += len(left)
    if begun:
        yield b"".join(begun)[:LONGEST_LINE]


def _narrow(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same pieces, in UTF-8 if they are in UTF-16."""
    pieces, start = iter(pieces), b""
    for piece in pieces:
        start += piece
        if len(start) >= ENOUGH:
            break
    codec = wide(start)
    if codec is None:
        yield start
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(codec)("replace")
    for piece in chain([start], pieces):
        yield decoder.decode(piece).encode("utf-8", "replace")
