"""A generic modem and a host on its port."""

from collections.abc import Iterator

import pytest

from modem.simulator import Simulator
from tests.support.host import SPEED, Host


@pytest.fixture
def modem() -> Iterator[Simulator]:
    with Simulator(speed=SPEED) as simulator:
        yield simulator


@pytest.fixture
def host(modem: Simulator) -> Iterator[Host]:
    host = Host(modem.port)
    yield host
    host.close()
