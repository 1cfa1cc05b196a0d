"""The words of our texts: placeholders, languages, GSM-7 twins of typographic characters, the hint how to opt out; pure."""

from datetime import datetime

from bridge.rules.languages import LANGUAGE_OF
from bridge.rules.numbers import region_of
from bridge.rules.settings import Settings
from bridge.rules.template import problem_of, render
from modem.contract import Segments, alphabet, segments

__all__ = [
    "Segments",
    "alphabet",
    "choose",
    "plain",
    "problem_of",
    "render",
    "reply",
    "segments",
    "with_hint",
]


# Characters that editors and phones put in by themselves and that GSM-7 lacks: each would halve what a text holds.
TWINS = {
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'", "\u02bc": "'", "\u00b4": "'", "`": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u2033": '"', "\u00ab": '"', "\u00bb": '"',
    "\u2039": "'", "\u203a": "'",
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
    "\u2026": "...",
    **dict.fromkeys("\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f", " "),
    **dict.fromkeys("\u200b\u2060\ufeff\u00ad", ""),  # blanks without width, the soft hyphen
}  # fmt: skip


def plain(text: str) -> str:
    """Typographic quotes, dashes and blanks as their GSM-7 twins; every other character stays.

    >>> plain("I\u2019ll call back \u2013 soon\u2026")
    "I'll call back - soon..."
    """
    return "".join(TWINS.get(character, character) for character in text)


def with_hint(text: str, hint: str) -> str:
    """The text with the hint behind it, where that costs no further segment.

    >>> with_hint("Hi!", "Reply STOP to opt out."), len(with_hint("x" * 140, "Reply STOP to opt out."))
    ('Hi! Reply STOP to opt out.', 140)
    """
    longer = f"{text} {hint}"
    return longer if hint and segments(longer).parts == segments(text).parts else text


def choose(settings: Settings, address: str, is_open: bool = True) -> str:
    """The template for a number: for the hours, and in the language of its country, if there is one in it."""
    language = LANGUAGE_OF.get(region_of(address) or "", "")
    texts = settings.textback
    if not is_open and texts.closed == "other":
        return texts.closed_messages_by_language.get(language, texts.closed_message)
    return texts.messages_by_language.get(language, texts.message)


def reply(
    settings: Settings,
    address: str,
    name: str,
    called: datetime,
    first: bool,
    is_open: bool = True,
    reopens: str = "",
) -> str:
    """The automatic text to a caller. called: when, aware. first: no automatic text went to this number before. reopens: in
    words, empty while the shop is open."""
    values = {
        "shop": settings.shop.name,
        "phone": settings.shop.phone,
        "name": name,
        "time": f"{called.astimezone(settings.shop.zone):%H:%M}",
        "reopens": reopens,
    }
    text = plain(render(choose(settings, address, is_open), values))
    if not (first and settings.textback.opt_out_hint):
        return text
    return with_hint(text, plain(render(settings.textback.opt_out_text, values)))
