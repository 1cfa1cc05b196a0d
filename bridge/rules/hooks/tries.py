"""When a delivery that failed is tried again, and when it is given up; pure."""

from datetime import timedelta

FIRST_WAIT, AT_MOST = timedelta(seconds=10), timedelta(days=2)
# The first try and fourteen more: the last one comes 45 and a half hours after the first.
MOST_TRIES = 15
# Waits double no longer than this: what is longer is longer than AT_MOST.
MOST_DOUBLINGS = 16


def next_try(tries: int, age: timedelta, most: int = MOST_TRIES) -> timedelta | None:
    """How long to wait after failed try number `tries` (from 1), None to give up. age: of the delivery; most: tries in all.

    >>> [next_try(tries, timedelta(0)).seconds for tries in (1, 2, 3, 4)]
    [10, 20, 40, 80]
    >>> next_try(15, timedelta(0)), next_try(3, timedelta(days=2)), next_try(1, timedelta(0), most=1)
    (None, None, None)
    """
    if tries >= most or age >= AT_MOST:
        return None
    return FIRST_WAIT * (1 << min(tries - 1, MOST_DOUBLINGS))
