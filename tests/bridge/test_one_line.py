"""One line of text, and cells that spreadsheets do not calculate."""

import sys

import pytest

from bridge.records.users import name_of
from bridge.rules.one_line import one_line
from bridge.rules.spreadsheet import guarded, unguarded

LINES = [
    ("Ann", "Ann"),
    ("  Ann \t Lee\r\n", "Ann Lee"),
    ("a\u2028b\u2029c\x85d\x0be", "a b c d e"),
    ("\u202eevil\u202c", "evil"),
    ("a\u200bb\ufeffc\u00add\u2066e", "a b c d e"),
    ("\ud800x", "x"),
    ("می\u200cخواهم", "می\u200cخواهم"),  # Persian: a word of two joined parts
    ("👩\u200d🍳", "👩\u200d🍳"),
    (
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ),
    ("\u00a0Müller\u3000Söhne", "Müller Söhne"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "line"), LINES)
def test_one_line(text: str, line: str) -> None:
    assert one_line(text) == line
    assert one_line(line) == line


def test_no_character_makes_a_second_line() -> None:
    for code in range(sys.maxunicode + 1):
        line = one_line(f"a{chr(code)}b")
        assert line.splitlines() == [line], hex(code)


@pytest.mark.parametrize("name", ["ann\u200d", "\u200cann", "an\U000e0067n", "ann\u202e"])
def test_two_names_of_users_cannot_look_the_same(name: str) -> None:
    assert name_of(name) == "ann"


CELLS = [
    "=1",
    "+1",
    "-1",
    "@a",
    "\t=x",
    "\r1",
    " =1",
    "'=1",
    "''@x",
    " ' =1",
    "'Ann'",
    "Ann",
    "",
    "'",
    "+447400123456",
]


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_comes_back_the_same_and_is_never_calculated(cell: str) -> None:
    safe = guarded(cell)
    assert unguarded(safe) == cell
    assert safe.lstrip(" ")[:1] not in ("=", "+", "-", "@", "\t", "\r")
