"""Which numbers are the shop's and its owner's: nobody waits there, and they are neither conversations nor contacts; pure."""

from collections.abc import Iterable

from bridge.rules import numbers
from bridge.rules.settings import Settings


def identities(settings: Settings, region: str, sims: Iterable[str]) -> frozenset[str]:
    """What the own numbers are known by (numbers.identity): those of the shop, its landline too, the owner's mobile, and those
    of the SIMs.

    >>> from pathlib import Path
    >>> from bridge.config import parse
    >>> typed = "[shop]\\nphone = 020 7946 0018\\n[notify]\\nsms_to = 07400 999999\\n"
    >>> sorted(identities(parse(typed, Path("config.ini")), "GB", ["+447400123456"]))
    ['+442079460018', '+447400123456', '+447400999999']
    """
    own = (*settings.shop.own_numbers, settings.shop.phone, settings.notify.sms_to, *sims)
    return frozenset(numbers.identity(number, region) for number in own if number)
