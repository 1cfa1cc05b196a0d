"""The English of page, docs, log and commands: no foreign-sounding turn comes back; the glossary has the words of the page."""

import ast
import re
from collections.abc import Iterator

import click
import pytest

from bridge.cli import main
from tests import catalogues
from tests.support.paths import ROOT

# A turn that must not come back -> what we say.
BANNED = {
    r"in vain": "missed, or that did not help",
    r"doubtful|in doubt": "may be wrong",
    r"(?:is|was|be) believed": "is right",
    r"anew|besides": "again; also",
    r"sick|meanwhile": "broken; in the meantime",
    r"who waits?|(?:wait|waits|waiting) for an answer": "needs a reply",
    r"gave up after|in contact since": "hung up after; in touch since",
    r"(?:let|lets) (?:\S+ )?(?:\S+ )?go on|go on (?:again|with)": "resume",
    r"stands? (?:in|on|at|under|with|beside|below|above|behind|there|here|still|first|twice)": "is in, is under, comes first",
    r"(?<!there )is no (?!longer\b)|is none\b|are none\b": "is not a",
    r"(?:take|takes|took|taken|taking) in": "import",
    r"takes? (?:it )?up(?! to)": "picks up",
    r"may (?:not (?:change|be)|log in|change|only be)": "can, cannot",
    r"so many|same as always": "this many; usual",
    r"dropped|withheld number": "deleted; hidden number",
    r"ISO codes?|Apprise (?:URL|addresse?)s?|GSM-7|GSM alphabet|regex|(?<![(`])SMSC": "words that a shopkeeper knows",
    r"segments?|spans?(?!\})": "text; times",
    r"comes to|asks whether|rang again": "is, called again",
    r"log-in|this user takes|a user": "login; a colleague",
    r"look over (?:its|the)|does not hold|counts as called|has not asked for no|taken off": "check; is not valid; marked as",
}
MANUAL = (
    "README.md",
    "docs/page.md",
    "docs/texting.md",
    "docs/configuration.md",
    "docs/commands.md",
    "config.ini",
)
GLOSSARY = (ROOT / "docs" / "page.md").read_text("utf-8").partition("### The words of the page\n")[2]


def sentences() -> Iterator[tuple[str, str]]:
    """Everything that people read, and where it is."""
    for message in catalogues.extracted():
        for form in message.id if isinstance(message.id, (tuple, list)) else (message.id,):
            yield "the catalogue", str(form)
    for name in MANUAL:
        yield from ((name, line) for line in (ROOT / name).read_text("utf-8").splitlines())
    yield from helps(main)
    yield from logs()


def helps(command: click.Command, name: str = "textback") -> Iterator[tuple[str, str]]:
    """What --help says."""
    yield name, command.help or ""
    for option in command.params:
        yield f"{name} --{option.name}", getattr(option, "help", None) or ""
    if isinstance(command, click.Group):
        for word, inner in command.commands.items():
            yield from helps(inner, f"{name} {word}")


def logs() -> Iterator[tuple[str, str]]:
    """What the log says."""
    for room in ("modem", "bridge", "web"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                    continue
                words = node.args[0]
                if node.func.attr in ("info", "warning", "error", "exception") and isinstance(
                    words, ast.Constant
                ):
                    yield str(path.relative_to(ROOT)), str(words.value)


ALL = list(sentences())


def test_there_is_something_to_read() -> None:
    places = [place for place, _ in ALL]
    assert places.count("the catalogue") > 1000
    assert {"textback run", "textback send --despite_stop", "bridge/handlers/calls.py"} <= {*places}


@pytest.mark.parametrize("turn", BANNED)
def test_no_foreign_turn_comes_back(turn: str) -> None:
    """The value beside the turn is what we say in its place."""
    banned = re.compile(rf"\b(?:{turn})\b", re.IGNORECASE)
    assert [(place, words) for place, words in ALL if banned.search(words)] == []


def terms() -> list[str]:
    rows: list[str] = re.findall(
        r"^\| (?!word |---)([^|]+?) \|", GLOSSARY.partition("\n### ")[0], re.MULTILINE
    )
    return rows


def test_the_glossary_of_the_page_has_its_words() -> None:
    known = {words for place, words in ALL if place == "the catalogue"}
    assert len(terms()) > 20
    assert [term for term in terms() if term not in known] == []
    assert len(terms()) == len(set(terms()))
