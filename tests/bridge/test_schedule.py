"""The shop's calendar: when its jobs come, that each is done once a day, and what the owner is told."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from queue import SimpleQueue
from zoneinfo import ZoneInfo

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlmodel import Session, col, select

from bridge.config import parse
from bridge.handlers.calendar import CalendarJob, begin_once, write_digest
from bridge.handlers.shop import OwnerContext
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import Alert, Call, Contact, KeyValue, Line, Message
from bridge.rules.states import Direction, MessageKind, MessageStatus
from bridge.service.inbox import JobDue
from bridge.service.schedule import Schedule, triggers
from modem.contract import CallOutcome
from modem.simulator import Simulator
from tests.support.box import ANN, BOB, DEADLINE, Box, FastClock, a_box, until

BERLIN = ZoneInfo("Europe/Berlin")
DAYS_90 = timedelta(days=90)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{tmp_path / 'textback.db'}")
    migrate(engine)
    with Session(engine) as session, session.begin():
        yield session
    engine.dispose()


def days_of(job: CalendarJob, digest: time, since: datetime, count: int) -> list[datetime]:
    """The next times of a job, as the scheduler asks for them: each behind the one before."""
    trigger = dict(triggers(BERLIN, digest))[job]
    found: list[datetime] = []
    moment = since
    last: datetime | None = None
    for _ in range(count):
        last = trigger.get_next_fire_time(last, moment)
        found.append(last)
        moment = last
    return found


@pytest.mark.parametrize("at", [time(2, 30), time(3, 0), time(8, 0)])
@pytest.mark.parametrize("night", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_night_that_is_an_hour_longer_or_shorter_has_each_job_once(
    session: Session, at: time, night: date
) -> None:
    since = datetime.combine(night - timedelta(days=1), time(12), BERLIN)
    begun = [
        moment.astimezone(BERLIN).date()
        for moment in days_of(CalendarJob.DIGEST, at, since, 4)
        if begin_once(session, CalendarJob.DIGEST, moment.astimezone(BERLIN).date())
    ]
    assert begun == [night + timedelta(days=after) for after in range(4)]


def test_a_time_that_a_night_lacks_comes_later_and_one_that_it_has_twice_once() -> None:
    lacking, twice = (
        days_of(CalendarJob.DIGEST, time(2, 30), datetime.combine(day, time(1), BERLIN), 2)
        for day in (date(2026, 3, 29), date(2026, 10, 25))
    )
    assert [f"{moment:%d %H:%M}" for moment in lacking] == ["29 01:30", "30 00:30"]
    assert [f"{moment:%d %H:%M}" for moment in twice] == ["25 00:30", "26 01:30"]


def test_the_weekly_digest_comes_on_mondays() -> None:
    since = datetime(2026, 11, 26, 12, tzinfo=BERLIN)
    assert {
        moment.astimezone(BERLIN).weekday()
        for moment in days_of(CalendarJob.WEEKLY_DIGEST, time(8), since, 5)
    } == {0}


def test_without_a_time_there_is_no_digest() -> None:
    assert [job for job, _ in triggers(None, None)] == [
        CalendarJob.BACKUP,
        CalendarJob.HOUSEKEEPING,
        CalendarJob.BLOCK_LISTS,
        CalendarJob.RELEASES,
    ]


def test_a_job_is_begun_once_a_day_whatever_the_clock_did(session: Session) -> None:
    """The clock jumps ahead by ninety days and comes back: the day that it comes back to is a day like any other."""
    today = date(2026, 11, 26)
    asked = [today, today, today + DAYS_90, today + DAYS_90, today, today, today + timedelta(days=1)]
    begun = [begin_once(session, CalendarJob.HOUSEKEEPING, day) for day in asked]
    assert begun == [True, False, True, False, True, False, True]
    assert begin_once(session, CalendarJob.DIGEST, today)


def test_the_scheduler_only_puts_items_into_the_inbox_and_is_set_anew(tmp_path: Path) -> None:
    """A real scheduler on the real clock, told of a time that is a second away."""
    inbox: SimpleQueue[JobDue] = SimpleQueue()
    schedule = Schedule(inbox.put)
    text = "[shop]\ntimezone = Europe/Berlin\n[notify]\ndigest = 08:00\n"
    schedule.set(parse(text, tmp_path / "config.ini"))
    schedule.set(parse(text, tmp_path / "config.ini"))
    scheduler = schedule._scheduler
    assert isinstance(scheduler, BackgroundScheduler)
    assert {job.id for job in scheduler.get_jobs()} == {job.value for job in CalendarJob}
    for job in scheduler.get_jobs():
        assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, 3600)
        job.modify(next_run_time=datetime.now(UTC))
    assert {inbox.get(timeout=DEADLINE).job for _ in CalendarJob} == set(CalendarJob)
    schedule.close()
    assert not scheduler.running


NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_the_digest_counts_yesterday_and_names_who_waits(session: Session, tmp_path: Path) -> None:
    line = Line(name="main")
    people = [
        Contact(address=f"+4474001234{n}", name=name, source="call", first_seen=NOON, last_seen=NOON)
        for n, name in ((56, "Ann"), (57, ""), (58, "Cem"), (59, "Dee"))
    ]
    session.add_all([line, *people])
    session.flush()
    yesterday = NOON - timedelta(days=1)
    assert line.id is not None
    for contact, outcome, when in (
        (people[0], "abandoned", yesterday),
        (people[1], "answered", yesterday),
        (people[2], "abandoned", NOON),
        (people[2], "abandoned", yesterday - timedelta(days=1)),
    ):
        session.add(
            Call(
                line_id=line.id, contact_id=contact.id, started=when, ended=when, outcome=CallOutcome(outcome)
            )
        )

    def text(contact: Contact, direction: str, kind: str, status: str, when: datetime, asks: bool) -> None:
        assert line.id is not None
        assert contact.id is not None
        session.add(
            Message(
                line_id=line.id,
                contact_id=contact.id,
                direction=Direction(direction),
                kind=MessageKind(kind),
                body="Hello",
                status=MessageStatus(status),
                created=when,
                asks=asks,
            )
        )

    text(people[0], "out", "auto", "delivered", yesterday, False)
    text(people[1], "out", "auto", "failed", yesterday, False)
    for place, contact in enumerate(people, 1):
        text(contact, "in", "manual", "received", yesterday, True)
        contact.waits_since, contact.waits_place = yesterday, place
    settings = parse("[shop]\ncountry = GB\n[notify]\nsms_to = 07400 999999\n", tmp_path / "config.ini")
    write_digest(session, OwnerContext(settings, "GB", NOON, UTC), 1)
    alert = session.exec(select(Alert)).one()
    assert alert.body == (
        "Yesterday: 2 calls, 1 missed, 1 texted back, 4 texts received. Needs a reply: Ann (07400 123456), "
        "07400 123457, Cem (07400 123458) and 1 more."
    )
    assert (alert.kind, alert.due, alert.over) == ("digest", NOON, False)


def test_who_wants_no_alerts_gets_no_digest(session: Session, tmp_path: Path) -> None:
    settings = parse("", tmp_path / "config.ini")
    write_digest(session, OwnerContext(settings, "GB", NOON, UTC), 1)
    assert session.exec(select(Alert)).all() == []


@pytest.fixture
def clock() -> FastClock:
    return FastClock()


@pytest.fixture
def box(tmp_path: Path, clock: FastClock) -> Iterator[Box]:
    extra = f"[notify]\nsms_to = {BOB}\nquiet = 00:00-24:00\ndigest = 08:00\n"
    with Simulator() as simulator, a_box(tmp_path, simulator, extra=extra, clock=clock) as box:
        yield box


def test_the_owner_is_told_once_a_day_in_the_quiet_hours_too(box: Box, clock: FastClock) -> None:
    def told() -> list[str]:
        return [text.text for text in box.simulator.sent if text.number == BOB]

    def due(job: CalendarJob) -> None:
        box.service.loop.inbox.put(JobDue(job))
        box.turn()

    box.simulator.call(ANN, rings=2)
    box.settled()
    due(CalendarJob.DIGEST)
    due(CalendarJob.DIGEST)
    assert until(told, "the digest")[0].startswith("Yesterday: no calls and no texts.")
    clock.advance(86400)
    box.turn()
    due(CalendarJob.DIGEST)
    until(lambda: len(told()) == 2, "the second digest")
    assert told()[1].startswith("Yesterday: 1 call, 1 missed, 1 texted back, 0 texts received.")
    due(CalendarJob.WEEKLY_DIGEST)
    until(lambda: len(told()) == 3, "the weekly digest")
    assert told()[2].startswith("The last 7 days: 1 call, 1 missed, 1 texted back")


class JumpingClock(FastClock):
    """A clock whose wall side is moved; the monotonic one goes on."""

    jumped = timedelta(0)

    def wall_clock(self) -> datetime:
        return super().wall_clock() + self.jumped


def calendar_thread() -> threading.Thread | None:
    """The thread of the scheduler that there is now."""
    return next((thread for thread in threading.enumerate() if thread.name == "APScheduler"), None)


@pytest.mark.parametrize("days", [90, -90])
def test_after_a_step_of_the_clock_the_calendar_is_set_anew(tmp_path: Path, days: int) -> None:
    clock = JumpingClock()
    with Simulator() as simulator, a_box(tmp_path, simulator, clock=clock) as box:
        before = until(calendar_thread, "the calendar")
        clock.jumped = timedelta(days=days)
        until(lambda: calendar_thread() not in (None, before), "the calendar's being set anew")
        assert box.service.loop.status.alive


def test_by_a_clock_in_doubt_the_owner_is_told_of_no_day(tmp_path: Path) -> None:
    """The box boots in the past, before this program was made."""
    clock = JumpingClock()
    clock.jumped = timedelta(days=-3650)
    extra = f"[notify]\nsms_to = {BOB}\nquiet =\ndigest = 08:00\n"
    with Simulator() as simulator, a_box(tmp_path, simulator, extra=extra, clock=clock) as box:
        for job in CalendarJob:
            box.service.loop.inbox.put(JobDue(job))
        box.turn()
        with Session(box.service.engine) as session:
            told = select(KeyValue.name).where(col(KeyValue.name).startswith("calendar:"))
            assert session.exec(told).all() == []
            assert session.exec(select(Alert).where(Alert.kind == "digest")).all() == []


def test_a_change_of_the_settings_sets_the_calendar_anew(box: Box, tmp_path: Path) -> None:
    before = until(calendar_thread, "the calendar")
    path = tmp_path / "config.ini"
    path.write_text(path.read_text().replace("digest = 08:00", "digest = 09:30"))
    until(lambda: calendar_thread() not in (None, before), "the calendar's being set anew")
    assert box.service.loop.settings.notify.digest == time(9, 30)
