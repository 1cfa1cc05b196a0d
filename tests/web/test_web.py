"""The page through Flask's client, on a real database file: who is let in, what is shown, what is asked for."""

import re
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlmodel import Session
from werkzeug.test import TestResponse

from bridge import config
from bridge.clock import Clock
from bridge.config import Settings
from bridge.contract.answers import Done, Rejected
from bridge.contract.bridge import Bridge, Envelope
from bridge.contract.requests import MarkRead, OfUsers, Request, WriteText
from bridge.contract.status import LineState, LineStatus, Status
from bridge.handlers.calls import CallHandler
from bridge.handlers.outbox import Outbox
from bridge.handlers.page_requests import PageRequests
from bridge.handlers.shop import ShopState
from bridge.records import calls, contacts, lines, users
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import Contact, Line, Message
from bridge.rules.policy import Reason
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import Direction, MessageKind, MessageStatus
from bridge.rules.troubles import DatabaseTrouble
from bridge.words.requests import refusal_for_commands
from modem.contract import CallOutcome, Coded, Trouble, TroubleCode
from tests.support.people import add_user, set_password
from web import create_app
from web.pages import changes
from web.server import Server

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def present() -> None:
    """The suite may have run for minutes since this file was imported."""
    global NOW
    NOW = datetime.now(UTC)


PASSWORD = "eight or more"
ANN, BOB, CEM = "+447400123456", "+447400123457", "+447400123458"
CONFIG = (
    "[shop]\nname = Corner Bakery\ncountry = GB\ntimezone = Europe/London\n[web]\nnames = bakery.example\n"
)


@dataclass
class Office:
    """A page with a small loop behind it, which notes requests and answers as it is told."""

    engine: Engine
    page_engine: Engine
    settings: Settings
    requests: list[Request] = field(default_factory=list)
    answer: Done | Rejected | None = field(default_factory=Done)
    lines: tuple[LineStatus, ...] = (LineStatus("main", LineState.UP, idle=True),)
    database: Trouble | None = None
    alive: Callable[[], float] = time.monotonic
    inbox: SimpleQueue[Envelope | None] = field(default_factory=SimpleQueue)

    @property
    def bridge(self) -> Bridge:
        return Bridge(
            self.page_engine,
            settings=lambda: self.settings,
            status=lambda: Status(self.alive(), self.lines, self.database),
            region=lambda: "GB",
            put=self.inbox.put,
            now=Clock().utc,
        )

    def run(self) -> None:
        while (asked := self.inbox.get()) is not None:
            self.requests.append(asked.request)
            if isinstance(asked.request, OfUsers):
                asked.answer.put(self.change_users(asked.request, asked.by))
            elif self.answer is not None:
                asked.answer.put(self.answer)

    def change_users(self, request: OfUsers, by: str | None) -> Done | Rejected:
        """As the loop does."""
        shop = ShopState(self.settings, Clock())
        handler = PageRequests(shop, CallHandler(shop, Outbox(shop), lambda: 0))
        with Session(self.engine) as session, session.begin():
            return handler.request(session, request, by)[0]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = config.parse(CONFIG, tmp_path / "config.ini")
    engine = open_engine(settings.storage.database)
    page_engine = open_engine(settings.storage.database, read_only=True)
    office = Office(engine, page_engine, settings)
    thread = threading.Thread(target=office.run)
    thread.start()
    yield office
    office.inbox.put(None)
    thread.join()
    engine.dispose()
    page_engine.dispose()


@pytest.fixture
def app(office: Office) -> Flask:
    app = create_app(office.bridge)
    migrate(office.engine)
    with Session(office.engine) as session, session.begin():
        add_user(session, "mia", PASSWORD)
        users.make_session_key(session)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody who is logged in."""
    client = app.test_client()
    assert log_in(client).status_code == 303
    return client


def token(client: FlaskClient, path: str = "/login") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path, follow_redirects=True).text)
    assert found, f"{path} has no form"
    return found[1]


def log_in(client: FlaskClient, name: str = "mia", password: str = PASSWORD, to: str = "") -> TestResponse:
    form = {"csrf_token": token(client), "name": name, "password": password, "next": to}
    return client.post("/login", data=form)


def reply(client: FlaskClient, address: str, body: str, **more: str) -> TestResponse:
    path = f"/conversations/{address}"
    return client.post(path, data={"csrf_token": token(client, path), "body": body, **more})


def a_call(
    office: Office,
    address: str | None,
    outcome: str | None = "abandoned",
    *,
    name: str = "",
    ago: int = 8,
    rings: int = 3,
    reason: str | None = None,
    text: str | None = None,
    withheld: bool = False,
    trace: list[dict[str, str]] | None = None,
) -> None:
    """A call `ago` minutes ago; `text` is the status of the text that answered it."""
    with Session(office.engine) as session, session.begin():
        line = lines.line_called(session, "main")
        call = calls.call_began(session, line, NOW - timedelta(minutes=ago))
        calls.caller_is(session, call, address, address, withheld, call.started)
        call.outcome, call.rings, call.reason = (
            CallOutcome(outcome) if outcome else None,
            rings,
            Reason(reason) if reason else None,
        )
        call.trace = trace or []
        contact = session.get(Contact, call.contact_id) if call.contact_id else None
        if contact is not None and name:
            contact.name = name
        if text is not None and contact is not None:
            call.message_id = a_text(session, line, contact, "out", "Sorry we missed you.", text, "auto", ago)


def a_text(
    session: Session,
    line: Line,
    contact: Contact,
    direction: str,
    body: str,
    status: str,
    kind: str = "manual",
    ago: int = 5,
) -> int:
    assert line.id is not None
    assert contact.id is not None
    message = Message(
        line_id=line.id,
        contact_id=contact.id,
        direction=Direction(direction),
        kind=MessageKind(kind),
        body=body,
        status=MessageStatus(status),
        created=NOW - timedelta(minutes=ago),
    )
    session.add(message)
    session.flush()
    assert message.id is not None
    return message.id


def they_wrote(office: Office, address: str, body: str, opted_out: bool = False) -> None:
    with Session(office.engine) as session, session.begin():
        contact = contacts.somebody_at(session, address, "text", NOW)
        contact.opted_out_at = NOW if opted_out else None
        a_text(session, lines.line_called(session, "main"), contact, "in", body, "received")


def words(response: TestResponse) -> str:
    """What a person reads, without tags."""
    return " ".join(
        re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", response.text, flags=re.DOTALL).split()
    )


# ---- who is let in


def test_strangers_are_sent_to_the_log_in_page_and_on_from_there(app: Flask) -> None:
    client = app.test_client()
    client.get("/login", follow_redirects=True)
    away = client.get("/contacts?q=ann")
    assert away.status_code in (302, 303)
    assert away.location == "/login?next=/contacts?q%3Dann"
    assert log_in(client, to="/contacts?q=ann").location == "/contacts?q=ann"
    assert client.get("/contacts").status_code == 200


@pytest.mark.parametrize(
    "evil", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"]
)
def test_next_never_leads_away(app: Flask, evil: str) -> None:
    assert log_in(app.test_client(), to=evil).location == "/"


def test_a_wrong_password_and_an_unknown_name_look_alike(app: Flask) -> None:
    client = app.test_client()
    wrong, unknown = log_in(client, password="not this one"), log_in(client, name="noa")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert "The name or the password is wrong." in words(wrong)
    assert words(wrong) == words(unknown)


def test_guessing_is_limited(app: Flask) -> None:
    client = app.test_client()
    codes = [log_in(client, password="not this one").status_code for _ in range(12)]
    assert codes[0] == 401
    assert codes[-1] == 429
    assert log_in(client).status_code == 429


def test_a_new_password_logs_out_everywhere(office: Office, client: FlaskClient) -> None:
    assert client.get("/").status_code == 200
    with Session(office.engine) as session, session.begin():
        set_password(session, "mia", "another password")
    assert client.get("/").location == "/login?next=/"


def test_logging_out(client: FlaskClient) -> None:
    assert client.get("/logout").status_code == 405
    assert client.post("/logout", data={"csrf_token": token(client, "/")}).status_code == 303
    assert client.get("/").location == "/login?next=/"


def test_log_ins_outlast_a_restart(office: Office, app: Flask) -> None:
    old = app.test_client()
    assert log_in(old).status_code == 303
    cookie = old.get_cookie("textback")
    assert cookie
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.max_age == 30 * 86400
    assert cookie.expires is None
    new = create_app(office.bridge).test_client()
    new.set_cookie("textback", cookie.value)
    assert new.get("/", follow_redirects=True).status_code == 200


def test_the_first_user_needs_the_code_of_the_box(office: Office) -> None:
    app = create_app(office.bridge)
    migrate(office.engine)
    with Session(office.engine) as session, session.begin():
        code = users.setup_code(session)
        users.make_session_key(session)
    assert code
    client = app.test_client()
    assert "The code of this box" in words(client.get("/", follow_redirects=True))
    form = {"csrf_token": token(client, "/welcome"), "name": "mia", "password": PASSWORD}
    wrong = client.post("/welcome", data={**form, "code": "0000-0000"})
    assert (wrong.status_code, "That is not the code" in wrong.text) == (403, True)
    short = client.post("/welcome", data={**form, "code": code, "password": "short"})
    assert (short.status_code, "at least 8 characters" in short.text) == (422, True)
    assert client.post("/welcome", data={**form, "code": code.replace("-", " ")}).status_code == 303
    assert "First steps" in words(client.get("/welcome"))
    assert "mia logged in first, with the box&#39;s code" in words(client.get("/team"))
    with Session(office.engine) as session:
        assert [(user.name, user.role) for user in users.everybody(session)] == [("mia", "owner")]
        assert users.setup_code(session) is None
    late = app.test_client()
    form["csrf_token"] = token(late)
    assert (
        late.post("/welcome", data={**form, "code": code, "name": "eve"}).status_code == 303
    )  # to the log-in
    with Session(office.engine) as session:
        assert users.names(session) == ["mia"]


def test_the_code_cannot_be_guessed(office: Office) -> None:
    app = create_app(office.bridge)
    migrate(office.engine)
    with Session(office.engine) as session, session.begin():
        users.setup_code(session)
        users.make_session_key(session)
    client = app.test_client()
    form = {"csrf_token": token(client, "/welcome"), "name": "mia", "password": PASSWORD}
    codes = [client.post("/welcome", data={**form, "code": f"{n:08}"}).status_code for n in range(7)]
    assert codes == [403] * 5 + [429] * 2


def test_users_are_refused_with_a_sentence(office: Office, app: Flask) -> None:
    with Session(office.engine) as session:
        for name, password in (("", PASSWORD), ("mia", PASSWORD), ("noa", "short")):
            with pytest.raises(Refusal) as refused:
                add_user(session, name, password)
            assert "." in refusal_for_commands(refused.value.why)
        with pytest.raises(Refusal) as refused:
            set_password(session, "noa", PASSWORD)
        assert "nobody called noa" in refusal_for_commands(refused.value.why)
        with pytest.raises(Refusal) as refused:
            set_password(session, "mia", "short")
        assert "8" in refusal_for_commands(refused.value.why)


# ---- what is refused


def test_no_change_without_a_form_of_ours(office: Office, client: FlaskClient) -> None:
    they_wrote(office, ANN, "Hello")
    for path in ("/logout", f"/conversations/{ANN}", f"/conversations/{ANN}/read"):
        refused = client.post(path, data={"body": "Hi"})
        assert refused.status_code == 400
        assert "form" in words(refused)
    assert office.requests == []


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("localhost:8080", 200),
        ("192.168.1.20:8080", 200),
        ("[fd00::7]:8080", 200),
        ("bakery.example", 200),
        ("evil.example", 400),
        ("8.8.8.8", 400),
        ("192.168.1.20.evil.example", 400),
    ],
)
def test_foreign_host_names_are_refused(client: FlaskClient, host: str, code: int) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == code


@pytest.mark.parametrize(
    ("peer", "code"),
    [
        ("10.1.2.3", 200),
        ("fe80::1", 200),
        ("::ffff:172.16.0.9", 200),
        ("8.8.8.8", 403),
        ("2001:4860::1", 403),
    ],
)
def test_foreign_peers_are_refused(office: Office, app: Flask, peer: str, code: int) -> None:
    def asked() -> TestResponse:
        return app.test_client().get("/healthz", environ_base={"REMOTE_ADDR": peer})

    refused = asked()
    assert refused.status_code == code
    assert "Corner Bakery" not in refused.text
    office.settings = replace(office.settings, web=replace(office.settings.web, networks="any"))
    assert asked().status_code == 200


def test_every_answer_carries_the_headers(client: FlaskClient) -> None:
    for path in ("/", "/nothing-here", "/static/textback.css"):
        with client.get(path) as response:
            headers = response.headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
    assert client.get("/").headers["Cache-Control"] == "no-store"


def test_errors_are_plain_pages(client: FlaskClient) -> None:
    too_much = client.post("/logout", data={"csrf_token": token(client, "/"), "x": "x" * 70_000})
    for response, code in ((client.get("/nothing-here"), 404), (client.put("/"), 405), (too_much, 413)):
        assert response.status_code == code
        assert "That did not work" in words(response)


def test_pages_load_nothing_from_outside(office: Office, client: FlaskClient) -> None:
    they_wrote(office, ANN, "Hello")
    for path in ("/", "/conversations", f"/conversations/{ANN}", "/contacts", "/status", "/settings"):
        text = client.get(path).text
        assert not re.search(r'(src|href|action)="(https?:)?//', text), path
        assert not re.search(r"\son\w+=|\sstyle=|<style|<script>", text), path


# ---- when things are bad


def test_a_database_that_is_not_there_yet(office: Office) -> None:
    client = create_app(office.bridge).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/").status_code == 503
    migrate(office.engine)
    starting = client.get("/")
    assert (starting.status_code, "still starting" in words(starting)) == (503, True)
    with Session(office.engine) as session, session.begin():
        users.make_session_key(session)
    assert client.get("/", follow_redirects=True).status_code == 200


def test_a_database_that_fails_is_named(office: Office, client: FlaskClient) -> None:
    office.engine.dispose()
    office.page_engine.dispose()
    file = Path(office.engine.url.database or "")
    for gone in file.parent.glob("textback.db*"):
        gone.unlink()
    file.write_bytes(b"no database at all" * 300)
    bad = client.get("/")
    assert bad.status_code == 503
    assert "The file named as the database is not a database." in words(bad)


def test_trouble_stands_on_every_page(office: Office, client: FlaskClient) -> None:
    office.lines = (LineStatus("main", LineState.DOWN, trouble=Trouble.of(TroubleCode.NO_MODEM, ports="")),)
    for path in ("/", "/conversations", "/contacts", "/status", "/settings"):
        assert "No modem is plugged in." in words(client.get(path)), path


def test_health(office: Office, app: Flask) -> None:
    client = app.test_client()
    well = client.get("/healthz")
    assert well.status_code == 200
    assert set(well.json or {}) == {"status", "loop", "lines", "database", "config"}
    assert (well.json or {})["lines"] == [{"name": "main", "up": True, "idle": True, "reason": None}]
    office.alive = lambda: time.monotonic() - 16
    assert client.get("/healthz").status_code == 503


def test_what_is_wrong_with_the_database_is_said_in_words(office: Office, client: FlaskClient) -> None:
    office.database = Trouble(DatabaseTrouble.DAMAGED)
    told = "The database file is damaged. Put the last backup in its place."
    health = client.get("/healthz").json or {}
    assert (health["status"], health["database"]) == ("trouble", told)
    assert words(client.get("/status")).count(told) >= 2  # above every page, and among the facts of the box
    assert DatabaseTrouble.DAMAGED not in client.get("/status").text


def test_a_minute_of_a_pause_is_no_news(office: Office) -> None:
    def mark(until: str, now: str) -> str:
        paused = Coded.of("paused_until", until=f"2026-11-23T{until}+00:00", now=f"2026-11-23T{now}+00:00")
        return changes.mark(replace(office.bridge, status=lambda: Status(0, paused=paused)))

    assert mark("18:00", "16:00") == mark("18:00", "16:01")
    assert mark("18:00", "16:00") != mark("18:30", "16:00")


# ---- calls

TRACE = [
    {"rule": "not_missed", "verdict": "pass", "detail": "The call was missed."},
    {
        "rule": "cooldown",
        "verdict": "stop",
        "detail": "Texted 1 hour ago; one automatic text per caller in 24 hours.",
    },
]


@pytest.mark.parametrize(
    ("call", "seen"),
    [
        (
            {"address": ANN, "text": "delivered"},
            "07400 123456 8 min ago hung up after 3 rings text delivered",
        ),
        (
            {"address": ANN, "name": "Ann", "text": "queued"},
            "Ann 07400 123456 8 min ago hung up after 3 rings text waiting",
        ),
        (
            {"address": ANN, "outcome": "answered", "reason": "not_missed"},
            "07400 123456 8 min ago answered",
        ),
        ({"address": ANN, "outcome": "rejected", "reason": "not_missed"}, "you rejected it"),
        ({"address": ANN, "outcome": None}, "ringing now"),
        ({"address": None, "withheld": True, "reason": "withheld"}, "Hidden number 8 min ago"),
        ({"address": None, "reason": "unknown"}, "Unknown number 8 min ago"),
        ({"address": ANN, "text": "unconfirmed"}, "unconfirmed"),
        ({"address": ANN, "text": "expired"}, "not sent: too late"),
    ],
)
def test_a_call_is_one_row(office: Office, client: FlaskClient, call: dict[str, Any], seen: str) -> None:
    a_call(office, **call)
    assert seen in words(client.get("/"))


def test_a_call_says_why_not(office: Office, client: FlaskClient) -> None:
    a_call(office, ANN, reason="cooldown", trace=TRACE)
    page = client.get("/")
    assert "not sent: already texted" in words(page)
    assert "Why not?" in words(page)
    assert TRACE[1]["detail"] in words(page)
    local = (NOW - timedelta(minutes=8)).astimezone(ZoneInfo(office.settings.shop.timezone))
    assert f"{local:%H:%M}" in page.text


def test_names_are_text_not_html(office: Office, client: FlaskClient) -> None:
    a_call(office, ANN, name="<b>Ann</b> & Söhne")
    they_wrote(office, ANN, "<script>alert(1)</script>")
    for path in ("/", "/conversations", f"/conversations/{ANN}", "/contacts"):
        text = client.get(path).text
        assert "&lt;b&gt;Ann&lt;/b&gt; &amp; Söhne" in text, path
        assert "<script>alert" not in text, path


def test_filter_and_search(office: Office, client: FlaskClient) -> None:
    a_call(office, ANN, name="Ann")
    a_call(office, BOB, "answered", name="Bob", reason="not_missed")
    for query, found in (
        ("?show=missed", {"Ann"}),
        ("?show=answered", {"Bob"}),
        ("?show=all", {"Ann", "Bob"}),
        ("?q=bo", {"Bob"}),
        ("?q=07400 123456", {"Ann"}),
        ("?q=ÁNN", {"Ann"}),
        ("?q=nobody", set()),
    ):
        text = words(client.get("/" + query))
        assert {name for name in ("Ann", "Bob") if f" {name} 07400" in text} == found, query


def test_older_calls_are_a_link_away(office: Office, client: FlaskClient) -> None:
    for minute in reversed(range(70)):
        a_call(office, ANN, ago=minute, rings=100 + minute)
    seen: list[str] = []
    path: str | None = "/"
    while path and len(seen) <= 70:
        text = client.get(path).text
        seen += re.findall(r"after (\d+) rings", text)
        link = re.search(r'href="([^"]*before=[^"]*)"', text)
        path = link[1].replace("&amp;", "&") if link else None
    assert seen == [str(100 + minute) for minute in range(70)]


def test_empty_pages_say_what_will_appear(client: FlaskClient) -> None:
    assert "No calls yet" in words(client.get("/"))
    assert "No open conversations" in words(client.get("/conversations"))
    assert "Nobody yet" in words(client.get("/contacts"))


@pytest.mark.parametrize("query", ["?before=x", "?before=1e99_1", "?before=nan_2", "?show=x", "?q=%25%00%27"])
def test_nonsense_in_the_address_is_harmless(client: FlaskClient, query: str) -> None:
    assert client.get("/" + query).status_code == 200


# ---- conversations


def test_a_thread_holds_calls_and_texts_oldest_first(office: Office, client: FlaskClient) -> None:
    a_call(office, ANN, name="Ann", text="sent")
    they_wrote(office, ANN, "Two loaves please")
    text = words(client.get(f"/conversations/{ANN}")).partition("Ann 07400 123456")[2]
    places = [text.index(part) for part in ("hung up", "Sorry we missed you.", "Two loaves please")]
    assert places == sorted(places)


def test_a_reply_is_a_wish_of_whoever_is_logged_in(office: Office, client: FlaskClient) -> None:
    they_wrote(office, ANN, "Are you open?")
    sent = reply(client, ANN, "Yes – until 6\r\nSee you")
    assert sent.status_code == 303
    assert sent.location.startswith(f"/conversations/{ANN}")
    assert office.requests == [WriteText(ANN, "Yes – until 6\nSee you", "mia"), MarkRead(ANN)]


def test_a_refused_reply_keeps_its_words(office: Office, client: FlaskClient) -> None:
    they_wrote(office, ANN, "STOP", opted_out=True)
    office.answer = Rejected(Coded(Refused.OPTED_OUT))
    page = reply(client, ANN, "Just <one> thing")
    assert "This person has asked for no more texts." in words(page)
    assert "Just &lt;one&gt; thing</textarea>" in page.text
    office.answer = Done(2)
    reply(client, ANN, "Your cake is ready", despite_stop="on")
    assert WriteText(ANN, "Your cake is ready", "mia", despite_stop=True) in office.requests


def test_a_reply_that_could_not_be_stored_yet(
    office: Office, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    they_wrote(office, ANN, "Hello")
    office.answer = None
    page = reply(client, ANN, "Hello you")
    assert "could not save it yet" in words(page)
    assert "Hello you</textarea>" in page.text


@pytest.mark.parametrize(
    ("body", "cost"),
    [
        ("Hello", "1 text, characters left: 155"),
        ("x" * 161, "2 texts, characters left: 145"),
        ("[" * 81, "2 texts, "),
        ("Olá", "“á” means that only 70 characters fit in one text instead of 160"),
    ],
)
def test_counting_sends_nothing(office: Office, client: FlaskClient, body: str, cost: str) -> None:
    they_wrote(office, ANN, "Hello")
    page = reply(client, ANN, body, do="count")
    assert cost in words(page)
    assert f"{body}</textarea>" in page.text
    assert office.requests == []


def test_reading_is_a_wish(office: Office, client: FlaskClient) -> None:
    they_wrote(office, ANN, "Hello")
    assert 'data-unread="1"' in client.get("/").text
    client.get(f"/conversations/{ANN}")
    assert office.requests == []
    form = {"csrf_token": token(client, f"/conversations/{ANN}")}
    assert client.post(f"/conversations/{ANN}/read", data=form).status_code == 303
    assert office.requests == [MarkRead(ANN)]


def test_who_cannot_be_texted_gets_no_reply_box(office: Office, client: FlaskClient) -> None:
    they_wrote(office, "info@x.de", "Special offer")
    page = client.get("/conversations/info@x.de")
    assert page.status_code == 200
    assert 'name="body"' not in page.text
    assert client.get("/conversations/+447400123459").status_code == 404


def test_settings_tell_no_secrets(office: Office, client: FlaskClient) -> None:
    modem = replace(office.settings.modems[0], pin="4711")
    notify = replace(office.settings.notify, urls=("ntfy://secret-topic",))
    storage = replace(office.settings.storage, database="postgresql+psycopg://me:hunter2@db/shop")
    office.settings = replace(office.settings, modems=(modem,), notify=notify, storage=storage)
    page = client.get("/settings")
    assert str(office.settings.path) in page.text
    for secret in ("4711", "secret-topic", "hunter2"):
        assert secret not in page.text


# ---- the server


def test_the_server_starts_and_stops(app: Flask) -> None:
    server = Server(app, "127.0.0.1", 0)
    server.start()
    try:
        assert server.port
        assert server.url == f"http://127.0.0.1:{server.port}/"
        with pytest.raises(OSError, match="in use"):
            Server(app, "127.0.0.1", server.port).start()
    finally:
        server.stop()
    again = Server(app, "127.0.0.1", server.port)
    again.start()
    again.stop()


def test_a_second_port_is_served_if_it_can_be_had(app: Flask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        second = taken.getsockname()[1]
        server = Server(app, "127.0.0.1", 0, second)
        server.start()
        server.stop()
    server = Server(app, "127.0.0.1", 0, second)
    server.start()
    try:
        for port in (server.port, second):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/login") as answer:
                assert answer.status == 200
    finally:
        server.stop()
    socket.create_server(("127.0.0.1", second)).close()
