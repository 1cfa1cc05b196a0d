"""The modem thread by itself: its start, its end, and what is asked of it around them."""

import threading
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from modem import contract
from modem.contract import (
    DeleteStored,
    Event,
    LineDown,
    LineIdle,
    LineUp,
    NotStarted,
    SendText,
    Slot,
    Trouble,
    TroubleCode,
)
from modem.line.driver import Driver, Line
from modem.simulator import Simulator
from tests.support.box import DEADLINE

TEXT = SendText(1, "+447400123456", "Hello", 1, 60)


def driver_on(port: str) -> tuple[Driver, SimpleQueue[Event | BaseException]]:
    said: SimpleQueue[Event | BaseException] = SimpleQueue()
    driver = Driver(Line("main", port), said.put, said.put)
    driver.start()
    return driver, said


E = TypeVar("E", bound=Event)


def heard(said: SimpleQueue[Event | BaseException], kind: type[E]) -> E:
    while not isinstance(event := said.get(timeout=DEADLINE), kind):
        assert not isinstance(event, BaseException), event
    return event


def test_what_is_asked_after_the_end_is_not_done_and_does_no_harm() -> None:
    with Simulator(speed=20) as simulator:
        driver, said = driver_on(simulator.port)
        heard(said, LineUp)
        driver.close()
        driver.request(DeleteStored((Slot("SM", 1),)))
        assert "modem main" not in [thread.name for thread in threading.enumerate()]
        assert not any(entry.text.startswith("AT+CMGD") for entry in simulator.log.entries)


def test_a_text_without_a_modem_is_not_started(tmp_path: Path) -> None:
    driver, said = driver_on(str(tmp_path / "none"))
    heard(said, LineDown)
    driver.request(TEXT)
    refused = heard(said, NotStarted)
    assert isinstance(refused, NotStarted)
    assert refused.trouble == Trouble.of(TroubleCode.PORT_MISSING, path=str(tmp_path / "none"))
    driver.close()


def test_a_modem_that_refuses_a_bare_at_is_a_modem() -> None:
    with Simulator(speed=20) as simulator:
        simulator.fault("error", match="AT\r", times=0)
        driver, said = driver_on(simulator.port)
        assert heard(said, LineUp).imei == simulator.conditions.imei
        driver.close()


def test_one_that_refuses_everything_is_none() -> None:
    with Simulator(speed=20) as simulator:
        simulator.fault("error", match="AT", times=0)
        driver, said = driver_on(simulator.port)
        assert heard(said, LineDown).trouble == Trouble(TroubleCode.AT_FAILS)
        driver.close()


def test_a_text_that_the_rules_do_not_admit_fails_and_the_line_goes_on() -> None:
    with Simulator(speed=20) as simulator:
        driver, said = driver_on(simulator.port)
        while not (isinstance(event := heard(said, LineIdle), LineIdle) and event.idle):
            pass
        driver.request(SendText(2, "not a number", "Hello", 1, 60))
        assert heard(said, contract.TextFailed)
        driver.request(TEXT)
        assert heard(said, contract.TextSent)
        driver.close()


def test_a_failure_that_nobody_expected_is_handed_on_and_the_end_still_works() -> None:
    with Simulator(speed=20) as simulator:
        driver, said = driver_on(simulator.port)
        while not (isinstance(event := heard(said, LineIdle), LineIdle) and event.idle):
            pass
        driver.request(SendText(3, "+447400123456", None, 1, 60))  # type: ignore[arg-type]  # on purpose: the thread must tell
        while not isinstance(said.get(timeout=DEADLINE), TypeError | AttributeError):
            pass
        driver.close()


def test_a_prompt_and_a_refusal_in_one_breath_leave_nothing_in_the_command_line() -> None:
    with Simulator(speed=20) as simulator:
        driver, said = driver_on(simulator.port)
        while not (isinstance(event := heard(said, LineIdle), LineIdle) and event.idle):
            pass
        simulator.fault("error", match="AT+CMGS", answer="> \r\n+CMS ERROR: 500")
        driver.request(TEXT)
        assert heard(said, contract.TextFailed)
        driver.request(TEXT)
        assert heard(said, contract.TextSent)
        driver.close()
        assert [text.text for text in simulator.sent] == ["Hello"]


def test_noise_in_an_announcement_is_no_command() -> None:
    with Simulator(speed=20) as simulator:
        driver, said = driver_on(simulator.port)
        heard(said, LineUp)
        simulator.print('+CMTI: SM";+CFUN=0;D123;"x,3')
        simulator.print('+CMTI: "S\xe9M",3')
        simulator.text("+447400123456", "still here")
        heard(said, contract.TextReceived)
        driver.close()
        assert not any("CFUN" in entry.text for entry in simulator.log.entries if entry.who == "host")
