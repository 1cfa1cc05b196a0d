"""A colleague is invited and joins, in a real browser: on a phone and on a desk, with JavaScript and without."""

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.support.browser import DESK, PHONE, SIZES, enter, is_accessible, new_page
from tests.support.needs import needs
from tests.support.web_bridge import NAME, PASSWORD
from tests.web.test_web_browser import MEASURES

pytestmark = needs("chromium")
WELL = {"pale": [], "small": [], "wide": False}
LONG = "Maria Anna Francisca von und zu Hohenfel"


def path_of(link: str) -> str:
    """The link names the box as the shop's network does; the test is on the box itself."""
    return "join/" + link.rpartition("/join/")[2]


@SIZES
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_invited_by_a_link_that_works_once(
    browser: Browser, contexts: list[BrowserContext], url: str, size: dict[str, int], script: bool
) -> None:
    page, complaints = enter(browser, contexts, url, size, script=script)
    page.goto(f"{url}team")
    page.get_by_label("What they are called, if you like").fill(LONG)
    page.get_by_role("button", name="Make the invitation").click()
    expect(page.get_by_role("img", name="QR code of the invitation")).to_be_visible()
    link = page.get_by_label("The link").input_value()
    expect(page.locator("#invitations li")).to_contain_text(LONG)
    if script:
        is_accessible(page)
        assert page.evaluate(MEASURES) == WELL
    guest = new_page(browser, contexts, viewport=size, java_script_enabled=script)
    guest.goto(url + path_of(link))
    expect(guest.get_by_label("Your name")).to_have_value(LONG)
    if script:
        is_accessible(guest)
        assert guest.evaluate(MEASURES) == WELL
    guest.get_by_label("Your name").fill("noa")
    guest.get_by_label("A password").fill(PASSWORD)
    guest.get_by_role("button", name="Start").click()
    expect(guest.get_by_role("heading", name="Calls", exact=True)).to_be_visible()
    assert "join" not in guest.url
    page.goto(f"{url}team")
    expect(page.locator(".row", has_text="noa")).to_contain_text("staff")
    expect(page.locator("#log")).to_contain_text(f"{NAME} invited {LONG} to log in as staff")
    expect(page.locator("#invitations li")).to_have_count(0)
    late = new_page(browser, contexts, viewport=size, java_script_enabled=script)
    late.goto(url + path_of(link))
    expect(late.locator("main")).to_contain_text("This invitation has been used.")
    if script:
        is_accessible(late)
    assert complaints == []


def test_it_is_taken_back(browser: Browser, contexts: list[BrowserContext], url: str) -> None:
    page, _ = enter(browser, contexts, url, DESK)
    page.goto(f"{url}team")
    page.get_by_role("button", name="Make the invitation").click()
    link = page.get_by_label("The link").input_value()
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#invitations li")).to_have_count(0)
    guest = new_page(browser, contexts, viewport=PHONE)
    guest.goto(url + path_of(link))
    expect(guest.locator("main")).to_contain_text("This invitation was taken back.")
