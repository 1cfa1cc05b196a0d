"""A real browser for tests of the page, on a phone and on a computer; its fixtures are every test's."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from sqlmodel import Session

from bridge.records import views
from modem import contract
from modem.contract import TextKind
from tests.support.box import DEADLINE
from tests.support.needs import PROGRAMS
from tests.support.web_bridge import NAME, PASSWORD, Office, an_office
from web import create_app
from web.server import Server

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
# What the browser shows is waited for as everything else is.
expect.set_options(timeout=DEADLINE * 1000)
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAMS["chromium"], args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        yield office


@pytest.fixture
def url(office: Office) -> Iterator[str]:
    server = Server(create_app(office.bridge), "127.0.0.1", 0)
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


# Whoever is quicker than a page on a busy machine has put the focus somewhere before it does.
NO_COMPLAINTS = {"Autofocus processing was blocked because a document already has a focused element."}


def new_page(browser: Browser, contexts: list[BrowserContext], **looks: Any) -> Page:
    """An empty page in a context of its own, which looks so and waits as long as every test does."""
    context = browser.new_context(**looks)
    contexts.append(context)
    context.set_default_timeout(DEADLINE * 1000)
    return context.new_page()


def texts(office: Office, address: str) -> list[views.MessageRow]:
    with Session(office.engine) as session:
        return views.messages(session, address=address)


def enter(
    browser: Browser,
    contexts: list[BrowserContext],
    url: str,
    size: dict[str, int] = PHONE,
    scheme: str = "light",
    script: bool = True,
) -> tuple[Page, list[str]]:
    """A page that is logged in, and everything that the browser complains of from then on."""
    page = new_page(browser, contexts, viewport=size, color_scheme=scheme, java_script_enabled=script)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.extend([] if said.text in NO_COMPLAINTS else [said.text]))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.extend([] if asked.url.startswith(url) else [asked.url]))
    page.goto(url)
    log_in(page)
    return page, complaints


def log_in(page: Page) -> None:
    """On the log-in page, and into the calls."""
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Calls", exact=True)).to_be_visible()


def press(button: Locator) -> None:
    """Presses what changes something, and waits until the box has answered: who goes elsewhere before that finds what was."""
    with button.page.expect_response(lambda answer: answer.request.method == "POST"):
        button.click()


def a_text_comes(office: Office, address: str, body: str) -> None:
    came = contract.TextReceived(
        line="main",
        at=time.monotonic(),
        slot=None,
        sender=address,
        body=body,
        concat=None,
        scts=None,
        kind=TextKind.TEXT,
        replace_type=None,
        truncated=False,
        pdu=body.encode().hex(),
    )
    office.happens(came)


def is_accessible(page: Page) -> None:
    """axe-core finds nothing in light and dark, by WCAG 2.2 A and AA and its own best practices; and nothing is wider than the
    screen."""
    schemes: tuple[Literal["light", "dark"], ...] = ("dark", "light")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found] == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
