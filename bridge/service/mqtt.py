"""The thread that speaks with an MQTT broker: it says how the box is, and hands on what it is asked for. It owns the
connection, and nothing else. A broker that is away, or lets nobody in, is tried again; nobody waits for it."""

import logging
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from bridge.contract.answers import Rejected
from bridge.contract.bridge import PATIENCE, Envelope
from bridge.contract.requests import Pause, Request, Resume, WriteText
from bridge.rules.home_assistant import (
    OFFLINE,
    ONLINE,
    NoWish,
    Topics,
    pause_wanted,
    text_wanted,
)
from bridge.rules.settings import MqttSettings
from bridge.rules.troubles import MqttTrouble
from bridge.words.requests import refusal_for_commands
from modem.contract import Trouble

log = logging.getLogger(__name__)

# By this name it stands in texts, and in the log of who changed what.
BY = "mqtt"
PORTS = {"mqtt": 1883, "mqtts": 8883}
# After how many seconds a broker is tried again, each time twice as many; when it counts as gone; how long it may take to
# answer.
FIRST_WAIT, LONGEST_WAIT, KEEPALIVE, ANSWERS = 5.0, 300.0, 60, 10.0
# How long the thread waits for the network without a look around (seconds).
PAUSE = 30.0
AT_LEAST_ONCE = 1


@dataclass(frozen=True)
class MqttNews:
    """trouble: why the broker cannot be spoken with, None if it can."""

    trouble: Trouble | None


@dataclass(frozen=True)
class Told:
    """What is said: the document of the device, and how the box is."""

    discovery: str
    state: str


class Mqtt:
    """put: takes the news and what is asked for. died: told when the thread fails."""

    def __init__(
        self,
        settings: MqttSettings,
        box: str,
        put: Callable[[MqttNews | Envelope], None],
        died: Callable[[BaseException], None],
    ) -> None:
        import paho.mqtt.client as paho  # only where there is a broker

        self._settings, self._topics = settings, Topics(box)
        self._broker = urlsplit(settings.url)
        self._put, self._died = put, died
        self._told: Told | None = None
        self._connected = self._refused = False
        self._trouble: Trouble | None = None
        self._over = threading.Event()
        self._client = self._made(paho)
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def tell(self, told: Told) -> None:
        """Says this as soon as there is somebody to hear it; what was said before is over."""
        before, self._told = self._told, told
        if self._connected:
            self._say(told, before)

    def close(self) -> None:
        """Says that the box is gone, and ends; a broker that does not answer is not waited for."""
        self._over.set()
        self._client.publish(self._topics.available, OFFLINE, AT_LEAST_ONCE, retain=True)
        self._client.disconnect()
        self._thread.join(timeout=1)

    # ---- the thread

    def _made(self, paho: Any) -> Any:
        from paho.mqtt.enums import CallbackAPIVersion

        client = paho.Client(
            CallbackAPIVersion.VERSION2, f"textback-{self._topics.box}", reconnect_on_failure=False
        )
        if self._broker.username:
            client.username_pw_set(unquote(self._broker.username), unquote(self._broker.password or ""))
        if self._broker.scheme == "mqtts":
            client.tls_set_context(ssl.create_default_context())
        client.will_set(self._topics.available, OFFLINE, AT_LEAST_ONCE, retain=True)
        client.connect_timeout = ANSWERS
        client.on_connect, client.on_message = self._on_connect, self._on_message
        # With these, what other threads say is written by this one, which wakes up for it.
        client.on_socket_register_write = client.on_socket_unregister_write = lambda *_: None
        return client

    def _run(self) -> None:
        wait = FIRST_WAIT
        try:
            while not self._over.is_set():
                trouble, was_there = self._one_connection()
                wait = FIRST_WAIT if was_there else min(2 * wait, LONGEST_WAIT)
                if not self._over.is_set():
                    self._is(trouble)
                    self._over.wait(wait)
        except Exception as error:  # noqa: BLE001 -- the one at the top of a thread, which ends the process
            self._died(error)

    def _one_connection(self) -> tuple[Trouble, bool]:
        """Speaks with the broker until that ends: what ended it, and whether there was a connection."""
        place = where(self._broker)
        self._refused, was_there = False, False
        try:
            self._client.connect(
                self._broker.hostname, self._broker.port or PORTS[self._broker.scheme], KEEPALIVE
            )
            self._client.loop_forever(timeout=PAUSE)
            was_there, self._connected = self._connected, False
        except OSError as error:  # of which those of TLS are a kind
            return Trouble.of(MqttTrouble.AWAY, broker=place, error=error.strerror or str(error)), False
        if self._refused:
            return Trouble.of(MqttTrouble.NOT_LET_IN, broker=place), False
        return Trouble.of(MqttTrouble.GONE, broker=place), was_there

    def _is(self, trouble: Trouble | None) -> None:
        """Tells the loop, if it is news."""
        if trouble != self._trouble:
            self._trouble = trouble
            self._put(MqttNews(trouble))

    def _on_connect(self, client: Any, _data: object, _flags: object, reason: Any, _more: object) -> None:
        if reason.is_failure:
            self._refused = True
            client.disconnect()
            return
        client.subscribe([(self._topics.pause, 0), (self._topics.text, 0)])  # at most once, as everywhere
        client.publish(self._topics.available, ONLINE, AT_LEAST_ONCE, retain=True)
        self._connected = True
        if self._told is not None:
            self._say(self._told, None)
        self._is(None)

    def _say(self, told: Told, before: Told | None) -> None:
        for topic, new, old in (
            (self._topics.discovery, told.discovery, before and before.discovery),
            (self._topics.state, told.state, before and before.state),
        ):
            if new != old:
                self._client.publish(topic, new, AT_LEAST_ONCE, retain=True)

    def _on_message(self, _client: Any, _data: object, message: Any) -> None:
        """What is asked for goes through the inbox, as everybody's requests do. What the broker has kept is not done: it was
        asked for some other time."""
        if message.retain:
            return
        try:
            request = self._request(message.topic, message.payload.decode("utf-8", "replace"))
        except NoWish as error:
            self._answer(f"Not done: {error}.")
            return
        envelope = Envelope(request, BY)
        self._put(envelope)
        try:
            answer = envelope.answer.get(timeout=PATIENCE)
        except Empty:
            return
        self._answer(refusal_for_commands(answer.why) if isinstance(answer, Rejected) else "Done.")

    def _request(self, topic: str, payload: str) -> Request:
        if topic == self._topics.pause:
            return Pause() if pause_wanted(payload) else Resume()
        wanted = text_wanted(payload, self._settings.notify_to)
        return WriteText(wanted.number, wanted.body, author=BY)

    def _answer(self, sentence: str) -> None:
        self._client.publish(self._topics.answer, sentence)


def where(broker: SplitResult) -> str:
    """The broker as a person may read it, without the password.

    >>> where(urlsplit("mqtt://shop:secret@nas.local:1884"))
    'nas.local:1884'
    """
    return f"{broker.hostname}:{broker.port or PORTS[broker.scheme]}"
