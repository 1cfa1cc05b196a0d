"""Texts as they are searched: without regard to case, accents and what cannot be seen; pure."""

from unicodedata import category, combining, decimal, normalize

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


_PLAIN = _Plain()


def fold(text: str) -> str:
    """What is the same for all ways to write a name or text: small letters without accents, digits as 0 to 9, single blanks.

    >>> fold("ZOË"), fold("Łukasz  Weiß"), fold("Bjørn O’Dæ"), fold("٠٧٤٠٠"), fold("İpek ışık")
    ('zoe', 'lukasz weiss', "bjorn o'dae", '07400', 'ipek isik')
    """
    if not text.isascii():
        # Capitals of some scripts fold to letters with marks of their own: taken apart twice, and put together at last.
        small = normalize("NFKD", normalize("NFKD", text.replace(_ACUTE, "'")).casefold())
        text = normalize("NFC", small.translate(_PLAIN))
    return " ".join(text.lower().split())
