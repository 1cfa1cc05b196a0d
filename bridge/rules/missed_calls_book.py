"""What is new in a modem's phone book of missed calls: two readings in, the numbers of unseen calls out."""

from collections import Counter
from collections.abc import Sequence

from bridge.rules.numbers import NOWHERE, identity
from modem.contract import same_number


def beyond(kept: Sequence[str], book: Sequence[str]) -> tuple[str, ...]:
    """The entries of `book` that the kept reading had not. A book lists the newest first or last, and forgets the oldest
    when it is full; what fits neither is compared by how often each number stands there.

    >>> beyond(["+1", "+2"], ["+3", "+1", "+2"]), beyond(["+1", "+2"], ["+2", "+3"]), beyond(["+1"], ["+1", "+1"])
    (('+3',), ('+3',), ('+1',))
    >>> beyond(["+1", "+2"], ["+1", "+2"]), beyond([], ["+1"]), beyond(["+1", "+2"], [])
    ((), ('+1',), ())
    """
    for fresh in range(len(book) + 1):
        newest_first = list(book[fresh:]) == list(kept[: len(book) - fresh])
        newest_last = list(book[: len(book) - fresh]) == list(kept[len(kept) - (len(book) - fresh) :])
        overlap = len(book) - fresh
        if overlap and newest_first:
            return tuple(book[:fresh])
        if overlap and newest_last and overlap <= len(kept):
            return tuple(book[overlap:])
    return tuple((Counter(book) - Counter(kept)).elements())


def unseen(fresh: Sequence[str], seen: Sequence[str | None], region: str = NOWHERE) -> tuple[str, ...]:
    """Those of the new entries that are none of the calls that were seen; each call seen accounts for one entry. region: the
    shop's, by which national numbers are read.

    >>> unseen(["07400123456", "+447400123457"], ["+447400123456", None])
    ('+447400123457',)
    >>> unseen(["+5212221234567", "+541123456789"], ["+522221234567", "+5491123456789"])
    ()
    """
    left = [number for number in seen if number]
    rest = []
    for number in fresh:
        match = next((other for other in left if _same(number, other, region)), None)
        if match is None:
            rest.append(number)
        else:
            left.remove(match)
    return tuple(rest)


def _same(one: str, other: str, region: str) -> bool:
    """One line, whichever way it is spelled."""
    return same_number(one, other) or identity(one, region) == identity(other, region)
