"""What a package of textback holds besides modules."""

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
