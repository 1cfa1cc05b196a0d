"""What came last stands first, whatever times the clock has stamped: calls, texts, conversations, contacts, notes, files."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, MetaData, insert
from sqlmodel import Session, select

from bridge.clock import RELEASE
from bridge.handlers import conversations
from bridge.records import calls, clock_shift, contacts, incidents, incoming, lines, places, views
from bridge.records import engine as database
from bridge.records.rows import id_of
from bridge.records.tables import Call, Contact, InboundPart, Message, Note
from bridge.records.views import call_lines, summary
from bridge.rules.states import Direction, IncidentKind, MessageKind, MessageStatus
from bridge.rules.troubles import BoxTrouble
from modem.contract import CallOutcome, Trouble
from tests.bridge.test_database import something
from tests.support import databases
from tests.support.old_release import at_revision_empty

NOW = RELEASE + timedelta(days=400)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
PEOPLE = [f"+44740012345{n}" for n in range(4)]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Engine]:
    """A database without tables, where the tests stand just now."""
    url = databases.section(tmp_path).partition("= ")[2].strip() or f"sqlite:///{tmp_path}/textback.db"
    engine = database.open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(empty: Engine) -> Iterator[Session]:
    database.migrate(empty)
    with Session(empty) as session:
        yield session


# What the clock showed, in days from now, when one thing after the other came.
CLOCKS = {
    "it goes on": [n / 1440 for n in range(12)],
    "behind from the fifth on, by a year": [n / 1440 - 365 * (n >= 4) for n in range(12)],
    "behind from the fifth on, by ten years": [n / 1440 - 3652 * (n >= 4) for n in range(12)],
    "behind for a while": [n / 1440 - 365 * (4 <= n < 8) for n in range(12)],
    "ahead for a while": [n / 1440 + 3652 * (4 <= n < 8) for n in range(12)],
    "it stands": [0.0] * 12,
    "it goes back": [-float(n) for n in range(12)],
    "anything": [3, -900, 4, 4, -2, 800, 800, -900, 0, 1, -3652, 5],
}


class Week:
    """One thing after the other comes, as the clock shows it: a call, a text, our answer and a note, of each in turn."""

    def __init__(self, session: Session, clock: list[float]) -> None:
        self.session = session
        self.line = lines.line_called(session, "main")
        self.calls: list[int] = []
        self.texts: list[int] = []
        self.things: dict[str, list[tuple[str, int]]] = {who: [] for who in PEOPLE}
        self.seen: list[str] = []
        for n, days in enumerate(clock):
            self.comes(PEOPLE[n % 3], days)

    def comes(self, who: str, days: float) -> None:
        at, line = NOW + days * DAY, id_of(self.line)
        contact = contacts.somebody_at(self.session, who, "call", at)
        call = calls.call_began(self.session, self.line, at)
        calls.caller_is(self.session, call, who, who, False, at)
        call.ended, call.outcome = at, CallOutcome.ABANDONED
        ours = Message(
            line_id=line,
            contact_id=id_of(contact),
            direction=Direction.OUT,
            kind=MessageKind.AUTO,
            body="ours",
            status=MessageStatus.SENT,
            created=at,
        )
        note = Note(contact_id=id_of(contact), at=at, author="mia", body="x")
        for row in (ours, note):
            self.session.add(row)
            self.session.flush()
        theirs = incoming.text_came(
            self.session,
            self.line,
            [self.part(who, at)],
            sender=who,
            kind=MessageKind.MANUAL,
            body="theirs",
            status=MessageStatus.READ,
            replace_type=None,
            now=at,
        )
        self.calls.append(id_of(call))
        self.texts += [id_of(ours), id_of(theirs)]
        self.things[who] += [
            *(("CallRow", id_of(call)), ("MessageRow", id_of(ours))),
            *(("NoteRow", id_of(note)), ("MessageRow", id_of(theirs))),
        ]
        self.seen = [*(other for other in self.seen if other != who), who]

    def part(self, who: str, at: Any) -> InboundPart:
        return InboundPart(
            line_id=id_of(self.line),
            digest=f"{who} {len(self.texts)}",
            sender=who,
            reference=0,
            width=0,
            parts=1,
            part=1,
            body=b"",
            received=at,
        )


@pytest.fixture(params=CLOCKS.values(), ids=list(CLOCKS))
def week(session: Session, request: pytest.FixtureRequest) -> Week:
    return Week(session, request.param)


def contact_of(session: Session, who: str) -> Contact:
    found = contacts.contact_at(session, who)
    assert found is not None
    return found


def paged(page: Callable[[views.Place | None], list[Any]]) -> list[int]:
    """The ids of all rows, a page after the other."""
    found: list[int] = []
    before = None
    while rows := page(before):
        found += [getattr(row, "key", None) or row.id for row in rows]
        before = rows[-1].place, found[-1]
    return found


def test_what_came_last_stands_first(session: Session, week: Week) -> None:
    newest_first = week.calls[::-1]
    assert [row.id for row in views.calls(session)] == newest_first
    assert [row.id for row in views.calls(session, which="missed", limit=5)] == newest_first[:5]
    assert [row.id for row in views.calls(session, search="74001234")] == newest_first
    assert [row.id for row in views.messages(session)] == week.texts[::-1]
    assert [row.address for row in views.contacts(session)] == week.seen[::-1]
    assert [row.address for row in views.conversations(session)] == week.seen[::-1]
    last = session.get_one(Call, newest_first[0])
    assert views.last_call(session, "main") == last.started


def test_a_thread_is_in_the_order_in_which_all_came(session: Session, week: Week) -> None:
    for who in week.seen:
        contact, things = contact_of(session, who), week.things[who]
        rows = views.thread(session, contact)
        assert [(type(row).__name__, row.id) for row in rows] == things
        last = views.conversations(session)[week.seen[::-1].index(who)].last
        assert last is not None
        assert ("MessageRow", last.id) == things[-1]
        # A page after the other, from the end.
        found: list[tuple[str, int]] = []
        before = None
        while some := views.thread(session, contact, before=before, limit=3):
            found = [*((type(row).__name__, row.id) for row in some), *found]
            before = some[0].place, 0
        assert found == things


def test_no_page_skips_or_repeats_a_row(session: Session, week: Week) -> None:
    for which in ("all", "missed"):
        found = paged(lambda before, which=which: views.calls(session, which=which, before=before, limit=5))  # type: ignore[misc]  # mypy infers no lambda with a default
        assert found == week.calls[::-1]
    people = [id_of(contact_of(session, who)) for who in week.seen[::-1]]
    assert paged(lambda before: views.messages(session, before=before, limit=5)) == week.texts[::-1]
    assert paged(lambda before: list(views.contacts(session, before=before, limit=2))) == people
    assert paged(lambda before: views.conversations(session, before=before, limit=2)) == people


def test_rows_of_one_place_are_told_apart_by_their_ids(session: Session, week: Week) -> None:
    """Such as rows that somebody has written by hand."""
    for table in (Call, Contact):
        for row in session.exec(select(table)):
            row.place = 7
    session.flush()
    assert paged(lambda before: views.calls(session, before=before, limit=5)) == week.calls[::-1]
    people = sorted((id_of(contact_of(session, who)) for who in week.seen), reverse=True)
    assert paged(lambda before: list(views.contacts(session, before=before, limit=2))) == people


def test_who_is_to_be_called_back_is_who_rang_after_our_last_words(session: Session, week: Week) -> None:
    """By what came last: each of them rang once more, and one was written to after that."""
    for who in week.seen:
        week.comes(who, -200)
    answered = contact_of(session, PEOPLE[1])
    session.add(
        Message(
            line_id=id_of(week.line),
            contact_id=id_of(answered),
            direction=Direction.OUT,
            kind=MessageKind.MANUAL,
            body="Yes",
            status=MessageStatus.SENT,
            created=NOW - 400 * DAY,
        )
    )
    session.flush()
    now = NOW - 190 * DAY
    rows = views.calls(session, which="open", now=now, limit=10)
    assert [row.address for row in rows] == [who for who in week.seen[::-1] if who != PEOPLE[1]]
    assert [row.id for row in rows] == [key for key in week.calls[::-1] if key in {row.id for row in rows}]


def test_the_line_by_which_somebody_is_written_to_is_the_one_that_they_called_last(
    session: Session, week: Week
) -> None:
    second = lines.line_called(session, "second")
    call = calls.call_began(session, second, NOW - 4000 * DAY)
    calls.caller_is(session, call, PEOPLE[0], PEOPLE[0], False, NOW - 4000 * DAY)
    line = lines.line_of(session, contact_of(session, PEOPLE[0]), ("main", "second"))
    assert line.name == "second"


def test_the_file_of_calls_has_them_as_they_came(session: Session, week: Week) -> None:
    session.commit()
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    since, until = NOW - 5000 * DAY, NOW + 5000 * DAY
    found = [line.started for line in call_lines.call_lines(engine, since, until)]
    assert found == [session.get_one(Call, key).started for key in week.calls]
    found = [line.started for line in call_lines.call_lines(engine, NOW, until)]
    assert found == [at for key in week.calls if (at := session.get_one(Call, key).started) >= NOW]


def test_who_waits_longest_stands_first_in_the_digest(session: Session) -> None:
    week = Week(session, [0.0, -365.0, 5.0])
    for who in PEOPLE[:3]:
        last = session.get_one(Message, dict(week.things[who])["MessageRow"])
        conversations.they_wrote(session, contact_of(session, who), last)
    session.flush()
    assert [contact.address for contact in summary.waiting(session, frozenset())] == PEOPLE[:3]


def test_incidents_stand_as_they_began(session: Session) -> None:
    for n, days in enumerate((0, -365, 1)):
        kind = list(IncidentKind)[n]
        incidents.incident_begins(session, "main", kind, Trouble(BoxTrouble.STARTING), NOW + days * DAY)
    session.flush()
    assert [one.kind for one in views.incidents(session)] == list(IncidentKind)[2::-1]


def test_a_text_that_takes_the_place_of_another_comes_anew(session: Session) -> None:
    week = Week(session, [0.0])
    mine: dict[str, Any] = {"sender": PEOPLE[0], "kind": MessageKind.MANUAL, "status": MessageStatus.RECEIVED}
    first = incoming.text_came(
        session, week.line, [week.part(PEOPLE[0], NOW)], body="1", replace_type=1, now=NOW, **mine
    )
    week.comes(PEOPLE[0], -365)
    again = incoming.text_came(
        session, week.line, [week.part("x", NOW)], body="2", replace_type=1, now=NOW - 365 * DAY, **mine
    )
    assert again is first
    assert views.messages(session)[0].body == "2"


def test_places_are_taken_one_after_the_other_and_none_by_who_was_never_seen(session: Session) -> None:
    assert places.last_taken(session) == 0
    assert [places.take(session), places.take(session), places.last_taken(session)] == [1, 2, 2]
    people = contacts.people_named(session, PEOPLE, "import")
    session.flush()
    assert {one.place for one in people} == {places.NONE}
    assert contacts.somebody_at(session, PEOPLE[1], "call", NOW).place == 3
    assert views.contacts(session)[0].address == PEOPLE[1]


# ---- the doubt


def test_what_a_suspect_clock_stamps_is_marked_until_the_clock_is_right(session: Session) -> None:
    week = Week(session, [0.0])
    clock_shift.doubt_goes_on(session, NOW - 365 * DAY, NOW - 365 * DAY)
    week.comes(PEOPLE[1], -365)
    clock_shift.doubt_goes_on(session, NOW - 365 * DAY, NOW - 364 * DAY)  # it is suspect already
    week.comes(PEOPLE[2], -364)

    def doubted() -> list[list[bool]]:
        shown: tuple[list[Any], ...] = (
            views.calls(session)[::-1],
            views.messages(session)[::-2],
            views.conversations(session)[::-1],
        )
        threads = [views.thread(session, contact_of(session, who)) for who in PEOPLE[:3]]
        for rows in threads:
            assert len({row.doubtful for row in rows}) == 1
        return [[row.doubtful for row in rows] for rows in (*shown, [rows[0] for rows in threads])]

    assert doubted() == [[False, True, True]] * 4
    clock_shift.doubt_is_over(session)
    assert doubted() == [[False] * 3] * 4


# ---- updates

# What was there, and when: of each table ids and minutes, as they do not follow each other.
THERE = {
    "call": {11: 5, 12: 1, 13: 9, 14: 9},
    "message": {21: 2, 22: 9, 23: 0},
    "note": {31: 9, 32: 3},
}
ORDER = [23, 12, 21, 32, 11, 13, 14, 22, 31]
TIMES = {"call": "started", "message": "created", "note": "at", "contact": "last_seen"}


@pytest.mark.parametrize("revision", ["0001", "0005", "0006", "0016"])
def test_an_update_gives_every_row_the_place_that_it_had(empty: Engine, revision: str) -> None:
    at_revision_empty(empty, revision)
    made = MetaData()
    made.reflect(empty)
    with empty.begin() as connection:

        def add(table: str, key: int, **more: Any) -> None:
            columns = {column.name: something(column) for column in made.tables[table].columns}
            unique = {name: None for name in ("ticket", "call_id", "message_id") if name in columns}
            known = {name: value for name, value in more.items() if name in columns}
            connection.execute(insert(made.tables[table]).values({**columns, **unique, **known, "id": key}))

        add("line", 1, name="main")
        for key, minutes in {101: 5, 102: 30, 103: 7}.items():
            seen = NOW + minutes * MINUTE
            address = f"+447400123{key}"
            add("contact", key, address=address, identity=address, last_seen=seen, kind="", done=True)
        for table, rows in THERE.items():
            if table not in made.tables:
                continue
            coded: dict[str, Any] = {
                "outcome": "abandoned",
                "reason": None,
                "direction": "in",
                "kind": "manual",
            }
            for key, minutes in rows.items():
                at = {TIMES[table]: NOW + minutes * MINUTE}
                add(table, key, contact_id=101, status="read", error=None, trace=[], **coded, **at)
    database.migrate(empty)
    with Session(empty) as session, session.begin():
        there = [key for key in ORDER if key < 30 or "note" in made.tables]
        contact = session.get_one(Contact, 101)
        assert [row.id for row in views.thread(session, contact)] == there
        assert [row.id for row in views.calls(session)] == [14, 13, 11, 12]
        assert [row.id for row in views.messages(session)] == [22, 21, 23]
        assert [row.id for row in views.contacts(session)] == [102, 103, 101]
        assert not any(row.doubtful for row in views.calls(session))
        # Whatever comes now (PostgreSQL counts it from 1) stands behind all of them, by whatever time.
        week = Week(session, [-900.0])
        assert views.calls(session)[0].id == week.calls[0]
        assert views.messages(session)[0].id == week.texts[-1]
        assert views.contacts(session)[0].address == PEOPLE[0]
