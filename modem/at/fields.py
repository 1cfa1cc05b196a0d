"""The comma-separated fields behind the name of a URC, and how they are read; which field means what, the
builders know."""

import csv
import re
from collections.abc import Callable

from modem.at.dialogue import Urc
from modem.at.urc import Indication

Fields = list[str]


def fields_of(text: str) -> Fields:
    """The comma-separated fields of a line, without quotes and the blanks around them.

    >>> fields_of('"+447700900123", 145,"Ann, mobile"')
    ['+447700900123', '145', 'Ann, mobile']
    """
    if text.count('"') % 2:
        # Cut off inside its last string, which is no number any more.
        text = text[: text.rindex('"')].rstrip(", ")
    row: Fields = next(csv.reader([text], skipinitialspace=True), [])
    return [field.strip() for field in row]


def at(fields: Fields, place: int) -> str:
    """The field at a place, from 0; "" where the line has no such field."""
    return fields[place] if place < len(fields) else ""


def integer(fields: Fields, place: int) -> int | None:
    """The field at a place as a number, None where it is none."""
    text = at(fields, place)
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else None


def q850(fields: Fields, place: int | None) -> int | None:
    """The field at a place as a release cause of Q.850; other numbers than 1 to 127 are a vendor's own and
    give None."""
    cause = None if place is None else integer(fields, place)
    return cause if cause is not None and 1 <= cause <= 127 else None


# Makes an indication of the fields of a line.
Builder = Callable[[Fields, Urc], Indication]
