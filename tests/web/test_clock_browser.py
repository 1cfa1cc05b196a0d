"""A box whose clock shows another year, and a real browser whose clock is right: nothing that the page does goes by the
browser's clock (D1)."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, expect
from sqlmodel import Session

from bridge.records.engine import open_engine
from tests.support.box import ANN
from tests.support.browser import DESK, log_in, new_page
from tests.support.faked_clock import Process, a_process, faketime
from tests.support.needs import needs
from tests.support.people import add_user
from tests.support.web_bridge import NAME, PASSWORD

pytestmark = [needs("chromium"), faketime]
# A box without a battery for its clock boots in 2020.
IN_2020 = f"-{(datetime.now(UTC) - datetime(2020, 3, 1, tzinfo=UTC)).days}d"
# Chromium takes a wrong year in the header Date for how wrong the box's clock is, and judges cookies by that; other browsers
# do not. The service that runs here sends none.
UNDATED = """
import waitress.task
from bridge.cli import main

waitress.task.build_http_date = lambda when: ""
main()
"""
PLACES = ("Conversations", "Contacts", "Settings", "Status", "Calls")


def known(box: Process) -> None:
    """Somebody may log in there."""
    engine = open_engine(f"sqlite:///{box.folder}/textback.db")
    with Session(engine) as session, session.begin():
        add_user(session, NAME, PASSWORD)
    engine.dispose()


def test_a_box_of_2020_lets_people_log_in_and_stay(
    tmp_path: Path, browser: Browser, contexts: list[BrowserContext]
) -> None:
    with a_process(tmp_path, clock=IN_2020, program=(sys.executable, "-c", UNDATED)) as box:
        known(box)
        assert box.called(ANN, 1).started.year == 2020
        page = new_page(browser, contexts, viewport=DESK)
        page.goto(box.url())
        assert page.evaluate("new Date().getFullYear()") > 2020
        log_in(page)
        expect(page.locator("#calls .row").first).to_contain_text(re.compile(r"just now|\d+ min ago"))
        for place in PLACES:
            page.get_by_role("navigation", name="Main").get_by_role("link", name=place).last.click()
            expect(page.get_by_role("heading", name=place, exact=True)).to_be_visible()
        page.goto(box.url() + "replies")
        page.get_by_label("New saved reply").fill("We are open.")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("We are open.").first).to_be_visible()
        page.get_by_label("New saved reply").fill("We are closed.")
        box.jump("+0")  # it learns the time; the form that is open, and the log-in, outlive it
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("We are closed.").first).to_be_visible()
        kept = {cookie["name"]: cookie["expires"] for cookie in contexts[0].cookies()}
        assert kept["textback"] > page.evaluate("Date.now() / 1000 + 29 * 86400")
