"""Every sentence that people read goes through here: a template with named places, in the language that is spoken at the
moment. The templates are English; their translations lie in bridge/locale, a catalogue of gettext a language.

Who puts something into words says for whom: the page speaks its reader's language, a text that of the shop, everything else
(commands, the log) English.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from modem.contract import Value

ENGLISH = "en"
DOMAIN = "textback"
FROM_THE_RIGHT = frozenset(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"])
FOLDER = Path(str(files("bridge"))) / "locale"

_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)
_country: ContextVar[str] = ContextVar("country", default="")
Words = TypeVar("Words", bound=str)


def gettext(template: str, /, **values: Value) -> str:
    """The template in the language that is spoken, its places filled; a place without a value stays as it is, since a page
    must not fail of it.

    >>> gettext("{address} cannot be texted.", address="60006"), gettext("It rang {rings}.")
    ('60006 cannot be texted.', 'It rang {rings}.')
    """
    return fill(_catalogue(_spoken.get()).gettext(template) if template else "", values)


_ = gettext


def ngettext(one: str, many: str, number: int, /, **values: Value) -> str:
    """A sentence that counts, in the form that goes with the number, which stands at {number}.

    >>> ngettext("{number} call of {name}", "{number} calls of {name}", 2, name="Ann")
    '2 calls of Ann'
    """
    return fill(_catalogue(_spoken.get()).ngettext(one, many, number), {"number": number, **values})


def N_(template: Words) -> Words:  # noqa: N802  # the name that every tool of gettext knows
    """Marks a template that stands in a table and is put into words later, by `gettext`."""
    return template


# Translators: what your language calls itself, as people look for it in a list.
NAME = N_("English")


def language() -> str:
    """The language that is spoken now, by its ISO 639 code."""
    return _spoken.get()


def direction() -> str:
    """Which way its lines run: ltr or rtl, as HTML has it."""
    return "rtl" if language() in FROM_THE_RIGHT else "ltr"


def country() -> str:
    """Where it is spoken, an ISO code: dates are written otherwise in Vienna than in Berlin. Empty if that is not known."""
    return _country.get()


def speak(code: str, country: str = "") -> None:
    """From now on, in this thread: for the page, which begins each request with it."""
    _spoken.set(code)
    _country.set(country)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """For as long as the block runs.

    >>> with speaking("de"):
    ...     language()
    'de'
    """
    before = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(before)


def codes() -> tuple[str, ...]:
    """Of every language that the box speaks."""
    return tuple(sorted({ENGLISH, *(folder.name for folder in FOLDER.iterdir() if folder.is_dir())}))


@lru_cache(maxsize=1)
def languages() -> dict[str, str]:
    """Code -> what its speakers call it."""
    return {code: _load(code).gettext(NAME) for code in codes()}


@lru_cache
def in_every_language(*templates: str) -> tuple[tuple[str, ...], ...]:
    """Each template as it reads in every one of them. The catalogues are let go again: seldom is more than one needed."""
    every = [_load(code) for code in codes()]
    return tuple(tuple(catalogue.gettext(template) for catalogue in every) for template in templates)


@lru_cache
def _catalogue(code: str) -> NullTranslations:
    return NullTranslations() if code == ENGLISH else _load(code)


def _load(code: str) -> NullTranslations:
    """The catalogue of a language; where there is none, everything stays English."""
    try:
        with (FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as compiled:
            return GNUTranslations(compiled)
    except FileNotFoundError:
        return NullTranslations()


def fill(template: str, values: Mapping[str, Value]) -> str:
    """A template with its places filled, as far as there are values."""
    return template.format_map(_Facts(values))


class _Facts(dict[str, Value]):
    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"
