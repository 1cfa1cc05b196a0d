"""What is brought to the API that should not be: no key, others' keys, cookies, bodies and addresses that are none. All of it
is answered in JSON, never with a page, a redirect or a cookie."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bridge.contract.api_requests import RevokeKey
from bridge.records.tables import ApiKey
from tests.support.box import DEADLINE, until
from tests.support.programs import Program, a_key, a_program, basic
from tests.support.web_bridge import NAME, PASSWORD, Office, an_office
from web import create_app
from web.limits import API


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with an_office(tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture
def stranger(office: Office) -> Program:
    return Program(create_app(office.bridge).test_client())


@pytest.fixture(scope="module")
def program(office: Office) -> Program:
    return a_program(office.bridge, name="hostile")


def is_told(answer: object, status: int) -> str:
    """The sentence of an error, which is JSON and sets nothing."""
    response: object = answer
    assert response.status_code == status, (response.status_code, response.text)  # type: ignore[attr-defined]
    assert response.content_type == "application/json"  # type: ignore[attr-defined]
    assert "Set-Cookie" not in response.headers  # type: ignore[attr-defined]
    assert "Location" not in response.headers  # type: ignore[attr-defined]
    body = json.loads(response.text)  # type: ignore[attr-defined]
    assert list(body) == ["message"]
    return str(body["message"])


def test_without_a_key_there_is_a_challenge(stranger: Program) -> None:
    answer = stranger.get("/messages")
    assert "key" in is_told(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Access to SMS Gateway"'


@pytest.mark.parametrize(
    "headers",
    [
        basic("tb_wrong"),
        basic(PASSWORD, NAME),
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic /w=="},
        {"Authorization": "Digest username=mia"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJqdGkiOiIxIn0."},
        {"x-api-key": "x" * 5000},
    ],
    ids=str,
)
def test_what_is_no_key_lets_nobody_in(stranger: Program, headers: dict[str, str]) -> None:
    is_told(Program(stranger.client, headers).get("/messages"), 401)


def test_who_tries_many_keys_waits_and_keeps_nobody_out(office: Office) -> None:
    client = create_app(office.bridge).test_client()
    guesser = Program(client, basic("tb_wrong"))
    told = [guesser.get("/messages").status_code for _ in range(6)]
    assert told == [401] * 5 + [429]
    answer = guesser.get("/messages")
    assert is_told(answer, 429) == "Too many wrong keys. Wait a minute, then try again."
    assert answer.headers["Retry-After"] == "60"
    assert Program(client, basic(a_key(office.bridge, "patient"))).get("/messages").status_code == 200


def test_a_key_that_was_revoked_is_none(office: Office) -> None:
    program = a_program(office.bridge, name="short-lived")
    assert program.get("/messages").status_code == 200
    office.bridge.request(RevokeKey("short-lived"), DEADLINE, by="mia")
    is_told(program.get("/messages"), 401)


def test_that_a_key_was_used_is_noted(office: Office) -> None:
    a_program(office.bridge, name="used").get("/messages")

    def used() -> object:
        with Session(office.bridge.engine) as session:
            return session.exec(select(ApiKey.used).where(ApiKey.name == "used")).one()

    until(used, "the note")


def test_a_cookie_of_the_page_is_no_key(office: Office) -> None:
    client = create_app(office.bridge).test_client()
    page = client.get("/login", headers={"Host": "localhost"}, follow_redirects=True)
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"name": NAME, "password": PASSWORD, "csrf_token": token}
    assert client.post("/login", data=form, headers={"Host": "localhost"}).status_code == 303
    assert client.get("/", headers={"Host": "localhost"}).status_code == 200
    is_told(Program(client).get("/messages"), 401)
    is_told(Program(client).post("/messages", {"phoneNumbers": ["+447400123456"], "message": "Hi"}), 401)


def test_a_key_opens_no_page(office: Office, program: Program) -> None:
    client = create_app(office.bridge).test_client()
    client.get("/login", headers={"Host": "localhost"}, follow_redirects=True)
    for path in ("/", "/contacts", "/settings", "/status"):
        answer = client.get(path, headers={"Host": "localhost", **program.headers})
        assert (answer.status_code, "/login" in answer.headers.get("Location", "")) == (303, True), path


@pytest.mark.parametrize(
    "path", ["/nothing", "/messages/a/b", "/messages/%00", "/", "/..%2f..", "/messages/" + "x" * 3000]
)
def test_an_address_that_is_none_is_told_so_in_json(program: Program, path: str) -> None:
    answer = program.get(path)
    if path != "/":
        is_told(answer, 404)


def test_a_method_that_is_none_is_told_so_in_json(program: Program) -> None:
    answer = program.ask("PATCH", "/messages")
    is_told(answer, 405)
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[]", "application/json"),
        (b'"text"', "application/json"),
        (b"[" * 20000, "application/json"),
        (b"phoneNumbers=1", "application/x-www-form-urlencoded"),
        (b"<xml/>", "text/xml"),
        (b'{"phoneNumbers": "+447400123456", "message": "Hi"}', "application/json"),
        (b'{"phoneNumbers": [1], "message": "Hi"}', "application/json"),
        (b'{"phoneNumbers": [null], "message": {"a": 1}}', "application/json"),
        (b'{"phoneNumbers": ["1"], "message": "Hi", "priority": 1e999}', "application/json"),
        (b'{"phoneNumbers": ["1"], "message": "Hi", "scheduleAt": "0000-00-00"}', "application/json"),
        (b'{"phoneNumbers": ["1"], "message": "Hi", "id": "../../x"}', "application/json"),
        (b'{"phoneNumbers": ["1"], "message": "Hi", "id": "a\\u0000"}', "application/json"),
        (b'{"phoneNumbers": ["1"], "message": "Hi", "ttl": -1}', "application/json"),
    ],
)
def test_a_body_that_is_none_is_refused(program: Program, body: bytes, kind: str) -> None:
    is_told(program.ask("POST", "/messages", data=body, content_type=kind), 400)


def test_nul_and_half_an_emoji_are_no_trouble(program: Program) -> None:
    body = b'{"phoneNumbers": ["+447400123458\\u0000"], "message": "Hi\\u0000 \\ud83e"}'
    assert program.ask("POST", "/messages", data=body, content_type="application/json").status_code in (
        202,
        400,
    )


def test_a_body_that_is_too_large_is_refused(program: Program) -> None:
    body = json.dumps({"phoneNumbers": ["1"], "message": "x" * API})
    assert is_told(program.ask("POST", "/messages", data=body), 413) == (
        "This is too much at once: the box takes up to 1 MB."
    )


def test_another_name_of_the_box_and_another_network_are_refused_in_json(program: Program) -> None:
    is_told(program.get("/messages", headers={"Host": "evil.example"}), 400)
    is_told(program.get("/messages", environ_overrides={"REMOTE_ADDR": "8.8.8.8"}), 403)


def test_a_database_that_is_away_is_told_so_in_json(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        program = a_program(office.bridge)
        assert program.get("/messages").status_code == 200
        office.bridge.engine.dispose()
        for file in tmp_path.glob("*.db*"):
            file.rename(file.with_suffix(file.suffix + ".gone"))
        answer = program.get("/messages")
        for file in tmp_path.glob("*.gone"):
            file.rename(file.with_suffix(""))
    is_told(answer, 503)
    assert answer.headers["Retry-After"] == "5"


def test_no_key_stands_in_a_log(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    program = a_program(office.bridge, name="loud")
    secret = program.headers["Authorization"].split()[1]
    for path in ("/messages", "/nothing", "/messages/a"):
        program.get(path)
    program.post("/messages", {"phoneNumbers": ["1"]})
    Program(program.client, basic("tb_wrong-secret")).get("/messages")
    assert secret not in caplog.text
    assert "tb_" not in caplog.text
