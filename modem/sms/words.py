"""What the octets of a message say as text, whatever its header claims: 8-bit texts, byte orders, marks, padding (23.038 4
leaves these open, and phones and gateways differ). Pure; any octets at all; it knows no TPDU.

A code unit is 16 bits of UCS2. Text "in units" is code units as Python characters, in the order in which the standard has
them, halves of surrogate pairs included, marks not yet taken off: what a part of a long text is kept as, since only the whole
tells what it says.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby, takewhile

from modem.sms.gsm7 import mend

MARK, SWAPPED_MARK = "\ufeff", "\ufffe"
# C0 without tab and line ends, and DEL: no phone shows them, and databases refuse NUL. GSM's page break is a line end.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# Octets that no text in UTF-8 or Latin-1 has: C0 without tab and line ends, DEL, C1.
_NOISE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Of C1, what gateways mean by it: the euro, quotation marks, dashes, and dots of Windows-1252, among plain letters.
_WINDOWS = re.compile(rb"[\x09\x0a\x0d\x20-\x7e\xa0-\xff\x80\x85\x91-\x97]+")
_PLAIN_SHARE = 0.8
# So many code units must agree before a byte order is guessed without a mark: two can be Chinese.
ENOUGH_UNITS = 3
# High octets of scripts whose letters stand in one block of 256: Latin, Greek, Cyrillic, Hebrew, Arabic; and punctuation.
_BLOCKS, _PUNCTUATION = range(0x01, 0x07), 0x20
_OF_EMOJI = frozenset((*range(0xD8, 0xE0), 0xFE))  # surrogates and variation selectors


def plain(text: str) -> str:
    r"""Text without control characters, NULs first of all; GSM's page break becomes a line end.

    >>> plain("Hi\0 there\x0c\0")
    'Hi there\n'
    """
    return _CONTROLS.sub("", text.replace("\f", "\n"))


def of_octets(octets: bytes) -> str | None:
    r"""The words of an 8-bit message, None if it is none that a person wrote. A mark decides; else it is UTF-8 or else
    Latin-1 without control characters, padded with NULs at most, or UCS2 that plainly is.

    >>> of_octets(b"caf\xc3\xa9"), of_octets(b"caf\xe9\0"), of_octets(b"\x00\x01\x02")
    ('caf\xe9', 'caf\xe9', None)
    """
    if octets[:2] in (b"\xfe\xff", b"\xff\xfe"):
        return _if_text(shown(units(octets)))
    padded = octets.rstrip(b"\0")
    for coding in ("utf-8-sig", "latin-1"):
        if (text := _decoded(padded, coding)) is not None and _if_text(text):
            return text
    if _WINDOWS.fullmatch(padded) and sum(octet < 0x7F for octet in padded) >= _PLAIN_SHARE * len(padded):
        return _if_text(_decoded(padded, "cp1252") or "")
    high, low = octets[::2], octets[1::2]
    if len(low) >= ENOUGH_UNITS and len(high) == len(low) and (not any(high) or not any(low)):
        return _if_text(shown(units(octets)))
    return None


def _decoded(octets: bytes, coding: str) -> str | None:
    try:
        return octets.decode(coding)
    except UnicodeError:
        return None


def _if_text(text: str) -> str | None:
    return text if text.strip() and not _NOISE.search(text) and "\ufffd" not in mend(text) else None


def units(octets: bytes) -> str:
    """The code units of UCS2 as they came; an odd octet at the end is dropped."""
    return octets[: len(octets) // 2 * 2].decode("utf-16-be", "surrogatepass")


def shown(text: str) -> str:
    r"""One message or part by itself, in units or in characters, as people read it: in its order, without its mark and
    without NULs at the end. Halves of surrogate pairs and other control characters stay.

    >>> shown(units(b"\xff\xfeH\0i\0")), shown("Hi\0\0"), shown(units(b"O\0p\0e\0n\0"))
    ('Hi', 'Hi', 'Open')
    """
    return in_order([text]).rstrip("\0")


def in_order(parts: Sequence[str]) -> str:
    """The text of parts in units. A mark at the beginning of a part holds from there on, and is dropped; before the first
    mark the order is the standard's, unless the units themselves plainly say the other."""
    marked = (MARK, SWAPPED_MARK)
    before = list(takewhile(lambda part: not part.startswith(marked), parts))
    swapped = _is_swapped("".join(before))
    text = []
    for part in parts:
        if part.startswith(marked):
            swapped = part.startswith(SWAPPED_MARK)
        text.append((_swap(part) if swapped else part).removeprefix(MARK))
    return "".join(text)


def join_text(parts: Iterable[str]) -> str:
    r"""The parts of a message, in units or in characters, as the text that they make, in the order given.

    An emoji that was cut in two between parts becomes whole; a half that stays alone becomes U+FFFD. Marks of byte order
    are obeyed and, like control characters, dropped.

    >>> join_text(["so \ud83d", "\ude01\0"])
    'so 😁'
    """
    return plain(mend(in_order(list(parts))))


def join_octets(parts: Iterable[bytes | str]) -> str | None:
    r"""The words of an 8-bit message of several parts, in the order given; None if what came is no text. A part that is not
    there has words in its place.

    >>> join_octets([b"caf\xc3", b"\xa9 ", "[part 3 never came]", b" here"])
    'caf\xe9 [part 3 never came] here'
    """
    text: list[str | None] = []
    for is_there, run in groupby(parts, lambda part: isinstance(part, bytes)):
        if is_there:
            text.append(of_octets(b"".join(part for part in run if isinstance(part, bytes))))
        else:
            text += [part for part in run if isinstance(part, str)]
    known = [words for words in text if words is not None]
    return plain("".join(known)) if len(known) == len(text) else None


def _swap(text: str) -> str:
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _is_swapped(text: str) -> bool:
    """Do these units make words only with their octets the other way round? Letters of one script share their high octet
    and differ in the low one; here it must be the low one that is shared, and the words must be printable."""
    octets = text.rstrip("\0").encode("utf-16-be", "surrogatepass")
    pairs = [pair for pair in zip(octets[::2], octets[1::2], strict=True) if pair[1] not in _OF_EMOJI]
    blocks = {low for _, low in pairs} - {0, _PUNCTUATION}
    if len(pairs) < max(ENOUGH_UNITS, len(octets) / 4) or len({high for high, _ in pairs}) < 2:
        return False
    if len(blocks) > 1 or not blocks <= set(_BLOCKS):
        return False
    words = mend(_swap(text).rstrip("\0"))
    letters = sum(character.isalnum() for character in words)
    return 2 * letters >= len(words) and all(c.isprintable() or c in "\t\r\n" for c in words)
