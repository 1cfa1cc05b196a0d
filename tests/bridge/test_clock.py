"""What a step of the clock shifts, and the clock itself, by rows and by a clock whose hands a test moves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from bridge.clock import RELEASE, Clock, TimeSource
from bridge.records import clock_shift, contacts, lines, outgoing, views
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import Call, Incident, Line, Message
from bridge.rules.states import MessageKind, MessageStatus
from bridge.rules.troubles import TimeTeller
from bridge.words.troubles import sentence
from modem.contract import CallOutcome
from modem.simulator import Simulator
from tests.support.box import ANN, BOB, CEM, MESSAGE, Box, WrongClock, a_box, until

DAN = "+447400123459"
# A modem that nobody has told the time shows a year long ago.
NOT_TOLD = -20 * 365 * 86400.0

# ---- rows


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    migrate(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


NOW = RELEASE + timedelta(days=30)


def a_text(session: Session, made: datetime, status: str, due: datetime | None = None) -> Message:
    contact = contacts.somebody_at(session, ANN, "call", made)
    line = lines.line_called(session, "main")
    call = Call(
        line_id=line.id or 0, contact_id=contact.id, started=made, ended=made, outcome=CallOutcome.ABANDONED
    )
    session.add(call)
    session.flush()
    return outgoing.text_is_queued(
        session,
        line_id=line.id or 0,
        contact_id=contact.id or 0,
        body=MESSAGE,
        parts=1,
        kind=MessageKind.AUTO,
        due=due or made,
        expires=(due or made) + timedelta(hours=1),
        now=made,
        call=call,
    )


DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SHIFTS = [
    # (made, status, due, by, what it is moved by)
    (NOW - HOUR, "sent", None, 90 * DAY, 90 * DAY),
    (NOW - HOUR, "sent", None, -90 * DAY, -90 * DAY),
    (NOW - 10 * DAY, "sent", None, 90 * DAY, 0 * DAY),  # long ago is long ago
    (NOW - 10 * DAY, "sent", None, -90 * DAY, -90 * DAY),  # else it would lie in the future
    (NOW - 10 * DAY, "sent", None, -5 * DAY, 0 * DAY),
    (NOW - 10 * DAY, "queued", NOW + DAY, 90 * DAY, 90 * DAY),  # still to go out
    (
        NOW + 40 * DAY,
        "queued",
        NOW + 41 * DAY,
        90 * DAY,
        0 * DAY,
    ),  # by the right clock, before a boot in the past
]


@pytest.mark.parametrize(("made", "status", "due", "by", "moved"), SHIFTS)
def test_what_a_step_shifts(
    session: Session, made: datetime, status: str, due: datetime | None, by: timedelta, moved: timedelta
) -> None:
    message = a_text(session, made, status, due)
    message.status = MessageStatus(status)
    session.flush()
    clock_shift.shift(session, by, NOW, DAY)
    session.refresh(message)
    assert (message.created, message.due) == (made + moved, (due or made) + moved)


def test_what_was_stamped_in_doubt_is_shifted_however_long_ago(session: Session) -> None:
    message = a_text(session, NOW - 20 * DAY, "sent")
    clock_shift.doubt_goes_on(session, NOW - 21 * DAY, NOW - 21 * DAY)
    clock_shift.doubt_goes_on(session, NOW, NOW)  # it is suspect already
    clock_shift.shift(session, 90 * DAY, NOW, DAY)
    assert message.created == NOW + 70 * DAY
    clock_shift.doubt_is_over(session)
    session.flush()
    assert clock_shift.doubted_between(session) is None


def test_rows_in_the_future_are_brought_back_together(session: Session) -> None:
    first, last = a_text(session, NOW + 89 * DAY, "sent"), a_text(session, NOW + 90 * DAY, "sent")
    right = a_text(session, NOW - DAY, "sent")
    clock_shift.bring_back(session, NOW)
    assert (first.created, last.created, right.created) == (NOW - DAY, NOW, NOW - DAY)
    calls = session.exec(select(Call.started).order_by(col(Call.id))).all()
    assert list(calls) == [NOW - DAY, NOW, NOW - DAY]


# ---- the order in which things came


def shown(box: Box) -> list[tuple[str | None, bool]]:
    """Who called, as the page lists it, and whose time is doubtful."""
    return [(row.address, row.doubtful) for row in box.calls()]


def people(box: Box) -> list[tuple[str, bool]]:
    with Session(box.service.engine) as session:
        return [(row.address, row.doubtful) for row in views.conversations(session, which="all")]


def rings(box: Box, number: str, count: int) -> None:
    box.simulator.call(number, rings=1, wait=True)
    box.settled(count)


@pytest.mark.parametrize("years", [1, 10])
def test_what_comes_last_stands_first_on_a_box_that_boots_in_the_past(tmp_path: Path, years: int) -> None:
    behind = timedelta(days=365 * years)
    with Simulator(speed=20, reports="off") as simulator:
        simulator.set(clock_offset=NOT_TOLD)
        with a_box(tmp_path, simulator) as box:
            rings(box, ANN, 1)
            rings(box, BOB, 2)
            assert shown(box) == [(BOB, False), (ANN, False)]
        with a_box(tmp_path, simulator, clock=WrongClock(-behind)) as box:
            rings(box, CEM, 3)
            simulator.text(ANN, "Hello?")
            until(lambda: [text for text in box.messages() if text.body == "Hello?"], "the text")
            assert shown(box) == [(CEM, True), (BOB, False), (ANN, False)]
            calls, texts = box.calls(), box.messages()
            assert calls[0].started < calls[1].started - behind / 2
            assert [(texts[0].body, texts[0].doubtful)] == [("Hello?", True)]
            assert people(box) == [(ANN, True), (BOB, False), (CEM, True)]  # who rang first waits longest
            with Session(box.service.engine) as session:
                ann = contacts.contact_at(session, ANN)
                assert ann is not None
                thread = views.thread(session, ann)
            assert [row.doubtful for row in thread] == [False, False, True]
        with a_box(tmp_path, simulator) as box:
            rings(box, DAN, 4)
            assert shown(box) == [(DAN, False), (CEM, False), (BOB, False), (ANN, False)]
            assert abs(box.calls()[1].started - datetime.now(UTC)) < timedelta(hours=1)


@pytest.mark.parametrize("years", [1, 10])
def test_what_comes_last_stands_first_when_the_clock_is_moved_back_and_on(tmp_path: Path, years: int) -> None:
    clock = WrongClock(timedelta(0))
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, clock=clock) as box:
        rings(box, ANN, 1)
        clock.off = timedelta(days=-365 * years)
        rings(box, BOB, 2)
        rings(box, CEM, 3)
        # The box knows how far it was moved, and moves what it had stamped along.
        assert shown(box) == [(CEM, True), (BOB, True), (ANN, False)]
        clock.off = timedelta(0)
        rings(box, DAN, 4)
        assert shown(box) == [(DAN, False), (CEM, False), (BOB, False), (ANN, False)]
        times = [row.started for row in box.calls()]
        assert times == sorted(times, reverse=True)
        assert abs(times[-1] - datetime.now(UTC)) < timedelta(hours=1)


# ---- the clock itself


class Hands(Clock):
    """A clock whose two hands a test moves."""

    wall, since = NOW, 0.0

    def wall_clock(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.since


@pytest.mark.parametrize(
    ("wall", "monotonic", "step"),
    [(2.0, 2.0, 0.0), (4.9, 0.0, 0.0), (5.0, 0.0, 5.0), (-60.0, 2.0, -62.0), (7776000.0, 0.0, 7776000.0)],
)
def test_a_step_is_told_from_running_and_trimming(wall: float, monotonic: float, step: float) -> None:
    clock = Hands()
    assert clock.step() == timedelta(0)
    clock.wall, clock.since = NOW + timedelta(seconds=wall), monotonic
    assert clock.step() == timedelta(seconds=step)
    assert clock.step() == timedelta(0)


def test_a_clock_that_is_moved_between_two_looks_moves_no_decision() -> None:
    """A text that is due now is not too late because the clock was put right while it was being looked at."""
    clock = Hands()
    clock.step()
    clock.wall, clock.since = NOW + 90 * DAY, 3.0
    assert clock.utc() == NOW + timedelta(seconds=3)
    assert clock.step() == 90 * DAY - timedelta(seconds=3)
    assert clock.utc() == NOW + 90 * DAY


def test_who_vouches_for_the_clock_decides_which_rows_are_ahead() -> None:
    clock = Hands()
    clock.not_before = NOW + 90 * DAY
    assert clock.doubt() is not None
    assert not clock.rows_are_ahead()
    clock.note_time(TimeSource(TimeTeller.MODEM, NOW + 90 * DAY, 0.0, exact=True))
    assert not clock.rows_are_ahead()
    clock.note_time(TimeSource(TimeTeller.MODEM, NOW, 0.0, exact=True))
    assert clock.rows_are_ahead()


def test_a_step_is_kept_as_an_incident(tmp_path: Path) -> None:
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator) as box:
        clock = box.service.loop._clock
        assert clock._start is not None
        # As if the wall clock had shown so much less until now.
        clock._start -= timedelta(days=90, seconds=30)

        def incidents() -> list[str]:
            with Session(box.service.engine) as session:
                assert session.exec(select(Line)).one()
                return [
                    sentence(row.what)
                    for row in session.exec(select(Incident).where(Incident.kind == "clock"))
                ]

        assert until(incidents, "the incident") == ["The box's clock was moved forward by 90 days."]
