"""The words in which people write opening hours and dates (typed_words.toml), and how they are compared; pure."""

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

_DASHES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212~", "-")
    | {"\u2019": "'", "\u0142": "l", "\u0141": "l"}
)


def folded(text: str) -> str:
    """Without case, accents and superfluous blanks, and with the plain dash and apostrophe.

    >>> folded("09.00\u2013 17.00  \u00c0 Zamkni\u0119te")
    '09.00- 17.00 a zamkniete'
    """
    text = text.replace("t/m", "tot")  # tot en met, in Dutch
    apart = unicodedata.normalize("NFKD", text.translate(_DASHES).casefold())
    return " ".join("".join(char for char in apart if not unicodedata.combining(char)).split())


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
