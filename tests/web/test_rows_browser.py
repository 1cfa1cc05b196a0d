"""Rows hold with everything that can stand in them at once, with long names and words longer than English ones, on every
screen."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlmodel import Session, select

from bridge.records.tables import Contact
from tests.support import every_row
from tests.support.browser import enter
from tests.support.measures import MEASURE_PAGE
from tests.support.needs import needs
from tests.support.people import add_user
from tests.support.web_bridge import ANN, DAN, PASSWORD, Office, an_office
from tests.web.test_web_browser import PLACES as PAGES
from web import create_app
from web.pages import calls, contacts, conversations
from web.server import Server

pytestmark = needs("chromium")

WIDTHS = (320, 360, 390, 414, 480, 600, 768, 900, 1024, 1080, 1280, 1440, 1920)
ALL = 5000

# Every vowel twice: English becomes as long as German. Names and numbers stay.
LONGER = """(name) => {
  for (const node of document.querySelectorAll(".chip, .ended > span, .time, .ask, .act .button")) {
    if (node.dataset.longer) continue;
    node.dataset.longer = "yes";
    for (const child of node.querySelectorAll("*")) child.dataset.longer = "yes";
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    const longer = (words) => words.replace(/[aeiou]/g, "$&$&");
    while (walker.nextNode()) walker.currentNode.data = walker.currentNode.data.split(name).map(longer).join(name);
  }
}"""

# What is wrong with the first rows that are wrong: what stands beyond its row, over something else, or one word a line.
MEASURE = """() => {
  const found = new Map();
  const blame = (fault, row) => {
    if (!found.has(fault)) found.set(fault, row.innerText.replace(/\\s+/g, " ").slice(0, 160));
  };
  const name = (node) => node.className?.baseVal ?? (node.className || node.tagName);
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.set("the page is wider than the screen", `${root.scrollWidth}`);
  for (const row of document.querySelectorAll(".row, .event, .text")) {
    const frame = row.getBoundingClientRect();
    if (row.scrollWidth > row.clientWidth + 1) blame("the row is wider than its list", row);
    const atoms = [];
    const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode;
      const owner = text.parentElement;
      if (!text.data.trim() || owner.closest(".spoken, .sheet") || !owner.checkVisibility()) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const cut = getComputedStyle(owner).textOverflow === "ellipsis";
      const rects = cut ? [owner.getBoundingClientRect()] : [...range.getClientRects()];
      atoms.push({ owner, node: owner.closest(".chip") ?? owner, rects });
    }
    for (const svg of row.querySelectorAll("svg")) {
      if (svg.checkVisibility() && !svg.closest(".sheet")) {
        atoms.push({ owner: svg, node: svg.closest(".chip") ?? svg, rects: [svg.getBoundingClientRect()] });
      }
    }
    for (const { owner, node, rects } of atoms) {
      for (const rect of rects) {
        const out = rect.left < frame.left - .5 || rect.right > frame.right + .5
          || rect.top < frame.top - .5 || rect.bottom > frame.bottom + .5;
        if (out) blame(`${name(node)} stands beyond its row`, row);
      }
      const lines = new Set(rects.map((rect) => Math.round(rect.top))).size;
      const wide = Math.max(...rects.map((rect) => rect.width));
      if (lines > 4 && !owner.closest(".body")) blame(`${name(node)} takes ${lines} lines`, row);
      if (lines > 2 && wide < 100) blame(`${name(node)} stands one word a line`, row);
      if (owner.closest(".time") && !owner.closest(".doubt") && lines > 1) blame("the time takes two lines", row);
    }
    for (const [place, one] of atoms.entries()) {
      for (const other of atoms.slice(place + 1)) {
        if (one.owner === other.owner) continue;
        const crosses = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
          && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
        const over = one.rects.some((a) => other.rects.some((b) => crosses(a, b)));
        if (over) blame(`${name(one.node)} lies over ${name(other.node)}`, row);
      }
    }
    for (const chip of row.querySelectorAll(".chip")) {
      const { height } = chip.getBoundingClientRect();
      if (height > 90) blame(`a chip is ${Math.round(height)} px high`, row);
    }
    for (const menu of row.querySelectorAll(".do > summary")) {
      const { width, height, right, left } = menu.getBoundingClientRect();
      if (width < 44 || height < 44) blame("the menu is too small", row);
      if (right > frame.right || left < frame.left) blame("the menu falls out", row);
    }
  }
  return [...found].map(([fault, row]) => `${fault}: ${row}`);
}"""


# Every word twice as long in its vowels, but for what people or machines have written.
ALL_LONGER = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.closest("bdi, script, svg, code")) node.data = node.data.replace(/[aeiou]/g, "$&$&");
  }
}"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with an_office(tmp_path_factory.mktemp("rows"), rows=False) as office:
        yield office


@pytest.fixture(scope="module")
def page(browser: Browser, office: Office) -> Iterator[Page]:
    """Logged in, where each list is one page long."""
    with pytest.MonkeyPatch.context() as patch:
        for module, limit in (
            (calls, "PAGE"),
            (conversations, "LIST"),
            (conversations, "THREAD"),
            (contacts, "LIST"),
        ):
            patch.setattr(module, limit, ALL)
        with Session(office.engine) as session, session.begin():
            every_row.fill(session)
        server = Server(create_app(office.bridge), "127.0.0.1", 0)
        server.start()
        page, _ = enter(browser, [], server.url, {"width": 1280, "height": 800})
        yield page
        page.context.close()
        server.stop()


PLACES = {
    "calls": "/",
    "to call back": "/?show=open",
    "talks": "/conversations?show=all",
    "contacts": "/contacts",
    "thread": f"/conversations/{every_row.ADDRESS}",
}


@pytest.mark.parametrize("place", PLACES)
def test_rows_hold_whatever_stands_in_them(page: Page, place: str) -> None:
    page.goto(urljoin(page.url, PLACES[place]))
    assert page.locator(".row, .event").count() > 3
    faults = {}
    for words, widths in (("English", WIDTHS[::4]), ("longer", WIDTHS), ("mirrored", WIDTHS[::4])):
        if words == "longer":
            page.evaluate(LONGER, every_row.WORDS)
        if words == "mirrored":
            page.evaluate("document.documentElement.dir = 'rtl'")
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            if found := page.evaluate(MEASURE):
                faults[words, width] = found
    assert faults == {}


@pytest.mark.parametrize("place", PLACES)
def test_rows_hold_in_languages_with_longer_words(page: Page, office: Office, place: str) -> None:
    with Session(office.engine) as session, session.begin():
        every_row.doubt(session)
    faults = {}
    for code in ("de", "es", "fr", "nl"):
        page.set_extra_http_headers({"Accept-Language": code})
        page.goto(urljoin(page.url, PLACES[place]))
        assert page.evaluate("document.documentElement.lang") == code
        if place in ("calls", "talks"):
            assert page.locator(".doubt").count() > 3
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            if found := page.evaluate(MEASURE):
                faults[code, width] = found
    page.set_extra_http_headers({})
    assert faults == {}


def test_no_page_lies_over_itself(browser: Browser, contexts: list[BrowserContext], tmp_path: Path) -> None:
    """Every page, with all that can be opened open, with long names and longer words."""
    faults = {}
    with an_office(tmp_path) as office:
        with Session(office.engine) as session, session.begin():
            add_user(session, every_row.WORDS, PASSWORD)
            for address, name in ((ANN, every_row.WORDS), (DAN, every_row.FORTY)):
                person = session.exec(select(Contact).where(Contact.address == address)).one()
                person.name, person.assignee = name, every_row.WORDS
        server = Server(create_app(office.bridge), "127.0.0.1", 0)
        server.start()
        page, _ = enter(browser, contexts, server.url)
        for place in PAGES:
            page.goto(server.url + place)
            page.evaluate(
                "document.querySelectorAll('main details:not(.do)').forEach((each) => { each.open = true })"
            )
            for words, widths in (
                ("English", WIDTHS[::4]),
                ("longer", WIDTHS[::2]),
                ("mirrored", WIDTHS[::4]),
            ):
                if words == "longer":
                    page.evaluate(ALL_LONGER)
                if words == "mirrored":
                    page.evaluate("document.documentElement.dir = 'rtl'")
                for width in widths:
                    page.set_viewport_size({"width": width, "height": 900})
                    if found := page.evaluate(MEASURE_PAGE):
                        faults[place, words, width] = found
        server.stop()
    assert faults == {}
