"""Clocks that jump, on a real service process whose wall clock is moved (libfaketime) while its monotonic clock goes on: no
text twice, none in the night, no queue that is stuck, no loop that spins."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlmodel import Session, col, select

from bridge.clock import RELEASE, Clock, TimeSource
from bridge.records import clock_shift, contacts, lines, outgoing, views
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import Call, Incident, Line, Message
from bridge.records.views import CallRow
from bridge.rules.states import MessageKind, MessageStatus
from bridge.rules.troubles import TimeTeller
from bridge.words.reasons import trace_in_words
from bridge.words.troubles import sentence
from modem.contract import CallOutcome
from modem.simulator import Simulator
from tests.support.box import ANN, BOB, CEM, MESSAGE, Box, WrongClock, a_box, until, write_config
from tests.support.needs import needs

DAN = "+447400123459"
faketime = needs("faketime")
TEXTBACK = Path(sys.executable).parent / "textback"
LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
LIMITS = "[limits]\nper_minute = 1000\n"


class Process:
    """A service of its own, whose clock shows what `moved_to` says: an offset such as +90d."""

    def __init__(self, folder: Path, simulator: Simulator, textback: str, extra: str) -> None:
        self.folder = folder
        self.simulator = simulator
        self.config = write_config(folder, simulator.port, textback, extra + LIMITS)
        self._clock = folder / "clock"
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self.moved_to("+0")

    def moved_to(self, clock: str) -> None:
        new = self._clock.with_suffix(".new")
        new.write_text(clock + "\n")
        new.replace(self._clock)

    def start(self) -> "Process":
        self._log.write_bytes(b"")
        faked = {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._clock),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_NO_CACHE": "1",
            "NO_FAKE_STAT": "1",
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [TEXTBACK, "run", "-c", self.config], env=os.environ | faked, stderr=log, stdout=log
            )
        return self.ready()

    def ready(self) -> "Process":
        until(lambda: "is ready" in self._log.read_text(), "the line's being ready")
        return self

    def jump(self, clock: str) -> None:
        """Move the clock under the running service, and wait until it has noticed."""
        noticed = self._log.read_text().count("The clock was moved")
        self.moved_to(clock)
        until(
            lambda: self._log.read_text().count("The clock was moved") > noticed, "the step's being noticed"
        )

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait()

    def rows(self) -> list[CallRow]:
        engine = open_engine(f"sqlite:///{self.folder}/textback.db")
        try:
            with Session(engine) as session:
                return views.calls(session)
        finally:
            engine.dispose()

    def called(self, number: str, count: int) -> CallRow:
        """Call, and wait until so many calls have been decided; the newest row of this number."""
        self.simulator.call(number, rings=1, wait=True)

        def look() -> list[CallRow] | None:
            rows = [
                row for row in self.rows() if row.outcome and row.textback not in ("scheduled", "sending")
            ]
            return rows if len(rows) >= count else None

        return max(until(look, f"{count} calls"), key=lambda row: row.id)

    def sent(self, number: str) -> int:
        return [text.number for text in self.simulator.sent].count(number)

    def health(self) -> bytes:
        pages = [line for line in self._log.read_text().splitlines() if "The page is at" in line]
        answer: bytes = urlopen(pages[0].split()[-1] + "healthz").read()
        return answer

    def ticks(self) -> int:
        """CPU that it has used, in ticks of the kernel."""
        assert self._process is not None
        return sum(
            map(int, Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13])
        )


@contextmanager
def a_process(
    folder: Path,
    profile: str = "generic",
    textback: str = "",
    extra: str = "",
    clock: str = "+0",
    offset: float = 0.0,
) -> Iterator[Process]:
    with Simulator(speed=20, reports="off") as simulator:
        simulator.set(clock_offset=offset)
        process = Process(folder, simulator, textback, extra)
        process.moved_to(clock)
        process.start()
        try:
            yield process
        finally:
            process.stop()


DAYS_90 = 90 * 86400.0
# A modem that nobody has told the time shows a year long ago.
NOT_TOLD = -20 * 365 * 86400.0


@faketime
@pytest.mark.parametrize("jump", ["+90d", "-90d"])
@pytest.mark.parametrize("modem", ["agrees with before", "agrees with after", "knows no time"])
def test_a_jump_makes_nobody_be_texted_twice_and_others_are_texted(
    tmp_path: Path, jump: str, modem: str
) -> None:
    days = DAYS_90 if jump == "+90d" else -DAYS_90
    offset = {"agrees with before": 0.0, "agrees with after": days, "knows no time": NOT_TOLD}[modem]
    with a_process(tmp_path, offset=offset) as box:
        assert box.called(ANN, 1).textback == "sent"
        box.jump(jump)
        again = box.called(ANN, 2)
        assert (again.textback, again.reason in ("cooldown", "clock")) == ("skipped", True)
        assert box.called(BOB, 3).textback == "sent"
        box.jump("+0")
        assert box.called(ANN, 4).textback == "skipped"
        assert box.called(BOB, 5).textback == "skipped"
        assert box.called(CEM, 6).textback == "sent"
        assert [box.sent(number) for number in (ANN, BOB, CEM)] == [1, 1, 1]
        assert b'"status"' in box.health()


@faketime
@pytest.mark.parametrize("jump", ["+90d", "-90d", "+1h", "-1h"])
def test_a_text_that_waits_a_moment_goes_out_once_whatever_the_clock_does(tmp_path: Path, jump: str) -> None:
    with a_process(tmp_path, textback="delay_seconds = 6") as box:
        box.simulator.call(ANN, rings=1, wait=True)
        until(lambda: [row for row in box.rows() if row.textback == "scheduled"], "the text's waiting")
        box.jump(jump)
        until(lambda: box.sent(ANN), "the text")
        assert box.called(ANN, 2).textback == "skipped"
        assert box.sent(ANN) == 1


def hours_around(now: datetime) -> str:
    """Opening hours of a shop that is closed now, and opens in twelve hours for an hour, every day."""
    start = now + timedelta(hours=12)
    span = f"{start:%H}:00-{start:%H}:59"
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return "[hours]\n" + "".join(f"{day} = {span}\n" for day in days)


@faketime
@pytest.mark.parametrize("night", ["+90d", "-10d"])
def test_a_text_that_waits_for_the_opening_goes_out_at_an_opening_and_once(
    tmp_path: Path, night: str
) -> None:
    extra = hours_around(datetime.now())  # noqa: DTZ005
    with a_process(tmp_path, textback="closed = wait", extra=extra, offset=NOT_TOLD) as box:
        box.simulator.call(ANN, rings=1, wait=True)
        until(lambda: [row for row in box.rows() if row.textback == "scheduled"], "the text's waiting")
        box.jump(night)  # the same hour of another night
        box.simulator.call(BOB, rings=1, wait=True)
        until(
            lambda: len([row for row in box.rows() if row.textback == "scheduled"]) == 2, "the second one's"
        )
        assert box.simulator.sent == []
        days = int(night[:-1])
        opening = (datetime.now() + timedelta(hours=12)).replace(minute=30)  # noqa: DTZ005
        ahead = int((opening - datetime.now()).total_seconds())  # noqa: DTZ005
        box.jump(f"{days * 86400 + ahead:+d}")
        until(lambda: len(box.simulator.sent) == 2, "the texts")
        assert sorted(text.number for text in box.simulator.sent) == [ANN, BOB]


@faketime
@pytest.mark.parametrize("how", ["jump", "power cut"])
def test_a_boot_in_the_past_texts_nobody_twice_when_the_right_time_comes(tmp_path: Path, how: str) -> None:
    with a_process(tmp_path, clock="-1500d", offset=NOT_TOLD) as box:
        assert box.called(ANN, 1).textback == "sent"
        if how == "jump":
            box.jump("+0")
        else:
            box.stop(signal.SIGKILL)
            box.moved_to("+0")
            box.start()
        again = box.called(ANN, 2)
        assert (again.textback, again.reason) == ("skipped", "cooldown")
        assert box.called(BOB, 3).textback == "sent"
        first = min(box.rows(), key=lambda row: row.id)
        assert abs(first.started - datetime.now(UTC)) < timedelta(hours=1)  # it has the right time now


@faketime
def test_without_any_time_from_outside_nobody_is_texted_twice(tmp_path: Path) -> None:
    with a_process(tmp_path, textback="cooldown_hours = 1", clock="-1500d", offset=NOT_TOLD) as box:
        assert box.called(ANN, 1).textback == "sent"
        assert box.called(BOB, 2).textback == "sent"
        box.stop()
        box.moved_to("-1499d")  # years or days later, nobody knows
        box.start()
        again = box.called(ANN, 3)
        assert (again.textback, again.reason) == ("skipped", "clock")
        assert "nobody knows how long ago" in trace_in_words(again.trace)[-1]["detail"]
        assert box.called(CEM, 4).textback == "sent"
        assert b"trouble" in box.health()
        assert [box.sent(number) for number in (ANN, BOB, CEM)] == [1, 1, 1]


@faketime
def test_no_jump_makes_it_spin(tmp_path: Path) -> None:
    with a_process(tmp_path) as box:
        box.called(ANN, 1)
        for jump in ("+3650d", "-90d", "+0"):
            box.jump(jump)
        before, begun = box.ticks(), time.monotonic()
        box.called(BOB, 2)
        box.called(CEM, 3)
        busy = (box.ticks() - before) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - begun)
        # A loop that spins takes all of a core that it can get; two calls take a few hundredths of the time.
        assert busy < 0.5


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
            assert people(box) == [(ANN, True), (CEM, True), (BOB, False)]  # Ann's text is unread
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
