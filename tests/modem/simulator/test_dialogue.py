"""The simulated modem's settings, PIN and registration, as a program sees them that opens the port."""

from modem.simulator import Simulator
from tests.support.host import ANN, SPEED, Host


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


def test_a_long_answer_comes_whole_to_a_host_that_is_slow_to_read() -> None:
    """More than a pseudo-terminal holds: the rest follows as the host reads, without a pause for each line."""
    pdus = [f"00{place:04}" + "AB" * 150 for place in range(400)]
    length = len(pdus[0]) // 2 - 1
    with Simulator(speed=SPEED, slots=len(pdus)) as modem:
        host = Host(modem.port).set_up()
        for pdu in pdus:
            modem.store(pdu)
        start = len(modem.log.entries)
        host.write("AT+CMGL=4\r")
        modem.wait_for(lambda entry: entry.text == "OK", start=start)
        listed = (f"\r\n+CMGL: {i},0,,{length}\r\n{pdu}\r\n" for i, pdu in enumerate(pdus, 1))
        told = host.octets(lambda data: data.endswith("\nOK\r\n"))
        assert told.removeprefix("\n") == "".join(listed) + "\r\nOK\r\n"  # that was left of the answer before
        host.close()


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
        modem.set(sim_present=False)
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
