"""What came of bringing a history over, and the sentences about it."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class BroughtOver:
    """texts: how many are new here; known: how many were here before; people: how many of whom there was nothing before."""

    texts: int = 0
    known: int = 0
    people: int = 0

    def __add__(self, other: "BroughtOver") -> "BroughtOver":
        return BroughtOver(self.texts + other.texts, self.known + other.known, self.people + other.people)


def sentences(
    over: BroughtOver, *, out: int, doubt: int, too_old: int, future: int, keep_days: int
) -> Iterator[str]:
    """out, doubt: how many people asked for no more texts, or may have; too_old, future: how many texts were left out because
    of their time.

    >>> print(*sentences(BroughtOver(1, 0, 1), out=1, doubt=0, too_old=2, future=0, keep_days=365), sep="\\n")
    1 text was brought over, and 1 person with it.
    2 texts are older than the 365 days that this box keeps and were left out: raise keep_days in [storage] to have them.
    1 person wrote STOP there and gets no automatic texts from here.
    """
    came = f"{_many(over.texts, 'text was', 'texts were')} brought over"
    yield f"{came}, and {_many(over.people, 'person', 'people')} with {'it' if over.texts == 1 else 'them'}."
    if over.known:
        yield f"{_many(over.known, 'text was', 'texts were')} here before."
    if too_old:
        yield (
            f"{_many(too_old, 'text is', 'texts are')} older than the {keep_days} days that this box keeps and "
            f"{'was' if too_old == 1 else 'were'} left out: raise keep_days in [storage] to have "
            f"{'it' if too_old == 1 else 'them'}."
        )
    if future:
        yield (
            f"{_many(future, 'text is', 'texts are')} of a time that has not come and "
            f"{'was' if future == 1 else 'were'} left out: is the clock right, and timezone in [shop]?"
        )
    if out:
        yield (
            f"{_many(out, 'person wrote', 'people wrote')} STOP there and "
            f"{'gets' if out == 1 else 'get'} no automatic texts from here."
        )
    if doubt:
        yield (
            f"{_many(doubt, 'person', 'people')} may have meant STOP with the last thing they wrote and "
            f"{'gets' if doubt == 1 else 'get'} no automatic texts until somebody has looked: the page shows who."
        )


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"
