"""The figures: right over changes of the clock and in odd zones, cheap after years, drawn as they are, and safe as files."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text
from sqlalchemy.dialects import postgresql
from sqlmodel import Session

from bridge.contract.requests import ReadSettings
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import Call, Contact, Line, Message
from bridge.records.views import Texted, automatic_texts, call_lines, figure_counts, figures
from bridge.records.views.figures import Figures, gather, last_days, weeks_ago
from bridge.rules.money import price
from bridge.rules.policy import Reason
from bridge.rules.spreadsheet import guarded_number
from bridge.rules.states import Direction, MessageKind, MessageStatus
from modem.contract import CallOutcome
from tests.support import big
from tests.support.web_bridge import Office, an_office
from tests.web.test_web_loop import enter
from web.pages import charts

LONDON, KATHMANDU = ZoneInfo("Europe/London"), ZoneInfo("Asia/Kathmandu")
HOSTILE = '"><script>alert(1)</script>&'


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    migrate(engine)
    with Session(engine) as session, session.begin():
        session.add(Line(name="main"))
        session.flush()
        now = datetime.now(UTC)
        session.add(Contact(address="+447400123456", source="call", first_seen=now, last_seen=now))
    yield engine
    engine.dispose()


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def a_call(started: datetime, outcome: str | None = "abandoned", seconds: int | None = 12) -> Call:
    ended = None if seconds is None else started + timedelta(seconds=seconds)
    return Call(
        line_id=1,
        contact_id=1,
        started=started,
        ended=ended,
        outcome=CallOutcome(outcome) if outcome else None,
    )


def a_text(
    created: datetime, answered: float | None = None, status: str = "delivered", asks: bool = False
) -> Message:
    """answered: after so many minutes."""
    return Message(
        line_id=1,
        contact_id=1,
        direction=Direction.IN if asks else Direction.OUT,
        kind=MessageKind.MANUAL if asks else MessageKind.AUTO,
        body="Hello",
        status=MessageStatus.READ if asks else MessageStatus(status),
        created=created,
        answered=None if answered is None else created + timedelta(minutes=answered),
        asks=asks,
    )


def counted(
    engine: Engine, rows: list[Call] | list[Message], since: datetime, until: datetime, zone: tzinfo
) -> Figures:
    with Session(engine) as session, session.begin():
        session.add_all(rows)
    with Session(engine) as session:
        return gather(session, since, until, zone)


# ---- counting


def test_outcomes_are_sorted(engine: Engine) -> None:
    noon = utc(2026, 11, 23, 12)
    outcomes = ("abandoned", "lost", "answered", "answered_elsewhere", "rejected", None)
    found = counted(engine, [a_call(noon, outcome) for outcome in outcomes], *last_days(7, noon, UTC), UTC)
    assert found.calls == 0  # until is not counted
    with Session(engine) as session:
        found = gather(session, noon - timedelta(days=2), noon + timedelta(seconds=1), UTC)
    assert [day.date.day for day in found.days] == [21, 22, 23]
    assert found.days[2] == figures.Day(date(2026, 11, 23), calls=6, missed=2, answered=2, texts=0, replies=0)
    assert (found.week[0][12], sum(map(sum, found.week))) == (2, 2)


def test_the_day_on_which_the_clock_goes_back_has_25_hours(engine: Engine) -> None:
    """2026-10-25 in London is from 23:00 UTC of the day before to midnight UTC."""
    calls = [a_call(utc(2026, 10, 24, 22, 30) + timedelta(hours=hours)) for hours in range(27)]
    since, until = last_days(2, utc(2026, 10, 26, 20), LONDON)
    assert since == utc(2026, 10, 25) - timedelta(hours=1)
    found = counted(engine, calls, since - timedelta(days=1), until, LONDON)
    assert [(day.date.day, day.missed) for day in found.days] == [(24, 1), (25, 25), (26, 1)]
    assert found.week[6][:4] == (1, 2, 1, 1)  # from one to two happens twice


def test_the_day_on_which_the_clock_goes_on_has_23_hours(engine: Engine) -> None:
    calls = [a_call(utc(2026, 3, 28, 23, 59) + timedelta(hours=hours)) for hours in range(26)]
    found = counted(engine, calls, *last_days(3, utc(2026, 3, 30, 12), LONDON), LONDON)
    assert [(day.date.day, day.missed) for day in found.days] == [(28, 1), (29, 23), (30, 2)]
    assert found.week[6][:4] == (1, 0, 1, 1)


def test_a_zone_may_be_three_quarters_of_an_hour_off(engine: Engine) -> None:
    """Midnight in Kathmandu is 18:15 UTC."""
    calls = [a_call(utc(2026, 11, 22, 18, minute, second)) for minute, second in ((14, 59), (15, 0), (59, 0))]
    found = counted(engine, calls, *last_days(2, utc(2026, 11, 23, 12), KATHMANDU), KATHMANDU)
    assert [(day.date.day, day.missed) for day in found.days] == [(22, 1), (23, 2)]
    assert (found.week[6][23], found.week[0][0]) == (1, 2)


def test_texts_and_their_answers(engine: Engine) -> None:
    noon = utc(2026, 11, 23, 12)
    states = ("sent", "delivered", "unconfirmed", "failed", "queued", "expired")
    texts = [a_text(noon, 5, status) for status in states] + [a_text(noon)]
    found = counted(engine, texts, noon, noon + timedelta(hours=1), LONDON)
    assert (found.texts, found.replies) == (4, 3)


def test_how_soon_we_answer(engine: Engine) -> None:
    noon = utc(2026, 11, 23, 12)
    waits = (0, 4.99, 5, 14, 59, 60, 5000, None)
    texts = [a_text(noon, minutes, asks=True) for minutes in waits]
    found = counted(engine, texts, noon, noon + timedelta(hours=1), LONDON)
    assert (found.answers.counts, found.unanswered) == ((2, 2, 1, 2), 1)
    assert found.answers.median == timedelta(minutes=14)


def test_how_long_callers_let_it_ring(engine: Engine) -> None:
    noon = utc(2026, 11, 23, 12)
    calls = [a_call(noon, "abandoned", seconds) for seconds in (-3, 4, 5, 14, 19, 29, 30, 99, None)]
    found = counted(engine, [*calls, a_call(noon, "no_answer", 60)], noon, noon + timedelta(hours=1), LONDON)
    assert found.patience.counts == (2, 1, 1, 1, 1, 2)
    assert found.patience.median == timedelta(seconds=14)


def test_why_missed_calls_got_no_text(engine: Engine) -> None:
    """By the calls' own reasons, and by what became of texts; a text that went out, or may have, is none of them."""
    noon = utc(2026, 11, 23, 12)
    reasons = [Reason.COOLDOWN] * 3 + [Reason.WITHHELD, Reason.UNKNOWN, Reason.SUPERSEDED]
    calls = [a_call(noon) for _ in reasons]
    for call, reason in zip(calls, reasons, strict=True):
        call.reason = reason
    turned_down = a_call(noon, "answered")
    turned_down.reason = Reason.NOT_MISSED
    states = ("sent", "delivered", "unconfirmed", "queued", "failed", "failed", "expired", "cancelled")
    pairs = [(a_call(noon), a_text(noon, status=status)) for status in states]
    with Session(engine) as session, session.begin():
        session.add_all(
            [*calls, turned_down, *(call for call, _ in pairs), *(message for _, message in pairs)]
        )
        session.flush()
        for call, message in pairs:
            call.message_id, message.call_id = message.id, call.id
    with Session(engine) as session:
        found = gather(session, noon, noon + timedelta(hours=1), LONDON)
    assert {(one.textback, one.reason): one.count for one in found.untexted} == {
        ("skipped", "cooldown"): 3,
        ("skipped", "withheld"): 1,
        ("skipped", "unknown"): 1,
        ("cancelled", "superseded"): 2,
        ("failed", None): 2,
        ("skipped", "expired"): 1,
    }
    assert found.untexted[0].count == 3


def test_weeks_are_those_of_the_calendar(engine: Engine) -> None:
    """From Monday to Sunday by the shop's clock, the last of them up to now; there is always one to compare with."""
    noon = utc(2026, 11, 25, 12)  # a Wednesday
    calls = [a_call(noon - timedelta(days=days)) for days in (0, 2, 3, 9, 10)]
    found = counted(engine, calls, *last_days(7, noon + timedelta(hours=1), LONDON), LONDON)
    assert [(week.date, week.calls) for week in found.weeks] == [
        (date(2026, 11, 16), 2),
        (date(2026, 11, 23), 2),
    ]
    assert [day.date.day for day in found.days] == list(range(19, 26))
    assert sum(day.calls for day in found.days) == sum(map(sum, found.week)) == 3
    with Session(engine) as session:
        before = gather(session, *weeks_ago(1, noon, LONDON), LONDON)
    assert [(week.date, week.calls) for week in before.weeks] == [
        (date(2026, 11, 9), 1),
        (date(2026, 11, 16), 2),
    ]
    assert len(before.days) == 7


def test_every_part_of_every_text_that_went_out_is_paid_for(engine: Engine) -> None:
    noon = utc(2026, 11, 25, 12)
    ours = [
        a_text(noon, status=status) for status in ("sent", "delivered", "unconfirmed", "failed", "expired")
    ]
    long, came = a_text(noon), a_text(noon, asks=True)
    long.kind, long.parts, came.parts = MessageKind.MANUAL, 3, 7
    found = counted(engine, [*ours, long, came], noon, noon + timedelta(hours=1), LONDON)
    assert (found.parts, found.texts) == (6, 3)


# ---- what is known after so long


@pytest.mark.parametrize(
    ("days", "texts", "monthly"),
    [(0, 3, None), (13, 40, None), (14, 14, 30), (20, 10, 15), (30, 9, 9), (400, 9, 9), (400, 0, 0)],
)
def test_a_month_is_reckoned_up_from_two_weeks_on(
    engine: Engine, days: int, texts: int, monthly: int | None
) -> None:
    """1.7: three texts in five minutes were "90 callers a month"; the box's age counts, not that of its texts."""
    now = utc(2026, 11, 25, 12)
    first = now - timedelta(days=days, minutes=5)
    with Session(engine) as session, session.begin():
        session.add_all([a_call(first), *(a_text(now - timedelta(minutes=1)) for _ in range(texts))])
    with Session(engine) as session:
        found = automatic_texts(session, now)
    assert (found.count, found.monthly) == (texts, monthly)
    assert found.since == max(first, now - timedelta(days=30))


def test_an_empty_box_knows_of_no_month(engine: Engine) -> None:
    now = utc(2026, 11, 25, 12)
    with Session(engine) as session:
        assert automatic_texts(session, now) == Texted(0, now, None)


PRICES = {
    "£0.05": ("£1.55", "1.55"),
    "0,09 €": ("2,79 €", "2.79"),
    "0.079": ("2.45", "2.45"),
    "EUR 0.1": ("EUR 3.10", "3.10"),
    "0,35 zł": ("10,85 zł", "10.85"),
    "$0.0075": ("$0.23", "0.23"),
    "12 Ft": ("372 Ft", "372"),
    "0": ("0", "0"),
}


@pytest.mark.parametrize(("written", "sums"), PRICES.items(), ids=PRICES)
def test_a_sum_is_written_as_the_price_is(written: str, sums: tuple[str, str]) -> None:
    assert (price(written).of(31), price(written).plain(31)) == sums


@pytest.mark.parametrize(
    "written", ["free", "-1", "£", "£1€", "1.2.3", "0.05 per text", "=1+1", "1e3", "0.12345"]
)
def test_what_is_no_price(written: str) -> None:
    with pytest.raises(ValueError, match="is not a price; write one such as"):
        price(written)


def test_nothing_makes_no_figures(engine: Engine) -> None:
    found = counted(engine, [], *last_days(28, utc(2026, 11, 23, 12), LONDON), LONDON)
    assert (len(found.days), found.calls, found.answers.median) == (28, 0, None)


# ---- cost


def plans(engine: Engine) -> list[str]:
    """SQLite's plans for everything that the page and the files ask."""
    seen: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    since, until = last_days(28, datetime.now(UTC), LONDON)
    with Session(engine) as session:
        gather(session, since, until, LONDON)
    assert len(list(call_lines.call_lines(engine, since, until))) > 2
    event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        return [
            row[3]
            for statement, values in seen
            for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        ]


@pytest.fixture
def years(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(call_lines, "BATCH", 10)
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    migrate(engine)
    big.fill(tmp_path / "textback.db", contacts=300, calls=900, messages=3000)
    yield engine
    engine.dispose()


def test_no_statement_looks_through_a_whole_table(years: Engine) -> None:
    assert [plan for plan in plans(years) if plan.startswith("SCAN")] == []


def test_a_missing_index_would_be_seen(years: Engine) -> None:
    with years.begin() as connection:
        connection.execute(text("DROP INDEX ix_call_started"))
    assert [plan for plan in plans(years) if plan.startswith("SCAN")]


def test_postgresql_is_asked_in_its_own_words() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy has no types here
    words = str(figure_counts._steps(Call.started, 900).compile(dialect=dialect))
    assert words == "CAST(FLOOR(EXTRACT(EPOCH FROM call.started)) AS BIGINT) / 900"


def test_a_file_has_every_call_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_lines, "BATCH", 3)
    noon = utc(2026, 11, 23, 12)
    calls = [a_call(noon + timedelta(seconds=n // 4), seconds=n) for n in range(12)]
    with Session(engine) as session, session.begin():
        session.add_all(calls)
    found = list(call_lines.call_lines(engine, noon, noon + timedelta(minutes=1)))
    assert [line.seconds for line in found] == list(range(12))


# ---- pictures

BARS = charts.bars(
    [charts.Bar(3, 1, HOSTILE, HOSTILE), charts.Bar(0, 0, "none")], HOSTILE, (HOSTILE, "missed")
)
HEAT = charts.heat([(HOSTILE, [0] * 23 + [4])], [[HOSTILE] * 24], HOSTILE, {0: HOSTILE})
LADDER = charts.ladder([(HOSTILE, 7, "part"), ("none", 0, "good")], HOSTILE)


@pytest.mark.parametrize(
    "picture",
    [BARS, HEAT, LADDER, charts.bars([], "", ("", "")), charts.heat([], [], "", {}), charts.ladder([], "")],
)
def test_a_picture_is_xml_without_styles_or_scripts(picture: str) -> None:
    root = ElementTree.fromstring(picture)
    assert root.get("role") == "img"
    assert (root.get("viewBox") or "").startswith("0 0 360 ")
    for node in root.iter():
        assert node.tag in {"svg", "g", "rect", "path", "text", "title"}
        assert not {"style", "fill", "onclick"} & set(node.attrib)
        assert all(float(node.get(side, "0")) >= 0 for side in ("width", "height"))


@pytest.mark.parametrize("picture", [BARS, HEAT, LADDER])
def test_words_in_a_picture_stay_words(picture: str) -> None:
    root = ElementTree.fromstring(picture)
    assert root.get("aria-label") == HOSTILE
    assert HOSTILE in [node.text for node in root.iter("text")]


def test_bars_are_as_high_as_their_numbers() -> None:
    heights = {
        node.get("class"): float(node.get("height", "0"))
        for node in ElementTree.fromstring(BARS).iterfind("g/rect")
    }
    assert heights == {"whole": 90, "part": 30}  # of 120, which is four calls


# ---- the page


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        yield office


@pytest.fixture
def client(office: Office) -> FlaskClient:
    return enter(office.bridge)


def lines(client: FlaskClient, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_the_page_says_in_words_what_it_draws(client: FlaskClient) -> None:
    page = client.get("/figures").text
    # of the five texts, one could not be sent
    assert re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page) == [
        ("calls", "9"),
        ("missed", "8"),
        ("texted back", "4"),
        ("answered our text", "0"),
    ]
    assert page.count('role="img"') == page.count("The numbers</summary>") >= 4
    assert page.count("<table>") == page.count('role="img"') + 2  # the weeks are tables only
    assert 'aria-label="Calls per day. 9 calls, 8 of them missed.' in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("days", "rows"), [("7", 7), ("28", 28), ("42", 42), ("last-week", 7), ("9", 28), ("x", 28)]
)
def test_how_far_back_is_chosen(client: FlaskClient, days: str, rows: int) -> None:
    page = client.get(f"/figures?days={days}").text
    chosen = days if days == "last-week" else rows
    assert re.search(rf'days={chosen}" aria-current="true"', page)
    assert len(lines(client, f"/figures/days.csv?days={days}")) == rows + 1


def test_the_last_month_is_whole_and_says_nothing_of_this_week(client: FlaskClient) -> None:
    page = client.get("/figures?days=last-month").text
    assert 'days=last-month" aria-current="true"' in page
    assert "This week and the last" not in page
    first, *_, last = [line[0] for line in lines(client, "/figures/days.csv?days=last-month")[1:]]
    assert date.fromisoformat(first).day == 1
    assert (date.fromisoformat(last) + timedelta(days=1)).day == 1


def test_an_empty_page_says_what_will_be_there(tmp_path: Path) -> None:
    with an_office(tmp_path, rows=False) as office:
        client = enter(office.bridge)
        page = client.get("/figures").text
        assert "Nothing to count yet" in page
        assert '<svg class="chart"' not in page
        assert len(lines(client, "/figures/calls.csv")) == 1


def test_strangers_see_no_figures(office: Office) -> None:
    client = enter(office.bridge)
    client.delete_cookie("textback")
    for path in ("/figures", "/figures/days.csv", "/figures/weeks.csv", "/figures/calls.csv"):
        assert client.get(path).status_code in (302, 303)


def test_every_day_is_a_line(client: FlaskClient) -> None:
    head, *rows = lines(client, "/figures/days.csv")
    counts = ["calls", "missed", "calls answered", "texts sent", "texts answered", "texts in all"]
    assert head == ["date", *counts, "cost"]
    assert [sum(int(row[place]) for row in rows) for place in range(1, 7)] == [9, 8, 1, 4, 0, 5]
    assert {row[7] for row in rows} == {""}
    head, *weeks = lines(client, "/figures/weeks.csv")
    assert head == ["week", "from", "to", *counts, "cost"]
    assert [sum(int(row[place]) for row in weeks) for place in range(3, 9)] == [9, 8, 1, 4, 0, 5]
    monday, sunday = (date.fromisoformat(day) for day in weeks[0][1:3])
    assert (monday.weekday(), sunday - monday, weeks[0][0]) == (0, timedelta(days=6), f"{monday:%G-W%V}")


def test_what_texts_cost_is_said_where_the_price_is_known(office: Office, client: FlaskClient) -> None:
    page = client.get("/figures").text
    assert "what a text costs" in page
    assert "What they cost" not in page
    path = office.bridge.settings().path
    path.write_text(path.read_text().replace("[shop]\n", "[shop]\ntext_price = 0,09 €\n"))
    office.bridge.request(ReadSettings())
    page = client.get("/figures?days=42").text
    assert re.search(r"<dt>spent on texts</dt><dd>0,45 €</dd>", page)
    assert "What they cost" in page
    assert '<th scope="col">Cost</th>' in page
    _, *rows = lines(client, "/figures/days.csv?days=42")
    assert sum(Decimal(row[7]) for row in rows) == Decimal("0.45")
    assert "Each caller" in client.get("/settings").text or "4 texts, 0,36 €" in client.get("/settings").text


def test_no_pattern_is_claimed_of_a_few_calls(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with an_office(tmp_path, rows=False) as office:
        with Session(office.engine) as session, session.begin():
            session.add(Line(name="main"))
            session.add(Contact(address="+447400123456", source="call", first_seen=now, last_seen=now))
            session.flush()
            session.add_all(
                [a_call(now - timedelta(minutes=9)), a_text(now - timedelta(minutes=8), 5, asks=True)]
            )
        page = enter(office.bridge).get("/figures").text
    for claim in ("Most came on", "Most on ", "typically", "Half of those who hung up", "most common reason"):
        assert claim not in page
    assert "1 text from customers got a first reply from you." in page
    assert "1 caller hung up while it rang." in page


def test_every_call_is_a_line(client: FlaskClient) -> None:
    head, *rows = lines(client, "/figures/calls.csv")
    assert len(rows) == 9
    calls = [dict(zip(head, row, strict=True)) for row in rows]
    newest = calls[-1]
    started = datetime.fromisoformat(newest.pop("started"))
    assert started.utcoffset() == started.astimezone(LONDON).utcoffset()
    assert (newest.pop("date"), newest.pop("time")) == (f"{started:%Y-%m-%d}", f"{started:%H:%M:%S}")
    assert newest == {
        "number": "+447400123456",
        "name": "Ann Whittaker",
        "outcome": "abandoned",
        "how it ended": "hung up",
        "seconds": "20",
        "textback": "delivered",
        "reason": "",
        "what we did": "text delivered",
        "called back": "",
    }
    said = {(call["reason"], call["what we did"]) for call in calls if call["reason"]}
    assert said == {
        ("withheld", "not sent: hidden number"),
        ("unknown", "not sent: unknown number"),
        ("not_missed", ""),
        ("cooldown", "not sent: already texted"),
    }


def test_a_name_is_never_calculated(office: Office, client: FlaskClient) -> None:
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE contact SET name = '=HYPERLINK(1)'"))
    names = {row[3] for row in lines(client, "/figures/calls.csv")[1:]}
    assert names == {"'=HYPERLINK(1)", ""}


@pytest.mark.parametrize("cell", ["=1", "+1-1", "-1", "@a", "\tx", " =1", "+44 1", "+"])
def test_what_a_spreadsheet_would_calculate_is_text(cell: str) -> None:
    assert guarded_number(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ann", "+447400123456", "2026-11-23T12:00:00+00:00", "a=b"])
def test_the_rest_stays(cell: str) -> None:
    assert guarded_number(cell) == cell
