"""Invitations at the page, through Flask's client and the real loop: a link that lets one person in; and who tries more."""

import html
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from bridge.records import logins, users
from bridge.records.tables import AuditEntry, Invitation
from bridge.words.audit import change_in_words
from tests.support.people import add_user
from tests.support.web_bridge import NAME, PASSWORD, Office, an_office
from web import create_app
from web.access.guesses import EACH


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        yield office


@pytest.fixture
def app(office: Office) -> Flask:
    app = create_app(office.bridge)
    app.test_client().get("/login")  # finds the key of the cookies
    return app


@pytest.fixture
def owner(app: Flask) -> FlaskClient:
    return logged_in(app, NAME)


def token(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


def logged_in(app: Flask, name: str) -> FlaskClient:
    client = app.test_client()
    form = {"csrf_token": token(client, "/login"), "name": name, "password": PASSWORD}
    assert client.post("/login", data=form).status_code == 303
    return client


def invite(client: FlaskClient, name: str = "", role: str = "staff") -> str:
    """The path of the link that the page shows."""
    form = {"csrf_token": token(client, "/team"), "name": name, "role": role}
    page = client.post("/team/invitations", data=form)
    found = re.search(r'value="http://[^/"]+(/join/[^"]+)"', page.text)
    assert (page.status_code, bool(found)) == (200, True)
    assert "<svg" in page.text
    assert found
    return found[1]


def join(client: FlaskClient, path: str, name: str = "noa", password: str = PASSWORD) -> tuple[int, str]:
    answer = client.post(
        path, data={"csrf_token": token(client, "/login"), "name": name, "password": password}
    )
    return answer.status_code, html.unescape(answer.text)


def names(office: Office) -> list[str]:
    with Session(office.engine) as session:
        return users.names(session)


def log_of(office: Office) -> list[str]:
    with Session(office.engine) as session:
        return [change_in_words(entry.what, entry.who) for entry in session.exec(select(AuditEntry))]


def test_from_the_link_to_the_calls(office: Office, app: Flask, owner: FlaskClient) -> None:
    path = invite(owner, "noa")
    page = owner.get("/team").text
    assert path not in page  # it is shown once
    assert "Open invitations" in page
    guest = app.test_client()
    assert 'value="noa"' in guest.get(path).text
    assert join(guest, path)[0] == 303
    assert guest.get("/contacts").status_code == 200
    assert guest.get("/contacts/export.vcf").status_code == 403
    assert names(office) == [NAME, "noa"]
    assert log_of(office) == [
        f"{NAME} invited noa to log in as staff",
        "noa accepted an invitation and can log in now",
    ]
    assert "Open invitations" not in owner.get("/team").text
    assert logged_in(app, "noa").get("/contacts").status_code == 200


def test_opening_the_link_uses_nothing_up(office: Office, app: Flask, owner: FlaskClient) -> None:
    """A messenger opens a link to show what is behind it, and so does a person who closes the page again."""
    path = invite(owner)
    for _ in range(3 * EACH):
        assert (app.test_client().get(path).status_code, app.test_client().head(path).status_code) == (
            200,
            200,
        )
    assert join(app.test_client(), path)[0] == 303


def test_a_second_time_it_says_that_it_was_used(office: Office, app: Flask, owner: FlaskClient) -> None:
    path = invite(owner)
    assert join(app.test_client(), path)[0] == 303
    code, page = join(app.test_client(), path, "eve")
    assert (code, "This invitation has been used." in page) == (410, True)
    assert (app.test_client().get(path).status_code, names(office)) == (410, [NAME, "noa"])


def test_two_at_once_one_wins(office: Office, app: Flask, owner: FlaskClient) -> None:
    path = invite(owner)
    guests = [app.test_client() for _ in range(2)]
    forms = [
        {"csrf_token": token(guest, path), "name": name, "password": PASSWORD}
        for guest, name in zip(guests, ("noa", "eve"), strict=True)
    ]
    codes: list[int] = []
    both = threading.Barrier(2)

    def post(guest: FlaskClient, form: dict[str, str]) -> None:
        both.wait()
        codes.append(guest.post(path, data=form).status_code)

    threads = [threading.Thread(target=post, args=pair) for pair in zip(guests, forms, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) in ([303, 410], [303, 422])
    assert len(names(office)) == 2


def test_taken_back(office: Office, app: Flask, owner: FlaskClient) -> None:
    path = invite(owner)
    found = re.search(r'action="(/team/invitations/\d+)"', owner.get("/team").text)
    assert found
    assert owner.post(found[1], data={"csrf_token": token(owner, "/team")}).status_code == 303
    for key in ("9" * 40, "x", "-1", "77"):
        answer = owner.post(f"/team/invitations/{key}", data={"csrf_token": token(owner, "/team")})
        assert answer.status_code == 422
    code, page = join(app.test_client(), path)
    assert (code, "was taken back" in page, names(office)) == (410, True, [NAME])
    assert log_of(office)[-1] == f"{NAME} took back an invitation"


def test_too_old_by_the_clock_or_by_the_hours_that_the_box_has_run(
    office: Office, app: Flask, owner: FlaskClient
) -> None:
    by_clock, by_hours = invite(owner), invite(owner)
    with Session(office.engine) as session, session.begin():
        first = session.get_one(Invitation, 1)
        first.created -= timedelta(hours=48)
    code, page = join(app.test_client(), by_clock)
    assert (code, "too old" in page) == (410, True)
    assert app.test_client().get(by_hours).status_code == 200
    with Session(office.engine) as session, session.begin():
        session.get_one(Invitation, 2).created += timedelta(days=900)  # the clock was ahead by then
        logins.count_hours(session, 49)
    assert join(app.test_client(), by_hours)[0] == 410
    assert names(office) == [NAME]
    assert "Open invitations" not in owner.get("/team").text


def test_staff_invite_nobody(office: Office, app: Flask, owner: FlaskClient) -> None:
    with Session(office.engine) as session, session.begin():
        add_user(session, "ben", PASSWORD, users.STAFF)
    invite(owner, "noa")
    staff = logged_in(app, "ben")
    form = {"csrf_token": token(staff, "/team"), "role": "owner"}
    assert staff.post("/team/invitations", data=form).status_code == 403
    assert staff.post("/team/invitations/1", data=form).status_code == 403
    for words in ("Invite a colleague", "Open invitations", "noa"):
        assert words not in re.sub(r'(?s)id="log".*', "", staff.get("/team").text)
    assert app.test_client().post("/team/invitations", data=form).status_code in (303, 400)
    with Session(office.engine) as session:
        assert [one.ended for one in session.exec(select(Invitation))] == [None]


def test_another_site_cannot_use_it(office: Office, app: Flask, owner: FlaskClient) -> None:
    """A form without the token of this page, from elsewhere, neither invites nor joins."""
    path = invite(owner)
    elsewhere = {"Origin": "http://evil.example"}
    form = {"name": "noa", "password": PASSWORD}
    assert app.test_client().post(path, data=form, headers=elsewhere).status_code == 400
    assert owner.post("/team/invitations", data={"role": "owner"}, headers=elsewhere).status_code == 400
    assert names(office) == [NAME]


def test_links_cannot_be_guessed_for_long(office: Office, app: Flask, owner: FlaskClient) -> None:
    path = invite(owner)
    guesser = {"REMOTE_ADDR": "10.0.0.9"}
    codes = [app.test_client().get(f"/join/{n}", environ_base=guesser).status_code for n in range(EACH + 1)]
    assert codes == [410] * EACH + [429]
    assert app.test_client().get(path, environ_base=guesser).status_code == 429
    assert app.test_client().get(path).status_code == 200


def test_the_link_is_told_to_nobody(
    office: Office, app: Flask, owner: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The secret stands in no row, no log, no address that a browser hands on; and no copy of the page is kept."""
    path = invite(owner)
    secret = path.rpartition("/")[2]
    guest = app.test_client()
    for answer in (guest.get(path), guest.get("/join/wrong"), guest.post(path)):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
    assert owner.get("/team").headers["Referrer-Policy"] == "same-origin"
    with Session(office.engine) as session:
        kept = session.exec(select(Invitation)).one()
        assert secret not in repr(kept.model_dump())
        assert kept.digest == logins.digest(secret)
    assert join(guest, path)[0] == 303
    assert secret not in caplog.text
    assert secret not in "".join(log_of(office))


WRONG = [
    ({"name": NAME}, "mia can already log in."),
    ({"name": " "}, "A colleague needs a name."),
    ({"password": "short"}, "at least 8 characters"),
]


@pytest.mark.parametrize(("typed", "sentence"), WRONG)
def test_what_is_wrong_is_said_and_the_link_stays_good(
    office: Office, app: Flask, owner: FlaskClient, typed: dict[str, str], sentence: str
) -> None:
    path = invite(owner)
    guest = app.test_client()
    code, page = join(guest, path, **typed)
    assert (code, sentence in page, names(office)) == (422, True, [NAME])
    assert join(guest, path)[0] == 303


def test_a_wrong_name_for_an_invitation_is_said_and_kept(owner: FlaskClient, office: Office) -> None:
    form = {"csrf_token": token(owner, "/team"), "name": NAME, "role": "owner"}
    page = owner.post("/team/invitations", data=form)
    assert (page.status_code, "mia can already log in." in page.text) == (422, True)
    assert re.search(rf'id="invited" name="name" value="{NAME}"', page.text)
    assert owner.get("/team/invitations").status_code == 303


def test_who_is_logged_in_becomes_the_one_who_joins(office: Office, app: Flask, owner: FlaskClient) -> None:
    path = invite(owner)
    assert f"You are logged in as {NAME}." in owner.get(path).text
    form = {"csrf_token": token(owner, path), "name": "noa", "password": PASSWORD}
    assert owner.post(path, data=form).status_code == 303
    assert "Log out noa" in owner.get("/team").text
    assert owner.get("/contacts/export.vcf").status_code == 403
