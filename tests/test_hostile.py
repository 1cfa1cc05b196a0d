"""A hostile web session against a whole running box: whatever it sends, calls are texted once, the loop is alive, and no row is
changed by who may not change it."""

import http.client
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlmodel import Session

from bridge.models import metadata
from modem.simulator import Simulator
from tests.box import Box, a_box, until
from web import create_app
from web.auth import OWNERS_ONLY
from web.limiter import ALL, EACH
from web.users import add_user, set_password

NAME, PASSWORD = "mia", "flour & water"
LIMITS = "[limits]\nper_minute = 1000\nstrangers_per_10_minutes = 1000\n"


class Target:
    """The box, and how it is after an attack."""

    def __init__(self, box: Box) -> None:
        self.box = box
        parts = urlsplit(box.service.url)
        self.host, self.port = parts.hostname or "", parts.port or 0
        self.caller = 125099

    def is_unharmed(self) -> None:
        """Somebody calls and is texted once, and the loop says that it is well."""
        self.caller += 1
        number = f"+447400{self.caller}"
        self.box.simulator.call(number, rings=1)
        until(
            lambda: any(
                c.address == number and c.textback in ("sent", "delivered") for c in self.box.calls()
            ),
            "the text",
        )
        assert [sent.number for sent in self.box.simulator.sent].count(number) == 1
        status, body = self.ask("GET", "/healthz")
        assert (status, '"status":"ok"' in body.replace(" ", "").replace("\n", "")) == (200, True)

    def connect(self) -> socket.socket:
        return socket.create_connection((self.host, self.port), timeout=30)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        with closing(http.client.HTTPConnection(self.host, self.port, timeout=30)) as connection:
            connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def raw(self, data: bytes) -> bytes:
        """What the box answers to these octets, until it closes the connection."""
        with self.connect() as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while got := connection.recv(65536):
                answer += got
            return answer

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        with Session(self.box.service.desk.engine) as session:
            return {
                table.name: [tuple(row) for row in session.execute(text(f'SELECT * FROM "{table.name}"'))]
                for table in metadata.sorted_tables
            }

    def page(self) -> FlaskClient:
        """Somebody's browser, without the network between."""
        return create_app(self.box.service.desk).test_client()


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("hostile")
    with Simulator(speed=20) as simulator, a_box(folder, simulator, extra=LIMITS) as box:
        with Session(box.service.desk.engine) as session, session.begin():
            add_user(session, NAME, PASSWORD)
            add_user(session, "ben", PASSWORD, "staff")
        target = Target(box)
        target.ask("GET", "/login")  # the first one makes the key of the cookies
        target.is_unharmed()
        yield target


@pytest.fixture(autouse=True)
def unharmed(target: Target, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    target.is_unharmed()
    assert [record for record in caplog.records if record.exc_info] == []  # no traceback


def token(client: FlaskClient, path: str = "/login") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path, follow_redirects=True).text)
    assert found
    return found[1]


def log_in(client: FlaskClient, name: str = NAME, password: str = PASSWORD) -> int:
    form = {"csrf_token": token(client), "name": name, "password": password}
    return client.post("/login", data=form).status_code


# ---- forged hosts

HOSTS = [
    "evil.example",
    "8.8.8.8",
    "127.0.0.1.evil.example",
    "localhost.evil",
    "x" * 5000,
    "evil@localhost",
    "[::2]",
]


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host[:20])
def test_a_forged_host_is_told_nothing(target: Target, host: str) -> None:
    status, body = target.ask("GET", "/login", Host=host)
    assert status == 400
    assert "Corner Bakery" not in body
    assert "07400" not in body
    forwarded = {
        "X_Forwarded_Host": host,
        "X_Forwarded_For": "8.8.8.8",
        "Forwarded": f"for=8.8.8.8;host={host}",
    }
    status, body = target.ask("GET", "/login", **forwarded)
    assert (status, host in body) == (200, False)  # who is no proxy of ours is not believed


# ---- forged forms


def places(client: FlaskClient, method: str) -> list[tuple[str, str]]:
    """Every address of the page that takes this method, with its endpoint."""
    values = {
        "address": "+447400125100",
        "form": "csv",
        "section": "shop",
        "name": "ben",
    }
    adapter = client.application.url_map.bind("localhost")
    return [
        (adapter.build(rule.endpoint, {key: values[key] for key in rule.arguments}), rule.endpoint)
        for rule in client.application.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.endpoint != "static"
    ]


def test_no_form_is_taken_from_elsewhere(target: Target) -> None:
    """Every POST of the page, logged in: without a token, with a wrong one, with that of somebody else."""
    client, other = target.page(), target.page()
    assert log_in(client) == log_in(other, "ben") == 303
    before = target.rows()
    found = places(client, "POST")
    assert len(found) > 20
    for path, endpoint in found:
        for wrong in (None, "x", token(other, "/team")):
            form = {
                "csrf_token": wrong,
                "do": "remove",
                "body": "Hi",
                "kind": "block",
                "name": "Evil",
                "sure": "yes",
            }
            answer = client.post(path, data={key: value for key, value in form.items() if value})
            assert answer.status_code == 400, endpoint
    assert target.rows() == before


def test_looking_changes_nothing(target: Target) -> None:
    client = target.page()
    assert log_in(client) == 303
    paths = [path for path, endpoint in places(client, "GET")]
    for path in paths:
        client.get(path)
    before = target.rows()
    for path in paths:
        assert client.get(path).status_code < 400, path
        assert client.head(path).status_code < 400, path
    assert target.rows() == before


def test_staff_change_no_settings_and_no_users(target: Target) -> None:
    client = target.page()
    assert log_in(client, "ben") == 303
    settings = target.box.service.loop.settings.path.read_bytes()
    before = target.rows()
    owners = [
        path for path, endpoint in places(client, "POST") if endpoint in OWNERS_ONLY | {"settings.change"}
    ]
    assert len(owners) == len(OWNERS_ONLY) + 1
    for path in owners:
        for do in ("save", "remove", "role", "password", "out"):
            form = {
                "csrf_token": token(client, "/team"),
                "do": do,
                "role": "owner",
                "name": "eve",
                "password": PASSWORD,
            }
            assert client.post(path, data=form).status_code in (403, 409, 422), path
    assert target.rows() == before
    assert target.box.service.loop.settings.path.read_bytes() == settings


# ---- sessions


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("textback")
    assert found
    return found.value


def is_in(target: Target, value: str) -> bool:
    client = target.page()
    client.set_cookie("textback", value)
    return "/login" not in client.get("/contacts", follow_redirects=True).request.path


def test_a_session_from_before_the_log_in_is_worth_nothing(target: Target) -> None:
    client = target.page()
    token(client)
    planted = cookie(client)
    assert log_in(client) == 303
    assert cookie(client) != planted
    assert is_in(target, cookie(client))
    assert not is_in(target, planted)


def test_forged_and_old_cookies_are_worth_nothing(target: Target) -> None:
    client = target.page()
    assert log_in(client, "ben") == 303
    good = cookie(client)
    assert is_in(target, good)
    other = target.page().application
    other.secret_key = "guessed"
    signer = SecureCookieSessionInterface().get_signing_serializer(other)
    assert signer
    forged = signer.dumps({"user": 1, "mark": "0" * 16, "_permanent": True})
    for value in (good[:-2], good + "x", forged, "x", "." * 4000, "eyJ1c2VyIjoxfQ.x.y"):
        assert not is_in(target, value)
    with Session(target.box.service.desk.engine) as session, session.begin():
        set_password(session, "ben", PASSWORD)
    assert not is_in(target, good)


# ---- guessing


def test_ten_thousand_log_ins(target: Target) -> None:
    """A handful is looked at, the others are sent away, and a call meanwhile is texted."""
    client = target.page()
    form_token = token(client)
    body = f"csrf_token={form_token}&name={NAME}&password=wrong".encode()
    headers = {"Cookie": f"textback={cookie(client)}", "Content-Type": "application/x-www-form-urlencoded"}
    counts: dict[int, int] = {}
    lock = threading.Lock()

    def guess() -> None:
        mine: dict[int, int] = {}
        with closing(http.client.HTTPConnection(target.host, target.port, timeout=60)) as connection:
            for _ in range(2500):
                connection.request("POST", "/login", body, headers)
                answer = connection.getresponse()
                answer.read()
                mine[answer.status] = mine.get(answer.status, 0) + 1
        with lock:
            for status, count in mine.items():
                counts[status] = counts.get(status, 0) + count

    guessers = [threading.Thread(target=guess) for _ in range(4)]
    for guesser in guessers:
        guesser.start()
    target.is_unharmed()
    for guesser in guessers:
        guesser.join()
    assert sum(counts.values()) == 10_000
    assert set(counts) == {401, 429}
    # One address may try so often a minute; the guesses may have taken more than one.
    assert EACH <= counts[401] <= ALL


# ---- bodies


def test_large_bodies_are_refused(target: Target) -> None:
    large = b"x" * 10_000_000
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    before = memory()
    for _ in range(5):
        try:
            status, _body = target.ask("POST", "/login", b"name=" + large, **form)
        except (ConnectionError, http.client.HTTPException):
            continue  # it hung up while we were still talking
        assert status == 413
    for data in (
        b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000000\r\n\r\nx",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\nx",
    ):
        try:
            answer = target.raw(data)
        except ConnectionError:
            continue
        assert b" 200 " not in answer[:20]
    many = b"&".join(b"k%d=v" % n for n in range(8000))
    assert target.ask("POST", "/login", many, **form)[0] in (400, 413)
    assert memory() - before < 30_000_000


def memory() -> int:
    """Octets in memory of this process, which is the box too."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) * 1024


def test_slow_bodies_keep_nobody_waiting(target: Target) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(target.connect()) for _ in range(60)]
        for place, connection in enumerate(slow):
            head = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
            connection.sendall(head + (b"\r\nname=" if place % 2 else b"X: "))
        target.is_unharmed()
        for connection in slow:
            connection.sendall(b"x")
        assert target.ask("GET", "/login")[0] == 200
        assert all(is_open(connection) for connection in slow)  # they were still there when we were answered


def is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True


ODD = [
    b"GET /static/../../config.ini HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /static/%2e%2e/%2e%2e/config.ini HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /conversations/%00%ff%c0%ae HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /login?next=%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"PUT /settings HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    b"GET\r\n\r\n",
    b"\r\n" * 1000,
    b"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: textback=\xff\xfe\x00\r\n\r\n",
]


@pytest.mark.parametrize("data", ODD, ids=range(len(ODD)))
def test_odd_octets_are_answered_plainly_or_not_at_all(target: Target, data: bytes) -> None:
    try:
        answer = target.raw(data)
    except ConnectionError:
        return
    assert b" 500 " not in answer[:20]
    assert b"Traceback" not in answer
    assert b"port = " not in answer  # config.ini
    assert b"Set-Cookie: a=b" not in answer
