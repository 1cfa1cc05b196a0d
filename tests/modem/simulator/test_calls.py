"""What a simulated call looks like to a program that opens the port: the lines of each vendor, and the host's commands."""

import os

import pytest

from modem.simulator import PROFILES, Simulator
from tests.support.host import ANN, BOB, SPEED, Host, lines_of

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


def test_ring_and_clip_come_in_one_write(
    modem: Simulator, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = os.write, []

    def noted(descriptor: int, data: bytes) -> int:
        written.append(bytes(data))
        return write(descriptor, data)

    host.set_up()
    modem.set(clip_after=SPEED * 3600)
    modem.call(ANN, rings=1, wait=True)
    assert lines_of(modem, host) == [R, "NO CARRIER"]
    modem.set(clip_after=0.0)
    monkeypatch.setattr(os, "write", noted)
    modem.call(ANN, rings=1, wait=True)
    assert lines_of(modem, host) == [R, CS, "NO CARRIER"]
    assert f"\r\n{R}\r\n\r\n{CS}\r\n".encode() in written


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
