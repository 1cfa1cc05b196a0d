"""A test to the other services and a channel to a phone, from the form of what an owner is told; with the real loop, and a
worker that is played."""

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from bridge import config
from bridge.records import users
from bridge.rules.services import Told
from bridge.service.worker import ServicesTold, TellServices
from modem.contract import Coded
from tests.support.box import until
from tests.support.people import add_user
from tests.support.web_bridge import PASSWORD, Office, an_office
from tests.web.test_shop import filled
from tests.web.test_web_loop import enter, post, token
from web import create_app

ON_ITS_WAY = "It is on its way."
CHANNEL = re.compile(r"ntfys://ntfy\.sh/(textback-[0-9a-f]{32})")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, rows=False) as office:
        yield office


@pytest.fixture
def client(office: Office) -> FlaskClient:
    return enter(office.bridge)


def do(client: FlaskClient, wish: str, **typed: str) -> tuple[int, str]:
    code, page = post(client, "/settings/notify", **(filled(client, "notify") | typed | {"do": wish}))
    return code, html.unescape(page)


def urls(office: Office) -> tuple[str, ...]:
    return config.load(office.loop.settings.path).notify.urls


def trials(office: Office) -> list[TellServices]:
    return [job for job in office.jobs if isinstance(job, TellServices)]


def come_to_this(office: Office, *came: Coded) -> None:
    office.happens(ServicesTold(came))
    until(lambda: (trial := office.bridge.status().trial) and trial.came == came, "what came of it")


def test_a_test_goes_to_what_was_just_typed(office: Office, client: FlaskClient) -> None:
    code, page = do(client, "test", urls="ntfy://one, ntfy://two")
    assert (code, ON_ITS_WAY in page) == (200, True)
    assert urls(office) == ("ntfy://one", "ntfy://two")
    (test,) = trials(office)
    assert (test.urls, test.title) == (("ntfy://one", "ntfy://two"), "Corner Bakery")
    before = client.get("/news").json
    come_to_this(
        office, Coded.of(Told.DELIVERED, service="ntfy"), Coded.of(Told.LOGIN_REFUSED, service="ntfy")
    )
    assert client.get("/news").json != before
    page = client.get("/settings/notify").text
    assert ON_ITS_WAY not in page
    assert page.index("ntfy has taken the message") < page.index("ntfy refused it")
    post(client, "/team/me/language", language="de")
    assert "ntfy hat die Nachricht" in client.get("/settings/notify").text


def test_pressed_twice_it_goes_out_once_more_when_the_first_is_over(
    office: Office, client: FlaskClient
) -> None:
    for address in ("ntfy://one", "ntfy://two", "ntfy://three"):
        do(client, "test", urls=address)
    assert [test.urls for test in trials(office)] == [("ntfy://one",)]
    office.happens(ServicesTold((Coded.of(Told.SLOW, service="ntfy"),)))
    until(lambda: len(trials(office)) == 2, "the second test")
    assert trials(office)[1].urls == ("ntfy://three",)
    assert ON_ITS_WAY in client.get("/settings/notify").text
    come_to_this(office, Coded.of(Told.DELIVERED, service="ntfy"))
    assert len(trials(office)) == 2


def test_without_a_service_it_says_so(office: Office, client: FlaskClient) -> None:
    code, page = do(client, "test", digest="8")
    assert (code, "There is no other service yet" in page, trials(office)) == (422, True, [])
    assert office.loop.settings.notify.digest is not None  # what was typed is kept


def test_what_is_wrong_sends_nothing(office: Office, client: FlaskClient) -> None:
    code, page = do(client, "test", urls="nonsense", quiet="22-7")
    assert (code, 'value="nonsense"' in page, trials(office), urls(office)) == (422, True, [], ())


def test_a_channel_that_nobody_guesses(office: Office, client: FlaskClient) -> None:
    code, page = do(client, "push", push_server="ntfy.sh", urls="mailto://me:x@mail.example")
    assert code == 200
    mail, address = urls(office)
    assert mail == "mailto://me:x@mail.example"
    topic = CHANNEL.fullmatch(address)
    assert topic
    assert f'href="https://ntfy.sh/{topic[1]}"' in page
    assert f'href="ntfy://ntfy.sh/{topic[1]}"' in page
    assert "<svg" in page
    assert "Save and make a channel" not in page
    assert office.loop.settings.notify.urls == urls(office)
    assert "changed the settings" in client.get("/team").text
    assert topic[1] not in client.get("/team").text
    assert topic[1] not in client.get("/settings").text
    do(client, "test", urls=", ".join(urls(office)))
    assert trials(office)[0].urls == urls(office)


def test_no_channel_is_like_another(office: Office, client: FlaskClient) -> None:
    made = set()
    for _ in range(3):
        do(client, "push", push_server="")
        made.add(urls(office))
    assert len(made) == 3
    assert all(len(one) == 1 for one in made)  # the form came without the one before


@pytest.mark.parametrize("server", ["me:x@h", "h/path", "h, mailto://x", "ftp://h"])
def test_a_server_that_is_none(office: Office, client: FlaskClient, server: str) -> None:
    code, page = do(client, "push", push_server=server)
    assert (code, f"“{server}” is not a server." in page, urls(office)) == (422, True, ())
    assert f'value="{server}"' in page  # what was typed is still there


def test_two_owners_at_the_same_form_make_one_channel(office: Office, client: FlaskClient) -> None:
    form = filled(client, "notify") | {"do": "push"}
    assert post(client, "/settings/notify", **form)[0] == 200
    before = urls(office)
    code, page = post(client, "/settings/notify", **form)
    assert (code, "Somebody has changed these settings" in page, urls(office)) == (409, True, before)


def test_staff_see_no_channel_and_send_no_test(office: Office, client: FlaskClient) -> None:
    do(client, "push", push_server="")
    do(client, "test", urls=urls(office)[0])
    with Session(office.engine) as session, session.begin():
        add_user(session, "ben", PASSWORD, users.STAFF)
    staff = create_app(office.bridge).test_client()
    form = {"csrf_token": token(staff, "/login"), "name": "ben", "password": PASSWORD}
    assert staff.post("/login", data=form).status_code == 303
    page = staff.get("/settings/notify").text
    for words in ("textback-", "Push to my phone", "send a test", ON_ITS_WAY):
        assert words not in page
    before = urls(office)
    for wish in ("test", "push"):
        assert do(staff, wish)[0] == 403
    assert "textback-" not in do(staff, "show")[1]
    assert (urls(office), len(trials(office))) == (before, 1)


def test_other_forms_know_neither(office: Office, client: FlaskClient) -> None:
    for wish in ("test", "push"):
        form = filled(client, "limits") | {"do": wish}
        assert post(client, "/settings/limits", **form)[0] == 200
    assert (urls(office), trials(office)) == ((), [])
