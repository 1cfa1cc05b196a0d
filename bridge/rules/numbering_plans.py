"""How countries have changed their telephone numbers: which spellings of a number name one line; tables and nothing else of
telephone numbers.

A change is a matter of digits at the beginning of an E.164 number. Only what has been in force for a while stands here, and
only where the new digits follow from the old ones alone; phonenumbers knows the new plans but not what numbers were before.
"""

from typing import NamedTuple


class Change(NamedTuple):
    """Numbers that began with `old` begin with `new`; `rest`: how many digits follow."""

    old: str
    new: str
    rest: int


def _mexico() -> tuple[Change, ...]:
    """August 2019 (IFT): ten digits for everything. Networks still show the 1 of mobiles, people still write what they used to
    dial before: 1, 044, 045 to mobiles, 01 over long distances."""
    return tuple(Change("+52" + before, "+52", 10) for before in ("1", "044", "045", "01"))


def _brazil(beginnings: str) -> tuple[Change, ...]:
    """2012 to 2016 (Anatel): a 9 before the eight digits of a mobile, behind its area code."""
    return tuple(
        Change(f"+55{area}{digit}", f"+55{area}9{digit}", 7)
        for area in range(11, 100)
        for digit in beginnings
    )


def _ivory_coast() -> tuple[Change, ...]:
    """January 2021 (ARTCI): ten digits, by the operator, which the second of a mobile's eight digits told."""
    operators = {"0123": "01", "456": "05", "789": "07"}
    return tuple(
        Change(f"+225{first}{second}", f"+225{operator}{first}{second}", 6)
        for first in "0456789"
        for seconds, operator in operators.items()
        for second in seconds
    )


def _vietnam() -> tuple[Change, ...]:
    """September 2018 (MIC): mobiles of eleven digits lose one, by their operator's table."""
    table = {f"16{digit}": f"3{digit}" for digit in "23456789"}
    table |= {"120": "70", "121": "79", "122": "77", "126": "76", "128": "78"}
    table |= {"123": "83", "124": "84", "125": "85", "127": "81", "129": "82"}
    table |= {"186": "56", "188": "58", "199": "59"}
    return tuple(Change("+84" + old, "+84" + new, 7) for old, new in table.items())


def _gabon() -> tuple[Change, ...]:
    """June 2019 (ARCEP): a digit more, by the operator; the 0 before the old digits was part of the number."""
    table = {"2": "62", "5": "65", "6": "66", "4": "74", "7": "77"}
    return tuple(
        Change(f"+241{zero}{old}", f"+241{new}", 6) for old, new in table.items() for zero in ("0", "")
    )


# The new spelling is the one to dial, the old one reaches nobody any more or will not for long.
RENUMBERED = (
    *_mexico(),
    *_brazil("689"),
    *_ivory_coast(),
    *_vietnam(),
    *_gabon(),
    # Benin, November 2024 (ARCEP): 01 before all numbers.
    Change("+229", "+22901", 8),
    # Kosovo, 2017: its own code in place of those of Monaco and Slovenia.
    *(Change(old, "+383" + old[4:], 6) for old in ("+37744", "+37745", "+38643", "+38649")),
    # Colombia, September 2021 (CRC): 60 before the area code of a landline.
    *(Change(f"+57{area}", f"+5760{area}", 7) for area in "1245678"),
)
# Both spellings are in use and reach the line: Argentina's mobiles with the 9 that calls from abroad need, and without, as
# its networks show them and send texts by them; Brazilian trunking mobiles that begin with 7.
BOTH_IN_USE = (Change("+549", "+54", 10), *_brazil("7"))


def _table(changes: tuple[Change, ...]) -> dict[tuple[str, int], str]:
    return {(change.old, len(change.old) + change.rest): change.new for change in changes}


_TO_DIAL, _TO_COMPARE = _table(RENUMBERED), _table(BOTH_IN_USE)
_LONGEST = max(len(change.old) for change in (*RENUMBERED, *BOTH_IN_USE))


def _changed(number: str, table: dict[tuple[str, int], str]) -> str:
    for end in range(_LONGEST, 3, -1):
        new = table.get((number[:end], len(number)))
        if new is not None:
            return new + number[end:]
    return number


def as_dialled_now(number: str) -> str:
    """An E.164 number in its country's plan of today.

    >>> as_dialled_now("+5212221234567"), as_dialled_now("+551187654321"), as_dialled_now("+447400123456")
    ('+522221234567', '+5511987654321', '+447400123456')
    """
    return _changed(number, _TO_DIAL)


def one_spelling(number: str) -> str:
    """The spelling that stands for all those of a line.

    >>> one_spelling("+5491123456789"), one_spelling("+541123456789")
    ('+541123456789', '+541123456789')
    """
    return _changed(as_dialled_now(number), _TO_COMPARE)


def spellings(number: str) -> tuple[str, ...]:
    """Every spelling of this line that we know of, the one that stands for all first.

    >>> spellings("+5491123456789")
    ('+541123456789', '+5491123456789')
    """
    line = one_spelling(number)
    found = [line]
    for change in (*BOTH_IN_USE, *RENUMBERED):
        found += [
            change.old + known[len(change.new) :]
            for known in tuple(found)
            if known.startswith(change.new) and len(known) == len(change.new) + change.rest
        ]
    return tuple(dict.fromkeys(spelling for spelling in found if one_spelling(spelling) == line))
