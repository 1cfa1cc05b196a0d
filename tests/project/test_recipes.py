"""The recipes of CONTRIBUTING.md: what they name exists, and the code that they show works in a copy of the project."""

import ast
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.support.paths import ROOT

# A heading of the recipes, up to the next one.
RECIPES = dict(
    re.findall(
        r"^### ([^:\n]+).*?\n(.*?)(?=^##)",
        (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## How to add ...")[2],
        re.MULTILINE | re.DOTALL,
    )
)
# `file` (`NAME`, `NAME`)
NAMED = re.compile(r"`([\w/]+\.py)` \(((?:`\w+`(?:, )?)+)\)")
# A new file, or lines to be added next to one that is there.
CODE = re.compile(r"^ *```(python|diff) file=(\S+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
# What must be so when a recipe with code has been followed.
WORKS = {
    "A key of config.ini": """
from pathlib import Path
from bridge import config
from bridge.config import shipped
from web.pages.settings_forms import FORMS
assert "\\nper_hour = 30\\n" in shipped.config_ini()
assert "| `per_hour` | `30` |" in shipped.with_tables("## [limits]\\n\\n| key |\\n")
assert "per_hour" in [field.key for field in FORMS["limits"].fields]
assert config.parse("", Path("config.ini")).limits.per_hour == 30
""",
    "A vendor of modems": "from modem.at.families import family_of; assert family_of('ACME 9000').name == 'acme'",
    "A page": "from web.app import ROOMS; from web.pages import greeting; assert greeting in ROOMS; greeting.greeting()",
}


def names_in(path: Path) -> set[str]:
    """What a module defines at its top."""
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return names


def test_there_are_the_five_recipes() -> None:
    assert [*RECIPES] == ["A rule", "A key of config.ini", "A vendor of modems", "A page", "A handler"]


@pytest.mark.parametrize("recipe", RECIPES)
def test_what_a_recipe_names_stands_where_it_says(recipe: str) -> None:
    named = NAMED.findall(RECIPES[recipe])
    assert named
    for path, names in named:
        assert set(re.findall(r"\w+", names)) <= names_in(ROOT / path), path


def test_every_recipe_with_code_is_tried() -> None:
    assert {recipe for recipe, text in RECIPES.items() if CODE.search(text)} == set(WORKS)


@pytest.mark.parametrize("recipe", WORKS)
def test_a_recipe_that_is_followed_works(recipe: str, tmp_path: Path) -> None:
    for room in ("modem", "bridge", "web"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    for kind, path, code in CODE.findall(RECIPES[recipe]):
        follow(kind, tmp_path / path, textwrap.dedent(code))
    done = subprocess.run([sys.executable, "-c", WORKS[recipe]], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def follow(kind: str, path: Path, code: str) -> None:
    """Write a new file, or put what a diff adds into one; its other lines must be there, once or more."""
    if kind == "python":
        assert not path.exists(), path
        path.write_text(code)
        return
    lines = code.splitlines()
    old = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
    new = "".join(f"{line[1:]}\n" for line in lines)
    text = path.read_text("utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new))
