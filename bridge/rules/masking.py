"""Takes out of a text what belongs to people: numbers in every spelling, addresses, PDUs, passwords, and whatever is named.
For a file that goes to somebody who helps."""

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

NUMBER, HEX, MAIL, HIDDEN = "<number>", "<hex>", "<mail>", "<hidden>"

# So many letters has the word of a name that stands for the whole, at least, and the beginning of a text.
LEAST_NAME, BEGINNING = 3, 25
_WORD = re.compile(r"\w+")
_NO_LINE_END = r"[^\S\n]"
# Moments, and addresses in a network at home: they look like numbers, say nothing about anybody, and a log needs them.
_KEPT = re.compile(
    r"\b20\d\d-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:[.,]\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-])"
    r"|\[ *\d+\.\d{6}\]"
    r"|(?<![\d.])(?:10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}(?![\d.])"
)
_AT_HOME = re.compile(r"https?://(?:localhost|\[?[0-9a-fA-F.:]+\]?|[\w-]+\.local)(?::\d+)?/?")
_URL = re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]*)://[^\s\"'<>]+")
# A passphrase may have blanks in it: all the rest of the line goes.
_PASSWORD = re.compile(
    r"((?:pass(?:word|phrase|wd)?|token|secret|api[_-]?key|cookie|session|authorization|\bp[iu][nk])[\"']?\s*[:=]\s*"
    r"|\bbearer\s+|\+(?:CPIN|CLCK|CPWD)=).+",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
# Octets as programs write them: escapes, pairs with something between, or a run. A PDU has a number in swapped digits in it.
_OCTETS = re.compile(
    r"(?:\\x[0-9A-Fa-f]{2}){4,}|(?:[0-9A-Fa-f]{2}[ :-]){5,}[0-9A-Fa-f]{2}(?![0-9A-Fa-f])"
    r"|(?=\d*[A-Fa-f])(?=[A-Fa-f]*\d)[0-9A-Fa-f]{8,}"
)
# A key or a token, by the looks of it; the name of a port is none.
_TOKEN = re.compile(r"(?<![\w-])(?!usb-)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[A-Za-z0-9_-]{20,}")
# Seven digits and more, whatever people put between them.
_DIGITS = re.compile(rf"\+?\(?\d(?:(?:{_NO_LINE_END}|[().\-/\u2010-\u2015]){{0,3}}\d){{6,}}")


class Mask:
    """names, texts: what is to go wherever it stands; of a name each of its own words too."""

    def __init__(self, names: Iterable[str] = (), texts: Iterable[str] = ()) -> None:
        words = {*_names(names), *_texts(texts)}
        spelled = {one for word in words for one in _spellings(word)}
        self._private = [(one, _first(one)) for one in sorted(spelled, key=len, reverse=True)]

    def words(self, text: str) -> str:
        """The text without what was named.

        >>> Mask(["Mia Miller"]).words("Mia Miller rang; Mia; Miami")
        '<hidden> rang; <hidden>; Miami'
        """
        there = {*_WORD.findall(text), ""}  # a shop has thousands of names: few of them need to be looked for
        for word, first in self._private:
            if first in there and word in text:
                text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", HIDDEN, text)
        return text

    def all(self, text: str) -> str:
        """The text without that, and without what looks like somebody's number, address, message or password.

        >>> Mask().all("2026-11-27 12:00:00,123 call from 07400 123-456 (+44*****456) at http://192.168.1.5:8080")
        '2026-11-27 12:00:00,123 call from <number> (+44*****456) at http://192.168.1.5:8080'
        """
        return "".join(
            piece if kept else _patterns(piece) for piece, kept in _pieces(_urls(self.words(text)), _KEPT)
        )


def _pieces(text: str, kept: re.Pattern[str]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is to stay as it is."""
    at = 0
    for found in kept.finditer(text):
        yield text[at : found.start()], False
        yield found[0], True
        at = found.end()
    yield text[at:], False


def _urls(text: str) -> str:
    return _URL.sub(
        lambda found: found[0] if _AT_HOME.fullmatch(found[0]) else f"{found[1]}://{HIDDEN}", text
    )


def _patterns(text: str) -> str:
    for pattern, instead in (
        (_PASSWORD, rf"\1{HIDDEN}"),
        (_MAIL, MAIL),
        (_TOKEN, HIDDEN),
        (_OCTETS, HEX),
        (_DIGITS, NUMBER),
    ):
        text = pattern.sub(instead, text)
    return text


def _first(text: str) -> str:
    """Its first word, "" if it has none."""
    found = _WORD.search(text)
    return found[0] if found else ""


def _names(names: Iterable[str]) -> Iterator[str]:
    """Each name, and each of its words that is a name of its own."""
    for name in names:
        yield name
        yield from (word for word in name.split() if len(word) >= LEAST_NAME and word[0].isupper())


def _texts(texts: Iterable[str]) -> Iterator[str]:
    """Each text, each of its lines, and its beginning, which is what others quote."""
    for text in texts:
        yield from (text, *text.splitlines())
        if len(text) > BEGINNING:
            yield text[:BEGINNING].rpartition(" ")[0]


def _spellings(word: str) -> tuple[str, ...]:
    """How a word may stand in a file: as it is, and as JSON and addresses write it."""
    return (word, json.dumps(word)[1:-1], quote(word)) if len(word.strip()) > 1 else ()
