"""Several conversations at once, snoozing, and paper, in a real browser."""

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from sqlmodel import Session

from bridge.records import labels, views
from tests.support.box import until
from tests.support.browser import DESK, SIZES, a_text_comes, enter, is_accessible
from tests.support.needs import needs
from tests.support.web_bridge import ANN, BOB, DAN, Office

pytestmark = needs("chromium")

# Where each row stands on the paper, whatever has been scrolled.
TOPS = """() => [...document.querySelectorAll(".people .row")].map(
  (row) => row.getBoundingClientRect().top - document.querySelector(".people .rows").getBoundingClientRect().top)"""


def done(office: Office) -> set[str]:
    with Session(office.engine) as session:
        return {row.address for row in views.conversations(session, which="done")}


@SIZES
def test_the_bar_moves_no_row_and_ticks_survive_news(
    office: Office, browser: Browser, contexts: list[BrowserContext], url: str, size: dict[str, int]
) -> None:
    with Session(office.engine) as session, session.begin():
        for contact in views.contacts(session):
            labels.put_on(session, contact, "Wedding cakes for June")
    page, complaints = enter(browser, contexts, url, size)
    page.goto(f"{url}/conversations")
    bar = page.get_by_role("form", name="Ticked conversations")
    expect(bar).to_be_hidden()
    before = page.evaluate(TOPS)
    page.get_by_label("Select Ann Whittaker").check()
    expect(bar).to_be_visible()
    assert page.evaluate(TOPS) == before
    a_text_comes(office, DAN, "Is it ready?")
    expect(page.locator(".row", has_text="Is it ready?")).to_be_visible()
    expect(page.get_by_label("Select Ann Whittaker")).to_be_checked()
    is_accessible(page)
    page.get_by_role("button", name="Untick all").click()
    expect(bar).to_be_hidden()
    assert complaints == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_several_are_done_and_undone_in_three_taps(
    office: Office, browser: Browser, contexts: list[BrowserContext], url: str, script: bool
) -> None:
    page, complaints = enter(browser, contexts, url, script=script)
    page.goto(f"{url}/conversations")
    before = done(office)
    page.get_by_label("Select Ann Whittaker").check()
    page.get_by_label("Select Dan Osei").check()
    page.get_by_role("form", name="Ticked conversations").get_by_role("button", name="Done").click()
    expect(page.get_by_text("2 conversations are done.")).to_be_visible()
    assert done(office) == before | {ANN, DAN}
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Select Dan Osei")).to_be_visible()
    assert done(office) == before
    assert complaints == []


@SIZES
def test_a_conversation_is_snoozed_in_two_taps(
    office: Office, browser: Browser, contexts: list[BrowserContext], url: str, size: dict[str, int]
) -> None:
    page, complaints = enter(browser, contexts, url, size)
    page.goto(f"{url}/conversations/{ANN}")
    page.locator(".choices > summary").click()
    is_accessible(page)
    page.get_by_role("button", name="Back tomorrow at 9:00").click()
    expect(page.get_by_text("Ann Whittaker comes back tomorrow at 9:00.")).to_be_visible()
    expect(page.locator(".thread .chip", has_text="Back tomorrow at 9:00")).to_be_visible()
    is_accessible(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".thread .chip", has_text="Back tomorrow at 9:00")).to_be_hidden()
    assert complaints == []


def test_a_thread_and_the_calls_are_printed_without_what_is_pressed(
    office: Office, browser: Browser, contexts: list[BrowserContext], url: str
) -> None:
    for number in range(30):
        a_text_comes(office, BOB, f"A line of many, number {number}")

    def all_came() -> bool:
        with Session(office.engine) as session:
            return any("number 29" in row.body for row in views.messages(session, address=BOB))

    until(all_came)
    page, _ = enter(browser, contexts, url, DESK)
    page.emulate_media(media="print")
    page.goto(f"{url}/conversations/{BOB}")
    expect(page.get_by_text("A line of many, number 0", exact=True)).to_be_visible()
    for pressed in ("nav.places", ".reply", ".people", ".thread .acts", ".choices"):
        expect(page.locator(pressed).first).to_be_hidden()
    # Nothing is cut off: the paper is as long as what was said.
    assert page.evaluate("document.documentElement.scrollHeight") > 30 * 40
    page.goto(url)
    expect(page.get_by_text("Ann Whittaker").first).to_be_visible()
    for pressed in ("nav.places", ".tabs", ".search", ".do"):
        expect(page.locator(pressed).first).to_be_hidden()
    shown = "getComputedStyle(document.querySelector('.row .time time'), '::after').content"
    assert ":" in page.evaluate(shown)  # when it was, and not how long ago
