"""What SMSGate (capcom6/android-sms-gateway) answers to GET /messages and GET /inbox, or a file with such answers, as texts."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from bridge.rules.importing.old_text import NO_TEXT, History, LeftOut, OldText, number_of
from bridge.rules.one_line import storable
from bridge.rules.states import Direction, MessageStatus

Item = Mapping[str, Any]
# What a recipient's state means; Processed: Android was asked to send it, and said nothing yet.
_STATES = {
    "Processed": MessageStatus.UNCONFIRMED,
    "Sent": MessageStatus.SENT,
    "Delivered": MessageStatus.DELIVERED,
    "Failed": MessageStatus.FAILED,
    "Cancelled": MessageStatus.CANCELLED,
}
_ENCRYPTED = "$aes-256-cbc/"
# In a file that holds both: the names of the two lists.
MESSAGES, INBOX = "messages", "inbox"


class NoSmsgate(Exception):
    """The file is none of SMSGate's."""


def from_json(text: str) -> tuple[list[Item], list[Item]]:
    """What a file holds that somebody has saved of GET /messages or GET /inbox, or of both as {"messages": [], "inbox": []}:
    our texts, and those that came in. Raises NoSmsgate."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoSmsgate from error
    if isinstance(said, dict) and ({MESSAGES, INBOX} & set(said)):
        lists = [said.get(MESSAGES) or [], said.get(INBOX) or []]
    else:
        items = said if isinstance(said, list) else [said]
        lists = [
            [item for item in items if not _came_in(item)],
            [item for item in items if _came_in(item)],
        ]
    if not all(isinstance(item, dict) for one in lists for item in one):
        raise NoSmsgate
    return lists[0], lists[1]


def _came_in(item: object) -> bool:
    return isinstance(item, dict) and "sender" in item


def read(messages: Iterable[Item], inbox: Iterable[Item]) -> History:
    """The texts in these answers; of one to several people each has their own.

    >>> item = {"id": "a", "sender": "+447400123456", "contentPreview": "Hi", "createdAt": "2026-03-01T10:20:30Z"}
    >>> [(text.number, text.body) for text in read([], [item]).texts]
    [('+447400123456', 'Hi')]
    """
    history = History()
    for item in messages:
        for recipient in item.get("recipients") or [{}]:
            try:
                history.texts.append(_went(item, recipient))
            except LeftOut as why:
                history.left_out(f"message {item.get('id')}", why)
    for item in inbox:
        where = f"inbox {item.get('id')}"
        try:
            history.texts.append(_came(item))
        except LeftOut as why:
            history.left_out(where, why)
    return history


def _came(item: Item) -> OldText:
    kind = item.get("type", "SMS")
    if kind != "SMS":
        raise LeftOut(NO_TEXT if kind == "DATA_SMS" else "it is a picture message (MMS)")
    body = _readable(str(item.get("contentPreview") or item.get("message") or ""))
    at = _moment(item.get("createdAt") or item.get("receivedAt"))
    return OldText(number_of(str(item.get("sender") or "")), Direction.IN, body, at, MessageStatus.READ)


def _went(item: Item, recipient: Item) -> OldText:
    if item.get("isHashed"):
        raise LeftOut("the phone has kept only a hash of it")
    words = (item.get("textMessage") or {}).get("text") or item.get("message")
    if words is None:
        data = item.get("dataMessage") or item.get("mmsMessage")
        raise LeftOut(NO_TEXT if data else "the answer has no words (it needs includeContent=true)")
    number = number_of(_readable(str(recipient.get("phoneNumber") or "")))
    times = item.get("states") or {}
    status = _STATES.get(str(recipient.get("state")))
    if status is None:
        raise LeftOut("it has not been sent")
    arrived = times.get("Delivered") if status is MessageStatus.DELIVERED else None
    delivered = _moment(arrived) if arrived else None
    return OldText(number, Direction.OUT, _readable(str(words)), _sent_at(item, times), status, delivered)


def _sent_at(item: Item, times: Mapping[str, Any]) -> datetime:
    """When it went out, else when it was asked for."""
    for state in ("Sent", "Processed", "Pending"):
        if state in times:
            return _moment(times[state])
    return _moment(item.get("createdAt") or next(iter(times.values()), None))


def _readable(words: str) -> str:
    if words.startswith(_ENCRYPTED):
        raise LeftOut("it is encrypted")
    return storable(words)


def _moment(told: object) -> datetime:
    try:
        read = datetime.fromisoformat(str(told or ""))
    except ValueError as error:
        raise LeftOut(f"its time {str(told)[:30]} cannot be read" if told else "it has no time") from error
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
