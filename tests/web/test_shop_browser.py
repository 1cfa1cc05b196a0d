"""The shop's page from end to end, in a real browser: the real service, a simulated modem behind it; on a phone and on a
computer, in light and dark."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlmodel import Session

from bridge.contract.requests import MarkDone
from bridge.records import users, views
from modem.simulator import Simulator
from tests.support.box import Box, a_box, until
from tests.support.browser import PHONE, SIZES, is_accessible, new_page, press
from tests.support.needs import needs
from tests.support.people import add_user

pytestmark = needs("chromium")

MIA, BEN, PASSWORD = "mia", "ben", "flour & water"
OWNER = "+447400123499"
HOSTILE = "<img src=x onerror=alert(1)>"


@dataclass
class Shop:
    """One running box, and callers of whom nobody has heard before."""

    box: Box
    number: int = 200

    def caller(self) -> str:
        self.number += 1
        return f"+447400124{self.number}"

    def rings(self, caller: str, rings: int = 2) -> None:
        """It rings, nobody answers, and the text has gone out."""
        self.box.simulator.call(caller, rings=rings)
        until(lambda: self.of(caller, "sent", "delivered"), "the automatic text")

    def writes(self, caller: str, words: str) -> None:
        self.box.simulator.text(caller, words)
        until(lambda: any(text.body == words for text in self.texts(caller)), "the text")

    def texts(self, caller: str) -> list[views.MessageRow]:
        with Session(self.box.service.engine) as session:
            return views.messages(session, address=caller)

    def of(self, caller: str, *statuses: str) -> list[views.MessageRow]:
        return [text for text in self.texts(caller) if text.status in statuses]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop")
    limits = "[limits]\nper_minute = 1000\nstrangers_per_10_minutes = 1000\n"
    with Simulator(speed=20) as simulator, a_box(folder, simulator, extra=limits) as box:
        with Session(box.service.engine) as session, session.begin():
            add_user(session, MIA, PASSWORD)
            add_user(session, BEN, PASSWORD, "staff")
        yield Shop(box)


Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, contexts: list[BrowserContext], size: dict[str, int]) -> Iterator[Open]:
    """Opens a page of this size, logged in; at the end, no browser may have complained."""
    complaints: list[str] = []
    pages: list[Page] = []

    def enter(url: str, name: str | None = MIA, script: bool = True, size: dict[str, int] = size) -> Page:
        page = new_page(browser, contexts, viewport=size, java_script_enabled=script)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text))
        page.goto(url)
        pages.append(page)
        if name:
            log_in(page, name)
        return page

    yield enter
    # That a form was refused, or that there was no network, is no complaint about the page.
    assert [said for said in complaints if not said.startswith("Failed to load resource")] == []


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".leave", has_text=f"Log out {name}").first).to_be_attached()
    page.wait_for_load_state()  # with its style sheet, without which a narrow page shows what it will hide


def go(page: Page, place: str) -> None:
    """By the navigation, as people do. Until the style sheet is there, a narrow page shows what it will hide: ask its width."""
    main = page.get_by_role("navigation", name="Main")
    if page.viewport_size == PHONE and place not in ("Calls", "Conversations", "Contacts"):
        main.locator("summary").click()
    main.get_by_role("link", name=re.compile(f"^{place}")).locator("visible=true").last.click()


@SIZES
def test_first_run(tmp_path: Path, opened: Open) -> None:
    """1: a code, a password, a name, the line, a test call, a test text, the address as a QR code."""
    with Simulator(speed=20) as simulator, a_box(tmp_path, simulator) as box:
        code = users.code_for_first_login(box.service.engine)
        assert code
        page = opened(box.service.url, name=None)
        is_accessible(page)
        page.get_by_role("textbox", name="The code of this box").fill("1111-2222")
        page.get_by_label("Your name").fill(MIA)
        page.get_by_label("A password").fill(PASSWORD)
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("alert")).to_contain_text("That is not the code")
        page.get_by_role("textbox", name="The code of this box").fill(code)
        page.get_by_label("A password").fill(PASSWORD)
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("heading", name="First steps")).to_be_visible()
        page.locator("#shop").fill("Deli & Söhne")
        page.get_by_role("button", name="Save this name").click()
        expect(page.get_by_text("Your text does not mention the shop's name:")).to_be_visible()
        page.get_by_role("button", name="Use this text").click()
        expect(page.locator("#shop")).to_have_value("Deli & Söhne")
        expect(page.get_by_text("Thanks for calling Deli & Söhne!")).to_be_visible()
        expect(page.locator(".step", has_text="Is the line ready?")).to_contain_text("is ready for calls")
        assert box.service.loop.settings.shop.name == "Deli & Söhne"
        step = page.locator(".step", has_text="Make a test call")
        simulator.fault("cms_error", code=332)
        simulator.call("+447400123455", rings=2)
        expect(step).to_contain_text("text unconfirmed")
        # It ticks green only if the text truly went out.
        expect(step).not_to_have_class(re.compile("is-done"))
        simulator.call("+447400123456", rings=2)
        expect(step).to_contain_text("07400 123456")
        expect(step).to_contain_text(re.compile("text (sent|delivered)"))
        expect(step).to_have_class(re.compile("is-done"))
        page.get_by_label("Your mobile").fill("not a number")
        page.get_by_role("button", name="Send me the text").click()
        expect(page.get_by_role("alert")).to_contain_text("“not a number” is not a phone number")
        page.get_by_label("Your mobile").fill("07400 123499")
        page.get_by_role("button", name="Send me the text").click()
        expect(page.locator(".step", has_text="Get a test text")).to_contain_text("07400 123499")
        expect(page.locator(".step.is-done", has_text="Get a test text")).to_be_visible()
        until(lambda: [text.number for text in simulator.sent].count(OWNER), "the test text")
        expect(page.get_by_role("img", name=re.compile("QR code of"))).to_be_visible()
        is_accessible(page)
        page.get_by_role("link", name="Finish and go to Calls").click()
        expect(page.locator(".row", has_text="07400 123456")).to_be_visible()


@SIZES
def test_calls(shop: Shop, opened: Open) -> None:
    """2: what became of each, why, who is to be called back, and what can be done about a caller."""
    caller = shop.caller()
    shop.rings(caller, rings=3)
    page = opened(shop.box.service.url)
    row = page.locator("#calls .row", has_text=caller[-6:]).first
    expect(row).to_contain_text(re.compile(r"hung up after 3 rings, \d+\ss"))
    expect(row.locator(".did .chip")).to_contain_text(re.compile(r"text (sent|delivered) \d\d:\d\d"))
    row.get_by_text("Why?").click()
    expect(row.get_by_text("The number can receive texts.")).to_be_visible()
    row.get_by_text("Why?").click()
    page.get_by_label("Search calls").fill(caller[-6:])
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#calls .row")).to_have_count(1)
    menu = page.locator("#calls .row .do")
    menu.locator("summary").click()
    expect(menu.get_by_role("link", name="Call back")).to_have_attribute("href", f"tel:{caller}")
    is_accessible(page)
    menu.get_by_role("link", name="Name this caller").click()
    page.get_by_label("Name", exact=True).fill(HOSTILE)
    press(page.get_by_role("button", name="Save"))
    page.goto(f"{shop.box.service.url}?q={caller[-6:]}")
    expect(page.locator("#calls .row")).to_contain_text(HOSTILE)
    for button, then in (
        ("Block this caller", "Unblock this caller"),
        ("Unblock this caller", "Block this caller"),
        ("Never text", "Text this number again"),
    ):
        menu.locator("summary").click()
        press(menu.get_by_role("button", name=button))
        page.goto(f"{shop.box.service.url}?q={caller[-6:]}")
        expect(menu.locator(".leave", has_text=then)).to_be_attached()
    page.goto(f"{shop.box.service.url}?show=open")
    row = page.locator("#calls .row", has_text=caller[-6:])
    row.locator(".act").get_by_role("button", name="Mark as called back").click()
    expect(page.locator("#calls .row", has_text=caller[-6:])).to_have_count(0)


@SIZES
def test_who_rings_now_can_be_hung_up_on(shop: Shop, opened: Open) -> None:
    """2: ringing right now, who it is, and hanging up; the page shows it by itself."""
    caller = shop.caller()
    page = opened(shop.box.service.url)
    shop.box.simulator.call(caller, rings=1000)
    card = page.locator(".ringing")
    expect(card).to_contain_text(f"{caller[-6:]} is ringing")
    card.get_by_role("button", name="Reject").click()
    expect(page.locator("#calls .row", has_text=caller[-6:]).first).to_contain_text("you rejected it")
    expect(card).to_have_count(0)


@SIZES
def test_conversations(shop: Shop, opened: Open) -> None:
    """3: unread first, a reply with its cost and ticks, saved replies, notes, whose it is, done and open again."""
    caller = shop.caller()
    shop.rings(caller)
    shop.writes(caller, f"Do you have rye? {HOSTILE}")
    page = opened(shop.box.service.url)
    go(page, "Conversations")
    first = page.locator("#people .row", has_text=caller[-6:])
    expect(first).to_contain_text("Do you have rye?")
    expect(first.locator(".chip")).to_contain_text("needs a reply")
    is_accessible(page)
    first.get_by_role("link").click()
    expect(page.locator(".text.in .body").last).to_have_text(f"Do you have rye? {HOSTILE}")
    box = page.get_by_label("Your reply")
    box.fill("x" * 161)
    expect(page.locator("#cost")).to_contain_text("2 texts")
    box.fill("Yes, two loaves 🍞")
    expect(page.locator("#cost")).to_contain_text("1 text, ")
    page.get_by_text("Saved replies", exact=True).click()
    page.get_by_role("button", name="Save what is in the box").click()
    expect(page.locator(".note.good")).to_contain_text("Saved.")
    expect(box).to_have_value("Yes, two loaves 🍞")
    box.fill("Hello.")
    page.get_by_text("Saved replies", exact=True).click()
    page.locator(".saved button[data-words]").first.click()
    expect(box).to_have_value("Hello. Yes, two loaves 🍞")
    page.get_by_role("button", name="Send").click()
    mine = page.locator(".text.out").last
    expect(mine).to_contain_text("Hello. Yes, two loaves 🍞")
    expect(mine).to_contain_text(MIA)
    expect(mine.locator(".chip")).to_contain_text(re.compile("sent|delivered"))
    page.get_by_text("Note for colleagues").click()
    page.get_by_label("It is shown in the conversation").fill(f"Paid {HOSTILE}")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".between").last).to_contain_text(f"Paid {HOSTILE}")
    expect(page.locator(".between").last).to_contain_text(f"{MIA}, for colleagues only")
    page.locator("details.choices summary").click()
    page.get_by_label("Who looks after it?").select_option(BEN)
    page.get_by_role("button", name="Give it to them").click()
    expect(page.locator(".thread .head")).to_contain_text("ben")
    is_accessible(page)
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#people .row", has_text=caller[-6:])).to_have_count(0)
    shop.writes(caller, "One more thing")
    expect(page.locator("#people .row", has_text=caller[-6:])).to_contain_text("One more thing")
    assert [text.text for text in shop.box.simulator.sent if text.number == caller][1:] == [
        "Hello. Yes, two loaves 🍞"
    ]


@SIZES
def test_a_draft_outlives_a_reload_and_a_lost_connection(shop: Shop, opened: Open) -> None:
    """3: what was typed is there again, and goes out once."""
    caller = shop.caller()
    shop.writes(caller, "Are you open?")
    page = opened(shop.box.service.url)
    page.goto(f"{shop.box.service.url}conversations/{caller}")
    box = page.get_by_label("Your reply")
    box.fill("Until six")
    page.reload()
    expect(box).to_have_value("Until six")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(box).to_have_value("Until six")
    page.context.set_offline(False)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".text.out").last).to_contain_text("Until six")
    expect(box).to_have_value("")
    page.reload()
    expect(box).to_have_value("")
    # The answer is lost on its way: the text has gone out, and pressing again is the same text.
    box.fill("And tomorrow until one")
    page.route(re.compile("/conversations/"), lambda route: (route.fetch(max_redirects=0), route.abort()))
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.unroute_all()
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".text.out").last).to_contain_text("And tomorrow until one")
    shop.box.turn()
    assert [text.body for text in shop.texts(caller) if text.direction == "out"] == [
        "And tomorrow until one",
        "Until six",
    ]


@SIZES
def test_a_text_that_failed_is_sent_again_by_hand(shop: Shop, opened: Open) -> None:
    """3: failed or unconfirmed, with a button."""
    caller = shop.caller()
    shop.box.simulator.fault("cms_error", code=332)
    shop.box.simulator.call(caller, rings=1)
    until(lambda: shop.of(caller, "unconfirmed"), "the text that nobody knows of")
    page = opened(shop.box.service.url)
    page.goto(f"{shop.box.service.url}conversations/{caller}")
    old = page.locator(".text.out").first
    expect(old.locator(".chip")).to_contain_text("unconfirmed")
    expect(old).to_contain_text("It may have arrived.")
    old.get_by_role("button", name="Send again").click()
    expect(page.locator(".text.out")).to_have_count(2)
    until(lambda: shop.of(caller, "sent", "delivered"), "the text that was sent again")
    assert shop.texts(caller)[0].author == MIA


@SIZES
def test_what_is_typed_before_the_script_has_come_is_shown(shop: Shop, opened: Open) -> None:
    page = opened(shop.box.service.url)
    script = re.compile("/static/textback")
    held: list[Route] = []
    page.route(script, lambda route: held.append(route))
    with page.expect_request(script):
        page.goto(f"{shop.box.service.url}settings/textback", wait_until="commit")
    page.get_by_label("The text", exact=True).fill("Typed early at {shop}.")
    for route in held:
        route.continue_()
    expect(page.locator("#samples")).to_contain_text("Typed early at Corner Bakery.")


@SIZES
def test_settings_and_what_would_happen(shop: Shop, opened: Open) -> None:
    """4: forms with the file's own checks, the text at other times, and a call that is only thought of."""
    page = opened(shop.box.service.url)
    path = shop.box.service.loop.settings.path
    path.write_text(path.read_text("utf-8").replace("[web]", "# mine, to be kept\n[web]"), "utf-8")
    go(page, "Settings")
    is_accessible(page)
    page.get_by_role("link", name="Change opening hours").click()
    page.get_by_label("Monday").fill("9-25")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#monday-problem")).to_contain_text("25 does not exist.")
    expect(page.get_by_label("Monday")).to_have_value("9-25")
    is_accessible(page)
    page.get_by_label("Monday").fill("9:00-12:30, 14:00-18:00")
    page.get_by_label("Holidays").fill("GB")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    expect(page.locator("#hours")).to_contain_text("9:00–12:30, 14:00–18:00")
    assert not shop.box.service.loop.settings.hours.open_always
    assert "# mine, to be kept" in path.read_text("utf-8")
    page.get_by_role("link", name="Change automatic texts").click()
    page.get_by_label("When the shop is closed").select_option("other")
    page.get_by_label("The text when closed").fill("We are closed, and open again {reopens}.")
    expect(page.locator("#samples")).to_contain_text(
        re.compile("Tonight at 22:00.*open again (on|tomorrow)", re.DOTALL)
    )
    expect(page.locator("#samples")).to_contain_text("On a holiday")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#textback")).to_contain_text("We are closed, and open again")
    page.get_by_role("link", name="What would happen?").click()
    before = len(shop.box.messages()), len(shop.box.calls())
    page.get_by_label("Who calls?").fill("07400 123999")
    page.get_by_label("When?").fill("2026-12-25T10:00")  # a Friday; the Monday after is a holiday too
    page.get_by_role("button", name="Show me").click()
    expect(page.locator("#answer")).to_contain_text("would be texted")
    expect(page.locator("#answer")).to_contain_text("open again on 4 January at 9:00.")
    page.get_by_label("Who calls?").fill("")
    page.get_by_role("button", name="Show me").click()
    expect(page.locator("#answer")).to_contain_text("not texted: hidden number")
    is_accessible(page)
    assert (len(shop.box.messages()), len(shop.box.calls())) == before
    page.goto(f"{shop.box.service.url}settings/hours")
    for field in ("Monday", "Holidays"):
        page.get_by_label(field).fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")


@SIZES
def test_status_pauses_and_shows_the_doctors_sheet(shop: Shop, opened: Open) -> None:
    """4: signal, network, memory, outbox, incidents, check-up, pause."""
    page = opened(shop.box.service.url)
    go(page, "Status")
    for words in (
        "Network",
        "Signal",
        "Text memory",
        "Texts to be sent",
        "Check-up",
        "What went wrong lately",
    ):
        expect(page.get_by_text(words, exact=True).first).to_be_visible()
    is_accessible(page)
    notice = page.get_by_role("status").filter(has_text="Automatic texts are paused")
    for pause in ("For an hour", "For today", "Until resumed"):
        page.get_by_role("button", name=pause).click()
        expect(notice).to_be_visible()
        page.get_by_role("button", name="Resume now").click()
        expect(notice).to_have_count(0)


@SIZES
def test_a_pause_is_told_calmly_and_ended_where_it_is_read(shop: Shop, opened: Open) -> None:
    """What somebody here has wanted is no alarm; its button leads back to the page on which it stands."""
    page = opened(shop.box.service.url)
    go(page, "Status")
    press(page.get_by_role("button", name="Until resumed"))
    press(page.get_by_role("button", name="Closed today"))
    page.goto(f"{shop.box.service.url}?show=missed")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="The shop is closed for now")).to_be_visible()
    is_accessible(page)
    for resume in ("Resume texts", "Open again"):
        page.get_by_role("button", name=resume).click()
        expect(page.get_by_role("button", name=resume)).to_have_count(0)
        expect(page).to_have_url(f"{shop.box.service.url}?show=missed")


@SIZES
def test_figures(shop: Shop, opened: Open) -> None:
    """5: pictures drawn by the server, each with its words and numbers, and files."""
    caller = shop.caller()
    shop.rings(caller)
    shop.writes(caller, "Hello?")
    page = opened(shop.box.service.url)
    go(page, "Figures")
    for title in (
        "Calls per day",
        "When calls are missed",
        "What became of missed calls",
        "How soon you answer",
    ):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.locator("svg[role=img][aria-label]").nth(3)).to_be_attached()
    page.get_by_text("The numbers").first.click()
    expect(page.get_by_role("table").first).to_be_visible()
    is_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Call by call").click()
    assert caller in Path(download.value.path()).read_text("utf-8")


@SIZES
def test_people(shop: Shop, opened: Open) -> None:
    """6: owner and staff, who changed what, logged out everywhere."""
    name = f"noa {shop.caller()[-3:]}"
    page = opened(shop.box.service.url)
    go(page, "Colleagues")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password for the first login").fill("short")
    page.get_by_label("Password for the first login").evaluate("field => field.removeAttribute('minlength')")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_contain_text("at least 8 characters")
    page.get_by_label("Password for the first login").fill(PASSWORD)
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".row", has_text=name)).to_contain_text("staff")
    expect(page.locator("#log")).to_contain_text(f"{MIA} added {name} as staff")
    is_accessible(page)
    theirs = opened(shop.box.service.url, name=name)
    go(theirs, "Settings")
    expect(theirs.get_by_role("link", name="Change the shop")).to_have_count(0)
    theirs.goto(f"{shop.box.service.url}settings/shop")
    expect(theirs.get_by_role("button", name="Save")).to_have_count(0)
    theirs.goto(f"{shop.box.service.url}team")
    expect(theirs.get_by_role("button", name="Add")).to_have_count(0)
    row = page.locator(".row", has_text=name)
    row.locator(".ask").click()
    press(row.get_by_role("button", name="Log out everywhere"))
    theirs.reload()
    expect(theirs.get_by_role("button", name="Log in")).to_be_visible()
    expect(page.locator("#log")).to_contain_text(f"{MIA} logged {name} out everywhere")


@SIZES
def test_live(shop: Shop, opened: Open) -> None:
    """7: what happens appears by itself, in the title too; a row that somebody reads stays open."""
    page, other = opened(shop.box.service.url), opened(f"{shop.box.service.url}", name=BEN)
    earlier = shop.caller()
    shop.rings(earlier)
    row = page.locator("#calls .row", has_text=earlier[-6:])
    row.get_by_text("Why?").click()
    page.get_by_role("link", name="Missed").focus()
    caller = shop.caller()
    shop.rings(caller)
    for each in (page, other):
        expect(each.locator("#calls .row").first).to_contain_text(caller[-6:])
    expect(row.get_by_text("The number can receive texts.")).to_be_visible()
    expect(page.get_by_role("link", name="Missed")).to_be_focused()
    shop.writes(caller, "Hello?")
    with Session(shop.box.service.engine) as session:
        count = views.needing_reply(session, frozenset())
    for each in (page, other):
        expect(each).to_have_title(re.compile(rf"^\({count}\) Calls"))
    shop.box.service.bridge.request(MarkDone(caller, done=True))
    for each in (page, other):
        expect(each).to_have_title(re.compile(rf"^\({count - 1}\) Calls"))


@SIZES
def test_a_sound_if_wanted(shop: Shop, opened: Open, size: dict[str, int]) -> None:
    """7: off until somebody asks for it, and remembered."""
    page = opened(shop.box.service.url)
    page.evaluate(
        "() => { window.beeps = 0; const made = AudioContext.prototype.createOscillator;"
        " AudioContext.prototype.createOscillator = function () { window.beeps += 1; return made.call(this); }; }"
    )
    caller = shop.caller()
    shop.writes(caller, "Quiet?")
    expect(page).to_have_title(re.compile(r"^\("))
    if size is PHONE:
        page.locator("summary", has_text="More").click()
    page.get_by_role("button", name="Sound off").locator("visible=true").click()
    until(lambda: page.evaluate("() => window.beeps") == 1, "the sound that was asked for")
    shop.writes(caller, "Loud?")
    until(lambda: page.evaluate("() => window.beeps") == 2, "the sound of a text")
    page.reload()
    expect(page.locator("[data-sound]").first).to_have_text("Sound on")


@SIZES
def test_without_javascript_all_of_it_works(shop: Shop, opened: Open, size: dict[str, int]) -> None:
    """7: forms and links do what the scripts make pleasant."""
    caller = shop.caller()
    shop.rings(caller)
    shop.writes(caller, "Without scripts?")
    url = shop.box.service.url
    page = opened(url, script=False)
    page.goto(f"{url}conversations/{caller}")
    page.get_by_label("Your reply").fill("Yes")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".text.out").last).to_contain_text("Yes")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#people .row", has_text=caller[-6:])).to_have_count(0)
    page.goto(f"{url}conversations?show=done")
    expect(page.locator("#people .row", has_text=caller[-6:])).to_have_count(1)
    page.goto(f"{url}settings/textback")
    page.get_by_label("The text", exact=True).fill("Hello from {shop}!")
    page.get_by_role("button", name="Check how it reads").click()
    expect(page.locator("#samples")).to_contain_text("Hello from")
    page.goto(f"{url}try")
    page.get_by_label("Who calls?").fill(caller)
    page.get_by_role("button", name="Show me").click()
    expect(page.locator("#answer")).to_contain_text("not texted: already texted")


@SIZES
def test_it_can_be_put_among_the_apps(shop: Shop, opened: Open) -> None:
    """7: a manifest with icons that are there."""
    page = opened(shop.box.service.url)
    manifest = page.request.get(page.locator("link[rel=manifest]").evaluate("link => link.href")).json()
    assert (manifest["name"], manifest["display"], manifest["start_url"]) == (
        "Corner Bakery",
        "standalone",
        "/",
    )
    sizes = [(icon["src"], icon["sizes"]) for icon in manifest["icons"]]
    for source, wanted in sizes:
        actual = page.evaluate(
            "source => new Promise((yes, no) => { const i = new Image(); i.onload = () => yes(`${i.width}x${i.height}`);"
            " i.onerror = no; i.src = source; })",
            source,
        )
        assert actual == wanted


@SIZES
def test_the_keyboard_reaches_everything(shop: Shop, opened: Open) -> None:
    """7: every control of the calls page is reached with Tab, and its place can be seen."""
    shop.rings(shop.caller())
    page = opened(shop.box.service.url)
    wanted = page.evaluate(
        "() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]"
        ".filter((node) => node.checkVisibility() && !node.disabled).length"
    )
    seen = set()
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        place = page.evaluate(
            "() => { const at = document.activeElement; if (at === document.body) return null;"
            " const ring = getComputedStyle(at); window.order ??= []; if (!window.order.includes(at)) window.order.push(at);"
            " return [window.order.indexOf(at), ring.outlineStyle !== 'none']; }"
        )
        if place is None:
            break
        assert place[1], "the focus cannot be seen"
        seen.add(place[0])
    assert len(seen) >= wanted - 1  # the link that skips to the content appears with the focus
