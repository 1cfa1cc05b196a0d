"""waitress in a thread of its own: binds the port, serves the application, stops at once when told; it knows no page."""

import socket
import threading

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server

THREADS = 4
# Without traffic the server only wakes to look for dead connections: every so many seconds.
IDLE_SECONDS = 30
# How long a page that is being made may still take when the server stops, in seconds.
LAST_PAGES = 5
EVERYWHERE = ("0.0.0.0", "::", "")


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """waitress's, but for heads that would break it (an address like http://[, a length of 5000 digits): these get a 400."""

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            raise ParsingError("Invalid request") from error


class _Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = _Parser


class Server:
    """Serves `app` at host and port (0: any free one) between start() and stop()."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self.port = port
        self._app = app
        self._host = host
        self._thread = threading.Thread(target=self._run, name="page", daemon=True)
        self._stopping = False

    @property
    def url(self) -> str:
        """Where the page is, for a person; the port is right once the server has started."""
        host = socket.gethostname() if self._host in EVERYWHERE else self._host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def start(self) -> None:
        """Bind and serve. Raises OSError where the port can't be had."""
        listener = _listen(self._host, self.port)
        self.port = listener.getsockname()[1]
        self._server = create_server(
            self._app,
            sockets=[listener],
            threads=THREADS,
            ident=None,
            connection_limit=100,
            cleanup_interval=IDLE_SECONDS,
            channel_timeout=60,
            asyncore_loop_timeout=IDLE_SECONDS,
            max_request_body_size=1 << 20,
            clear_untrusted_proxy_headers=True,
        )
        self._server.channel_class = _Channel
        self._thread.start()

    def stop(self) -> None:
        """Finish the pages that are being made, and end; does nothing where the server never started."""
        if not self._thread.is_alive():
            return
        self._stopping = True
        self._server.pull_trigger()
        self._thread.join()
        self._server.task_dispatcher.shutdown(timeout=LAST_PAGES)
        # Connections that browsers keep open would outlive the listener.
        self._server.asyncore.close_all(self._server._map)

    def _run(self) -> None:
        while not self._stopping:
            self._server.asyncore.loop(timeout=IDLE_SECONDS, map=self._server._map, count=1)


def _listen(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    both = address[0] == "::" and socket.has_dualstack_ipv6()
    return socket.create_server(address[:2], family=family, dualstack_ipv6=both)
