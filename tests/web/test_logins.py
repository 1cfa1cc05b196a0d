"""Log-ins: how they end, that no clock judges them, and who may guess how often; through Flask's client, with the real loop."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from bridge.records import logins, memo
from tests.support.web_bridge import NAME, PASSWORD, Office, an_office
from tests.web.test_web_loop import token
from web import create_app
from web.access.guesses import ALL, EACH

SESSION = "textback"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        yield office


@pytest.fixture
def app(office: Office) -> Flask:
    app = create_app(office.bridge)
    app.test_client().get("/login")  # finds the key of the cookies
    return app


def log_in(
    client: FlaskClient, password: str = PASSWORD, address: str = "127.0.0.1", name: str = NAME
) -> int:
    where = {"REMOTE_ADDR": address}
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login", environ_base=where).text)
    if not found:
        return 303  # they are in
    form = {"csrf_token": found[1], "name": name, "password": password}
    return client.post("/login", data=form, environ_base=where).status_code


def cookie_of(client: FlaskClient, name: str = SESSION) -> str:
    cookie = client.get_cookie(name)
    assert cookie
    return cookie.value


def with_cookie(app: Flask, value: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie(SESSION, value)
    return client


def is_in(client: FlaskClient) -> bool:
    return client.get("/contacts").status_code == 200


# ---- logging out


def test_a_copy_of_the_cookie_is_dead_after_logging_out(app: Flask) -> None:
    """B10: on the server too, on this device only, and for the page's questions for news as well."""
    here, there = app.test_client(), app.test_client()
    assert (log_in(here), log_in(there)) == (303, 303)
    copy = cookie_of(here)
    thief = with_cookie(app, copy)
    assert is_in(thief)
    assert thief.get("/news").status_code == 200
    assert here.post("/logout", data={"csrf_token": token(here, "/status")}).status_code == 303
    for path in ("/news", "/contacts"):
        assert with_cookie(app, copy).get(path).status_code == 303
    assert not is_in(here)
    assert is_in(there)
    assert log_in(here) == 303
    assert is_in(here)
    assert not is_in(with_cookie(app, copy))


def test_log_out_everywhere_still_does(app: Flask) -> None:
    here, there = app.test_client(), app.test_client()
    assert (log_in(here), log_in(there)) == (303, 303)
    here.post("/team/me", data={"csrf_token": token(here, "/team"), "do": "out"})
    assert is_in(here)
    assert not is_in(there)


# ---- age, by no clock


def run_for(office: Office, hours: int) -> None:
    with Session(office.engine) as session, session.begin():
        logins.count_hours(session, hours)


def test_a_log_in_holds_for_thirty_days_of_running_after_its_last_use(office: Office, app: Flask) -> None:
    used, copied = app.test_client(), app.test_client()
    log_in(used)
    log_in(copied)
    old = cookie_of(used)
    for _ in range(4):
        run_for(office, logins.HOLDS_HOURS // 2)
        assert is_in(used)
    assert not is_in(with_cookie(app, old))
    assert not is_in(copied)


def test_ended_log_ins_are_let_go_once_they_would_not_hold_any_more(office: Office) -> None:
    with Session(office.engine) as session, session.begin():
        logins.end_login(session, "x")
        logins.count_hours(session, logins.HOLDS_HOURS)
        assert not logins.holds(session, "x", 0)
        logins.count_hours(session, 1)
    with Session(office.engine) as session:
        assert memo.remembered(session, logins.ENDED + "x") is None
        assert not logins.holds(session, "x", 0)


@pytest.mark.parametrize("years", [-6, 6, 40])
def test_the_clock_may_jump_under_a_log_in_and_its_forms(
    app: Flask, years: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D1: a box of 2020 that learns the time, and one that boots in the past."""
    client = app.test_client()
    assert log_in(client) == 303
    form = {"csrf_token": token(client, "/replies"), "body": "We are open."}
    now = time.time() + years * 365 * 86400
    monkeypatch.setattr(time, "time", lambda: now)
    assert is_in(client)
    assert client.post("/replies", data=form).status_code == 303


def test_no_answer_holds_a_time_of_day_that_a_browser_goes_by(app: Flask) -> None:
    """D1: cookies say for how long, not until when; pages and files are asked for anew."""
    client = app.test_client()
    form = {"csrf_token": token(client, "/login"), "name": NAME, "password": PASSWORD}
    answers = [client.post("/login", data=form)]
    answers += [
        client.get(path, buffered=True)
        for path in ("/", "/static/textback.css", "/static/live.js", "/manifest.webmanifest")
    ]
    answers.append(client.post("/logout", data={"csrf_token": token(client, "/status")}))
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert len(cookies) >= 4
    for cookie in cookies:
        assert "expires" not in cookie.lower()
        assert "max-age=" in cookie.lower()
        assert "httponly" in cookie.lower()
    for answer in answers:
        assert not {"Expires", "Last-Modified"} & set(answer.headers.keys())
        assert answer.headers["Cache-Control"] in ("no-store", "no-cache")


# ---- guesses


def test_six_addresses_keep_nobody_from_logging_in(app: Flask) -> None:
    """B8."""
    for n in range(6):
        guesser = app.test_client()
        codes = [log_in(guesser, f"guess {i}", f"10.0.0.{n}") for i in range(EACH + 1)]
        assert codes == [401] * EACH + [429]
    assert 6 * EACH >= ALL
    assert log_in(app.test_client(), address="10.0.1.1") == 303


def test_behind_a_proxy_who_was_here_before_logs_in_whoever_guesses(app: Flask) -> None:
    """B8: all have the proxy's address there. A device that somebody has logged in from is known by its cookie."""
    mia = app.test_client()
    assert log_in(mia) == 303
    mia.post("/logout", data={"csrf_token": token(mia, "/status")})
    guesser = app.test_client()
    assert [log_in(guesser, f"guess {i}") for i in range(EACH + 1)][-1] == 429
    assert log_in(app.test_client()) == 429
    assert [log_in(mia, f"guess {i}") for i in range(EACH - 1)] == [401] * (EACH - 1)
    assert log_in(mia) == 303


def test_a_known_device_may_not_guess_at_other_names(app: Flask) -> None:
    mia = app.test_client()
    assert log_in(mia) == 303
    mia.post("/logout", data={"csrf_token": token(mia, "/status")})
    guesser = app.test_client()
    assert [log_in(guesser, f"guess {i}", name="noa") for i in range(EACH + 1)][-1] == 429
    assert log_in(mia, "guess", name="noa") == 429
    for value in ("x", "", "W10.x"):
        guesser.set_cookie("textback_device", value)
        assert log_in(guesser, "guess", name="noa") == 429


def test_asking_for_the_log_in_page_is_no_guess(app: Flask) -> None:
    client = app.test_client()
    assert [client.head("/login").status_code for _ in range(3 * EACH)] == [200] * 3 * EACH
    assert log_in(client) == 303
