"""waitress in a thread of its own: binds the ports, serves the application, stops at once when told; it knows no page."""

import logging
import os
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from flask import Flask
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from web.connections import READ_AWAY, Connections
from web.tls import Secure, SecureConnections

log = logging.getLogger(__name__)

THREADS = 4
# Without connections the server only wakes every so many seconds.
IDLE_SECONDS = 30.0
# How long a page that is being made may still take when the server stops, in seconds.
LAST_PAGES = 5
# Where HTTPS cannot be served it is tried again after so many seconds.
AGAIN = 60.0
EVERYWHERE = ("0.0.0.0", "::", "")


class Server:
    """Serves `app` at host and port (0: any free one) between start() and stop(); and at the port `also`, if it can be had.
    secure: how it is served over HTTPS as well, None for never.

    secure_port: where it is served over HTTPS now, None while it is not; why_not: what the system says, where it cannot be.
    """

    def __init__(
        self, app: Flask, host: str, port: int, also: int | None = None, secure: Secure | None = None
    ) -> None:
        self.port = port
        self.secure_port: int | None = None
        self.why_not: str | None = None
        self._also = also
        self._secure = secure
        self._secure_servers: list[SecureConnections] = []
        self._not_before = 0.0
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
        self._dispatcher = ThreadedTaskDispatcher()
        self._dispatcher.set_thread_count(THREADS)
        # What this thread looks after: the listeners, and the connections that they have let in.
        self._map: dict[int, object] = {}
        self._servers = [Connections(**self._serving(listener, "http")) for listener in listeners]
        self._look_after_https()
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

    def _serving(self, listener: socket.socket, scheme: str) -> dict[str, Any]:
        """What a server is made with that takes its connections from this socket."""
        adjustments = Adjustments(
            sockets=[listener],
            threads=THREADS,
            ident=None,
            url_scheme=scheme,
            max_request_body_size=READ_AWAY,
            clear_untrusted_proxy_headers=True,
            log_socket_errors=False,
        )
        return {
            "application": self._app,
            "map": self._map,
            "_sock": listener,
            "dispatcher": self._dispatcher,
            "adj": adjustments,
            "bind_socket": False,
            "sockinfo": (listener.family, listener.type, listener.proto, listener.getsockname()),
        }

    def _run(self) -> None:
        while not self._stopping:
            until = self._servers[0].sweep()
            wait = IDLE_SECONDS if until is None else until + 0.05
            # poll(), for select() knows no more than 1024 files.
            self._servers[0].asyncore.loop(
                timeout=min(wait, IDLE_SECONDS), map=self._map, count=1, use_poll=True
            )
            self._look_after_https()

    # ---- HTTPS, which is switched on and off while the box runs

    def _look_after_https(self) -> None:
        """Opens its ports when it is wanted, and closes them when it no longer is; who is connected may finish."""
        if self._secure is None:
            return
        if not self._secure.wanted():
            for server in self._secure_servers:
                server.close()
            self._secure_servers, self.secure_port, self.why_not, self._not_before = [], None, None, 0.0
        elif not self._secure_servers and time.monotonic() >= self._not_before:
            self._not_before = time.monotonic() + AGAIN
            self._open_https(self._secure)

    def _open_https(self, secure: Secure) -> None:
        try:
            secure.context("127.0.0.1")  # makes the certificate, if there is none yet
            listeners = [_listen(self._host, secure.port)]
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else str(error)
            if why != self.why_not:
                log.warning("The page cannot be served over HTTPS at port %d: %s.", secure.port, why)
            self.why_not = why
            return
        if secure.also is not None:
            with suppress(OSError):
                listeners.insert(0, _listen(self._host, secure.also))
        wake = self._servers[0].pull_trigger
        self._secure_servers = [
            SecureConnections(context=secure.context, wake=wake, **self._serving(listener, "https"))
            for listener in listeners
        ]
        self.secure_port, self.why_not = listeners[0].getsockname()[1], None
        log.info("The page is served over HTTPS at port %d, too.", self.secure_port)


def _listen(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    both = address[0] == "::" and socket.has_dualstack_ipv6()
    return socket.create_server(address[:2], family=family, dualstack_ipv6=both)
