"""Where the API lies beside the page: under each of its prefixes, as an application of its own, so that no guard, cookie or
error of the page's reaches it. It knows no route."""

import re
import threading
from collections.abc import Callable, Iterable
from typing import Any

from web import limits

# Where Prometheus looks, unless it is told otherwise.
METRICS = "/metrics"

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def beside(page: Wsgi, make_api: Callable[[], Wsgi]) -> Wsgi:
    """The page, and the API where the path says so; it is made when it is first asked for, since a box that no program uses has
    better use for the memory. Some clients put two slashes where one belongs: they count as one."""
    made: list[Wsgi] = []
    one_at_a_time = threading.Lock()

    def api() -> Wsgi:
        with one_at_a_time:
            if not made:
                made.append(make_api())
        return made[0]

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        if path == METRICS:
            return api()(environ, start)
        if not limits.is_api(path):
            return page(environ, start)
        path = re.sub("/+", "/", path)
        prefix = next(one for one in limits.API_PREFIXES if path == one or path.startswith(f"{one}/"))
        there = {
            "SCRIPT_NAME": str(environ.get("SCRIPT_NAME", "")) + prefix,
            "PATH_INFO": path.removeprefix(prefix) or "/",
        }
        return api()({**environ, **there}, start)

    return answer
