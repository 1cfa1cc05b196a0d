"""What the automatic texts of a month cost, in words; pure."""

from datetime import datetime

from bridge.records.views import Texted
from bridge.rules.money import Price
from bridge.words import dates
from bridge.words.catalogue import _, ngettext


def a_month(texted: Texted, parts: int, price: Price | None, since: datetime) -> str:
    """What texts back cost in a month, at so many texts a caller; what is known so far where that is too little to tell. since:
    texted.since by the shop's clock.

    >>> day = datetime.fromisoformat("2026-11-23T12:00:00Z")
    >>> a_month(Texted(43, day, 43), 2, None, day), a_month(Texted(3, day, None), 1, None, day)
    ('About 43 callers are texted per month: 86 texts.', '3 callers were texted since Monday 23 November: 3 texts. After two \
weeks you see here what a month takes.')
    """
    number = parts * (texted.count if texted.monthly is None else texted.monthly)
    if not number:
        return _("Nobody was texted lately. Each caller takes {texts}.", texts=_texts(parts, price))
    texts = _texts(number, price)
    if texted.monthly is not None:
        return ngettext(
            "About {number} caller is texted per month: {texts}.",
            "About {number} callers are texted per month: {texts}.",
            texted.monthly,
            texts=texts,
        )
    return ngettext(
        "{number} caller was texted since {day}: {texts}. After two weeks you see here what a month takes.",
        "{number} callers were texted since {day}: {texts}. After two weeks you see here what a month takes.",
        texted.count,
        day=dates.whole_day(since),
        texts=texts,
    )


def _texts(number: int, price: Price | None) -> str:
    words = ngettext("{number} text", "{number} texts", number)
    return _("{texts}, {cost}", texts=words, cost=price.of(number)) if price else words
