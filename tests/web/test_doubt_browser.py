"""The page of a box whose clock is a year behind, in a real browser: what came last stands first, and the times are marked."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from modem import contract
from tests.support.box import WrongClock
from tests.support.browser import DESK, PHONE, enter
from tests.support.needs import needs
from tests.support.web_bridge import ANN, Office, an_office

pytestmark = needs("chromium")

NEW = "+447400129001"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """With the rows of a week by the right clock; now it shows a year before."""
    with an_office(tmp_path, clock=WrongClock(timedelta(days=-365))) as office:
        yield office


def somebody_calls(office: Office, number: str, key: int) -> None:
    at = time.monotonic()
    ended = contract.CallEnded("main", at, key, number, False, contract.CallOutcome.ABANDONED, 3, None)
    office.happens(contract.CallRinging("main", at, key, number, False), ended)


def no_wider_than_the_screen(page: Page) -> None:
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_what_came_last_stands_first_and_its_time_is_marked(
    browser: Browser, contexts: list[BrowserContext], office: Office, url: str
) -> None:
    page, complaints = enter(browser, contexts, url)
    calls = page.locator("#calls .row")
    before = calls.count()
    somebody_calls(office, NEW, 1)
    expect(calls).to_have_count(before + 1)  # it comes into the open page
    somebody_calls(office, ANN, 2)
    expect(calls).to_have_count(before + 2)
    expect(page.locator("#troubles")).to_contain_text("The box's clock shows")
    for size in (PHONE, DESK):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        expect(calls.nth(0)).to_contain_text("Ann Whittaker")
        expect(calls.nth(0)).to_contain_text("time may be wrong")
        expect(calls.nth(1)).to_contain_text("07400 129001")
        expect(calls.nth(1)).to_contain_text("time may be wrong")
        expect(calls.nth(2)).not_to_contain_text("time may be wrong")
        expect(calls.nth(2)).not_to_contain_text("just now")  # by this clock it is a year ahead
        expect(page.locator(".day").first).to_contain_text(": time may be wrong")
        no_wider_than_the_screen(page)
    page.goto(f"{url}conversations?show=all")
    # Those who need a reply come first, the longest wait first: what came last is the last of them.
    people = page.locator("#people .row:not(.unread)", has_text="needs a reply")
    expect(people.last).to_contain_text("07400 129001")
    expect(people.last).to_contain_text("time may be wrong")
    expect(people.first).not_to_contain_text("time may be wrong")
    page.goto(f"{url}contacts")
    expect(page.locator("#contacts .row").nth(0)).to_contain_text("Ann Whittaker")
    expect(page.locator("#contacts .row").nth(0)).to_contain_text("time may be wrong")
    no_wider_than_the_screen(page)
    page.goto(f"{url}conversations/{ANN}")
    expect(page.locator("#talk > li:not(.date)").last).to_contain_text("hung up")
    expect(page.locator("#talk > .date").last).to_contain_text(": time may be wrong")
    no_wider_than_the_screen(page)
    assert complaints == []
