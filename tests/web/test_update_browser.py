"""A newer release in a real browser: told and installed on a phone and on a computer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from bridge.rules.updating import Outcome
from bridge.service.handed_on import WANTED, Handed, Updater
from bridge.service.worker import ReleaseLooked
from tests.support.box import FastClock
from tests.support.browser import SIZES, enter, is_accessible, press
from tests.support.makers import a_notice
from tests.support.needs import needs
from tests.support.web_bridge import Office, an_office

pytestmark = needs("chromium")


@pytest.fixture
def clock() -> FastClock:
    return FastClock()


@pytest.fixture
def updater(tmp_path: Path) -> Updater:
    (tmp_path / "updates").mkdir()
    return Updater(tmp_path, tmp_path / "updates")


@pytest.fixture
def office(tmp_path: Path, clock: FastClock, updater: Updater) -> Iterator[Office]:
    with an_office(tmp_path, clock=clock, updater=updater) as office:
        office.happens(ReleaseLooked(a_notice("9.0.0")))
        yield office


@SIZES
def test_it_is_told_and_installed(
    browser: Browser,
    contexts: list[BrowserContext],
    office: Office,
    clock: FastClock,
    updater: Updater,
    url: str,
    size: dict[str, int],
) -> None:
    page, complaints = enter(browser, contexts, url, size)
    page.goto(f"{url}status")
    card = page.locator("#update")
    expect(card).to_contain_text("textback 9.0.0 can be installed. What is new:")
    is_accessible(page)
    press(card.get_by_role("button", name="Install"))
    expect(card).to_contain_text("The update has started.")
    assert (updater.wanted / WANTED).exists()
    is_accessible(page)
    Handed(Outcome.WENT_BACK, "0.2.0", "9.0.0", office.bridge.now()).write(updater.told)
    clock.advance(60)
    office.happens()
    expect(card).to_contain_text("did not work on this box, so it went back to 0.2.0")
    expect(card.get_by_role("button", name="Install")).to_be_visible()
    is_accessible(page)
    assert complaints == []
