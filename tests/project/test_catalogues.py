"""The catalogues of bridge/locale: taken from the code anew, whole, with the places that the code fills, and compiled."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from string import Formatter

import pytest
from babel.messages import Message

from bridge.words import catalogue
from tests import catalogues
from tests.support.paths import ROOT

FRESH = catalogues.extracted()
FILES = sorted(path for room in ("bridge", "web") for path in (ROOT / room).rglob("*.py"))
LANGUAGES = list(catalogues.languages())


def forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, (tuple, list)) else (str(text),)


def places(text: str) -> set[str]:
    return {place for _, place, _, _ in Formatter().parse(text) if place is not None}


def messages(code: str) -> Iterable[Message]:
    return (message for message in catalogues.read(code) if message.id)


def test_sentences_are_found_in_code_and_templates() -> None:
    found = {
        forms(message.id)[0]: {place for place, _ in message.locations} for message in FRESH if message.id
    }
    assert "bridge/words/reasons.py" in found["The caller hid the number."]
    assert "bridge/words/times.py" in found["{number} minute ago"]
    assert len(found) > 400


SPEAKERS = ("_", "N_", "gettext", "ngettext")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_is_overlooked(path: Path) -> None:
    """What is put into words at run time is a sentence that was found before, not one within an f-string or a tuple."""
    known = {form for message in FRESH if message.id for form in forms(message.id)}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] not in SPEAKERS:
            continue
        first = node.args[0]
        assert not isinstance(first, (ast.Starred, ast.JoinedStr)), f"{path}:{node.lineno}"
        if isinstance(first, ast.Constant):
            assert first.value in known, f"{path}:{node.lineno}"


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_was_taken_from_the_code_anew(code: str) -> None:
    """`make messages` does it."""
    assert catalogues.as_text(catalogues.updated(code, FRESH)) == catalogues.source(code).read_bytes()


@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_is_missing_or_in_doubt(code: str) -> None:
    assert [message.id for message in messages(code) if catalogues.is_missing(message)] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_the_code_fills_in_stands_in_every_form(code: str) -> None:
    for message in messages(code):
        one, *many = map(places, forms(message.id))
        allowed = {*one, *(place for more in many for place in more)}
        for form in filter(None, forms(message.string)):
            # A form for one alone may say it in a word.
            assert places(form) in ([allowed, allowed - {"number"}] if many else [one]), message.id


def test_nothing_is_filled_in_as_python_writes_it() -> None:
    """Its quotes are not those of any language: “{value}”, not {value!r}."""
    told = [form for message in FRESH if message.id for form in forms(message.id)]
    assert [form for form in told if any(how for *_, how in Formatter().parse(form))] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_sentence_stays_one(code: str) -> None:
    """It ends as one does, and has no blanks at its ends: others may stand beside it."""
    for message in messages(code):
        ends = forms(message.id)[0].endswith((".", "!", "?"))
        for form in filter(None, forms(message.string)):
            assert form == form.strip(), message.id
            assert not ends or form.endswith((".", "!", "?")), message.id


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_is_compiled(code: str) -> None:
    """As the package is installed; after a change of a catalogue `make messages` does it too."""
    compiled = catalogue._load(code)
    for message in messages(code):
        if isinstance(message.id, str):
            assert compiled.gettext(message.id) == (message.string or message.id)


def test_a_place_of_another_name_is_found() -> None:
    assert places("It rang {rings}.") != places("Es hat {klingeln} geklingelt.")


def test_the_style_sheet_knows_no_left_and_right() -> None:
    """Lines may run the other way: its properties are those of the start and the end of a line."""
    sheet = (ROOT / "web" / "static" / "textback.css").read_text("utf-8")
    assert re.findall(r"(?<![\w-])(?:[a-z]+-)*(?:left|right)(?:-radius)?(?=\s*[:;}])", sheet) == []
    for shorthand in re.findall(r"(?<![\w-])(?:margin|padding|inset): ([^;}]+)", sheet):
        sides = shorthand.split()
        assert len(sides) < 4 or sides[1] == sides[3] or "(" in shorthand, shorthand
