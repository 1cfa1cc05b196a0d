"""Some seconds of each campaign of `make torture`: nothing is lost, doubled or stuck."""

from tests.support.needs import needs
from tests.support.postgres import needs_postgresql
from tests.torture import faults, flood, images, kills, server
from tests.torture.verdict import Verdict

# A run is done again by its seed; nothing here is timed but how long it goes on (seconds).
SEED, SECONDS = 12, 8.0


def check(verdict: Verdict) -> None:
    print(verdict.figures)
    assert not verdict.bad, str(verdict)
    assert verdict.n


def test_kills() -> None:
    check(kills.run(SEED, SECONDS))


def test_faults_of_the_modem() -> None:
    check(faults.run(SEED, SECONDS))


@needs("strace")
def test_disk_images_after_a_power_cut() -> None:
    check(images.run(SEED, 1))


def test_a_flood() -> None:
    check(flood.run(SEED, SECONDS / 2))


def test_a_server_that_goes_away() -> None:
    needs_postgresql()
    check(server.run(SEED, SECONDS))
