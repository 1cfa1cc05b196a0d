"""The page in a real browser: on a phone and on a computer, in light and dark, with JavaScript and without."""

import re
import time

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from sqlmodel import Session
from werkzeug.exceptions import NotFound
from werkzeug.routing import MapAdapter

from bridge.records import views
from bridge.rules.wording import alphabet
from bridge.words.preview import cost
from modem import contract
from tests.support.box import until
from tests.support.browser import DESK, PHONE, SIZES, a_text_comes, enter, press, texts
from tests.support.needs import needs
from tests.support.web_bridge import ANN, BOB, CEM, DAN, HOSTILE, NAME, Office
from web import create_app
from web.pages.settings_forms import FORMS

pytestmark = needs("chromium")

PLACES = (
    "",
    "?show=missed",
    "?show=open",
    "conversations",
    f"conversations/{ANN}",
    "conversations?q=a",
    "conversations?q=zzz",
    f"conversations/{ANN}?q=poppy",
    "contacts",
    f"contacts/{ANN}",
    "status",
    "figures",
    "settings",
    "settings/shop",
    "settings/textback",
    "settings/notify",
    "settings/filters",
    "settings/limits",
    "settings/hours",
    "team",
    "team/invitations",
    "join/x",
    "try",
    "replies",
    "write",
    "scheduled",
    "welcome",
    "https",
    "hooks",
    "keys",
    "nothing",
)
# Answers that are no pages: files, JSON, and the log-in, which who is in does not get.
NO_PAGES = {
    "static",
    "healthz.healthz",
    "news.news",
    "manifest.manifest",
    "auth.login",
    "contacts.export",
    "backups.download",
    "https.authority",
    "https.trusted",
}
# WCAG 2.2: 1.4.3 contrast of text, 2.5.8 is 24 px; ours is the thumb's 44.
CONTRAST, THUMB = 4.5, 44


@SIZES
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_a_missed_call_to_a_reply(
    browser: Browser,
    contexts: list[BrowserContext],
    office: Office,
    url: str,
    size: dict[str, int],
    script: bool,
) -> None:
    page, complaints = enter(browser, contexts, url, size, script=script)
    row = page.locator(".row", has_text="Ann Whittaker")
    expect(row).to_contain_text("hung up after 3 rings")
    expect(row).to_contain_text("text delivered")
    expect(row.get_by_text("The number can receive texts.")).to_be_hidden()
    row.get_by_text("Why?").click()
    expect(row.get_by_text("The number can receive texts.")).to_be_visible()
    row.get_by_role("link", name="Ann Whittaker").click()
    box = page.get_by_label("Your reply")
    expect(box).to_be_in_viewport()
    box.fill("They are on the shelf, see you at 5")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".text.out").last).to_contain_text("They are on the shelf, see you at 5")
    expect(box).to_have_value("")
    with Session(office.engine) as session:
        assert views.messages(session, address=ANN)[0].author == NAME
    assert complaints == []


@SIZES
def test_why_not(browser: Browser, contexts: list[BrowserContext], url: str, size: dict[str, int]) -> None:
    page, _ = enter(browser, contexts, url, size)
    row = page.locator(".row", has_text="not sent: already texted")
    row.get_by_text("Why not?").click()
    # What decided stands first, and nothing else is marked.
    expect(row.locator(".did > :not(summary)").first).to_contain_text(
        "one automatic text per caller in 24 hours"
    )
    expect(row.locator(".did > .decided")).to_have_count(1)
    expect(row.locator(".did li .icon")).to_have_count(0)


# Plain, full to the brim, extension characters on a brim, typographic twins, what needs UCS-2, surrogate pairs.
DRAFTS = (
    "Hello",
    "x" * 160,
    "x" * 161,
    "x" * 306 + "€",
    "x" * 152 + "€" + "x" * 10,
    "“Don’t” – it’s fine…",
    "Olá",
    "😀" * 35,
    "😀" * 36,
    "я" * 66 + "😀" + "я" * 10,
    "a\nb\n\nc",
    "[]{}\\^~|€",
)


def test_the_script_counts_as_the_box_does(
    browser: Browser, contexts: list[BrowserContext], url: str
) -> None:
    page, _ = enter(browser, contexts, url)
    page.goto(f"{url}conversations/{ANN}")
    for draft in (*DRAFTS, alphabet(1).strip(), alphabet(2).strip(), "·".join(alphabet(1))):
        draft = draft.replace("\r", "").replace("\f", "")
        page.get_by_label("Your reply").fill(draft)
        expect(page.locator("#cost")).to_have_text(re.compile(re.escape(cost(draft))))


def test_without_script_a_button_counts(browser: Browser, contexts: list[BrowserContext], url: str) -> None:
    page, _ = enter(browser, contexts, url, script=False)
    page.goto(f"{url}conversations/{DAN}")
    expect(page.locator("#cost")).to_have_text("160 plain characters make one text.")
    page.get_by_label("Your reply").fill("See you 😀")
    page.get_by_role("button", name="Count").click()
    expect(page.locator("#cost")).to_have_text(cost("See you 😀"))
    expect(page.get_by_label("Your reply")).to_have_value("See you 😀")


def test_with_script_a_thread_that_is_seen_is_read(
    browser: Browser, contexts: list[BrowserContext], office: Office, url: str
) -> None:
    page, _ = enter(browser, contexts, url)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.goto(f"{url}conversations/{ANN}")
    expect(page.get_by_role("button", name="Mark as read")).to_be_hidden()
    with Session(office.engine) as session:
        assert views.unread(session) == 0


def test_who_waits_stays_in_their_place_until_somebody_replies(
    browser: Browser, contexts: list[BrowserContext], url: str
) -> None:
    page, complaints = enter(browser, contexts, url, DESK)
    page.goto(f"{url}conversations")
    row = page.locator(f'#people .row:has(a[href*="{ANN}"])')
    others = page.locator(f'#people .row:has(a[href*="{ANN}"]) ~ .row').count()
    count = int(page.locator("#nav-talks .count").inner_text().split()[0])
    press(row.locator("a"))  # the script marks it as read
    page.goto(f"{url}conversations")
    expect(row).to_contain_text("needs a reply")
    expect(page.locator(f'#people .row:has(a[href*="{ANN}"]) ~ .row')).to_have_count(others)
    expect(page).to_have_title(re.compile(rf"^\({count}\)"))
    row.locator("a").click()
    page.get_by_label("Your reply").fill("They are waiting for you.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page).to_have_title(re.compile(rf"^\({count - 1}\)"))
    expect(row).not_to_contain_text("needs a reply")
    assert complaints == []


def test_without_script_a_button_marks_as_read(
    browser: Browser, contexts: list[BrowserContext], office: Office, url: str
) -> None:
    page, _ = enter(browser, contexts, url, script=False)
    page.goto(f"{url}conversations/{ANN}")
    with Session(office.engine) as session:
        assert views.unread(session) == 2
    page.get_by_role("button", name="Mark as read").click()
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)
    with Session(office.engine) as session:
        assert views.unread(session) == 0


def test_a_page_that_lies_there_is_made_anew(
    browser: Browser, contexts: list[BrowserContext], office: Office, url: str
) -> None:
    page, complaints = enter(browser, contexts, url, DESK)
    page.goto(f"{url}conversations/{DAN}")
    a_text_comes(office, DAN, "One more thing")
    expect(page.locator(".text.in").last).to_contain_text("One more thing")
    assert texts(office, DAN)[0].status == "received"
    page.locator(".thread h1").click()
    until(lambda: texts(office, DAN)[0].status == "read", "reading")
    page.get_by_label("Your reply").fill("Yes?")
    expect(page.locator("#cost")).to_have_text(cost("Yes?"))
    assert complaints == []


def test_news_comes_into_a_page_that_is_in_use_and_leaves_the_draft_alone(
    browser: Browser, contexts: list[BrowserContext], office: Office, url: str
) -> None:
    page, complaints = enter(browser, contexts, url)
    page.goto(f"{url}conversations/{DAN}")
    page.get_by_label("Your reply").fill("I was just writ")
    page.get_by_text("Why?").click()
    a_text_comes(office, DAN, "One more thing")
    expect(page.locator(".text.in").last).to_contain_text("One more thing")
    expect(page.get_by_label("Your reply")).to_have_value("I was just writ")
    expect(page.get_by_text("The number can receive texts.")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(\d+\) Dan Osei"))
    assert complaints == []


@SIZES
def test_a_first_text_outlives_a_reload_and_is_sent_once(
    browser: Browser, contexts: list[BrowserContext], office: Office, url: str, size: dict[str, int]
) -> None:
    page, complaints = enter(browser, contexts, url, size)
    page.goto(url + "write")
    to, box = page.get_by_label("To which number?"), page.get_by_label("Your text")
    to.fill("07400 999999")
    box.fill("Your part is here.")
    page.reload()
    expect(to).to_have_value("07400 999999")
    expect(box).to_have_value("Your part is here.")
    page.goto(f"{url}write?to=%2B{ANN[1:]}")  # a link to somebody else: these words are not for them
    expect(to).to_have_value(ANN)
    expect(box).to_have_value("")
    page.goto(url + "write")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".text.out").last).to_contain_text("Your part is here.")
    assert [text.body for text in texts(office, "+447400999999")] == ["Your part is here."]
    page.goto(url + "write")
    expect(box).to_have_value("")
    assert [said for said in complaints if "ERR_INTERNET_DISCONNECTED" not in said] == []


def test_a_first_text_to_somebody_who_said_stop_needs_a_tick(
    browser: Browser, contexts: list[BrowserContext], url: str
) -> None:
    page, _ = enter(browser, contexts, url)
    page.goto(url + "write")
    page.get_by_label("To which number?").fill(BOB)
    page.get_by_label("Your text").fill("Your cake is ready")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("asked for no more texts")
    page.get_by_label("Write anyway").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".text.out").last).to_contain_text("Your cake is ready")


def test_the_answer_to_a_stop_stands_below_it(
    browser: Browser, contexts: list[BrowserContext], office: Office, url: str
) -> None:
    a_text_comes(office, DAN, "STOP")
    until(lambda: texts(office, DAN)[0].direction == "out", "the answer")
    page, _ = enter(browser, contexts, url)
    page.goto(f"{url}conversations/{DAN}")
    expect(page.locator(".text .body").last).to_contain_text("You won't get any more automatic texts")
    expect(page.locator(".text .body").nth(-2)).to_have_text("STOP")


def test_stop_needs_a_tick(browser: Browser, contexts: list[BrowserContext], url: str) -> None:
    page, _ = enter(browser, contexts, url)
    page.goto(f"{url}conversations/{BOB}")
    page.get_by_label("Your reply").fill("Your cake is ready")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("asked for no more texts")
    expect(page.get_by_label("Your reply")).to_have_value("Your cake is ready")
    page.get_by_label("I want to write anyway").check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".text.out").last).to_contain_text("Your cake is ready")


@SIZES
def test_every_place_can_be_reached(
    browser: Browser, contexts: list[BrowserContext], url: str, size: dict[str, int]
) -> None:
    page, complaints = enter(browser, contexts, url, size, script=False)
    for place in ("Conversations", "Contacts", "Status", "Settings", "Calls"):
        if size is PHONE and place in ("Status", "Settings"):
            page.locator("summary", has_text="More").click()
        page.get_by_role("navigation", name="Main").get_by_role("link", name=place).click()
        expect(page.get_by_role("heading", name=place, exact=True)).to_be_visible()
    if size is PHONE:
        page.locator("summary", has_text="More").click()
    page.get_by_role("button", name=f"Log out {NAME}").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert complaints == []


def test_a_desk_shows_list_and_thread_a_phone_one_of_them(
    browser: Browser, contexts: list[BrowserContext], url: str
) -> None:
    for size, both in ((DESK, True), (PHONE, False)):
        page, _ = enter(browser, contexts, url, size)
        page.goto(f"{url}conversations/{DAN}")
        expect(page.locator(".thread")).to_be_visible()
        expect(page.locator(".people")).to_be_visible(visible=both)
        expect(page.get_by_text("With pleasure! It is 96 pounds").last).to_be_visible()


def test_what_people_write_is_never_run(browser: Browser, contexts: list[BrowserContext], url: str) -> None:
    page, complaints = enter(browser, contexts, url, DESK)
    for place in ("", "contacts", f"conversations/{CEM}"):
        page.goto(url + place)
        expect(page.get_by_text(HOSTILE).first).to_be_visible()
    expect(page.locator(".text .body b")).to_have_count(0)
    assert complaints == []


MEASURES = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((x) => x / 255)
    .map((x) => (x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4))
    .reduce((sum, x, i) => sum + x * [.2126, .7152, .0722][i], 0);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const [r, g, b, a = 1] = rgb(getComputedStyle(at).backgroundColor);
      if (a === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const seen = (node) => node.checkVisibility() && !node.closest(".spoken, .skip, .search label");
  const pale = [], small = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || !seen(node) || getComputedStyle(node).backgroundColor.startsWith("color(")) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const contrast = (a + .05) / (b + .05);
    if (contrast < CONTRAST) pale.push(`${node.className || node.tagName} ${contrast.toFixed(2)}`);
  }
  for (const node of document.querySelectorAll("button, input:not([type=hidden]), textarea, summary, nav a, .cover")) {
    const target = node.closest("label") || node;
    if (seen(node) && target.getBoundingClientRect().height < THUMB) small.push(node.outerHTML.slice(0, 80));
  }
  const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth;
  return { pale, small, wide };
}""".replace("CONTRAST", str(CONTRAST)).replace("THUMB", str(THUMB))


@SIZES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_and_hit(
    browser: Browser,
    contexts: list[BrowserContext],
    office: Office,
    url: str,
    size: dict[str, int],
    scheme: str,
) -> None:
    office.happens(
        contract.LineDown(
            "main",
            time.monotonic(),
            contract.Trouble.of(contract.TroubleCode.MODEM_HUNG_UP, path="/dev/ttyUSB2"),
            "port",
        )
    )
    until(lambda: office.bridge.status().troubles, "the trouble")
    page, complaints = enter(browser, contexts, url, size, scheme)
    expect(page.get_by_role("alert")).to_be_visible()
    for place in PLACES:
        page.goto(url + place)
        assert page.evaluate(MEASURES) == {"pale": [], "small": [], "wide": False}, place
        # That nothing is under an address is said in the console too.
        assert [said for said in complaints if not said.startswith("Failed to load resource")] == [], place


def test_every_page_is_among_those_that_are_looked_at(office: Office) -> None:
    """What answers a GET with a page of its own, each at least once, and each form of the settings."""
    routes = create_app(office.bridge).url_map
    pages = {
        rule.endpoint
        for rule in routes.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGES and not rule.rule.endswith(".csv")
    }
    seen = {endpoint_of(routes.bind(""), place) for place in PLACES}
    assert pages - seen == set()
    assert {f"settings/{section}" for section in FORMS} - set(PLACES) == set()


def endpoint_of(routes: MapAdapter, place: str) -> str | None:
    try:
        return str(routes.match("/" + place.split("?")[0])[0])
    except NotFound:
        return None


@SIZES
def test_menus_and_sound_work_on_every_page(
    browser: Browser, contexts: list[BrowserContext], url: str, size: dict[str, int]
) -> None:
    page, complaints = enter(browser, contexts, url, size)
    menu = page.get_by_role("navigation", name="Main").locator("summary")
    for place in PLACES:
        page.goto(url + place)
        if size is PHONE:
            menu.click()
        expect(page.get_by_role("button", name="Sound off").locator("visible=true")).to_have_count(1)
        if size is PHONE:
            page.keyboard.press("Escape")
            expect(page.locator("details.more[open]")).to_have_count(0)
    assert [said for said in complaints if not said.startswith("Failed to load resource")] == []


def test_the_keyboard_gets_past_the_bar(browser: Browser, contexts: list[BrowserContext], url: str) -> None:
    page, _ = enter(browser, contexts, url, DESK)
    page.goto(url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


@SIZES
def test_an_automatic_text_is_shown_while_it_is_typed(
    browser: Browser, contexts: list[BrowserContext], url: str, size: dict[str, int]
) -> None:
    page, _ = enter(browser, contexts, url, size)
    page.goto(url + "settings/textback")
    page.get_by_label("The text", exact=True).fill("Hello from {shop}, é and 🥖")
    expect(page.locator("#samples")).to_contain_text("Hello from Corner Bakery, é and 🥖")
    expect(page.locator("#samples")).to_contain_text(
        "“🥖” means that only 70 characters fit in one text instead of 160"
    )
    page.get_by_label("The text when closed").fill("We are closed until {when}")
    expect(page.locator("#samples")).to_contain_text("{when} is not a placeholder")
    expect(page.get_by_label("The text", exact=True)).to_have_value("Hello from {shop}, é and 🥖")


def test_somebody_is_named_paused_called_back_and_forgotten_by_hand(
    browser: Browser, contexts: list[BrowserContext], office: Office, url: str
) -> None:
    page, _ = enter(browser, contexts, url, PHONE)
    page.goto(f"{url}conversations/{ANN}")
    page.get_by_role("button", name="Mark as called back").click()
    expect(page.get_by_text(f"called back by {NAME}")).to_be_visible()
    page.locator("details.choices summary").click()
    page.get_by_role("link", name="Contact details").click()
    page.get_by_label("Notes for your colleagues").fill("Likes rye.")
    page.get_by_label("Who is it?").select_option("staff")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Likes rye.").first).to_be_visible()
    page.goto(f"{url}contacts/{ANN}")
    page.get_by_label("Yes, delete everything").check()
    page.get_by_role("button", name="Forget this person").click()
    page.wait_for_url(url + "contacts")
    expect(page.get_by_text("Ann Whittaker")).to_have_count(0)
    page.goto(url + "status")
    page.get_by_role("button", name="For an hour").click()
    expect(page.get_by_role("status").filter(has_text="Automatic texts are paused")).to_be_visible()
    page.get_by_role("button", name="Resume now").click()
    expect(page.get_by_role("status").filter(has_text="Automatic texts are paused")).to_have_count(0)
