"""waitress in a thread of its own: binds the port, serves the application, stops at once when told."""

import socket
import threading

from flask import Flask
from waitress.server import create_server

THREADS = 4
# Without traffic the server only wakes to look for dead connections: every so many seconds.
IDLE_SECONDS = 30


def _listen(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return socket.create_server(address[:2], family=family)


class Server:
    """Serves `app` at host and port (0: any free one). Raises OSError where the port can't be had."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        self._server = create_server(
            app,
            sockets=[_listen(host, port)],
            threads=THREADS,
            ident=None,
            connection_limit=100,
            cleanup_interval=IDLE_SECONDS,
            channel_timeout=60,
            asyncore_loop_timeout=IDLE_SECONDS,
            max_request_body_size=1 << 20,
            clear_untrusted_proxy_headers=True,
        )
        self.port: int = self._server.socket.getsockname()[1]
        self._host = host
        self._thread = threading.Thread(target=self._run, name="page", daemon=True)
        self._stopping = False

    @property
    def url(self) -> str:
        """Where the page is, for a person."""
        host = socket.gethostname() if self._host in ("0.0.0.0", "::", "") else self._host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Answer what has been asked, and end."""
        self._stopping = True
        self._server.pull_trigger()
        self._thread.join()
        self._server.task_dispatcher.shutdown(timeout=5)
        self._server.close()

    def _run(self) -> None:
        while not self._stopping:
            self._server.asyncore.loop(timeout=IDLE_SECONDS, map=self._server._map, count=1)
