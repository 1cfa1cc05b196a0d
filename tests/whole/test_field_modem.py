"""What real modems, networks and phones did to the box (faults A1 to A9), on the whole box."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bridge.records.tables import Contact
from bridge.rules.states import Direction
from modem.simulator import Simulator, StoredStatus, pdu
from tests.support.box import ANN, BOB, MESSAGE, Box, a_box, until

SPEED = 20.0
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(speed=SPEED, reports="off") as simulator:
        yield simulator


@pytest.fixture
def box(tmp_path: Path, simulator: Simulator) -> Iterator[Box]:
    with a_box(tmp_path, simulator) as box:
        yield box


def message(box: Box, sender: str = ANN) -> tuple[str, str, str]:
    """The first text from this sender: its words, kind and status."""
    return until(
        lambda: next(
            (
                (m.body, m.kind, m.status)
                for m in box.messages()
                if m.address == sender and m.direction is Direction.IN
            ),
            None,
        ),
        "the text",
    )


def opted_out(box: Box, address: str) -> bool:
    with Session(box.service.engine) as session:
        contact = session.exec(select(Contact).where(Contact.address == address)).first()
        return contact is not None and contact.opted_out_at is not None


def of_octets(octets: bytes, dcs: int, place: tuple[int, int] = (1, 1)) -> str:
    """A DELIVER from Ann with these octets, part so and so of so many."""
    header = bytes([5, 0, 3, 77, place[1], place[0]]) if place[1] > 1 else b""
    first = b"\x44" if header else b"\x04"
    tpdu = first + pdu.address(ANN) + bytes([0, dcs]) + pdu.timestamp(NOW) + pdu._user_data(octets, header)
    return ("00" + tpdu.hex()).upper()


def printed(simulator: Simulator, text: str) -> None:
    """The modem prints a notice of several lines at one go."""
    simulator.raw("\r\n" + text.replace("\n", "\r\n") + "\r\n")


# ---- notices of several lines


@pytest.mark.parametrize("end", ['",15', ""], ids=["closed", "cut"])
@pytest.mark.parametrize("word", ["ERROR", "OK", "START"])
def test_a_notice_while_a_text_is_on_its_way_is_no_answer_to_it(tmp_path: Path, word: str, end: str) -> None:
    with (
        Simulator(speed=SPEED, reports="off", network_delay=10.0) as simulator,
        a_box(tmp_path, simulator) as box,
    ):
        simulator.call(ANN, rings=1)
        sent = simulator.wait_for(lambda e: e.who == "host" and e.text.startswith("AT+CMGS"))
        simulator.wait_for(lambda e: e.who == "host" and e.at > sent.at)
        printed(simulator, f'+CUSD: 0,"No credit\n{word}\nTop up{end}')
        call = box.settled()[0]
        assert (call.textback, call.text_error) == ("sent", None)
        assert [(text.number, text.text) for text in simulator.sent] == [(ANN, MESSAGE)]


def test_a_notice_is_no_call_and_keeps_none_from_being_seen(box: Box) -> None:
    printed(box.simulator, '+CUSD: 0,"Credit 4.20\nRING\ntones from 0.99",15')
    printed(box.simulator, '+CUSD: 0,"Credit 4.20\nRING\ntones from')
    box.simulator.call(ANN, rings=2)
    assert [(call.address, call.rings) for call in box.settled()] == [(ANN, 2)]
    assert len(box.calls()) == 1


# ---- who calls


def test_the_networks_name_for_a_caller_counts_as_spam_and_is_shown(box: Box) -> None:
    assert box.simulator.setting("+CNAP") == "1"
    box.simulator.call(ANN, rings=2, ring_extra='+CNAP: "Scam Likely",0')
    box.simulator.call(BOB, rings=2, cnap="Bob Baker")
    scam, bob = sorted(box.settled(2), key=lambda call: call.id)
    assert (scam.textback, scam.reason) == ("skipped", "spam")
    assert (bob.textback, bob.reason) == ("sent", None)


def test_the_name_is_asked_for_again_after_a_restart_and_a_refusal_is_no_fault(
    tmp_path: Path, simulator: Simulator
) -> None:
    simulator.fault("error", match="AT+CNAP", answer="+CME ERROR: 4")
    with a_box(tmp_path, simulator) as box:
        assert simulator.setting("+CNAP") == "0"
        simulator.reset()
        until(lambda: simulator.setting("+CNAP") == "1", "its being asked for again")
        box.ready()


def test_a_number_without_quotation_marks_is_texted(box: Box) -> None:
    for line in ("RING", "+CLIP:07400123456,129,,,,0", "NO CARRIER"):
        box.simulator.print(line)
    assert [(call.address, call.textback) for call in box.settled()] == [(ANN, "sent")]


# ---- texts


def test_stop_in_8_bit_coding_is_obeyed_and_shown(box: Box) -> None:
    box.simulator.deliver_pdu(of_octets(b"STOP", 0x04))
    until(lambda: opted_out(box, ANN), "the opt-out")
    assert message(box) == ("STOP", "manual", "received")


@pytest.mark.parametrize("octets", [b"\xff\xfeS\0T\0O\0P\0", b"S\0T\0O\0P\0", b"\0S\0T\0O\0P\0\0"])
def test_stop_is_obeyed_in_whatever_order_its_octets_are(box: Box, octets: bytes) -> None:
    box.simulator.deliver_pdu(of_octets(octets, 0x08))
    until(lambda: opted_out(box, ANN), "the opt-out")
    assert message(box)[0] == "STOP"


def test_nuls_do_not_get_in(box: Box) -> None:
    box.simulator.deliver_pdu(of_octets("Hi\0 there\0\0".encode("utf-16-be"), 0x08))
    assert message(box) == ("Hi there", "manual", "received")


def test_a_long_text_in_8_bit_coding_is_decided_upon_when_it_is_whole(box: Box) -> None:
    octets = ("Grüße €. " * 12).encode()
    cut = octets.index("€".encode()) + 1
    pieces = [octets[:cut], octets[cut : cut + 100], octets[cut + 100 :]]
    for place in (3, 1, 2):
        box.simulator.deliver_pdu(of_octets(pieces[place - 1], 0x04, (place, 3)))
    assert message(box) == ("Grüße €. " * 12, "manual", "received")


def test_long_data_is_no_text_when_it_is_whole(box: Box) -> None:
    for place, piece in enumerate((b"BEGIN", b"\0\1\2"), 1):
        box.simulator.deliver_pdu(of_octets(piece, 0x04, (place, 2)))
    body, kind, status = message(box)
    assert body.startswith("A message meant for an app arrived")
    assert (kind, status) == ("system", "read")


@pytest.mark.parametrize("coding", ["utf-16-be", "utf-16"])
def test_an_emoji_that_is_cut_by_the_parts_is_whole(box: Box, coding: str) -> None:
    octets = ("so " * 20 + "😁 and more").encode(coding)
    cut = octets.index("😁".encode(coding).removeprefix(b"\xff\xfe")) + 2
    for place, piece in ((2, octets[cut:]), (1, octets[:cut])):
        box.simulator.deliver_pdu(of_octets(piece, 0x08, (place, 2)))
    assert message(box)[0] == "so " * 20 + "😁 and more"


# ---- storages


def test_a_report_that_is_announced_and_not_there_keeps_no_text_away(box: Box) -> None:
    box.simulator.print('+CDSI: "SR",8')
    box.simulator.text(ANN, "after it")
    assert message(box)[0] == "after it"


def test_a_text_that_is_announced_at_a_wrong_place_arrives(box: Box) -> None:
    box.simulator.store(pdu.deliver(ANN, "somewhere else", NOW)[0], "SM")
    box.simulator.print('+CMTI: "SM",67')
    assert message(box)[0] == "somewhere else"


def test_old_texts_of_our_own_and_broken_entries_keep_no_text_away(
    tmp_path: Path, simulator: Simulator
) -> None:
    for text in ("one", "two"):
        simulator.store(pdu.submit(BOB, text), "SM", StoredStatus.SENT)
    simulator.store("0791", "SM")
    simulator.store(pdu.deliver(ANN, "behind them", NOW)[0], "SM")
    with a_box(tmp_path, simulator) as box:
        assert message(box)[0] == "behind them"
        simulator.text(BOB, "and later")
        assert message(box, BOB)[0] == "and later"
