"""Text from outside, cleaned at its door: of what no database takes, or for one line. Whose text it is, the doors know.

The doors are the loop's inbox (modems and forms), the page's query strings, the command line and config.ini.
"""

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar
from unicodedata import category

T = TypeVar("T")

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


def plainly_written(text: str) -> str:
    r"""The text without marks of direction, and with one kind of hyphen and of blank: numbers are copied with all of them.

    >>> plainly_written("\u202a07400\u00a0123\u2011456\u202c")
    '07400 123-456'
    """
    if text.isascii():
        return text
    visible = "".join(" " if char == "\u00a0" else char for char in text if category(char) != "Cf")
    return re.sub("[\u2010-\u2015\u2212]", "-", visible).strip()


def storable(text: str) -> str:
    r"""The text without NULs and lone halves of surrogate pairs, which UTF-8 and PostgreSQL refuse; halves that belong together
    become their character.

    >>> storable("Hi\0\0"), storable("\ud83e\udd56!"), storable("a\ud800b")
    ('Hi', '\U0001f956!', 'ab')
    """
    text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return text


def cleaned(value: T, clean: Callable[[str], str] = storable) -> T:
    """The same with every text in it cleaned: a text, or a tuple or frozen dataclass that holds some. Enumerations and all else
    stay as they are, and what needs no cleaning stays the same object.

    >>> cleaned(("a\\0", 1, ("b", None)))
    ('a', 1, ('b', None))
    """
    given: Any = value
    result: T = _cleaned(given, clean)
    return result


def _cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    if type(value) is str:
        return clean(value)
    if type(value) is tuple:
        new = tuple(_cleaned(one, clean) for one in value)
        return new if any(one is not was for one, was in zip(new, value, strict=True)) else value
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
        changed = {name: one for name, was in found.items() if (one := _cleaned(was, clean)) is not was}
        return replace(value, **changed) if changed else value
    return value
