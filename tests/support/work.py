"""How much work something is, as a number that no load of the machine changes."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls_in(act: Callable[[], object]) -> int:
    """How many functions are called while `act` runs in this thread, those written in C counted too."""
    count = 0

    def note(_frame: FrameType, event: str, _what: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def is_linear(act: Callable[[int], object], size: int) -> bool:
    """Does `act` have sixteen times the work to do with this size as with a sixteenth of it, or less? Twice as much is let
    pass, for what it does only once; work that grows with the square of the size is sixteen times as much. Work inside one
    call of C is not seen: what takes its square of this size must be so large that the test would not end."""
    part = 16
    return calls_in(lambda: act(size)) <= 2 * part * calls_in(lambda: act(size // part))
