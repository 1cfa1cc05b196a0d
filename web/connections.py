"""Connections to the page, and how long and how many of them are borne with: waitress's server and channel, made strict. It
knows no page; what is too large for its address is read away, and the application is told so."""

import json
import socket
import time
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from io import BytesIO
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import BadRequest, Error

from web import limits

# So many connections are held at once at all ports, so many of them from one address. Who comes above that is let in, and the
# connection that has waited longest for its guest is closed instead: a guest who says what he wants is served at once.
ALL, EACH = 240, 64
# Seconds for the whole head, from the connection or the first byte of a further request; for a connection that asks nothing
# further; for a guest who takes nothing of the answer; and for one who goes on after the last answer.
HEAD, IDLE, STUCK, LAST = 12.0, 60.0, 20.0, 5.0
# A body has this many seconds, and one more for so many bytes that have come.
BODY, BYTES_A_SECOND = 20.0, 32 * limits.KIB
# Bodies up to this many bytes are read away before they are refused: who is cut off while sending never sees the answer.
READ_AWAY = 256 * limits.MIB
# So many files are taken in at once, and one from each address.
FILES = 4
# The largest control line and trailer of a body in chunks, in bytes.
CONTROL = 8 * limits.KIB

# What the application finds in its environ where the body was not kept: one of the reasons below.
REFUSED = "textback.refused"
TOO_LARGE, BUSY, NO_ROOM = "too large", "busy", "no room"

_SENTENCES = {
    400: "The box could not make sense of that request.",
    413: "That is more than the box accepts at once.",
    431: "That request is too long for the box.",
    503: "The box has no room for this right now. Try again later.",
    501: "The box cannot read that request.",
}
_PAGE = """\
<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{code}</title>
<p>{sentence}</p></html>
"""


def _page(code: int, sentence: str) -> bytes:
    return _PAGE.format(code=code, sentence=sentence).encode()


def answer_in_words(code: int, sentence: str) -> bytes:
    """A whole answer, for who could not even be understood."""
    body = _page(code, sentence)
    head = (
        f"HTTP/1.1 {code} {HTTPStatus(code).phrase}\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Cache-Control: no-store\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _NoRoom(Error):  # type: ignore[misc]
    code = 503
    reason = "Service Unavailable"


class _Nowhere:
    """Takes a body and keeps nothing of it; as waitress's buffers."""

    def append(self, _data: bytes) -> None:
        """Forgets it."""

    def __len__(self) -> int:
        return 0

    def getfile(self) -> BytesIO:
        """An empty body."""
        return BytesIO()

    def close(self) -> None:
        """Nothing is held."""


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """waitress's, but for heads that would break it (an address like http://[, a length of 5000 digits), which get a 400, and
    for bodies larger than their address takes, of which nothing is kept.

    refused: why the body is not kept, else None. is_file: is it large enough to count as a file? path: the address; waitress
    names it in its log where the guest has gone, also that of a head nobody could read.
    """

    path = ""
    refused: str | None = None
    is_file = False
    content_length: int
    expect_continue: bool
    body_rcv: Any

    def __init__(self, adj: Any, channel: "Channel") -> None:
        super().__init__(adj)
        self._channel = channel

    def parse_header(self, header_plus: bytes) -> None:
        """As waitress's. Raises ParsingError for whatever it cannot make sense of."""
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            raise ParsingError("Invalid request") from error
        self._weigh(self.content_length)
        if self.refused and self.expect_continue:
            # It asked before it sent: it is answered at once, and sends nothing.
            self.expect_continue, self.connection_close, self.body_rcv = False, True, None
            self.content_length = 0
            self.headers["CONTENT_LENGTH"] = "0"

    def received(self, data: bytes) -> int:
        """As waitress's: how many bytes were taken."""
        try:
            taken: int = super().received(data)
        except OSError:  # no room for the file on the disk
            taken = self._without_room(data)
        self._weigh(self.body_bytes_received)
        if self.chunked and len(self.body_rcv.control_line) + len(self.body_rcv.trailer) > CONTROL:
            self.error, self.completed = BadRequest("endless chunk"), True
        if self.completed and self.refused and not self.error:
            self.headers["CONTENT_LENGTH"] = "0"
        return taken

    def _without_room(self, data: bytes) -> int:
        if self.chunked or self.body_rcv is None:  # where it stands in the body is lost
            self.error, self.completed = _NoRoom(NO_ROOM), True
            return len(data)
        self._refuse(NO_ROOM)
        taken: int = super().received(data)
        return taken

    def _weigh(self, size: int) -> None:
        if self.refused or self.body_rcv is None:
            return
        if size > limits.largest(self.path):
            self._refuse(TOO_LARGE)
        elif size > limits.SMALL_FILE and not self.is_file:
            if self._channel.server.room_for_a_file(self._channel):
                self.is_file = True
            else:
                self._refuse(BUSY)

    def _refuse(self, why: str) -> None:
        kept, self.body_rcv.buf = self.body_rcv.buf, _Nowhere()
        with suppress(OSError):
            kept.close()
        self.refused, self.is_file = why, False


class _Task(WSGITask):  # type: ignore[misc]
    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        if self.request.refused:
            environ[REFUSED] = self.request.refused
        return environ


class _ErrorTask(ErrorTask):  # type: ignore[misc]
    """What never came as far as a page, in the page's words."""

    def execute(self) -> None:
        code = self.request.error.code
        sentence = _SENTENCES.get(code, "Something went wrong in the box. Its log says more.")
        if code in (413, 431):
            self.logger.warning("A request from %s was refused: it is too large.", self.channel.addr[0])
        kind, body = "text/html; charset=utf-8", _page(code, sentence)
        if limits.is_api(self.request.path.partition("?")[0]):
            kind, body = "application/json", json.dumps({"message": sentence}).encode()
        self.status = f"{code} {self.request.error.reason}"
        self.response_headers += [("Content-Type", kind), ("Cache-Control", "no-store")]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection, and until when it may keep us waiting; by a clock that no one moves."""

    task_class = _Task
    error_task_class = _ErrorTask
    server: "Connections"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._said_all = False
        # Since when it waits for what, and how much had come and gone by then.
        self._state: tuple[str, int] = ("head", 0)
        self.since = time.monotonic()
        super().__init__(*args, **kwargs)
        self.parser_class = partial(Parser, channel=self)

    @property
    def is_ours(self) -> bool:
        """Is it for the box to go on? Then it is not closed for being slow."""
        return bool(self.requests) and not self.total_outbufs_len

    def until(self) -> float | None:
        """When the guest's time is up (monotonic seconds); None while it is for the box to go on."""
        request = self.request
        if self._said_all:
            state, seconds = ("last", 0), LAST
        elif self.total_outbufs_len:
            state, seconds = ("stuck", self.total_outbufs_len), STUCK
        elif self.is_ours:
            state, seconds = ("ours", 0), None
        elif request is not None and request.headers_finished:
            state, seconds = ("body", 0), BODY + request.body_bytes_received / BYTES_A_SECOND
        elif request is not None or self._state[0] == "head":
            state, seconds = ("head", 0), HEAD
        else:
            state, seconds = ("idle", 0), IDLE
        if state != self._state:
            self._state, self.since = state, time.monotonic()
        return None if seconds is None else self.since + seconds

    def writable(self) -> bool:
        """As waitress's; after the last word nothing is left to write."""
        return self.will_close or (not self._said_all and bool(super().writable()))

    def readable(self) -> bool:
        """As waitress's; after the last word it is read on until the guest hangs up."""
        return self._said_all or bool(super().readable())

    def handle_write(self) -> None:
        """As waitress's, but the last answer is not followed by a reset, which would take it away from a guest who still
        sends."""
        if self.close_when_flushed and not self.will_close and not self.requests:
            self._flush_exception(self._flush_some)
            if self.socket is None:  # the guest has hung up
                return
            if not self.total_outbufs_len and not self.will_close:
                self._say_all()
                return
        super().handle_write()

    def _say_all(self) -> None:
        self.close_when_flushed, self._said_all = False, True
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.handle_close()

    def received(self, data: bytes) -> bool:
        """As waitress's; what comes after the last word is let go."""
        return False if self._said_all else bool(super().received(data))


class Connections(TcpWSGIServer):  # type: ignore[misc]
    """waitress's server: it always takes a new connection, and makes room by closing those that keep it waiting longest."""

    channel_class = Channel

    def readable(self) -> bool:
        """Always ready for another guest."""
        return bool(self.accepting)

    def handle_accept(self) -> None:
        """Take the next connection, and close another where there are too many."""
        super().handle_accept()
        channels = self._channels()
        if not channels:
            return
        newest = channels[-1]
        mine = [one for one in channels if one.addr[0] == newest.addr[0]]
        if len(mine) > EACH:
            self._close_one(mine, newest)
        elif len(channels) > ALL:
            # The address that holds the most has to give.
            held = [one.addr[0] for one in channels]
            most = max(held, key=held.count)
            self._close_one([one for one in channels if one.addr[0] == most], newest)

    def sweep(self) -> float | None:
        """Close those whose time is up, at whichever port; in how many seconds the next one's will be, None if there is nobody
        to wait for."""
        now = time.monotonic()
        ends = [(end, one) for one in self._channels() if (end := one.until()) is not None]
        for end, one in ends:
            if end <= now:
                one.handle_close()
        return max(0.0, min((end - now for end, _ in ends if end > now), default=0.0)) if ends else None

    def room_for_a_file(self, channel: Channel) -> bool:
        """May this connection bring a file now?"""
        others = [
            one.addr[0]
            for one in self._channels()
            if one is not channel and any(asked.is_file for asked in (one.request, *one.requests) if asked)
        ]
        return len(others) < FILES and channel.addr[0] not in others

    def _channels(self) -> list[Channel]:
        """Those at all ports that one thread looks after, the newest last."""
        return [one for one in list(self._map.values()) if isinstance(one, Channel)]

    def _close_one(self, some: list[Channel], newest: Channel) -> None:
        """Close the one that has waited longest for its guest; those that the box works for only if there is no other."""
        for one in some:
            one.until()
        worst = min(some, key=lambda one: (one is newest, one.is_ours, one.since))
        worst.handle_close()
