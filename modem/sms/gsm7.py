"""The GSM 7-bit alphabets (23.038): characters to septets, septets to octets, and how many parts a text
makes.

It knows nothing of TPDUs. The tables themselves, national languages included, are the data of `gsmcodecs`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gsmcodecs.charmaps import GSMCHARMAPS

ESC = 0x1B

Table = dict[int, str]


def _table(language: int, kind: str) -> Table:
    """The table of a national language identifier (23.038 6.2.1.2.4); the default one where that language has
    none."""
    maps = GSMCHARMAPS.get(language, GSMCHARMAPS[0])
    codes = maps.get(kind, GSMCHARMAPS[0][kind])["decode"]
    return {septet: chr(code) for septet, code in codes.items() if septet != ESC}


LOCKING: dict[int, Table] = {language: _table(language, "locking") for language in GSMCHARMAPS}
SINGLE_SHIFT: dict[int, Table] = {language: _table(language, "singleShift") for language in GSMCHARMAPS}

# what one character costs in the default alphabet (6.2.1) and in its extension table (6.2.1.1)
_COST: dict[str, int] = dict.fromkeys(SINGLE_SHIFT[0].values(), 2) | dict.fromkeys(LOCKING[0].values(), 1)


def unpack(octets: bytes, count: int, fill: int = 0) -> bytes:
    """At most `count` septets out of `octets`, after `fill` bits of padding (23.038 6.1.2.1).

    >>> unpack(bytes.fromhex("E8329BFD4697D9EC37"), 10).decode()
    'hellohello'
    """
    bits = int.from_bytes(octets, "little") >> fill
    there = max(0, (len(octets) * 8 - fill) // 7)
    return bytes(bits >> 7 * i & 0x7F for i in range(min(count, there)))


def pack(septets: bytes, fill: int = 0) -> bytes:
    """The reverse of `unpack`: septets, least significant bit first, after `fill` zero bits.

    >>> pack(b"hellohello").hex()
    'e8329bfd4697d9ec37'
    """
    bits = sum((septet & 0x7F) << 7 * i for i, septet in enumerate(septets)) << fill
    return bits.to_bytes((len(septets) * 7 + fill + 7) // 8, "little")


def decode(septets: bytes, locking: int = 0, single_shift: int = 0) -> str:
    """The text of some septets, by the tables of the national languages that the user data header named.

    An extension that the table lacks shows the base character, a double ESC a space (6.2.1.1); a lone ESC at
    the end is dropped, a septet without a character becomes U+FFFD.

    >>> decode(bytes.fromhex("1B65351B41"))
    '€5A'
    """
    base = LOCKING.get(locking, LOCKING[0])
    extension = SINGLE_SHIFT.get(single_shift, SINGLE_SHIFT[0])
    text: list[str] = []
    escaped = False
    for septet in septets:
        if septet == ESC and not escaped:
            escaped = True
            continue
        plain = " " if septet == ESC else base.get(septet, "\ufffd")
        text.append(extension.get(septet, plain) if escaped else plain)
        escaped = False
    return "".join(text)


def septets(text: str) -> int | None:
    """How many septets `text` takes, two for each character of the extension table; None if it needs UCS-2.

    >>> septets("5 €"), septets("olá")
    (4, None)
    """
    try:
        return sum(_COST[character] for character in text)
    except KeyError:
        return None


def alphabet(cost: int) -> str:
    """The characters that take one septet, or two with an escape (23.038 6.2.1 and 6.2.1.1).

    >>> len(alphabet(1)), sorted(alphabet(2))
    (127, ['\\x0c', '[', '\\\\', ']', '^', '{', '|', '}', '~', '€'])
    """
    return "".join(character for character, septets in _COST.items() if septets == cost)


def mend(text: str) -> str:
    """`text` with surrogate halves that found each other made one character, and each lone one made
    U+FFFD."""
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")


@dataclass(frozen=True)
class Segments:
    """What a text costs.

    units: septets or UTF-16 units in all. left: how many more the last part holds.
    """

    alphabet: Literal["gsm7", "ucs2"]
    units: int
    parts: int
    left: int


# units that fit into 140 octets: alone, and beside the six octets of a concatenation header (23.040
# 9.2.3.24.1)
_ROOM: dict[Literal["gsm7", "ucs2"], tuple[int, int]] = {"gsm7": (160, 153), "ucs2": (70, 67)}


def segments(text: str) -> Segments:
    """How many parts `text` makes; an escape pair or a surrogate pair is never split over two of them.

    >>> segments("€" * 80).parts, segments("€" * 81)
    (1, Segments(alphabet='gsm7', units=162, parts=2, left=143))
    """
    count = septets(text)
    if count is None:
        costs = [1 + (character > "\uffff") for character in mend(text)]
        return _fill("ucs2", costs)
    return _fill("gsm7", map(_COST.__getitem__, text))


def _fill(alphabet: Literal["gsm7", "ucs2"], costs: Iterable[int]) -> Segments:
    """Lays characters of these costs into parts, each filled before the next is begun."""
    costs = list(costs)
    units = sum(costs)
    alone, each = _ROOM[alphabet]
    if units <= alone:
        return Segments(alphabet, units, 1, alone - units)
    parts, left = 1, each
    for cost in costs:
        if cost > left:
            parts, left = parts + 1, each
        left -= cost
    return Segments(alphabet, units, parts, left)
