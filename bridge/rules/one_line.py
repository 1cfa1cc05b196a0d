"""Text that must be one line: a name, a value of config.ini."""

import re

# What breaks lines or controls a terminal (Cc, Zl, Zp), half of a pair (Cs), what turns the direction of what follows, and
# what is not to be seen. Joiners stay: Persian words and emoji are made with them.
_NO_TEXT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\u00ad]"
)


def one_line(text: str) -> str:
    """The text in one line, with single blanks: what breaks lines or is not to be seen is a blank.

    >>> one_line(" Corner\\r\\n[web]\\x0b Bakery ")
    'Corner [web] Bakery'
    """
    return " ".join(_NO_TEXT.sub(" ", text).split())
