"""docs/glossary.md: every public class of a contract is in it, and no word stands twice."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.paths import ROOT

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
CONTRACTS = [ROOT / "modem" / "contract.py", *sorted((ROOT / "bridge" / "contract").glob("*.py"))]


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_public_class_of_a_contract_is_explained(path: Path) -> None:
    classes = [
        node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.ClassDef)
    ]
    missing = [name for name in classes if not name.startswith("_") and f"`{name}`" not in GLOSSARY]
    assert missing == []


def test_no_class_is_explained_that_is_none() -> None:
    named = set(re.findall(r"`([A-Z][a-z]\w+)`", GLOSSARY.partition("## What the contracts say")[2]))
    defined = {
        node.name
        for path in CONTRACTS
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    assert named <= defined


def test_there_are_some_forty_words_and_none_twice() -> None:
    words = re.findall(r"^\| (?!word|---)([^|]+) \|", GLOSSARY, re.MULTILINE)
    assert len(words) > 40
    assert len(words) == len(set(words))
