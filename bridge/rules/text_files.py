"""Octets of files that people bring, as text: each line decoded by itself, since one file may have come from two programs."""

import codecs
import re
from collections.abc import Iterable, Iterator

_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def wide(start: bytes) -> str | None:
    """The codec of a file in UTF-16, by its first octets, with a mark of its order or without; None for any other.

    >>> wide("No".encode("utf-16")), wide("No;12".encode("utf-16-be")), wide(b"No;12")
    ('utf-16-le', 'utf-16-be', None)
    """
    if start[:2] in _MARKS:
        return _MARKS[start[:2]]
    for first, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        halves = start[first:200:2]
        if len(halves) > 1 and halves.count(0) > len(halves) / 2:
            return codec
    return None


def decoded(line: bytes) -> str:
    """One line: UTF-8, else what Windows writes in the west. NULs and a mark at its beginning are no part of it.

    >>> decoded(b"M\\xfcller"), decoded(b"J\\xc3\\xb6rg"), decoded(b"\\xef\\xbb\\xbfAnn\\x00")
    ('Müller', 'Jörg', 'Ann')
    """
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("cp1252", "replace")
    return text.removeprefix("\ufeff").replace("\0", "")


def lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """The lines of a file without their ends (CR, LF or both). pieces: its octets in order, in pieces of any size, such as an
    open file gives; no more than one line and one piece is kept."""
    left, codec, begun = b"", None, False
    for piece in pieces:
        if not begun and len(left + piece) < 200:
            left += piece
            continue
        if not begun:
            codec, begun = wide(left + piece), True
        *whole, left = _split(left + piece, codec)
        yield from (_text(line, codec) for line in whole)
    if not begun:
        codec = wide(left)
    *whole, left = _split(left, codec)
    yield from (_text(line, codec) for line in whole)
    if left:
        yield _text(left.removesuffix("\r".encode(codec or "utf-8")), codec)


def _split(data: bytes, codec: str | None) -> list[bytes]:
    """At each line's end; a CR at the very end may still get its LF, and stays."""
    if codec is None:
        return re.split(rb"\r\n|\n|\r(?=[^\n])", data)
    text, odd = (data, b"") if len(data) % 2 == 0 else (data[:-1], data[-1:])
    parts = re.split("\r\n|\n|\r(?=[^\n])", text.decode(codec, "surrogatepass"))
    whole = [part.encode(codec, "surrogatepass") for part in parts]
    return [*whole[:-1], whole[-1] + odd]


def _text(line: bytes, codec: str | None) -> str:
    if codec is None:
        return decoded(line)
    return line.decode(codec, "replace").removeprefix("\ufeff").replace("\0", "")
