"""What the machine says is wrong with it becomes an incident that begins and ends, and the owner is told once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from bridge.config import parse
from bridge.handlers.shop import ShopState
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import Incident
from bridge.rules.machine import Machine
from bridge.rules.states import IncidentKind
from bridge.rules.troubles import MachineTrouble
from bridge.service.machine_watch import WEAK_FOR, MachineWatch
from bridge.service.worker import Job, LookAtMachine, MachineSeen
from modem.contract import Trouble
from modem.simulator import Simulator
from tests.support.box import Box, FastClock, a_box, until

OWNER = "+447400123499"
NOTIFY = f"[notify]\nsms_to = {OWNER}\nquiet =\n"
GIGABYTE = 1024**3
PI = Machine(
    model="Raspberry Pi 4 Model B Rev 1.4",
    firmware=0,
    degrees=50.0,
    free=9 * GIGABYTE,
    size=30 * GIGABYTE,
    errors="",
)
WEAK = Trouble(MachineTrouble.WEAK_POWER)


def incidents(engine: Engine) -> list[tuple[IncidentKind, str, bool]]:
    """Those of the machine: kind, what, whether it is over."""
    with Session(engine) as session:
        rows = session.exec(select(Incident).where(Incident.kind != IncidentKind.LINE).order_by("id"))
        return [(one.kind, one.what, one.ended is not None) for one in rows]


# ---- on a whole box


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=NOTIFY) as box:
        until(lambda: box.service.loop.status.machine, "the first look at this machine")
        yield box


def seen(box: Box, machine: Machine) -> None:
    """The worker has looked, and the loop has taken it."""
    box.service.loop.inbox.put(MachineSeen(machine))
    box.turn()


def to_owner(box: Box) -> list[str]:
    return [text.text for text in box.simulator.sent if text.number == OWNER]


def test_a_weak_supply_is_told_once_and_is_over_when_it_is(box: Box) -> None:
    seen(box, replace(PI, firmware=0x50005))
    seen(box, replace(PI, firmware=0x50000))
    until(lambda: to_owner(box), "the alert")
    assert WEAK in box.service.loop.status.alarms
    assert incidents(box.service.engine) == [(IncidentKind.POWER, MachineTrouble.WEAK_POWER, False)]
    seen(box, PI)
    assert WEAK not in box.service.loop.status.troubles
    assert incidents(box.service.engine) == [(IncidentKind.POWER, MachineTrouble.WEAK_POWER, True)]
    (alert,) = to_owner(box)
    assert alert.startswith("The power supply is too weak")


def test_each_thing_is_an_incident_of_its_own(box: Box) -> None:
    seen(box, replace(PI, degrees=85.0, free=10**6, errors="mmcblk0: error -110", in_memory=True))
    kinds = {IncidentKind.HEAT, IncidentKind.ROOM, IncidentKind.CARD, IncidentKind.OVERLAY}
    assert {(kind, over) for kind, _, over in incidents(box.service.engine)} == {
        (kind, False) for kind in kinds
    }
    seen(box, replace(PI, degrees=85.0))
    assert [kind for kind, _, over in incidents(box.service.engine) if not over] == [IncidentKind.HEAT]


def test_a_card_that_takes_nothing_is_no_row(box: Box) -> None:
    seen(box, replace(PI, read_only=True))
    assert [one.code for one in box.service.loop.status.of_machine] == [MachineTrouble.READ_ONLY]
    assert incidents(box.service.engine) == []


# ---- the watch alone


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    migrate(engine)
    yield engine
    engine.dispose()


class Watched:
    """A watch on a folder that looks like a Pi, with the transaction of each step."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.jobs: list[Job] = []
        self.clock = FastClock()
        self.alarm = folder / "sys/class/hwmon/hwmon0/in0_lcrit_alarm"
        self.alarm.parent.mkdir(parents=True, exist_ok=True)
        (self.alarm.parent / "name").write_text("rpi_volt\n")
        self.alarm.write_text("0\n")
        shop = ShopState(parse("", folder / "config.ini"), self.clock)
        self.watch = MachineWatch(shop, self.jobs.append, folder)

    def do(self, step: Callable[[Session], list[Callable[[], None]]]) -> None:
        with Session(self.engine) as session, session.begin():
            effects = step(session)
        for effect in effects:
            effect()

    def wrong(self) -> list[Trouble]:
        return list(self.watch.troubles)

    def seen(self, machine: Machine) -> None:
        self.do(lambda session: self.watch.seen(session, MachineSeen(machine)))

    def looks_at_voltage(self, alarm: str) -> None:
        self.alarm.write_text(alarm)
        self.do(self.watch.look_at_voltage)


@pytest.fixture
def watched(engine: Engine, tmp_path: Path) -> Watched:
    return Watched(engine, tmp_path)


def test_the_worker_is_asked_to_look_where_the_database_lies(watched: Watched, tmp_path: Path) -> None:
    watched.do(watched.watch.look)
    assert watched.jobs == [LookAtMachine(tmp_path)]


def test_a_moment_of_low_voltage_counts_for_a_day(watched: Watched) -> None:
    watched.seen(PI)
    watched.looks_at_voltage("0\n")
    assert watched.wrong() == []
    watched.looks_at_voltage("1\n")
    assert watched.wrong() == [WEAK]
    watched.looks_at_voltage("0\n")
    watched.clock.advance(WEAK_FOR - 60)
    watched.seen(PI)
    assert watched.wrong() == [WEAK]
    watched.clock.advance(60)
    watched.seen(PI)
    assert watched.wrong() == []
    assert incidents(watched.engine) == [(IncidentKind.POWER, MachineTrouble.WEAK_POWER, True)]


def test_low_voltage_before_the_first_look_is_not_lost(watched: Watched) -> None:
    watched.looks_at_voltage("1\n")
    watched.looks_at_voltage("0\n")
    watched.seen(PI)
    assert watched.wrong() == [WEAK]


def test_a_restart_neither_ends_nor_doubles_it(watched: Watched, engine: Engine, tmp_path: Path) -> None:
    watched.seen(replace(PI, low_voltage=True, degrees=85.0))
    again = Watched(engine, tmp_path)
    again.seen(PI)
    assert again.wrong() == [WEAK]
    assert incidents(engine) == [
        (IncidentKind.POWER, MachineTrouble.WEAK_POWER, False),
        (IncidentKind.HEAT, MachineTrouble.HOT, True),
    ]


def test_what_lasts_is_in_the_log_once(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        watched.seen(replace(PI, degrees=85.0))
    assert [record.getMessage()[:18] for record in caplog.records] == ["The box is too hot"]
