"""Every page in every language, on a phone and on a computer, in light and dark: nothing lies over anything else or is wider
than the screen, the browser complains of nothing, and axe-core finds nothing. With TEXTBACK_PICTURES each look becomes a
picture in that folder (`make pictures`)."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize
from sqlmodel import Session, delete

from bridge.contract.requests import Invite
from bridge.records import logins, users
from bridge.records.tables import User
from bridge.words import catalogue
from tests.support.browser import DESK, PHONE, enter, new_page
from tests.support.full_shop import a_full_shop
from tests.support.measures import MEASURE_PAGE
from tests.support.needs import needs
from tests.support.web_bridge import NAME, an_office
from tests.web.test_web_browser import PLACES
from web import create_app
from web.server import Server

pytestmark = needs("chromium")

Scheme = Literal["light", "dark"]
NAMES = {PHONE["width"]: "phone", DESK["width"]: "desk"}
LOOKS: tuple[tuple[dict[str, int], Scheme], ...] = (
    (PHONE, "light"),
    (PHONE, "dark"),
    (DESK, "light"),
    (DESK, "dark"),
)
SECRET = "of-an-invitation"
PICTURES = os.environ.get("TEXTBACK_PICTURES")


@pytest.fixture(scope="module")
def opened(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Page, str, list[str]]]:
    """A page that is logged in, the address of the shop, and what the browser complains of."""
    with a_full_shop(tmp_path_factory.mktemp("looks")) as office:
        office.bridge.request(Invite(logins.digest(SECRET), "Noa", users.STAFF), by=NAME)
        server = Server(create_app(office.bridge), "127.0.0.1", 0)
        server.start()
        page, complaints = enter(browser, [], server.url)
        yield page, server.url, complaints
        page.context.close()
        server.stop()


@pytest.fixture(scope="module")
def stranger(browser: Browser) -> Iterator[Page]:
    """A page of somebody who is not logged in."""
    page = new_page(browser, [], viewport=PHONE)
    yield page
    page.context.close()


@pytest.mark.parametrize("code", catalogue.codes())
def test_the_log_in_is_fit_to_be_seen(opened: tuple[Page, str, list[str]], stranger: Page, code: str) -> None:
    stranger.set_extra_http_headers({"Accept-Language": code})
    stranger.goto(opened[1])
    assert stranger.evaluate("document.documentElement.lang") == code
    assert [fault for size, scheme in LOOKS for fault in looks(stranger, size, scheme)] == []
    assert violations(stranger) == []


@pytest.fixture(scope="module")
def firsts(
    opened: tuple[Page, str, list[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """Where somebody begins who cannot log in yet: the first owner of a new box, and a colleague who is invited."""
    with an_office(tmp_path_factory.mktemp("first"), rows=False) as office:
        with Session(office.engine) as session, session.begin():
            session.exec(delete(User))
        server = Server(create_app(office.bridge), "127.0.0.1", 0)
        server.start()
        yield f"{server.url}welcome", f"{opened[1]}join/{SECRET}"
        server.stop()


@pytest.mark.parametrize("code", catalogue.codes())
def test_where_people_begin_is_fit_to_be_seen(firsts: tuple[str, str], stranger: Page, code: str) -> None:
    stranger.set_extra_http_headers({"Accept-Language": code})
    faults = {}
    for place in firsts:
        stranger.goto(place)
        assert stranger.get_by_role("textbox").count() > 1
        found = [] if stranger.evaluate("document.documentElement.lang") == code else ["another language"]
        for size, scheme in LOOKS:
            found += looks(stranger, size, scheme)
            if code == catalogue.ENGLISH or scheme == "light":
                found += violations(stranger)
        if found:
            faults[place] = found
    assert faults == {}


@pytest.mark.parametrize("code", catalogue.codes())
def test_every_page_is_fit_to_be_seen(opened: tuple[Page, str, list[str]], code: str) -> None:
    page, url, complaints = opened
    page.set_extra_http_headers({"Accept-Language": code})
    complaints.clear()
    faults = {}
    for place in PLACES:
        page.goto(url + place)
        spoken = page.evaluate("[document.documentElement.lang, document.documentElement.dir]")
        found = [] if spoken == [code, "ltr"] else [f"the page says {spoken}"]
        for size, scheme in LOOKS:
            found += looks(page, size, scheme)
            # Colours are the same in every language, what can be hit is not: long words move it.
            if code == catalogue.ENGLISH or scheme == "light":
                found += violations(page)
            if PICTURES:
                picture = f"{place_name(place)}-{NAMES[size['width']]}-{scheme}.png"
                draw(page, Path(PICTURES) / code / picture)
        # That nothing is under an address is said in the console too.
        found += [said for said in complaints if not said.startswith("Failed to load resource")]
        complaints.clear()
        if found:
            faults[place] = found
    assert faults == {}


def looks(page: Page, size: dict[str, int], scheme: Scheme) -> list[str]:
    """Shows the page so, and says what is wrong with it."""
    page.set_viewport_size(ViewportSize(width=size["width"], height=size["height"]))
    page.emulate_media(color_scheme=scheme)
    return [f"{size['width']} px: {fault}" for fault in page.evaluate(MEASURE_PAGE)]


def violations(page: Page) -> list[str]:
    """What axe-core finds, by WCAG 2.2 A and AA and its own best practices."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {[node['html'][:120] for node in rule['nodes']]}" for rule in found]


def place_name(place: str) -> str:
    """
    >>> place_name("conversations/+447400123456?q=a"), place_name("")
    ('conversations-person-q-a', 'calls')
    """
    return re.sub(r"\W+", "-", re.sub(r"\+\d+", "person", place)).strip("-") or "calls"


def draw(page: Page, path: Path) -> None:
    """The whole page as a picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)
