"""The box's own backups in the loop: when one is asked for, what is told of it, what is offered when the database is lost."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from queue import SimpleQueue

import pytest
from sqlmodel import Session, col, select

from bridge.config import parse
from bridge.contract.answers import Done, Rejected
from bridge.contract.requests import AcceptDatabase, MakeBackup
from bridge.handlers.calendar import CalendarJob
from bridge.records.tables import Incident
from bridge.rules.backups import BackupTrouble, Stored
from bridge.rules.refusals import Refused
from bridge.rules.states import IncidentKind
from bridge.rules.troubles import DatabaseTrouble
from bridge.service.inbox import JobDue
from bridge.service.worker import (
    BackedUp,
    BackUp,
    BackupFound,
    DatabaseChecked,
    FindBackup,
    LookAtMachine,
    MachineSeen,
    Workers,
)
from modem.contract import Coded, Trouble
from tests.support.box import DEADLINE, FastClock, until
from tests.support.web_bridge import Office, an_office

WHOLE = Stored(Path("/x/textback-2026-11-26-0310.zip"), datetime(2026, 11, 26, 3, 10, tzinfo=UTC), 12345)
FULL = Trouble.of(BackupTrouble.NO_ROOM, needed=230)
AWAY = Trouble.of(BackupTrouble.NOT_COPIED, folder="/mnt/nas/x", why="file_not_there")


class At(FastClock):
    """It is this time of today where the box stands."""

    def __init__(self, at: time) -> None:
        super().__init__()
        now = super().wall_clock()
        self._off = datetime.combine(now.astimezone().date(), at).astimezone() - now

    def wall_clock(self) -> datetime:
        return super().wall_clock() + self._off


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, rows=False) as office:
        yield office


def asked(office: Office) -> int:
    """How often a backup was asked of the worker."""
    return sum(isinstance(job, BackUp) for job in office.jobs)


def incidents(office: Office) -> list[tuple[str, bool]]:
    """What was wrong with backups, and whether that is over."""
    with Session(office.engine) as session:
        found = session.exec(
            select(Incident).where(Incident.kind == IncidentKind.BACKUP).order_by(col(Incident.id))
        )
        return [(incident.what, incident.ended is not None) for incident in found]


def comes(office: Office, *troubles: Trouble) -> None:
    """The worker is done."""
    office.happens(BackedUp(troubles))


def test_the_calendar_has_one_made_once_a_night(office: Office) -> None:
    office.happens(JobDue(CalendarJob.BACKUP))
    assert (asked(office), office.loop.status.backup.making) == (1, True)
    comes(office)
    office.happens(JobDue(CalendarJob.BACKUP))
    assert (asked(office), office.loop.status.backup.making) == (1, False)


def test_who_wants_none_gets_none(tmp_path: Path) -> None:
    with an_office(tmp_path, "[backup]\nnightly = off\n", rows=False) as office:
        office.happens(JobDue(CalendarJob.BACKUP))
        assert asked(office) == 0
        assert office.bridge.request(MakeBackup()) == Done()
        assert asked(office) == 1


@pytest.mark.parametrize(("at", "made"), [(time(12), 1), (time(1), 0)], ids=["at noon", "before the hour"])
def test_a_box_that_was_off_makes_up_for_it(tmp_path: Path, at: time, made: int) -> None:
    clock = At(at)
    with an_office(tmp_path, rows=False, clock=clock) as office:
        office.happens()
        assert asked(office) == 0  # first it has other things to do
        clock.advance(700)
        office.happens()
        until(lambda: office.loop.periodic["missed backup"].at > clock.monotonic(), "its turn")
        office.happens()
        assert asked(office) == made
        comes(office)
        clock.advance(3700)
        office.happens()
        assert asked(office) == made


def test_somebody_asks_for_one_while_one_is_made(office: Office) -> None:
    for _ in range(3):
        assert office.bridge.request(MakeBackup()) == Done()
    assert asked(office) == 1
    comes(office)
    assert office.bridge.request(MakeBackup()) == Done()
    assert asked(office) == 2


def test_what_fails_is_one_incident_until_it_works_again(office: Office) -> None:
    for troubles in ([FULL], [FULL], [AWAY, FULL]):
        assert office.bridge.request(MakeBackup()) == Done()
        comes(office, *troubles)
        assert office.loop.status.backup.trouble == troubles[0]
        assert office.loop.status.alarms == (troubles[0],)
    assert incidents(office) == [(AWAY.to_text(), False)]
    comes(office)
    assert incidents(office) == [(AWAY.to_text(), True)]
    assert office.loop.status.backup.trouble is None


def test_one_that_does_not_end_is_told_and_no_further_one_is_made(tmp_path: Path) -> None:
    """The thread for backups waits for a share on the network, which nothing can end."""
    clock = FastClock()
    with an_office(tmp_path, rows=False, clock=clock) as office:
        assert office.bridge.request(MakeBackup()) == Done()
        clock.advance(3600)
        office.happens(JobDue(CalendarJob.BACKUP))
        assert office.loop.status.backup.trouble is None
        clock.advance(86400)
        office.happens(JobDue(CalendarJob.BACKUP))
        hangs = Trouble.of(BackupTrouble.NOT_ENDED, hours=25)
        until(lambda: office.loop.status.backup.trouble == hangs, "the trouble")
        assert (asked(office), incidents(office)) == (1, [(hangs.to_text(), False)])
        comes(office)
        assert (office.loop.status.backup.trouble, incidents(office)) == (None, [(hangs.to_text(), True)])


def test_while_a_backup_does_not_end_others_work(tmp_path: Path) -> None:
    """A named pipe in the place of the database is opened for ever, as a share that is gone is."""
    os.mkfifo(tmp_path / "textback.db")
    settings = parse(f"[storage]\ndatabase = sqlite:///{tmp_path}/textback.db\n", tmp_path / "config.ini")
    came: SimpleQueue[object] = SimpleQueue()
    workers = Workers(came.put, came.put)
    workers.start()
    workers.ask(BackUp(settings, datetime(2026, 11, 26, 3, 10, tzinfo=UTC)))
    workers.ask(LookAtMachine(None))
    assert isinstance(came.get(timeout=DEADLINE), MachineSeen)
    assert came.empty()
    workers.close()


def test_a_restart_forgets_no_failure(tmp_path: Path) -> None:
    with an_office(tmp_path, rows=False) as office:
        comes(office, FULL)
    with an_office(tmp_path, rows=False, user=False) as office:
        assert office.loop.status.backup.trouble == FULL


def lose(office: Office) -> None:
    """The nightly check finds that the database is damaged."""
    office.happens(DatabaseChecked(sound=False))
    assert office.loop.status.standstill == Trouble(DatabaseTrouble.NOT_SOUND)


def test_of_a_lost_database_none_is_made(office: Office) -> None:
    lose(office)
    office.happens(JobDue(CalendarJob.BACKUP))
    assert office.bridge.request(MakeBackup()) == Rejected(Coded(Refused.NO_BACKUP_NOW))
    assert asked(office) == 0


def test_a_whole_one_is_looked_for_once_and_offered_until_somebody_decides(office: Office) -> None:
    def sought() -> list[FindBackup]:
        return [job for job in office.jobs if isinstance(job, FindBackup)]

    office.happens()
    assert sought() == []
    lose(office)
    until(sought, "the search")
    office.happens(BackupFound(WHOLE))
    assert office.loop.status.backup.whole == WHOLE
    assert sought() == [FindBackup(office.loop.settings.path, "")]
    assert office.bridge.request(AcceptDatabase()) == Done()
    until(lambda: office.loop.status.backup.whole is None, "that it is offered no more")
    assert len(sought()) == 1
