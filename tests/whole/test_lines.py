"""Several lines in one box: who is written to sees the number that they called or wrote to last."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from bridge.cli import main
from bridge.contract.answers import Done
from bridge.contract.requests import SendAgain, WriteText
from modem.simulator import Simulator
from tests.support.box import ANN, BOB, CEM, MESSAGE, Box, a_box, until

OWNER = "+447400999999"


@pytest.fixture
def first() -> Iterator[Simulator]:
    with Simulator(speed=20, reports="off") as simulator:
        yield simulator


@pytest.fixture
def second() -> Iterator[Simulator]:
    with Simulator(speed=20, reports="off") as simulator:
        simulator.set(imei="490154203237526", iccid="8944110068123456797", imsi="234150123456797")
        yield simulator


@pytest.fixture
def box(tmp_path: Path, first: Simulator, second: Simulator) -> Iterator[Box]:
    extra = f"[modem two]\nport = {second.port}\n[notify]\nsms_to = {OWNER}\nquiet =\n"
    with a_box(tmp_path, first, extra=extra) as box:
        yield box


def texts(simulator: Simulator, number: str) -> list[str]:
    return [sent.text for sent in simulator.sent if sent.number == number]


def goes_out(box: Box, simulator: Simulator, number: str, body: str) -> None:
    """This text goes out by this modem and by no other."""

    def over() -> bool:
        return not any(message.status in ("queued", "sending") for message in box.messages())

    until(over, "the end of sending")
    assert body in texts(simulator, number)


def test_a_reply_goes_out_by_the_line_that_they_called_last(
    box: Box, first: Simulator, second: Simulator
) -> None:
    second.call(ANN, rings=1)
    assert box.settled()[0].textback == "sent"
    assert isinstance(box.service.bridge.request(WriteText(ANN, "It is ready.", "mia")), Done)
    goes_out(box, second, ANN, "It is ready.")
    first.call(ANN, rings=1)
    box.settled(2)
    box.service.bridge.request(WriteText(ANN, "It still is.", "mia"))
    goes_out(box, first, ANN, "It still is.")
    assert texts(second, ANN) == [MESSAGE, "It is ready."]


def test_a_reply_goes_out_by_the_line_that_they_wrote_to_though_another_is_away(
    box: Box, first: Simulator, second: Simulator
) -> None:
    second.text(BOB, "Is it ready?")
    until(lambda: [m for m in box.messages() if m.address == BOB], "the text")
    first.unplug()
    until(lambda: not box.service.loop.status.lines[0].up, "the loss")
    box.service.bridge.request(WriteText(BOB, "Yes", "mia"))
    until(lambda: texts(second, BOB) == ["Yes"], "the reply")


def test_a_text_from_the_terminal_and_one_that_is_sent_again_go_by_it_too(
    box: Box, first: Simulator, second: Simulator, tmp_path: Path
) -> None:
    second.text(CEM, "Hello")
    until(lambda: [m for m in box.messages() if m.address == CEM], "the text")
    told = CliRunner().invoke(main, ["send", "-c", str(tmp_path / "config.ini"), CEM, "It\u2019s ready"])
    assert told.exit_code == 0, told.output
    until(lambda: texts(second, CEM) == ["It's ready"], "the text from the terminal")
    second.fault("cms_error", code=81)
    box.service.bridge.request(WriteText(CEM, "Come by", "mia"))
    failed = until(lambda: next((m for m in box.messages() if m.status == "failed"), None), "the refusal")
    box.service.bridge.request(SendAgain(failed.id), by="mia")
    goes_out(box, second, CEM, "Come by")
    assert first.sent == [] or not texts(first, CEM)


def test_the_owners_answer_goes_by_the_customers_line(box: Box, first: Simulator, second: Simulator) -> None:
    second.text(ANN, "Do you have rye bread?")
    until(lambda: texts(first, OWNER) + texts(second, OWNER), "the alert")
    first.text(OWNER, "Yes, \u201cwe\u201d do")
    until(lambda: texts(second, ANN) == ['Yes, "we" do'], "the owner's answer")
    assert texts(first, ANN) == []


def test_who_never_was_in_touch_is_written_to_by_the_first_line(
    box: Box, first: Simulator, second: Simulator
) -> None:
    box.service.bridge.request(WriteText(CEM, "Your bike is ready.", "mia"))
    until(lambda: texts(first, CEM) == ["Your bike is ready."], "the text")
    assert texts(second, CEM) == []
