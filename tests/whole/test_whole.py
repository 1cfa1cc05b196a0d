"""From end to end, as a shop has it: a caller rings, the page shows it, a reply typed there leaves through the modem."""

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from sqlmodel import Session

from bridge.rules.numbers import pretty
from modem.simulator import Simulator
from modem.sms import encode
from tests.support.box import ANN, a_box, until
from tests.support.browser import ARGS
from tests.support.needs import PROGRAMS, needs
from tests.support.people import add_user

pytestmark = needs("chromium")
REPLY = "Yes, 2 loaves [rye] for 5 € – see you at 5! 😀 " * 4


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)], ids=["phone", "desk"])
def test_a_call_a_text_an_answer_a_reply(tmp_path: Path, size: tuple[int, int]) -> None:
    with Simulator(speed=20) as simulator, a_box(tmp_path, simulator) as box, sync_playwright() as playwright:
        with Session(box.service.engine) as session, session.begin():
            add_user(session, "mia", "correct horse")
        simulator.call(ANN, rings=2)
        until(lambda: simulator.sent, "the text back")
        simulator.text(ANN, "Do you have rye bread?")
        until(lambda: any(message.direction == "in" for message in box.messages()), "the answer")
        browser = playwright.chromium.launch(executable_path=PROGRAMS["chromium"], args=ARGS)
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        page.goto(box.service.url)
        page.fill("#name", "mia")
        page.fill("#password", "correct horse")
        page.click("button:has-text('Log in')")
        page.click(f"main a:has-text('{pretty(ANN, 'GB')}')")
        assert page.get_by_text("Do you have rye bread?").last.is_visible()
        page.fill("#body", REPLY)
        assert "3 texts" in page.inner_text("#cost")
        page.click("button:has-text('Send')")
        page.wait_for_url("**/conversations/**")
        until(lambda: len(simulator.sent) == 2, "the reply")
        browser.close()
        reply = simulator.sent[1]
        body = REPLY.strip().replace("–", "-")
        assert (reply.number, reply.text, len(reply.parts)) == (ANN, body, 3)
        message = box.messages()[0]
        encoded = encode.encode(ANN, body, reference=message.id % 256, validity_minutes=24 * 60)
        assert [part.pdu for part in reply.parts] == [part.pdu for part in encoded]
        assert (message.author, message.kind, message.parts) == ("mia", "manual", 3)
