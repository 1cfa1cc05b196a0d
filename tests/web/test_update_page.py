"""A newer release on the page: told to everybody, installed by an owner's wish, which is no more than a file."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bridge.handlers.calendar import CalendarJob
from bridge.handlers.shop import ShopState
from bridge.records import users
from bridge.records.tables import Alert
from bridge.rules.releases import ReleaseTrouble
from bridge.rules.updating import Outcome
from bridge.service.handed_on import RESULT, WANTED, Handed, Updater
from bridge.service.inbox import JobDue
from bridge.service.release_watch import ReleaseWatch
from bridge.service.worker import Announce, LookForRelease, ReleaseLooked
from modem.contract import Coded
from tests.support.box import FastClock
from tests.support.makers import a_notice
from tests.support.people import add_user
from tests.support.web_bridge import NAME, PASSWORD, Office, an_office
from tests.web.test_shop import audit_entries
from tests.web.test_web_loop import enter, post, token
from web import create_app

ADDRESS = "https://example.com/textback.json"
CONFIG = f"[updates]\nurl = {ADDRESS}\n[notify]\nurls = ntfy://ours\nquiet =\n"
FOUND = ReleaseLooked(a_notice("9.0.0"))
NOTHING = ReleaseLooked(None, Coded.of(ReleaseTrouble.NOT_FETCHED, address=ADDRESS, error="no route to host"))


@pytest.fixture
def clock() -> FastClock:
    return FastClock()


@pytest.fixture
def updater(tmp_path: Path) -> Updater:
    (tmp_path / "updates").mkdir()
    return Updater(tmp_path, tmp_path / "updates")


@pytest.fixture
def office(tmp_path: Path, clock: FastClock, updater: Updater) -> Iterator[Office]:
    with an_office(tmp_path, web=CONFIG, clock=clock, updater=updater) as office:
        yield office


def looked_for(office: Office) -> list[LookForRelease]:
    return [job for job in office.jobs if isinstance(job, LookForRelease)]


def has_ended(
    office: Office, clock: FastClock, updater: Updater, outcome: Outcome, at: datetime, why: str = ""
) -> None:
    Handed(outcome, "0.2.0", "9.0.0", at, why).write(updater.told)
    clock.advance(60)
    office.happens()


def test_it_is_looked_for_once_a_day_and_soon_after_a_start(office: Office, clock: FastClock) -> None:
    office.happens(JobDue(CalendarJob.RELEASES), JobDue(CalendarJob.RELEASES))
    assert [job.address for job in looked_for(office)] == [ADDRESS]
    clock.advance(400)
    office.happens()
    assert len(looked_for(office)) == 2


def test_nobody_is_asked_where_the_owner_wants_it_so(tmp_path: Path) -> None:
    with an_office(tmp_path, web=f"[updates]\nurl = {ADDRESS}\ncheck = off\n") as office:
        office.happens(JobDue(CalendarJob.RELEASES), FOUND)
        assert looked_for(office) == []
        assert "9.0.0" not in enter(office.bridge).get("/status").text


def test_without_an_address_nobody_is_asked(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        office.happens(JobDue(CalendarJob.RELEASES))
        assert looked_for(office) == []


def test_no_internet_is_no_trouble(office: Office) -> None:
    troubles = office.bridge.status().troubles
    office.happens(NOTHING)
    assert office.bridge.status().troubles == troubles
    assert 'id="update"' not in enter(office.bridge).get("/status").text
    office.happens(FOUND, NOTHING)
    assert "textback 9.0.0 can be installed" in enter(office.bridge).get("/status").text


def test_what_is_new_is_told_in_the_language_of_the_reader(office: Office) -> None:
    office.happens(FOUND)
    client = enter(office.bridge)
    assert "Texts go out sooner." in client.get("/status").text
    page = client.get("/status", headers={"Accept-Language": "de"}).text
    assert "SMS gehen früher hinaus." in page
    assert "Texts go out sooner." not in page


def test_an_owner_has_it_installed(office: Office, updater: Updater) -> None:
    office.happens(FOUND)
    client = enter(office.bridge)
    assert client.get("/status").text.count('name="version" value="9.0.0"') == 1
    assert not (updater.wanted / WANTED).exists()
    answer = client.post("/status/update", data={"csrf_token": token(client, "/status"), "version": "9.0.0"})
    assert (answer.status_code, answer.location) == (303, "/status#update")
    office.happens()
    assert (updater.wanted / WANTED).read_bytes() == b""
    page = client.get("/status").text
    assert "The update has started." in page
    assert "/status/update" not in page
    assert audit_entries(office) == [f"{NAME} had textback 9.0.0 installed"]


def test_only_the_release_that_was_told_of_is_installed(office: Office, updater: Updater) -> None:
    client = enter(office.bridge)
    for version in ("9.0.0", ""):
        assert post(client, "/status/update", version=version)[0] == 422
    office.happens(FOUND)
    code, page = post(client, "/status/update", version="8.0.0")
    assert (code, "can no longer be installed from here" in page) == (422, True)
    assert not (updater.wanted / WANTED).exists()


def test_staff_are_told_and_cannot_install_it(office: Office, updater: Updater) -> None:
    with Session(office.engine) as session, session.begin():
        add_user(session, "ben", PASSWORD, users.STAFF)
    client = create_app(office.bridge).test_client()
    client.post("/login", data={"csrf_token": token(client, "/login"), "name": "ben", "password": PASSWORD})
    office.happens(FOUND)
    page = client.get("/status").text
    assert "An owner can install it." in page
    assert "/status/update" not in page
    assert post(client, "/status/update", version="9.0.0")[0] == 403
    assert not (updater.wanted / WANTED).exists()


def test_where_the_system_has_no_part_in_it_the_command_is_told(tmp_path: Path) -> None:
    with an_office(tmp_path, web=CONFIG) as office:
        office.happens(FOUND)
        client = enter(office.bridge)
        page = client.get("/status").text
        assert "sudo textback update" in page
        assert "/status/update" not in page
        assert post(client, "/status/update", version="9.0.0")[0] == 422


def test_that_it_went_back_is_told_on_the_page_and_once_to_the_owner(
    office: Office, clock: FastClock, updater: Updater
) -> None:
    ended = datetime.now(UTC)
    has_ended(office, clock, updater, Outcome.WENT_BACK, ended)
    words = "textback 9.0.0 did not work on this box, so it went back to 0.2.0. Nothing was lost."
    assert words in enter(office.bridge).get("/status").text
    clock.advance(60)
    office.happens()
    assert {job.body for job in office.jobs if isinstance(job, Announce)} == {words}
    assert len({job.alert_id for job in office.jobs if isinstance(job, Announce)}) == 1


def test_the_owner_is_told_once_whatever_starts_anew(office: Office, updater: Updater) -> None:
    Handed(Outcome.STUCK, "0.2.0", "9.0.0", datetime.now(UTC)).write(updater.told)
    with Session(office.engine) as session:
        for _start in range(2):
            watch = ReleaseWatch(ShopState(office.loop.settings, FastClock()), office.jobs.append, updater)
            for effect in watch.heed(session):
                effect()
            assert watch.last is not None
            assert watch.last.code == Outcome.STUCK
        alerts = session.exec(select(Alert)).all()
        assert [alert.body for alert in alerts] == [
            "textback 9.0.0 did not work on this box, and going back to 0.2.0 failed too. Ask somebody to look at it."
        ]
        session.rollback()


def test_that_it_worked_is_told_on_the_page_alone(office: Office, clock: FastClock, updater: Updater) -> None:
    has_ended(office, clock, updater, Outcome.DONE, datetime.now(UTC))
    assert "textback was updated to 9.0.0." in enter(office.bridge).get("/status").text
    clock.advance(60)
    office.happens()
    assert not any(isinstance(job, Announce) for job in office.jobs)


def test_what_came_of_an_update_long_ago_is_not_shown(
    office: Office, clock: FastClock, updater: Updater
) -> None:
    has_ended(office, clock, updater, Outcome.DONE, datetime.now(UTC) - timedelta(days=8))
    assert "was updated" not in enter(office.bridge).get("/status").text


def test_an_update_that_was_not_begun_says_why_and_can_be_wanted_again(
    office: Office, clock: FastClock, updater: Updater
) -> None:
    office.happens(FOUND)
    client = enter(office.bridge)
    post(client, "/status/update", version="9.0.0")
    assert NOTHING.why is not None
    has_ended(office, clock, updater, Outcome.NOT_BEGUN, datetime.now(UTC), NOTHING.why.to_text())
    page = client.get("/status").text
    assert "nothing was changed." in page
    assert "cannot be reached (no route to host)" in page
    assert 'name="version" value="9.0.0"' in page


@pytest.mark.parametrize("content", ["", "{}", "[]", json.dumps({"outcome": "x", "at": "2026-11-28"})])
def test_what_is_no_result_is_none(office: Office, clock: FastClock, updater: Updater, content: str) -> None:
    (updater.told / RESULT).write_text(content)
    clock.advance(60)
    office.happens()
    assert office.bridge.status().update is None


def test_the_unit_says_where_the_system_has_its_part() -> None:
    assert Updater.of({}) is None
    assert Updater.of({"STATE_DIRECTORY": "/a"}) is None
    found = Updater.of({"STATE_DIRECTORY": "/a:/b", "TEXTBACK_UPDATES": "/c"})
    assert found == Updater(Path("/a"), Path("/c"))
