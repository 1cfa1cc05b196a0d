"""The words of our texts: placeholders, languages, GSM-7 twins of typographic characters, the hint how to opt out; pure."""

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bridge.numbers import region_of
from bridge.settings import Settings
from modem.contract import Segments, alphabet, segments

__all__ = [
    "PLACEHOLDERS",
    "Segments",
    "alphabet",
    "cost",
    "placeholders",
    "plain",
    "render",
    "reply",
    "segments",
    "with_hint",
]

PLACEHOLDERS = ("shop", "phone", "name", "time", "reopens")

# Characters that editors and phones put in by themselves and that GSM-7 lacks: each would halve what a text holds.
TWINS = {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'", "\u02bc": "'",
        "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u2033": '"', "\u00ab": '"', "\u00bb": '"',
        "\u2039": "'", "\u203a": "'",
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
        "\u2026": "...", "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ", "\u2007": " ",
        "\u200b": "", "\u2060": "", "\ufeff": "", "\u00ad": "", "\u2022": "*",
}  # fmt: skip

_TWIN_CODES = {ord(character): twin for character, twin in TWINS.items()}

# The language that most people of a region read; where there are several, none.
LANGUAGES = {
    "de": "DE AT LI",
    "fr": "FR MC RE GP GF MQ",
    "es": "ES MX AR CO CL PE VE EC GT CU BO DO HN PY SV NI CR PA UY PR",
    "it": "IT SM VA",
    "pt": "PT BR AO MZ",
    "nl": "NL SR",
    "pl": "PL",
    "en": "GB IE US AU NZ GG JE IM",
    "da": "DK", "sv": "SE", "no": "NO", "fi": "FI", "cs": "CZ", "sk": "SK", "hu": "HU", "ro": "RO MD",
    "el": "GR CY", "tr": "TR", "ru": "RU", "uk": "UA", "bg": "BG", "hr": "HR", "sl": "SI",
}  # fmt: skip
_LANGUAGE_OF = {region: language for language, regions in LANGUAGES.items() for region in regions.split()}


def placeholders(template: str) -> list[str]:
    """The names in braces, known or not.

    >>> placeholders("Hi, this is {shop}. {Reopens}")
    ['shop', 'Reopens']
    """
    return re.findall(r"\{([^{}]*)\}", template)


def render(template: str, values: Mapping[str, str]) -> str:
    """Fill placeholders in; an empty one vanishes together with the blank before it.

    >>> render("Hi {name}, this is {shop}.", {"name": "", "shop": "Corner Bakery"})
    'Hi, this is Corner Bakery.'
    """
    known = "|".join(PLACEHOLDERS)

    def fill(matched: re.Match[str]) -> str:
        value = values.get(matched[2], "")
        return matched[1] + value if value else ""

    return re.sub(rf"( ?)\{{({known})\}}", fill, template).strip()


def plain(text: str) -> str:
    """Typographic quotes, dashes and blanks as their GSM-7 twins; every other character stays.

    >>> plain("I\u2019ll call back \u2013 soon\u2026")
    "I'll call back - soon..."
    """
    return text.translate(_TWIN_CODES)


def cost(text: str) -> str:
    """What a text costs, in words; the page's script says the same while it is typed.

    >>> cost("Hello"), cost("Olá")
    ('1 text, 155 characters left', '1 text, 67 characters left. “á” makes a text hold 70 characters instead of 160')
    """
    text = plain(text.strip())
    made = segments(text)
    texts = "1 text" if made.parts == 1 else f"{made.parts} texts"
    odd = next((char for char in text if char not in alphabet(1) + alphabet(2)), None)
    why = f". “{odd}” makes a text hold 70 characters instead of 160" if odd else ""
    return f"{texts}, {made.left} characters left{why}"


def with_hint(text: str, hint: str) -> str:
    """The text with the hint behind it, where that costs no further segment."""
    longer = f"{text} {hint}"
    return longer if hint and segments(longer).parts == segments(text).parts else text


def reply(settings: Settings, address: str, name: str, called: datetime, first: bool) -> str:
    """The automatic text to a caller. called: when, aware. first: no automatic text went to this number before."""
    textback = settings.textback
    language = _LANGUAGE_OF.get(region_of(address) or "", "")
    template = textback.messages_by_language.get(language, textback.message)
    zone = None if settings.shop.timezone == "auto" else ZoneInfo(settings.shop.timezone)
    values = {
        "shop": settings.shop.name,
        "phone": settings.shop.phone,
        "name": name,
        "time": f"{called.astimezone(zone):%H:%M}",
    }
    text = plain(render(template, values))
    return (
        with_hint(text, plain(render(textback.opt_out_text, values)))
        if textback.opt_out_hint and first
        else text
    )
