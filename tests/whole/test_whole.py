"""From end to end, as a shop has it: a caller rings, the page shows it, a reply typed there leaves through the modem."""

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, expect
from sqlmodel import Session

from bridge.rules.numbers import pretty
from modem.simulator import Simulator
from modem.sms import encode
from tests.support.box import ANN, a_box, until
from tests.support.browser import SIZES, log_in, new_page
from tests.support.needs import needs
from tests.support.people import add_user
from tests.support.web_bridge import NAME, PASSWORD

pytestmark = needs("chromium")
REPLY = "Yes, 2 loaves [rye] for 5 € – see you at 5! 😀 " * 4


@SIZES
def test_a_call_a_text_an_answer_a_reply(
    tmp_path: Path, browser: Browser, contexts: list[BrowserContext], size: dict[str, int]
) -> None:
    with Simulator(speed=20) as simulator, a_box(tmp_path, simulator) as box:
        with Session(box.service.engine) as session, session.begin():
            add_user(session, NAME, PASSWORD)
        simulator.call(ANN, rings=2)
        until(lambda: simulator.sent, "the text back")
        simulator.text(ANN, "Do you have rye bread?")
        until(lambda: any(message.direction == "in" for message in box.messages()), "the answer")
        page = new_page(browser, contexts, viewport=size)
        page.goto(box.service.url)
        log_in(page)
        page.click(f"main a:has-text('{pretty(ANN, 'GB')}')")
        expect(page.get_by_text("Do you have rye bread?").last).to_be_visible()
        page.fill("#body", REPLY)
        expect(page.locator("#cost")).to_contain_text("3 texts")
        page.click("button:has-text('Send')")
        until(lambda: len(simulator.sent) == 2, "the reply")
        reply = simulator.sent[1]
        body = REPLY.strip().replace("–", "-")
        assert (reply.number, reply.text, len(reply.parts)) == (ANN, body, 3)
        message = box.messages()[0]
        encoded = encode.encode(ANN, body, reference=message.id % 256, validity_minutes=24 * 60)
        assert [part.pdu for part in reply.parts] == [part.pdu for part in encoded]
        assert (message.author, message.kind, message.parts) == (NAME, "manual", 3)
