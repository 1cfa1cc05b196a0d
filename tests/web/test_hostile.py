"""A hostile guest on the shop's network, against a whole box: nothing that is sent to the page may touch calls and texts."""

import http.client
import itertools
import json
import logging
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from flask.sessions import SecureCookieSessionInterface
from sqlmodel import Session, select
from werkzeug.routing import Rule

from bridge.contract.requests import MakeBackup
from bridge.records import invitations, logins, users
from bridge.records.tables import User, metadata
from modem.simulator import Simulator
from tests.support.box import DEADLINE, MESSAGE, Box, a_box, until
from tests.support.paths import ROOT
from tests.support.people import add_user, set_password
from web import create_app
from web.access.guesses import ALL, EACH, WINDOW, Limiter

NAME, PASSWORD, SHOP = "mia", "flour & water", "Corner Bakery"
# Of an invitation that is still good.
SECRET = "rye-and-wheat"
NO_LIMITS = "[limits]\nper_minute = 1000\nper_day = 100000\nstrangers_per_10_minutes = 100000\n"
MEGABYTE = 1 << 20
# A hold on memory that leaves room for what the interpreter keeps for itself.
A_FEW_MB = 8 * MEGABYTE
# What one missed call leaves behind.
OF_A_CALL = {"contact": 1, "call": 1, "message": 1, "messagepart": 1, "messagewords": 1}
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
# Whatever the forms of the page ask for, so that a form that got through would do something.
EVERYTHING = {
    "body": "Buy now",
    "name": "Eve",
    "notes": "mine",
    "kind": "never",
    "do": "pause",
    "line": "main",
    "sure": "on",
    "despite_stop": "on",
    "password": PASSWORD,
}


@dataclass
class Answer:
    """What the page said."""

    code: int
    text: str
    headers: http.client.HTTPMessage


@dataclass
class Guest:
    """Somebody with a browser, at an address of their own."""

    port: int
    address: str = "127.0.0.1"
    cookie: str = ""

    def ask(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> Answer:
        """One request on a connection of its own; a cookie that comes back is kept."""
        with closing(self.connect()) as connection:
            return self.ask_on(connection, method, path, body, headers)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, DEADLINE, (self.address, 0))

    def ask_on(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: str = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        form = URLENCODED if body else {}
        connection.request(method, path, body or None, {"Cookie": self.cookie, **form, **(headers or {})})
        response = connection.getresponse()
        answer = Answer(response.status, response.read().decode("utf-8", "replace"), response.headers)
        for cookie in response.headers.get_all("Set-Cookie", []):
            self.cookie = cookie.partition(";")[0]
        return answer

    def token(self) -> str:
        """The token of a form of this guest's own."""
        page = self.ask("GET", "/status").text or self.ask("GET", "/login").text
        if 'name="csrf_token"' not in page:
            page = self.ask("GET", "/login").text
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found
        return found[1]

    def post(self, path: str, **form: str) -> Answer:
        return self.ask("POST", path, urlencode(form))

    def log_in(self, name: str = NAME, password: str = PASSWORD) -> "Guest":
        entered = self.post("/login", csrf_token=self.token(), name=name, password=password)
        assert entered.code == 303
        assert self.is_in()
        return self

    def is_in(self) -> bool:
        """Are the pages of the shop shown?"""
        answer = self.ask("GET", "/contacts")
        assert answer.code in (200, 303)
        return answer.code == 200


@dataclass
class ShopState:
    """A box that works, and what its callers may expect meanwhile."""

    box: Box
    port: int
    numbers: Iterator[str] = field(default_factory=lambda: (f"+447400{n}" for n in itertools.count(200000)))
    called: int = 0
    addresses: Iterator[str] = field(default_factory=lambda: (f"127.0.1.{n}" for n in range(1, 255)))

    def guest(self) -> Guest:
        return Guest(self.port, next(self.addresses))

    def missed_call(self) -> None:
        """Somebody new calls, nobody answers: exactly one text goes out."""
        number = next(self.numbers)
        self.called += 1
        self.box.simulator.call(number, rings=1)
        until(lambda: any(c.address == number and c.textback == "sent" for c in self.box.calls()), "the text")
        self.box.turn()
        assert [text.text for text in self.box.simulator.sent if text.number == number] == [MESSAGE]

    def rows(self) -> Counter[tuple[str, str]]:
        """Every row of every table, but for what the box notes by itself: each look into the SIM's own book, log-ins that have
        ended, what is marked, and the order in which things came."""
        with Session(self.box.service.engine) as session:
            rows = [
                (table.name, repr(row))
                for table in metadata.sorted_tables
                for row in session.execute(select(table))
            ]
        return Counter(
            row for row in rows if not re.search("'(missed_book:|ended_login:|marked'|place')", row[1])
        )

    @contextmanager
    def under_attack(self) -> Iterator[None]:
        """What happens inside leaves no trace but the calls that were missed meanwhile, and hinders none."""
        self.box.turn()
        before, called = self.rows(), self.called
        yield
        self.missed_call()
        after = self.rows()
        assert before - after == Counter()
        new = Counter(table for table, _ in (after - before).elements())
        assert new == {table: count * (self.called - called) for table, count in OF_A_CALL.items()}
        health = self.guest().ask("GET", "/healthz")
        assert (health.code, json.loads(health.text)["status"]) == (200, "ok")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopState]:
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path_factory.mktemp("shop"), simulator, extra=NO_LIMITS) as box,
    ):
        with Session(box.service.engine) as session, session.begin():
            add_user(session, NAME, PASSWORD)
            invitations.invite(session, logins.digest(SECRET), "", users.STAFF, NAME, datetime.now(UTC))
        port = urlsplit(box.service.url).port
        assert port
        shop = ShopState(box, port)
        shop.guest().ask("GET", "/login")  # makes the key of the cookies
        shop.missed_call()
        simulator.text(str(box.calls()[0].address), "Do you have rye bread?")
        until(lambda: any(text.status == "received" for text in box.messages()), "the answer")
        yield shop


@pytest.fixture(autouse=True)
def no_fault(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever is sent, the box logs neither an error nor a traceback."""
    yield
    bad = [r for r in caplog.get_records("call") if r.exc_info or r.levelno >= logging.ERROR]
    assert [record.getMessage() for record in bad] == []


def memory() -> int:
    """What this process, and so the box, holds in memory, in bytes."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024


def raw(port: int, *pieces: bytes) -> Answer | None:
    """The answer to these bytes; None where the box hangs up without a word."""
    with socket.create_connection(("127.0.0.1", port), DEADLINE) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
        except OSError:
            pass  # it has heard enough, and perhaps said so
        return answer_on(connection)


def answer_on(connection: socket.socket) -> Answer | None:
    response = http.client.HTTPResponse(connection)
    try:
        with closing(response):
            response.begin()
            return Answer(response.status, response.read().decode("utf-8", "replace"), response.headers)
    except (ConnectionError, http.client.HTTPException):
        return None


def head(first: str, *headers: str) -> bytes:
    """The bytes of a request's head."""
    return "\r\n".join([first, *headers, "", ""]).encode("latin-1")


# ---- forged names

OWN = "Host: 127.0.0.1"
FORGED = {
    "other name": head("GET /login HTTP/1.1", "Host: evil.example"),
    "foreign address": head("GET /login HTTP/1.1", "Host: 8.8.8.8"),
    "own address as a name's start": head("GET /login HTTP/1.1", "Host: 127.0.0.1.evil.example"),
    "empty": head("GET /login HTTP/1.1", "Host:"),
    "none": head("GET /login HTTP/1.1"),
    "none, old": head("GET /login HTTP/1.0"),
    "no version": head("GET /login"),
    "very long": head("GET /login HTTP/1.1", f"Host: {'a' * 100_000}"),
    "long label": head("GET /login HTTP/1.1", f"Host: {'a' * 64}.local"),
    "empty label": head("GET /login HTTP/1.1", "Host: 127..1"),
    "very long port": head("GET /login HTTP/1.1", f"Host: 127.0.0.1:{'1' * 5000}"),
    "two": head("GET /login HTTP/1.1", OWN, "Host: evil.example"),
    "two, the other first": head("GET /login HTTP/1.1", "Host: evil.example", OWN),
    "user and host": head("GET /login HTTP/1.1", "Host: 127.0.0.1@evil.example"),
    "whole address": head("GET http://evil.example/login HTTP/1.1", OWN),
    "whole address, own host": head("GET http://127.0.0.1/login HTTP/1.1", "Host: evil.example", OWN),
    "whole address with user": head("GET http://127.0.0.1@evil.example/login HTTP/1.1", OWN),
    "forwarded host": head("GET /login HTTP/1.1", "Host: evil.example", "X-Forwarded-Host: 127.0.0.1"),
    "forwarded": head("GET /login HTTP/1.1", "Host: evil.example", "Forwarded: host=127.0.0.1;for=127.0.0.1"),
    "forwarded for": head("GET /login HTTP/1.1", "Host: evil.example", "X-Forwarded-For: 127.0.0.1"),
    "bytes": head("GET /login HTTP/1.1", "Host: \xff\xfe"),
}


def test_forged_names_are_refused_and_told_nothing(shop: ShopState) -> None:
    with shop.under_attack():
        for name, request in FORGED.items():
            answer = raw(shop.port, request)
            if name == "whole address, own host":  # the whole address counts
                continue
            assert answer, name
            assert answer.code in (400, 403), name
            assert not re.search(rf"{SHOP}|\+44|evil|07400", answer.text), name
        shop.missed_call()


def test_what_a_proxy_would_say_is_not_believed(shop: ShopState) -> None:
    """No proxy stands before the box: who asks is who connects, and links lead to the name that was typed."""
    said = ("X-Forwarded-Host: evil.example", "X-Forwarded-For: 8.8.8.8", "X-Forwarded-Proto: https")
    with shop.under_attack():
        answer = raw(shop.port, head("GET /contacts HTTP/1.1", OWN, *said))
        assert answer
        assert (answer.code, answer.headers["Location"]) == (303, "/login?next=/contacts")


# ---- forms of others


def rules(shop: ShopState, method: str) -> list[Rule]:
    """Every route of the page for this method."""
    found = create_app(shop.box.service.bridge).url_map.iter_rules()
    return [rule for rule in found if method in (rule.methods or ()) and rule.endpoint != "static"]


def filled(shop: ShopState, rule: Rule) -> list[str]:
    """The paths of this route, for somebody who is known to the shop."""
    address = quote(next(text.address for text in shop.box.messages() if text.direction == "in"))
    path = re.sub(r"<path:\w+>", address, rule.rule).replace("<section>", "limits").replace("<name>", NAME)
    path = path.replace("<key>", "1").replace("<secret>", SECRET)
    if rule.endpoint == "backups.download":
        path = rule.rule.replace("<name>", a_backup(shop))
    some = re.search(r"<any\(([^)]+)\):\w+>", path)
    paths = [path.replace(some[0], one.strip()) for one in some[1].split(",")] if some else [path]
    assert not any("<" in path for path in paths), "this converter is new"
    return paths


def a_backup(shop: ShopState) -> str:
    """The name of a backup that the box has made."""
    bridge = shop.box.service.bridge
    if not bridge.backups():
        bridge.request(MakeBackup())
    return until(bridge.backups, "the backup")[0].path.name


def test_no_form_of_another_page_is_taken(shop: ShopState) -> None:
    mia, other = shop.guest().log_in(), shop.guest().log_in()
    good, theirs = mia.token(), other.token()
    wrong: list[dict[str, str]] = [{}, {"csrf_token": ""}, {"csrf_token": "x"}, {"csrf_token": theirs}]
    wrong += [{"csrf_token": good[:-1]}, {"csrf_token": f"{good}x"}, {"csrf": good}]
    posts = [path for rule in rules(shop, "POST") for path in filled(shop, rule)]
    assert len(posts) > 10
    with shop.under_attack():
        for path in posts:
            for fields in wrong:
                assert mia.post(path, **EVERYTHING, **fields).code == 400, (path, fields)
            for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x"):
                assert mia.ask("POST", path, urlencode(EVERYTHING), {"Content-Type": kind}).code == 400, path
            away = {"X-CSRFToken": theirs, "Origin": "http://evil.example"}
            assert mia.ask("POST", path, urlencode(EVERYTHING), away).code == 400, path
            assert mia.ask("POST", f"{path}?csrf_token={good}", urlencode(EVERYTHING)).code == 400, path
        assert mia.is_in()
        assert shop.box.service.loop.status.paused is None


def test_looking_changes_nothing(shop: ShopState) -> None:
    mia = shop.guest().log_in()
    everything = urlencode(EVERYTHING)
    with shop.under_attack():
        for method in ("GET", "HEAD", "OPTIONS"):
            for path in (path for rule in rules(shop, method) for path in filled(shop, rule)):
                answer = mia.ask(method, f"{path}?{everything}&csrf_token={mia.token()}")
                assert answer.code < 400, path
        assert mia.is_in()


# ---- cookies of others


def test_a_cookie_from_before_the_log_in_is_worth_nothing_afterwards(shop: ShopState) -> None:
    eve = shop.guest()
    token, planted = eve.token(), eve.cookie
    mia = Guest(shop.port, cookie=planted)
    assert mia.post("/login", csrf_token=token, name=NAME, password=PASSWORD).code == 303
    assert mia.cookie != planted
    with shop.under_attack():
        assert mia.is_in()
        assert not Guest(shop.port, cookie=planted).is_in()
        assert mia.post("/status/now", **EVERYTHING, csrf_token=token).code == 400


def test_forged_cookies_are_worth_nothing(shop: ShopState) -> None:
    good = shop.guest().log_in().cookie
    app = create_app(shop.box.service.bridge)
    with Session(shop.box.service.engine) as session:
        user = session.exec(select(User)).first()
        assert user
    forged = [good[:-1], good[:-10], good[: len(good) // 2], "textback=", f"{good}x", "textback=" + "." * 9]
    forged += [good.rpartition(".")[0], good.replace("textback", "session"), "textback=\xff", "=;;=,"]
    for key in ("dev", "textback", "0" * 64):
        app.secret_key = key
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer
        forged.append(f"textback={signer.dumps({'user': user.id, 'mark': '0' * 16})}")
    with shop.under_attack():
        assert Guest(shop.port, cookie=good).is_in()
        for cookie in forged:
            assert not Guest(shop.port, cookie=cookie).is_in(), cookie


def test_logging_out_takes_the_cookie_away(shop: ShopState) -> None:
    mia = shop.guest().log_in()
    with shop.under_attack():
        token = mia.token()
        assert mia.post("/logout", csrf_token=token).code == 303
        assert not mia.is_in()
        assert mia.cookie == "textback="
        assert mia.post("/status/now", **EVERYTHING, csrf_token=token).code in (303, 400)


def test_a_new_password_makes_stolen_cookies_worthless(shop: ShopState) -> None:
    with Session(shop.box.service.engine) as session, session.begin():
        add_user(session, "noa", PASSWORD)
    noa = shop.guest().log_in("noa")
    token, stolen = noa.token(), noa.cookie
    with Session(shop.box.service.engine) as session, session.begin():
        set_password(session, "noa", "another password")
    with shop.under_attack():
        eve = Guest(shop.port, cookie=stolen)
        assert not eve.is_in()
        eve.cookie = stolen
        assert eve.post("/status/now", **EVERYTHING, csrf_token=token).code == 303
        assert shop.box.service.loop.status.paused is None
    assert shop.guest().log_in("noa", "another password").is_in()


# ---- guesses

GUESSES, GUESSERS = 10_000, 4


def guess(shop: ShopState, times: int, address: str, enough: threading.Event | None = None) -> Counter[int]:
    """So many wrong passwords on one connection, and more until it is enough; the codes of the answers."""
    eve = Guest(shop.port, address)
    form = urlencode({"csrf_token": eve.token(), "name": NAME, "password": "guess "})
    codes: Counter[int] = Counter()
    with closing(eve.connect()) as connection:
        for n in itertools.count():
            if n >= times and (enough is None or enough.is_set()):
                break
            connection.request("POST", "/login", f"{form}{n}", {"Cookie": eve.cookie, **URLENCODED})
            with connection.getresponse() as response:
                response.read()
                codes[response.status] += 1
    return codes


def test_ten_thousand_guesses(shop: ShopState) -> None:
    guesser, began = next(shop.addresses), time.monotonic()
    with shop.under_attack():
        codes = guess(shop, 10, guesser)
        held = memory()
        with ThreadPoolExecutor(GUESSERS) as pool:
            enough = threading.Event()
            jobs = [pool.submit(guess, shop, GUESSES // GUESSERS, guesser, enough) for _ in range(GUESSERS)]
            try:
                shop.missed_call()
                shop.missed_call()
            finally:
                enough.set()
            for job in jobs:
                codes += job.result()
        assert set(codes) == {401, 429}
        assert codes.total() >= GUESSES + 10
        windows = int((time.monotonic() - began) / WINDOW) + 1
        assert EACH <= codes[401] <= windows * EACH
        assert memory() - held < A_FEW_MB
        assert shop.guest().log_in().is_in(), "who knows the password, at another address"


def test_nobody_is_locked_out_for_ever() -> None:
    now = 0.0
    limiter = Limiter(lambda: now)
    for n in range(GUESSES):
        limiter.may_try(f"10.0.0.{n % ALL}")
    assert not limiter.may_try("10.0.0.1")
    assert limiter.may_try("10.0.1.1"), "who has not tried yet"
    assert not limiter.may_try("10.0.1.1")
    now = WINDOW + 0.1
    assert all(limiter.may_try("10.0.0.1") for _ in range(EACH))
    assert not limiter.may_try("10.0.0.1")
    limiter.was_right("10.0.0.1")
    assert limiter.may_try("10.0.0.1")
    assert limiter.may_try("10.0.1.1")


def test_who_is_refused_does_not_lengthen_the_wait() -> None:
    now = 0.0
    limiter = Limiter(lambda: now)
    tried = 0
    for second in range(int(WINDOW) * 3):
        now = float(second)
        tried += limiter.may_try("10.0.0.1")
    assert tried == 3 * EACH


# ---- too much

TEN = 10 * MEGABYTE
POST = ("POST /login HTTP/1.1", OWN, "Content-Type: application/x-www-form-urlencoded")
MULTIPART = ("POST /login HTTP/1.1", OWN, "Content-Type: multipart/form-data; boundary=x")
BLOCK = b"a" * 65536
CHUNK = b"10000\r\n" + BLOCK + b"\r\n"
PARTS = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 10_000 + b"--x--\r\n"
KEYS = urlencode({f"k{n}": "" for n in range(100_000)}).encode()


def of_length(first: tuple[str, ...], length: int) -> bytes:
    return head(*first, f"Content-Length: {length}")


TOO_MUCH: dict[str, Iterable[bytes]] = {
    "ten megabytes": [of_length(POST, TEN), *[BLOCK] * 160],
    "asked for first": [of_length((*POST, "Expect: 100-continue"), TEN), *[BLOCK] * 160],
    "in chunks": [head(*POST, "Transfer-Encoding: chunked"), *[CHUNK] * 160, b"0\r\n\r\n"],
    "one endless chunk size": [head(*POST, "Transfer-Encoding: chunked"), *[BLOCK] * 160],
    "ten thousand parts": [of_length(MULTIPART, len(PARTS)), PARTS],
    "one endless part": [of_length(MULTIPART, 60_000), b"--x\r\n" + b"a" * 59_995],
    "a hundred thousand keys": [of_length(POST, len(KEYS)), KEYS],
    "sixty kilobytes of keys": [of_length(POST, 60_000), b"&a" * 30_000],
    "a megabyte of head": [head(*POST)[:-2], *[b"X-A: " + b"a" * 1000 + b"\r\n"] * 1000, b"\r\n"],
    "a megabyte of path": [b"GET /", *[BLOCK] * 16, b" HTTP/1.1\r\n\r\n"],
    "ten thousand headers": [head(*POST)[:-2], b"A: b\r\n" * 10_000, b"\r\n"],
    "a length of 5000 digits": [head(*POST, "Content-Length: " + "9" * 5000)],
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_too_much_is_refused_and_not_kept(shop: ShopState, name: str) -> None:
    pieces = list(TOO_MUCH[name])
    raw(shop.port, *pieces)
    held = memory()
    with shop.under_attack():
        for _ in range(5):
            answer = raw(shop.port, *pieces)
            assert answer is None or answer.code in (100, 400, 413, 431), name
        assert memory() - held < A_FEW_MB


def test_a_body_that_never_comes(shop: ShopState) -> None:
    with shop.under_attack(), ExitStack() as stack:
        held = memory()
        for length in (1, 60_000, MEGABYTE - 1) * 10:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", shop.port), DEADLINE))
            connection.sendall(of_length(POST, length))
        assert shop.guest().ask("GET", "/login").code == 200
        shop.missed_call()
        assert memory() - held < A_FEW_MB


# ---- too slow

SLOW = {"head": head(*POST) + b"x", "body": of_length(POST, 60_000) + b"a=" + b"b" * 1000}


def test_slow_guests_keep_nobody_waiting(shop: ShopState) -> None:
    with shop.under_attack(), ExitStack() as stack:
        slow = [
            (stack.enter_context(socket.create_connection(("127.0.0.1", shop.port), DEADLINE)), request)
            for request in [SLOW["head"][:-3], SLOW["body"]] * 25
        ]
        for connection, request in slow:
            connection.sendall(request[:-30])
        for turn in range(-30, 0):
            for connection, request in slow:
                connection.sendall(request[turn : turn + 1] or request[-1:])
            if turn % 10 == 0:
                assert shop.guest().ask("GET", "/login").code == 200
                shop.missed_call()
        shop.guest().log_in()


def test_more_guests_than_the_page_takes(shop: ShopState) -> None:
    with shop.under_attack():
        with ExitStack() as stack:
            for _ in range(150):
                stack.enter_context(socket.create_connection(("127.0.0.1", shop.port), DEADLINE))
            shop.missed_call()
        assert shop.guest().ask("GET", "/login").code == 200


def test_guests_who_hang_up_in_the_middle(shop: ShopState) -> None:
    with shop.under_attack():
        for request in [head("GET /login HTTP/1.1", OWN), SLOW["body"], b"GET", b""] * 10:
            with socket.create_connection(("127.0.0.1", shop.port), DEADLINE) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.sendall(request)
        shop.missed_call()


# ---- odd bytes

PATHS = [
    "/%00",
    "/static/%00",
    "/static/textback.css%00.ini",
    "/static/../../config.ini",
    "/static/..%2f..%2fconfig.ini",
    "/static/%2e%2e/%2e%2e/config.ini",
    "/static/..%c0%af..%c0%afconfig.ini",
    "/static/%252e%252e/app.py",
    "/static/..\\..\\config.ini",
    "/static/../app.py",
    "/static//etc/passwd",
    "/static/%2fetc%2fpasswd",
    "/static/" + "a" * 10_000,
    "/static/" + "../" * 50 + "etc/passwd",
    "/conversations/%2e%2e/%2e%2e/config.ini",
    "/conversations/%ff%fe",
    "/conversations/%00",
    "/conversations/\xff\x80",
    "/contacts/%ed%a0%80",
    "/contacts/export.%00",
    "/contacts/" + "9" * 10_000,
    "/?before=1_99999999999999999999",
    "/?before=1e9_" + "9" * 5000,
    "/?before=nan_1",
    "/?before=%00_%00",
    "/?q=%ff%00%25%27",
    "/?q=%F4%90%80%80",
    "/contacts?q=%00",
    "/?" + "&" * 5000,
    "/?;=%",
    "/login?next=//%5b",
    "/login?next=/%09/%5bx",
    "/login?next=/%0d%0aSet-Cookie:%20a=b",
    "/login?next=//%E2%84%80x",
    "/login?next=%ff",
    "//evil.example/",
    "//evil.example/%2e%2e",
    "/\\evil.example",
    "http://[/",
    "http://[::1/",
    "*",
    "?",
    "evil.example:443",
    "/#",
    "/" + "%" * 1000,
]
HEADERS = [
    "Cookie: textback=\xff\x00",
    "Cookie: " + "a=b; " * 5000,
    "Cookie: =",
    "Content-Length: -1",
    "Content-Length: +1",
    "Content-Length: 1_0",
    "Content-Length: \xb2",
    "Content-Length: 0x10",
    "Content-Length: 0\r\nContent-Length: 5",
    "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 0",
    "Transfer-Encoding: gzip",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: \x0bchunked",
    "Content-Type: multipart/form-data; boundary=\xff",
    "Content-Type: multipart/form-data",
    "Content-Type: application/x-www-form-urlencoded; charset=nonsense",
    "Authorization: Basic \xff",
    "Range: bytes=9-1,-5,99999999999999999999-",
    "If-Modified-Since: \xff",
    "If-Range: x",
    "Accept-Language: " + "a," * 2000,
    "Expect: nonsense",
    "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings",
    "A B: c",
    ": c",
    " folded",
    "X: a\nY: b",
    "X\x00: a",
]
METHODS = ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "get", "Post", "FOO!", "PROPFIND", "\xff", "G\x00T"]
FIRST = [
    b"\x00\r\n\r\n",
    b"\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    b"\xff" * 100 + b"\r\n\r\n",
    b"GET /login\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET / HTTP/1.1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET  / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    b"GET / HTTP/1.1\nHost: 127.0.0.1\n\n\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
]
BODIES = [
    b"csrf_token=%00&name=%ff&password=\x00\xff",
    b"csrf_token=" + b"\xff" * 1000,
    b"=&=&;;&%",
    b'{"csrf_token": 1}',
    b"\x00" * 1000,
]


def odd_requests(cookie: str) -> Iterator[bytes]:
    """Everything odd, once as a stranger and once as somebody who is logged in."""
    for known in ((OWN,), (OWN, f"Cookie: {cookie}")):
        for path in PATHS:
            yield head(f"GET {path} HTTP/1.1", *known)
        for header in HEADERS:
            yield head("GET /static/textback.css HTTP/1.1", header, *known) + b"0\r\n\r\n"
            yield head("POST /login HTTP/1.1", *known, header) + b"0\r\n\r\n"
        for method in METHODS:
            for path in ("/", "/login", "/static/textback.css", "/status/now"):
                yield head(f"{method} {path} HTTP/1.1", *known)
        for body in BODIES:
            for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "a/b"):
                length = f"Content-Length: {len(body)}"
                yield head("POST /login HTTP/1.1", *known, f"Content-Type: {kind}", length) + body
    yield from FIRST


def test_odd_bytes_are_no_fault_of_the_box(shop: ShopState) -> None:
    mia = shop.guest().log_in()
    inside = ROOT / "web" / "static"
    files = {file.read_bytes().decode("utf-8", "replace") for file in inside.iterdir()}
    with shop.under_attack():
        for request in odd_requests(mia.cookie):
            answer = raw(shop.port, request)
            assert answer is None or answer.code not in (500, 502, 503), request[:200]
            if answer and answer.code == 200 and b" /static/" in request:
                assert not answer.text or answer.text in files, request[:200]
            for secret in ("[shop]", "root:", "from flask", "Traceback", "werkzeug"):
                assert not answer or secret not in answer.text or answer.text in files, request[:200]
        assert mia.is_in()


def test_a_second_request_in_the_first_is_judged_by_itself(shop: ShopState) -> None:
    """What is hidden behind a request gets through no guard that it would not get through alone."""
    mia = shop.guest().log_in()
    form = urlencode({**EVERYTHING, "csrf_token": mia.token()}).encode()
    hidden = head(
        "POST /status/now HTTP/1.1",
        "Host: evil.example",
        f"Cookie: {mia.cookie}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(form)}",
    )
    last = head("GET /healthz HTTP/1.1", OWN, "Connection: close")
    with shop.under_attack(), socket.create_connection(("127.0.0.1", shop.port), DEADLINE) as connection:
        connection.sendall(head("GET /healthz HTTP/1.1", OWN) * 20 + hidden + form + last)
        with connection.makefile("rb") as answers:
            codes = re.findall(rb"HTTP/1.1 (\d+) ", answers.read())
        assert codes == [b"200"] * 20 + [b"400", b"200"]
        assert shop.box.service.loop.status.paused is None


def test_a_line_that_is_not_there_cannot_be_tried_again(shop: ShopState) -> None:
    mia = shop.guest().log_in()
    with shop.under_attack():
        for line in ("", "\0", "nonsense", "MAIN"):
            assert mia.post("/status/again", csrf_token=mia.token(), line=line).code == 404


def test_all_that_came_is_still_answered(shop: ShopState) -> None:
    """After everything: as many texts as calls, and no thread of the page was lost."""
    assert len(shop.box.simulator.sent) == shop.called
    assert sum(thread.name.startswith("waitress-") for thread in threading.enumerate()) == 4
