"""Under which name the box is found on the shop's network, whatever the machine is called; pure."""

import re
from collections.abc import Iterable

from bridge.rules.networks import is_private

# So many boxes in one network find names of their own.
MOST = 9
_ONE_OF_THEM = re.compile(r"textback(-[2-9])?\.local")


def is_one(name: str) -> bool:
    """Is this a name under which a box may be found?

    >>> is_one("textback.local"), is_one("TextBack-2.local."), is_one("textback.example"), is_one("textback-2.local.example")
    (True, True, False, False)
    """
    return _ONE_OF_THEM.fullmatch(name.lower().rstrip(".")) is not None


def to_try(own: str) -> tuple[str, ...]:
    """The names to try, the best first: the next one where another box has it. own: what the machine is called there already;
    if that will do, no other is needed.

    >>> to_try("raspberrypi.local")[:3], to_try("Textback-2.local")
    (('textback.local', 'textback-2.local', 'textback-3.local'), ('textback-2.local',))
    """
    if is_one(own):
        return (own.lower(),)
    return ("textback.local", *(f"textback-{number}.local" for number in range(2, MOST + 1)))


def served(addresses: Iterable[tuple[int, str]]) -> frozenset[tuple[int, str]]:
    """Those of a machine's addresses, each behind the number of its interface, at which the shop's devices find the page: not
    the one that a mobile operator has given to the modem, nor that of the machine to itself.

    >>> sorted(served([(1, "127.0.0.1"), (2, "192.168.1.7"), (3, "10.0.0.2"), (4, "100.64.3.2"), (5, "8.8.8.8")]))
    [(2, '192.168.1.7'), (3, '10.0.0.2')]
    """
    return frozenset(
        (interface, address)
        for interface, address in addresses
        if is_private(address) and not address.startswith("127.")
    )
