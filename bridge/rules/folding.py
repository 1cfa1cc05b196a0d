"""Texts as they are searched: without regard to case, accents and what cannot be seen; pure."""

import re
from unicodedata import category, combining, decimal, east_asian_width, normalize

# Letters that Unicode takes for letters of their own, not for others with a mark: as people type them who lack the key.
# casefold has made `ss` of ß, and `s` of the long one.
_LETTERS = {
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ı": "i",
    "ŋ": "n",
    "ŧ": "t",
    "ə": "e",
}
# Phones write the round ones, people type the straight one.
_LETTERS |= dict.fromkeys("‘’ʼ`", "'") | dict.fromkeys("“”„«»", '"') | dict.fromkeys("‐‑‒–—", "-")
# Taken apart, this one would be a blank with a mark.
_ACUTE = "´"
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)
# What of a word is searched (characters): longer ones are no words, and no database takes them as such.
LONGEST_WORD = 64


class _Plain(dict[int, str]):
    """What stands for a character that is decomposed and small; found once, then kept."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if combining(char) or category(char) in ("Cf", "Me") or code in _VARIATION_SELECTORS:
            plain = ""
        else:
            plain = _LETTERS.get(char) or str(decimal(char, char))
        self[code] = plain
        return plain


class _InWords(dict[int, str]):
    """What stands for a folded character where only words count: they are made of letters and digits. Of scripts that put no
    blanks between words each character is a word, and so is an emoji."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        kind = category(char)
        if kind == "So" or (kind == "Lo" and east_asian_width(char) == "W"):
            found = f" {char} "
        else:
            found = char if kind[0] in "LNM" else " "
        self[code] = found
        return found


_PLAIN, _IN_WORDS = _Plain(), _InWords()


def fold(text: str) -> str:
    """What is the same for all ways to write a name or text: small letters without accents, digits as 0 to 9, single blanks.

    >>> fold("ZOË"), fold("Łukasz  Weiß"), fold("Bjørn O’Dæ"), fold("٠٧٤٠٠"), fold("İpek ışık")
    ('zoe', 'lukasz weiss', "bjorn o'dae", '07400', 'ipek isik')
    """
    return " ".join(_folded(text).split())


def _folded(text: str) -> str:
    """Folded, and the blanks as they were."""
    if not text.isascii():
        # Capitals of some scripts fold to letters with marks of their own: taken apart twice, and put together at last.
        small = normalize("NFKD", normalize("NFKD", text.replace(_ACUTE, "'")).casefold())
        text = normalize("NFC", small.translate(_PLAIN))
    return text.lower()


def words(text: str) -> list[str]:
    """The words of a text, folded, each once, in their order.

    >>> words("Is Zoë's car ready? 🚗 Zoë, 07400 123"), words("明天, %_")
    (['is', 'zoe', 's', 'car', 'ready', '🚗', '07400', '123'], ['明', '天'])
    """
    found = _folded(text).translate(_IN_WORDS).split()
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in found))


def matches(text: str, wanted: list[str]) -> list[tuple[int, int]]:
    """Where in a text words stand that begin with one of those wanted (folded): each as its first place and the one behind it.

    >>> text = "Grüße an Frau Müller-Lüdenscheidt."
    >>> [text[first:behind] for first, behind in matches(text, ["muller", "gruss"])]
    ['Grüße', 'Müller']
    """
    parts = [_folded(char).translate(_IN_WORDS) for char in text]
    whence = [place for place, part in enumerate(parts) for _ in part]
    spans: list[tuple[int, int]] = []
    for word in re.finditer(r"\S+", "".join(parts)):
        if word[0].startswith(tuple(wanted)):
            behind = whence[word.end() - 1] + 1
            while behind < len(text) and not parts[behind]:
                behind += 1  # a mark that stands behind its letter
            first = whence[word.start()]
            if not spans or first >= spans[-1][1]:  # one character may be two words, such as ¼
                spans.append((first, behind))
    return spans
