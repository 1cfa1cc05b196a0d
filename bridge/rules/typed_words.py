"""The words in which people write opening hours and dates (typed_words.toml), and how they are compared; pure."""

import tomllib
from functools import cache
from importlib.resources import files

from bridge.rules.folding import fold

# Dashes that are no hyphens to others.
_DASHES = str.maketrans(dict.fromkeys("\u2015\u2212~", "-"))


def folded(text: str) -> str:
    """Without case, accents and superfluous blanks, and with the plain dash and apostrophe.

    >>> folded("09.00\u2013 17.00  \u00c0 Zamkni\u0119te")
    '09.00- 17.00 a zamkniete'
    """
    return fold(text.translate(_DASHES)).replace("t/m", "tot")  # tot en met, in Dutch


@cache
def _languages() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("bridge.rules").joinpath("typed_words.toml").read_text("utf-8"))


@cache
def words(kind: str) -> frozenset[str]:
    """The words of a kind in all languages.

    >>> "bis" in words("to"), "bis" in words("and")
    (True, False)
    """
    return frozenset(word for language in _languages().values() for word in language.get(kind, ()))


@cache
def places(kind: str) -> dict[str, int]:
    """Words of a kind whose place tells what they mean, counted from 0: each language has them in the same order.

    >>> places("months")["grudnia"], places("days")["morgen"]
    (11, 1)
    """
    languages = (language.get(kind, ()) for language in _languages().values())
    return {word: place for names in languages for place, name in enumerate(names) for word in name.split()}
