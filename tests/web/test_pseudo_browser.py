"""Every page in two made-up languages, one longer and one that runs from the right: nothing breaks, nothing came past the
catalogue, and numbers keep their order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import Session, select

from bridge.records.tables import ConsentEvent, Contact, Message, Note, SavedReply
from bridge.words.catalogue import FROM_THE_RIGHT, codes
from tests.support import pseudo
from tests.support.browser import enter
from tests.support.full_shop import CLOSED, MESSAGE, a_full_shop
from tests.support.measures import MEASURE_PAGE
from tests.support.needs import needs
from tests.support.web_bridge import ANN, NAME, Office
from tests.web.test_web_browser import PLACES
from web import create_app
from web.server import Server

pytestmark = needs("chromium")

WIDTHS = (320, 390, 1280)
# Names and codes, which are the same in every language; and what a language calls itself.
NAMES = (
    "textback",
    "Corner Bakery",
    NAME,
    "ben",
    "demo",
    "main",
    "PARCELS",
    "Huawei E173",
    "Vodafone",
    "English",
)
CODES = ("GB", "FR", "SM", "CMS ERROR", "MB", "STOP", "Reply STOP to opt out")
SAME = set(re.findall("[A-Za-z]+", " ".join((*NAMES, *CODES, *codes())))) | pseudo.words_of_cldr()
PLACES_TO_FILL = {"shop", "phone", "name", "time", "reopens"}
# Addresses, files, ports and time zones.
PATH = re.compile(r"\S*/\S*")
# Everything that can be read or is read out, of what is open and what is closed, but for texts: what is kept as it was typed,
# and what customers and the owner get, which is in the shop's language.
WORDS = """() => {
  const words = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.data.trim() && !node.parentElement.closest("textarea, .sample, [dir=auto]")) words.push(node.data.trim());
  }
  for (const name of ["aria-label", "title", "placeholder", "alt", "data-on", "data-off", "data-away", "data-refused"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) words.push(node.getAttribute(name));
  }
  return words;
}"""
OPEN_ALL = "document.querySelectorAll('main details:not(.do)').forEach((each) => { each.open = true })"
# Numbers of which the second half stands before the first.
TURNED = """() => {
  const turned = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const [all, first, second] = /(\\d{4,5}) (\\d{6})/.exec(node.data) ?? [];
    if (!all || !node.parentElement.checkVisibility()) continue;
    const at = node.data.indexOf(all);
    const left = (from, to) => {
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, to);
      const { left, top } = range.getClientRects()[0];
      return { left, top };
    };
    const [one, two] = [left(at, at + first.length), left(at + all.length - second.length, at + all.length)];
    if (one.top === two.top && two.left < one.left) turned.push(node.data.trim());
  }
  return turned;
}"""


@dataclass(frozen=True)
class Opened:
    """A page that is logged in, and the address of the shop."""

    page: Page
    url: str

    def goes(self, place: str, code: str) -> None:
        self.page.set_extra_http_headers({"Accept-Language": code})
        self.page.goto(self.url + place)


@pytest.fixture(scope="module")
def opened(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    message, closed = pseudo.greek(MESSAGE), pseudo.greek(CLOSED)
    with (
        a_full_shop(tmp_path_factory.mktemp("shop"), message, closed) as office,
        pseudo.spoken(tmp_path_factory.mktemp("locale")),
    ):
        _in_greek(office)
        server = Server(create_app(office.bridge), "127.0.0.1", 0)
        server.start()
        page, _ = enter(browser, [], server.url)
        yield Opened(page, server.url)
        page.context.close()
        server.stop()


def _in_greek(office: Office) -> None:
    """All that people have written, so that none of it is taken for a sentence of ours."""
    with Session(office.engine) as session, session.begin():
        for person in session.exec(select(Contact)):
            person.name, person.notes = pseudo.greek(person.name), pseudo.greek(person.notes)
        for event in session.exec(select(ConsentEvent)):
            event.words = pseudo.greek(event.words)
        for row in (
            *session.exec(select(Message)),
            *session.exec(select(Note)),
            *session.exec(select(SavedReply)),
        ):
            row.body = pseudo.greek(row.body)


def english(words: str) -> set[str]:
    """What of it came past the catalogue: whole words, and places that nobody filled.

    >>> english("[Çááĺĺ] Call"), english("[Ţħíš íš {shop}]"), english("[Íñ {hours} ħ]"), english("/dev/ttyUSB2")
    ({'Call'}, set(), {'hours'}, set())
    """
    places = set(re.findall(r"\{(\w+)\}", words))
    left = re.sub(r"\{\w+\}", "", PATH.sub("", words))
    return (set(re.findall("[A-Za-z]+", left)) - SAME) | (places - PLACES_TO_FILL)


@pytest.mark.parametrize("code", pseudo.SPEAK)
def test_no_page_breaks_and_nothing_is_english(opened: Opened, code: str) -> None:
    page = opened.page
    way = "rtl" if code in FROM_THE_RIGHT else "ltr"
    faults: dict[object, object] = {}
    for place in PLACES:
        opened.goes(place, code)
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [code, way]
        if past := sorted({words for words in page.evaluate(WORDS) if english(words)}):
            faults[place] = past
        for state in ("closed", "open"):
            if state == "open":
                page.evaluate(OPEN_ALL)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 844})
                if found := page.evaluate(MEASURE_PAGE) + page.evaluate(TURNED):
                    faults[place, state, width] = found
    assert faults == {}


@pytest.mark.parametrize("code", pseudo.SPEAK)
def test_what_the_script_says_came_through_the_catalogue(opened: Opened, code: str) -> None:
    opened.goes(f"conversations/{ANN}", code)
    box = opened.page.locator("#body")
    for draft in ("Γ", "γ" * 200, "x" * 161):
        before = opened.page.locator("#cost").inner_text()
        box.fill(draft)
        expect(opened.page.locator("#cost")).not_to_have_text(before)
        assert english(opened.page.locator("#cost").inner_text()) == set()
    opened.page.locator("[data-sound]").first.evaluate("button => button.click()")
    assert english(opened.page.locator("[data-sound]").first.text_content() or "") == set()
