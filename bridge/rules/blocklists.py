"""Callers on block lists: files of numbers, prefixes and expressions in the formats that people have, quickly looked up. It
knows files and numbers; which lists count, and what follows, is said by the configuration and the policy."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from csv import reader
from dataclasses import dataclass, field
from heapq import merge

from phonenumbers import PhoneMetadata

from bridge.rules.numbers import NOWHERE, e164
from bridge.rules.troubles import ListTrouble
from modem.contract import Coded, Trouble, Value

# Of so many lines that cannot be understood the page tells; more are counted.
MOST_TROUBLES = 20
# No expression for a phone number is longer, and no number either (characters).
LONGEST_EXPRESSION, LONGEST_NUMBER = 200, 24
# Fewer digits would block whole countries.
SHORTEST_PREFIX = 3
_ONE_MORE = Trouble.of(ListTrouble.MORE, more=1)
# So many numbers are sorted at once.
PIECE = 50_000
# Expressions whose search can take for ever: something repeated inside something repeated.
_EXPLOSIVE = re.compile(r"[*+}][^()]*\)[*+{]")
_REPETITION, MOST_REPETITIONS = re.compile(r"[*+{]"), 4
_CLASSES = {"[:digit:]": "0-9", "[:alpha:]": "A-Za-z", "[:alnum:]": "0-9A-Za-z", "[:space:]": r"\s"}
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
        """The digits of the E.164 number; None if it is none.

        >>> Dial("GB").key("07400 123456"), Dial("US").key("(201) 555-0123"), Dial("GB").key("12")
        (447400123456, 12015550123, None)
        """
        if text.startswith("+") and text[1:].isdecimal() and text.isascii() and 8 <= len(text) <= 16:
            return int(text)
        if text.isdecimal() and text.isascii() and not text.startswith("00"):
            before = self._prefix.match(text)
            rest = text[before.end() :] if before else text
            if len(rest) in self._lengths and not rest.startswith(self.code):
                return int(self.code + rest)
        found = e164("+" + text[2:] if text.startswith("00") else text, self.region)
        return int(found) if found else None

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
    expressions: list[re.Pattern[str]] = field(default_factory=list)
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
            digits = str(key)
            for length, prefixes in self.prefixes.items():
                if digits[:length] in prefixes:
                    return self._entry(digits[:length])
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
        key = int(number[1:]) if number and number[1:].isdecimal() else None
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
        if column is None:
            _entries(file, text, here, (name, number), troubles)
        break
    for number, line in numbered:
        where = name, number
        if column is None:
            _entries(file, line.strip(), here, where, troubles)
        else:
            cells = next(reader([line], delimiter=_separator(line)), [])
            if len(cells) > column and cells[column].strip():
                _number(file, cells[column].strip(), here, where, troubles)
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


def _entries(file: _File, line: str, dial: Dial, where: Place, troubles: list[Trouble]) -> None:
    """What one line of a list blocks: mostly one number; NCID takes several expressions, in quotes or not."""
    if line.startswith("/"):
        _expression(file, line, line.rpartition("/")[0][1:], where, troubles)
        return
    if line.startswith("+") or line.isdecimal():  # nearly all of them
        line_key = dial.key(line)
        if line_key is not None:
            file.numbers.append(line_key)
            return
    entry, _, comment = line.partition("#")
    label = comment[1:].strip() if comment.startswith("=") else ""
    entry = entry.strip()
    if not entry:
        return
    quoted = re.findall(r'"([^"]*)"', entry)
    if not quoted and entry.startswith("^"):
        quoted = entry.split()
    for expression in quoted:
        if re.fullmatch(r"[0-9+() .-]+", expression):
            _number(file, expression, dial, where, troubles, label)
        else:
            _expression(file, expression, expression, where, troubles, label)
    if not quoted:
        _number(file, re.split(r"[,;\t]", entry)[0].strip(), dial, where, troubles, label)


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
    for posix, ours in _CLASSES.items():
        text = text.replace(posix, ours)
    repeats = len(_REPETITION.findall(text)) > MOST_REPETITIONS or _EXPLOSIVE.search(text)
    if not text or len(text) > LONGEST_EXPRESSION or repeats:
        _tell(troubles, ListTrouble.LARGE_EXPRESSION, where, text=line[:40])
        return
    try:
        expression = re.compile(text)
    except re.error as error:
        _tell(troubles, ListTrouble.NO_EXPRESSION, where, text=line[:40], error=str(error))
        return
    if expression.search("") or (expression.search("+4407") and expression.search("+1892")):
        _tell(troubles, ListTrouble.BLOCKS_EVERYBODY, where, text=line[:40])
        return
    file.expressions.append(expression)
    if label:
        file.labels[text] = label


def _tell(troubles: list[Trouble], code: ListTrouble, where: Place, **facts: Value) -> None:
    name, number = where
    tell(troubles, Trouble.of(code, list=name, line=number, **facts))


def tell(troubles: list[Trouble], trouble: Trouble) -> None:
    """One trouble more, of which many are only counted."""
    troubles.append(trouble if len(troubles) < MOST_TROUBLES else _ONE_MORE)


# ---- files
