"""Hooks as programs add them: SMSGate's Python client on each of its back ends, Home Assistant's calls, and the box's own list;
what they are told then."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from android_sms_gateway import domain
from android_sms_gateway.enums import WebhookEvent
from sqlmodel import Session, select
from standardwebhooks import Webhook

from bridge.contract.answers import Done
from bridge.contract.requests import DropHook
from bridge.records.tables import AuditEntry, Hook
from bridge.words.audit import change_in_words
from modem.simulator import Simulator
from tests.support.box import ANN, BOB, DEADLINE, Box, a_box, until
from tests.support.hook_receiver import HookReceiver, a_receiver
from tests.support.programs import a_key
from tests.whole.test_api_clients import BACK_ENDS, Client
from tests.whole.test_hooks import ALLOWED, signed


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with (
        Simulator(speed=20) as simulator,
        a_box(tmp_path_factory.mktemp("box"), simulator, extra=ALLOWED) as box,
    ):
        yield box


@pytest.fixture(scope="module")
def key(box: Box) -> str:
    return a_key(box.service.bridge, "client")


@pytest.fixture
def receiver(box: Box) -> Iterator[HookReceiver]:
    with a_receiver() as receiver:
        yield receiver
        with Session(box.service.engine) as session:
            left = [DropHook(one.id, one.kind) for one in session.exec(select(Hook))]
        for one in left:
            assert box.service.bridge.request(one, DEADLINE) == Done()


@pytest.fixture(params=BACK_ENDS)
def client(request: pytest.FixtureRequest, box: Box) -> Iterator[Client]:
    loop = asyncio.new_event_loop()
    yield Client(request.param, box.service.url.rstrip("/") + "/3rdparty/v1/", loop)
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


class Program:
    """A program that speaks HTTP by itself."""

    def __init__(self, box: Box, key: str) -> None:
        self._base = f"{box.service.url}api/v1/"
        self._key = key

    def ask(self, method: str, path: str, json: Any = None) -> requests.Response:
        return requests.request(
            method, self._base + path, json=json, auth=("home", self._key), timeout=DEADLINE
        )


@pytest.fixture
def program(box: Box, key: str) -> Program:
    return Program(box, key)


def test_the_python_client_adds_lists_and_removes(
    box: Box, client: Client, key: str, receiver: HookReceiver
) -> None:
    wanted = domain.Webhook(None, receiver.url(), WebhookEvent.SMS_RECEIVED)
    made = client.ask(lambda api: api.create_webhook(wanted), key)
    assert (made.url, made.event) == (receiver.url(), WebhookEvent.SMS_RECEIVED)
    assert client.ask(lambda api: api.get_webhooks(), key) == [made]
    box.simulator.text(ANN, f"Hello {client.name}")
    (told,) = receiver.heard()
    assert told.json["webhookId"] == made.id
    assert told.json["deviceId"] == made.device_id
    assert told.payload["message"] == f"Hello {client.name}"
    client.ask(lambda api: api.delete_webhook(made.id), key)
    assert client.ask(lambda api: api.get_webhooks(), key) == []


def test_the_clients_own_key_signs_what_it_is_told(
    box: Box, client: Client, key: str, receiver: HookReceiver
) -> None:
    wanted = domain.Webhook("own", receiver.url(), WebhookEvent.SMS_SENT)
    client.ask(lambda api: api.create_webhook(wanted), key)
    settings = domain.DeviceSettings(webhooks=domain.SettingsWebhooks(signing_key=f"key of {client.name}"))
    client.ask(lambda api: api.patch_settings(settings), key)
    text = domain.Message(phone_numbers=[BOB], text_message=domain.TextMessage("Hello"))
    state = client.ask(lambda api: api.send(text), key)
    (told,) = receiver.heard()
    assert signed(told, f"key of {client.name}")
    assert (told.payload["messageId"], told.payload["recipient"]) == (state.id, BOB)


def test_who_is_not_texted_at_all_has_failed(box: Box, program: Program, receiver: HookReceiver) -> None:
    program.ask("POST", "webhooks", {"url": receiver.url(), "event": "sms:failed"})
    sent = program.ask("POST", "messages", {"textMessage": {"text": "Hi"}, "phoneNumbers": ["60006"]})
    (told,) = receiver.heard()
    assert (told.payload["messageId"], told.payload["recipient"]) == (sent.json()["id"], "60006")
    assert told.payload["reason"] == sent.json()["recipients"][0]["error"]


def test_home_assistants_calls(box: Box, program: Program, receiver: HookReceiver) -> None:
    """It gives its own id, and the same again at each start; the older name of the address works too."""
    wanted = {"id": "ha_sms:received_1", "url": receiver.url("/api/webhook/x"), "event": "sms:received"}
    for path in ("webhooks", "webhook"):
        made = program.ask("POST", path, wanted)
        assert made.status_code == 201
        assert {**wanted, "source": "Local"}.items() <= made.json().items()
        assert "secret" not in made.json()
    assert [one["id"] for one in program.ask("GET", "webhook").json()] == [wanted["id"]]
    for _ in range(2):
        gone = program.ask("DELETE", f"webhook/{wanted['id']}")
        assert (gone.status_code, gone.content) == (204, b"")


def test_the_boxs_own_events_stand_in_a_list_of_their_own(
    box: Box, program: Program, receiver: HookReceiver
) -> None:
    made = program.ask("POST", "call-webhooks", {"url": receiver.url(), "event": "call:ended"})
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert program.ask("GET", "webhooks").json() == []
    (listed,) = program.ask("GET", "call-webhooks").json()
    assert listed == {name: value for name, value in made.json().items() if name != "secret"}
    box.simulator.call(ANN, rings=2)
    (told,) = receiver.heard()
    assert Webhook(secret).verify(told.body, told.headers)["payload"]["phoneNumber"] == ANN
    again = program.ask(
        "POST", "call-webhooks", {"id": listed["id"], "url": receiver.url(), "event": "call:missed"}
    )
    assert "secret" not in again.json()
    assert program.ask("DELETE", f"webhooks/{listed['id']}").status_code == 204
    assert len(program.ask("GET", "call-webhooks").json()) == 1  # that was the other list
    with Session(box.service.engine) as session:
        log = [change_in_words(one.what, one.who) for one in session.exec(select(AuditEntry))]
    assert "key client added a hook for 127.0.0.1 (call:ended)" in log
    assert "key client changed the hook for 127.0.0.1 (call:missed)" in log


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("webhooks", {}, 400, "url: Field required."),
        ("webhooks", {"url": "x", "event": "sms:sent"}, 400, "This is not the address of another program."),
        ("webhooks", {"url": "https://x.example", "event": "call:missed"}, 400, "is not an event"),
        ("call-webhooks", {"url": "https://x.example", "event": "sms:sent"}, 400, "is not an event"),
        ("webhooks", {"url": "http://[::1]/", "event": "sms:sent"}, 400, "::1 is this box itself"),
        ("webhooks", {"url": "http://93.184.216.34/", "event": "sms:sent"}, 400, "without encryption"),
        (
            "webhooks",
            {"url": "https://x.example", "event": "sms:sent", "deviceId": "other"},
            400,
            "Device ID mismatch",
        ),
        ("call-webhooks", {"id": "mine", "url": "https://x.example", "event": "call:ended"}, 409, "this id"),
    ],
)
def test_what_is_refused(
    program: Program, receiver: HookReceiver, path: str, body: dict[str, str], status: int, words: str
) -> None:
    program.ask("POST", "webhooks", {"id": "mine", "url": receiver.url(), "event": "sms:sent"})
    answer = program.ask("POST", path, body)
    assert (answer.status_code, words in answer.json()["message"]) == (status, True), answer.text


def test_a_key_may_only_do_what_its_scopes_say(box: Box) -> None:
    reader = Program(box, a_key(box.service.bridge, "reader", ("webhooks:list",)))
    for path in ("webhooks", "call-webhooks"):
        assert reader.ask("GET", path).status_code == 200
        assert reader.ask("POST", path, {"url": "https://x.example", "event": "sms:sent"}).status_code == 403
        assert reader.ask("DELETE", f"{path}/x").status_code == 403
    stranger = Program(box, "tb_wrong")
    assert stranger.ask("GET", "webhooks").status_code == 401


@pytest.mark.parametrize("path", ["inbox/export", "messages/inbox/export", "inbox/refresh"])
def test_hooks_are_told_again_of_what_came(
    box: Box, program: Program, receiver: HookReceiver, path: str
) -> None:
    count = len(box.messages())
    box.simulator.text(BOB, f"Earlier, before {path}")
    until(lambda: len(box.messages()) > count, "the text")
    program.ask("POST", "webhooks", {"url": receiver.url(), "event": "sms:received"})
    now = box.service.bridge.now()
    span = {"since": (now - timedelta(hours=1)).isoformat(), "until": now.isoformat()}
    assert program.ask("POST", path, {**span, "triggerWebhooks": False}).status_code == 202
    assert program.ask("POST", path, {**span, "triggerWebhooks": True}).status_code == 202
    until(lambda: [one for one in receiver.told if one.payload["message"] == f"Earlier, before {path}"], "it")
    came = [one.payload["messageId"] for one in receiver.told]
    assert len(came) == len(set(came))  # the first time nobody was told
