"""Whose language the page speaks: the reader's own choice, else the browser's; and that nothing of it stays for the next."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from bridge.records import users
from bridge.words import catalogue
from tests.support.people import add_user
from tests.support.web_bridge import PASSWORD, Office, an_office
from tests.web.test_web_loop import enter, post, token
from web.app import create_app

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        yield office


@pytest.fixture
def client(office: Office) -> FlaskClient:
    return enter(office.bridge)


def spoken(client: FlaskClient, path: str = "/contacts", **headers: str) -> str:
    """The language that the page says it is in, and in which its heading is."""
    page = client.get(path, headers=headers).text
    code = page.partition('<html lang="')[2][:2]
    with catalogue.speaking(code):
        assert f"<h1>{catalogue.gettext('Contacts')}</h1>" in page
    return code


@pytest.mark.parametrize(
    ("accepts", "code"),
    [
        ("de", "de"),
        ("de-CH", "de"),
        ("pt-BR,pt;q=0.8", "pt"),
        ("sv, fr;q=0.5, en;q=0.3", "fr"),
        ("sv", "en"),
        ("", "en"),
        ("*", "en"),
        ("xx;;;q=nonsense", "en"),
    ],
)
def test_the_browsers_language_counts_where_nobody_has_chosen(
    client: FlaskClient, accepts: str, code: str
) -> None:
    assert spoken(client, **{"Accept-Language": accepts}) == code


def test_a_person_chooses_and_takes_it_back(client: FlaskClient) -> None:
    assert post(client, "/team/me/language", language="fr")[0] == 200
    assert spoken(client) == "fr"
    assert spoken(client, **GERMAN) == "fr"
    post(client, "/team/me/language", language="")
    assert spoken(client, **GERMAN) == "de"
    assert spoken(client) == "en"


def test_a_language_that_there_is_not_is_refused(client: FlaskClient) -> None:
    assert post(client, "/team/me/language", language="../etc")[0] == 422
    assert post(client, "/team/me/language", language="xx")[0] == 200
    assert spoken(client) == "en"


def test_the_choice_is_ones_own(office: Office, client: FlaskClient) -> None:
    with Session(office.engine) as session, session.begin():
        add_user(session, "ben", PASSWORD, users.STAFF)
    post(client, "/team/me/language", language="it")
    other = create_app(office.bridge).test_client()
    form = {"csrf_token": token(other, "/login"), "name": "ben", "password": PASSWORD}
    assert other.post("/login", data=form).status_code == 303
    assert (spoken(client), spoken(other)) == ("it", "en")


def test_who_is_refused_is_told_so_in_words_of_theirs(client: FlaskClient) -> None:
    page = client.get("/nothing-here", headers=GERMAN).text
    with catalogue.speaking("de"):
        assert catalogue.gettext("There is no page at this address.") in page
