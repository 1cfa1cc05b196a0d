"""What goes wrong on purpose: breaks at each step, answers that are withheld or wrong, octets that are cut and lost."""

import os
import select

import pytest

from modem.simulator import ARRIVALS, STEPS, Simulator
from tests.support.box import DEADLINE
from tests.support.host import ANN, LENGTH, SPEED, Host, lines_of


def listed_by(host: Host) -> None:
    """Waits until the modem lists a text, whatever else it says meanwhile."""
    while not any(line.startswith("+CMGL") for line in host.ask("AT+CMGL=4")):
        pass


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
        listed_by(host)
        assert (len(modem.stored("SM")), modem.kept) == (1, 0)
        host.close()


def test_what_cannot_be_stored_waits_in_the_network_until_somebody_takes_it(
    modem: Simulator, host: Host
) -> None:
    host.set_up("AT+CSMS=1", "AT+CNMI=2,0")
    modem.set(direct_only=True)
    modem.text(ANN, "Hi")
    modem.wait_for(lambda entry: entry.text.startswith("kept by the network"))
    assert (host.ask("AT+CMGL=4"), modem.kept) == (["OK"], 1)
    host.ask("AT+CNMI=2,2")
    host.until("+CMT")
    assert modem.kept == 1
    host.line()
    assert (host.ask("AT+CNMA"), modem.kept) == (["OK"], 0)


def test_texts_wait_while_the_cable_is_pulled(modem: Simulator, host: Host) -> None:
    modem.unplug()
    modem.text(ANN, "Hi")
    modem.wait_for(lambda entry: entry.text.startswith("kept by the network"))
    modem.replug()
    again = Host(modem.port).set_up()
    modem.wait_for(lambda entry: entry.text.startswith("plugged in"))
    listed_by(again)
    again.close()


def test_what_is_said_while_the_cable_is_pulled_is_lost_and_no_more(modem: Simulator, host: Host) -> None:
    modem.unplug()
    modem.print("+LOST")
    modem.replug()
    again = Host(modem.port)
    assert again.ask("AT") == ["OK"]
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
    modem.set(reports="off")
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


def test_a_whole_line_is_matched_by_its_end(modem: Simulator, host: Host) -> None:
    modem.fault("error", match="AT\r", times=0)
    assert [host.ask(command)[-1] for command in ("AT", "ATE0", "at", "AT+CGMI")] == [
        "ERROR",
        "OK",
        "ERROR",
        "OK",
    ]


def test_bytes_are_cut_and_lost(modem: Simulator, host: Host) -> None:
    host.set_up()
    modem.set(split=1)
    assert host.ask("AT+CGMI") == ["Generic", "OK"]
    modem.set(split=0, lose_every=3)
    modem.print("ABCDEF")
    modem.set(lose_every=0)
    assert "ABCDEF" not in lines_of(modem, host)


@pytest.mark.parametrize(
    ("frame", "octets"), [("doubled", "\r\n\r\nX\r\n\r\n"), ("glued", "X\r\n"), ("crcrlf", "\r\r\nX\r\r\n")]
)
def test_frames(modem: Simulator, host: Host, frame: str, octets: str) -> None:
    modem.set(frame=frame)
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
