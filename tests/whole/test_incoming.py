"""Texts that come in on the whole box: storages, direct delivery, what is no text, texts with holes, replaced ones."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bridge.records.tables import InboundPart
from modem.line.timing import Timing
from modem.simulator import Simulator, pdu
from tests.support.box import ANN, BOB, Box, a_box, until

SPEED = 20.0
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LONG = "One. " * 40 + "Two. " * 40  # three parts


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(speed=SPEED, reports="off") as simulator:
        yield simulator


def bodies(box: Box) -> list[str]:
    return [message.body for message in reversed(box.messages())]


def hosts(simulator: Simulator, start: str) -> list[str]:
    return [e.text for e in simulator.log.entries if e.who == "host" and e.text.startswith(start)]


def headed(header: bytes, content: bytes, sender: str = ANN) -> str:
    """A DELIVER of 8-bit data with a user data header (23.040 9.2.3.24)."""
    udh = bytes([len(header)]) + header
    tpdu = b"\x44" + pdu.address(sender) + b"\x00\x04" + pdu.timestamp(NOW) + pdu._user_data(content, udh)
    return ("00" + tpdu.hex()).upper()


# ---- where they lie


def test_what_lies_in_every_storage_is_read_at_the_start_and_deleted_there(
    tmp_path: Path, simulator: Simulator
) -> None:
    simulator.store(pdu.deliver(ANN, "on the SIM", NOW)[0], "SM")
    simulator.store(pdu.deliver(BOB, "in the modem", NOW)[0], "ME")
    with a_box(tmp_path, simulator) as box:
        until(lambda: len(box.messages()) == 2, "both texts")
        assert {m.body for m in box.messages()} == {"on the SIM", "in the modem"}
        until(lambda: not simulator.stored(), "their being deleted")
        simulator.text(ANN, "and one more")
        until(lambda: len(box.messages()) == 3, "the next one")


def test_texts_arrive_where_cpms_says_whatever_was_selected(tmp_path: Path, simulator: Simulator) -> None:
    simulator.change_setting("+CPMS", "SM,SM,ME")
    with a_box(tmp_path, simulator) as box:
        simulator.text(ANN, "Hello")
        until(lambda: bodies(box) == ["Hello"], "the text")
        until(lambda: not simulator.stored("ME"), "its being deleted")


def test_a_modem_that_stores_nothing_hands_over_and_is_acknowledged_after_the_commit(
    tmp_path: Path, simulator: Simulator
) -> None:
    simulator.set(direct_only=True)
    with a_box(tmp_path, simulator) as box:
        assert simulator.setting("+CNMI").split(",")[1] == "2"
        with closing(sqlite3.connect(tmp_path / "textback.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            simulator.text(ANN, "Hello")
            until(lambda: box.service.loop.status.database, "the trouble")
            assert hosts(simulator, "AT+CNMA") == []
            other.execute("ROLLBACK")
        until(lambda: bodies(box) == ["Hello"], "the text")
        until(lambda: hosts(simulator, "AT+CNMA") == ["AT+CNMA"], "the acknowledgement")
        simulator.set(reports="auto")
        simulator.call(BOB, rings=1)
        until(lambda: [call.textback for call in box.calls()] == ["delivered"], "the report")
        until(lambda: len(hosts(simulator, "AT+CNMA")) == 2, "its acknowledgement")


def test_a_full_storage_is_emptied_and_what_the_network_kept_arrives(tmp_path: Path) -> None:
    with Simulator(speed=SPEED, slots=3) as simulator:
        for place in range(3):
            simulator.store(pdu.deliver(ANN, f"old {place}", NOW)[0], "SM")
        simulator.text(BOB, "new")
        with a_box(tmp_path, simulator) as box:
            until(lambda: len(box.messages()) == 4, "all texts")
            assert "new" in bodies(box)
            until(lambda: not simulator.stored("SM"), "the empty storage")


def test_the_word_of_a_full_storage_has_it_looked_through(tmp_path: Path, simulator: Simulator) -> None:
    with a_box(tmp_path, simulator) as box:
        text = pdu.deliver(ANN, "never announced", NOW)[0]
        for _ in range(25):
            simulator.store(text, "SM")
        simulator.print('^SMMEMFULL: "SM"')
        until(lambda: bodies(box) == ["never announced"], "the text, once")
        until(lambda: not simulator.stored("SM"), "the empty storage")


# ---- what is no text


MMS = (
    bytes.fromhex("4A0603BEAF84")
    + b"\x8c\x82\x98abc\x00\x8d\x90\x89\x19\x80"
    + BOB.encode()
    + b"/TYPE=PLMN\x00"
)
PUSH = bytes.fromhex("05040B8423F0")


@pytest.mark.parametrize(
    ("text", "sender", "body", "kind", "status"),
    [
        (pdu.deliver(ANN, "x", NOW, pid=0x40)[0], None, None, None, None),
        (pdu.deliver(ANN, "", NOW, dcs=0xC0)[0], None, None, None, None),
        (pdu.deliver(ANN, "", NOW, dcs=0xC8)[0], ANN, "you have a voice message", "system", "received"),
        (
            pdu.deliver(ANN, "Call 121: 1 message", NOW, dcs=0xD8)[0],
            ANN,
            "Call 121: 1 message",
            "manual",
            "received",
        ),
        (pdu.deliver(ANN, "flash!", NOW, dcs=0x10)[0], ANN, "flash!", "manual", "received"),
        (headed(PUSH, MMS), BOB, "A picture message arrived.", "system", "received"),
        (
            headed(PUSH, bytes.fromhex("4A0603BEAF84")),
            ANN,
            "A picture message arrived.",
            "system",
            "received",
        ),
        (
            headed(bytes.fromhex("050423F40000"), b"BEGIN:VCARD"),
            ANN,
            "A message meant for an app",
            "system",
            "read",
        ),
        (
            pdu.deliver(ANN, "abc", NOW, alphabet="8bit", pid=0x7F)[0],
            ANN,
            "A message meant for an app",
            "system",
            "read",
        ),
        ("0004" + "FF" * 20, "unknown", "cannot read", "system", "received"),
    ],
    ids=["silent", "mwi-off", "mwi-on", "mwi-text", "class0", "mms", "mms-nobody", "vcard", "ota", "garbage"],
)
def test_what_is_no_text_is_known_and_never_answered(
    tmp_path: Path,
    simulator: Simulator,
    text: str,
    sender: str | None,
    body: str | None,
    kind: str | None,
    status: str | None,
) -> None:
    with a_box(tmp_path, simulator) as box:
        simulator.deliver_pdu(text)
        simulator.text(BOB, "the end")
        until(lambda: "the end" in bodies(box), "the text after it")
        until(lambda: not simulator.stored("SM"), "its being deleted")
        others = [m for m in box.messages() if m.body != "the end"]
        if sender is None:
            assert others == []
        else:
            (message,) = others
            assert (message.address, message.kind, message.status) == (sender, kind, status)
            assert body is not None
            assert body in message.body
        assert simulator.submitted == []


def test_a_replace_type_takes_the_place_of_the_last_one(tmp_path: Path, simulator: Simulator) -> None:
    with a_box(tmp_path, simulator) as box:
        for body, pid, sender in (
            ("1 call", 0x41, ANN),
            ("2 calls", 0x41, ANN),
            ("other type", 0x42, ANN),
            ("other sender", 0x41, BOB),
            ("plain", 0, ANN),
        ):
            simulator.text(sender, body, pid=pid)
            until(lambda b=body: b in bodies(box), body)  # type: ignore[misc]  # mypy infers no lambda with a default
        assert sorted(bodies(box)) == ["2 calls", "other sender", "other type", "plain"]
        assert next(m for m in box.messages() if m.body == "2 calls").status == "received"


# ---- holes


def a_day_later(box: Box, parts: int = 2) -> None:
    """The parts that are there came a day ago, and the box looks for such."""

    def come(session: Session) -> list[InboundPart]:
        return list(session.exec(select(InboundPart).where(InboundPart.message_id == None)))  # noqa: E711

    def look() -> bool:
        with Session(box.service.engine) as session:
            return len(come(session)) == parts

    until(look, "the parts")
    with Session(box.service.engine) as session, session.begin():
        for part in come(session):
            part.received -= timedelta(hours=25)
    box.service.loop.periodic["incomplete texts"].at = 0.0


def test_a_text_with_a_hole_is_shown_after_a_day_and_filled_when_the_part_comes(
    tmp_path: Path, simulator: Simulator
) -> None:
    with a_box(tmp_path, simulator) as box:
        simulator.text(ANN, LONG, order=[3, 1], reference=7)
        simulator.text(BOB, LONG, order=[1], reference=7)
        a_day_later(box, parts=3)
        until(lambda: len(box.messages()) == 2, "the text with its hole")
        message = next(m for m in box.messages() if m.address == ANN)
        mark = "[part 2 of 3 never came]"
        assert mark in message.body
        before, _, after = message.body.partition(f" {mark} ")
        assert LONG.startswith(before)
        assert LONG.endswith(after)
        assert len(before) > 100
        other = next(m for m in box.messages() if m.address == BOB)
        assert "[part 2 of 3 never came]  [part 3 of 3 never came]" in other.body
        simulator.text(ANN, LONG, order=[2], reference=7)
        until(lambda: LONG in bodies(box), "the whole text")
        assert len(box.messages()) == 2
        simulator.text(
            ANN, LONG + "!", reference=7, at=NOW
        )  # the reference comes round again: a text of its own
        until(lambda: LONG + "!" in bodies(box), "the next text")
        assert len(box.messages()) == 3


def test_parts_that_still_may_come_are_waited_for(tmp_path: Path, simulator: Simulator) -> None:
    with a_box(tmp_path, simulator) as box:
        simulator.text(ANN, LONG, order=[1, 3])
        simulator.text(BOB, "whole")
        until(lambda: bodies(box) == ["whole"], "the whole one")
        box.service.loop.periodic["incomplete texts"].at = 0.0
        box.turn()
        assert bodies(box) == ["whole"]


def test_the_settings_for_direct_delivery_are_looked_at(tmp_path: Path, simulator: Simulator) -> None:
    simulator.set(direct_only=True)
    with a_box(tmp_path, simulator, timing=Timing(check=0.5)):
        simulator.change_setting("+CNMI", "2,0,0,0,0")  # what a modem does that was not acknowledged in time
        until(lambda: simulator.setting("+CNMI").split(",")[1] == "2", "CNMI again")
