"""One try to tell another program, on real sockets: who is told, and what becomes of one that answers as it likes."""

import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from bridge.clock import Clock
from bridge.rules.hooks.events import HookAnswer
from bridge.rules.hooks.receivers import Receiver
from bridge.service import hook_sender
from bridge.service.certificates import Certificates
from bridge.service.hook_sender import HookTried, SendHook, send
from tests.support.box import DEADLINE
from tests.support.hook_receiver import HookReceiver, a_receiver, plainly

BODY = b'{"event":"app:started"}'
TEN_MEGABYTES = 10 * 1024 * 1024


@pytest.fixture
def receiver() -> Iterator[HookReceiver]:
    with a_receiver() as receiver:
        yield receiver


def tell(url: str, allowed: bool = True) -> HookTried:
    return send(SendHook(2, 7, Receiver.of(url), {"X-Timestamp": "1"}, BODY, allowed))


def code(tried: HookTried) -> tuple[int | None, str]:
    return tried.status, tried.answer.code


def test_what_is_sent_and_taken(receiver: HookReceiver) -> None:
    tried = tell(receiver.url("/hook?key=1"))
    assert (tried.slot, tried.delivery_id, *code(tried)) == (2, 7, 200, HookAnswer.TAKEN)
    (told,) = receiver.told
    assert (told.path, told.body) == ("/hook?key=1", BODY)
    assert told.headers["content-type"] == "application/json"
    assert told.headers["content-length"] == str(len(BODY))
    assert told.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert told.headers["user-agent"].startswith("textback/")
    assert told.headers["x-timestamp"] == "1"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_status_of_success_counts(receiver: HookReceiver, status: int) -> None:
    receiver.answer = plainly(status)
    assert code(tell(receiver.url())) == (status, HookAnswer.TAKEN)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: HookReceiver, status: int) -> None:
    receiver.answer = plainly(status, Location=receiver.url("/elsewhere"))
    assert code(tell(receiver.url())) == (status, HookAnswer.REDIRECTS)
    assert [told.path for told in receiver.told] == ["/hook"]


@pytest.mark.parametrize("status", [400, 401, 404, 410, 500, 503])
def test_a_refusal_is_kept_with_what_it_says(receiver: HookReceiver, status: int) -> None:
    receiver.answer = plainly(status, b"<p>No\r\nhook\0 here \xff</p>" + b"x" * 1000)
    tried = tell(receiver.url())
    assert code(tried) == (status, HookAnswer.REFUSED)
    said = str(tried.answer.values["said"])
    assert said.startswith("<p>No hook here")
    assert said.isprintable()
    assert len(said) <= hook_sender.MOST_SAID


@pytest.mark.parametrize("status", [200, 500])
def test_ten_megabytes_are_not_read(receiver: HookReceiver, status: int) -> None:
    sent: list[int] = []

    def flood(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(TEN_MEGABYTES))
        request.end_headers()
        for _ in range(TEN_MEGABYTES // 65536):
            request.wfile.write(b"x" * 65536)
            sent.append(65536)

    receiver.answer = flood
    answer = HookAnswer.TAKEN if status == 200 else HookAnswer.REFUSED
    assert code(tell(receiver.url())) == (status, answer)


def test_headers_without_end_are_not_read(receiver: HookReceiver) -> None:
    def flood(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            request.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")

    receiver.answer = flood
    status, answer = code(tell(receiver.url()))
    assert (status, answer) in {(200, HookAnswer.TAKEN), (None, HookAnswer.NO_HTTP)}


def test_one_that_drips_does_not_keep_the_sender(
    receiver: HookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each octet comes in time, and the answer never would."""
    monkeypatch.setattr(hook_sender, "IN_ALL", 0.5)
    gone = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        try:
            while not gone.wait(0.05):
                request.wfile.write(b"H")
        except OSError:
            gone.set()

    receiver.answer = drip
    assert code(tell(receiver.url())) == (None, HookAnswer.SLOW)
    assert gone.wait(DEADLINE)  # it was hung up on


def test_one_that_says_nothing_is_given_up(receiver: HookReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook_sender, "IN_ALL", 0.3)
    assert code(tell(receiver.url("/slow"))) == (None, HookAnswer.SLOW)


def greet_as_mail(request: BaseHTTPRequestHandler) -> None:
    request.wfile.write(b"220 mail.example ESMTP\r\n")


def test_one_that_hangs_up_or_speaks_something_else(receiver: HookReceiver) -> None:
    receiver.answer = lambda _: None
    assert code(tell(receiver.url())) == (None, HookAnswer.UNREACHABLE)
    receiver.answer = greet_as_mail
    assert code(tell(receiver.url())) == (None, HookAnswer.NO_HTTP)


def test_where_nobody_listens_and_what_nobody_knows() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        tried = tell(f"http://127.0.0.1:{nobody.getsockname()[1]}/")
    assert code(tried) == (None, HookAnswer.UNREACHABLE)
    assert tried.answer.values["error"] == "Connection refused"
    assert code(tell("http://nowhere.invalid/")) == (None, HookAnswer.NAME_NOT_FOUND)


# ---- who may not be told


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"])
def test_the_box_does_not_knock_at_its_own_door(receiver: HookReceiver, host: str) -> None:
    tried = tell(f"http://{host}:{receiver.port}/", allowed=False)
    assert (*code(tried), receiver.told) == (None, HookAnswer.NOT_ALLOWED, [])


def test_which_addresses_are_the_boxs_own() -> None:
    assert hook_sender._is_own("127.0.0.1")
    assert not hook_sender._is_own("192.0.2.1")  # TEST-NET-1, RFC 5737
    assert not hook_sender._is_own("2001:db8::1")


class Names:
    """The resolver, as somebody plays with it: what a name stands for changes from one question to the next."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self.asked = 0
        self._answers, self._real = answers, socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self)

    def __call__(self, host: str, port: int, *further: Any, **more: Any) -> Any:
        if host != "rebind.example":
            return self._real(host, port, *further, **more)
        addresses = self._answers[min(self.asked, len(self._answers) - 1)]
        self.asked += 1
        return [
            (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port))
            for address in addresses
        ]


def test_a_name_is_looked_up_once_and_what_was_judged_is_connected_to(
    receiver: HookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the second answer is the box's own door."""
    monkeypatch.setattr(hook_sender, "TO_CONNECT", 0.2)
    names = Names(monkeypatch, ["10.255.255.1"], ["127.0.0.1"])
    status, answer = code(tell(receiver.url(host="rebind.example"), allowed=False))
    assert (status, names.asked, receiver.told) == (None, 1, [])
    assert answer in (HookAnswer.SLOW, HookAnswer.UNREACHABLE)


def test_a_name_of_the_box_itself_is_not_told(
    receiver: HookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    Names(monkeypatch, ["127.0.0.1", "169.254.1.1"])
    assert code(tell(receiver.url(host="rebind.example"), allowed=False)) == (None, HookAnswer.NOT_ALLOWED)
    assert receiver.told == []
    assert code(tell(receiver.url(host="rebind.example"))) == (200, HookAnswer.TAKEN)
    assert receiver.told[0].headers["host"] == f"rebind.example:{receiver.port}"


def test_outside_of_the_shop_nothing_goes_without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    Names(monkeypatch, ["93.184.216.34"])
    assert code(tell("http://rebind.example/", allowed=False)) == (None, HookAnswer.NOT_SAFE)


# ---- certificates


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path / "https", "receiver", lambda: (), Clock())


@pytest.fixture
def context(certificates: Certificates) -> ssl.SSLContext:
    return certificates.context("127.0.0.1")


@pytest.fixture
def safe(context: ssl.SSLContext) -> Iterator[HookReceiver]:
    with a_receiver(context) as receiver:
        yield receiver


@pytest.fixture
def trusted(
    certificates: Certificates, context: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The system trusts the authority of the receiver's certificate."""
    assert context
    assert certificates.authority
    file = tmp_path / "trusted.pem"
    file.write_text(ssl.DER_cert_to_PEM_cert(certificates.authority))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    hook_sender._verifying.cache_clear()
    yield
    hook_sender._verifying.cache_clear()


@pytest.mark.usefixtures("trusted")
def test_a_certificate_that_is_good_for_the_name(safe: HookReceiver) -> None:
    assert code(tell(safe.url(scheme="https", host="localhost"))) == (200, HookAnswer.TAKEN)
    assert code(tell(safe.url(scheme="https"))) == (200, HookAnswer.TAKEN)


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name_is_none(safe: HookReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever leads the name to another machine has no certificate for it."""
    Names(monkeypatch, ["127.0.0.1"])
    assert code(tell(safe.url(scheme="https", host="rebind.example"))) == (None, HookAnswer.UNTRUSTED)
    assert safe.told == []


def test_a_certificate_of_nobody_is_none_and_nothing_is_sent(safe: HookReceiver) -> None:
    assert code(tell(safe.url(scheme="https", host="localhost"))) == (None, HookAnswer.UNTRUSTED)
    assert safe.told == []


def test_https_at_a_door_that_speaks_http(receiver: HookReceiver) -> None:
    assert code(tell(receiver.url(scheme="https"))) == (None, HookAnswer.UNREACHABLE)
