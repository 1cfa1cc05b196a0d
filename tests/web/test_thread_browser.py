"""One thread: name, newest text and reply box stay in sight, whatever is open and whatever the box tells."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import Session, select

from bridge.contract.requests import Pause
from bridge.records.tables import Contact
from modem import contract
from tests.support.box import until
from tests.support.browser import SIZES, a_text_comes, enter, is_accessible
from tests.support.every_row import FORTY, WORDS
from tests.support.needs import needs
from tests.support.people import add_user
from tests.support.web_bridge import ANN, CEM, DAN, LONG, NAME, PASSWORD, Office, an_office
from web import create_app
from web.server import Server

pytestmark = needs("chromium")

OTHERS = [
    {"width": width, "height": height}
    for width, height in ((320, 568), (412, 500), (900, 600), (1024, 768), (1920, 1080))
]
OUT_OF_SIGHT = """() => {
  const last = [...document.querySelectorAll(".text .body")].at(-1);
  const range = document.createRange();
  range.selectNodeContents(last);
  const line = [...range.getClientRects()].at(-1);
  const seen = (rect, node) => {
    const [x, y] = [rect.left + Math.min(8, rect.width / 2), rect.bottom - 5];
    const there = document.elementFromPoint(x, y);
    return rect.height > 0 && rect.top >= 0 && rect.bottom <= innerHeight && (node.contains(there) || there?.contains(node));
  };
  const box = document.getElementById("body");
  const button = document.querySelector(".reply .primary");
  const name = document.querySelector(".thread h1");
  const all = { text: [line, last], box: [box.getBoundingClientRect(), box], name: [name.getBoundingClientRect(), name],
    button: [button.getBoundingClientRect(), button] };
  return Object.keys(all).filter((part) => !seen(...all[part]));
}"""


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a box in trouble that is paused, with people of whom there is everything to say."""
    with an_office(tmp_path_factory.mktemp("thread")) as office:
        with Session(office.engine) as session, session.begin():
            add_user(session, FORTY[:20], PASSWORD)
            for address, doubtful in ((DAN, False), (ANN, True)):
                person = session.exec(select(Contact).where(Contact.address == address)).one()
                person.name, person.notes, person.assignee = WORDS, LONG, NAME
                person.doubtful, person.blocked = doubtful, True
                person.opted_out_at = None if doubtful else datetime.now(UTC)
        a_text_comes(office, DAN, LONG)
        trouble = contract.Trouble.of(contract.TroubleCode.MODEM_HUNG_UP, path="/dev/ttyUSB2")
        office.happens(contract.LineDown("main", time.monotonic(), trouble, "port"))
        until(lambda: office.bridge.status().troubles, "the trouble")
        office.bridge.request(Pause())
        server = Server(create_app(office.bridge), "127.0.0.1", 0)
        server.start()
        yield server.url
        server.stop()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@SIZES
def test_name_text_and_box_stay_in_sight(
    browser: Browser, contexts: list[BrowserContext], everything: str, size: dict[str, int], script: bool
) -> None:
    page, complaints = enter(browser, contexts, everything, size, script=script)
    for address in (DAN, ANN):
        page.goto(f"{everything}conversations/{address}")
        expect(page.get_by_role("alert").first).to_be_visible()
        assert all_in_sight(page) == {}, address
        if script:
            is_accessible(page)
    assert complaints == []


@pytest.mark.parametrize("size", OTHERS, ids=lambda size: f"{size['width']}")
def test_on_other_screens_too(
    browser: Browser, contexts: list[BrowserContext], everything: str, size: dict[str, int]
) -> None:
    page, _ = enter(browser, contexts, everything, size)
    page.goto(f"{everything}conversations/{CEM}")
    page.evaluate("document.getElementById('troubles').remove()")
    assert all_in_sight(page) == {}


def all_in_sight(page: Page) -> dict[str, list[str]]:
    """What is out of sight, by what was opened last. Where a browser lets only one be open, the others close."""
    unseen = {"nothing": page.evaluate(OUT_OF_SIGHT)}
    for summary in page.locator(".thread summary").all():
        summary.evaluate("node => node.click()")  # without scrolling to it
        unseen[summary.inner_text() or "More"] = page.evaluate(OUT_OF_SIGHT)
    return {opened: parts for opened, parts in unseen.items() if parts}


def test_a_screen_too_low_for_a_frame_scrolls(
    browser: Browser, contexts: list[BrowserContext], office: Office, url: str
) -> None:
    page, _ = enter(browser, contexts, url, {"width": 800, "height": 360})
    page.goto(f"{url}conversations/{DAN}#end")
    expect(page.get_by_label("Your reply")).to_be_in_viewport()
    assert page.evaluate("getComputedStyle(document.querySelector('.talk')).overflowY") == "visible"
