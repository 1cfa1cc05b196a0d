"""Telephone numbers as modems print them: how one is read, and whether two spellings name one subscriber; no
E.164 rules."""

import re

# What stands in an address (27.007 CLIP): digits and the signs of keypads, or a word such as Anonymous; and its type.
_ADDRESS = re.compile(r"\+?[0-9A-Za-z*#?_ ()./-]*")
_TYPE = re.compile(r"\d{0,3}")
# So many octets of a number may get lost on the wire.
MOST_LOST = 3

# Two spellings of one number end alike for so many digits at least (the shortest subscriber numbers with
# their area code).
ENOUGH_DIGITS = 7


def number_of(text: str, ton: str) -> str | None:
    """The number in an address of 27.007, from its digits and its type as they were printed; None where it is
    empty.

    Type 145 is international and gets its `+`, whether or not the modem printed it (27.007 CLIP <type>).

    >>> number_of("15551234567", "145"), number_of("07700900123", "129"), number_of("", "128")
    ('+15551234567', '07700900123', None)
    """
    digits = text.strip()
    if ton.strip() == "145" and digits[:1].isdigit():
        return "+" + digits
    return digits or None


def is_garbled(text: str, ton: str) -> bool:
    """Is this no number and type at all, but what noise on the wire has made of some?

    >>> is_garbled("+44740\x1a0123456", "145"), is_garbled("0", "+447400123456"), is_garbled("+447400123456", "")
    (True, True, False)
    """
    return not _ADDRESS.fullmatch(text.strip()) or not _TYPE.fullmatch(ton.strip())


def has_lost_digits(one: str, other: str) -> bool:
    """Is `one` what is left of `other` when some octets get lost on the wire?

    >>> has_lost_digits("+4474012345", "+447400123456"), has_lost_digits("+447400123457", "+447400123456")
    (True, False)
    """
    rest = iter(other)
    few = 0 < len(other) - len(one) <= MOST_LOST and len(one) >= ENOUGH_DIGITS
    return few and all(digit in rest for digit in one)


def same_number(one: str | None, other: str | None) -> bool:
    """Do two spellings name one subscriber? National and international forms end alike; None is like None
    only.

    >>> same_number("+447700900123", "07700900123"), same_number("+447700900123", "+447700900124")
    (True, False)
    """
    if one is None or other is None:
        return one == other
    a, b = one.lstrip("+0"), other.lstrip("+0")
    shorter, longer = sorted((a, b), key=len)
    return a == b or (len(shorter) >= ENOUGH_DIGITS and longer.endswith(shorter))


def may_be_same(one: str | None, other: str | None) -> bool:
    """As same_number, but a number that is not known (None) may be any."""
    return one is None or other is None or same_number(one, other)
