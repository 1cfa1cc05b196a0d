"""What the automatic texts of a month cost, in words; pure."""

from datetime import datetime

from bridge.records.views import Texted
from bridge.rules.money import Price


def a_month(texted: Texted, parts: int, price: Price | None, since: datetime) -> str:
    """What texts back cost in a month, at so many texts a caller; what is known so far where that is too little to tell. since:
    texted.since by the shop's clock.

    >>> day = datetime.fromisoformat("2026-11-23T12:00:00Z")
    >>> a_month(Texted(43, day, 43), 2, None, day), a_month(Texted(3, day, None), 1, None, day)
    ('In a month about 43 callers are texted: 86 texts.', 'Since Monday 23 November 3 callers were texted: 3 texts. After two \
weeks this says what a month takes.')
    """
    number = parts * (texted.count if texted.monthly is None else texted.monthly)
    if not number:
        return f"Nobody was texted lately. Each caller takes {_texts(parts, price)}."
    if texted.monthly is not None:
        who = "1 caller is" if texted.monthly == 1 else f"{texted.monthly} callers are"
        return f"In a month about {who} texted: {_texts(number, price)}."
    who = "1 caller was" if texted.count == 1 else f"{texted.count} callers were"
    day = f"{since:%A} {since.day} {since:%B}"
    return f"Since {day} {who} texted: {_texts(number, price)}. After two weeks this says what a month takes."


def _texts(number: int, price: Price | None) -> str:
    words = "1 text" if number == 1 else f"{number} texts"
    return f"{words}, {price.of(number)}" if price else words
