"""Opening hours, closed days and what callers get while the shop is closed, in a real browser, on a phone and on a computer."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bridge.config.schema import DAYS
from bridge.contract.requests import ReadSettings
from tests.support.box import DEADLINE
from tests.support.browser import SIZES, enter, is_accessible
from tests.support.needs import needs
from tests.support.web_bridge import Office, an_office
from tests.web.test_opening_hours import file, today, week
from web import create_app
from web.server import Server

pytestmark = needs("chromium")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, str, str]]:
    with an_office(tmp_path_factory.mktemp("office"), rows=False) as office:
        server = Server(create_app(office.bridge), "127.0.0.1", 0)
        server.start()
        yield office, server.url, file(office).read_text("utf-8")
        server.stop()


@pytest.fixture
def office(shared: tuple[Office, str, str]) -> Office:
    """With the settings of a new shop."""
    office, _, untouched = shared
    file(office).write_text(untouched, "utf-8")
    office.bridge.request(ReadSettings(), DEADLINE)
    return office


@pytest.fixture
def url(shared: tuple[Office, str, str]) -> str:
    return shared[1]


def field(page: Page, day: str) -> str:
    return page.get_by_label(day).input_value()


@SIZES
def test_hours_are_typed_picked_copied_and_asked_about(
    office: Office, url: str, browser: Browser, contexts: list[BrowserContext], size: dict[str, int]
) -> None:
    page, complaints = enter(browser, contexts, url, size)
    page.goto(f"{url}settings/hours")
    page.get_by_label("Monday").fill("9-5")
    expect(page.locator("#samples")).to_contain_text("Monday 09:00–17:00")  # while it is typed
    page.locator("#tuesday ~ .pick summary").click()
    picker = page.locator("[data-day=tuesday]")
    picker.get_by_label("From").first.fill("09:00")
    picker.get_by_label("until").first.fill("12:30")
    assert field(page, "Tuesday") == "9:00-12:30"
    picker.get_by_label("From").last.fill("14:00")
    picker.get_by_label("until").last.fill("00:00")
    assert field(page, "Tuesday") == "9:00-12:30, 14:00-24:00"
    picker.get_by_role("button", name="Copy to all days").click()
    expect(page.get_by_label("Sunday")).to_have_value("9:00-12:30, 14:00-24:00")
    assert page.url.endswith("#tuesday")  # the page stays where it was
    page.get_by_label("Sunday").fill("closed")
    page.get_by_label("Friday").fill("18-2")
    page.get_by_label("Friday").press("Enter")  # saves, and copies nothing
    expect(page.locator(".ask")).to_contain_text("Open 18:00–02:00 the next day, 8 hours in all.")
    is_accessible(page)
    page.get_by_role("button", name="Save it like this").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    expected = dict.fromkeys(DAYS[:6], "9:00-12:30, 14:00-24:00") | {"friday": "18:00-2:00"}
    assert week(office) == expected
    assert complaints == []


@SIZES
def test_the_shop_is_closed_tomorrow_only(
    office: Office, url: str, browser: Browser, contexts: list[BrowserContext], size: dict[str, int]
) -> None:
    page, complaints = enter(browser, contexts, url, size)
    page.goto(f"{url}status")
    page.get_by_role("link", name="Close on another day, or for several").click()
    tomorrow = today(office) + timedelta(days=1)
    page.get_by_label("First day").fill(str(tomorrow))
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#hours")).to_contain_text(f"{tomorrow:%A}, {tomorrow.day} {tomorrow:%B %Y}")
    page.goto(f"{url}settings/hours")
    is_accessible(page)
    page.get_by_role("checkbox").uncheck()
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("#hours")).to_contain_text("Closed daysnone")
    assert complaints == []


@SIZES
def test_closed_today_says_what_callers_get_and_changes_it_there(
    office: Office, url: str, browser: Browser, contexts: list[BrowserContext], size: dict[str, int]
) -> None:
    """1.3: under closed = same nothing tells callers that the shop is closed, and the page says so."""
    page, complaints = enter(browser, contexts, url, size)
    page.goto(f"{url}status")
    gets = page.locator("#closed-gets")
    expect(gets).to_contain_text("A caller then gets the usual text:")
    expect(gets).to_contain_text("It does not say that you are closed.")
    page.get_by_role("button", name="Closed today").click()
    expect(gets).to_contain_text("A caller gets the usual text:")
    gets.get_by_text("Change what callers get").click()
    is_accessible(page)
    gets.get_by_label("When the shop is closed").select_option("other")
    gets.get_by_label("The text when closed").fill("Hi {you}")
    gets.get_by_role("button", name="Save").click()
    expect(gets.get_by_role("alert")).to_contain_text("{you} is not a placeholder")
    expect(gets.get_by_label("The text when closed")).to_have_value("Hi {you}")
    gets.get_by_label("The text when closed").fill("We open again {reopens}.")
    gets.get_by_role("button", name="Save").click()
    expect(gets).to_contain_text("A caller gets your text for closed hours:")
    expect(gets.locator(".sample")).to_contain_text("We open again tomorrow.")
    assert office.loop.settings.textback.closed == "other"
    gets.get_by_text("Change what callers get").click()
    gets.get_by_label("When the shop is closed").select_option("skip")
    gets.get_by_role("button", name="Save").click()
    expect(gets).to_contain_text("No text: the shop is closed then.")
    assert office.loop.settings.textback.closed_message == "We open again {reopens}."
    page.get_by_role("button", name="Back to the usual hours").click()
    expect(page.get_by_role("button", name="Closed today")).to_be_visible()
    assert [said for said in complaints if "422" not in said] == []


def test_without_a_script_times_are_picked_and_days_added(
    office: Office, url: str, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page, _ = enter(browser, contexts, url, script=False)
    page.goto(f"{url}settings/hours")
    page.locator("#monday ~ .pick summary").click()
    picker = page.locator("[data-day=monday]")
    picker.get_by_label("From").first.fill("09:00")
    picker.get_by_label("until").first.fill("17:00")
    picker.get_by_role("button", name="Copy to all days").click()
    expect(page.get_by_label("Sunday")).to_have_value("9:00-17:00")
    first = today(office) + timedelta(days=10)
    page.get_by_label("First day").fill(str(first))
    page.get_by_label("Last day").fill(str(first + timedelta(days=6)))
    page.get_by_role("button", name="Add to the list").click()
    expect(page.get_by_role("checkbox")).to_be_checked()
    page.get_by_label("Holidays").fill("GB")
    page.get_by_label("Holidays").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    assert week(office) == dict.fromkeys(DAYS, "9:00-17:00")
    holidays = office.loop.settings.hours.holidays
    assert (holidays.country, len(holidays.dates)) == ("GB", 7)


def test_nothing_is_wider_than_the_screen(
    office: Office, url: str, browser: Browser, contexts: list[BrowserContext]
) -> None:
    page, _ = enter(browser, contexts, url)
    outside = """box => [...box.querySelectorAll("input:not(.spoken), select, textarea, button:not(.spoken)")]
        .filter(part => part.getBoundingClientRect().right > box.getBoundingClientRect().right)
        .map(part => part.outerHTML)"""
    for path, menus in (("settings/hours", ".pick summary"), ("status", "#closed-gets summary")):
        page.goto(url + path)
        for menu in page.locator(menus).all():
            menu.click()
        for width in (320, 768, 1024, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            for card in page.locator(".card").all():
                assert card.evaluate(outside) == []
