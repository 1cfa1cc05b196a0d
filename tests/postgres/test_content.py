"""What PostgreSQL refuses for its content, and SQLite takes: nothing behind it waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from modem.simulator import Simulator
from tests.support.box import ANN, BOB, Box, a_box, until

pytestmark = pytest.mark.usefixtures("on_postgresql")

# "Hi" and two NULs (UCS2), from +447400100109.
HI_AND_NULS = "00040C91444700011090000862116211430000080048006900000000"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Simulator(speed=20.0, reports="off") as simulator, a_box(tmp_path, simulator) as box:
        yield box


def test_a_text_with_nuls_is_stored_and_the_box_goes_on(box: Box) -> None:
    """`svc-nul-on-postgresql` of the cases from the field."""
    box.simulator.deliver_pdu(HI_AND_NULS)
    until(box.messages, "the text")
    assert [(text.address, text.body) for text in box.messages()] == [("+447400100109", "Hi")]
    until(lambda: not box.simulator.stored(), "the SIM's being emptied")
    box.simulator.call(ANN, rings=2)
    assert (box.settled()[0].address, box.settled()[0].textback) == (ANN, "sent")
    box.simulator.text(BOB, "Hello")
    until(lambda: len(box.messages()) == 3, "the next text")
    assert box.service.loop.status.database is None
