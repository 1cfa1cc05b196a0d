"""What the box writes to customers: the answers to STOP, START and HELP, and the shipped words of the automatic text, in the
language of the texts. A shop's own words stand in no catalogue and stay as they are."""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from bridge.rules import template, wording
from bridge.rules.optout import Intent
from bridge.rules.settings import Settings
from bridge.words.catalogue import N_, gettext
from modem.contract import alphabet

# To a shop with a name, and to one without.
ANSWERS: Mapping[Intent, tuple[str, str]] = {
    Intent.STOP: (
        N_("You won't get any more automatic texts from {shop}. Reply START to get them again."),
        N_("You won't get any more automatic texts from us. Reply START to get them again."),
    ),
    Intent.START: (
        N_("You will get texts from {shop} again. Reply STOP to opt out."),
        N_("You will get texts from us again. Reply STOP to opt out."),
    ),
    Intent.HELP: (
        N_("This is {shop}. We text back when we miss your call. Call us on {phone}. Reply STOP to opt out."),
        N_("We text back when we miss your call. Call us on {phone}. Reply STOP to opt out."),
    ),
}
# To HELP, of a shop that has not said its number.
WITHOUT_PHONE = (
    N_("This is {shop}. We text back when we miss your call. Reply STOP to opt out."),
    N_("We text back when we miss your call. Reply STOP to opt out."),
)

# What is offered to a shop that has no text for closed hours yet.
WHEN_CLOSED = N_(
    "Sorry we missed your call. We open again {reopens}. Text us here and we'll answer then. "
    "Thanks for calling {shop}!"
)


# What Unicode does not take apart.
LETTERS = {"ł": "l", "Ł": "L", "œ": "oe", "Œ": "OE", "ı": "i", "đ": "d", "Đ": "D"}


def answer(said: Intent, shop: str, phone: str) -> str:
    """What goes back to STOP, START or HELP.

    >>> answer(Intent.HELP, "Corner Bakery", "")
    'This is Corner Bakery. We text back when we miss your call. Reply STOP to opt out.'
    """
    named, unnamed = WITHOUT_PHONE if said is Intent.HELP and not phone else ANSWERS[said]
    words = saving(gettext(named if shop else unnamed))
    return template.render(words, {"shop": shop, "phone": phone})


def saving(words: str) -> str:
    """Words of the box's own without the accents that GSM-7 lacks, as people there text too: one of them would make a text
    hold 70 characters instead of 160. Words with characters that only look like letters of ours stay as they are.

    >>> saving("Dzień dobry! Łódź"), saving("Année à Noël, müde"), saving("Здравствуйте")
    ('Dzien dobry! Lodz', 'Année à Noel, müde', 'Здравствуйте')
    """
    known = set(alphabet(1) + alphabet(2))
    plain = "".join(letter if letter in known else _bare(letter) for letter in wording.plain(words))
    return plain if set(plain) <= known else words


def _bare(letter: str) -> str:
    return LETTERS.get(letter) or unicodedata.normalize("NFD", letter)[0]


def worded(settings: Settings) -> Settings:
    """The settings with the shipped texts in the language that is spoken.

    The shipped config.ini holds them in English; who has written others gets those.
    """
    texts = settings.textback
    spoken = replace(
        texts,
        message=_ours(texts.message),
        closed_message=_ours(texts.closed_message),
        opt_out_text=_ours(texts.opt_out_text),
    )
    return replace(settings, textback=spoken)


def _ours(text: str) -> str:
    """A shipped text in the language that is spoken; any other as it is."""
    spoken = gettext(text)
    return saving(spoken) if spoken != text else text
