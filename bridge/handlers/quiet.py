"""What is only made up does not stand in the log."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_handlers = logging.getLogger("bridge.handlers")
# The level is the whole process's: of two who silence it at once, one would restore the other's silence.
_one_at_a_time = threading.Lock()


@contextmanager
def made_up() -> Iterator[None]:
    """Nobody has called, though the handlers are told so: they log nothing meanwhile."""
    with _one_at_a_time:
        level = _handlers.level
        _handlers.setLevel(logging.CRITICAL)
        try:
            yield
        finally:
            _handlers.setLevel(level)
