"""A shop's database after years, for the bench and for the test that holds the query plans."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlmodel import Session

from bridge.clock import Clock
from bridge.config import load, parse
from bridge.contract.bridge import Bridge
from bridge.contract.status import LineState, LineStatus, Status
from bridge.handlers.calls import CallHandler
from bridge.handlers.outbox import Outbox
from bridge.handlers.shop import ShopState
from bridge.records import outgoing
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import folded_contact
from bridge.records.users import make_session_key
from bridge.rules import blocklists
from bridge.rules.folding import words
from modem import contract
from tests.support.people import add_user
from web import create_app

# Neither the texts nor the page are in English: what translating costs is part of what a call and a page cost.
PAGE_LANGUAGE = "pl"
SETTINGS = """
[shop]
country = GB
language = de
[limits]
per_minute = 1000
per_day = 100000
strangers_per_10_minutes = 100000
"""
REGULAR = "+447400000000"  # the contact with the longest history


class Mind:
    """What the loop decides with."""

    def __init__(self, shop: ShopState) -> None:
        self.shop = shop
        self.outbox = Outbox(shop)
        self.calls_handler = CallHandler(shop, self.outbox, lambda: 0)


def number(n: int) -> str:
    return f"+44740{n:07}"


def name(n: int) -> str:
    return f"Somebody {n}" if n % 2 else ""


COMMON = (
    "hello hi thanks please can you the a to for my is are we open tomorrow today Monday car bike hair cake bread appointment"
    " ready when what time yes no ok see then still there morning Käse Müller"
)
OFTEN = COMMON.split()
TEXTED = "Hi! Sorry we missed your call. How can we help you? Feel free to text us here and we'll get back to you shortly."
WRITTEN = tuple(
    " ".join(OFTEN[(n * n * 7 + n * k + k * k * 3) % len(OFTEN)] for k in range(4 + n % 9))
    for n in range(997)
)
WRITTEN_WORDS = tuple(" ".join(words(text)) for text in WRITTEN)


def body(n: int) -> str:
    """Of three texts one is the box's; the others have words that many have, and a number that few have."""
    return f"{WRITTEN[n % len(WRITTEN)]} {n % 50_000}" if n % 3 else TEXTED


def words_of(n: int) -> str:
    """The words of such a text, as the box has them."""
    return f"{WRITTEN_WORDS[n % len(WRITTEN)]} {n % 50_000}" if n % 3 else " ".join(words(TEXTED))


def fill(path: Path, contacts: int, calls: int, messages: int) -> None:
    """Two years of callers, calls and texts, the last an hour ago; the first contact has two hundred texts."""
    end = datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1)

    def moment(n: int, of: int) -> str:
        return str(end - timedelta(days=730) * (1 - n / of))

    def place(n: int, of: int) -> int:
        return n * (calls + messages) // of + 1

    def whose(n: int) -> int:
        return 1 if n % max(1, messages // 200) == 0 else n % contacts + 1

    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA synchronous=OFF")
        database.execute("INSERT INTO line (id, name, refusals) VALUES (1, 'main', 0)")
        database.executemany(
            "INSERT INTO contact (address, identity, name, folded, notes, kind, blocked, doubtful, done, source, first_seen,"
            " last_seen, place) VALUES (?, ?, ?, ?, '', '', 0, 0, ?, 'call', ?, ?, ?)",
            (
                (
                    number(n),
                    number(n),
                    name(n),
                    folded_contact(name(n), number(n)),
                    n % 5 == 0,
                    moment(n, contacts),
                    moment(contacts, contacts),
                    n + 1,
                )
                for n in range(contacts)
            ),
        )
        database.executemany(
            "INSERT INTO call (line_id, contact_id, number, e164, withheld, started, ended, rings, outcome, forwarded, shown,"
            " urgent, trace, place) VALUES (1, ?, ?, ?, 0, ?, ?, 3, ?, 0, '', 0, '[]', ?)",
            (
                (
                    n % contacts + 1,
                    number(n % contacts),
                    number(n % contacts),
                    moment(n, calls),
                    moment(n, calls),
                    "answered" if n % 20 == 0 else "abandoned",
                    place(n, calls),
                )
                for n in range(calls)
            ),
        )
        database.executemany(
            "INSERT INTO message (line_id, contact_id, direction, kind, body, status, created, due, expires, sent, parts,"
            " tries, answered, asks, place) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 0, ?, ?, ?)",
            (
                (
                    whose(n),
                    *(("in", "manual", body(n), "read") if n % 3 else ("out", "auto", body(n), "delivered")),
                    *(moment(n, messages),) * 4,
                    moment(n, messages) if n % 4 else None,
                    n % 3 == 1,
                    place(n, messages),
                )
                for n in range(messages)
            ),
        )
        database.executemany(
            "INSERT INTO messagewords (id, words) VALUES (?, ?)",
            ((n + 1, words_of(n)) for n in range(messages)),
        )
        last = max(contacts, calls + messages)
        database.execute("INSERT INTO keyvalue (name, value) VALUES ('place', ?)", (str(last),))
        database.execute("PRAGMA optimize")
        database.execute("ANALYZE")


def a_year(folder: Path, calls_a_day: int) -> None:
    """The database of a box that has run for a year: of three calls one is somebody's who is new, and each has two texts."""
    engine = open_engine(f"sqlite:///{folder}/textback.db")
    migrate(engine)
    engine.dispose()
    calls = 365 * calls_a_day
    fill(folder / "textback.db", contacts=calls // 3, calls=calls, messages=2 * calls)


@contextmanager
def a_decider(folder: Path, contacts: int, calls: int, messages: int) -> Iterator[tuple[Mind, Engine]]:
    """The loop's mind on such a database."""
    engine = open_engine(f"sqlite:///{folder}/textback.db")
    migrate(engine)
    fill(folder / "textback.db", contacts, calls, messages)
    shop = ShopState(parse(SETTINGS, folder / "config.ini"), Clock())
    shop.take_lists(blocklists.BlockLists())
    mind = Mind(shop)
    with Session(engine) as session, session.begin():
        shop.recall(session)
        mind.calls_handler.line_up(
            session, contract.LineUp("main", 0.0, "/dev/ttyUSB2", "model", None, None, None, None)
        )
    try:
        yield mind, engine
    finally:
        engine.dispose()


def one_call(mind: Mind, engine: Engine, caller: str, key: int) -> None:
    """It rings, ends, and its text is marked as sending: what the loop does between the caller's end and AT+CMGS."""
    at = mind.shop.clock.monotonic()
    with Session(engine) as session, session.begin():
        mind.calls_handler.call_rings(session, contract.CallRinging("main", at, key, caller, False))
    with Session(engine) as session, session.begin():
        mind.calls_handler.call_ended(
            session,
            contract.CallEnded("main", at, key, caller, False, contract.CallOutcome.ABANDONED, 3, None),
        )
    with Session(engine) as session, session.begin():
        mind.outbox.next_to_send(session, "main")


@contextmanager
def statements(engine: Engine) -> Iterator[list[tuple[str, object]]]:
    """Every statement of this time, with its parameters."""
    seen: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def walks(engine: Engine, seen: list[tuple[str, object]]) -> list[str]:
    """Those that look through a whole table of calls, texts or contacts, with SQLite's plan. To go through an index only until
    a page is full is none."""
    found = []
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        for statement, parameters in seen:
            if not statement.startswith(("SELECT", "UPDATE", "DELETE")):
                continue
            stops = "LIMIT" in statement and " WHERE " not in statement.replace("\n", " ")
            for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters):
                plan = row[3]
                whole = plan.startswith("SCAN") and plan.split()[1] in (
                    "message",
                    "messagewords",
                    "call",
                    "contact",
                )
                if whole and not (stops and " INDEX " in plan):
                    found.append(f"{plan}: {statement}")
    return found


def scans(engine: Engine, mind: Mind, caller: str) -> list[str]:
    """What of one call looks through a whole table."""
    with statements(engine) as seen:
        one_call(mind, engine, caller, 10**6)
        with Session(engine) as session:
            outgoing.next_text_due(session, "front", datetime.now(UTC))
    return walks(engine, seen)


# ---- the page


@contextmanager
def a_page(folder: Path, contacts: int, calls: int, messages: int) -> Iterator[tuple[FlaskClient, Engine]]:
    """The page on such a database, and somebody who is logged in."""
    path = folder / "config.ini"
    path.write_text(SETTINGS)
    settings = load(path)
    engine = open_engine(settings.storage.database)
    migrate(engine)
    fill(folder / "textback.db", contacts, calls, messages)
    with Session(engine) as session, session.begin():
        add_user(session, "mia", "flour & water")
        make_session_key(session)
    status = Status(0.0, (LineStatus("main", LineState.UP),))
    bridge = Bridge(engine, lambda: settings, lambda: status, lambda: "GB", lambda _asked: None, Clock().utc)
    client = create_app(bridge).test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = PAGE_LANGUAGE
    page = client.get("/login", follow_redirects=True).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"csrf_token": token, "name": "mia", "password": "flour & water"}
    assert client.post("/login", data=form).status_code == 303
    try:
        yield client, engine
    finally:
        engine.dispose()


PAGES = (
    "/",
    "/?show=missed",
    "/?show=answered",
    "/?show=open",
    "/conversations",
    "/conversations?show=mine",
    "/conversations?show=done",
    "/conversations?show=all",
    f"/conversations/{REGULAR}",
    f"/conversations/{number(7)}",
    "/contacts",
    f"/contacts/{number(7)}",
    "/status",
    "/settings",
    "/settings/textback",
    "/settings/hours",
    "/team",
    "/welcome",
    "/try",
    "/replies",
    "/write",
    "/scheduled",
    "/figures",
    "/figures?days=42",
    "/news",
)
# A part of a name or number is looked for in all contacts; calls and texts are not looked through.
SEARCHES = (
    "/?q=zzz",
    "/?q=body+77",
    "/?q=400000",
    "/contacts?q=zzz",
    "/contacts?q=body+9",
    "/conversations?q=zzz",
    "/conversations?q=h",
    "/conversations?q=hello",
    "/conversations?q=shortly",
    "/conversations?q=muller+tomorrow+zzz",
    "/conversations?q=K%C3%84SE+mull+17",
    f"/conversations/{REGULAR}?q=muller",
    f"/conversations/{REGULAR}?q=zzz",
)
