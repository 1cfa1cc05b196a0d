"""What went over the simulated modem's wire and what happened to it, each with its time; it may be waited for."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One line of the log. at: monotonic seconds. who: host, modem or event. text: without its framing."""

    at: float
    who: str
    text: str


class Log:
    """Grows only; safe to read, to wait for and to follow from any thread."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._news = threading.Condition()
        self._followers: list[Callable[[Entry], None]] = []

    def add(self, who: str, text: str) -> None:
        """Adds an entry, stamped now; wakes whoever waits, calls whoever follows. who: host, modem or event."""
        entry = Entry(time.monotonic(), who, text)
        with self._news:
            self.entries.append(entry)
            self._news.notify_all()
        for follower in list(self._followers):
            follower(entry)

    def lines(self, who: str, start: int = 0) -> list[str]:
        """What one side said, from place `start` of the log on."""
        return [entry.text for entry in self.entries[start:] if entry.who == who]

    def wait_for(self, wanted: Callable[[Entry], bool], timeout: float = 120.0, start: int = 0) -> Entry:
        """The first entry from place `start` on that is wanted. Raises TimeoutError."""
        over = time.monotonic() + timeout
        with self._news:
            while True:
                for entry in self.entries[start:]:
                    if wanted(entry):
                        return entry
                start = len(self.entries)
                if not self._news.wait(over - time.monotonic()):
                    raise TimeoutError(f"nothing of the kind within {timeout} s")

    def follow(self, follower: Callable[[Entry], None]) -> Callable[[], None]:
        """Hand each new entry to `follower`, in the modem's thread, until the function returned is called."""
        self._followers.append(follower)
        return lambda: self._followers.remove(follower)
