"""The limit on guessing passwords: how often one guesser may try one name, one guesser any name, and all together; it knows no
user and no page."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

# So many wrong tries in so many seconds: of one guesser for one name, of one for all names, and of all. When all together
# have tried so often, those who have not yet tried may still do so once: whoever guesses keeps nobody else out.
EACH, ADDRESS, ALL, WINDOW = 5, 15, 30, 60.0
# No more tries than this are remembered.
REMEMBERED = 5000


@dataclass(frozen=True)
class _Try:
    at: float
    who: str
    name: str


class Limiter:
    """In memory: a restart forgets, which costs a guesser more time than it gains. now: a clock in seconds; first_is_free: may
    who has not tried yet do so, however often others have?

    A guesser is an address, or a device that somebody has logged in from before: behind a proxy all have one address.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic, first_is_free: bool = True) -> None:
        self._now = now
        self._first_is_free = first_is_free
        self._tries: deque[_Try] = deque(maxlen=REMEMBERED)
        self._lock = threading.Lock()

    def may_try(self, who: str, name: str = "") -> bool:
        """Is this try still allowed? It counts as wrong until `was_right` says otherwise, so that many at once count."""
        now = self._now()
        with self._lock:
            while self._tries and now - self._tries[0].at > WINDOW:
                self._tries.popleft()
            mine = [one.name for one in self._tries if one.who == who]
            many = len(self._tries) >= ALL and not (self._first_is_free and not mine)
            if many or len(mine) >= ADDRESS or mine.count(name) >= EACH:
                return False
            self._tries.append(_Try(now, who, name))
            return True

    def was_right(self, who: str, name: str = "") -> None:
        """This guesser knows the password of this name: forget its wrong tries for it."""
        with self._lock:
            kept = [one for one in self._tries if (one.who, one.name) != (who, name)]
            self._tries = deque(kept, maxlen=REMEMBERED)
