"""Every reason code and a call that yields it, from the modem's wire to what the command and the page say of it."""

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlmodel import Session

from bridge.cli import main
from bridge.contract.answers import Done
from bridge.contract.requests import (
    AnswerCall,
    CalledBack,
    Describe,
    HangUp,
    Mark,
    Pause,
    Request,
    Resume,
    WriteText,
)
from bridge.records.views import CallRow
from bridge.rules.policy import RULES
from bridge.words import reasons
from bridge.words.reasons import REASONS
from modem.simulator import Simulator
from tests.support.box import Box, FastClock, a_box, until
from tests.support.people import add_user
from tests.support.web_bridge import NAME, PASSWORD
from tests.web.test_web_loop import enter

OURS = "+447400999999"
# In seconds; the texts of `WAITING` boxes are due so long after the call.
DELAY, HOUR = 600, 3600
# All the strangers of a table in a minute would trip the breaker.
NO_LIMITS = "[limits]\nper_minute = 1000\nper_day = 1000\nstrangers_per_10_minutes = 1000\n"


class Shop:
    """A running box, its clock, and what its callers and its people do."""

    def __init__(self, box: Box, clock: FastClock) -> None:
        self.box = box
        self.modem = box.simulator
        self.clock = clock

    def rings(self, number: str | None, meanwhile: Callable[["Shop"], None] | None = None, **how: Any) -> int:
        """Somebody calls; the id of the call, once it has ended."""
        before = {call.id for call in self.box.calls()}
        self.modem.call(number, **{"rings": 2, **how})
        if meanwhile is not None:
            until(lambda: self.box.service.loop.status.lines[0].ringing, "the ringing")
            meanwhile(self)

        def look() -> list[CallRow]:
            return [call for call in self.box.calls() if call.id not in before and call.outcome]

        return until(look, f"the end of a call from {number}")[0].id

    def asks(self, wish: Request) -> None:
        assert isinstance(self.box.service.bridge.request(wish, by=NAME), Done)

    def state(self, call: int) -> str:
        return next(row.textback for row in self.box.calls() if row.id == call)


Step = Callable[[Shop, str], None]


# ---- what happens before a call, or while its text waits


def calls(shop: Shop, number: str) -> None:
    call = shop.rings(number)
    until(lambda: shop.state(call) not in ("scheduled", "sending"), "the text")


def calls_and_waits(shop: Shop, number: str) -> None:
    assert shop.state(shop.rings(number)) == "scheduled"


def calls_and_is_answered(shop: Shop, number: str) -> None:
    shop.rings(number, end="answered")


def writes(words: str, later: timedelta = timedelta()) -> Step:
    """A text of theirs comes; later: how much, by the message centre's clock."""

    def step(shop: Shop, number: str) -> None:
        count = len(shop.box.messages())
        shop.modem.text(number, words, at=datetime.now(UTC) + later)
        until(lambda: len(shop.box.messages()) > count, "their text")

    return step


def is_written_to(shop: Shop, number: str) -> None:
    shop.asks(WriteText(number, "I am back in the shop now.", NAME))


def is_marked(kind: str) -> Step:
    def step(shop: Shop, number: str) -> None:
        shop.asks(Mark(number, kind))

    return step


def is_kept_as(kind: str) -> Step:
    def step(shop: Shop, number: str) -> None:
        shop.asks(Describe(number, "Bob", "", kind))

    return step


def is_called_back(shop: Shop, number: str) -> None:
    shop.asks(CalledBack(number))


def is_refused_for_good(shop: Shop, number: str) -> None:
    shop.modem.fault("cms_error", code=196)
    calls(shop, number)


def pause(shop: Shop, number: str) -> None:
    shop.asks(Pause())


def goes_on(shop: Shop, number: str) -> None:
    shop.asks(Resume())


def lists_are_read(shop: Shop, number: str) -> None:
    until(lambda: shop.box.service.loop._shop.lists, "the block lists")


def time_passes(seconds: float) -> Step:
    def step(shop: Shop, number: str) -> None:
        shop.clock.advance(seconds)
        shop.box.turn()

    return step


def others_call(*numbers: str) -> Step:
    def step(shop: Shop, number: str) -> None:
        for other in numbers:
            shop.rings(other)

    return step


def the_modem_is_away_until_too_late(shop: Shop, number: str) -> None:
    shop.modem.unplug()
    until(lambda: not shop.box.service.loop.status.lines[0].up, "the loss")
    shop.clock.advance(DELAY + HOUR + 60)
    shop.modem.replug()
    shop.box.ready()


def shop_is_switched_off(shop: Shop, number: str) -> None:
    path = shop.box.service.settings.path
    path.write_text(path.read_text().replace("[textback]", "[textback]\nenabled = no"))
    shop.clock.advance(DELAY + 1)
    shop.box.turn()


def pick_up(shop: Shop) -> None:
    shop.asks(AnswerCall("main"))


def put_down(shop: Shop) -> None:
    shop.asks(HangUp("main"))


# ---- the table


@dataclass(frozen=True)
class Row:
    """A call and what must come out. says: the last word of its trace, a pattern; state: of its text; page: what the chip on
    the page says, if not the reason's words; number: who calls, else a mobile of their own."""

    reason: str | None
    says: str
    name: str
    number: str | None = "a mobile"
    before: tuple[Step, ...] = ()
    how: dict[str, Any] = field(default_factory=dict)
    after: tuple[Step, ...] = ()
    state: str = "skipped"
    page: str | None = None


@dataclass(frozen=True)
class Table:
    """Rows that one box can see one after the other. clock: how fast the modem's own clock is (seconds).
    profile: of huawei the end of a call tells its cause, so that "on another phone" can be told."""

    name: str
    rows: tuple[Row, ...]
    textback: str = ""
    extra: str = NO_LIMITS
    clock: float = 0.0
    profile: str = "huawei"


def untextable(number: str, says: str, name: str, **how: object) -> Row:
    return Row("not_textable", says, name, number, how=how)


def answered(name: str, page: str, **how: object) -> Row:
    return Row("not_missed", "The call was answered or rejected here.", name, how=how, page=page)


TODAY = datetime.now().astimezone().date()


def closed_week(holidays: str = "") -> str:
    """A shop that is closed today and tomorrow; with holidays for good."""
    day = f"{TODAY + timedelta(days=3):%A}".lower()
    return f"[hours]\n{day} = 9:00-10:00\nholidays = {holidays}\n"


EVERY_DAY_A_HOLIDAY = " ".join(str(TODAY + timedelta(days=day)) for day in range(-2, 90))
BLOCKED = "This caller is blocked."
ASKED = "This person wrote “STOP” on .+ and gets no more automatic texts."
MARKED = f"{NAME} marked this number as never texted on .+"
CLOCK = (
    r"This caller was texted before, but the box cannot tell how long ago. The box's clock shows [\w ]+, [:\d]+ UTC, "
    r"but {} [\w ]+, [:\d]+ UTC\. Connect the box to the internet or set its clock."
)
ONE_TEXT = "; one text per caller in 24 hours."
DUE = (time_passes(DELAY + 1),)
WAITING = f"delay_seconds = {DELAY}"

ORDINARY = Table(
    "an ordinary day",
    (
        Row(None, "There is still time to send it.", "missed", state="sent", page="text sent"),
        answered("picked up on another phone", "answered on another phone", end="elsewhere"),
        Row("withheld", "The caller hid the number.", "hidden", None),
        Row(
            "unknown",
            "The network did not say who called.",
            "no caller named at all",
            "+447400000001",
            how={"clip": "missing"},
            page="not sent: unknown number",
        ),
        untextable("+441212345678", "It is a landline, which cannot receive texts.", "landline"),
        untextable("01212345679", "It is a landline, which cannot receive texts.", "landline as dialled"),
        untextable("+449098790123", "It is a premium number; a text to it could cost a lot.", "premium"),
        untextable("+448081570123", "It is a toll-free number, which cannot receive texts.", "toll free"),
        untextable("+447012345678", "It is a personal number that forwards calls; .*", "personal"),
        untextable("+881612345678", "It is a satellite or global service number; .*", "satellite"),
        untextable("60006", "It is a short code or an incomplete number.", "short code"),
        untextable("CORNERSHOP", "The sender is a name, not a number.", "letters", ton=208),
        untextable("999", "It is an emergency number.", "emergency"),
        untextable(OURS, "It is one of the shop's own numbers.", "own number"),
        untextable("+447700900123", "No operator uses this range of numbers.", "unassigned range"),
        Row("foreign", "The number is from FR, which you don't text.", "abroad", "+33612345678"),
        Row("foreign", "The number is from US, which you don't text.", "America", "+12015550123"),
        Row(
            "excluded",
            "This is one of the staff, who are never texted. " + f"{NAME} said so on .+",
            "staff",
            before=(writes("I am late today"), is_kept_as("staff")),
        ),
        Row(
            "excluded",
            "This is a supplier; .*",
            "supplier",
            before=(writes("Flour?"), is_kept_as("supplier")),
        ),
        Row("excluded", MARKED, "never text", before=(writes("Hi"), is_kept_as("never"))),
        Row("excluded", MARKED, "never text, by its button", before=(writes("Hi"), is_marked("never"))),
        Row(
            "not_textable",
            "Texts to this number fail for good. .*",
            "refused for good",
            before=(is_refused_for_good,),
        ),
        Row(
            "disabled",
            "Automatic texts are paused until somebody resumes them.",
            "paused",
            before=(pause,),
        ),
        Row(
            "not_missed",
            "The call .*",
            "answered on another phone",
            before=(goes_on,),
            how={"end": "elsewhere"},
            page="answered on another phone",
        ),
        Row("opted_out", ASKED, "wrote STOP", before=(writes("STOP"),)),
        Row(
            "opted_out",
            f"{NAME} noted on .+ that this person wants no more texts.",
            "said so by phone",
            before=(writes("Hello"), is_marked("out")),
        ),
        Row(
            "unsure",
            "This person wrote something that may be a STOP; somebody has to look at it first.",
            "may have meant a stop",
            before=(writes("I need to cancel my appointment"),),
        ),
        Row("spam", BLOCKED, "blocked by hand", before=(writes("Hello"), is_marked("block"))),
        Row("cooldown", "Texted just now" + ONE_TEXT, "called twice", before=(calls,)),
        Row(
            "cooldown",
            "Texted 3 hours ago" + ONE_TEXT,
            "called again in the afternoon",
            before=(calls, time_passes(3 * HOUR)),
        ),
        # The last ones: what follows within seconds is taken for the rest of them, as it would be at a shop's pace.
        answered("picked up at the modem", "answered", end="answered"),
        answered("picked up on the page", "answered", rings=40, talk=0.5, meanwhile=pick_up),
        answered("turned down on the page", "you rejected it", rings=40, meanwhile=put_down),
    ),
)
WAITS = Table(
    "texts that wait",
    (
        Row(None, "There is still time to send it.", "missed", after=DUE, state="sent", page="text sent"),
        Row(
            "cooldown",
            "A text to this caller is already on its way.",
            "called while the text waits",
            before=(calls_and_waits,),
        ),
        Row(
            "superseded",
            "The caller has texted us since.",
            "texted us since",
            after=(writes("Are you open?"), *DUE),
            state="cancelled",
        ),
        Row(
            "superseded",
            "Somebody here has texted the caller since.",
            "texted by hand since",
            after=(is_written_to, *DUE),
            state="cancelled",
        ),
        Row("opted_out", ASKED, "wrote STOP since", after=(writes("STOP"), *DUE)),
        Row("excluded", MARKED, "marked since", after=(is_kept_as("never"), *DUE)),
        Row(
            "superseded",
            "Somebody here has called this caller back.",
            "called back since",
            after=(is_called_back, *DUE),
            state="cancelled",
        ),
        Row("spam", BLOCKED, "blocked since", after=(is_marked("block"), *DUE)),
        Row(
            "expired",
            "It could not be sent within 60 minutes.",
            "the modem was away",
            after=(the_modem_is_away_until_too_late,),
        ),
        Row(
            "superseded",
            "The caller has called again and was answered.",
            "answered since",
            after=(calls_and_is_answered, *DUE),
            state="cancelled",
        ),
    ),
    WAITING,
)
TABLES = (
    ORDINARY,
    WAITS,
    Table(
        "switched off",
        (Row("disabled", "Automatic texts are switched off.", "missed"),),
        "enabled = no",
    ),
    Table(
        "switched off while a text waits",
        (Row("disabled", "Automatic texts are switched off.", "missed", after=(shop_is_switched_off,)),),
        WAITING,
    ),
    Table(
        "only France",
        (Row("foreign", "The number is from GB, which you don't text.", "from home"),),
        extra=f"{NO_LIMITS}[filters]\ncountries = FR\n",
    ),
    Table(
        "from three rings",
        (
            Row(
                "one_ring",
                "It rang 1 time; strangers are texted from 3 rings.",
                "rang once",
                how={"rings": 1},
            ),
            Row("one_ring", "It rang 2 times; .*", "rang twice"),
            Row(None, ".*", "rang three times", how={"rings": 3}, state="sent", page="text sent"),
            Row(
                None,
                ".*",
                "no stranger",
                before=(writes("Hello"),),
                state="sent",
                page="text sent",
            ),
        ),
        extra=f"{NO_LIMITS}[filters]\nmin_rings = 3\n",
    ),
    Table(
        "names that come with calls",
        (
            Row(
                "spam",
                "The network shows this caller as “Scam Likely”.",
                "a name of a scam",
                how={"name": "Scam Likely"},
            ),
        ),
        profile="generic",
    ),
    Table(
        "block lists",
        (
            Row(
                "spam",
                "It is on the block list blocked.txt: windows.",
                "on the list",
                "+447400123477",
                before=(lists_are_read,),
            ),
            Row("spam", "It is on the block list blocked.txt.", "of a prefix", "+447400888001"),
            Row(None, ".*", "on no list", state="sent", page="text sent"),
        ),
        extra=f"{NO_LIMITS}[filters]\nblocklists = blocked.txt\n",
    ),
    Table(
        "closed, and nothing goes out",
        (Row("closed", "The shop was closed.", "missed"),),
        "closed = skip",
        closed_week(),
    ),
    Table(
        "closed for good",
        (Row("closed", "The shop was closed, and the box cannot tell when it opens next.", "missed"),),
        "closed = wait",
        closed_week(EVERY_DAY_A_HOLIDAY),
    ),
    Table(
        "two texts a day",
        (
            Row(
                "limit",
                "2 automatic texts went out today; that is the limit.",
                "the third",
                before=(others_call("+447400100001", "+447400100002"),),
            ),
        ),
        extra="[limits]\nper_day = 2\n",
    ),
    Table(
        "two strangers at once",
        (
            Row(
                "breaker",
                "3 strangers called within ten minutes. That is too many at once; .*",
                "the third",
                before=(others_call("+447400200001", "+447400200002"),),
            ),
            Row(
                "breaker", "Too many strangers called at once; automatic texts are .*", "while it is stopped"
            ),
        ),
        extra="[limits]\nstrangers_per_10_minutes = 2\n",
    ),
    Table(
        "a clock that a text speaks against",
        (
            Row(
                "clock",
                CLOCK.format("a text says"),
                "texted before",
                before=(calls, writes("Hello from next year", timedelta(days=90))),
            ),
            Row(None, "There is still time to send it.", "never texted", state="sent", page="text sent"),
        ),
        "cooldown_hours = 0",
    ),
    Table(
        "a clock that the modem speaks against",
        (Row("clock", CLOCK.format("the modem's clock shows"), "texted before", before=(calls,)),),
        "cooldown_hours = 0",
        clock=90 * 24 * HOUR,
    ),
)


def play(shop: Shop, row: Row, number: str | None) -> int:
    """What the row says happens; the id of its call."""
    who = number or ""
    for step in row.before:
        step(shop, who)
    call = shop.rings(number, **row.how)
    for step in row.after:
        step(shop, who)
    until(lambda: shop.state(call) not in ("scheduled", "sending"), f"the end of {row.name}")
    return call


def printed(path: Path) -> list[dict[str, object]]:
    """What the command says of the calls, the newest first."""
    done = CliRunner().invoke(main, ["calls", "--json", "-c", str(path)])
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.output.splitlines()]


def shown(box: Box) -> list[str]:
    """The rows of the page, the newest first, as somebody who is logged in reads them."""
    with Session(box.service.engine) as session, session.begin():
        add_user(session, NAME, PASSWORD)
    client = enter(box.service.bridge)
    rows: list[str] = []
    path = "/"
    while path:
        page = client.get(path).text
        rows += [words(row) for row in page.split('<li class="row ')[1:]]
        older = re.search(r'href="([^"]+)">Older calls', page)
        path = html.unescape(older[1]) if older else ""
    return rows


def words(part: str) -> str:
    """What is read of a piece of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", part)).split())


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_reason_and_the_words_for_it(tmp_path: Path, table: Table) -> None:
    clock = FastClock()
    (tmp_path / "blocked.txt").write_text("07400 123477 #= windows\n07400 888*\n")
    with Simulator(table.profile, speed=20, reports="off", own_number=OURS) as simulator:
        simulator.set(clock_offset=table.clock)
        with a_box(tmp_path, simulator, table.textback, table.extra, clock=clock) as box:
            shop = Shop(box, clock)
            mobiles = [f"+4474003000{place:02}" for place in range(len(table.rows))]
            numbers = [
                mobile if row.number == "a mobile" else row.number
                for row, mobile in zip(table.rows, mobiles, strict=True)
            ]
            ids = [play(shop, row, number) for row, number in zip(table.rows, numbers, strict=True)]
            calls = printed(tmp_path / "config.ini")
            page = shown(box)
    assert len(calls) == len(page)
    said = {call["id"]: (call, line) for call, line in zip(calls, page, strict=True)}
    for row, call in zip(table.rows, ids, strict=True):
        holds(row, *said[call])


def holds(row: Row, call: dict[str, object], page: str) -> None:
    """The command and the page say of the row's call what the row expects."""
    assert (call["reason"], call["textback"]) == (row.reason, row.state), row.name
    trace = call["trace"]
    assert isinstance(trace, list)
    rules = [str(rule) for rule in RULES]
    last = trace[-1]
    if row.reason is None:
        assert [(step["rule"], step["verdict"]) for step in trace] == [(rule, "pass") for rule in rules], (
            row.name
        )
    else:
        assert (last["rule"], last["verdict"]) == (row.reason, "stop"), row.name
        assert {step["verdict"] for step in trace[:-1]} <= {"pass"}, row.name
        before = [step["rule"] for step in trace[:-1]]
        # Stopped at the end of the call, or when its text was due and all had passed before.
        assert before in (rules[: rules.index(row.reason)], rules), row.name
    assert re.fullmatch(row.says, last["detail"]), (row.name, last["detail"])
    chip = (
        row.page or f"{'cancelled' if row.state == 'cancelled' else 'not sent'}: {reasons.chip(row.reason)}"
    )
    assert chip in page, (row.name, page)
    if row.reason != "not_missed":  # of a call that was answered nothing has to be explained
        assert last["detail"] in page, (row.name, page)


def test_every_code_has_a_row() -> None:
    assert {row.reason for table in TABLES for row in table.rows} - {None} == set(REASONS)
    assert set(REASONS) == set(RULES)
    assert len(REASONS) == 18
