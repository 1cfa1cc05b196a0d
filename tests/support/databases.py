"""Which database a test's boxes and offices stand on: SQLite beside config.ini, unless a test has chosen another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# The URL for a box in this folder, "" for the usual file there.
Choice = Callable[[Path], str]
_chosen: list[Choice] = []


def section(folder: Path) -> str:
    """What config.ini says of the database for a box in this folder, with its head; "" for the usual one."""
    url = _chosen[-1](folder) if _chosen else ""
    return f"[storage]\ndatabase = {url}\n" if url else ""


@contextmanager
def chosen(choice: Choice) -> Iterator[None]:
    """Boxes and offices of this time stand on what `choice` says."""
    _chosen.append(choice)
    try:
        yield
    finally:
        _chosen.pop()
