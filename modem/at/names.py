"""Names as modems print them in +CLIP and +CNAP: the characters that were meant, and no control characters; whose name it
is, others know."""

import re

# AT+CSCS="UCS2": four hexadecimal digits a character (27.007 CSCS).
_UCS2 = re.compile(r"(?:[0-9A-Fa-f]{4}){2,}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# CJK ideographs stand in 82 blocks of 256 and are one script.
_IDEOGRAPHS = range(0x4E, 0xA0)


def name_of(text: str) -> str:
    """The name in a field, which the dialogue has read as Latin-1. UTF-8 is read as that, and hexadecimal UCS2 as its
    characters where those are of one script and ASCII: a name may look like such digits.

    >>> name_of("Ann"), name_of("J\xc3\xb6rg"), name_of("00530063006100 6D".replace(" ", "")), name_of("ABCD1234")
    ('Ann', 'J\xf6rg', 'Scam', 'ABCD1234')
    """
    return _CONTROLS.sub("", _from_ucs2(text) or _from_utf8(text) or text).strip()


def _from_ucs2(text: str) -> str | None:
    if not _UCS2.fullmatch(text):
        return None
    octets = bytes.fromhex(text)
    scripts = {0x4E if high in _IDEOGRAPHS else high for high in octets[::2]}
    name = octets.decode("utf-16-be", "replace").strip("\0\ufeff\uffff ")
    return name if len(scripts - {0}) <= 1 and name.isprintable() else None


def _from_utf8(text: str) -> str | None:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None
