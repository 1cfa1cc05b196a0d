"""Simulated texts in and out, as a program sees them that opens the port."""

from datetime import UTC, datetime

import pytest

from modem.simulator import Simulator
from modem.simulator import pdu as coding
from tests.support.host import ANN, BOB, LENGTH, SPEED, SUBMIT, Host


def test_a_text_is_announced_listed_and_deleted(modem: Simulator, host: Host) -> None:
    host.set_up()
    modem.text(ANN, "Hi", at="2026-07-01T12:00:00+02:00")
    assert host.until("+CMTI") == ['+CMTI: "SM",1']
    pdu = "0791448720003023" + "040C914447002143650000" + "62701021000080" + "02C834"
    assert host.ask("AT+CMGL=4") == [f"+CMGL: 1,0,,{len(pdu) // 2 - 8}", pdu, "OK"]
    assert host.ask("AT+CMGR=1")[0].startswith("+CMGR: 1,,")
    assert host.ask("AT+CPMS?") == ['+CPMS: "SM",1,30,"SM",1,30,"SM",1,30', "OK"]
    assert host.ask("AT+CMGD=1") == ["OK"]
    assert host.ask("AT+CMGD=1") == ["+CMS ERROR: 321"]
    assert host.ask("AT+CMGL=4") == ["OK"]


def test_texts_may_come_directly(modem: Simulator, host: Host) -> None:
    host.set_up("AT+CNMI=2,2", "AT+CSMS=1")
    modem.text("Parcels", "Grüße", dcs=0x10, pid=0x39)
    header, pdu = host.until("+CMT")[-1], host.line()
    assert header == f"+CMT: ,{coding.tpdu_length(pdu)}"
    assert pdu[16:20] == "040D"
    assert "3910" in pdu
    assert coding.read_any(pdu)[::2] == ("Parcels", "Grüße")
    assert host.ask("AT+CNMA") == ["OK"]
    assert host.ask("AT+CNMA") == ["+CMS ERROR: 340"]


@pytest.mark.parametrize(
    ("alphabet", "body", "parts"),
    [
        ("auto", "x" * 160, 1),
        ("auto", "x" * 161, 2),
        ("auto", "€" * 80, 1),
        ("auto", "x" * 152 + "€" * 10, 2),
        ("ucs2", "x" * 70, 1),
        ("auto", "ж" * 71, 2),
        ("auto", "ж" * 66 + "😀" * 10, 2),
        ("8bit", "x" * 140, 1),
        ("8bit", "é" * 141, 2),
    ],
)
def test_long_texts_come_in_parts(modem: Simulator, host: Host, alphabet: str, body: str, parts: int) -> None:
    modem.set(part_pause=0.0)
    modem.text(ANN, body, alphabet=alphabet)
    modem.print("+MARK")
    host.until("+MARK")
    stored = [one.pdu for one in modem.stored("SM")]
    assert len(stored) == parts
    assert coding.join([coding.read_any(pdu)[2] for pdu in stored]) == body


def test_parts_come_one_after_the_other(modem: Simulator, host: Host) -> None:
    host.set_up()
    modem.set(part_pause=SPEED * 3600)
    modem.text(ANN, "y" * 161)
    assert host.until("+CMTI") == ['+CMTI: "SM",1']
    assert (len(modem.stored("SM")), modem.kept) == (1, 1)


def test_parts_come_in_any_order(modem: Simulator, host: Host) -> None:
    host.set_up()
    modem.text(ANN, "y" * 400, order=[3, 1, 1], reference=0x2A)
    host.until('+CMTI: "SM",3')
    headers = [one.pdu[54:66] for one in modem.stored("SM")]
    assert headers == ["0500032A0303", "0500032A0301", "0500032A0301"]
    with pytest.raises(ValueError, match="1 parts"):
        modem.text(ANN, "short", order=[2])


def test_what_finds_no_room_is_kept_by_the_network() -> None:
    with Simulator("sim7600", speed=SPEED, slots=2) as modem:
        host = Host(modem.port).set_up()
        for body in ("one", "two", "three"):
            modem.text(ANN, body)
        assert host.until("+SMS FULL") == ['+CMTI: "SM",1', '+CMTI: "SM",2', "+SMS FULL"]
        assert host.ask("AT+CMGD=1") == ["OK"]
        assert host.until("+CMTI") == ['+CMTI: "SM",1']
        host.close()


def test_a_text_is_sent_and_reported(modem: Simulator, host: Host) -> None:
    host.set_up()
    host.send()
    assert host.until("OK") == ["+CMGS: 1", "OK"]
    (sent,) = modem.sent
    assert (sent.number, sent.text, sent.parts[0].mr) == (BOB, "Hi", 1)
    assert host.line() == "+CDS: 25"
    report = host.line()
    assert report.startswith("0006010C91444700214375")
    assert report.endswith("00")
    modem.report(1, status=0x46)
    assert host.line() == "+CDS: 25"
    assert host.line().endswith("46")


def test_what_is_no_pdu_of_that_length_is_refused(modem: Simulator, host: Host) -> None:
    host.set_up()
    host.send(length=LENGTH + 1)
    assert host.until("+CMS") == ["+CMS ERROR: 304"]
    host.send("00", 0)
    assert host.until("+CMS") == ["+CMS ERROR: 304"]
    host.send("zz", 1)
    assert host.until("+CMS") == ["+CMS ERROR: 304"]
    host.write(f"AT+CMGS={LENGTH}\r")
    host.octets(lambda data: data.endswith("> "))
    host.write(SUBMIT + "\x1b")
    assert host.until("OK") == ["OK"]
    assert modem.sent == []


def test_text_mode(modem: Simulator, host: Host) -> None:
    host.set_up("AT+CMGF=1")
    modem.text(ANN, "Hi there", at=datetime(2026, 7, 1, 12, tzinfo=UTC))
    host.until("+CMTI")
    assert host.ask('AT+CMGL="ALL"') == [
        f'+CMGL: 1,"REC UNREAD","{ANN}",,"26/07/01,12:00:00+00"',
        "Hi there",
        "OK",
    ]
    host.write(f'AT+CMGS="{BOB}"\r')
    host.octets(lambda data: data.endswith("> "))
    host.write("Back at 3 pm\x1a")
    assert host.until("OK") == ["+CMGS: 1", "OK"]
    assert [(text.number, text.text) for text in modem.sent] == [(BOB, "Back at 3 pm")]
