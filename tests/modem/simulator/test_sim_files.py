"""The files of a simulated SIM as programs read them, its lock, and what values settings may have."""

import pytest

from modem.simulator import PROFILES, Simulator
from tests.support.host import ANN, SPEED, Host

CENTRE = "0791448720003023" + "FF" * 4


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("176,12258,0,0,10", '144,0,"984411008621436587F9"'),
        ("176,28423,0,0,9", '144,0,"082943511032547698"'),
        ("176,28486,0,0,17", '144,0,"00' + b"Testnet".hex().upper() + "FF" * 9 + '"'),
        ("176,28589,0,0,4", '144,0,"00000002"'),
        ("176,28589,0,3,1", '144,0,"02"'),
        ("176,28589,0,0,0", '144,0,"00000002"'),
        ("176,28599,0,0,15", '144,0,"11F2FF99F9FF' + "FF" * 9 + '"'),
        ("178,28480,1,4,28", '144,0,"' + "FF" * 14 + "07914447002143" + "65FFFFFFFFFFFF" + '"'),
        ("178,28482,1,4,42", '144,0,"' + "FF" * 14 + "FD" + "FF" * 12 + CENTRE + "FFFFFF" + '"'),
        ("192,28589,0,0,15", '144,0,"000000046FAD04000FFFFF01020000"'),
        ("192,28480,0,0,15", '144,0,"0000001C6F4004001FFFFF0102011C"'),
        ("176,28478,0,0,0", "106,130"),
        ("176,28480,0,0,28", "105,129"),
        ("178,28589,1,4,4", "105,129"),
        ("178,28480,2,4,28", "106,131"),
        ("178,28480,1,4,20", "103,0"),
        ("176,28589,0,0,5", "103,0"),
        ("214,28589,0,0,4", "109,0"),
    ],
)
def test_files_are_read(modem: Simulator, host: Host, asked: str, told: str) -> None:
    host.set_up()
    modem.set(own_number=ANN)
    assert host.ask(f"AT+CRSM={asked}") == [f"+CRSM: {told}", "OK"]


def test_without_a_number_of_its_own_the_record_is_empty(modem: Simulator, host: Host) -> None:
    host.set_up()
    assert host.ask("AT+CRSM=178,28480,1,4,28") == ['+CRSM: 144,0,"' + "FF" * 28 + '"', "OK"]
    modem.set(own_number="07400", imsi="23415012345678")
    assert "0481" + "7004F0" in host.ask("AT+CRSM=178,28480,1,4,28")[0]
    assert host.ask("AT+CRSM=176,28423,0,0,9") == ['+CRSM: 144,0,"0821435110325476F8"', "OK"]


def test_before_the_pin_only_some_are_open() -> None:
    with Simulator(speed=SPEED, pin="4321") as modem:
        host = Host(modem.port)
        host.ask("ATE0+CMEE=1")
        assert host.ask("AT+CRSM=176,12258,0,0,10")[0].startswith("+CRSM: 144,0,")
        assert host.ask("AT+CRSM=176,28423,0,0,9") == ["+CRSM: 105,130", "OK"]
        assert host.ask('AT+CLCK="SC",2') == ["+CLCK: 1", "OK"]
        modem.set(sim_present=False)
        assert host.ask("AT+CRSM=176,12258,0,0,10") == ["+CME ERROR: 10"]
        assert host.ask('AT+CLCK="SC",2') == ["+CME ERROR: 10"]
        host.close()


def test_the_lock_is_told_and_stays(modem: Simulator, host: Host) -> None:
    host.set_up()
    assert host.ask('AT+CLCK="SC",2') == ["+CLCK: 0", "OK"]
    assert host.ask('AT+CLCK="SC",1,"4321"') == ["+CME ERROR: 3"]


# What ModemManager, gnokii and gammu ask, with what begins the answer; "" where it is OK alone.
TESTS = {
    "+CGMI": "", "+CGMM": "", "+CGMR": "", "+CGSN": "", "+CIMI": "", "+CNUM": "", "+CPIN": "", "+CCLK": "", "+CMGS": "",
    "+CMGR": "", "+CSCA": "", "+CEER": "", "+CRSM": "", "+CHUP": "", "+CMGF": "(0", "+CNMI": "(0-3),", "+CSCS": '("GSM",',
    "+CPMS": '("SM",', "+CREG": "(0-2)", "+CGREG": "(0-2)", "+CEREG": "(0-2)", "+CUSD": "(0-2)", "+CFUN": "(0,1,4)",
    "+CLCK": '("SC")', "+CIND": '("battchg",', "+CMER": "(0-3),", "+CMGL": "(0-4)", "+CMGD": "(),(0-4)", "+CPBS": "(",
    "+CPBR": "(", "+CLIP": "(0,1)", "+CRC": "(0,1)", "+CCWA": "(0,1)", "+CHLD": "(0,1,2)", "+COPS": "(2,", "+CSQ": "(0-31,99)",
    "+CBC": "(0-3)", "+CGATT": "(0,1)", "+CPAS": "(0,3,4)", "+IFC": "(0-2)", "+WS46": "(12,22,25)", "+CGEREP": "(0-2)",
    "+CSMS": "(0,1)", "+CMEE": "(0-2)", "+CTZU": "(0,1)", "+CGDCONT": '(1-16),"IP"',
}  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES)
def test_what_values_may_be_is_told(profile: str) -> None:
    with Simulator(profile, speed=SPEED) as modem:
        host = Host(modem.port).set_up()
        told = {name: host.ask(f"AT{name}=?") for name in TESTS}
        calls = host.ask("AT+CLCC=?")
        host.close()
    for name, begin in TESTS.items():
        assert (told[name] == ["OK"]) if not begin else told[name][0].startswith(f"{name}: {begin}"), name
    assert (calls[-1] == "OK") == modem.profile.lists_calls
    assert (calls[0] == "+CLCC: (0-1)") == ("+CLCC" in modem.profile.own)
