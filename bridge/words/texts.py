"""What the box writes to customers: the answers to STOP, START and HELP, and the shipped words of the automatic text, in the
language of the texts. A shop's own words stand in no catalogue and stay as they are."""

from collections.abc import Mapping
from dataclasses import replace

from bridge.rules import template
from bridge.rules.optout import Intent
from bridge.rules.settings import Settings
from bridge.words.catalogue import N_, gettext

# To a shop with a name, and to one without.
ANSWERS: Mapping[Intent, tuple[str, str]] = {
    Intent.STOP: (
        N_("You will get no more automatic texts from {shop}. Reply START to get them again."),
        N_("You will get no more automatic texts from us. Reply START to get them again."),
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


def answer(said: Intent, shop: str, phone: str) -> str:
    """What goes back to STOP, START or HELP.

    >>> answer(Intent.HELP, "Corner Bakery", "")
    'This is Corner Bakery. We text back when we miss your call. Reply STOP to opt out.'
    """
    named, unnamed = WITHOUT_PHONE if said is Intent.HELP and not phone else ANSWERS[said]
    words = gettext(named if shop else unnamed)
    return template.render(words, {"shop": shop, "phone": phone})


def worded(settings: Settings) -> Settings:
    """The settings with the shipped texts in the language that is spoken.

    The shipped config.ini holds them in English; who has written others gets those.
    """
    texts = settings.textback
    spoken = replace(
        texts,
        message=gettext(texts.message),
        closed_message=gettext(texts.closed_message),
        opt_out_text=gettext(texts.opt_out_text),
    )
    return replace(settings, textback=spoken)
