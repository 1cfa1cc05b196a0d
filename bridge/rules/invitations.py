"""For how long an invitation to log in holds; pure."""

from datetime import timedelta

HOLDS = timedelta(hours=48)


def holds(age: timedelta, hours_run: int) -> bool:
    """Is an invitation still good? age: by the wall clock, which may have been moved; hours_run: for how many hours the box
    has run since, which nothing moves.

    >>> holds(timedelta(hours=47), 47), holds(timedelta(hours=48), 3), holds(timedelta(days=-9), 49)
    (True, False, False)
    """
    return age < HOLDS and timedelta(hours=hours_run) <= HOLDS
