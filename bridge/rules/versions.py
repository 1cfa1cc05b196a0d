"""In which order versions come, as dpkg orders them (Debian Policy 5.6.12): which of two releases is the newer one."""

import re
from itertools import zip_longest

# [epoch:]upstream[-revision]
_VERSION = re.compile(r"(?:(\d+):)?(\d[A-Za-z0-9.+~-]*?)(?:-([A-Za-z0-9.+~]+))?", re.ASCII)
LONGEST = 100


def is_version(text: str) -> bool:
    """Is this a version as a Debian package may have it?

    >>> is_version("0.3.0~rc1"), is_version("v0.3"), is_version("0.3/..")
    (True, False, False)
    """
    return len(text) <= LONGEST and _VERSION.fullmatch(text) is not None


def compare(one: str, other: str) -> int:
    """Below 0 if `one` comes before `other`, above 0 if behind, 0 for the same. Raises ValueError for what is no version.

    >>> compare("0.9.0", "0.10.0") < 0, compare("1.0~rc1", "1.0") < 0, compare("1.0", "1.0-1") < 0
    (True, True, True)
    """
    mine, theirs = _parts(one), _parts(other)
    if mine[0] != theirs[0]:
        return mine[0] - theirs[0]
    return _compare_parts(mine[1], theirs[1]) or _compare_parts(mine[2], theirs[2])


def _parts(version: str) -> tuple[int, str, str]:
    found = _VERSION.fullmatch(version)
    if found is None or len(version) > LONGEST:
        raise ValueError(f"{version!r} is not a version")
    return int(found[1] or 0), found[2], found[3] or "0"


def _compare_parts(one: str, other: str) -> int:
    """By turns what stands between numbers, and the numbers."""
    for mine, theirs in zip_longest(_pieces(one), _pieces(other), fillvalue=("", "")):
        order = _weights(mine[0]), _weights(theirs[0])
        if order[0] != order[1]:
            return -1 if order[0] < order[1] else 1
        numbers = int(mine[1] or 0), int(theirs[1] or 0)
        if numbers[0] != numbers[1]:
            return numbers[0] - numbers[1]
    return 0


def _pieces(part: str) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in re.finditer(r"(\D*)(\d*)", part) if found[0]]


def _weights(text: str) -> list[int]:
    """A tilde comes before the end, the end before letters, letters before the rest."""
    return [-1 if sign == "~" else ord(sign) + (0 if sign.isalpha() else 256) for sign in text] + [0]
