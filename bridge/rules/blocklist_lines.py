"""What stands in one line of a block list: which of its words are numbers, prefixes and expressions, and what is said of them;
pure. Whether a number is one, `blocklists` knows. Nothing here searches a line more than a fixed number of times: lists come
from strangers."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from string import ascii_lowercase

from bridge.rules.one_line import plainly_written

# How a number or prefix may be written, with an extension, and what is none though it has only such characters: dates, times.
_WRITTEN = re.compile(r"(?:tel:)?[+(]{0,2}\d[\d ().\-/+]*(\*|(?:x|ext\.?)[ ]?\d{1,6})?", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}(?:[ T].*)?")
# A number within words, markup or JSON; what stands before it may be no part of a word.
_WITHIN = re.compile(r"(?<![\w+])[+(]{0,2}\d[\d ().\-/+]*\*?")
# Behind the first word of a line fewer digits are a code; beside words, fewer than these are a count.
SHORTEST_BESIDE, SHORTEST_CODE = 7, 3
_SEPARATORS = ",;\t|"
# An expression between slashes with more behind it.
_MORE_BEHIND = re.compile(r"/[a-z]*[ ]*[,;\t|]")
_EXPRESSION = re.compile(r"/.+/[a-z]*|\^.+|.+\$")
# What stands behind an address (RFC 3966, RFC 3261).
_PARAMETER = re.compile(r"(?:ext|isub|phone-context|user|transport)=")
# What files of programs are made of and no entry: brackets, tags and comments of XML, and fields of JSON that hold no number.
_FRAME = re.compile(
    r"""[\s{}\[\](),;|"':]*|<[?!/].*|<[^<>\d]*>|"\w+"\s*:\s*(?:"[^"\d]*"|[\d.]{1,2}|[a-z]+|[\[{])\s*,?"""
)


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
    >>> [(entry.kind.value, entry.text) for entry in entries('{"number": "+447400130123", "name": "Scam"}')]
    [('number', '+447400130123')]
    """
    line = plainly_written(line)
    if line.startswith("/") and line.rfind("/") > 0 and not _MORE_BEHIND.search(line):
        return [Entry(EntryKind.EXPRESSION, line.rpartition("/")[0][1:])]
    text, _, comment = line.partition(" #" if "/" in line else "#")
    label, text = (comment[1:].strip() if comment.startswith("=") else ""), text.strip()
    if not text or _FRAME.fullmatch(text):
        return []
    if text.startswith("^") and not _separated(text):
        return [Entry(EntryKind.EXPRESSION, one, label) for one in text.split()]
    if text.startswith('"') and not re.sub('"[^"]*"', "", text).strip():
        quoted = re.findall('"([^"]*)"', text)  # NCID: several expressions, parted by blanks
        return [Entry(_kind(one), one, label) for one in quoted]
    return _of_cells(_cells(text), label) or _within(text) or [Entry(EntryKind.NUMBER, text)]


def is_number(cell: str) -> bool:
    """Is a cell behind others written as a whole number or a prefix, and not as a code or a date?

    >>> is_number("07400 123456"), is_number("0740*"), is_number("17"), is_number("2030-01-01")
    (True, True, False, False)
    """
    return bool(_numbers(cell.strip(), SHORTEST_BESIDE))


def _separated(text: str) -> bool:
    """Does anything but the bounds of a repetition, {1,2}, stand between separators?"""
    return any(separator in re.sub(r"\{[\d,]*\}", "", text) for separator in ",;\t")


def _cells(text: str) -> list[str]:
    # In expressions | parts what may be there.
    separators = _SEPARATORS.replace("|", "") if set(text) & set("^/$") else _SEPARATORS
    separator = max(separators, key=text.count)
    row = (cell.strip() for cell in cells(text, separator))
    return [_without_quotes(cell) for cell in _joined(row, separator) if cell]


def _without_quotes(cell: str) -> str:
    return cell[1:-1].strip() if len(cell) > 2 and cell[0] == cell[-1] == "'" else cell


def _joined(row: Iterable[str], separator: str) -> Iterator[str]:
    """An expression in which the separator stands, between slashes or braces, is one cell again."""
    begun: list[str] = []
    for cell in row:
        begun.append(cell)
        if _is_whole(begun[0], cell, len(begun)):
            yield separator.join(begun)
            begun = []
    yield from begun  # the expression never ends, so it is none


def _is_whole(first: str, last: str, count: int) -> bool:
    """Does the last of so many cells end what the first has begun?"""
    if first.startswith("/"):
        closed = last.rstrip(ascii_lowercase)  # flags stand behind the slash
        return closed.endswith("/") and (count > 1 or len(closed) > 1)
    return not first.startswith("^") or last.rfind("}") >= last.rfind("{")


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
    a table stands between slashes, or behind ^ or before $."""
    words = [cell for cell in cells if not _WRITTEN.fullmatch(cell) and not _DATE.fullmatch(cell)]
    expressions = [word for word in words if _EXPRESSION.fullmatch(word)]
    said = label or next((word for word in words if word not in expressions and _says(word)), "")
    least = SHORTEST_BESIDE if any(map(_says, words)) else SHORTEST_CODE
    first = SHORTEST_CODE if any(map(is_number, cells)) else 0
    found = [
        Entry(EntryKind.NUMBER, number, said)
        for place, cell in enumerate(cells)
        for number in _numbers(cell, least if place else first)
    ]
    return found + [Entry(EntryKind.EXPRESSION, _between_slashes(word), said) for word in expressions]


def _between_slashes(word: str) -> str:
    return word.rpartition("/")[0][1:] if word.startswith("/") else word


def _says(word: str) -> bool:
    return any(map(str.isalpha, word)) and not _PARAMETER.match(word)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _numbers(cell: str, least: int) -> list[str]:
    """The numbers in one cell, without extensions; none if it has fewer digits than `least`."""
    matched = _WRITTEN.fullmatch(cell)
    if matched is None or _DATE.fullmatch(cell) or (_digits(cell) < least and not cell.endswith("*")):
        return []
    return _parted(cell[: matched.start(1)] if matched[1] not in (None, "*") else cell)


def _within(text: str) -> list[Entry]:
    """Whole numbers and prefixes that stand in words, markup, JSON or an address (sip:)."""
    found = []
    for run in _WITHIN.finditer(text):
        number, behind = run[0].strip(" -/.("), text[run.end() : run.end() + 1]
        if is_number(number) and not (behind.isalnum() and not run[0].endswith(" ")):
            found += _parted(number)
    return [Entry(EntryKind.NUMBER, number) for number in found]


def _parted(text: str) -> list[str]:
    """A number with blanks in it, or several with blanks or a slash between."""
    text = " ".join(re.sub("^tel:", "", text, flags=re.IGNORECASE).split())
    for mark, least in (("/", SHORTEST_BESIDE), (" ", SHORTEST_BESIDE + 1)):
        parts = text.split(mark)
        if len(parts) > 1 and all(_digits(part) >= least for part in parts):
            return [part.strip() for part in parts]
    return re.split(r" (?=\+|00)", text)
