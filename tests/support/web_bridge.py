"""An office for tests of the page: a real database file with a shop's week in it, and the real loop, but no modem."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from bridge import config
from bridge.clock import Clock
from bridge.config import Settings
from bridge.contract.bridge import Bridge
from bridge.contract.requests import MarkRead
from bridge.handlers import conversations
from bridge.records import places
from bridge.records.engine import Heartbeat, migrate, open_engine
from bridge.records.tables import Call, Contact, Incident, Line, Message, Note, SavedReply
from bridge.records.users import make_session_key
from bridge.rules.policy import Reason
from bridge.rules.states import MISSED, ContactKind, Direction, MessageKind, MessageStatus
from bridge.service import restoring, stored_backups
from bridge.service.database_file import DatabaseFile
from bridge.service.handed_on import Updater
from bridge.service.inbox import Inbox, InboxItem, Stop
from bridge.service.loop import Loop
from bridge.service.start import reloader
from bridge.service.worker import Job
from modem import contract
from modem.contract import CallOutcome
from tests.support import databases
from tests.support.box import DEADLINE
from tests.support.people import add_user

ANN, BOB, CEM, DAN, EVE, FLO = (f"+4474001234{digits}" for digits in (56, 57, 58, 59, 60, 61))
NAME, PASSWORD = "mia", "flour & water"
HOSTILE = "<script>alert(1)</script>"
LONG = (
    "Hello! We are planning my grandmother's ninetieth birthday on the 12th and wanted to ask for a cake for about "
    "forty people, half of it without nuts. Could you tell me what it would cost, and until when you need to know? "
    "Thank you so much, Dan"
)
CONFIG = """\
[shop]
name = Corner Bakery
phone = +44 121 234 5678
country = GB
timezone = Europe/London
[web]
host = 127.0.0.1
port = 0
{web}
"""


def settings_in(folder: Path, web: str = "") -> Settings:
    path = folder / "config.ini"
    path.write_text(CONFIG.format(web=web) + databases.section(folder))
    return config.load(path)


@dataclass(frozen=True)
class Office:
    """What a test has in hand. requests: what the loop has asked of the modem. engine: the loop's. jobs: what it has given to
    the worker, which is not there."""

    bridge: Bridge
    loop: Loop
    requests: list[contract.Request]
    engine: Engine
    jobs: list[Job] = field(default_factory=list)

    def happens(self, *items: InboxItem) -> None:
        """Puts this into the loop's inbox, and waits until every page shows it."""
        for item in items:
            self.loop.inbox.put(item)
        for _ in range(2):  # the second answer comes from the turn after the one that answered first
            self.bridge.request(MarkRead("nobody"), DEADLINE)


@contextmanager
def an_office(
    folder: Path,
    web: str = "",
    rows: bool = True,
    at_work: bool = True,
    clock: Clock | None = None,
    past: Callable[[Session, Settings], None] | None = None,
    user: bool = True,
    updater: Updater | None = None,
) -> Iterator[Office]:
    """A bridge with a loop behind it. rows: with a week's calls and texts; past: what else is in the database; at_work: the
    loop turns. user: one is added who can log in. updater: the system's part in updates."""
    clock = clock or Clock()
    settings = settings_in(folder, web)
    engine = open_engine(settings.storage.database, anew=True)
    migrate(engine)
    with Session(engine) as session, session.begin():
        if user:
            add_user(session, NAME, PASSWORD)
        make_session_key(session)
        if rows:
            fill(session, datetime.now(UTC))
        if past:
            past(session, settings)
    requests: list[contract.Request] = []
    jobs: list[Job] = []
    file = DatabaseFile(settings.storage.database, engine, clock.utc)
    loop = Loop(
        settings,
        engine,
        Inbox(),
        {"main": requests.append},
        clock,
        reloader(settings.path),
        Heartbeat(None),
        jobs.append,
        lambda settings: None,
        file,
        updater=updater,
    )
    page_engine = open_engine(settings.storage.database, read_only=True)
    bridge = Bridge(
        page_engine,
        lambda: loop.settings,
        lambda: loop.status,
        lambda: loop.region,
        loop.inbox.put,
        clock.utc,
        changes=lambda: loop.changes,
        patience=DEADLINE,
        backups=lambda: stored_backups.stored(stored_backups.folder(settings.path)),
        lay_backup=lambda backup, passphrase: restoring.lay(backup, settings.path, passphrase),
    )
    thread = threading.Thread(target=loop.run)
    if at_work:
        loop.inbox.put(
            contract.LineUp("main", loop.status.alive, "/dev/ttyUSB2", "Huawei E173", None, None, None, None)
        )
        thread.start()
        # What it imports at its start is imported before a test makes an app: CPython 3.11 mistakes parsing in two threads.
        bridge.request(MarkRead("nobody"), DEADLINE)
    try:
        yield Office(bridge, loop, requests, engine, jobs)
    finally:
        loop.inbox.put(Stop())
        if at_work:
            thread.join()
        engine.dispose()
        file.release()
        page_engine.dispose()


def fill(session: Session, now: datetime) -> None:
    """A week of a bakery's calls and texts: every outcome and every state once, and people who write what they like."""
    line = Line(name="main", msisdn="+447400123400")
    session.add(line)
    session.flush()
    week = _Week(session, now, line)
    ann, bob = week.somebody(ANN, 8, "Ann Whittaker"), week.somebody(BOB, 96)
    cem, dan = week.somebody(CEM, 1500, HOSTILE), week.somebody(DAN, 2600, "Dan Osei")
    eve, flo = week.somebody(EVE, 300, "Eve Marsh", "Flour deliveries"), week.somebody(FLO, 4400)
    bank = week.somebody("60006", 5900)
    eve.kind = ContactKind.SUPPLIER
    bob.opted_out_at = now - timedelta(days=1)

    week.text(bank, 5900, "Your parcel comes between 2 and 4.", "in", "read")
    week.call(
        flo, 4400, "no_answer", 5, text="failed", error="The network refused it: the number does not exist."
    )
    week.call(dan, 2640, "abandoned", 3, text="delivered")
    week.text(dan, 2600, LONG, "in", "read")
    week.text(
        dan,
        2580,
        "With pleasure! It is 96 pounds, and the Monday before is early enough. Mia",
        "out",
        "delivered",
    )
    session.add(
        Note(
            contact_id=dan.id or 0, at=now - timedelta(minutes=2570), author="ben", body="Paid 20 in advance."
        )
    )
    week.call(cem, 1502, "waiting", 2, text="unconfirmed", error="The modem was unplugged while it was sent.")
    week.text(cem, 1500, "<b>Bold</b> & hungry 🥐", "in", "read")
    week.call(None, 420, "abandoned", 2, reason="withheld", withheld=True)
    week.call(None, 410, "lost", None, reason="unknown")
    week.call(eve, 300, "answered", 2, reason="not_missed")
    week.call(bob, 100, "abandoned", 4, text="sent")
    week.call(bob, 96, "abandoned", 1, reason="cooldown")
    week.call(ann, 11, "abandoned", 3, text="delivered")
    week.text(ann, 9, "Hi! Could you keep two sourdough loaves for me until 5? 🥖", "in", "received")
    week.text(ann, 8, "And a poppy seed roll, please", "in", "received")
    dan.assignee, eve.done = NAME, True
    session.add(SavedReply(body="Yes, it is ready for you. See you soon!"))
    session.add(SavedReply(body="We are open Tuesday to Saturday, 7:00 to 18:00."))
    session.add(
        Incident(
            line="main",
            began=now - timedelta(hours=30),
            ended=now - timedelta(hours=29, minutes=48),
            what="The modem was unplugged. Plug it in again; the box finds it by itself.",
        )
    )


TRACE = (
    ("not_missed", "The call was missed."),
    ("disabled", "Automatic texts are on."),
    ("withheld", "The number was shown."),
    ("not_textable", "The number can receive texts."),
    ("cooldown", "No automatic text to this caller lately."),
)
STOPS = {
    "withheld": "The caller hid the number.",
    "cooldown": "Texted 4 minutes ago; one automatic text per caller in 24 hours.",
    "not_missed": "The call was answered or rejected here.",
}


@dataclass(frozen=True)
class _Week:
    session: Session
    now: datetime
    line: Line

    def somebody(self, address: str, minutes: int, name: str = "", notes: str = "") -> Contact:
        seen = self.now - timedelta(minutes=minutes)
        contact = Contact(
            address=address, name=name, notes=notes, source="call", first_seen=seen, last_seen=seen
        )
        self.session.add(contact)
        self.session.flush()
        return contact

    def call(
        self,
        contact: Contact | None,
        minutes: int,
        outcome: str,
        rings: int | None,
        *,
        reason: str | None = None,
        text: str | None = None,
        error: str | None = None,
        withheld: bool = False,
    ) -> None:
        assert self.line.id is not None
        began = self.now - timedelta(minutes=minutes, seconds=20)
        steps = []
        for rule, passed in TRACE:
            stops = rule == reason
            steps.append(
                {
                    "rule": rule,
                    "verdict": "stop" if stops else "pass",
                    "detail": STOPS[rule] if stops else passed,
                }
            )
            if stops:
                break
        call = Call(
            line_id=self.line.id,
            contact_id=contact.id if contact else None,
            number=contact.address if contact else None,
            e164=contact.address if contact else None,
            withheld=withheld,
            started=began,
            ended=began + timedelta(seconds=20),
            rings=rings,
            outcome=CallOutcome(outcome),
            reason=Reason(reason) if reason else None,
            trace=steps,
        )
        self.session.add(call)
        if contact:
            contact.place = places.take(self.session)
        self.session.flush()
        if contact and call.outcome in MISSED:
            conversations.they_rang(contact, call)
        if contact and text:
            body = "Hi! This is Corner Bakery. Sorry we missed your call. How can we help? Just reply to this text."
            message = self.text(contact, minutes, body, "out", text, kind="auto", error=error)
            message.call_id, call.message_id = call.id, message.id

    def text(
        self,
        contact: Contact,
        minutes: int,
        body: str,
        direction: str,
        status: str,
        *,
        kind: str = "manual",
        error: str | None = None,
    ) -> Message:
        assert self.line.id is not None
        assert contact.id is not None
        at = self.now - timedelta(minutes=minutes)
        message = Message(
            line_id=self.line.id,
            contact_id=contact.id,
            direction=Direction(direction),
            kind=MessageKind(kind),
            body=body,
            author=NAME if direction == "out" and kind == "manual" else None,
            status=MessageStatus(status),
            error=error,
            created=at,
            due=at if direction == "out" else None,
            expires=at + timedelta(hours=1),
        )
        self.session.add(message)
        if direction == "in":
            contact.place = places.take(self.session)
        self.session.flush()
        if direction == "in":
            if contact.waits_place is None and contact.address.startswith("+"):
                contact.waits_since, contact.waits_place = at, message.place
        elif kind == "manual":
            conversations.we_answered(self.session, contact, at)
        return message
