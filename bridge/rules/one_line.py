"""Text that must be one line: a name, a value of config.ini."""

from unicodedata import category

# Controls, formats that are not to be seen or turn the direction of what follows, halves of pairs, ends of lines.
NO_TEXT = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Formats that belong to what is seen: Persian words and emoji are joined by two, and flags are spelt in tags.
SEEN = frozenset({"\N{ZERO WIDTH NON-JOINER}", "\N{ZERO WIDTH JOINER}", *map(chr, range(0xE0020, 0xE0080))})


def one_line(text: str) -> str:
    """The text in one line, with single blanks: what breaks lines or is not to be seen is a blank.

    >>> one_line(" Corner\\r\\n[web]\\x0b Bakery ")
    'Corner [web] Bakery'
    """
    shown = (char if char in SEEN or category(char) not in NO_TEXT else " " for char in text)
    return " ".join("".join(shown).split())
