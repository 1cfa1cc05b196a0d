"""What is told of each event, in SMSGate's shape: facts in, what stands in JSON out; pure. What is not known is left out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from bridge.rules.hooks.events import HookEvent

Payload = dict[str, object]


@dataclass(frozen=True)
class TextFacts:
    """A text. number: of the other side; own: of the box, None if nobody knows it; sim: the place of its line, from 1, None for
    a line that is no longer there. at: when that happened; reason: why it failed, in words."""

    message_id: str
    body: str
    number: str
    own: str | None
    sim: int | None
    parts: int
    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class CallFacts:
    """A call. number: of the caller, None where it is withheld or unknown; sim: as of a text."""

    call_id: int
    number: str | None
    name: str
    withheld: bool
    line: str
    sim: int | None
    started: datetime
    ended: datetime | None
    rings: int | None
    outcome: str | None


@dataclass(frozen=True)
class DecisionFacts:
    """What was decided about a caller. reason: why they are not texted, a code, and in words; message_id: the text that answers
    them, or stands in the way of one; due: when it goes out."""

    reason: str | None
    words: str
    message_id: str | None
    body: str | None
    due: datetime | None


@dataclass(frozen=True)
class LineFacts:
    """A line that cannot be used, or can again. trouble: a code, and in words."""

    line: str
    sim: int | None
    kind: str
    trouble: str
    words: str
    since: datetime
    until: datetime | None


def moment(at: datetime, zone: tzinfo | None) -> str:
    """A time as SMSGate writes it: to the millisecond, by the shop's clock (zone; None: the system's).

    >>> from datetime import UTC
    >>> moment(datetime(2026, 6, 18, 10, tzinfo=UTC), UTC)
    '2026-06-18T10:00:00.000+00:00'
    """
    return at.astimezone(zone).isoformat(timespec="milliseconds")


def of_text(event: HookEvent, text: TextFacts, zone: tzinfo | None) -> Payload:
    """What an sms:* event tells. phoneNumber is SMSGate's older name for the other side, which clients still read."""
    other, ours = {"phoneNumber": text.number, "simNumber": text.sim}, text.own
    at = moment(text.at, zone)
    outgoing = {"messageId": text.message_id, "sender": ours, "recipient": text.number, **other}
    match event:
        case HookEvent.SMS_RECEIVED:
            told = {"messageId": text.message_id, "message": text.body, "sender": text.number, **other}
            return known({**told, "recipient": ours, "receivedAt": at})
        case HookEvent.SMS_SENT:
            return known({**outgoing, "partsCount": text.parts, "sentAt": at})
        case HookEvent.SMS_DELIVERED:
            return known({**outgoing, "deliveredAt": at})
        case HookEvent.SMS_FAILED:
            return known({**outgoing, "reason": text.reason, "failedAt": at})
        case HookEvent.SMS_CANCELLED:
            return known({**outgoing, "cancelledAt": at})
    raise ValueError(f"{event} is not about a text")


def of_call(call: CallFacts, zone: tzinfo | None) -> Payload:
    """What a call:* event tells."""
    ended = moment(call.ended, zone) if call.ended else None
    told = {
        "callId": call.call_id,
        "phoneNumber": call.number,
        "name": call.name or None,
        "withheld": call.withheld,
        "line": call.line,
        "simNumber": call.sim,
        "startedAt": moment(call.started, zone),
        "endedAt": ended,
        "rings": call.rings,
        "outcome": call.outcome,
    }
    return known(told)


def of_decision(call: CallFacts, decision: DecisionFacts, zone: tzinfo | None) -> Payload:
    """What text:decision tells: the call, and whether its caller is texted."""
    told = {
        **of_call(call, zone),
        "texted": decision.reason is None,
        "reason": decision.reason,
        "reasonText": decision.words or None,
        "messageId": decision.message_id,
        "message": decision.body,
        "dueAt": moment(decision.due, zone) if decision.due else None,
    }
    return known(told)


def of_line(line: LineFacts, zone: tzinfo | None) -> Payload:
    """What line:down and line:up tell."""
    lasted = (line.until - line.since) // timedelta(seconds=1) if line.until else None
    told = {
        "line": line.line,
        "simNumber": line.sim,
        "kind": line.kind,
        "trouble": line.trouble,
        "message": line.words,
        "since": moment(line.since, zone),
        "until": moment(line.until, zone) if line.until else None,
        "seconds": lasted,
    }
    return known(told)


def known(told: Mapping[str, object]) -> Payload:
    """Without what is not known."""
    return {key: value for key, value in told.items() if value is not None}


def body(event: HookEvent, event_id: str, hook_id: str, device_id: str, payload: Mapping[str, object]) -> str:
    """What is sent, as JSON.

    >>> body(HookEvent.PING, "1", "2", "3", {"health": {}})
    '{"deviceId":"3","event":"system:ping","id":"1","payload":{"health":{}},"webhookId":"2"}'
    """
    told = {
        "deviceId": device_id,
        "event": event,
        "id": event_id,
        "payload": payload,
        "webhookId": hook_id,
    }
    return json.dumps(told, separators=(",", ":"))
