"""What the box says over MQTT, and what it is told there, in the form of Home Assistant's discovery: one device with its
entities; pure. Who speaks with the broker, bridge/service knows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

ON, OFF = "ON", "OFF"
ONLINE, OFFLINE = "online", "offline"
# Where Home Assistant looks for devices.
PREFIX = "homeassistant"


class Entity(StrEnum):
    """What of the box can be seen, and done, there."""

    LAST_CALLER = "last_caller"
    LAST_CALL = "last_call"
    MISSED = "missed_today"
    UNREAD = "unread"
    WAITING = "waiting"
    LINE = "line"
    SIGNAL = "signal"
    PAUSED = "paused"
    TEXT = "text"


@dataclass(frozen=True)
class Topics:
    """The topics of one box, by its id."""

    box: str

    @property
    def discovery(self) -> str:
        """Where the device is described, retained."""
        return f"{PREFIX}/device/textback_{self.box}/config"

    @property
    def available(self) -> str:
        """Whether the box is there, retained; the broker says that it is not when it is gone."""
        return f"textback/{self.box}/available"

    @property
    def state(self) -> str:
        """How the box is, retained."""
        return f"textback/{self.box}/state"

    @property
    def pause(self) -> str:
        """Takes ON and OFF."""
        return f"textback/{self.box}/paused/set"

    @property
    def text(self) -> str:
        """Takes texts that are to be sent."""
        return f"textback/{self.box}/text"

    @property
    def answer(self) -> str:
        """What came of the last thing that was asked."""
        return f"textback/{self.box}/answer"


@dataclass(frozen=True)
class LineState:
    """signal: in dBm, None where nobody knows."""

    name: str
    up: bool
    signal: int | None


@dataclass(frozen=True)
class BoxState:
    """caller: who called last, as far as the broker may know; called: when, ISO 8601."""

    caller: str | None
    called: str | None
    missed: int
    unread: int
    waiting: int
    paused: bool
    lines: tuple[LineState, ...]

    def to_json(self) -> str:
        """What stands in the topic of the state."""
        told: dict[str, Any] = {
            Entity.LAST_CALLER: self.caller,
            Entity.LAST_CALL: self.called,
            Entity.MISSED: self.missed,
            Entity.UNREAD: self.unread,
            Entity.WAITING: self.waiting,
            Entity.PAUSED: ON if self.paused else OFF,
        }
        for line in self.lines:
            told[f"{Entity.LINE}_{slug(line.name)}"] = ON if line.up else OFF
            told[f"{Entity.SIGNAL}_{slug(line.name)}"] = line.signal
        return json.dumps(told)


def slug(name: str) -> str:
    """A name as an id has it.

    >>> slug("Front desk")
    'front_desk'
    """
    return "".join(char if char.isascii() and char.isalnum() else "_" for char in name.lower())


def discovery(
    topics: Topics, shop: str, version: str, lines: tuple[str, ...], names: Mapping[Entity, str], writes: bool
) -> str:
    """The document by which Home Assistant knows the device and its entities. names: what people read of each, with {line} in
    those of a line. writes: is there a number to which plain words go?"""
    parts: dict[str, dict[str, Any]] = {
        Entity.LAST_CALLER: _sensor(icon="mdi:phone-incoming"),
        Entity.LAST_CALL: _sensor(device_class="timestamp"),
        Entity.MISSED: _sensor(icon="mdi:phone-missed", state_class="total_increasing"),
        Entity.UNREAD: _sensor(icon="mdi:message-badge", state_class="measurement"),
        Entity.WAITING: _sensor(icon="mdi:account-clock", state_class="measurement"),
        Entity.PAUSED: {"platform": "switch", "command_topic": topics.pause, "icon": "mdi:pause-circle"},
    }
    if writes:
        parts[Entity.TEXT] = {"platform": "notify", "command_topic": topics.text, "icon": "mdi:message-text"}
    named = {str(entity): names[Entity(entity)] for entity in parts}
    for line in lines:
        up, signal = f"{Entity.LINE}_{slug(line)}", f"{Entity.SIGNAL}_{slug(line)}"
        parts[up] = {"platform": "binary_sensor", "device_class": "connectivity"}
        parts[signal] = _sensor(
            device_class="signal_strength", unit_of_measurement="dBm", state_class="measurement"
        )
        named |= {
            up: names[Entity.LINE].format(line=line),
            signal: names[Entity.SIGNAL].format(line=line),
        }
    for key, part in parts.items():
        part |= {"name": named[str(key)], "unique_id": f"textback_{topics.box}_{key}"}
        if part["platform"] != "notify":
            part["value_template"] = f"{{{{ value_json.{key} }}}}"
    return json.dumps(
        {
            "device": {
                "identifiers": [f"textback_{topics.box}"],
                "name": shop or "textback",
                "manufacturer": "textback",
                "sw_version": version,
            },
            "origin": {"name": "textback", "sw_version": version},
            "availability_topic": topics.available,
            "state_topic": topics.state,
            "components": parts,
        }
    )


def _sensor(**more: str) -> dict[str, Any]:
    return {"platform": "sensor", **more}


@dataclass(frozen=True)
class Wanted:
    """A text that somebody at the broker wants sent."""

    number: str
    body: str


class NoWish(Exception):
    """What came is nothing that the box could do; says what would be right."""


def text_wanted(payload: str, to: str) -> Wanted:
    """What a payload of the text's topic asks for: plain words go to the number `to`, {"number": ..., "text": ...} to another.
    Raises NoWish.

    >>> text_wanted('{"number": "07400 123456", "text": "Open"}', ""), text_wanted("Open", "+447400123457").number
    (Wanted(number='07400 123456', body='Open'), '+447400123457')
    """
    told: object = None
    if payload.lstrip().startswith("{"):
        try:
            told = json.loads(payload)
        except (ValueError, RecursionError):
            told = None  # words that begin with a brace
    if isinstance(told, dict):
        number, body = told.get("number", to), told.get("text", told.get("message"))
        if not isinstance(number, str) or not isinstance(body, str):
            raise NoWish('write {"number": "...", "text": "..."}, or plain words')
    else:
        number, body = to, payload
    if not number:
        raise NoWish("there is no number: name one in the payload, or set notify_to in [mqtt]")
    return Wanted(number, body)


def pause_wanted(payload: str) -> bool:
    """Does this payload of the switch's topic pause automatic texts (ON), or let them go on (OFF)? Raises NoWish."""
    if payload.strip().upper() not in (ON, OFF):
        raise NoWish("write ON or OFF")
    return payload.strip().upper() == ON
