"""The box at a broker that somebody else wrote, Debian's mosquitto: what Home Assistant finds there, what it may ask for, and
that nothing else of the box feels a broker that is away."""

import getpass
import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from sqlmodel import Session

from bridge.contract.requests import WriteText
from bridge.records import consents, contacts
from bridge.records.device import device_id
from bridge.rules.home_assistant import OFFLINE, ONLINE, Topics
from bridge.rules.states import ConsentKind
from bridge.rules.troubles import MqttTrouble
from bridge.service.mqtt import PORTS
from modem.simulator import Simulator
from tests.bridge.test_cli import TEXTBACK
from tests.support.box import ANN, BOB, DEADLINE, Box, a_box, until, write_config
from tests.support.needs import needs

pytestmark = needs("mosquitto")

USER, PASSWORD = "shop", "flour&water"


@dataclass
class Broker:
    """One mosquitto on loopback, with its own configuration."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"mqtt://{USER}:flour%26water@127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> "Iterator[subprocess.Popen[bytes]]":
        names = self.folder / "names"
        subprocess.run(
            ["mosquitto_passwd", "-b", "-c", names, USER, PASSWORD], check=True, capture_output=True
        )
        config = self.folder / "mosquitto.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous false\npassword_file {names}\npersistence false\n"
            f"user {getpass.getuser()}\n"
        )
        with (self.folder / "mosquitto.log").open("ab") as log:
            process = subprocess.Popen(["mosquitto", "-c", config], stdout=log, stderr=log)
        try:
            until(self._answers, "the broker's start")
            yield process
        finally:
            process.terminate()
            process.wait(DEADLINE)

    def _answers(self) -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.port)) == 0


@dataclass
class Watcher:
    """Home Assistant, as far as it only listens and asks: the newest of each topic, and whether it was retained."""

    client: Any
    newest: dict[str, str] = field(default_factory=dict)
    every: list[tuple[str, str]] = field(default_factory=list)

    def says(self, topic: str, wanted: Callable[[str], bool] = bool) -> str:
        def look() -> str | None:
            found = self.newest.get(topic, "")
            return found if wanted(found) else None

        return until(look, f"something at {topic}")

    def state(self, topics: Topics, **wanted: object) -> dict[str, Any]:
        def fits(text: str) -> bool:
            return bool(text) and all(json.loads(text)[key] == value for key, value in wanted.items())

        found: dict[str, Any] = json.loads(self.says(topics.state, fits))
        return found

    def available(self) -> list[str]:
        """What is said of every box."""
        return [said for topic, said in self.newest.items() if topic.endswith("/available")]

    def asks(self, topic: str, payload: str, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(DEADLINE)


@contextmanager
def a_watcher(broker: Broker) -> Iterator[Watcher]:
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(USER, PASSWORD)
    watcher = Watcher(client)

    def came(_client: object, _data: object, message: Any) -> None:
        watcher.newest[message.topic] = message.payload.decode()
        watcher.every.append((message.topic, message.payload.decode()))

    def there(*_: object) -> None:
        client.subscribe("#", 1)

    client.on_message, client.on_connect = came, there
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    try:
        yield watcher
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    folder = tmp_path / "broker"
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return Broker(folder, free.getsockname()[1])


@pytest.fixture
def modem() -> Iterator[Simulator]:
    with Simulator(speed=20.0) as simulator:
        yield simulator


def section(broker: Broker, more: str = "", url: str = "") -> str:
    return f"[mqtt]\nurl = {url or broker.url}\n{more}"


def topics(box: Box) -> Topics:
    with Session(box.service.engine) as session:
        return Topics(device_id(session))


def trouble(box: Box) -> str | None:
    found = box.service.loop.status.mqtt
    return found.code if found else None


# ---- what is seen


def test_home_assistant_finds_the_box_as_one_device(tmp_path: Path, broker: Broker, modem: Simulator) -> None:
    with broker.running(), a_box(tmp_path, modem, extra=section(broker, f"notify_to = {BOB}\n")) as box:
        at = topics(box)
        with a_watcher(broker) as home:  # only what is retained is there for who comes later
            until(lambda: trouble(box) is None)
            document = json.loads(home.says(at.discovery))
            home.says(at.available, lambda said: said == ONLINE)
            until(lambda: home.state(at, line_main="ON")["signal_main"], "the signal's being known")
            state = home.state(at)
    assert at.discovery == f"homeassistant/device/textback_{at.box}/config"
    assert document["device"] == {
        "identifiers": [f"textback_{at.box}"],
        "name": "Corner Bakery",
        "manufacturer": "textback",
        "sw_version": document["origin"]["sw_version"],
    }
    assert (document["availability_topic"], document["state_topic"]) == (at.available, at.state)
    parts = document["components"]
    assert {key: part["platform"] for key, part in parts.items()} == {
        "last_caller": "sensor",
        "last_call": "sensor",
        "missed_today": "sensor",
        "unread": "sensor",
        "waiting": "sensor",
        "paused": "switch",
        "text": "notify",
        "line_main": "binary_sensor",
        "signal_main": "sensor",
    }
    assert len({part["unique_id"] for part in parts.values()}) == len(parts)
    shown = {
        part["value_template"][len("{{ value_json.") : -len(" }}")]
        for part in parts.values()
        if "value_template" in part
    }
    assert shown == set(state)
    assert -113 <= state["signal_main"] <= -51
    assert (state["last_caller"], state["missed_today"], state["paused"]) == (None, 0, "OFF")


def test_without_a_number_there_is_no_entity_that_texts(
    tmp_path: Path, broker: Broker, modem: Simulator
) -> None:
    with broker.running(), a_box(tmp_path, modem, extra=section(broker)) as box, a_watcher(broker) as home:
        document = json.loads(home.says(topics(box).discovery))
    assert "text" not in document["components"]


@pytest.mark.parametrize(("numbers", "caller"), [("no", "+44*****456"), ("yes", "07400 123456")])
def test_a_missed_call_is_seen_and_its_number_only_if_the_shop_wants_that(
    tmp_path: Path, broker: Broker, modem: Simulator, numbers: str, caller: str
) -> None:
    extra = section(broker, f"numbers = {numbers}\n")
    with broker.running(), a_box(tmp_path, modem, extra=extra) as box, a_watcher(broker) as home:
        modem.call(ANN, rings=2)
        state = home.state(topics(box), missed_today=1, waiting=1)
        assert state["last_caller"] == caller
        assert state["last_call"]
        modem.text(ANN, "Is my car ready?")
        home.state(topics(box), unread=1)
        said = "".join(payload for _, payload in home.every)
    assert (ANN in said.replace(" ", "")) is False


def test_the_broker_says_that_the_box_is_gone(tmp_path: Path, broker: Broker) -> None:
    config = write_config(tmp_path, "auto", extra=section(broker))
    with broker.running(), a_watcher(broker) as home:
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen([TEXTBACK, "run", "-c", config], stderr=log)
        try:
            until(lambda: ONLINE in home.available(), "the box at the broker")
        finally:
            process.kill()
            process.wait(DEADLINE)
        until(lambda: OFFLINE in home.available(), "the last will")


def test_a_box_that_ends_says_so(tmp_path: Path, broker: Broker, modem: Simulator) -> None:
    with broker.running(), a_watcher(broker) as home:
        with a_box(tmp_path, modem, extra=section(broker)) as box:
            at = topics(box)
            home.says(at.available, lambda said: said == ONLINE)
        home.says(at.available, lambda said: said == OFFLINE)


# ---- what may be asked for


def test_the_switch_pauses_and_lets_go_on(tmp_path: Path, broker: Broker, modem: Simulator) -> None:
    with broker.running(), a_box(tmp_path, modem, extra=section(broker)) as box, a_watcher(broker) as home:
        at = topics(box)
        home.state(at, paused="OFF")
        home.asks(at.pause, "ON")
        home.state(at, paused="ON")
        modem.call(ANN, rings=1)
        (call,) = box.settled()
        assert (call.textback, call.reason) == ("skipped", "disabled")
        home.asks(at.pause, "OFF")
        home.state(at, paused="OFF")
        home.asks(at.pause, "maybe")
        home.says(at.answer, lambda said: said == "Not done: write ON or OFF.")


def test_words_go_out_as_a_text_to_the_number_that_was_set_or_named(
    tmp_path: Path, broker: Broker, modem: Simulator
) -> None:
    extra = section(broker, f"notify_to = {BOB}\n")
    with broker.running(), a_box(tmp_path, modem, extra=extra) as box, a_watcher(broker) as home:
        at = topics(box)
        home.says(at.available, lambda said: said == ONLINE)
        home.asks(at.text, "The oven is on")
        until(lambda: [(text.number, text.text) for text in modem.sent] == [(BOB, "The oven is on")])
        home.asks(at.text, json.dumps({"number": "07400 123456", "text": "Your cake is ready"}))
        until(lambda: (ANN, "Your cake is ready") in [(text.number, text.text) for text in modem.sent])
        assert {row.author for row in box.messages()} == {"mqtt"}


def test_the_rules_for_texts_hold_there_too(tmp_path: Path, broker: Broker, modem: Simulator) -> None:
    with broker.running(), a_box(tmp_path, modem, extra=section(broker)) as box, a_watcher(broker) as home:
        at = topics(box)
        with Session(box.service.engine) as session, session.begin():
            now = box.service.bridge.now()
            ann = contacts.somebody_at(session, ANN, "text", now)
            consents.consent(session, ann, ConsentKind.OUT, "text", now)
        home.says(at.available, lambda said: said == ONLINE)
        home.asks(at.text, json.dumps({"number": ANN, "text": "Hi"}))
        home.says(at.answer, lambda said: "asked" in said or "opted" in said)
        home.asks(at.text, "To nobody")
        home.says(at.answer, lambda said: "there is no number" in said)
        assert modem.sent == []


def test_what_the_broker_has_kept_is_not_done(tmp_path: Path, broker: Broker, modem: Simulator) -> None:
    with broker.running():
        with a_box(tmp_path, modem, extra=section(broker)) as box:
            at = topics(box)
        with a_watcher(broker) as home:
            home.asks(at.pause, "ON", retain=True)
            with a_box(tmp_path, modem, extra=section(broker)) as box:
                home.says(at.available, lambda said: said == ONLINE)
                home.asks(at.pause, "never")
                home.says(at.answer, lambda said: "Not done" in said)  # the kept one was seen by then
                assert box.service.loop.status.paused is None


# ---- a broker that is away, or lets nobody in


def test_a_broker_that_is_away_is_one_trouble_and_comes_back(
    tmp_path: Path, broker: Broker, modem: Simulator
) -> None:
    with a_box(tmp_path, modem, extra=section(broker)) as box:
        until(lambda: trouble(box) == MqttTrouble.AWAY, "the trouble")
        modem.call(ANN, rings=1)
        (call,) = box.settled()
        assert call.textback in ("sent", "delivered")
        assert [told.code for told in box.service.loop.status.alarms] == [MqttTrouble.AWAY]
        with broker.running(), a_watcher(broker) as home:
            until(lambda: trouble(box) is None, "the broker's coming back")
            assert home.state(topics(box), missed_today=1)["last_caller"]
        until(lambda: trouble(box) in (MqttTrouble.GONE, MqttTrouble.AWAY), "the broker's going again")


def test_a_wrong_password_is_one_trouble(tmp_path: Path, broker: Broker, modem: Simulator) -> None:
    wrong = f"mqtt://{USER}:wrong@127.0.0.1:{broker.port}"
    with broker.running(), a_box(tmp_path, modem, extra=section(broker, url=wrong)) as box:
        until(lambda: trouble(box) == MqttTrouble.NOT_LET_IN, "the trouble")
        box.service.bridge.request(WriteText(ANN, "Hi", author="mia"), DEADLINE)
        until(lambda: modem.sent)


def test_another_broker_counts_at_once(tmp_path: Path, broker: Broker, modem: Simulator) -> None:
    with broker.running(), a_box(tmp_path, modem) as box, a_watcher(broker) as home:
        box.turn()
        assert not home.newest
        config = tmp_path / "config.ini"
        config.write_text(config.read_text() + section(broker))
        home.says(topics(box).available, lambda said: said == ONLINE)
        config.write_text(config.read_text().replace(broker.url, ""))
        home.says(topics(box).available, lambda said: said == OFFLINE)


def test_the_ports_are_those_of_the_standard() -> None:
    assert PORTS == {"mqtt": 1883, "mqtts": 8883}
