"""waitress in a thread of its own: binds the port, serves the application, stops at once when told; it knows no page."""

import logging
import socket
import threading

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from web.connections import READ_AWAY, Connections

log = logging.getLogger(__name__)

THREADS = 4
# Without connections the server only wakes every so many seconds.
IDLE_SECONDS = 30.0
# How long a page that is being made may still take when the server stops, in seconds.
LAST_PAGES = 5
EVERYWHERE = ("0.0.0.0", "::", "")


class Server:
    """Serves `app` at host and port (0: any free one) between start() and stop(); and at the port `also`, if it can be had."""

    def __init__(self, app: Flask, host: str, port: int, also: int | None = None) -> None:
        self.port = port
        self._also = also
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
        listeners = [_listen(self._host, self.port)]
        self.port = listeners[0].getsockname()[1]
        if self._also is not None:
            try:
                listeners.append(_listen(self._host, self._also))
            except OSError as error:
                log.info("The page is not served at port %d, too: %s.", self._also, error.strerror)
        adjustments = Adjustments(
            sockets=listeners,
            threads=THREADS,
            ident=None,
            max_request_body_size=READ_AWAY,
            clear_untrusted_proxy_headers=True,
            log_socket_errors=False,
        )
        self._dispatcher = ThreadedTaskDispatcher()
        self._dispatcher.set_thread_count(THREADS)
        # What this thread looks after: the listeners, and the connections that they have let in.
        self._map: dict[int, object] = {}
        self._servers = [
            Connections(
                self._app,
                map=self._map,
                _sock=listener,
                dispatcher=self._dispatcher,
                adj=adjustments,
                bind_socket=False,
                sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            )
            for listener in listeners
        ]
        self._thread.start()

    def stop(self) -> None:
        """Finish the pages that are being made, and end; does nothing where the server never started."""
        if not self._thread.is_alive():
            return
        self._stopping = True
        self._servers[0].pull_trigger()
        self._thread.join()
        self._dispatcher.shutdown(timeout=LAST_PAGES)
        # Connections that browsers keep open would outlive the listeners.
        self._servers[0].asyncore.close_all(self._map)

    def _run(self) -> None:
        while not self._stopping:
            seconds = [until for server in self._servers if (until := server.sweep()) is not None]
            wait = min([until + 0.05 for until in seconds], default=IDLE_SECONDS)
            # poll(), for select() knows no more than 1024 files.
            self._servers[0].asyncore.loop(
                timeout=min(wait, IDLE_SECONDS), map=self._map, count=1, use_poll=True
            )


def _listen(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    both = address[0] == "::" and socket.has_dualstack_ipv6()
    return socket.create_server(address[:2], family=family, dualstack_ipv6=both)
