"""A program that hooks tell: a real HTTP server, which keeps what it is told and answers as a test wants it to."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.box import DEADLINE, until


@dataclass(frozen=True)
class Told:
    """One request. headers: by their names in small letters."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> str:
        """What has happened."""
        return str(self.json["event"])

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    @property
    def payload(self) -> Any:
        """What is told of it."""
        return self.json["payload"]


Answer = Callable[[BaseHTTPRequestHandler], None]


def plainly(status: int, said: bytes = b"", **headers: str) -> Answer:
    """Answers with this status and these words."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(said)))
        request.end_headers()
        request.wfile.write(said)

    return answer


OK = plainly(200)


@dataclass
class HookReceiver:
    """port: where it listens. answer: how it answers from now on; by_path: how it answers at certain paths. open: as long as it
    is not set, whoever asks at /slow waits."""

    port: int
    answer: Answer = OK
    by_path: dict[str, Answer] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/hook", scheme: str = "http", host: str = "127.0.0.1") -> str:
        """An address of it."""
        return f"{scheme}://{host}:{self.port}{path}"

    def events(self, path: str | None = None) -> list[str]:
        """What it was told of so far, at this path."""
        return [one.event for one in self.told if path in (None, one.path)]

    def heard(self, count: int = 1, path: str | None = None) -> list[Told]:
        """What it was told, once it was told so often."""

        def look() -> list[Told] | None:
            found = [one for one in self.told if path in (None, one.path)]
            return found if len(found) >= count else None

        return until(look, f"being told {count} times")

    def wait_for(self, event: str) -> Told:
        """What it was told of this event first."""
        return until(lambda: next((one for one in self.told if one.event == event), None), event)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Who asked has gone away in the middle: some tests want that."""


@contextmanager
def a_receiver(context: ssl.SSLContext | None = None) -> Iterator[HookReceiver]:
    """Such a server on this machine. context: by which it speaks TLS."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.told.append(Told(self.path, headers, body))
            if self.path.startswith("/slow"):
                receiver.open.wait(DEADLINE)
            with suppress(OSError):
                receiver.by_path.get(self.path, receiver.answer)(self)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver = HookReceiver(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.open.set()
        server.shutdown()
        thread.join(DEADLINE)
        server.server_close()
