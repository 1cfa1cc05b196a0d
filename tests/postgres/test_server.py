"""What a server does that a file does not: it goes away, it has options, and it knows no lock file."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bridge import config
from bridge.clock import Clock
from bridge.contract.status import Status
from bridge.doctor import command as doctor
from bridge.records.engine import AlreadyRunning, database_trouble, migrate, open_engine, sole_service
from bridge.records.failures import Failure, failure_of
from bridge.records.postgresql import RowHeartbeat
from bridge.rules.troubles import DatabaseTrouble
from bridge.service import questions
from bridge.words.troubles import sentence
from modem.simulator import Simulator
from tests.support import databases
from tests.support.box import ANN, BOB, CEM, a_box, until
from tests.support.postgres import Server

NO_WORDS_OF_THE_DRIVER = ("psycopg", "socket", "/tmp", "127.0.0.1", "connection")


def page(url: str) -> str:
    from urllib.request import urlopen

    with urlopen(f"{url}/healthz") as answer:
        told: str = answer.read().decode()
        return told


def test_while_the_server_is_away_calls_are_heard_and_settled_on_its_return(
    tmp_path: Path, on_postgresql: Server
) -> None:
    with Simulator(speed=20.0, reports="off") as simulator, a_box(tmp_path, simulator) as box:
        simulator.call(BOB, rings=2)
        assert box.settled()[0].textback == "sent"
        on_postgresql.stop()
        for caller in (ANN, BOB, CEM):
            simulator.call(caller, rings=3)  # 15 s of the simulated modem's time each
            simulator.wait_for(lambda entry: entry.text == "NO CARRIER", start=len(simulator.log.entries))
        until(lambda: box.service.loop.status.database, "the trouble")
        told = json.loads(page(box.service.url))
        assert told["database"] == sentence(DatabaseTrouble.AWAY)
        assert not [word for word in NO_WORDS_OF_THE_DRIVER if word in json.dumps(told)]
        on_postgresql.start()
        calls = box.settled(4)
        assert box.service.loop.status.database is None
        assert [(call.address, call.textback) for call in calls] == [
            (CEM, "sent"),
            (BOB, "skipped"),
            (ANN, "sent"),
            (BOB, "sent"),
        ]
        assert sorted(one.number for one in simulator.sent) == [ANN, BOB, CEM]


def test_a_text_that_goes_out_while_the_server_is_away_goes_out_once(
    tmp_path: Path, on_postgresql: Server
) -> None:
    with Simulator(speed=4.0, reports="off") as simulator, a_box(tmp_path, simulator) as box:
        simulator.call(ANN, rings=2)
        simulator.wait_for(lambda entry: entry.text.startswith("AT+CMGS"))
        on_postgresql.stop()
        until(lambda: simulator.sent, "the text")
        until(lambda: box.service.loop.status.database, "the trouble")
        on_postgresql.start()
        assert box.settled()[0].textback == "sent"
        simulator.call(ANN, rings=2)
        assert box.settled(2)[0].reason == "cooldown"
        assert len(simulator.sent) == 1


def test_a_box_starts_before_its_server(tmp_path: Path, on_postgresql: Server) -> None:
    databases.section(tmp_path)  # makes the database
    on_postgresql.stop()
    with Simulator(speed=20.0, reports="off") as simulator, a_box(tmp_path, simulator, ready=False) as box:
        until(lambda: box.service.loop.status.database, "the trouble")
        on_postgresql.start()
        box.ready()
        simulator.call(ANN, rings=2)
        assert box.settled()[0].textback == "sent"


def test_the_page_cannot_write_and_the_options_of_the_url_hold(postgres: Server) -> None:
    url = postgres.new_database()
    with postgres.connection(url.partition("@/")[2].partition("?")[0]) as owner:
        owner.execute("CREATE SCHEMA shop")
        owner.execute("CREATE TABLE public.t (n int)")
    url += "&options=-c%20search_path%3Dshop,public"
    engine = open_engine(url, read_only=True)
    with engine.connect() as connection:
        assert connection.execute(text("SHOW search_path")).scalar() == "shop,public"
        with pytest.raises(DBAPIError) as refused:
            connection.execute(text("INSERT INTO t VALUES (1)"))
    assert database_trouble(refused.value).code == DatabaseTrouble.READ_ONLY
    engine.dispose()


def test_what_is_wrong_is_told_by_its_code(postgres: Server) -> None:
    url = postgres.new_database()
    for wrong, code in (
        (url.replace("@/shop", "@/nothing"), DatabaseTrouble.NOT_LET_IN),
        (url.replace("//postgres@", "//nobody@"), DatabaseTrouble.NOT_LET_IN),
        (url.replace("//postgres@/", "//postgres@127.0.0.1:1/").partition("?")[0], DatabaseTrouble.AWAY),
    ):
        engine = open_engine(wrong)
        with pytest.raises(DBAPIError) as failed:
            engine.connect()
        engine.dispose()
        trouble = database_trouble(failed.value)
        assert (trouble.code, failure_of(failed.value)) == (code, Failure.AWAY), wrong
        assert not [word for word in NO_WORDS_OF_THE_DRIVER if word in sentence(trouble)]


CONTENT = (
    ("SELECT 1/0", Failure.CONTENT),
    (
        "INSERT INTO keyvalue SELECT string_agg(md5(n::text), ''), '' FROM generate_series(1, 500) n",
        Failure.CONTENT,
    ),
    ("INSERT INTO keyvalue VALUES (NULL, '')", Failure.RACE),
    ("INSERT INTO message (id) VALUES (99999999999999999999999)", Failure.CONTENT),
    ("SELECT * FROM nothing", Failure.NO_TABLES),
    ("SELECT nothing FROM keyvalue", Failure.NO_TABLES),
    ("SELECT pg_terminate_backend(pg_backend_pid())", Failure.AWAY),
)


@pytest.mark.parametrize(("statement", "failure"), CONTENT, ids=[words[:40] for words, _ in CONTENT])
def test_a_refused_content_is_told_from_a_database_that_is_away(
    postgres: Server, statement: str, failure: Failure
) -> None:
    engine = open_engine(postgres.new_database())
    migrate(engine)
    with pytest.raises(DBAPIError) as failed, engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    assert failure_of(failed.value) is failure


def test_one_service_at_a_time_also_after_the_server_was_started_anew(postgres: Server) -> None:
    url = postgres.new_database()
    engine = open_engine(url)
    migrate(engine)
    with sole_service(url) as heartbeat:
        assert isinstance(heartbeat, RowHeartbeat)
        with pytest.raises(AlreadyRunning), sole_service(url):
            pass
        postgres.stop()
        postgres.start()
        with Session(engine) as session, session.begin():
            heartbeat.beat(session, Clock().utc())
        with pytest.raises(AlreadyRunning), sole_service(url):
            pass
    with sole_service(url):
        pass
    engine.dispose()


def test_the_heartbeat_is_kept_there_and_is_no_news(tmp_path: Path, on_postgresql: Server) -> None:
    with Simulator(speed=20.0) as simulator, a_box(tmp_path, simulator) as box:
        beats = box.service.loop.periodic["heartbeat"]
        box.turn()
        until(lambda: beats.at > box.service.loop.periodic["alerts"].at + 10, "the first beat")
        with box.service.engine.connect() as connection:
            assert connection.execute(text("SELECT value FROM keyvalue WHERE name = 'alive'")).scalar()
        changes = box.service.loop.changes
        beats.at = 0.0
        until(lambda: beats.at > 0.0, "the next beat")
        assert box.service.loop.changes == changes
    with Simulator(speed=20.0) as simulator, a_box(tmp_path, simulator, ready=False) as box:
        until(lambda: box.service.loop.status.lines, "its start")
        box.turn()
        assert set(box.service.loop._calls.away_since) <= {"main"}


def test_the_doctor_asks_the_service_that_runs_there(
    tmp_path: Path, on_postgresql: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    with Simulator(speed=20.0) as simulator, a_box(tmp_path, simulator) as box:
        settings = config.load(tmp_path / "config.ini")
        status = questions.status_from_json(questions.ask(box.service.engine, questions.STATUS))
        assert isinstance(status, Status)
        doctor.run(settings, listen=False, record=None, masked=False, as_json=True)
        checks = {check["name"]: check for check in map(json.loads, capsys.readouterr().out.splitlines())}
    assert checks["port"]["verdict"] == "pass"
    assert str(on_postgresql.folder) not in json.dumps(checks)
