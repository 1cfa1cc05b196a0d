"""Twelve errands of every day, on a phone and on a computer, each with the most taps that it may take. A tap is what a finger
or the mouse presses; a field that is typed into counts by itself. `make errands` prints what each takes."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlmodel import Session

from bridge.config import edit
from bridge.config.schema import DAYS
from bridge.contract.requests import ReadSettings
from bridge.records.tables import Call
from bridge.records.views import figures
from bridge.service.worker import TellServices
from modem.contract import CallOutcome
from tests.support.browser import DESK, PHONE, a_text_comes, enter, new_page, texts
from tests.support.needs import needs
from tests.support.web_bridge import FLO, NAME, PASSWORD, Office, an_office
from tests.web.test_invitations_browser import path_of
from web import create_app
from web.server import Server

pytestmark = needs("chromium")

# errand -> the most taps on a phone and on a computer, and the fields that are typed into
MOST = {
    "answer a customer": (3, 3, 1),
    "close tomorrow": (3, 2, 0),
    "say what callers get after hours": (5, 4, 1),
    "stop texting a supplier": (2, 2, 0),
    "see why somebody got no text": (1, 1, 0),
    "see what came back this week and what it cost": (2, 1, 0),
    "let a colleague in": (3, 2, 0),
    "find how to divert calls": (3, 2, 0),
    "get alerts on the phone": (5, 4, 0),
    "take last month to the accountant": (6, 5, 0),
    "write to a new number": (3, 3, 2),
    "find a text by a word": (3, 3, 1),
}


@dataclass
class Hand:
    """Somebody at the page, who begins where it opens. Every tap and every field that is typed into is counted."""

    page: Page
    url: str
    office: Office
    is_phone: bool
    taps: int = 0
    fields: int = 0

    def tap(self, what: Locator) -> None:
        self.taps += 1
        what.locator("visible=true").first.click()

    def choose(self, what: Locator, value: str) -> None:
        """Of a list: one tap opens it, which the browser counts as one with the choice."""
        self.taps += 1
        what.select_option(value)

    def type(self, what: Locator, words: str) -> None:
        self.fields += 1
        what.fill(words)

    def button(self, name: str) -> None:
        self.tap(self.page.get_by_role("button", name=name, exact=True))

    def link(self, name: str) -> None:
        self.tap(self.page.get_by_role("main").get_by_role("link", name=name))

    def go(self, place: str) -> None:
        """By the navigation; a phone keeps some of it under *More*."""
        main = self.page.get_by_role("navigation", name="Main")
        if self.is_phone and place not in ("Calls", "Conversations", "Contacts"):
            self.tap(main.locator("summary"))
        self.tap(main.get_by_role("link", name=re.compile(f"^{place}")))


Errand = Callable[[Hand], None]
ERRANDS: dict[str, Errand] = {}


def errand(name: str) -> Callable[[Errand], Errand]:
    def keep(act: Errand) -> Errand:
        ERRANDS[name] = act
        return act

    return keep


@errand("answer a customer")
def _answer(hand: Hand) -> None:
    a_text_comes(hand.office, FLO, "Can I come at 3?")
    hand.go("Conversations")
    hand.tap(hand.page.locator("#people .row", has_text="Can I come at 3?"))
    hand.type(hand.page.get_by_label("Your reply"), "Yes, see you at 3!")
    hand.button("Send")
    expect(hand.page.locator(".text.out").last).to_contain_text("Yes, see you at 3!")
    assert texts(hand.office, FLO)[0].author == NAME


@errand("close tomorrow")
def _close(hand: Hand) -> None:
    tomorrow = hand.office.bridge.now().astimezone(
        hand.office.bridge.settings().shop.zone
    ).date() + timedelta(days=1)
    before = hand.office.loop.settings.hours
    hand.go("Status")
    hand.button("Closed tomorrow")
    expect(hand.page.locator("#now")).to_contain_text("Tomorrow the shop is closed.")
    after = hand.office.loop.settings.hours
    assert after.holidays.dates == (*before.holidays.dates, tomorrow)  # and on no other day
    assert (after.open_spans, after.holidays.country) == (before.open_spans, before.holidays.country)
    assert hand.office.loop.status.closed is None


@errand("say what callers get after hours")
def _after_hours(hand: Hand) -> None:
    hand.go("Settings")
    hand.link("Change automatic texts")
    hand.choose(hand.page.get_by_label("When the shop is closed"), "other")
    hand.type(hand.page.get_by_label("The text when closed"), "We are closed and call you back tomorrow.")
    # It shows what a caller gets tonight while it is typed.
    expect(hand.page.locator("#samples .moment", has_text="Tonight at 22:00")).to_contain_text(
        "call you back tomorrow"
    )
    hand.button("Save")
    expect(hand.page.get_by_role("status")).to_contain_text("Saved.")
    assert hand.office.loop.settings.textback.closed == "other"


@errand("stop texting a supplier")
def _supplier(hand: Hand) -> None:
    row = hand.page.locator("#calls .row", has_text="Dan Osei")
    hand.tap(row.locator(".do summary"))
    hand.tap(row.get_by_role("button", name="Never text this number"))
    expect(hand.page.get_by_role("status").filter(has_text="Dan Osei")).to_be_visible()


@errand("see why somebody got no text")
def _why(hand: Hand) -> None:
    row = hand.page.locator("#calls .row", has_text="not sent: already texted")
    hand.tap(row.get_by_text("Why not?"))
    expect(row.locator(".decided")).to_contain_text("one automatic text per caller in 24 hours")


@errand("see what came back this week and what it cost")
def _leads(hand: Hand) -> None:
    hand.go("Figures")
    weeks = hand.page.locator(".figure", has_text="This week and the last")
    expect(weeks.get_by_role("row", name="Answered our text")).to_be_visible()
    expect(weeks.get_by_role("row", name="What they cost")).to_contain_text("£0")


@errand("let a colleague in")
def _colleague(hand: Hand) -> None:
    hand.go("Colleagues")
    hand.button("Make the invitation")
    expect(hand.page.get_by_role("img", name="QR code of the invitation")).to_be_visible()
    link = hand.page.get_by_label("The link").input_value()
    browser, name = hand.page.context.browser, "noa on a phone" if hand.is_phone else "noa on a desk"
    assert browser
    noa = new_page(browser, [])
    noa.goto(hand.url + path_of(link))
    noa.get_by_label("Your name").fill(name)
    noa.get_by_label("A password").fill(PASSWORD)
    noa.get_by_role("button", name="Start").click()
    expect(noa.get_by_role("heading", name="Calls", exact=True)).to_be_visible()
    noa.context.close()


@errand("find how to divert calls")
def _divert(hand: Hand) -> None:
    hand.go("Settings")
    hand.link("Divert calls to the box")
    expect(hand.page.get_by_text("**004*+447400123400#")).to_be_in_viewport()


@errand("get alerts on the phone")
def _push(hand: Hand) -> None:
    hand.go("Settings")
    hand.link("Change alerts")
    hand.button("Save and make a channel")
    expect(hand.page.get_by_role("img", name="QR code of https://ntfy.sh/textback-")).to_be_visible()
    (channel,) = hand.office.loop.settings.notify.urls
    hand.button("Save and send a test")
    expect(hand.page.locator("#trial")).to_contain_text("It is on its way.")
    (test,) = [job for job in hand.office.jobs if isinstance(job, TellServices)]
    assert test.urls == (channel,)


@errand("take last month to the accountant")
def _accountant(hand: Hand) -> None:
    begin, _ = figures.last_month(hand.office.bridge.now(), hand.office.bridge.settings().shop.zone)
    with Session(hand.office.engine) as session, session.begin():
        at = begin + timedelta(days=9)
        session.add(Call(line_id=1, started=at, ended=at, outcome=CallOutcome.ABANDONED, rings=3))
    hand.go("Figures")
    hand.link("Last month")
    for file in ("Day by day", "Week by week", "Call by call"):
        with hand.page.expect_download() as download:
            hand.link(file)
        assert Path(download.value.path()).read_text("utf-8-sig").startswith(("date,", "week,"))


@errand("write to a new number")
def _write(hand: Hand) -> None:
    hand.go("Conversations")
    hand.link("New text")
    hand.type(hand.page.get_by_label("To which number?"), "07400 999999")
    hand.type(hand.page.get_by_label("Your text"), "Your part is here.")
    hand.button("Send")
    expect(hand.page.locator(".text.out").last).to_contain_text("Your part is here.")


@errand("find a text by a word")
def _find(hand: Hand) -> None:
    hand.go("Conversations")
    hand.type(hand.page.get_by_role("searchbox", name="Search contacts and texts"), "ninetieth")
    hand.button("Search contacts and texts")
    hand.tap(hand.page.locator(".found .row", has_text="ninetieth"))
    expect(hand.page.get_by_text("my grandmother's ninetieth birthday")).to_be_in_viewport()


@dataclass(frozen=True)
class At:
    """A shop of its own for each size of the screen, and somebody who is logged in."""

    office: Office
    url: str
    page: Page
    complaints: list[str]
    is_phone: bool
    counted: dict[str, tuple[int, int]]


@pytest.fixture(scope="module", params=[PHONE, DESK], ids=["phone", "desk"])
def at(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[At]:
    with an_office(tmp_path_factory.mktemp("errands")) as office:
        edit.change(office.bridge.settings().path, "shop", {"text_price": "£0.04"})
        edit.change(office.bridge.settings().path, "hours", dict.fromkeys(DAYS, "9:00-18:00"))
        office.bridge.request(ReadSettings(), by=NAME)
        server = Server(create_app(office.bridge), "127.0.0.1", 0)
        server.start()
        page, complaints = enter(browser, [], server.url, request.param)
        counted: dict[str, tuple[int, int]] = {}
        yield At(office, server.url, page, complaints, request.param is PHONE, counted)
        page.context.close()
        server.stop()
    print(f"\n{'on a phone' if request.param is PHONE else 'on a computer':50}  taps  fields")
    for name, (taps, fields) in counted.items():
        print(f"{name:50}  {taps:4}  {fields:6}")


@pytest.mark.parametrize("name", MOST)
def test_an_errand_takes_few_taps(at: At, name: str) -> None:
    at.page.goto(at.url)
    at.complaints.clear()
    hand = Hand(at.page, at.url, at.office, at.is_phone)
    ERRANDS[name](hand)
    at.counted[name] = hand.taps, hand.fields
    phone, desk, fields = MOST[name]
    assert hand.taps <= (phone if at.is_phone else desk)
    assert hand.fields <= fields
    assert at.complaints == []


def test_every_errand_has_its_limit() -> None:
    assert list(ERRANDS) == list(MOST)
