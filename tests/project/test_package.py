"""What a package of textback holds besides modules."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Sources, from which other files are made.
NOT_INSTALLED = (".po", ".pot", ".mako")


def test_every_file_that_is_no_module_is_installed() -> None:
    """A checkout has them all: only an installed package shows that one is missing."""
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    installed = {
        file
        for package, patterns in tables.items()
        for pattern in patterns
        for file in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    there = {
        file
        for room in ("modem", "bridge", "web")
        for file in (ROOT / room).rglob("*")
        if file.is_file() and file.suffix not in (".py", ".pyc", *NOT_INSTALLED)
    }
    assert there - installed == set()
    assert any(file.suffix == ".mo" for file in installed)


def test_the_wheels_of_the_package_are_those_that_are_tested() -> None:
    tested = pinned((ROOT / "constraints.txt").read_text())
    packed = pinned((ROOT / "packaging" / "wheels.lock").read_text())
    assert {name: tested.get(name) for name in packed} == packed
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {plain(re.split("[<>=]", one)[0]) for one in project["dependencies"]}
    assert wanted <= set(packed)


def pinned(text: str) -> dict[str, str]:
    return {
        plain(name): release for name, release in re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE)
    }


def plain(name: str) -> str:
    """As Python's packages are compared by name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
