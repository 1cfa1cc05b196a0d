"""APScheduler's jobs, each of which only puts a letter in the inbox; what is due is a row, and found by the loop."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Tidy:
    """Once a day: time for the database's housekeeping."""


@contextmanager
def ticking(put: Callable[[Tidy], None]) -> Iterator[None]:
    """Run the jobs until the end of the `with`."""
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler(timezone="UTC")
    # A clock that jumps must not drop the job: any lateness will do, and once is enough.
    scheduler.add_job(lambda: put(Tidy()), "interval", hours=24, misfire_grace_time=None, coalesce=True)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown()
