"""Hooks, as pure rules: who may be told, when it is tried again, how it is signed, and what is said."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bridge.rules.hooks import payloads, signing
from bridge.rules.hooks.events import OWN, HookAnswer, HookEvent, HookKind, events_of, offered
from bridge.rules.hooks.payloads import CallFacts, DecisionFacts, LineFacts, TextFacts
from bridge.rules.hooks.receivers import Receiver, receiver, why_not
from bridge.rules.hooks.tries import AT_MOST, MOST_TRIES, next_try
from bridge.rules.refusals import Refusal, Refused

NOW = datetime(2026, 11, 23, 12, 0, 0, 123000, tzinfo=UTC)


# ---- who may be told


@pytest.mark.parametrize(
    ("address", "scheme", "answer"),
    [
        ("192.168.1.5", "http", None),
        ("10.0.0.1", "http", None),
        ("172.16.9.9", "http", None),
        ("fd00::7", "http", None),
        ("::ffff:192.168.1.5", "http", None),
        ("192.168.1.5", "https", None),
        ("93.184.216.34", "https", None),
        ("2606:2800:220:1::1", "https", None),
        ("100.64.0.1", "https", None),
        ("64:ff9b::5db8:d822", "https", None),
        ("93.184.216.34", "http", HookAnswer.NOT_SAFE),
        ("100.64.0.1", "http", HookAnswer.NOT_SAFE),
        ("2606:2800:220:1::1", "http", HookAnswer.NOT_SAFE),
        ("172.32.0.1", "http", HookAnswer.NOT_SAFE),
        ("127.0.0.1", "http", HookAnswer.NOT_ALLOWED),
        ("127.8.8.8", "https", HookAnswer.NOT_ALLOWED),
        ("::1", "https", HookAnswer.NOT_ALLOWED),
        ("::ffff:127.0.0.1", "https", HookAnswer.NOT_ALLOWED),
        ("64:ff9b::7f00:1", "https", HookAnswer.NOT_ALLOWED),
        ("2002:7f00:1::1", "https", HookAnswer.NOT_ALLOWED),
        ("0.0.0.0", "http", HookAnswer.NOT_ALLOWED),
        ("0.1.2.3", "https", HookAnswer.NOT_ALLOWED),
        ("::", "https", HookAnswer.NOT_ALLOWED),
        ("169.254.169.254", "http", HookAnswer.NOT_ALLOWED),
        ("fe80::1", "http", HookAnswer.NOT_ALLOWED),
        ("fe80::1%eth0", "https", HookAnswer.NOT_ALLOWED),
        ("224.0.0.251", "http", HookAnswer.NOT_ALLOWED),
        ("ff02::1", "https", HookAnswer.NOT_ALLOWED),
        ("255.255.255.255", "http", HookAnswer.NOT_ALLOWED),
        ("240.0.0.1", "https", HookAnswer.NOT_ALLOWED),
        ("example.com", "https", HookAnswer.NOT_ALLOWED),  # only what a name stands for is judged
    ],
)
def test_which_addresses_may_be_connected_to(address: str, scheme: str, answer: HookAnswer | None) -> None:
    assert why_not(address, scheme) is answer


def test_the_boxs_own_address_is_not_connected_to() -> None:
    assert why_not("192.168.1.5", "http", own=True) is HookAnswer.NOT_ALLOWED
    assert why_not("93.184.216.34", "https", own=True) is HookAnswer.NOT_ALLOWED


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/hook",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://",
        "https:///hook",
        "https://example.com:99999/",
        "https://example.com:x/",
        "https://[::1/",
        "https://name:password@example.com/",
        "https://exämple.com/",
        "https://example.com/a b",
        "https://example.com/\r\nHost: other",
        "https://example.com/" + "x" * 2000,
    ],
)
def test_what_is_no_address_of_a_hook(url: str) -> None:
    with pytest.raises(Refusal) as refusal:
        receiver(url, ())
    assert refusal.value.why.code == Refused.NO_HOOK_ADDRESS
    assert not refusal.value.why.values  # what was typed may hold a password


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:8080/x", Refused.HOOK_NOT_ALLOWED),
        ("http://localhost/x", Refused.HOOK_NOT_ALLOWED),
        ("https://a.localhost/x", Refused.HOOK_NOT_ALLOWED),
        ("http://[::1]/x", Refused.HOOK_NOT_ALLOWED),
        ("http://169.254.1.1/x", Refused.HOOK_NOT_ALLOWED),
        ("http://93.184.216.34/x", Refused.HOOK_NOT_SAFE),
    ],
)
def test_what_can_be_seen_to_be_out_of_reach_is_refused_at_once(url: str, code: Refused) -> None:
    with pytest.raises(Refusal) as refusal:
        receiver(url, ("elsewhere.example",))
    assert refusal.value.why.code == code
    host = Receiver.of(url).host
    assert receiver(url, (host,)).host == host  # config.ini names it


@pytest.mark.parametrize(
    ("url", "origin", "target"),
    [
        ("https://Example.COM", "https://example.com", "/"),
        ("http://192.168.1.5:8123/api/webhook/x?y=1#z", "http://192.168.1.5:8123", "/api/webhook/x?y=1"),
        ("https://[fd00::7]:8443/a", "https://[fd00::7]:8443", "/a"),
        ("http://homeassistant.local:8123/", "http://homeassistant.local:8123", "/"),
    ],
)
def test_what_an_address_names(url: str, origin: str, target: str) -> None:
    found = receiver(url, ())
    assert (found.origin, found.target) == (origin, target)


# ---- when it is tried again


def test_it_is_tried_for_two_days_and_then_given_up() -> None:
    waits: list[timedelta] = []
    while (wait := next_try(len(waits) + 1, sum(waits, timedelta(0)))) is not None:
        waits.append(wait)
    assert [wait.total_seconds() for wait in waits[:4]] == [10, 20, 40, 80]
    assert all(later == 2 * wait for wait, later in pairwise(waits))
    assert len(waits) == MOST_TRIES - 1 == 14
    assert timedelta(hours=45) < sum(waits, timedelta(0)) < AT_MOST


def test_the_number_of_tries_can_be_chosen_and_two_days_stay_the_end() -> None:
    assert next_try(1, timedelta(0), most=2) == timedelta(seconds=10)
    assert next_try(2, timedelta(0), most=2) is None
    assert next_try(900, timedelta(hours=47), most=1000) is not None
    assert next_try(900, timedelta(hours=48), most=1000) is None


# ---- how it is signed


def test_only_the_boxs_own_events_have_the_headers_of_standard_webhooks() -> None:
    of_sms = signing.headers(HookKind.SMS, "e1", b"{}", 1700000000, ["secret"], 0)
    assert set(of_sms) == {"X-Timestamp", "X-Signature"}
    of_calls = signing.headers(HookKind.CALL, "e1", b"{}", 1700000000, ["secret"], 0)
    assert {"webhook-id", "webhook-timestamp", "webhook-signature"} == set(of_calls) - set(of_sms)
    assert (
        of_calls["X-Signature"] == of_sms["X-Signature"] == signing.signature("secret", b"{}", "1700000000")
    )


def test_while_a_secret_is_changed_both_are_used() -> None:
    old, new = signing.secret_of(b"a" * 32), signing.secret_of(b"b" * 32)
    told = [signing.headers(HookKind.CALL, "e1", b"{}", 1, [new, old], tries) for tries in (0, 1, 2)]
    by_turns = [signing.signature(secret, b"{}", "1") for secret in (new, old, new)]
    assert [one["X-Signature"] for one in told] == by_turns
    assert told[0]["webhook-signature"].split() == [
        signing.standard_signature(secret, "e1", b"{}", "1") for secret in (new, old)
    ]


def test_a_secret_that_is_no_base64_is_its_own_characters() -> None:
    assert signing.standard_signature("pass phrase!", "e1", b"{}", "1") != signing.standard_signature(
        "pass phrase?", "e1", b"{}", "1"
    )


# ---- what is said


def test_the_two_lists_have_nothing_in_common() -> None:
    lists = {kind: events_of(kind) for kind in HookKind}
    assert set(lists[HookKind.CALL]) == OWN
    assert set(lists[HookKind.SMS]) | OWN == set(HookEvent)
    assert all(set(offered(kind)) < set(lists[kind]) for kind in HookKind)


TEXT = TextFacts("17", "Hi", "+447400123456", "+447400123400", 1, 2, NOW, "No credit.")
OUT = {
    "messageId": "17",
    "sender": "+447400123400",
    "recipient": "+447400123456",
    "phoneNumber": "+447400123456",
    "simNumber": 1,
}
AT = "2026-11-23T12:00:00.123+00:00"


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (HookEvent.SMS_SENT, {**OUT, "partsCount": 2, "sentAt": AT}),
        (HookEvent.SMS_DELIVERED, {**OUT, "deliveredAt": AT}),
        (HookEvent.SMS_FAILED, {**OUT, "reason": "No credit.", "failedAt": AT}),
        (HookEvent.SMS_CANCELLED, {**OUT, "cancelledAt": AT}),
        (
            HookEvent.SMS_RECEIVED,
            {
                **OUT,
                "message": "Hi",
                "sender": "+447400123456",
                "recipient": "+447400123400",
                "receivedAt": AT,
            },
        ),
    ],
)
def test_what_is_told_of_a_text(event: HookEvent, told: dict[str, object]) -> None:
    assert payloads.of_text(event, TEXT, UTC) == told


CALL = CallFacts(7, None, "", True, "main", None, NOW, None, None, None)


def test_what_is_told_of_a_call_leaves_out_what_nobody_knows() -> None:
    ringing = {"callId": 7, "withheld": True, "line": "main", "startedAt": AT}
    assert payloads.of_call(CALL, UTC) == ringing
    silence = DecisionFacts("withheld", "The caller hid the number.", None, None, None)
    assert payloads.of_decision(CALL, silence, UTC) == {
        **ringing,
        "texted": False,
        "reason": "withheld",
        "reasonText": "The caller hid the number.",
    }
    text = DecisionFacts(None, "", "17", "Sorry!", NOW)
    told = {"texted": True, "messageId": "17", "message": "Sorry!", "dueAt": AT}
    assert payloads.of_decision(CALL, text, UTC) == {**ringing, **told}


def test_what_is_told_of_a_line() -> None:
    down = LineFacts("main", 1, "line", "modem_gone", "It is gone.", NOW, None)
    told = {
        "line": "main",
        "simNumber": 1,
        "kind": "line",
        "trouble": "modem_gone",
        "message": "It is gone.",
        "since": AT,
    }
    assert payloads.of_line(down, UTC) == told
    up = LineFacts("main", 1, "line", "modem_gone", "It is gone.", NOW, NOW + timedelta(seconds=90))
    assert payloads.of_line(up, UTC) == {**told, "until": "2026-11-23T12:01:30.123+00:00", "seconds": 90}


def test_the_body_is_in_one_line_and_plain_ascii() -> None:
    text = payloads.body(HookEvent.SMS_RECEIVED, "e1", "h1", "d1", {"message": "Grüße 🥖\n"})
    assert text.isascii()
    assert "\n" not in text
    assert json.loads(text) == {
        "deviceId": "d1",
        "event": "sms:received",
        "id": "e1",
        "payload": {"message": "Grüße 🥖\n"},
        "webhookId": "h1",
    }
