"""Connections that keep the page waiting, and requests that bring too much: everybody else is served meanwhile, and whoever
is refused reads why. Over real sockets, on the real server."""

import http.client
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass

import pytest
from waitress.channel import ClientDisconnected

from tests.support.box import DEADLINE
from tests.support.web_bridge import an_office
from web import connections
from web.app import create_app
from web.server import Server

HOST = "Host: 127.0.0.1"
MIB = 1 << 20


@dataclass(frozen=True)
class Page:
    """A page that is served."""

    port: int

    def reached_from(self, address: str) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), DEADLINE, (address, 0))

    def get(self, path: str, address: str) -> int:
        """The code with which this path answers this address."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, DEADLINE, (address, 0))
        with closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with an_office(tmp_path_factory.mktemp("page")) as office:
        server = Server(create_app(office.bridge), "127.0.0.1", 0)
        server.start()
        try:
            page = Page(server.port)
            page.get("/login", "127.0.0.1")  # finds the key of the cookies, and says: ask again
            yield page
        finally:
            server.stop()


def answer(connection: socket.socket) -> tuple[int, str, http.client.HTTPMessage]:
    response = http.client.HTTPResponse(connection)
    with closing(response):
        response.begin()
        return response.status, response.read().decode(), response.headers


def head(first: str, *more: str) -> bytes:
    return "\r\n".join([first, HOST, *more, "", ""]).encode("latin-1")


SLOW = {
    "no byte": b"",
    "half a head": b"GET /login HTTP/1.1\r\nHost: 127.0",
    "half a body": head("POST /login HTTP/1.1", "Content-Length: 1000") + b"name=",
    "half a chunk": head("POST /login HTTP/1.1", "Transfer-Encoding: chunked") + b"ff\r\nname",
    "half a file": head("POST /contacts/import HTTP/1.1", f"Content-Length: {20 * MIB}") + b"x" * 4096,
    "an answer and then silence": head("GET /healthz HTTP/1.1"),
    "answers that nobody reads": head("GET /static/textback.css HTTP/1.1") * 60,
}


@pytest.mark.parametrize("kind", SLOW)
@pytest.mark.parametrize("count", [100, 500])
def test_slow_connections_close_the_page_to_nobody(page: Page, kind: str, count: int) -> None:
    """B8: for as long as they go on, from one address and from several, others and the same address are served."""
    with ExitStack() as held:
        for n in range(count):
            connection = held.enter_context(page.reached_from(f"127.0.2.{n % 7}" if n % 2 else "127.0.0.1"))
            with suppress(ConnectionError):  # it was closed already, for there are too many
                connection.sendall(SLOW[kind])
        for _ in range(3):
            for path in ("/healthz", "/login"):
                for address in ("127.0.0.1", "127.0.2.1", "127.0.3.3"):
                    assert page.get(path, address) == 200, (path, address)


def test_one_address_holds_no_more_than_its_share(page: Page) -> None:
    with ExitStack() as held:
        mine = [held.enter_context(page.reached_from("127.0.4.1")) for _ in range(connections.EACH + 10)]
        for connection in mine[:10]:
            assert connection.recv(1) == b""  # the longest waiting one had to give
        mine[-1].sendall(head("GET /healthz HTTP/1.1"))
        assert answer(mine[-1])[0] == 200


@pytest.mark.parametrize("kind", ["no byte", "half a head", "half a body", "half a chunk"])
def test_who_keeps_the_page_waiting_is_hung_up_on(
    page: Page, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD", 0.5)
    monkeypatch.setattr(connections, "BODY", 0.5)
    with page.reached_from("127.0.5.1") as connection:
        connection.sendall(SLOW[kind])
        assert connection.recv(1) == b""


def test_drops_keep_no_connection_open(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then is no whole head: the time is for all of it."""
    monkeypatch.setattr(connections, "HEAD", 1.0)
    began = time.monotonic()
    with page.reached_from("127.0.5.2") as connection:
        connection.settimeout(0.1)
        while time.monotonic() - began < DEADLINE:
            try:
                connection.sendall(b"G")
                if connection.recv(1) == b"":
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return
    pytest.fail("it is still open")


# ---- too much

FORM = "Content-Type: application/x-www-form-urlencoded"
TEN = b"a" * (10 * MIB)
TOO_LARGE = {
    "a form of 10 MB": head("POST /login HTTP/1.1", FORM, f"Content-Length: {len(TEN)}") + TEN,
    "a form with one byte too many": head("POST /login HTTP/1.1", FORM, "Content-Length: 65537")
    + TEN[:65537],
    "10 MB in chunks": head("POST /login HTTP/1.1", FORM, "Transfer-Encoding: chunked")
    + b"100000\r\n%b\r\n" % TEN[:MIB] * 10
    + b"0\r\n\r\n",
    "a file of 40 MB": head("POST /contacts/import HTTP/1.1", FORM, f"Content-Length: {4 * len(TEN)}")
    + TEN * 4,
    "no form is awaited": head("POST /conversations/x HTTP/1.0", f"Content-Length: {len(TEN)}") + TEN,
    "it asks before it sends": head(
        "POST /login HTTP/1.1", FORM, "Expect: 100-continue", f"Content-Length: {len(TEN)}"
    ),
    "more than is read away": head("POST /login HTTP/1.1", FORM, f"Content-Length: {1 << 40}") + TEN,
}


@pytest.mark.parametrize("kind", TOO_LARGE)
def test_what_is_too_large_is_told_so(page: Page, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """B10, E2, E4: 413 in the page's words, never a reset and never the server's own words; and the log knows."""
    with page.reached_from("127.0.6.1") as connection, caplog.at_level(logging.WARNING):
        connection.sendall(TOO_LARGE[kind])
        code, text, headers = answer(connection)
    assert (code, headers["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert "max_body" not in text
    assert "waitress" not in text
    if kind != "more than is read away":
        assert ("32 MB" if "file" in kind else "64 kB") in text
    assert "refused" in caplog.text
    assert page.get("/healthz", "127.0.6.1") == 200


def test_a_connection_goes_on_after_what_was_too_large(page: Page) -> None:
    with page.reached_from("127.0.6.2") as connection:
        for _ in range(2):
            connection.sendall(TOO_LARGE["a form of 10 MB"])
            assert answer(connection)[0] == 413


def test_each_address_brings_one_file_at_a_time(page: Page) -> None:
    upload = head("POST /contacts/import HTTP/1.1", f"Content-Length: {2 * MIB}")
    with page.reached_from("127.0.6.3") as first, page.reached_from("127.0.6.3") as second:
        first.sendall(upload + TEN[:MIB])
        second.sendall(upload + TEN[: 2 * MIB])
        code, text, _ = answer(second)
        if code == 303:  # it was read before the first
            return
        assert (code, "in a minute" in text) == (503, True)
        first.sendall(TEN[:MIB])
        assert answer(first)[0] == 303  # nobody is logged in


# ---- other odd requests

ODD = {
    "headers of 1 MB": head("GET /login HTTP/1.1", *[f"X-{n}: {'a' * 1000}" for n in range(1000)]),
    "a path of 100 kB": head(f"GET /{'a' * 100_000} HTTP/1.1"),
    "a question of 100 kB": head(f"GET /login?next=/{'a' * 100_000} HTTP/1.1"),
    "HTTP/1.0": b"GET /login HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n",
    "HEAD": head("HEAD /login HTTP/1.1", "Connection: close"),
    "no such method": head("BREW /login HTTP/1.1"),
    "a chunk size without an end": head("POST /contacts/import HTTP/1.1", "Transfer-Encoding: chunked")
    + b"1" * MIB,
    "a trailer without an end": head("POST /contacts/import HTTP/1.1", "Transfer-Encoding: chunked")
    + b"0\r\n"
    + b"A: b\r\n" * 200_000,
    "10,000 fields": head("POST /login HTTP/1.1", FORM, "Content-Length: 90000") + b"k%07d=&" % 1 * 10_000,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_requests_are_answered(page: Page, kind: str) -> None:
    """Never a 500, never a stall, and never a reset that takes the answer away."""
    with page.reached_from("127.0.7.1") as connection:
        connection.sendall(ODD[kind])
        line = connection.makefile("rb").readline()
    assert line.startswith(b"HTTP/1.")
    assert line.split()[1] in (b"200", b"303", b"400", b"404", b"405", b"413", b"414", b"431"), line


def test_who_leaves_before_the_refusal_is_no_fault(
    page: Page, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The head could not be read, so it has no address; and the guest goes while he is told so."""
    refused = threading.Event()

    def gone(_task: object, _data: bytes) -> None:
        refused.set()
        raise ClientDisconnected

    monkeypatch.setattr(connections._ErrorTask, "write", gone)
    with page.reached_from("127.0.7.3") as connection:
        connection.sendall(ODD["TLS"])
        assert refused.wait(DEADLINE)
        assert connection.recv(1) == b""
    assert not [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]


def test_a_hundred_requests_in_one_go_are_answered_in_turn(page: Page) -> None:
    with page.reached_from("127.0.7.2") as connection:
        connection.sendall(head("GET /healthz HTTP/1.1") * 99 + head("GET /x HTTP/1.1", "Connection: close"))
        answers = connection.makefile("rb").read()
    assert answers.count(b"HTTP/1.1 200 OK") == 99
