"""The search of conversations, as somebody uses it: people and texts by one box, and a hit leads to its place."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, expect
from sqlmodel import Session, select

from bridge.records.tables import Contact, Line, Message
from bridge.rules.states import Direction, MessageKind, MessageStatus
from tests.bridge.test_search import NASTY
from tests.support.browser import SIZES, enter
from tests.support.needs import needs
from tests.support.web_bridge import ANN, DAN, NAME, PASSWORD, Office, an_office
from web import create_app

CAKE = "Is the Käsekuchen for Frau Müller ready?"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Somebody who is logged in, where nothing changes any more."""
    folder: Path = tmp_path_factory.mktemp("found")
    with an_office(folder) as office:
        many_texts(office)
        client = create_app(office.bridge).test_client()
        page = client.get("/login", follow_redirects=True).text
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        form = {"csrf_token": token, "name": NAME, "password": PASSWORD}
        assert client.post("/login", data=form).status_code == 303
        yield client


def many_texts(office: Office) -> None:
    """A long thread with Ann, and what is searched in the middle of it."""
    with Session(office.engine) as session, session.begin():
        ann, line = (
            session.exec(select(Contact.id).where(Contact.address == ANN)).one(),
            session.exec(select(Line.id)).first(),
        )
        now = datetime.now(UTC)
        for n in range(140):
            session.add(
                Message(
                    line_id=line or 0,
                    contact_id=ann or 0,
                    direction=Direction.OUT if n % 2 else Direction.IN,
                    kind=MessageKind.MANUAL,
                    body=CAKE if n == 40 else f"Loaf number {n}",
                    status=MessageStatus.SENT if n % 2 else MessageStatus.READ,
                    created=now - timedelta(minutes=200 - n),
                )
            )
            session.flush()


def hits(client: FlaskClient, place: str, **asked: str) -> list[str]:
    """Who is found, and in which texts."""
    page = client.get(place, query_string=asked)
    assert page.status_code == 200
    rows = re.findall(r'<li class="row"><a class="cover" href="([^"]*)"', page.text)
    return [row.replace("&amp;", "&") for row in rows]


@pytest.mark.parametrize("search", ["kasekuchen", "KÄSEK", "müller käse", "ready? Frau", '"Käsekuchen"'])
def test_a_text_is_found_by_a_word_in_it_and_leads_to_its_place(client: FlaskClient, search: str) -> None:
    found = hits(client, "/conversations", q=search)
    assert len(found) == 1
    place, _, key = found[0].partition("#")
    thread = client.get(place).text
    assert f'id="{key}"' in thread
    assert "Loaf number 50" in thread, "what came later is shown as well"
    assert "Loaf number 100" not in thread


def test_what_matches_is_marked_and_nothing_of_it_is_run(client: FlaskClient) -> None:
    page = client.get("/conversations?q=kasekuchen+mull").text
    assert "the <mark>Käsekuchen</mark> for Frau <mark>Müller</mark> ready?" in page
    page = client.get("/conversations?q=bold").text
    assert "&lt;b&gt;" not in page or "<b>Bold" not in page
    assert "<mark>Bold</mark>" in page


@pytest.mark.parametrize(
    "search",
    [
        *(
            "ann",
            "ÁNN whit",
            "07400 123456",
            "+44 7400 123456",
            "0044 7400 123456",
            "+44 (0)7400 123456",
            "447400123456",
        ),
        *("07400/123456", "07400-123-456", "(07400) 123456", "٠٧٤٠٠ ١٢٣٤٥٦", "400123456"),
    ],
)
def test_a_person_is_found_by_name_and_by_the_number_in_any_spelling(
    client: FlaskClient, search: str
) -> None:
    for place in ("/conversations", "/contacts"):
        found = hits(client, place, q=search)
        if place == "/conversations":
            assert f"/conversations/{ANN}#end" in found, search
        else:
            assert "Ann Whittaker" in client.get(place, query_string={"q": search}).text


def test_older_texts_are_a_link_away_and_none_comes_twice(client: FlaskClient) -> None:
    seen: list[str] = []
    place: str | None = "/conversations?q=loaf"
    while place:
        page = client.get(place).text
        seen += re.findall(r"</mark> number (\d+)", page)
        link = re.search(r'href="([^"]*before=[^"]*)"', page)
        place = link[1].replace("&amp;", "&") if link else None
    assert seen == [str(n) for n in range(139, -1, -1) if n != 40]


def test_a_thread_is_searched_by_itself(client: FlaskClient) -> None:
    assert len(hits(client, f"/conversations/{ANN}", q="kasekuchen")) == 1
    assert "Note by ben" in client.get(f"/conversations/{DAN}?q=advance").text
    assert "Nothing found here" in client.get(f"/conversations/{DAN}?q=kasekuchen").text
    assert "Nothing found" in client.get("/conversations?q=zzzz").text


@pytest.mark.parametrize("search", ["", " ", *NASTY])
def test_nothing_that_is_typed_is_an_error(client: FlaskClient, search: str) -> None:
    for place in ("/conversations", f"/conversations/{ANN}", "/contacts", "/"):
        assert client.get(place, query_string={"q": search}).status_code == 200, place


@pytest.mark.parametrize("place", ["x", "1_2", "9" * 40, f"{2**59}_{2**59}", "-1_-1"])
def test_nor_is_a_place_that_there_is_not(client: FlaskClient, place: str) -> None:
    for asked in ("at", "until", "before"):
        assert client.get(f"/conversations/{ANN}", query_string={asked: place}).status_code == 200
    assert client.get("/conversations", query_string={"q": "loaf", "before": place}).status_code == 200


@needs("chromium")
@SIZES
@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_finding_a_text_takes_two_taps(
    browser: Browser,
    contexts: list[BrowserContext],
    office: Office,
    url: str,
    size: dict[str, int],
    script: bool,
) -> None:
    many_texts(office)
    page, complaints = enter(browser, contexts, url, size, script=script)
    page.goto(f"{url}/conversations")
    box = page.get_by_role("searchbox", name="Search contacts and texts")
    box.fill("kasekuchen muller")
    box.press("Enter")  # one
    page.locator(".found .cover").click()  # two
    text = page.locator("li.text:target .body")
    expect(text).to_have_text(CAKE)
    expect(text).to_be_in_viewport()
    assert complaints == []
