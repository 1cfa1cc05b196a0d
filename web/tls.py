"""Connections to the page over TLS: those of web/connections, with the same limits, on sockets that encrypt. By which
certificate it is told; no page knows of it."""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from web import limits
from web.connections import Channel, Connections, answer_in_words

# The largest record of TLS (RFC 8446, 5.1). Who reads as much at a time leaves nothing decrypted behind, of which poll() would
# not know.
RECORD = 16 * limits.KIB
PLAINLY = "Open this address with https:// at its beginning."


@dataclass(frozen=True)
class Secure:
    """How the page is served over HTTPS. wanted: is it to be, now? context: what to speak TLS by with a guest who has come to
    this address of the box; raises OSError where there is no certificate. port; also: a second one, if it can be had."""

    wanted: Callable[[], bool]
    context: Callable[[str], ssl.SSLContext]
    port: int
    also: int | None = None


class SecureChannel(Channel):
    """One connection. The handshake is part of reading: it has to be done within the time for the head."""

    def handle_read(self) -> None:
        """As waitress's, but nothing that could be read is not the end."""
        try:
            with self.outbuf_lock:  # OpenSSL must not be called by the thread of a page at the same time
                data = self.socket.recv(RECORD)
        except (ssl.SSLWantReadError, BlockingIOError):
            return
        except OSError as error:
            if getattr(error, "reason", None) == "HTTP_REQUEST":
                self._answer_plainly()
            else:
                self.handle_close()
            return
        if data:
            self.received(data)
        else:
            self.handle_close()

    def send(self, data: bytes, do_close: bool = True) -> int:
        """As waitress's: how many bytes were sent."""
        try:
            return int(super().send(data, do_close))
        except ssl.SSLWantWriteError:
            return 0
        except ssl.SSLError:  # the guest has gone
            if do_close:
                self.handle_close()
            return 0

    def _answer_plainly(self) -> None:
        """Who has forgotten the s of https is told so, as nobody could otherwise read it."""
        with suppress(OSError):
            socket.socket.send(self.socket, answer_in_words(400, PLAINLY))
        super()._say_all()

    def _say_all(self) -> None:
        with suppress(OSError, ValueError):
            self.socket.unwrap()  # says that this was all (RFC 8446, 6.1); the guest's own word is not waited for
        super()._say_all()


class SecureConnections(Connections):
    """The server. context: as of `Secure`; wake: has the thread that looks after all servers look."""

    channel_class = SecureChannel

    def __init__(
        self, *args: Any, context: Callable[[str], ssl.SSLContext], wake: Callable[[], None], **kwargs: Any
    ) -> None:
        self._context = context
        self._wake = wake
        super().__init__(*args, **kwargs)

    def accept(self) -> tuple[ssl.SSLSocket, Any] | None:
        """The next connection and its address, None where there is none after all; nothing is said or waited for yet."""
        taken = super().accept()
        if taken is None:
            return None
        connection, address = taken
        try:
            context = self._context(connection.getsockname()[0])
            return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address
        except OSError:  # the guest has gone again, or no certificate can be made
            connection.close()
            return None

    def pull_trigger(self) -> None:
        """Pages that are still being made when this server has closed have the loop look, too."""
        self._wake()
