"""The codes by which a simulated network is asked for a balance."""

import pytest

from modem.simulator import Simulator
from tests.support.host import SPEED, Host

BALANCE = "Your balance is £12.34"


@pytest.mark.parametrize(
    ("charset", "asked", "answered"),
    [
        ("GSM", "*100#", BALANCE.replace("£", "\x01")),
        ("IRA", "*100#", BALANCE.replace("£", "?")),
        ("UCS2", "002A0031003000300023", BALANCE.encode("utf-16-be").hex().upper()),
        ("HEX", "2A31303023", BALANCE.encode().hex().upper().replace("C2A3", "01")),
    ],
)
def test_the_balance_is_told_in_the_hosts_character_set(
    modem: Simulator, host: Host, charset: str, asked: str, answered: str
) -> None:
    assert host.ask(f'AT+CSCS="{charset}"') == ["OK"] or host.ask("ATE0")
    assert host.ask(f'AT+CUSD=1,"{asked}",15')[-1] == "OK"
    assert host.until("+CUSD")[-1] == f'+CUSD: 0,"{answered}",15'


def test_codes_and_answers_are_a_condition(modem: Simulator, host: Host) -> None:
    host.set_up("AT+CUSD=1")
    modem.set(ussd={"*111#": "12,34 ₴"})
    assert host.ask('AT+CUSD=1,"*111#"') == ["OK"]
    assert host.until("+CUSD") == ['+CUSD: 0,"00310032002C0033003400' + '2020B4",72']
    assert host.ask('AT+CUSD=1,"*100#",15') == ["OK"]
    assert host.until("+CUSD") == ["+CUSD: 4"]


def test_what_is_asked_while_nothing_is_to_be_told_is_not_told(modem: Simulator, host: Host) -> None:
    host.set_up()
    modem.set(network_delay=0.0)
    assert host.ask("AT+CUSD?") == ["+CUSD: 0", "OK"]
    assert host.ask('AT+CUSD=0,"*100#",15') == ["OK"]
    assert host.ask("AT") == ["OK"]
    assert host.ask('AT+CUSD=1,"*100#",15') == ["OK"]
    assert host.until("+CUSD")[0].startswith("+CUSD: 0,")
    assert host.ask("AT+CUSD=2") == ["OK"]
    assert host.ask("AT+CUSD?") == ["+CUSD: 1", "OK"]


def test_what_cannot_be_asked_is_refused() -> None:
    with Simulator(speed=SPEED, pin="4321") as modem:
        host = Host(modem.port).set_up()
        assert host.ask('AT+CUSD=1,"*100#",15') == ["+CME ERROR: 11"]
        host.ask("AT+CPIN=4321")
        assert host.ask("AT+CUSD=3") == ["+CME ERROR: 50"]
        assert host.ask('AT+CSCS="UCS2";+CUSD=1,"*100#",15') == ["+CME ERROR: 50"]
        modem.register(2)
        assert host.ask('AT+CUSD=1,"002A",15') == ["+CME ERROR: 30"]
        host.close()


def test_an_answer_does_not_outlive_a_restart(modem: Simulator, host: Host) -> None:
    host.set_up()
    modem.set(network_delay=0.0, banner=False)
    modem.fault("reset", match="AT+CUSD", when="after")
    host.write('AT+CUSD=1,"*100#",15\r')
    modem.wait_for(lambda entry: entry.text == "booted")
    assert host.ask("ATE0") == ["OK"]
    host.ask('AT+CUSD=1,"*111#",15')
    assert host.until("+CUSD") == ["+CUSD: 4"]
