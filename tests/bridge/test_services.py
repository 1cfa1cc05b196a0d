"""What came of telling other services: judged by their answers, in words without a secret; and by Apprise itself, in a process
of its own, with services that answer badly, late or not at all."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from string import Formatter

import pytest

from bridge.rules.services import Answered, Heard, Told, Way, outcome
from bridge.service.worker import tell
from bridge.words.services import SENTENCES, told_in_words
from modem.contract import Coded


def http(number: int) -> Answered:
    return Answered(Way.HTTP, number)


def smtp(number: int) -> Answered:
    return Answered(Way.SMTP, number)


JUDGED: list[tuple[list[Heard], Told]] = [
    ([http(401)], Told.LOGIN_REFUSED),
    ([http(403)], Told.LOGIN_REFUSED),
    ([http(404)], Told.NOT_THERE),
    ([http(429)], Told.TOO_MANY),
    ([http(413)], Told.REFUSED),
    ([http(500)], Told.FAILS),
    ([http(535)], Told.FAILS),
    ([http(200), http(403)], Told.LOGIN_REFUSED),
    ([http(503), http(200)], Told.FAILS),
    ([http(200)], Told.NOT_TAKEN),
    ([], Told.NOT_TAKEN),
    ([smtp(220), smtp(250), smtp(535)], Told.LOGIN_REFUSED),
    ([smtp(220), smtp(250), smtp(550)], Told.NOT_THERE),
    ([smtp(451)], Told.FAILS),
    ([smtp(554)], Told.REFUSED),
    ([Told.UNREACHABLE], Told.UNREACHABLE),
    ([http(503), Told.SLOW], Told.SLOW),
    ([Told.UNTRUSTED], Told.UNTRUSTED),
]


@pytest.mark.parametrize(("heard", "code"), JUDGED)
def test_how_answers_are_judged(heard: list[Heard], code: Told) -> None:
    came = outcome("ntfy", False, heard)
    assert (came.code, came.values["service"]) == (code, "ntfy")
    assert outcome("ntfy", True, heard) == Coded.of(Told.DELIVERED, service="ntfy")


@pytest.mark.parametrize("code", Told)
def test_each_has_a_sentence_that_names_its_facts(code: Told) -> None:
    places = {place for _, place, _, _ in Formatter().parse(SENTENCES[code]) if place}
    assert places <= {"service", "number", "place", "seconds"}
    told = told_in_words(Coded.from_text(Coded.of(code, **dict.fromkeys(places, 1)).to_text()))
    assert "{" not in told
    assert set(SENTENCES) == set(Told)


class Answering(BaseHTTPRequestHandler):
    """Answers with the number that its address begins with; 0: not at all."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        number = int(self.path.strip("/").partition("/")[0] or 200)
        if not number:
            self.server.over.wait()  # type: ignore[attr-defined]
            return
        self.send_response(number)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.over = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.over.set()  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def mailbox() -> Iterator[int]:
    """A mail server that lets nobody in."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            guest, _ = door.accept()
        except OSError:
            return  # nobody came
        with guest, guest.makefile("rwb") as lines:
            lines.write(b"220 here\r\n")
            lines.flush()
            while line := lines.readline():
                word = line.split()[0].upper()
                answer = {b"EHLO": b"250-here\r\n250 AUTH PLAIN LOGIN", b"AUTH": b"535 5.7.8 no"}.get(
                    word, b"250 ok"
                )
                lines.write(answer + b"\r\n")
                lines.flush()

    thread = threading.Thread(target=serve)
    thread.start()
    yield int(door.getsockname()[1])
    door.shutdown(socket.SHUT_RDWR)
    thread.join()
    door.close()


def test_what_services_say_by_apprise_itself(
    port: int, mailbox: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    here = f"127.0.0.1:{port}"
    secret = "hunter2"
    told = [
        (f"json://me:{secret}@{here}/", Told.DELIVERED),
        (f"json://me:{secret}@{here}/403", Told.LOGIN_REFUSED),
        (f"json://{here}/429", Told.TOO_MANY),
        (f"ntfy://{here}/{secret}", Told.DELIVERED),
        (f"json://{here}/503", Told.FAILS),
        (
            f"mailto://me:{secret}@mail.example:{mailbox}?smtp=127.0.0.1&mode=insecure&to=x@y.example",
            Told.LOGIN_REFUSED,
        ),
        (f"json://127.0.0.1:1/{secret}", Told.UNREACHABLE),
        (f"jsons://{here}/{secret}", Told.UNTRUSTED),
        (f"nothing://{secret}", Told.NOT_KNOWN),
        (f"json://{here}/0?rto=0.2", Told.SLOW),
    ]
    came = tell(tuple(url for url, _ in told), "Corner Bakery", "A test")
    assert [one.code for one in came] == [code for _, code in told]
    assert came[8] == Coded.of(Told.NOT_KNOWN, place=9)
    everything = " ".join(
        [*map(told_in_words, came), *(one.to_text() for one in came), caplog.text, *capfd.readouterr()]
    )
    for kept in (secret, str(port), "127.0.0.1"):
        assert kept not in everything
