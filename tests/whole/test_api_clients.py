"""The Python client of SMSGate, which nobody here wrote, against a whole box on loopback: over requests, httpx and aiohttp, all
of its calls but those about hooks."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from android_sms_gateway import APIClient, AsyncAPIClient, Encryptor, ahttp, domain, errors, http
from android_sms_gateway.enums import HealthStatus, LimitPeriod, MessagePriority, ProcessState

from modem.simulator import Simulator
from tests.support.box import ANN, BOB, DEADLINE, Box, a_box, until
from tests.support.programs import a_key

HTTP: Any = http
AHTTP: Any = ahttp
BACK_ENDS: dict[str, Callable[[], Any]] = {
    "requests": lambda: HTTP.RequestsHttpClient(),
    "httpx": lambda: HTTP.HttpxHttpClient(),
    "aiohttp": lambda: AHTTP.AiohttpAsyncHttpClient(),
    "httpx, async": lambda: AHTTP.HttpxAsyncHttpClient(),
}
PASSPHRASE = "flour & water"


@dataclass
class Client:
    """The client on one of its back ends; a call of an asynchronous one is awaited."""

    name: str
    base: str
    loop: asyncio.AbstractEventLoop

    def ask(self, do: Callable[[Any], Any], password: str, login: str | None = "sms", **more: Any) -> Any:
        async def awaited() -> Any:
            async with BACK_ENDS[self.name]() as transport:
                options = {"base_url": self.base, "http_client": transport, **more}
                client = AsyncAPIClient(login, password, **options)
                found = do(client)
                return await found if inspect.isawaitable(found) else found

        if "aiohttp" in self.name or "async" in self.name:
            return self.loop.run_until_complete(awaited())
        with BACK_ENDS[self.name]() as transport:
            return do(APIClient(login, password, base_url=self.base, http=transport, **more))

    def renewed(self, token: str, key: str) -> Any:
        """The asynchronous client of 4.3.3 fails on this call before it asks anybody (post() without a payload): what it means
        to send is sent for it."""
        if "async" not in self.name and self.name != "aiohttp":
            return self.ask(lambda api: api.refresh_token(token), key)
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.post(f"{self.base}auth/token/refresh", headers=headers, timeout=DEADLINE)
        if answer.status_code != 200:
            raise errors.error_from_status(answer.text, answer.status_code)
        return domain.TokenResponse.from_dict(answer.json())


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Simulator(speed=20) as simulator, a_box(tmp_path_factory.mktemp("box"), simulator) as box:
        yield box


@pytest.fixture(scope="module")
def key(box: Box) -> str:
    return a_key(box.service.bridge, "client")


@pytest.fixture(params=BACK_ENDS)
def client(request: pytest.FixtureRequest, box: Box) -> Iterator[Client]:
    loop = asyncio.new_event_loop()
    yield Client(request.param, box.service.url.rstrip("/") + "/3rdparty/v1/", loop)
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


def text(*numbers: str, **more: Any) -> domain.Message:
    return domain.Message(phone_numbers=list(numbers), text_message=domain.TextMessage("Hello"), **more)


def test_a_text_goes_out_and_its_state_is_told(box: Box, client: Client, key: str) -> None:
    state = client.ask(lambda api: api.send(text(ANN)), key)
    assert state.state in (ProcessState.Pending, ProcessState.Processed, ProcessState.Sent)

    def told() -> Any:
        return client.ask(lambda api: api.get_state(state.id), key)

    until(lambda: told().state in (ProcessState.Sent, ProcessState.Delivered), "the text")
    assert told().recipients[0].phone_number == ANN
    listed = client.ask(
        lambda api: api.get_messages(
            query=domain.MessagesQueryFilter(from_=datetime.now(UTC) - timedelta(hours=1)),
            pagination=domain.QueryPagination(limit=1),
            sort="-created_at",
        ),
        key,
    )
    assert [one.id for one in listed] == [state.id]


def test_a_text_for_later_is_taken_back(client: Client, key: str) -> None:
    later = text("60006", priority=MessagePriority.MINIMUM, valid_until=datetime.now(UTC) + timedelta(days=1))
    failed = client.ask(lambda api: api.send(later), key)
    assert failed.state is ProcessState.Failed
    with pytest.raises((errors.BadRequestError, requests.HTTPError)):
        client.ask(lambda api: api.cancel_message(failed.id), key)


def test_a_skipped_check_lets_a_short_code_through(client: Client, key: str) -> None:
    sent = client.ask(
        lambda api: api.send(text("60006"), skip_phone_validation=True, device_active_within=1), key
    )
    assert sent.state is not ProcessState.Failed


def test_mms_is_refused(client: Client, key: str) -> None:
    mms = domain.Message(phone_numbers=[ANN], mms_message=domain.MmsMessage(text="Hello"))
    with pytest.raises(errors.BadRequestError) as refused:
        client.ask(lambda api: api.send(mms), key)
    assert "MMS" in refused.value.response["message"] if refused.value.response else client.name == "aiohttp"


def test_an_encrypted_text_goes_out_in_the_clear(box: Box, client: Client, key: str) -> None:
    settings = domain.DeviceSettings(encryption=domain.SettingsEncryption(passphrase=PASSPHRASE))
    client.ask(lambda api: api.patch_settings(settings), key)
    words = f"Secret by {client.name}"
    secret = domain.Message(phone_numbers=[BOB], text_message=domain.TextMessage(words))
    encryptor = Encryptor(PASSPHRASE, iterations=1000)
    state = client.ask(lambda api: api.send(secret), key, encryptor=encryptor)
    assert state.recipients[0].phone_number == BOB
    until(lambda: words in [message.body for message in box.messages()], "the text")
    with pytest.raises(errors.BadRequestError):
        client.ask(lambda api: api.send(secret), key, encryptor=Encryptor("other", iterations=1000))


def test_what_came_in_is_listed_and_asked_for_again(box: Box, client: Client, key: str) -> None:
    words = f"Hello from {client.name}"
    box.simulator.text(ANN, words)
    until(lambda: words in [message.body for message in box.messages()], "the text")
    (item, *_) = client.ask(
        lambda api: api.list_inbox_messages(inbox_filter=domain.InboxQueryFilter(include_attachments=True)),
        key,
    )
    assert (item.sender, item.content_preview) == (ANN, words)
    device = client.ask(lambda api: api.list_devices(), key)[0]
    span = {"since": datetime.now(UTC) - timedelta(hours=1), "until": datetime.now(UTC)}
    client.ask(lambda api: api.refresh_inbox(domain.InboxRefreshRequest(**span)), key)
    client.ask(lambda api: api.export_inbox(domain.MessagesExportRequest(device_id=device.id, **span)), key)
    with pytest.raises((errors.NotFoundError, requests.HTTPError)):
        client.ask(lambda api: api.download_attachment(item.id, 1), key)


def test_the_box_is_one_device_that_stays(client: Client, key: str) -> None:
    (device,) = client.ask(lambda api: api.list_devices(), key)
    assert device.name == "Corner Bakery"
    with pytest.raises((errors.BadRequestError, requests.HTTPError)):
        client.ask(lambda api: api.remove_device(device.id), key)


@pytest.mark.parametrize("check", ["health_check", "liveness_check", "readiness_check", "startup_check"])
def test_its_health_is_told_in_all_four_places(client: Client, key: str, check: str) -> None:
    health = client.ask(lambda api: getattr(api, check)(), key)
    assert health.status in (HealthStatus.PASS, HealthStatus.WARN)
    assert health.checks["line:main"].observed_value == 1
    assert health.checks["battery:level"].observed_value == 100


def test_settings_are_got_back_as_they_were_put(box: Box, client: Client, key: str) -> None:
    most = 50 + len(client.name)
    settings = domain.DeviceSettings(
        messages=domain.SettingsMessages(
            limit_period=LimitPeriod.PER_DAY, limit_value=most, send_interval_min=3
        ),
        ping=domain.SettingsPing(interval_seconds=60),
        webhooks=domain.SettingsWebhooks(retry_count=5, signing_key="a secret"),
    )
    client.ask(lambda api: api.update_settings(settings), key)
    told = client.ask(lambda api: api.get_settings(), key)
    assert (told.messages.limit_value, told.messages.send_interval_min) == (most, 3)
    assert (told.ping.interval_seconds, told.webhooks.retry_count) == (60, 5)
    assert told.webhooks.signing_key is None
    assert box.service.loop.settings.limits.per_day == most


def test_the_log_says_which_key_did_what(client: Client, key: str) -> None:
    entries = client.ask(lambda api: api.get_logs(from_=datetime.now(UTC) - timedelta(days=1)), key)
    assert any("mia made the key client for a program" in entry.message for entry in entries)


def test_a_token_does_what_it_may_and_is_renewed_once(client: Client, key: str) -> None:
    wanted = domain.TokenRequest(scopes=["messages:send"], ttl=60)
    made = client.ask(lambda api: api.generate_token(wanted), key)
    assert client.ask(lambda api: api.send(text("1")), made.access_token, None).state is ProcessState.Failed
    with pytest.raises(errors.ForbiddenError):
        client.ask(lambda api: api.get_settings(), made.access_token, None)
    renewed = client.renewed(made.refresh_token, key)
    assert renewed.access_token != made.access_token
    with pytest.raises(errors.UnauthorizedError):  # somebody has a copy: all of them end
        client.renewed(made.refresh_token, key)
    with pytest.raises(errors.UnauthorizedError):
        client.ask(lambda api: api.send(text("1")), renewed.access_token, None)
    other = client.ask(lambda api: api.generate_token(wanted), key)
    client.ask(lambda api: api.revoke_token(other.id), key)
    with pytest.raises(errors.UnauthorizedError):
        client.ask(lambda api: api.send(text("1")), other.access_token, None)


def test_a_wrong_key_is_told_so(client: Client) -> None:
    with pytest.raises(errors.UnauthorizedError):
        client.ask(lambda api: api.get_settings(), "tb_wrong")


# ---- what Home Assistant's integration sends


def test_home_assistant_logs_in_and_sends(box: Box, key: str) -> None:
    base, auth = box.service.url.rstrip("/") + "/api/v1", ("sms", key)
    assert requests.get(f"{base}/", auth=auth, timeout=DEADLINE).json()["status"] == "ok"
    assert requests.get(f"{base}/", auth=("sms", "wrong"), timeout=DEADLINE).status_code == 401
    assert requests.get(f"{base}/settings", auth=auth, timeout=DEADLINE).status_code == 200
    body: Any = {"textMessage": {"text": "The door is open"}, "phoneNumbers": [ANN]}
    assert requests.post(f"{base}/message", json=body, auth=auth, timeout=DEADLINE).status_code == 202
    twice = f"{base}//message"
    assert (
        requests.post(twice, json=body, auth=auth, timeout=DEADLINE, allow_redirects=False).status_code == 202
    )
