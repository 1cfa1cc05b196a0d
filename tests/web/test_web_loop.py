"""The page with the real loop behind it: what is asked for is in the database when the next page is made."""

import http.client
import logging
import re
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from bridge.contract.bridge import Bridge
from bridge.contract.status import LineState, LineStatus, Status
from bridge.records import consents, views
from bridge.records.tables import Contact
from bridge.rules.states import ConsentKind
from tests.support.box import DEADLINE, until
from tests.support.people import set_password
from tests.support.web_bridge import ANN, BOB, CEM, DAN, HOSTILE, NAME, PASSWORD, Office, an_office
from web import create_app
from web.access.guesses import ADDRESS, ALL, EACH, Limiter
from web.server import Server


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        yield office


@pytest.fixture
def client(office: Office) -> FlaskClient:
    return enter(office.bridge)


def enter(bridge: Bridge, name: str = NAME) -> FlaskClient:
    """Somebody who is logged in."""
    client = create_app(bridge).test_client()
    form = {"csrf_token": token(client, "/login"), "name": name, "password": PASSWORD}
    assert client.post("/login", data=form).status_code == 303
    return client


def token(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path, follow_redirects=True).text)
    assert found
    return found[1]


def post(client: FlaskClient, path: str, **form: str | list[str]) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": token(client, "/contacts"), **form}, follow_redirects=True)
    return answer.status_code, answer.text


def messages(office: Office, address: str) -> list[views.MessageRow]:
    with Session(office.engine) as session:
        return views.messages(session, address=address)


def test_a_reply_stands_in_the_thread_that_it_leads_to(office: Office, client: FlaskClient) -> None:
    code, page = post(client, f"/conversations/{ANN}", body="They’re on the shelf – see you at 5")
    assert code == 200
    assert "They&#39;re on the shelf - see you at 5" in page
    newest = messages(office, ANN)[0]
    assert (newest.body, newest.kind, newest.author) == (
        "They're on the shelf - see you at 5",
        "manual",
        NAME,
    )
    assert {row.status for row in messages(office, ANN) if row.direction == "in"} == {"read"}


def test_looking_reads_nothing_and_the_button_does(office: Office, client: FlaskClient) -> None:
    client.get(f"/conversations/{ANN}")
    assert [row.status for row in messages(office, ANN) if row.direction == "in"] == ["received", "received"]
    post(client, f"/conversations/{ANN}/read")
    assert [row.status for row in messages(office, ANN) if row.direction == "in"] == ["read", "read"]


def test_stop_asks_for_a_tick(office: Office, client: FlaskClient) -> None:
    before = len(messages(office, BOB))
    code, page = post(client, f"/conversations/{BOB}", body="Your cake is ready")
    assert code == 409
    assert "Your cake is ready</textarea>" in page
    assert len(messages(office, BOB)) == before
    code, page = post(client, f"/conversations/{BOB}", body="Your cake is ready", despite_stop="on")
    assert code == 200
    assert len(messages(office, BOB)) == before + 1


def test_counting_keeps_the_tick(client: FlaskClient) -> None:
    _, page = post(client, f"/conversations/{BOB}", body="Hello", despite_stop="on", do="count")
    assert re.search(r'name="despite_stop"\s+checked', page)


def test_an_empty_or_endless_reply_is_refused_with_a_sentence(client: FlaskClient) -> None:
    assert "An empty text cannot be sent" in post(client, f"/conversations/{ANN}", body="  ")[1]
    code, page = post(client, f"/conversations/{ANN}", body="x" * 1601)
    assert code == 409
    assert "at most 10 can be sent as one" in page


def test_what_people_write_stays_text(client: FlaskClient) -> None:
    for path in ("/", "/contacts", "/conversations", f"/conversations/{CEM}"):
        page = client.get(path).text
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page
        assert "<b>Bold" not in page
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; hungry" in client.get(f"/conversations/{CEM}").text


def test_days_stand_above_their_calls(client: FlaskClient) -> None:
    page = client.get("/").text
    headings = re.findall(r'class="day">([^<]+)<', page)
    assert len(headings) >= 3
    assert len(set(headings)) == len(headings)


def test_a_log_in_may_be_the_first_request_of_a_restarted_box(office: Office) -> None:
    old = create_app(office.bridge).test_client()
    form = {"csrf_token": token(old, "/login"), "name": NAME, "password": PASSWORD}
    cookie = old.get_cookie("textback")
    assert cookie
    new = create_app(office.bridge).test_client()
    new.set_cookie("textback", cookie.value)
    again = new.post("/login", data=form)
    assert again.status_code == 307
    assert new.post(again.location, data=form).status_code == 303


def test_a_locked_database_is_a_plain_page(tmp_path: Path) -> None:
    with an_office(tmp_path, at_work=False) as office:
        client = create_app(office.bridge).test_client()
        client.get("/login", follow_redirects=True)
        office.engine.dispose()
        office.bridge.engine.dispose()
        with closing(sqlite3.connect(tmp_path / "textback.db", isolation_level=None)) as other:
            other.execute("PRAGMA journal_mode=DELETE")
            other.execute("BEGIN EXCLUSIVE")
            page = client.get("/login")
            assert page.status_code == 503
            assert page.headers["Retry-After"]
            assert "Another program is using the database." in page.text
            health = client.get("/healthz")
            assert health.status_code == 200


def test_health_names_no_number(office: Office) -> None:
    health = create_app(office.bridge).test_client().get("/healthz")
    assert ANN[3:] not in health.text


def test_a_dead_loop_is_said(office: Office) -> None:
    still = Status(alive=float("-inf"), lines=(LineStatus("main", LineState.UP),))
    client = enter(replace(office.bridge, status=lambda: still))
    assert "not answering" in client.get("/status").text


def test_who_is_refused_learns_nothing_of_the_shop(office: Office) -> None:
    client = create_app(office.bridge).test_client()
    for answer in (
        client.get("/login", headers={"Host": "evil.example"}),
        client.get("/login", environ_base={"REMOTE_ADDR": "203.0.113.9"}),
    ):
        assert answer.status_code in (400, 403)
        assert "Corner Bakery" not in answer.text
        assert 'role="alert"' not in answer.text


def test_a_fault_of_ours_is_logged_without_the_number(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    breaks = False

    def region() -> str:
        if breaks:
            raise ZeroDivisionError
        return office.bridge.region()

    client = enter(replace(office.bridge, region=region))
    breaks = True
    with caplog.at_level(logging.ERROR):
        page = client.get(f"/conversations/{DAN}")
    assert page.status_code == 500
    assert "Something went wrong in the box." in page.text
    assert "conversations.thread" in caplog.text
    assert DAN not in caplog.text


def test_contacts_say_what_they_asked_for(office: Office, client: FlaskClient) -> None:
    with Session(office.engine) as session, session.begin():
        contact = views.contact_at(session, CEM)
        assert isinstance(contact, Contact)
        contact.blocked = True
    page = client.get("/contacts").text
    for mark in ("wants no texts", "supplier", "blocked"):
        assert mark in page


def test_the_mark_changes_with_what_happens_and_only_then(office: Office, client: FlaskClient) -> None:
    def mark() -> object:
        return (client.get("/news").json or {})["mark"]

    before = mark()
    assert f'data-mark="{before}"' in client.get("/").text
    assert mark() == before
    post(client, f"/conversations/{ANN}/read")
    assert mark() != before
    assert create_app(office.bridge).test_client().get("/news", follow_redirects=True).json is None


def test_a_poll_without_news_touches_no_table(office: Office, client: FlaskClient) -> None:
    before = client.get("/news").json
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if threading.current_thread() is threading.main_thread():  # not the loop's
            asked.append(statement)

    event.listen(office.bridge.engine, "before_cursor_execute", note)
    assert client.get("/news").json == before
    assert asked == []
    client.get("/")
    assert asked


def test_a_new_password_ends_the_polling_too(
    office: Office, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/news").json
    with Session(office.engine) as session, session.begin():
        set_password(session, NAME, "another password")
    monkeypatch.setattr("web.access.login.KNOWN_FOR", 0.0)
    client.application.extensions["known"].clear()  # ten seconds pass
    assert client.get("/news").status_code == 303


# ---- the limit on guessing


def test_one_address_is_held_back_and_others_are_not() -> None:
    limiter = Limiter()
    assert all(limiter.may_try("10.0.0.1") for _ in range(EACH))
    assert not limiter.may_try("10.0.0.1")
    assert limiter.may_try("10.0.0.2")


def test_many_addresses_keep_nobody_out() -> None:
    """B8: when all together have tried too often, each of them waits; who has not tried yet is let try."""
    limiter = Limiter()
    assert all(limiter.may_try(f"10.0.0.{n}") for n in range(ALL))
    assert not limiter.may_try("10.0.0.1")
    assert [limiter.may_try("10.0.1.1") for _ in range(2)] == [True, False]


def test_one_address_is_held_back_whatever_names_it_tries() -> None:
    limiter = Limiter()
    assert sum(limiter.may_try("10.0.0.1", f"name {n}") for n in range(10 * ADDRESS)) == ADDRESS


def test_the_code_of_the_first_log_in_is_held_back_for_all() -> None:
    limiter = Limiter(first_is_free=False)
    assert all(limiter.may_try(f"10.0.0.{n}") for n in range(ALL))
    assert not limiter.may_try("10.0.1.1")


def test_the_right_password_wipes_the_slate() -> None:
    limiter = Limiter()
    for _ in range(3 * EACH):
        assert limiter.may_try("10.0.0.1")
        limiter.was_right("10.0.0.1")


# ---- the server


def test_the_server_stops_while_browsers_keep_their_connections(office: Office) -> None:
    server = Server(create_app(office.bridge), "127.0.0.1", 0)
    server.start()
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)) as idle:
        idle.request("GET", "/healthz")
        assert idle.getresponse().read()
        server.stop()
        assert idle.sock is not None
        assert idle.sock.recv(1) == b""


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_double_colon_is_both_families(office: Office) -> None:
    server = Server(create_app(office.bridge), "::", 0)
    server.start()
    try:
        for host in ("127.0.0.1", "::1"):
            with closing(http.client.HTTPConnection(host, server.port, timeout=DEADLINE)) as connection:
                connection.request("GET", "/healthz")
                assert connection.getresponse().status == 200
    finally:
        server.stop()


def test_the_page_cannot_write(office: Office) -> None:
    """Every write is a request to the loop: what the page is given of the database only reads."""
    with pytest.raises(OperationalError, match="readonly"), office.bridge.engine.begin() as connection:
        connection.execute(text("UPDATE user SET role = 'owner'"))


def test_who_logs_in_waits_for_nobody_who_writes(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        client = create_app(replace(office.bridge, patience=0.0)).test_client()
        with closing(sqlite3.connect(tmp_path / "textback.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            form = {"csrf_token": token(client, "/login"), "name": NAME, "password": PASSWORD}
            assert client.post("/login", data=form).status_code == 303
            new = {"csrf_token": token(client, "/team"), "name": "noa", "password": PASSWORD}
            held = client.post("/team", data=new)
            assert (held.status_code, "could not save it yet" in held.text) == (503, True)
            other.execute("ROLLBACK")
        until(
            lambda: "noa" in client.get("/team").text, "the user, who is let in as soon as it can be stored"
        )


def undo(page: str) -> tuple[str, str]:
    """What the page says was done, and the mark that its button takes back."""
    found = re.search(r'role="status".*?<p>(.*?)</p>.*?name="kind" value="(\w+)".*?Undo', page, re.DOTALL)
    assert found
    return found[1], found[2]


@pytest.mark.parametrize("where", ["", "calls"])
def test_what_was_pressed_is_said_and_can_be_undone(office: Office, client: FlaskClient, where: str) -> None:
    form = {"from": where} if where else {}
    for kind, opposite, said in (
        ("never", "welcome", "Ann Whittaker gets no more automatic texts."),
        ("block", "unblock", "Ann Whittaker is blocked."),
    ):
        _, page = post(client, f"/conversations/{ANN}/mark", kind=kind, **form)
        assert undo(page) == (said, opposite)
        assert 'role="status"' not in client.get("/").text  # it is said once
        post(client, f"/conversations/{ANN}/mark", kind=opposite, **form)
        client.get("/")
    with Session(office.engine) as session:
        ann = views.contact_at(session, ANN)
        assert ann is not None
        assert (ann.kind, ann.blocked) == ("", False)


def test_a_stop_that_was_lifted_by_mistake_comes_back_as_it_was(office: Office, client: FlaskClient) -> None:
    when = datetime(2026, 10, 1, 9, tzinfo=UTC)
    with Session(office.engine) as session, session.begin():
        ann = views.contact_at(session, ANN)
        assert ann is not None
        consents.consent(session, ann, ConsentKind.OUT, "text", when, words="No more please")
    _, page = post(client, f"/conversations/{ANN}/mark", kind="in")
    assert undo(page) == ("Ann Whittaker gets automatic texts again.", "out_again")
    post(client, f"/conversations/{ANN}/mark", kind="out_again")
    with Session(office.engine) as session:
        ann = views.contact_at(session, ANN)
        assert ann is not None
        assert ann.opted_out_at == when
        last = consents.last_step(session, ann, ConsentKind.OUT)
        assert last is not None
        assert (last.at, last.source, last.words, last.by) == (when, "text", "No more please", None)


def test_looking_answers_nobody(office: Office, client: FlaskClient) -> None:
    """Who waits stays in their place and is counted until somebody replies."""
    page = client.get("/conversations").text
    count = re.search(r"<title>\((\d+)\)", page)
    assert count
    post(client, f"/conversations/{ANN}/read")
    assert client.get("/conversations").text.count(f"/conversations/{ANN}") == 1
    assert f"<title>({count[1]})" in client.get("/conversations").text
    post(client, f"/conversations/{ANN}", body="Yes, they are.")
    page = client.get("/conversations").text
    assert f"<title>({int(count[1]) - 1})" in page
