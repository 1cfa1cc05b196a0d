"""ModemManager, as Debian has it, takes the simulated modem in every profile, by its plugin `generic`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from modem.simulator import PROFILES, Simulator
from tests.support.box import until
from tests.support.modem_manager import Modem, ModemManager, as_socket, modem_manager
from tests.support.needs import needs

pytestmark = needs("modemmanager", "dbus-daemon")

ANN, BOB, OWN = "+447400123456", "+447400123457", "+447802000001"
LONG = "A text that is longer than one part holds, so that it takes two of them: " + "blah " * 30 + "end."


@pytest.fixture(scope="module")
def manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModemManager]:
    with modem_manager(tmp_path_factory.mktemp("modem-manager")) as running:
        yield running


@pytest.mark.parametrize("profile", PROFILES)
def test_it_enables_receives_sends_and_hears_a_call(
    manager: ModemManager, profile: str, tmp_path: Path
) -> None:
    with (
        Simulator(profile, speed=20.0, own_number=OWN) as simulator,
        as_socket(simulator.port, tmp_path / "port") as port,
    ):
        modem = manager.take(profile, port)
        until(lambda: modem.told()["generic"]["state"] == "disabled", "its being ready")
        modem.run("--enable")
        until(lambda: modem.told()["generic"]["state"] == "registered", "the network")
        it_knows_who_is_there(modem, simulator)
        it_receives(modem, simulator)
        it_sends(modem, simulator)
        assert "Your balance is £12.34" in modem.run("--3gpp-ussd-initiate=*100#")
        it_hears_a_call(modem, simulator)
        modem.run("--disable")


def it_knows_who_is_there(modem: Modem, simulator: Simulator) -> None:
    who, network = modem.told()["generic"], modem.told()["3gpp"]
    profile, conditions = simulator.profile, simulator.conditions
    assert (who["manufacturer"], who["model"], who["own-numbers"]) == (profile.maker, profile.model, [OWN])
    assert network["imei"] == conditions.imei
    assert (network["operator-code"], network["operator-name"]) == ("23415", "Testnet")
    sim = modem.sim()
    assert (sim["imsi"], sim["iccid"]) == (conditions.imsi, conditions.iccid)
    assert (sim["operator-name"], sim["emergency-numbers"]) == ("Testnet", ["112", "999"])


def it_receives(modem: Modem, simulator: Simulator) -> None:
    """One after the other: what is announced while it reads another, it does not read."""

    def states(*wanted: str) -> None:
        until(lambda: [one["properties"]["state"] for one in modem.texts()] == list(wanted), "the text")

    simulator.text(ANN, "Is my car ready? {€}")
    states("received")
    simulator.text(BOB, LONG, order=[1], reference=7)
    states("received", "receiving")
    simulator.text(BOB, LONG, order=[2], reference=7)
    states("received", "received")
    texts = [(one["content"]["number"], one["content"]["text"]) for one in modem.texts()]
    assert texts == [(ANN, "Is my car ready? {€}"), (BOB, LONG)]


def it_sends(modem: Modem, simulator: Simulator) -> None:
    modem.send(ANN, "Back at 3 pm ✓")
    modem.send(BOB, LONG)
    assert [(text.number, text.text) for text in simulator.sent] == [(ANN, "Back at 3 pm ✓"), (BOB, LONG)]


def it_hears_a_call(modem: Modem, simulator: Simulator) -> None:
    call = simulator.call(ANN, rings=1000)
    (heard,) = until(modem.calls, "the call")
    assert (heard["direction"], heard["state"], heard["number"]) == ("incoming", "ringing-in", ANN)
    simulator.hangup(call)
    until(lambda: [one["state"] for one in modem.calls()] == ["terminated"], "its end")
