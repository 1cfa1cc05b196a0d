"""The figures: right over changes of the clock and in odd zones, cheap after years, drawn as they are, and safe as files."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text
from sqlalchemy.dialects import postgresql
from sqlmodel import Session

from bridge.records.engine import migrate, open_engine
from bridge.records.tables import Call, Contact, Line, Message
from bridge.records.views import figures
from bridge.records.views.figures import Figures, gather, last_days
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
    assert len(list(figures.calls(engine, since, until))) > 2
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
    monkeypatch.setattr(figures, "BATCH", 10)
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
    words = str(figures._steps(Call.started, 900).compile(dialect=dialect))
    assert words == "CAST(FLOOR(EXTRACT(EPOCH FROM call.started)) AS BIGINT) / 900"


def test_a_file_has_every_call_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "BATCH", 3)
    noon = utc(2026, 11, 23, 12)
    calls = [a_call(noon + timedelta(seconds=n // 4), seconds=n) for n in range(12)]
    with Session(engine) as session, session.begin():
        session.add_all(calls)
    found = list(figures.calls(engine, noon, noon + timedelta(minutes=1)))
    assert [line.seconds for line in found] == list(range(12))


# ---- pictures

BARS = charts.bars(
    [charts.Bar(3, 1, HOSTILE, HOSTILE), charts.Bar(0, 0, "none")], HOSTILE, (HOSTILE, "missed")
)
HEAT = charts.heat([(HOSTILE, [0] * 23 + [4])], [[HOSTILE] * 24], HOSTILE)
LADDER = charts.ladder([(HOSTILE, 7, "part"), ("none", 0, "good")], HOSTILE)


@pytest.mark.parametrize(
    "picture",
    [BARS, HEAT, LADDER, charts.bars([], "", ("", "")), charts.heat([], [], ""), charts.ladder([], "")],
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
    assert page.count('role="img"') == page.count("The numbers</summary>") == page.count("<table>") >= 4
    assert 'aria-label="Calls a day. 9 calls, 8 of them missed.' in page
    assert "style=" not in page


@pytest.mark.parametrize(("days", "rows"), [("7", 7), ("28", 28), ("42", 42), ("9", 28), ("x", 28)])
def test_how_far_back_is_chosen(client: FlaskClient, days: str, rows: int) -> None:
    page = client.get(f"/figures?days={days}").text
    assert re.search(rf'days={rows}" aria-current="true"', page)
    assert len(lines(client, f"/figures/days.csv?days={days}")) == rows + 1


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
    for path in ("/figures", "/figures/days.csv", "/figures/calls.csv"):
        assert client.get(path).status_code in (302, 303)


def test_every_day_is_a_line(client: FlaskClient) -> None:
    head, *rows = lines(client, "/figures/days.csv")
    assert head == ["date", "calls", "missed", "answered", "texts sent", "texts answered"]
    assert [sum(int(row[place]) for row in rows) for place in range(1, 6)] == [9, 8, 1, 4, 0]


def test_every_call_is_a_line(client: FlaskClient) -> None:
    head, *rows = lines(client, "/figures/calls.csv")
    assert head[:3] == ["started", "number", "name"]
    assert len(rows) == 9
    newest = rows[-1]
    assert newest[1:] == ["+447400123456", "Ann Whittaker", "abandoned", "20", "delivered", "", ""]
    assert datetime.fromisoformat(newest[0]).utcoffset() is not None
    assert next(row[1:4] for row in rows if row[6] == "withheld") == ["", "", "abandoned"]


def test_a_name_is_never_calculated(office: Office, client: FlaskClient) -> None:
    with office.engine.begin() as connection:
        connection.execute(text("UPDATE contact SET name = '=HYPERLINK(1)'"))
    names = {row[2] for row in lines(client, "/figures/calls.csv")[1:]}
    assert names == {"'=HYPERLINK(1)", ""}


@pytest.mark.parametrize("cell", ["=1", "+1-1", "-1", "@a", "\tx", " =1", "+44 1", "+"])
def test_what_a_spreadsheet_would_calculate_is_text(cell: str) -> None:
    assert guarded_number(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ann", "+447400123456", "2026-11-23T12:00:00+00:00", "a=b"])
def test_the_rest_stays(cell: str) -> None:
    assert guarded_number(cell) == cell
