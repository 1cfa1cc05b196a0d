"""What the box has deleted does not come back, whatever the modem, the SIM and the operator still keep of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from bridge.contract.answers import Done
from bridge.contract.requests import Forget
from bridge.records import calls, lines, missed_calls_book, retention
from bridge.records.tables import Call, Contact, InboundPart, KeyValue, Message
from modem.line.timing import Timing
from modem.simulator import PROFILES, Simulator
from tests.bridge.test_notices import FASTWEB
from tests.support.box import ANN, BOB, CEM, Box, a_box, until

# The book is read at the start, and after a call not before the test is over; the other way round.
ONLY_AT_START, SOON = Timing(book=3600.0), Timing(book=0.1)
OFF = "enabled = no"
WITH_BOOK = [name for name, profile in PROFILES.items() if '"MC"' in profile.books]


def kept(box: Box) -> tuple[str, ...] | None:
    with Session(box.service.engine) as session:
        book = missed_calls_book.kept_book(session, lines.line_called(session, "main"))
        return book.numbers if book else None


def stored(box: Box) -> str:
    with Session(box.service.engine) as session:
        driver = session.connection().connection.driver_connection
        assert driver is not None
        return "".join(map(str, driver.iterdump()))


def forget(box: Box, address: str) -> None:
    until(lambda: box.service.bridge.request(Forget(address)) == Done(), f"the forgetting of {address}")


@pytest.mark.parametrize("profile", WITH_BOOK)
def test_who_is_forgotten_is_not_found_in_the_modems_book(tmp_path: Path, profile: str) -> None:
    speed = 4.0 if profile == "silent-clcc" else 20.0
    with Simulator(profile, speed=speed, reports="off") as simulator:
        with a_box(tmp_path, simulator, timing=ONLY_AT_START) as box:
            until(lambda: kept(box) is not None, "the first reading")
            simulator.call(ANN, rings=2)
            assert box.settled()[0].textback == "sent"
            forget(box, ANN)
        with a_box(tmp_path, simulator, timing=SOON) as box:
            until(lambda: kept(box), "the next reading")
            assert box.calls() == []
            # The next call of all is seen, and so is one that only the book knows.
            simulator.call(BOB, rings=2)
            assert box.settled()[0].address == BOB
            assert ANN[3:] not in stored(box)
        simulator.call(ANN, rings=1, wait=True)
        with a_box(tmp_path, simulator, timing=SOON) as box:
            found = box.settled(2)[0]
            assert (found.address, found.outcome, found.textback) == (ANN, "lost", "sent")
        assert [text.number for text in simulator.sent] == [ANN, BOB, ANN]


def test_a_forgotten_number_leaves_the_kept_reading(tmp_path: Path) -> None:
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, timing=SOON) as box:
        simulator.call(ANN, rings=1)
        until(lambda: ANN in (kept(box) or ()), "the reading after the call")
        forget(box, ANN)
        assert ANN[3:] not in stored(box)
        simulator.call(BOB, rings=1)
        until(lambda: BOB in (kept(box) or ()), "the reading after the next call")
        assert ANN[3:] not in stored(box)
        assert [call.address for call in box.calls()] == [BOB]


def test_calls_that_grew_too_old_are_not_found_in_the_modems_book(tmp_path: Path) -> None:
    with Simulator(speed=20, reports="off") as simulator:
        with a_box(tmp_path, simulator, timing=ONLY_AT_START) as box:
            until(lambda: kept(box) is not None, "the first reading")
            simulator.call(ANN, rings=1)
            box.settled()
            with Session(box.service.engine) as session, session.begin():
                while retention.delete_older(session, datetime.now(UTC) + timedelta(seconds=1)):
                    pass
        with a_box(tmp_path, simulator, timing=SOON) as box:
            until(lambda: kept(box), "the next reading")
            assert box.calls() == []
            assert len(simulator.sent) == 1


def test_a_data_call_is_not_found_in_the_modems_book(tmp_path: Path) -> None:
    with Simulator(speed=20, reports="off") as simulator:
        with a_box(tmp_path, simulator, OFF, timing=ONLY_AT_START) as box:
            until(lambda: kept(box) is not None, "the first reading")
            simulator.call(BOB, rings=2)
            box.settled()
            with Session(box.service.engine) as session, session.begin():
                call = session.exec(select(Call)).one()
                calls.it_was_no_call(session, call)
        with a_box(tmp_path, simulator, timing=SOON) as box:
            until(lambda: kept(box), "the next reading")
            assert box.calls() == []


@pytest.mark.parametrize("how", ["forgotten", "too old"])
def test_a_text_that_stayed_on_the_sim_is_not_new_again(tmp_path: Path, how: str) -> None:
    with Simulator(speed=20, reports="off") as simulator:
        with a_box(tmp_path, simulator) as box:
            simulator.fault("error", match="AT+CMGD", times=1000)
            simulator.text(ANN, "STOP")
            simulator.text(CEM, "Hello")
            until(lambda: len(box.messages()) == 3, "two texts and the confirmation")
            until(lambda: len(simulator.sent) == 1, "the confirmation")
            until(
                lambda: all(m.status not in ("queued", "sending") for m in box.messages()),
                "the end of sending",
            )
            if how == "forgotten":
                forget(box, ANN)
            else:
                with Session(box.service.engine) as session, session.begin():
                    for message in session.exec(select(Message)):
                        message.status = message.status.__class__("read")
                    session.flush()
                    while retention.delete_older(session, datetime.now(UTC) + timedelta(seconds=1)):
                        pass
        assert simulator.stored()
        simulator.heal()
        with a_box(tmp_path, simulator) as box:
            until(lambda: not simulator.stored(), "the SIM's being emptied")
            with Session(box.service.engine) as session:
                senders = {part.sender for part in session.exec(select(InboundPart))}
                assert senders == ({CEM} if how == "forgotten" else set())
            assert len(simulator.sent) == 1


@pytest.mark.parametrize("sender", ["NETWORK", ANN])
def test_a_late_notice_of_the_operator_brings_nobody_back(tmp_path: Path, sender: str) -> None:
    notices = "[filters]\nnotices = on\n"
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=notices) as box:
        simulator.call(ANN, rings=1)
        box.settled()
        forget(box, ANN)
        if sender == ANN:
            now = datetime.now().astimezone()
            simulator.text(ANN, FASTWEB.format(f"{now:%H:%M}", f"{now:%d/%m/%y}"))
        else:
            simulator.text(sender, f"Missed call from {ANN}")
        simulator.text(BOB, "Hello")
        until(lambda: any(message.address == BOB for message in box.messages()), "the text behind the notice")
        with Session(box.service.engine) as session:
            known = {one.address for one in session.exec(select(Contact))}
        assert known == {BOB} | ({sender} - {ANN})
        assert box.calls() == []
        assert len(simulator.sent) == 1


def test_a_late_delivery_report_brings_nobody_back(tmp_path: Path) -> None:
    with Simulator(speed=20, reports="manual") as simulator, a_box(tmp_path, simulator) as box:
        simulator.call(ANN, rings=1)
        assert box.settled()[0].textback == "sent"
        forget(box, ANN)
        simulator.report()
        simulator.text(BOB, "Hello")
        until(lambda: any(message.address == BOB for message in box.messages()), "the text behind the report")
        with Session(box.service.engine) as session:
            assert [one.address for one in session.exec(select(Contact))] == [BOB]
        assert [message.address for message in box.messages()] == [BOB]
        until(lambda: not simulator.stored(), "the SIM's being emptied")


def test_nobody_gets_the_number_behind_which_the_owner_answers_somebody_forgotten(tmp_path: Path) -> None:
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator) as box:

        def ids() -> dict[str, int | None]:
            with Session(box.service.engine) as session:
                return {one.address: one.id for one in session.exec(select(Contact))}

        for number in (BOB, ANN):
            simulator.text(number, "Hello")
            until(lambda number=number: number in ids(), "the text")  # type: ignore[misc]  # mypy infers no lambda with a default
        known = ids()
        forget(box, ANN)
        simulator.text(CEM, "Hi")
        until(lambda: CEM in ids(), "the next text")
        assert ids()[CEM] not in known.values()


def test_the_marks_of_what_was_deleted_go_in_their_time(tmp_path: Path) -> None:
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, timing=SOON) as box:
        simulator.call(ANN, rings=1)
        until(lambda: ANN in (kept(box) or ()), "the reading after the call")
        simulator.text(ANN, "Hello")
        until(lambda: len(box.messages()) == 2, "the text")
        forget(box, ANN)
        marks = select(KeyValue.name).where(col(KeyValue.name).startswith("deleted_"))
        with Session(box.service.engine) as session, session.begin():
            assert len(session.exec(marks).all()) == 2
            retention.delete_older(session, datetime.now(UTC) + timedelta(days=500))
            assert [name.partition(":")[0] for name in session.exec(marks)] == ["deleted_call"]
