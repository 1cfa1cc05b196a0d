"""A database that was here before and is gone, empty, replaced or damaged: said so, and nobody is texted until somebody has
decided."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlmodel import Session, select

from bridge.cli import main
from bridge.contract.answers import Done
from bridge.contract.requests import AcceptDatabase, Mark
from bridge.handlers.database import ACCEPTED
from bridge.records import views
from bridge.records.engine import open_engine
from bridge.records.known import mark_file
from bridge.records.tables import Alert, Incident, Message
from bridge.rules.states import IncidentKind, MessageStatus
from bridge.rules.troubles import DatabaseTrouble
from modem.simulator import Simulator
from tests.support.box import ANN, BOB, CEM, Box, a_box, until

NAME = "textback.db"


def code_of(box: Box) -> str | None:
    told = box.service.loop.status.standstill
    return told.code if told else None


def damage_first_page(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.write(bytes(4096))


def damage_header(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.write(b"no database")


def replace_by_another(file: Path) -> None:
    other = file.with_name("other.db")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE cake (name)")
    other.replace(file)


def empty(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.truncate(0)


Harm = Callable[[Path], object]
HARMS: list[tuple[Harm, DatabaseTrouble]] = [
    (Path.unlink, DatabaseTrouble.MISSING),
    (empty, DatabaseTrouble.EMPTIED),
    (damage_first_page, DatabaseTrouble.BEGUN_ANEW),
    (damage_header, DatabaseTrouble.BEGUN_ANEW),
    (replace_by_another, DatabaseTrouble.REPLACED),
]


def first_run(folder: Path, simulator: Simulator) -> None:
    """Ann is texted, and asks for no more."""
    with a_box(folder, simulator) as box:
        simulator.call(ANN, rings=3, spacing=0.05)
        until(lambda: len(simulator.sent) == 1, "the text to Ann")
        box.settled()
        until(
            lambda: box.messages()[0].status == MessageStatus.DELIVERED, "its report, which would come later"
        )
        assert box.service.bridge.request(Mark(ANN, "out")) == Done()


@pytest.mark.parametrize(("harm", "code"), HARMS, ids=lambda item: getattr(item, "__name__", None))
def test_between_two_runs(tmp_path: Path, harm: Harm, code: DatabaseTrouble) -> None:
    with Simulator() as simulator:
        first_run(tmp_path, simulator)
        harm(tmp_path / NAME)
        with a_box(tmp_path, simulator, extra="[notify]\nsms_to = 07400 123499\nquiet =\n") as box:
            assert code_of(box) == code
            simulator.call(ANN, rings=3, spacing=0.05)
            (call,) = box.settled()
            assert (call.textback, call.reason) == ("skipped", "disabled")
            until(lambda: len(simulator.sent) > 1, "the alert to the owner")
            with Session(box.service.engine) as session:
                (incident,) = session.exec(select(Incident).where(Incident.kind == IncidentKind.DATABASE))
                assert incident.ended is None
                assert session.exec(select(Alert.incident_id)).all() == [incident.id]
        with a_box(tmp_path, simulator) as box:  # a restart decides nothing
            assert code_of(box) == code
            assert box.service.bridge.request(AcceptDatabase()) == Done()
            until(lambda: code_of(box) is None, "the end of the standstill")
            simulator.call(BOB, rings=3, spacing=0.05)
            until(
                lambda: [m for m in box.messages() if m.kind == "auto" and m.status == "sent"],
                "the text to Bob",
            )
            assert [message.address for message in box.messages() if message.kind == "auto"] == [BOB]
        with a_box(tmp_path, simulator) as box:
            assert code_of(box) is None


@pytest.mark.parametrize(
    ("harm", "code", "kept"),
    [
        (Path.unlink, DatabaseTrouble.PUT_BACK, True),
        (replace_by_another, DatabaseTrouble.OTHER_PUT_ASIDE, True),
        (empty, DatabaseTrouble.EMPTIED, False),
        (damage_header, DatabaseTrouble.BEGUN_ANEW, False),
    ],
    ids=["deleted", "replaced", "emptied", "overwritten"],
)
def test_under_the_running_box(tmp_path: Path, harm: Harm, code: DatabaseTrouble, kept: bool) -> None:
    with Simulator() as simulator:
        with a_box(tmp_path, simulator) as box:
            simulator.call(ANN, rings=3, spacing=0.05)
            until(lambda: len(simulator.sent) == 1, "the text to Ann")
            box.settled()
            harm(tmp_path / NAME)
            until(lambda: code_of(box) == code, "the box's noticing")
            simulator.call(BOB, rings=3, spacing=0.05)
            until(lambda: [c for c in box.settled() if c.address == BOB], "Bob's call")
            assert len(simulator.sent) == 1
            addresses = {call.address for call in box.calls()}
            assert addresses == ({ANN, BOB} if kept else {BOB})
        with a_box(tmp_path, simulator) as box:
            assert code_of(box) == code
            assert {call.address for call in box.calls()} == addresses
            assert box.service.bridge.request(AcceptDatabase()) == Done()
            simulator.call(CEM, rings=3, spacing=0.05)
            until(lambda: len(simulator.sent) == 2, "the text to Cem")


def test_a_deleted_database_with_its_log_is_put_back(tmp_path: Path) -> None:
    with Simulator() as simulator, a_box(tmp_path, simulator) as box:
        simulator.call(ANN, rings=3, spacing=0.05)
        box.settled()
        for file in tmp_path.glob(f"{NAME}*"):
            file.unlink()
        until(lambda: code_of(box) == DatabaseTrouble.PUT_BACK, "the box's noticing")
        assert (tmp_path / NAME).exists()
        box.turn()
        assert [call.address for call in box.calls()] == [ANN]


@pytest.mark.parametrize("accepted", [False, True])
def test_an_older_copy_texts_nobody_twice(tmp_path: Path, accepted: bool) -> None:
    """A backup is put back: nobody has to decide, though somebody may, and what waited in it is not sent."""
    file = tmp_path / NAME
    with Simulator() as simulator:
        first_run(tmp_path, simulator)
        copy = file.read_bytes()
        with a_box(tmp_path, simulator) as box:
            box.turn()
        file.write_bytes(copy)
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute(
                "UPDATE message SET status = 'queued', expires = '2100-01-01' WHERE kind = 'auto'"
            )
            connection.execute("UPDATE call SET outcome = NULL, ended = NULL")
            connection.execute("UPDATE contact SET opted_out_at = NULL")
            if accepted:
                connection.execute(f"INSERT INTO keyvalue (name, value) VALUES ('{ACCEPTED}', 'yes')")
        with a_box(tmp_path, simulator) as box:
            assert code_of(box) is None
            (call,) = box.ended()
            assert call.outcome == "lost"
            with Session(box.service.engine) as session:
                assert session.exec(select(Message.status)).all()[0] == "unconfirmed"
                incidents = session.exec(select(Incident).where(Incident.kind == IncidentKind.DATABASE)).all()
                assert [incident.ended is not None for incident in incidents] == ([] if accepted else [True])
            simulator.call(BOB, rings=3, spacing=0.05)
            until(lambda: len(simulator.sent) == 2, "the text to Bob")
        assert len(simulator.sent) == 2


def test_commands_begin_no_new_database(tmp_path: Path) -> None:
    with Simulator() as simulator:
        first_run(tmp_path, simulator)
        (tmp_path / NAME).unlink()
        ask = ["-c", str(tmp_path / "config.ini")]
        done = CliRunner().invoke(main, ["calls", *ask])
        assert done.exit_code == 1
        assert "The database is gone" in done.output
        sheet = CliRunner().invoke(main, ["doctor", *ask])
        assert (sheet.exit_code, sheet.exception is None or isinstance(sheet.exception, SystemExit)) == (
            1,
            True,
        )
        assert "The database is gone" in sheet.output
        assert not (tmp_path / NAME).exists()
        assert CliRunner().invoke(main, ["database", "accept", *ask]).exit_code == 0
        with a_box(tmp_path, simulator) as box:
            assert code_of(box) is None
            simulator.call(BOB, rings=3, spacing=0.05)
            until(lambda: len(simulator.sent) == 2, "the text to Bob")


def test_a_command_lets_the_running_box_go_on(tmp_path: Path) -> None:
    with Simulator() as simulator:
        first_run(tmp_path, simulator)
        (tmp_path / NAME).unlink()
        with a_box(tmp_path, simulator) as box:
            assert code_of(box) == DatabaseTrouble.MISSING
            ask = ["database", "accept", "-c", str(tmp_path / "config.ini")]
            assert CliRunner().invoke(main, ask).exit_code == 0
            until(lambda: code_of(box) is None, "the end of the standstill")


def test_a_page_in_the_middle_that_is_damaged(tmp_path: Path) -> None:
    """Only the check of the whole file finds it; whoever decides gets a new database, and the old one is kept."""
    file = tmp_path / NAME
    with Simulator() as simulator:
        first_run(tmp_path, simulator)
        with closing(sqlite3.connect(file)) as connection, connection:
            (root,) = connection.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = 'savedreply'"
            ).fetchone()
            (size,) = connection.execute("PRAGMA page_size").fetchone()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with file.open("r+b") as opened:
            opened.seek((root - 1) * size)
            opened.write(b"\xff" * size)
        with a_box(tmp_path, simulator) as box:
            until(lambda: code_of(box) == DatabaseTrouble.NOT_SOUND, "the check")
            assert box.service.bridge.request(AcceptDatabase()) == Done()
            until(lambda: list(tmp_path.glob(f"{NAME}-damaged-*")), "the new database")
            until(lambda: code_of(box) is None, "the end of the standstill")
            simulator.call(BOB, rings=3, spacing=0.05)
            until(lambda: len(simulator.sent) == 2, "the text to Bob")


def test_the_first_start_of_this_release_knows_a_database_of_the_last(tmp_path: Path) -> None:
    with Simulator() as simulator:
        first_run(tmp_path, simulator)
        mark_file(tmp_path / NAME).unlink()
        with closing(sqlite3.connect(tmp_path / NAME)) as connection, connection:
            connection.execute("DELETE FROM keyvalue WHERE name IN ('identity', 'marked')")
        with a_box(tmp_path, simulator) as box:
            assert code_of(box) is None
            assert mark_file(tmp_path / NAME).exists()
            assert [call.address for call in box.calls()] == [ANN]


def test_a_file_of_zeros_that_was_never_marked(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(bytes(8192))
    with Simulator() as simulator, a_box(tmp_path, simulator) as box:
        assert code_of(box) == DatabaseTrouble.BEGUN_ANEW
        (kept,) = tmp_path.glob(f"{NAME}-damaged-*")
        assert kept.read_bytes() == bytes(8192)


def test_history_is_readable_where_it_was_put_aside(tmp_path: Path) -> None:
    with Simulator() as simulator:
        first_run(tmp_path, simulator)
        replace_by_another(tmp_path / NAME)
        with a_box(tmp_path, simulator) as box:
            assert code_of(box) == DatabaseTrouble.REPLACED
            engine = open_engine(f"sqlite:///{tmp_path / NAME}")
            with Session(engine) as session:
                assert views.calls(session) == []
            engine.dispose()
