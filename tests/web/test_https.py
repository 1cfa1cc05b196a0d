"""The page over HTTPS, over real sockets on the real server: who is hindered by whom, what is too much, what a renewal does to
who is connected; and what the pages say of it."""

import gc
import hashlib
import http.client
import logging
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
from cryptography import x509
from flask.testing import FlaskClient
from sqlmodel import Session
from werkzeug.test import TestResponse

from bridge.records import users
from tests.support.box import DEADLINE, until
from tests.support.people import add_user
from tests.support.secure_page import SecurePage, a_secure_page
from tests.support.web_bridge import NAME, PASSWORD
from tests.web.test_connections import MIB, TOO_LARGE, answer, head
from tests.web.test_shop import audit_entries
from web import connections, create_app
from web.server import THREADS
from web.tls import RECORD, SecureChannel


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecurePage]:
    with a_secure_page(tmp_path_factory.mktemp("page")) as page:
        yield page


@pytest.fixture
def calm(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing of what a test does is an error to the log."""
    yield
    records = [*caplog.get_records("call"), *caplog.get_records("setup")]
    assert [r for r in records if r.exc_info or r.levelno >= logging.ERROR] == []


HTTP, HTTPS = "http://localhost", "https://localhost"


def visitor(page: SecurePage) -> FlaskClient:
    client = create_app(page.office.bridge).test_client()
    client.get("/login")  # finds the key of the cookies
    return client


@pytest.fixture
def client(page: SecurePage) -> FlaskClient:
    return visitor(page)


def token_in(text: str) -> str:
    return str(re.findall(r'name="csrf_token" value="([^"]+)"', text)[0])


def log_in(client: FlaskClient, base: str, name: str = NAME) -> TestResponse:
    form = {"name": name, "password": PASSWORD}
    form["csrf_token"] = token_in(client.get("/login", base_url=base).text)
    return client.post("/login", base_url=base, data=form)


# ---- who may be believed


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "textback.local", "textback"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_who_trusts_the_authority_is_served(page: SecurePage, name: str, version: ssl.TLSVersion) -> None:
    context = page.trust()
    context.minimum_version = context.maximum_version = version
    with context.wrap_socket(page.reached_from("127.0.0.1"), server_hostname=name) as connection:
        connection.sendall(head("GET /healthz HTTP/1.1"))
        assert answer(connection)[0] == 200
        assert connection.version() == version.name.replace("TLSv1_", "TLSv1.")


@pytest.mark.parametrize("name", ["example.com", "10.0.0.99", "other.local"])
def test_under_another_name_it_is_refused(page: SecurePage, name: str, calm: None) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        page.connected(name=name)
    assert page.get("/healthz") == 200


def test_who_does_not_trust_the_authority_refuses(page: SecurePage, calm: None) -> None:
    with (
        page.reached_from("127.0.0.1") as connection,
        pytest.raises(ssl.SSLCertVerificationError, match="local issuer"),
    ):
        ssl.create_default_context().wrap_socket(connection, server_hostname="localhost")
    assert page.get("/healthz") == 200


# ---- who keeps it waiting

HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
ODD = {
    "no byte": b"",
    "half a hello": HELLO,
    "a hello without sense": HELLO + b"\xff" * 600,
    "an endless record": b"\x16\x03\x01\x40\x00" + b"\x01\x00\x3f\xfc" + b"\x00" * 4000,
    "plain HTTP": head("GET /login HTTP/1.1"),
    "half of plain HTTP": b"GET /login HTT",
    "a form without encryption": head("POST /login HTTP/1.1", "Content-Length: 100000") + b"x" * 100_000,
    "noise": bytes(range(256)) * 10,
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("count", [30, 300])
def test_odd_guests_hinder_nobody(page: SecurePage, kind: str, count: int, calm: None) -> None:
    with ExitStack() as held:
        for n in range(count):
            connection = held.enter_context(page.reached_from(f"127.0.2.{n % 7}" if n % 2 else "127.0.0.1"))
            with suppress(OSError):  # it was closed already, for there are too many
                connection.sendall(ODD[kind])
        for address in ("127.0.0.1", "127.0.2.1", "127.0.3.3"):
            assert page.get("/healthz", address) == 200
            assert page.get_plainly("/login", address) == 200


@pytest.mark.parametrize("kind", ["no byte", "half a hello"])
def test_who_is_silent_in_the_handshake_is_hung_up_on(
    page: SecurePage, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD", 0.5)
    with page.reached_from("127.0.5.1") as connection:
        connection.sendall(ODD[kind])
        assert connection.recv(1) == b""


def test_who_is_silent_after_the_handshake_is_hung_up_on(
    page: SecurePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD", 0.5)
    with page.connected("127.0.5.2") as connection, suppress(ssl.SSLEOFError):
        assert connection.recv(1) == b""


def test_who_has_forgotten_the_s_is_told_so(page: SecurePage, calm: None) -> None:
    with page.reached_from("127.0.5.3") as connection:
        connection.sendall(ODD["plain HTTP"])
        code, text, _ = answer(connection)
    assert (code, "https://" in text) == (400, True)


def test_one_address_holds_no_more_than_its_share_at_both_ports(page: SecurePage) -> None:
    with ExitStack() as held:
        first = held.enter_context(
            page.trust().wrap_socket(page.reached_from("127.0.4.1"), server_hostname="localhost")
        )
        plain = [
            held.enter_context(
                socket.create_connection(("127.0.0.1", page.server.port), DEADLINE, ("127.0.4.1", 0))
            )
            for _ in range(connections.EACH // 2)
        ]
        last = [held.enter_context(page.reached_from("127.0.4.1")) for _ in range(connections.EACH // 2)]
        assert first.recv(1) == b""  # the longest waiting one had to give
        plain[-1].sendall(head("GET /healthz HTTP/1.1"))
        assert answer(plain[-1])[0] == 200
        with page.trust().wrap_socket(last[-1], server_hostname="localhost") as connection:
            connection.sendall(head("GET /healthz HTTP/1.1"))
            assert answer(connection)[0] == 200


def test_a_hundred_guests_leave_nothing_behind(page: SecurePage, calm: None) -> None:
    def nothing_is_held() -> bool:
        """But for the last guest of each thread, of whom waitress thinks until the next one comes."""
        gc.collect()
        kept = [one for one in gc.get_objects() if isinstance(one, ssl.SSLSocket | SecureChannel)]
        return len(kept) <= THREADS

    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    assert page.get("/healthz") == 200
    until(nothing_is_held, "the closing")
    before = open_files()
    for n in range(100):
        match n % 4:
            case 0:
                page.get("/healthz")
            case 1:
                page.connected().close()
            case 2:
                with pytest.raises(ssl.SSLError):
                    page.connected(name="example.com")
            case _:
                with page.reached_from("127.0.0.1") as connection:
                    connection.sendall(ODD["noise"])
    until(lambda: nothing_is_held() and open_files() == before, "the closing")


# ---- how much


@pytest.mark.parametrize("kind", TOO_LARGE)
def test_what_is_too_large_is_told_so(page: SecurePage, kind: str, calm: None) -> None:
    with page.connected("127.0.6.1") as connection:
        connection.sendall(TOO_LARGE[kind])
        code, text, _ = answer(connection)
    assert code == 413
    if kind != "more than is read away":
        assert ("32 MB" if "file" in kind else "64 kB") in text
    assert page.get("/healthz", "127.0.6.1") == 200


@pytest.mark.parametrize("size", [1, 4096, RECORD - 1, RECORD, RECORD + 1, 60_000])
def test_a_form_is_read_to_its_end_however_it_is_cut(page: SecurePage, size: int) -> None:
    """What is decrypted and not read yet is not forgotten when nothing more comes."""
    form = head(
        "POST /login HTTP/1.1", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 60000"
    )
    with page.connected("127.0.6.4") as connection:
        connection.sendall(form[:-1])
        connection.sendall(form[-1:] + b"x" * (60_000 - size))
        connection.sendall(b"x" * size)
        assert answer(connection)[0] in (303, 400)


def test_a_hundred_requests_in_one_go_are_answered_in_turn(page: SecurePage) -> None:
    with page.connected("127.0.7.2") as connection:
        connection.sendall(head("GET /healthz HTTP/1.1") * 99 + head("GET /x HTTP/1.1", "Connection: close"))
        answers = b""
        while data := connection.recv(RECORD):  # an end without the word that says so is an SSLEOFError
            answers += data
    assert answers.count(b"HTTP/1.1 200 OK") == 99


def test_a_slow_reader_gets_all_of_a_large_answer(page: SecurePage) -> None:
    """Also where the box has to wait before it can write on."""
    asked = 400
    many = head("GET /static/textback.css HTTP/1.1") * asked + head("GET /x HTTP/1.1", "Connection: close")

    def is_stuck() -> bool:
        """All is said, and not all of it could be sent."""
        channels = [one for one in list(page.server._map.values()) if isinstance(one, SecureChannel)]
        return any(one.total_outbufs_len > MIB and not one.requests for one in channels)

    with page.connected("127.0.7.3") as connection:
        connection.sendall(many)
        until(is_stuck, "the waiting")
        answers = b"".join(iter(lambda: connection.recv(MIB), b""))
    assert answers.count(b"HTTP/1.1 200 OK") == asked


# ---- renewed, switched on and off


def serial(connection: ssl.SSLSocket) -> int:
    der = connection.getpeercert(binary_form=True)
    assert der
    return x509.load_der_x509_certificate(der).serial_number


def test_a_renewal_drops_nobody(tmp_path: Path) -> None:
    with a_secure_page(tmp_path, host="0.0.0.0") as page, page.connected() as open_one:
        before = serial(open_one)
        # Somebody comes to an address that the certificate does not hold for yet.
        with page.connected("127.0.0.9", "127.0.0.9", "127.0.0.9") as newer:
            assert serial(newer) != before
            for connection in (open_one, newer, open_one):
                connection.sendall(head("GET /healthz HTTP/1.1"))
                assert answer(connection)[0] == 200
        with page.connected() as another:
            assert serial(another) != before


def switch(page: SecurePage, client: FlaskClient, https: str) -> int:
    """An owner who is logged in presses the button on the page without HTTPS; with which code they are answered."""
    cookie = client.get_cookie("textback")
    assert cookie
    headers = {"Cookie": f"textback={cookie.value}"}
    with closing(http.client.HTTPConnection("127.0.0.1", page.server.port, DEADLINE)) as connection:
        connection.request("GET", "/https", headers=headers)
        asked = connection.getresponse()
        form = f"csrf_token={token_in(asked.read().decode())}&https={https}"
        headers["Cookie"] = asked.headers["Set-Cookie"].partition(";")[0]
        connection.request(
            "POST", "/https", form, {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        )
        return connection.getresponse().status


def test_an_owner_switches_it_on_and_off(tmp_path: Path) -> None:
    with a_secure_page(tmp_path, "off") as page:
        assert page.server.secure_port is None
        assert not (tmp_path / "https").exists()
        owner = visitor(page)
        log_in(owner, HTTP)
        assert switch(page, owner, "own") == 303
        until(lambda: page.server.secure_port, "the opening")
        port = page.port
        with page.connected() as still:
            assert switch(page, owner, "off") == 303
            until(lambda: page.server.secure_port is None, "the closing")
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), DEADLINE)
            still.sendall(head("GET /healthz HTTP/1.1"))
            assert answer(still)[0] == 200
        assert switch(page, owner, "own") == 303
        until(lambda: page.server.secure_port, "the opening again")
        assert page.get("/healthz") == 200
        assert switch(page, owner, "perhaps") == 422
        assert audit_entries(page.office)[0] == f"{NAME} changed the settings “Encryption” (https)"


def test_a_port_that_is_taken_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with a_secure_page(tmp_path, port=port) as page:
            assert (page.server.secure_port, page.server.why_not) == (None, "Address already in use")
            assert "cannot be served over HTTPS" in caplog.text
            assert page.get_plainly("/healthz") == 200
            text = visitor(page).get("/https").text
            assert "cannot serve it: Address already in use" in text


# ---- what the pages say


def is_in(client: FlaskClient, base: str) -> bool:
    return client.get("/contacts", base_url=base).status_code == 200


def test_over_https_a_login_is_kept_for_https_alone(client: FlaskClient) -> None:
    answer = log_in(client, HTTPS)
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-textback", "__Host-textback_device"}
    assert all("; Secure" in cookie and "; HttpOnly" in cookie for cookie in cookies)
    assert (is_in(client, HTTPS), is_in(client, HTTP)) == (True, False)


def test_login_works_on_both_beside_each_other(client: FlaskClient) -> None:
    log_in(client, HTTPS)
    answer = log_in(client, HTTP)
    assert all("Secure" not in cookie for cookie in answer.headers.getlist("Set-Cookie"))
    assert (is_in(client, HTTPS), is_in(client, HTTP)) == (True, True)


def test_a_cookie_from_the_page_without_https_is_worth_nothing_over_https(client: FlaskClient) -> None:
    log_in(client, HTTP)
    assert (is_in(client, HTTP), is_in(client, HTTPS)) == (True, False)


def test_who_goes_over_to_https_ends_the_login_without(client: FlaskClient) -> None:
    log_in(client, HTTP)
    kept = client.get_cookie("textback")
    assert kept
    log_in(client, HTTPS)
    assert client.get_cookie("textback") is None
    client.set_cookie("textback", kept.value)  # somebody on the network has seen it
    assert (is_in(client, HTTPS), is_in(client, HTTP)) == (True, False)


@pytest.mark.parametrize("base", [HTTP, HTTPS])
def test_a_new_phone_gets_the_certificate_without_login(
    client: FlaskClient, page: SecurePage, base: str
) -> None:
    shown = client.get("/https", base_url=base)
    assert shown.status_code == 200
    assert page.certificates.authority
    digest = hashlib.sha256(page.certificates.authority).hexdigest().upper()
    assert " ".join(re.findall("..", digest)) in shown.text
    for device in ("iPhone", "Android", "Windows", "Mac"):
        steps = shown.text.partition(device)[2].partition("</ol>")[0]
        assert steps.count("<li>") == 4
    assert f"https://localhost:{page.port}" in shown.text
    file = client.get("/https/textback-ca.crt", base_url=base)
    assert file.data == page.certificates.authority
    assert file.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert "textback-ca.crt" in file.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("base", "path", "tries"),
    [
        (HTTP, "/login", True),
        (HTTP, "/https", True),
        ("http://192.168.1.7:8080", "/login", True),
        ("http://[::1]:8080", "/login", False),
        ("http://evil.example", "/login", False),
        (HTTPS, "/login", False),
    ],
)
def test_only_pages_without_https_try_whether_it_is_trusted(
    client: FlaskClient, page: SecurePage, base: str, path: str, tries: bool
) -> None:
    answer = client.get(path, base_url=base)
    host = base.partition("//")[2].partition(":")[0]
    there = f"https://{host}:{page.port}"
    assert (f'data-origin="{there}"' in answer.text) == tries
    policy = answer.headers["Content-Security-Policy"]
    assert (f"connect-src 'self' {there};" if tries else "connect-src 'self';") in policy
    assert "Strict-Transport-Security" not in answer.headers


def test_an_answer_to_a_form_is_not_left(client: FlaskClient) -> None:
    form = {"csrf_token": token_in(client.get("/login").text), "name": NAME, "password": "no"}
    wrong = client.post("/login", data=form)
    assert wrong.status_code == 401
    assert "data-origin" not in wrong.text


def test_other_pages_may_ask_for_one_address_alone(client: FlaskClient) -> None:
    trusted = client.get("/https/trusted", base_url=HTTPS)
    assert (trusted.status_code, trusted.headers["Access-Control-Allow-Origin"]) == (204, "*")
    for path in ("/login", "/https", "/healthz", "/https/textback-ca.crt", "/static/https.js"):
        with client.get(path, base_url=HTTPS) as answer:
            assert "Access-Control-Allow-Origin" not in answer.headers


def test_links_for_new_phones_need_no_certificate(client: FlaskClient, page: SecurePage) -> None:
    assert log_in(client, f"https://192.168.1.7:{page.port}").status_code == 303
    shown = client.get("/welcome", base_url=f"https://192.168.1.7:{page.port}").text
    assert f"http://192.168.1.7:{page.server.port}/" in shown
    assert (
        f"http://192.168.1.7:{page.server.port}/https"
        in client.get("/https", base_url=f"https://192.168.1.7:{page.port}").text
    )


def test_staff_see_how_and_owners_whether(page: SecurePage, client: FlaskClient) -> None:
    with Session(page.office.engine) as session, session.begin():
        add_user(session, "noa", PASSWORD, users.STAFF)
    log_in(client, HTTP, "noa")
    assert "Turn HTTPS off" not in client.get("/https").text
    form = {"csrf_token": token_in(client.get("/https").text), "https": "off"}
    assert client.post("/https", data=form).status_code == 403
    owner = visitor(page)
    log_in(owner, HTTP)
    assert "Turn HTTPS off" in owner.get("/https").text
    assert "The encrypted page" in owner.get("/settings").text


def test_while_it_is_off_there_is_nothing_to_trust(tmp_path: Path) -> None:
    with a_secure_page(tmp_path, "off") as page:
        client = visitor(page)
        shown = client.get("/https").text
        assert "It is off." in shown
        assert "Download" not in shown
        assert "data-origin" not in shown
        assert client.get("/https/textback-ca.crt").location == "/https"
