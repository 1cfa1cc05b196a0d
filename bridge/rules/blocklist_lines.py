"""What stands in one line of a block list: which of its words are numbers, prefixes and expressions, and what is said of them;
pure. Whether a number is one, `blocklists` knows."""

import csv
import re
from dataclasses import dataclass
from enum import StrEnum

# How a number or prefix may be written, and what is none though it has only such characters: dates and times.
_WRITTEN = re.compile(r"(?:tel:)?[+(]{0,2}\d[\d ().\-/+]*\*?", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}(?:[ T].*)?")
# Fewer digits behind the first word of a line are a count or a code.
SHORTEST_BESIDE = 7
_SEPARATORS = ",;\t|"


class EntryKind(StrEnum):
    """What an entry is."""

    NUMBER = "number"  # or a prefix, with * at its end
    EXPRESSION = "expression"


@dataclass(frozen=True)
class Entry:
    """One entry of a line. label: the words beside it."""

    kind: EntryKind
    text: str
    label: str = ""


def entries(line: str) -> list[Entry]:
    """The entries of one line without blanks at its ends; a line in which nothing looks like one is one entry, so that it can
    be named. Comments follow a #, a label #= (NCID).

    >>> [entry.text for entry in entries("+44740011*,+44740012*,07400130123")]
    ['+44740011*', '+44740012*', '07400130123']
    >>> entries("07400150003,Scam,2030-01-01")
    [Entry(kind=<EntryKind.NUMBER: 'number'>, text='07400150003', label='Scam')]
    >>> [(entry.kind.value, entry.text) for entry in entries('"0740*","telemarketing"')]
    [('number', '0740*')]
    """
    if line.startswith("/") and line.rfind("/") > 0:
        return [Entry(EntryKind.EXPRESSION, line.rpartition("/")[0][1:])]
    text, _, comment = line.partition("#")
    label, text = (comment[1:].strip() if comment.startswith("=") else ""), text.strip()
    if not text:
        return []
    if '"' not in text:
        if text.startswith("^"):
            return [Entry(EntryKind.EXPRESSION, one, label) for one in text.split()]
        return _of_cells(_cells(text), label)
    if any(f'"{separator}' in text or f'{separator}"' in text for separator in _SEPARATORS):
        return _of_cells(_cells(text), label)
    quoted = re.findall(r'"([^"]*)"', text)  # NCID: several expressions, parted by blanks
    return [Entry(_kind(one), one, label) for one in quoted] or _of_cells([text], label)


def _cells(text: str) -> list[str]:
    row = cells(text, max(_SEPARATORS, key=text.count))
    return [cell.strip() for cell in row if cell.strip()]


def cells(line: str, separator: str) -> list[str]:
    """The cells of one line of a table; of one that is none (RFC 4180), what stands between the separators."""
    try:
        return next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return line.split(separator)


def _kind(cell: str) -> EntryKind:
    return EntryKind.NUMBER if _WRITTEN.fullmatch(cell.strip()) else EntryKind.EXPRESSION


def _of_cells(cells: list[str], label: str) -> list[Entry]:
    """Every cell that is written as a number is one, whatever stands between; the others are words about them. An expression in
    a table stands between ^ and $."""
    numbers = [number for place, cell in enumerate(cells) for number in _numbers(cell, place > 0)]
    words = [cell for cell in cells if not _numbers(cell, True) and not _DATE.fullmatch(cell)]
    expressions = [word for word in words if re.fullmatch(r"\^.+|.+\$", word)]
    said = label or next((word for word in words if word not in expressions and _says(word)), "")
    found = [Entry(EntryKind.NUMBER, number, said) for number in numbers]
    found += [Entry(EntryKind.EXPRESSION, expression, said) for expression in expressions]
    return found or [Entry(EntryKind.NUMBER, ", ".join(cells))]


def _says(word: str) -> bool:
    return any(character.isalpha() for character in word)


def _numbers(cell: str, beside: bool) -> list[str]:
    """The numbers in one cell: one with blanks in it, or several with blanks between. beside: not the first of its line."""
    if not _WRITTEN.fullmatch(cell) or _DATE.fullmatch(cell):
        return []
    if beside and sum(map(str.isdigit, cell)) < SHORTEST_BESIDE and not cell.endswith("*"):
        return []
    cell = re.sub("^tel:", "", cell, flags=re.IGNORECASE)
    each = re.split(r"\s+(?=\+|00)", cell)
    if len(each) == 1 and all(sum(map(str.isdigit, part)) > SHORTEST_BESIDE for part in cell.split()):
        each = cell.split()
    return [number for one in each for number in re.split(r"(?<=\*)\s+", one)]
