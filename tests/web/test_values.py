"""Whatever stands in a form, a query string or an address, the page answers it, and the loop goes on."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from bridge.contract.answers import Done
from bridge.contract.requests import MarkRead
from bridge.records.tables import Contact, SavedReply
from tests.support.box import DEADLINE
from tests.support.web_bridge import ANN, NAME, PASSWORD, Office, an_office
from web import create_app

PAGES = (
    "/",
    "/conversations",
    f"/conversations/{ANN}",
    "/contacts",
    f"/contacts/{ANN}",
    "/status",
    "/settings",
    "/team",
    "/welcome",
    "/try",
    "/replies",
    "/figures",
    "/news",
)
KEYS = ("q", "show", "before", "until", "days", "saved", "number", "next", "at", "rings", "nothing")
NASTY = {
    "nul": "a\0b",
    "only nul": "\0",
    "half": "\ud800",
    "long": "x" * 100_000,
    "number": "9" * 40,
    "place": "1700000000.5_" + "9" * 40,
    "minus": "-99999999999999999999",
    "moment": "9" * 12 + "_1",
}
# These end the log-in of the one who asks.
ENDS = ("/logout", "/login")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        yield office


@pytest.fixture
def client(office: Office) -> FlaskClient:
    client = create_app(office.bridge).test_client()
    enter(client)
    return client


def enter(client: FlaskClient) -> str:
    page = client.get("/login", follow_redirects=True).text
    client.post("/login", data={"csrf_token": token(page), "name": NAME, "password": PASSWORD})
    return client.get("/contacts").text


def here(client: FlaskClient) -> str:
    """A token for the next form; who was logged out by the last one logs in again."""
    return token(client.get("/contacts").text) or token(enter(client))


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return found[1] if found else ""


class Forms(HTMLParser):
    """The forms of a page: where each goes, and its fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes forms and fields."""
        of = dict(attrs)
        if tag == "form":
            self.found.append((of.get("method") or "get", of.get("action") or "", []))
        elif tag in ("input", "textarea", "select", "button") and of.get("name") and self.found:
            self.found[-1][2].append(of["name"] or "")


def encoded(values: dict[str, str]) -> bytes:
    """As a browser that knows no better would send it."""
    return "&".join(
        f"{quote_plus(name)}={quote_plus(words.encode('utf-8', 'surrogatepass'))}"
        for name, words in values.items()
    ).encode()


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY)
def test_every_page_answers_whatever_its_query_says(office: Office, client: FlaskClient, nasty: str) -> None:
    for page in PAGES:
        answers = {
            key: client.get(page, query_string=encoded({key: nasty}).decode()).status_code for key in KEYS
        }
        assert max(answers.values()) < 500, (page, answers)


@pytest.mark.parametrize("nasty", ["%00", "%ED%A0%80", "x" * 2000, "9" * 40, "a%00b"], ids=ascii)
def test_every_address_answers_whatever_stands_in_it(office: Office, client: FlaskClient, nasty: str) -> None:
    for rule in client.application.url_map.iter_rules():
        for name in rule.arguments - {"filename"}:
            path = rule.rule.replace(f"<{name}>", nasty).replace(f"<path:{name}>", nasty)
            assert client.get(path).status_code < 500, path


def test_a_search_for_nul_is_no_trouble(client: FlaskClient) -> None:
    assert client.get("/?q=%00").status_code == 200
    assert client.get("/contacts?q=%00").status_code == 200


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY)
def test_every_form_is_taken_or_refused_in_plain_words(
    office: Office, client: FlaskClient, nasty: str
) -> None:
    tried = set()
    for page in PAGES:
        for method, action, names in Forms(client.get(page, follow_redirects=True).text).found:
            where = action or page
            if method.lower() != "post" or where in ENDS or (where, *names) in tried:
                continue
            tried.add((where, *names))
            for odd in names:
                if odd == "csrf_token":
                    continue
                values = dict.fromkeys(names, "1") | {odd: nasty, "csrf_token": here(client)}
                answer = client.post(
                    where, data=encoded(values), content_type="application/x-www-form-urlencoded"
                )
                assert answer.status_code < 500, (where, odd, answer.text[-600:])
    assert len(tried) > 10
    assert office.bridge.request(MarkRead("nobody"), DEADLINE) == Done()
    assert office.loop.status.database is None


def test_what_is_stored_of_a_form_has_no_nul(office: Office, client: FlaskClient) -> None:
    def post(path: str, **values: str) -> int:
        values["csrf_token"] = token(client.get("/contacts").text)
        return client.post(path, data=values).status_code

    assert post(f"/contacts/{ANN}", name="Ann\0 W", notes="a\0\nb", kind="") == 303
    assert post("/replies", body="See\0 you") == 303
    with Session(office.engine) as session:
        ann = session.exec(select(Contact).where(Contact.address == ANN)).one()
        assert (ann.name, ann.notes) == ("Ann W", "a\nb")
        assert "See you" in {reply.body for reply in session.exec(select(SavedReply))}
