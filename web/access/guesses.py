"""The limit on guessing passwords: how often one address, and all together, may try; it knows no user and no page."""

import threading
import time
from collections import deque
from collections.abc import Callable

# So many wrong tries in so many seconds.
EACH, ALL, WINDOW = 5, 30, 60.0


class Limiter:
    """In memory: a restart forgets, which costs a guesser more time than it gains. now: a clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._tries: deque[tuple[float, str]] = deque(maxlen=ALL)
        self._lock = threading.Lock()

    def may_try(self, address: str) -> bool:
        """Is this try still allowed? It counts as wrong until `was_right` says otherwise, so that many at once count."""
        now = self._now()
        with self._lock:
            while self._tries and now - self._tries[0][0] > WINDOW:
                self._tries.popleft()
            mine = sum(who == address for _, who in self._tries)
            if mine >= EACH or len(self._tries) >= ALL:
                return False
            self._tries.append((now, address))
            return True

    def was_right(self, address: str) -> None:
        """This address knows a password: forget its wrong tries."""
        with self._lock:
            kept = [(when, who) for when, who in self._tries if who != address]
            self._tries = deque(kept, maxlen=ALL)
