"""Compiles the catalogues of translations whenever the package is built or installed; all else stands in pyproject.toml."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py


class WithCatalogues(build_py):
    """The usual step, after the catalogues that it is to copy have been made."""

    def run(self) -> None:
        """Writes each beside its source, where a checkout finds it too."""
        for source in Path(__file__).parent.glob("bridge/locale/*/LC_MESSAGES/*.po"):
            with source.open("rb") as text, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(text))
        super().run()


setup(cmdclass={"build_py": WithCatalogues})
