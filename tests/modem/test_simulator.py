"""The simulated modem, as a program sees it that opens its port: lines of calls by vendor, texts in and out, faults."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import serial

from modem.simulator import ARRIVALS, PROFILES, STEPS, Control, Simulator
from modem.simulator import pdu as coding

ANN, BOB = "+447400123456", "+447400123457"
DEADLINE = 20.0
SPEED = 50.0
LINE = re.compile(r"[\r\n]*([^\r\n]+)[\r\n]")
FINALS = ("OK", "ERROR", "+CME ERROR", "+CMS ERROR", "NO CARRIER")
# A SUBMIT of "Hi" to BOB that asks for a report, made by hand: SMSC, type, MR, address, PID, DCS, VP, length, data.
SUBMIT = "00" + "31000C91" + "444700214375" + "0000A7" + "02" + "C834"
LENGTH = len(SUBMIT) // 2 - 1


class Host:
    """The other end of the wire: plain pyserial, and lines taken off one by one."""

    def __init__(self, port: str) -> None:
        self._port = serial.Serial(port, 115200, timeout=0.05)
        self._data = ""

    def close(self) -> None:
        self._port.close()

    def write(self, data: str) -> None:
        self._port.write(data.encode("latin-1"))

    def octets(self, enough: Callable[[str], bool]) -> str:
        """Everything that comes until it is enough, and not taken as lines before."""
        over = time.monotonic() + DEADLINE
        while not enough(self._data):
            assert time.monotonic() < over, f"only {self._data!r} came"
            self._data += self._port.read(max(1, self._port.in_waiting)).decode("latin-1")
        taken, self._data = self._data, ""
        return taken

    def line(self) -> str:
        """The next line that is not empty."""
        found = LINE.match(self._data)
        while not found:
            self._data = self.octets(lambda data: LINE.match(data) is not None)
            found = LINE.match(self._data)
        self._data = self._data[found.end() :]
        return found[1]

    def until(self, *beginnings: str) -> list[str]:
        """The lines that come, up to and with the first that begins so."""
        lines = [self.line()]
        while not lines[-1].startswith(beginnings):
            lines.append(self.line())
        return lines

    def ask(self, command: str) -> list[str]:
        """The answer to a command, its echo taken off."""
        self.write(command + "\r")
        return [line for line in self.until(*FINALS) if line != command]

    def set_up(self, *commands: str) -> "Host":
        for command in (
            "ATE0",
            "AT+CMEE=1",
            "AT+CLIP=1",
            "AT+CRC=1",
            "AT+CCWA=1",
            "AT+CNMI=2,1,0,1,0",
            *commands,
        ):
            assert self.ask(command)[-1] == "OK", command
        return self

    def send(self, pdu: str = SUBMIT, length: int = LENGTH) -> None:
        self.write(f"AT+CMGS={length}\r")
        self.octets(lambda data: data.endswith("\r\n> "))
        self.write(pdu + "\x1a")

    def sends_into_nothing(self) -> bool:
        """Does the port vanish while a text is sent?"""
        try:
            self.send()
            self.octets(lambda data: False)
        except OSError:
            return True
        return False


@pytest.fixture
def modem() -> Iterator[Simulator]:
    with Simulator(speed=SPEED) as simulator:
        yield simulator


@pytest.fixture
def host(modem: Simulator) -> Iterator[Host]:
    host = Host(modem.port)
    yield host
    host.close()


def lines_of(modem: Simulator, host: Host) -> list[str]:
    """What has been printed up to now; vendors' noise taken out."""
    modem.print("+MARK")
    noise = (*modem.profile.noise, "^RSSI", "+ZUSIMR", "+MARK")
    return [line for line in host.until("+MARK") if not line.startswith(noise)]


# ---- what each vendor prints of a call

SWITCHES = {
    "sim800": ("AT+CLCC=1",),
    "sim7600": ("AT+CLCC=1",),
    "quectel": ('AT+QINDCFG="ccinfo",1,0',),
    "quectel-dsci": ("AT^DSCI=1",),
    "telit": ("AT#ECAM=1",),
    "ublox": ("AT+UCALLSTAT=1",),
    "cinterion": ("AT^SLCC=1",),
    "wavecom": ("AT+WIND=127",),
    "ericsson": ("AT*ECAM=1",),
    "infineon": ("AT+XCALLSTAT=1",),
    "hfp": ("AT+CMER=3,0,0,1",),
}
R = "+CRING: VOICE"
N = f'"{ANN}",145'
B = ANN.removeprefix("+")
C, CB, CS = f"+CLIP: {N},,,,0", f"+CLIP: {N}", f'+CLIP: {N},"",0,"",0'
# profile -> (given up after two RINGs, picked up at the modem after one and given up by the caller)
CALLS = {
    "generic": ([R, CS, R, CS, "NO CARRIER"], [R, CS, "NO CARRIER"]),
    "huawei": ([R, C, R, C, "^CEND:1,0,104,16"], [R, C, "^CONN:1,0", "^CEND:1,1,104,16"]),
    "huawei-gtm": (
        [R, C, R, C, "^CEND: 1,0, 67, 21", "NO CARRIER"],
        [R, C, "^CONN:1,0", "^CEND: 1,1, 67, 16", "NO CARRIER"],
    ),
    "sim800": (
        [f'+CLCC: 1,1,4,0,0,{N},""', R, CS, R, CS, f'+CLCC: 1,1,6,0,0,{N},""', "NO CARRIER"],
        [
            *(f'+CLCC: 1,1,4,0,0,{N},""', R, CS, f'+CLCC: 1,1,0,0,0,{N},""'),
            *(f'+CLCC: 1,1,6,0,0,{N},""', "NO CARRIER"),
        ],
    ),
    "sim7600": (
        [
            *(R, f"+CLCC: 1,1,4,0,0,{N}", C, R, C, "VOICE CALL: END", "NO CARRIER"),
            *("MISSED_CALL: hh:mm " + ANN[1:], f"+CLCC: 1,1,6,0,0,{N}"),
        ],
        [
            *(R, f"+CLCC: 1,1,4,0,0,{N}", C, "VOICE CALL: BEGIN", f"+CLCC: 1,1,0,0,0,{N}"),
            *("VOICE CALL: END: 000001", "NO CARRIER", f"+CLCC: 1,1,6,0,0,{N}"),
        ],
    ),
    "sim7600-missed": (
        [R, C, R, C, "MISSED_CALL: hh:mm " + ANN[1:]],
        [R, C, "VOICE CALL: BEGIN", "VOICE CALL: END: 000001"],
    ),
    "quectel": (
        [f'+QIND: "ccinfo",1,1,4,0,0,{N}', R, C, R, C, f'+QIND: "ccinfo",1,1,-1,0,0,{N}', "NO CARRIER"],
        [
            *(f'+QIND: "ccinfo",1,1,4,0,0,{N}', R, C, f'+QIND: "ccinfo",1,1,0,0,0,{N}'),
            *(f'+QIND: "ccinfo",1,1,-1,0,0,{N}', "NO CARRIER"),
        ],
    ),
    "quectel-dsci": (
        [R, f"^DSCI: 1,1,4,0,{B},145,0", C, R, C, f"^DSCI: 1,1,6,0,{B},145,0", "NO CARRIER"],
        [
            *(R, f"^DSCI: 1,1,4,0,{B},145,0", C, f"^DSCI: 1,1,3,0,{B},145,0"),
            *(f"^DSCI: 1,1,6,0,{B},145,0", "NO CARRIER"),
        ],
    ),
    "silent": ([R, CS, R, CS], [R, CS, "NO CARRIER"]),
    "silent-clcc": ([R, CS, R, CS], [R, CS, "NO CARRIER"]),
    "telit": (
        ["#ECAM: 0,6,1,,,", R, CS, R, CS, "#ECAM: 0,0,1,,,", "NO CARRIER"],
        ["#ECAM: 0,6,1,,,", R, CS, "#ECAM: 0,3,1,,,", "#ECAM: 0,0,1,,,", "NO CARRIER"],
    ),
    "ublox": (
        [R, "+UCALLSTAT: 1,4", CS, R, CS, "+UCALLSTAT: 1,6", "NO CARRIER"],
        [R, "+UCALLSTAT: 1,4", CS, "+UCALLSTAT: 1,7", "+UCALLSTAT: 1,0", "+UCALLSTAT: 1,6", "NO CARRIER"],
    ),
    "cinterion": (
        [f"^SLCC: 1,1,4,0,0,0,{N}", "^SLCC: ", R, C, R, C, "^SLCC: ", "NO CARRIER"],
        [
            *(f"^SLCC: 1,1,4,0,0,0,{N}", "^SLCC: ", R, C, f"^SLCC: 1,1,0,0,0,0,{N}", "^SLCC: "),
            *("^SLCC: ", "NO CARRIER"),
        ],
    ),
    "zte": ([R, C, R, C, "VOICE NO CARRIER : 16", "STOPRING"], [R, C, "VOICE CONNECT", "HANGUP: 1"]),
    "wavecom": (
        ["+WIND: 5,1", R, CB, R, CB, "+WIND: 6,1", "NO CARRIER"],
        ["+WIND: 5,1", R, CB, "+WIND: 6,1", "NO CARRIER"],
    ),
    "ericsson": (
        [R, "*ECAV: 1,6,1", CB + ',,,""', R, CB + ',,,""', "*ECAV: 1,0,1,08,016"],
        [R, "*ECAV: 1,6,1", CB + ',,,""', "*ECAV: 1,3,1", "*ECAV: 1,0,1,08,016"],
    ),
    "a9g": ([R, CB, R, CB, '+CIEV: "CALL",0'], [R, CB, '+CIEV: "CALL",1', "CONNECT", '+CIEV: "CALL",0']),
    "infineon": (
        ["+XCALLSTAT: 1,4", R, C, R, C, "+XCALLSTAT: 1,6"],
        ["+XCALLSTAT: 1,4", R, C, "+XCALLSTAT: 1,0", "+XCALLSTAT: 1,6"],
    ),
    "hfp": (
        ["+CIEV: 5,1", R, CB, R, CB, "+CIEV: 5,0"],
        ["+CIEV: 5,1", R, CB, "+CIEV: 4,1", "+CIEV: 5,0", "+CIEV: 4,0"],
    ),
}


def timeless(line: str) -> str:
    return "MISSED_CALL: hh:mm " + line.split()[-1] if line.startswith("MISSED_CALL") else line


@pytest.mark.parametrize("profile", PROFILES)
def test_every_vendor_prints_its_lines(profile: str) -> None:
    with Simulator(profile, speed=SPEED) as modem:
        host = Host(modem.port).set_up(*SWITCHES.get(profile, ()))
        given_up, answered = CALLS[profile]
        modem.call(ANN, rings=2, wait=True)
        assert [timeless(line) for line in lines_of(modem, host)] == given_up
        modem.call(ANN, rings=1, end="answered", wait=True)
        assert lines_of(modem, host) == answered
        modem.call(ANN, rings=2, end="silent", wait=True)
        assert lines_of(modem, host)[-1].startswith("+CLIP: ")
        modem.call(None, rings=1, wait=True)
        assert [line for line in lines_of(modem, host) if line.startswith("+CLIP")] == [
            modem.profile.clip_withheld
        ]
        modem.call(ANN, rings=1, kind="data", wait=True)
        assert lines_of(modem, host)[0] == "+CRING: REL ASYNC"
        host.close()


def test_nothing_vendors_print_shows_before_it_is_switched_on(modem: Simulator, host: Host) -> None:
    modem.call(ANN, rings=2, wait=True)
    assert lines_of(modem, host) == ["RING", "RING", "NO CARRIER"]


@pytest.mark.parametrize(
    ("clip", "lines"), [("once", [R, CS, R, R]), ("late", [R, R, CS, R, CS]), ("missing", [R, R, R])]
)
def test_clip_may_come_late_or_never(modem: Simulator, host: Host, clip: str, lines: list[str]) -> None:
    host.set_up()
    modem.call(ANN, rings=3, clip=clip, wait=True)
    assert lines_of(modem, host) == [*lines, "NO CARRIER"]


def test_types_of_number(modem: Simulator, host: Host) -> None:
    host.set_up()
    modem.call("07400123456", rings=1, wait=True)
    modem.call("07400123456", rings=1, ton=161, name="Ann", wait=True)
    clips = [line for line in lines_of(modem, host) if line.startswith("+CLIP")]
    assert clips == ['+CLIP: "07400123456",129,"",0,"",0', '+CLIP: "07400123456",161,"",0,"Ann",0']


@pytest.mark.parametrize(("end", "cause"), [("caller", 16), ("network", 19), ("elsewhere", 26)])
def test_causes(end: str, cause: int) -> None:
    with Simulator("huawei", speed=SPEED) as modem:
        host = Host(modem.port).set_up()
        modem.call(ANN, rings=1, end=end, wait=True)
        assert lines_of(modem, host)[-1] == f"^CEND:1,0,104,{cause}"
        assert host.ask("AT+CEER") == [f"+CEER: {cause}", "OK"]
        host.close()


def test_the_host_answers_and_hangs_up(modem: Simulator, host: Host) -> None:
    host.set_up()
    assert host.ask("ATA") == ["NO CARRIER"]
    modem.call(ANN, rings=100, talk=1000)
    host.until("+CLIP")
    assert f'+CLCC: 1,1,4,0,0,"{ANN}",145' in host.ask("AT+CLCC")
    assert host.ask("ATA")[-1] == "OK"
    assert host.ask("AT+CLCC") == [f'+CLCC: 1,1,0,0,0,"{ANN}",145', "OK"]
    assert host.ask("AT+CHUP") == ["OK"]
    assert host.ask("AT+CLCC") == ["OK"]


def test_the_host_rejects(modem: Simulator, host: Host) -> None:
    host.set_up()
    modem.call(ANN, rings=100)
    host.until("+CLIP")
    assert host.ask("ATH")[-1] == "OK"
    modem.wait_for(lambda entry: entry.text == "call 1 is over: rejected")
    host.ask('AT+CPBS="MC"')
    assert host.ask("AT+CPBR=1,50") == ["OK"]


def test_ath_leaves_voice_alone_on_qualcomm() -> None:
    with Simulator("sim7600", speed=SPEED) as modem:
        host = Host(modem.port).set_up()
        modem.call(ANN, rings=100, spacing=1000)
        host.until("+CLIP")
        assert host.ask("ATH") == ["OK"]
        assert len(host.ask("AT+CLCC")) == 2
        assert host.ask("AT+CVHU=0;H") == ["VOICE CALL: END", "OK"]
        host.close()


def test_a_second_call_waits_and_then_rings(modem: Simulator, host: Host) -> None:
    host.set_up()
    modem.call(ANN, rings=100, talk=1000)
    host.until("+CLIP")
    host.ask("ATA")
    lost = modem.call(BOB, rings=100)
    assert host.until("+CCWA") == [f'+CCWA: "{BOB}",145,1']
    assert f'+CLCC: 2,1,5,0,0,"{BOB}",145' in host.ask("AT+CLCC")
    modem.hangup(lost)
    assert host.ask("AT+CLCC") == [f'+CLCC: 1,1,0,0,0,"{ANN}",145', "OK"]
    modem.call(BOB, rings=100)
    host.until("+CCWA")
    assert host.ask("AT+CHUP")[-1] == "OK"
    assert host.until("+CLIP")[-1] == f'+CLIP: "{BOB}",145,"",0,"",0'


def test_an_outgoing_call(modem: Simulator, host: Host) -> None:
    host.set_up()
    assert host.ask(f"ATD{BOB};") == ["OK"]
    modem.wait_for(lambda entry: entry.text == "call 1 is over: answered")
    modem.outgoing(BOB, wait=True)
    assert lines_of(modem, host) == ["NO CARRIER", "NO CARRIER"]


def test_missed_calls_are_in_the_phone_book(modem: Simulator, host: Host) -> None:
    host.set_up()
    modem.call(ANN, rings=1, wait=True)
    modem.call(BOB, rings=1, wait=True)
    lines_of(modem, host)
    host.ask('AT+CPBS="MC"')
    assert host.ask("AT+CPBR=1,50") == [f'+CPBR: 1,"{BOB}",145,""', f'+CPBR: 2,"{ANN}",145,""', "OK"]


# ---- texts


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
    modem.text(ANN, body, alphabet=alphabet)
    modem.print("+MARK")
    host.until("+MARK")
    stored = [one.pdu for one in modem.texts.storages["SM"].values()]
    assert len(stored) == parts
    assert coding.join([coding.read_any(pdu)[2] for pdu in stored]) == body


def test_parts_come_in_any_order(modem: Simulator, host: Host) -> None:
    host.set_up()
    modem.text(ANN, "y" * 400, order=[3, 1, 1], reference=0x2A)
    host.until('+CMTI: "SM",3')
    headers = [one.pdu[54:66] for one in modem.texts.storages["SM"].values()]
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


# ---- the dialogue


def test_settings_are_remembered_and_forgotten_by_a_reset(modem: Simulator, host: Host) -> None:
    assert host.ask("ATE0V1+CMEE=1;+CLIP=1;+CREG=2") == ["OK"]
    assert host.ask("AT+CREG?;+CLIP?") == ['+CREG: 2,1,"00C3","0001A2B3"', "+CLIP: 1,1", "OK"]
    assert host.ask("AT+NONSENSE=1") == ["+CME ERROR: 100"]
    assert host.ask("AT+CNMI=9") == ["+CME ERROR: 50"]
    modem.reset()
    assert host.until("SMS Ready") == ["RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready"]
    host.write("AT+CLIP?\r")
    assert host.until("OK") == ["AT+CLIP?", "+CLIP: 0,1", "OK"]
    assert host.ask("AT+NONSENSE=1") == ["ERROR"]


def test_pin_sim_and_network() -> None:
    with Simulator(speed=SPEED, pin="4321") as modem:
        host = Host(modem.port)
        assert host.ask("AT+CMEE=1")
        assert host.ask("AT+CPIN?") == ["+CPIN: SIM PIN", "OK"]
        assert host.ask("AT+CIMI") == ["+CME ERROR: 11"]
        assert host.ask("AT+CMGS=1") == ["+CMS ERROR: 311"]
        assert host.ask("AT+CPIN=0000") == ["+CME ERROR: 16"]
        assert host.ask('AT+CPIN="4321"') == ["OK"]
        assert host.ask("AT+CREG?") == ["+CREG: 0,1", "OK"]
        modem.register(2)
        modem.text(ANN, "Hi")
        modem.call(ANN, rings=1, wait=True)
        host.send()
        assert host.until("+CMS")[-1] == "+CMS ERROR: 331"
        assert host.ask("AT+CPMS?")[0].startswith('+CPMS: "SM",0')
        modem.register(1)
        modem.wait_for(lambda entry: entry.text.startswith("call 1 is over: unreachable"))
        modem.sim_present = False
        assert host.ask("AT+CPIN?") == ["+CME ERROR: 10"]
        assert host.ask("AT+CREG?") == ["+CREG: 0,0", "OK"]
        host.close()


def test_the_sim_is_busy_after_boot() -> None:
    with Simulator(sim_busy=1000.0) as modem:
        host = Host(modem.port)
        host.ask("AT+CMEE=1")
        assert host.ask("AT+CPIN?") == ["+CME ERROR: 14"]
        assert host.ask("AT+CPMS?") == ["+CMS ERROR: 314"]
        host.close()


# ---- faults


@pytest.mark.parametrize("step", STEPS)
def test_steps_are_told_and_the_cable_may_be_pulled_at_each(step: str) -> None:
    steps: list[str] = []
    with Simulator(speed=SPEED, on_step=steps.append) as modem:
        host = Host(modem.port).set_up()
        modem.fault("unplug", match=step)
        assert host.sends_into_nothing()
        assert steps == list(STEPS[: STEPS.index(step) + 1])
        assert len(modem.submitted) == (step in ("taken", "sent"))
        host.close()
        modem.replug()
        again = Host(modem.port)
        assert again.ask("AT") == ["OK"]
        again.close()


@pytest.mark.parametrize("step", ARRIVALS)
def test_steps_of_a_text_that_comes_are_told_and_it_may_break_at_each(step: str) -> None:
    """Announced, it lies in storage; handed over and not acknowledged, it comes again: either way it is there once."""
    steps: list[str] = []
    written = {"announced": "+CMTI", "header": "+CMT", "handed": "0791"}
    with Simulator(speed=SPEED, on_step=steps.append) as modem:
        host = Host(modem.port).set_up(*(() if step == "announced" else ("AT+CSMS=1", "AT+CNMI=2,2")))
        modem.fault("reset", match=step)
        modem.text(ANN, "Hi")
        told = host.until("RDY")
        assert told[-2].startswith(written[step])
        assert steps == (["announced"] if step == "announced" else ["header", "handed"][: len(told) - 1])
        host.ask("ATE0")
        while len(host.ask("AT+CMGL=4")) == 1:
            pass
        assert (len(modem.texts.storages["SM"]), modem.texts.kept) == (1, 0)
        host.close()


def test_what_cannot_be_stored_waits_in_the_network_until_somebody_takes_it(
    modem: Simulator, host: Host
) -> None:
    host.set_up("AT+CSMS=1", "AT+CNMI=2,0")
    modem.direct_only = True
    modem.text(ANN, "Hi")
    modem.wait_for(lambda entry: entry.text.startswith("kept by the network"))
    assert (host.ask("AT+CMGL=4"), modem.texts.kept) == (["OK"], 1)
    host.ask("AT+CNMI=2,2")
    host.until("+CMT")
    assert modem.texts.kept == 1
    host.line()
    assert (host.ask("AT+CNMA"), modem.texts.kept) == (["OK"], 0)


def test_texts_wait_while_the_cable_is_pulled(modem: Simulator, host: Host) -> None:
    modem.unplug()
    modem.text(ANN, "Hi")
    modem.wait_for(lambda entry: entry.text.startswith("kept by the network"))
    modem.replug()
    again = Host(modem.port).set_up()
    modem.wait_for(lambda entry: entry.text.startswith("plugged in"))
    while len(again.ask("AT+CMGL=4")) == 1:
        pass
    again.close()


def test_armed_faults(modem: Simulator, host: Host) -> None:
    host.set_up()
    modem.fault("error", match="AT+CPMS", answer="+CME ERROR: 14")
    assert host.ask("AT+CPMS?") == ["+CME ERROR: 14"]
    assert host.ask("AT+CPMS?")[-1] == "OK"
    modem.fault("error", match="AT+CLCC", times=0)
    assert host.ask("AT+CLCC") == host.ask("AT+CLCC") == ["ERROR"]
    modem.heal()
    assert host.ask("AT+CLCC") == ["OK"]
    modem.fault("line", match="AT+CSQ", answer="RING")
    assert host.ask("AT+CSQ") == ["RING", "+CSQ: 17,0", "OK"]
    modem.fault("silence", match="AT", seconds=None)
    start = len(modem.log.entries)
    host.write("AT\rAT+CSQ\r")
    modem.wait_for(lambda entry: entry.text == "AT+CSQ", start=start)
    modem.unhang()
    assert modem.log.lines("modem", start) == []
    assert host.ask("AT") == ["OK"]
    with pytest.raises(ValueError, match="no fault"):
        modem.fault("fire")


def test_faults_of_sending(modem: Simulator, host: Host) -> None:
    host.set_up()
    modem.reports = "off"
    modem.fault("no_prompt")
    host.write(f"AT+CMGS={LENGTH}\r")
    assert host.ask("AT") == ["OK"]
    modem.fault("cms_error", code=42)
    host.send()
    assert host.until("+CMS") == ["+CMS ERROR: 42"]
    modem.fault("accepted")
    host.send()
    modem.wait_for(lambda entry: entry.text.startswith("submitted 1"))
    assert host.ask("AT") == ["OK"]
    modem.fault("late", seconds=0.05)
    host.send()
    assert host.until("+CMGS")[-1] == "+CMGS: 2"


def test_bytes_are_cut_and_lost(modem: Simulator, host: Host) -> None:
    host.set_up()
    modem.split = 1
    assert host.ask("AT+CGMI") == ["Generic", "OK"]
    modem.split, modem.lose_every = 0, 3
    modem.print("ABCDEF")
    modem.lose_every = 0
    assert "ABCDEF" not in lines_of(modem, host)


@pytest.mark.parametrize(
    ("frame", "octets"), [("doubled", "\r\n\r\nX\r\n\r\n"), ("glued", "X\r\n"), ("crcrlf", "\r\r\nX\r\r\n")]
)
def test_frames(modem: Simulator, host: Host, frame: str, octets: str) -> None:
    modem.frame = frame
    modem.print("X")
    assert host.octets(lambda data: data.endswith(octets[-3:])) == octets


def test_what_was_not_read_is_gone_when_the_port_is_closed(modem: Simulator, host: Host) -> None:
    assert host.ask("ATE0") == ["OK"]
    modem.print("unread")
    host.close()
    for _ in range(2):  # the modem's thread has looked at the port after it was closed
        modem.unhang()
    again = os.open(modem.port, os.O_RDWR | os.O_NOCTTY)  # pyserial would flush
    os.write(again, b"AT\r")
    select.select([again], [], [], DEADLINE)
    assert os.read(again, 100) == b"\r\nOK\r\n"
    os.close(again)


# ---- the control socket


class Client:
    """One connection to a control socket."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(DEADLINE)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("r")

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def next(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._lines.readline())
        return answer

    def order(self, do: str, **how: object) -> dict[str, Any]:
        self._socket.sendall(json.dumps({"do": do, **how}).encode() + b"\n")
        return self.next()


def test_the_control_socket_takes_the_verbs(modem: Simulator, host: Host, tmp_path: Path) -> None:
    control = Control(modem, tmp_path / "control")
    client = Client(tmp_path / "control")
    host.set_up()
    assert client.order("call", number=ANN, rings=1) == {"ok": True, "result": 1}
    assert host.until("NO CARRIER")[0] == R
    assert client.order("text", sender=ANN, body="Hi") == {"ok": True, "result": None}
    assert host.until("+CMTI") == ['+CMTI: "SM",1']
    assert client.order("set", registration=1)["error"].startswith("registration cannot be set")
    assert client.order("set", network_delay=0.0, reports="off")["ok"]
    assert client.order("dance")["error"].startswith("there is no verb 'dance'")
    assert "error" in client.order("call", number=ANN, end="never")
    assert "error" in client.order("call", number=ANN, wait=True)
    assert "error" in client.order("fault", kind="fire")
    assert client.order("fault", kind="cms_error", code=500)["ok"]
    host.send()
    assert host.until("+CMS") == ["+CMS ERROR: 500"]
    host.send()
    host.until("OK")
    assert [(text["number"], text["text"]) for text in client.order("sent")["result"]] == [(BOB, "Hi")]
    client.close()
    control.close()


def test_the_log_can_be_followed(modem: Simulator, host: Host, tmp_path: Path) -> None:
    control = Control(modem, tmp_path / "control")
    client = Client(tmp_path / "control")
    assert host.ask("ATE0") == ["OK"]
    told = client.order("log", follow=True)["result"]
    assert [(entry["who"], entry["text"]) for entry in told] == [("host", "ATE0"), ("modem", "OK")]
    host.ask("AT+CSQ")
    assert [client.next()["text"] for _ in range(3)] == ["AT+CSQ", "+CSQ: 17,0", "OK"]
    client.close()
    control.close()


def test_simulate_runs_until_it_is_told_to_stop(tmp_path: Path) -> None:
    link, control = tmp_path / "modem", tmp_path / "control"
    program = (
        "import pathlib, sys; from modem.simulator import simulate;"
        "simulate(pathlib.Path(sys.argv[1]), 'huawei', pathlib.Path(sys.argv[2]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, link, control], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as said:
        assert said.readline() == f"A simulated huawei modem is at {link}\n"
        client, host = Client(control), Host(str(link))
        assert host.ask("AT+CGMI") == ["huawei", "OK"]
        assert client.order("unplug")["ok"]
        assert not link.is_symlink()
        assert client.order("replug")["ok"]
        host.close()
        host = Host(str(link))
        assert host.ask("AT") == ["OK"]
        host.close()
        client.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE) == 0
    assert not link.is_symlink()
