"""Callers on block lists: files of numbers, prefixes and expressions in the formats that people have, quickly looked up. It
knows files and numbers; which lists count, and what follows, is said by the configuration and the policy."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import merge
from typing import TYPE_CHECKING, assert_never

from phonenumbers import PhoneMetadata

from bridge.rules import blocklist_lines
from bridge.rules.blocklist_lines import EntryKind
from bridge.rules.numbering_plans import one_spelling, spellings
from bridge.rules.numbers import NOWHERE, e164
from bridge.rules.troubles import ListTrouble
from modem.contract import Coded, Trouble, Value

if TYPE_CHECKING:
    import re2

# Of so many lines that cannot be understood the page tells; more are counted.
MOST_TROUBLES = 20
# No expression for a phone number is longer, and no number either (characters).
LONGEST_EXPRESSION, LONGEST_NUMBER = 200, 24
# Fewer digits would block whole countries.
SHORTEST_PREFIX = 3
_ONE_MORE = Trouble.of(ListTrouble.MORE, more=1)
# So many numbers are sorted at once.
PIECE = 50_000
# What one expression may take of memory (bytes).
EXPRESSION_MEMORY = 1024 * 1024
# Header cells behind which numbers stand.
_NUMBERS = re.compile(r"phone|number|nummer|num[eé]ro|telefon|^tel", re.IGNORECASE)
# How networks and their spam filters mark a caller, in the name that comes with a call.
_SPAM_NAME = re.compile(
    r"\[?(?:potential |suspected )?(?:spam|scam|fraud)(?:ulent)?\b|\[?robo(?:call)?\b\??|\[?telemarket|political$|v[0-9]{15}$"
    r"|invalid call\b",
    re.IGNORECASE,
)
# Where something stands: the name of a list, and the number of the line.
Place = tuple[str, int]


def spam_name(name: str) -> bool:
    """Does the network say with the name of a call (CLIP <alpha>, CNAM) what kind of caller it is?

    >>> spam_name("Scam Likely"), spam_name("[SPAM?] BOB"), spam_name("Scampi Bar"), spam_name("Robotics Ltd")
    (True, True, False, False)
    """
    return _SPAM_NAME.match(name.strip()) is not None


class Dial:
    """How numbers are written in a region: fast for plain digits, since lists are long and phonenumbers is slow."""

    def __init__(self, region: str) -> None:
        self.region = region
        data = PhoneMetadata.metadata_for_region(region, None) if region != NOWHERE else None
        self.code = str(data.country_code) if data else ""
        self.trunk = (data.national_prefix or "") if data else ""
        simple = data is not None and data.national_prefix_transform_rule is None
        # Where digits are moved about (Brazil's carriers, Argentina's 9), only the library knows.
        self._lengths = frozenset(
            data.general_desc.possible_length if simple and data and data.general_desc else ()
        )
        self._prefix = re.compile(data.national_prefix_for_parsing or "$^" if data else "$^")

    def key(self, text: str) -> int | None:
        """The digits of the E.164 number in the spelling that stands for its line; None if it is none.

        >>> Dial("GB").key("07400 123456"), Dial("US").key("(201) 555-0123"), Dial("GB").key("12")
        (447400123456, 12015550123, None)
        """
        if text.startswith("+") and text[1:].isdecimal() and text.isascii() and 8 <= len(text) <= 16:
            return int(one_spelling(text))
        if text.isdecimal() and text.isascii() and not text.startswith("00"):
            before = self._prefix.match(text)
            rest = text[before.end() :] if before else text
            if len(rest) in self._lengths and not rest.startswith(self.code):
                return int(one_spelling(f"+{self.code}{rest}"))
        found = e164(text, self.region)
        return int(one_spelling(found)) if found else None

    def prefix(self, digits: str) -> str:
        """The beginning of E.164 numbers, without +, that this beginning means here."""
        if digits.startswith("+"):
            return digits[1:]
        if digits.startswith("00"):
            return digits[2:]
        return self.code + digits.removeprefix(self.trunk) if self.code else digits

    def forms(self, number: str | None, raw: str | None) -> list[str]:
        """In which ways a caller's number may be written in an expression."""
        written = [raw[:LONGEST_NUMBER]] if raw else []
        if number:
            written += [number, number[1:]]
            if self.code and number.startswith("+" + self.code):
                written.append(self.trunk + number[1 + len(self.code) :])
        return written


@dataclass
class _File:
    """One file's entries. label: the words beside an entry, by the entry."""

    name: str
    numbers: "array[int]" = field(default_factory=lambda: array("Q"))
    prefixes: dict[int, set[str]] = field(default_factory=dict)
    expressions: list["re2._Regexp[str]"] = field(default_factory=list)
    labels: dict[int | str, str] = field(default_factory=dict)

    def finish(self) -> None:
        """Sort the numbers, in pieces: a million of them at once would be a hundred megabytes of Python's integers."""
        pieces = [
            array("Q", sorted(self.numbers[start : start + PIECE]))
            for start in range(0, len(self.numbers), PIECE)
        ]
        self.numbers = array("Q", merge(*pieces))

    def why(self, key: int | None, forms: Sequence[str]) -> Coded | None:
        if key is not None:
            place = bisect_left(self.numbers, key)
            if place < len(self.numbers) and self.numbers[place] == key:
                return self._entry(key)
            for spelling in spellings(f"+{key}") if self.prefixes else ():
                for length, prefixes in self.prefixes.items():
                    if spelling[1 : length + 1] in prefixes:
                        return self._entry(spelling[1 : length + 1])
        for expression in self.expressions:
            if any(expression.search(form) for form in forms):
                return self._entry(expression.pattern)
        return None

    def _entry(self, entry: int | str) -> Coded:
        label = self.labels.get(entry)
        return (
            Coded.of("listed_as", list=self.name, label=label)
            if label
            else Coded.of("listed", list=self.name)
        )


@dataclass(frozen=True)
class BlockLists:
    """All lists together. troubles: what could not be read."""

    files: tuple[_File, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    dial: Dial = field(default_factory=lambda: Dial(NOWHERE))

    @property
    def count(self) -> int:
        """How many numbers, prefixes and expressions there are in all files."""
        return sum(
            len(file.numbers) + sum(map(len, file.prefixes.values())) + len(file.expressions)
            for file in self.files
        )

    def why(self, number: str | None, raw: str | None) -> Coded | None:
        """Why this caller is blocked; None if on no list. number: E.164 or None; raw: as received."""
        if not self.files:
            return None
        key = int(one_spelling(number)) if number and number[1:].isdecimal() else None
        forms = self.dial.forms(number, raw)
        return next((why for file in self.files if (why := file.why(key, forms))), None)


# ---- reading


def read(name: str, lines: Iterable[str], dial: Dial, troubles: list[Trouble]) -> _File:
    """One list, line by line; what cannot be understood is told in `troubles` and the rest counts."""
    file = _File(name)
    numbered = enumerate(lines, 1)
    column, here = None, dial
    for number, line in numbered:
        text = line.strip().lstrip("\ufeff")
        if not text or text.startswith("#"):
            continue
        column, here = _header(text, dial)
        if column is None and not _is_title(text):
            _entries(file, text, here, (name, number), troubles)
        break
    for number, line in numbered:
        where = name, number
        if column is None:
            _entries(file, line.strip(), here, where, troubles)
        else:
            cells = blocklist_lines.cells(line.rstrip("\r\n"), _separator(line))
            if len(cells) > column and cells[column].strip():
                _entries(file, cells[column].strip(), here, where, troubles)
    file.finish()
    return file


def _separator(line: str) -> str:
    return max(",;\t", key=line.count)


def _header(line: str, dial: Dial) -> tuple[int | None, Dial]:
    """In which column the numbers stand, if this is the head of a table. The FTC's numbers are American wherever we are."""
    cells = [cell.strip(' "') for cell in line.split(_separator(line))]
    if len(cells) < 2 or any(character.isdecimal() for character in line):
        return None, dial
    column = next((place for place, cell in enumerate(cells) if _NUMBERS.search(cell)), None)
    return column, Dial("US") if cells[0] == "Company_Phone_Number" else dial


def _is_title(line: str) -> bool:
    """Is this the head of a table of one column?"""
    return _NUMBERS.search(line) is not None and line.strip(' "').replace(" ", "").isalpha()


def _entries(file: _File, line: str, dial: Dial, where: Place, troubles: list[Trouble]) -> None:
    """What one line of a list blocks: mostly one number."""
    if line.startswith("+") or line.isdecimal():  # nearly all of them
        line_key = dial.key(line)
        if line_key is not None:
            file.numbers.append(line_key)
            return
    for entry in blocklist_lines.entries(line):
        match entry.kind:
            case EntryKind.NUMBER:
                _number(file, entry.text, dial, where, troubles, entry.label)
            case EntryKind.EXPRESSION:
                _expression(file, line, entry.text, where, troubles, entry.label)
            case _:
                assert_never(entry.kind)


def _number(
    file: _File, text: str, dial: Dial, where: Place, troubles: list[Trouble], label: str = ""
) -> None:
    """A number, or prefix*."""
    if text.endswith("*"):
        digits = re.sub(r"[ ().-]", "", text[:-1])
        if not re.fullmatch(r"\+?[0-9]+", digits) or len(digits.lstrip("+0")) < SHORTEST_PREFIX:
            _tell(troubles, ListTrouble.NO_PREFIX, where, text=text, least=SHORTEST_PREFIX)
            return
        prefix = dial.prefix(digits)
        file.prefixes.setdefault(len(prefix), set()).add(prefix)
        if label:
            file.labels[prefix] = label
        return
    key = dial.key(text[:LONGEST_NUMBER])
    if key is None:
        _tell(troubles, ListTrouble.NO_NUMBER, where, text=text[:40])
        return
    file.numbers.append(key)
    if label:
        file.labels[key] = label


def _expression(
    file: _File, line: str, text: str, where: Place, troubles: list[Trouble], label: str = ""
) -> None:
    if not text or len(text) > LONGEST_EXPRESSION:
        _tell(troubles, ListTrouble.LARGE_EXPRESSION, where, text=line[:40])
        return
    expression, why = compiled(text)
    if expression is None:
        _tell(troubles, ListTrouble.NO_EXPRESSION, where, text=line[:40], error=why)
        return
    if expression.search("") or (expression.search("+4407") and expression.search("+1892")):
        _tell(troubles, ListTrouble.BLOCKS_EVERYBODY, where, text=line[:40])
        return
    file.expressions.append(expression)
    if label:
        file.labels[text] = label


def compiled(text: str) -> tuple["re2._Regexp[str] | None", str]:
    """The expression, or else None and why. RE2 takes time in proportion to what it looks through, whatever strangers have
    written (no backtracking, hence no lookahead and no backreference), and no more memory than it is given."""
    import re2

    options = re2.Options()
    options.max_mem, options.log_errors = EXPRESSION_MEMORY, False
    try:
        return re2.compile(text, options), ""
    except re2.error as error:
        why = error.args[0]
        return None, why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)


def _tell(troubles: list[Trouble], code: ListTrouble, where: Place, **facts: Value) -> None:
    name, number = where
    tell(troubles, Trouble.of(code, list=name, line=number, **facts))


def tell(troubles: list[Trouble], trouble: Trouble) -> None:
    """One trouble more, of which many are only counted."""
    troubles.append(trouble if len(troubles) < MOST_TROUBLES else _ONE_MORE)


# ---- files
