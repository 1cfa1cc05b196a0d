"""The parts of the modem thread that have no port: recovery, upkeep, choice of port, requests, stored texts."""

import select
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from bridge.words.troubles import sentence
from modem.at import commands
from modem.at.dialogue import Command, Response
from modem.contract import (
    Answer,
    HangUp,
    LineDown,
    Repair,
    RepairStep,
    Slot,
    Trouble,
    TroubleCode,
    TroublePart,
)
from modem.line.recovery import MUTE_BEFORE_RESTART, Recovery
from modem.line.requests import Requests
from modem.line.stored_texts import MARK, StoredTexts
from modem.line.timing import Timing
from modem.line.upkeep import Look, Upkeep
from modem.ports.choice import PortChoice
from modem.ports.discovery import Port

TIMING = Timing()
PDU = "07915155100000F0040B915155214365F700007121320144744004D4F29C0E"
OTHER = "07915155100000F0040B915155214365F700007121320144745004D4F29C0E"


# ---- recovery

NO_ANSWER = Trouble.of(TroubleCode.MODEM_SILENT, path="/dev/ttyUSB2", command="AT")
NO_MODEM = Trouble.of(TroubleCode.NO_MODEM, ports="")
NO_SIM = Trouble(TroubleCode.SIM_MISSING)


@pytest.fixture
def recovery() -> Recovery:
    return Recovery("main", TIMING)


def test_a_step_that_helps_is_told_as_such(recovery: Recovery) -> None:
    recovery.came_up(0.0)
    recovery.asks_again(10.0)
    assert recovery.came_up(12.5) == [Repair("main", 12.5, RepairStep.ASKED, 2.5, True)]
    assert recovery.came_up(13.0) == []


def test_asking_again_in_vain_leads_to_opening_anew(recovery: Recovery) -> None:
    recovery.came_up(0.0)
    recovery.went_down(NO_ANSWER, TroublePart.MODEM, 10.0)
    recovery.asks_again(10.0)
    assert recovery.closed(20.0) == [Repair("main", 20.0, RepairStep.ASKED, 10.0, False)]
    assert recovery.came_up(21.0) == [Repair("main", 21.0, RepairStep.REOPENED, 1.0, True)]


def test_what_fails_at_the_first_start_is_no_repair(recovery: Recovery) -> None:
    recovery.went_down(NO_MODEM, TroublePart.PORT, 1.0)
    assert recovery.closed(2.0) == []
    assert recovery.came_up(3.0) == []


def test_the_reason_is_told_when_it_changes(recovery: Recovery) -> None:
    down = LineDown("main", 1.0, NO_MODEM, TroublePart.PORT)
    assert recovery.went_down(NO_MODEM, TroublePart.PORT, 1.0) == [down]
    assert recovery.went_down(NO_MODEM, TroublePart.PORT, 2.0) == []
    assert recovery.went_down(NO_SIM, TroublePart.SIM, 3.0) != []
    recovery.came_up(4.0)
    assert recovery.went_down(NO_SIM, TroublePart.SIM, 5.0) != []


def test_tries_come_more_and_more_seldom_until_the_line_was_up_for_a_while(recovery: Recovery) -> None:
    pauses = [recovery.pause(float(now)) for now in range(7)]
    assert pauses == [0.5, 1.0, 2.0, 5.0, 10.0, 10.0, 10.0]
    recovery.opening()
    recovery.came_up(100.0)
    assert recovery.pause(100.0 + TIMING.well_after) == 10.0
    assert recovery.pause(100.1 + TIMING.well_after) == 0.5


def test_a_modem_that_stays_mute_is_restarted_but_not_again_and_again(recovery: Recovery) -> None:
    def mute() -> None:
        for _ in range(MUTE_BEFORE_RESTART):
            assert not recovery.wants_restart(0.0)
            recovery.was_mute()

    mute()
    assert recovery.wants_restart(1.0)
    recovery.restarting(1.0)
    mute()
    assert not recovery.wants_restart(TIMING.between_restarts)
    mute()
    assert recovery.wants_restart(1.0 + TIMING.between_restarts)


# ---- upkeep


def test_looks_come_now_and_then_and_after_news() -> None:
    upkeep = Upkeep(TIMING)
    assert upkeep.next_at() is None
    upkeep.set_up(100.0)
    assert upkeep.next_at() == 100.0 + TIMING.check
    assert upkeep.take(100.0 + TIMING.check - 1) is None
    assert upkeep.take(100.0 + TIMING.check) is Look.CHECK
    upkeep.news(500.0)
    assert upkeep.take(500.0) is Look.CHECK
    upkeep.news(500.1)
    assert upkeep.next_at() == 500.0 + TIMING.check_pause
    upkeep.doubt(501.0)
    assert upkeep.take(501.0) is Look.CHECK
    upkeep.unregistered(502.0)
    assert upkeep.next_at() == 502.0 + TIMING.check_unregistered


def test_lost_settings_are_set_again_but_not_without_end() -> None:
    upkeep = Upkeep(TIMING)
    upkeep.set_up(100.0)
    upkeep.settings_gone(101.0)
    assert upkeep.take(119.0) is None
    assert upkeep.take(100.0 + TIMING.setup_pause) is Look.SET_UP
    upkeep.set_up(121.0)
    assert upkeep.take(121.0 + TIMING.check) is Look.CHECK


def test_the_book_is_read_once_and_after_the_text_to_the_caller() -> None:
    upkeep = Upkeep(TIMING)
    upkeep.call_ended(10.0)
    assert upkeep.take(10.0 + TIMING.book - 1) is None
    assert upkeep.take(10.0 + TIMING.book) is Look.BOOK
    assert upkeep.take(1000.0) is None
    upkeep.read_book(1001.0)
    assert upkeep.take(1001.0) is Look.BOOK


# ---- choice of port


def modem_at(path: str, place: str) -> Port:
    return Port(path, 0x2C7C, 0x0125, 2, place=place)


def test_the_last_home_goes_first() -> None:
    choice = PortChoice("auto", frozenset())
    found = [modem_at("/dev/ttyUSB2", "1-1"), modem_at("/dev/ttyUSB6", "1-2"), Port("/dev/ttyS0")]
    assert choice.candidates(found) == ["/dev/ttyUSB2", "/dev/ttyUSB6"]
    choice.settle("/dev/ttyUSB6", found)
    assert choice.candidates(found) == ["/dev/ttyUSB6", "/dev/ttyUSB2"]


def test_a_named_port_is_followed_to_its_next_name_only_when_it_is_gone(tmp_path: Path) -> None:
    named = str(tmp_path / "ttyUSB2")
    choice = PortChoice(named, frozenset())
    choice.settle(named, [modem_at(named, "1-1")])
    now = [modem_at("/dev/ttyUSB3", "1-1")]
    assert choice.candidates(now) == ["/dev/ttyUSB3"]
    Path(named).touch()
    assert choice.candidates(now) == [named]


def test_each_line_keeps_its_own_modem() -> None:
    assert PortChoice("imei:123", frozenset()).why_not_ours("123", "890") is None
    why = PortChoice("imei:123", frozenset()).why_not_ours(None, "890")
    assert why is not None
    assert "IMEI unknown, ICCID 890" in sentence(why)
    auto = PortChoice("auto", frozenset({"890"}))
    why = auto.why_not_ours("123", "890")
    assert why is not None
    assert sentence(why) == "This modem holds the SIM of another line."
    assert auto.why_not_ours("123", "891") is None


def test_why_nothing_was_found_names_what_was_looked_at() -> None:
    choice = PortChoice("auto", frozenset())
    account = ["/dev/ttyUSB0: a GPS", "/dev/ttyUSB2: a modem", "A stick is a drive"]
    nothing = "No modem is plugged in. Plug it in, or name its port in config.ini under [modem] port."
    told = sentence(choice.nothing_found({}, account))
    assert told == f"{nothing} /dev/ttyUSB0: a GPS. /dev/ttyUSB2: a modem. A stick is a drive."
    silent = Trouble.of(TroubleCode.MODEM_SILENT, path="/dev/ttyUSB2", command="AT")
    mute = {"/dev/ttyUSB2": silent}
    told = sentence(choice.nothing_found(mute, account))
    assert told == f"No modem answers. {sentence(silent)} /dev/ttyUSB0: a GPS. A stick is a drive."
    assert PortChoice("/dev/ttyUSB2", frozenset()).nothing_found(mute, account) == silent


# ---- requests


def test_requests_wake_the_thread_and_come_in_their_order() -> None:
    requests = Requests()
    assert select.select([requests], [], [], 0)[0] == []
    requests.put(Answer())
    requests.put(HangUp())
    assert select.select([requests], [], [], 0)[0] == [requests]
    assert requests.take() == [Answer(), HangUp()]
    assert select.select([requests], [], [], 0)[0] == []
    requests.stop()
    assert requests.stopping
    assert select.select([requests], [], [], 0)[0] == [requests]
    requests.close()
    requests.put(Answer())  # is dropped, and does no harm


# ---- stored texts


class Storage:
    """Plays the procedures of StoredTexts; what they ask for is kept, and answered as `answers` say."""

    def __init__(self) -> None:
        self.received: list[tuple[str, Slot]] = []
        self.texts = StoredTexts("main", lambda pdu, slot: self.received.append((pdu, slot)))
        self.texts.set_up("SM")

    def play(self, procedure: Generator[Any, Any, Any], **answers: tuple[str, ...]) -> list[str]:
        """answers: the lines of the answer to each command, by its name without AT+."""
        asked = []
        try:
            command = procedure.send(None)
            while True:
                assert isinstance(command, Command)
                asked.append(command.text)
                lines = answers.get(command.name.removeprefix("AT+"), ())
                command = procedure.send(Response(command, lines, "OK"))
        except StopIteration:
            return asked


def test_a_text_is_read_where_it_lies_and_only_then_deleted() -> None:
    storage = Storage()
    assert storage.play(storage.texts.delete((Slot("SM", 3, PDU[-MARK:]),))) == []
    asked = storage.play(storage.texts.fetch("SM", 3), CMGR=("+CMGR: 0,,23", PDU))
    assert asked == ["AT+CMGR=3"]
    ((pdu, slot),) = storage.received
    assert (pdu, slot) == (PDU, Slot("SM", 3, PDU[-MARK:]))
    assert storage.play(storage.texts.delete((slot,))) == ["AT+CMGD=3"]
    assert storage.play(storage.texts.delete((slot,))) == []


def test_another_message_in_the_same_place_is_not_deleted() -> None:
    storage = Storage()
    for pdu in (PDU, OTHER):
        storage.play(storage.texts.fetch("SM", 3), CMGR=("+CMGR: 0,,23", pdu))
    first, second = (slot for _, slot in storage.received)
    assert storage.play(storage.texts.delete((first,))) == []
    assert storage.play(storage.texts.delete((second,))) == ["AT+CMGD=3"]


def test_a_storage_is_selected_once() -> None:
    storage = Storage()
    listing = ("+CMGL: 1,0,,23", PDU)
    assert storage.play(storage.texts.fetch("ME", None), CMGL=listing) == [
        commands.use_storage("ME").text,
        commands.LIST_ALL.text,
    ]
    ((_, slot),) = storage.received
    assert storage.play(storage.texts.delete((slot,))) == ["AT+CMGD=1"]
    assert storage.play(storage.texts.fetch("SM", 7))[0] == 'AT+CPMS="SM"'
