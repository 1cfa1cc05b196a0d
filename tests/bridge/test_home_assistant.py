"""What is said and understood at an MQTT broker, without one."""

import json
from pathlib import Path

import pytest

from bridge.config import ConfigError, parse
from bridge.config.secrets import holds_secrets, without_secrets
from bridge.rules.home_assistant import (
    BoxState,
    Entity,
    LineState,
    NoWish,
    Topics,
    Wanted,
    discovery,
    pause_wanted,
    slug,
    text_wanted,
)
from bridge.words.home_assistant import NAMES, names

BOB = "+447400123457"


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        ("Open at nine", Wanted(BOB, "Open at nine")),
        ('{"text": "Open"}', Wanted(BOB, "Open")),
        ('{"message": "Open"}', Wanted(BOB, "Open")),
        ('{"number": "07400 123456", "text": "Open"}', Wanted("07400 123456", "Open")),
        ("{not JSON}", Wanted(BOB, "{not JSON}")),
        ("{" * 100_000, Wanted(BOB, "{" * 100_000)),
    ],
)
def test_words_go_to_the_number_that_was_set_unless_another_is_named(payload: str, wanted: Wanted) -> None:
    assert text_wanted(payload, BOB) == wanted


@pytest.mark.parametrize("payload", ['{"number": 7, "text": "x"}', '{"number": "07400 123456"}', "{}"])
def test_what_is_no_text_is_said(payload: str) -> None:
    with pytest.raises(NoWish, match=r'write \{"number"'):
        text_wanted(payload, BOB)


def test_words_without_a_number_go_nowhere() -> None:
    with pytest.raises(NoWish, match="set notify_to"):
        text_wanted("Open at nine", "")


@pytest.mark.parametrize(("payload", "paused"), [("ON", True), (" on\n", True), ("OFF", False)])
def test_the_switch(payload: str, paused: bool) -> None:
    assert pause_wanted(payload) is paused


@pytest.mark.parametrize("payload", ["", "1", "true"])
def test_what_is_no_position_of_the_switch(payload: str) -> None:
    with pytest.raises(NoWish):
        pause_wanted(payload)


def test_every_entity_has_its_name_and_every_line_its_own() -> None:
    assert set(NAMES) == set(Entity)
    lines = ("main", "Front desk")
    document = json.loads(discovery(Topics("b0"), "", "1", lines, names(), writes=True))
    parts = document["components"]
    assert document["device"]["name"] == "textback"
    assert parts["line_front_desk"]["name"] == "Line Front desk"
    assert parts["signal_main"]["unit_of_measurement"] == "dBm"
    told = BoxState("x", None, 0, 0, 0, False, tuple(LineState(name, True, -80) for name in lines))
    read = {key for key, part in parts.items() if "value_template" in part}
    assert read == set(json.loads(told.to_json()))


def test_an_id_has_no_signs() -> None:
    assert slug("Büro/1") == "b_ro_1"


# ---- the address of the broker

URL = "mqtt://shop:topsecret@nas.local"


@pytest.mark.parametrize("url", ["mqtt://nas", "mqtts://a:b@192.168.1.5:8884", "mqtt://[::1]:1883/", URL])
def test_addresses_of_brokers(url: str, tmp_path: Path) -> None:
    assert parse(f"[mqtt]\nurl = {url}\n", tmp_path / "config.ini").mqtt.url == url


@pytest.mark.parametrize(
    "url",
    [
        "nas.local",
        "http://shop:topsecret@nas",
        "mqtt://",
        "mqtt://shop:topsecret@nas:x",
        "mqtt://nas:0",
        f"{URL}/topic",
    ],
)
def test_what_is_none_is_said_without_the_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="this is not the address of a broker; write mqtt://name") as wrong:
        parse(f"[mqtt]\nurl = {url}\n", tmp_path / "config.ini")
    assert "topsecret" not in str(wrong.value)


def test_its_password_is_a_secret(tmp_path: Path) -> None:
    text = f"[mqtt]\nurl = {URL}\nnumbers = yes\n"
    settings = parse(text, tmp_path / "config.ini")
    assert holds_secrets(settings)
    assert not holds_secrets(parse("[mqtt]\nurl = mqtt://nas\n", tmp_path / "config.ini"))
    assert "topsecret" not in repr(settings)
    assert without_secrets(text) == "[mqtt]\nurl = (left out)\nnumbers = yes"
