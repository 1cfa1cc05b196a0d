"""The number of the box, a channel to a phone and its test, in a real browser: on a phone and on a desk, with JavaScript and
without."""

import time

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from sqlmodel import Session, select

from bridge.records.tables import Line
from bridge.rules.services import Told
from bridge.service.worker import ServicesTold
from modem import contract
from modem.contract import Coded
from tests.support.browser import SIZES, enter, is_accessible
from tests.support.needs import needs
from tests.support.web_bridge import Office
from tests.web.test_web_browser import MEASURES

pytestmark = needs("chromium")
WELL = {"pale": [], "small": [], "wide": False}
SCRIPTS = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@SIZES
@SCRIPTS
def test_a_channel_is_made_and_tried(
    browser: Browser,
    contexts: list[BrowserContext],
    office: Office,
    url: str,
    size: dict[str, int],
    script: bool,
) -> None:
    page, complaints = enter(browser, contexts, url, size, script=script)
    page.goto(f"{url}settings/notify")
    page.get_by_role("button", name="Save and make a channel").click()
    expect(page.get_by_role("img", name="QR code of https://ntfy.sh/textback-")).to_be_visible()
    expect(page.get_by_role("link", name="Open it in the app on this phone")).to_be_visible()
    assert "ntfys://ntfy.sh/textback-" in page.get_by_label("Other services").input_value()
    page.get_by_role("button", name="Save and send a test").click()
    trial = page.locator("#trial")
    expect(trial).to_contain_text("It is on its way.")
    if script:
        is_accessible(page)
        assert page.evaluate(MEASURES) == WELL
    came = (Coded.of(Told.DELIVERED, service="ntfy"), Coded.of(Told.UNREACHABLE, service="E-Mail"))
    office.happens(ServicesTold(came))
    if not script:
        page.reload()
    expect(trial).to_contain_text("ntfy has taken the message")
    expect(trial).to_contain_text("E-Mail cannot be reached.")
    if script:
        is_accessible(page)
    assert complaints == []


@SIZES
@SCRIPTS
def test_the_number_is_typed_where_the_sim_has_none(
    browser: Browser,
    contexts: list[BrowserContext],
    office: Office,
    url: str,
    size: dict[str, int],
    script: bool,
) -> None:
    with Session(office.engine) as session, session.begin():
        session.exec(select(Line)).one().msisdn = None
    up = contract.LineUp("main", time.monotonic(), "/dev/ttyUSB2", "EC25", None, "23410", "8944", None)
    office.happens(up)
    page, complaints = enter(browser, contexts, url, size, script=script)
    for place in ("status", "welcome"):
        page.goto(url + place)
        expect(page.locator("main")).to_contain_text("Not known yet: the SIM does not tell it.")
        if script:
            is_accessible(page)
            assert page.evaluate(MEASURES) == WELL
    page.get_by_label("The number of the box’s SIM").fill("07400 123411")
    page.get_by_role("button", name="Save the number").click()
    expect(page.locator("main")).to_contain_text("**004*+447400123411#")
    number = page.get_by_role("link", name="07400 123411").first
    expect(number).to_have_attribute("href", "tel:+447400123411")
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert number.locator("bdi").evaluate("node => getComputedStyle(node).direction") == "ltr"
    if script:
        is_accessible(page)
        assert page.evaluate(MEASURES) == WELL
    page.goto(f"{url}status")
    expect(page.locator("#lines").get_by_role("link", name="07400 123411")).to_be_visible()
    assert complaints == []
