"""A shop in which every page has something to show: the demo's six weeks, and what comes in and is asked for at the page."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlmodel import Session

from bridge.config import Settings
from bridge.contract.requests import AddNote, AddUser, Assign, CloseShop, Pause, SendSample, WriteText
from bridge.handlers.quiet import made_up
from bridge.records import users
from bridge.service.demo import weeks
from bridge.service.demo.past import Past
from bridge.service.demo.story import LENA, PRIYA, STRANGERS
from modem import contract
from tests.support.box import until
from tests.support.browser import a_text_comes, texts
from tests.support.web_bridge import ANN, DAN, NAME, Office, an_office

MOBILE = "+447400123499"
SECTIONS = f"""\
[textback]
closed = other
closed_message = {{closed}}
message = {{message}}
[hours]
monday = 9:00-12:30, 14:00-18:30
tuesday = 9:00-18:30
friday = 18:00-2:00
holidays = GB, 2026-12-24, 2027-08-02, 2027-08-03
[notify]
sms_to = {MOBILE}
quiet = 21:00-8:00
"""
MESSAGE = "Hi! This is {shop}. Sorry we missed your call. How can we help? Just reply to this text."
CLOSED = "Hi! This is {shop}. We are closed now and back {reopens}. Text us what you need."
# Whose text may mean STOP is asked about; whose does is answered.
WISHES = {
    ANN: "I have to cancel my order for Friday",
    DAN: "Please cancel my appointment",
    STRANGERS[3]: "STOP",
}
NOTED = "Paid 20 in advance, ring 07400 123456 or see https://example.org/a"
LATER = "See you tomorrow, and bring the blue box"


@contextmanager
def a_full_shop(folder: Path, message: str = MESSAGE, closed: str = CLOSED) -> Iterator[Office]:
    """An office with all of it. message, closed: the shop's automatic texts."""
    sections = SECTIONS.format(message=message, closed=closed)
    with an_office(folder, sections, rows=False, past=_six_weeks) as office:
        _today(office)
        yield office


def _six_weeks(session: Session, settings: Settings) -> None:
    now = datetime.now(UTC)
    with made_up():
        weeks.tell(Past(session, settings, weeks.beginning(now)), now, settings.shop.zone)


def _today(office: Office) -> None:
    """What the story has not: texts for later, a line that tells how it is, what the owner got, who is asked about."""
    bridge, now = office.bridge, datetime.now(UTC)
    health = contract.LineHealth(
        "main", time.monotonic(), 1, 1, "Vodafone", 18, "+447785016005", "SM", 3, 30, now
    )
    office.loop.inbox.put(health)
    for request in (
        AddUser("ben", users.hash_password("flour & water"), users.STAFF),
        SendSample(),
        WriteText(ANN, LATER, NAME, due=now + timedelta(days=1)),
        WriteText(PRIYA, LATER, NAME, due=now + timedelta(days=3)),
        AddNote(ANN, NOTED),
        Assign(ANN, NAME),
        Assign(LENA, "ben"),
        Pause(minutes=60),
        CloseShop(),
    ):
        bridge.request(request, by=NAME)
    for address, words in WISHES.items():
        a_text_comes(office, address, words)
        until(partial(_came, office, address, words), "the text")


def _came(office: Office, address: str, words: str) -> bool:
    return any(text.body == words for text in texts(office, address))
