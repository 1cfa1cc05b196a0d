"""What the database counts for programs that watch the box: of today, by the index of times; reads only. No number of anybody
stands in it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, func, select

from bridge.records.tables import Call, HookDelivery, Message
from bridge.rules.hooks.events import DeliveryState
from bridge.rules.states import PENDING, MessageKind, MessageStatus
from bridge.rules.steady import steady
from modem.contract import Coded

# What has become of a text, as it is counted: what arrived went out before, and is counted as both.
ONWARD = {
    MessageStatus.SENT: ("sent",),
    MessageStatus.DELIVERED: ("sent", "delivered"),
    MessageStatus.RECEIVED: ("received",),
    MessageStatus.READ: ("received",),
}


class TextKey(NamedTuple):
    """By what texts are counted. reason: a code; "" where there is none."""

    direction: str
    kind: str
    state: str
    reason: str


@dataclass(frozen=True)
class Counted:
    """calls: by outcome; untexted: missed calls by why they got no text; answered_after: seconds from the end of each call to
    its text's being taken by the network. queued: texts that are due and have not gone; oldest: since when, None for none.
    hooks: what other programs were told, by what became of it; hooks_waiting: what they are still to be told."""

    calls: Mapping[str, int]
    untexted: Mapping[str, int]
    texts: Mapping[TextKey, int]
    answered_after: Sequence[float]
    queued: int
    oldest: datetime | None
    hooks: Mapping[str, int] = field(default_factory=dict)
    hooks_waiting: int = 0


def grown(before: Counted, now: Counted) -> Counted:
    """What is told of a day after `before`: nothing of that is taken back."""
    return replace(
        now,
        calls=steady(before.calls, now.calls),
        untexted=steady(before.untexted, now.untexted),
        texts=steady(before.texts, now.texts),
        hooks=steady(before.hooks, now.hooks),
    )


def counted(session: Session, since: datetime, now: datetime) -> Counted:
    """What has been since then, and what waits now; both UTC."""
    calls = select(Call.outcome, func.count()).where(Call.started >= since, col(Call.outcome).is_not(None))
    why = select(Call.reason, func.count()).where(Call.started >= since, col(Call.reason).is_not(None))
    due = select(func.count(), func.min(Message.due)).where(
        col(Message.status).in_(PENDING), col(Message.due) <= now
    )
    queued, oldest = session.exec(due).one()
    waiting = select(func.count()).where(HookDelivery.state == DeliveryState.WAITING)
    return Counted(
        {str(outcome): count for outcome, count in session.exec(calls.group_by(col(Call.outcome)))},
        {str(reason): count for reason, count in session.exec(why.group_by(col(Call.reason)))},
        _texts(session, since),
        _answered_after(session, since),
        queued,
        oldest,
        _hooks(session, since),
        session.exec(waiting).one(),
    )


def _texts(session: Session, since: datetime) -> Counter[TextKey]:
    more: Any = (Message.status, Message.error, func.count())
    texts = select(Message.direction, Message.kind, *more).where(
        Message.created >= since, col(Message.status).not_in(PENDING)
    )
    alike = texts.group_by(col(Message.direction), col(Message.kind), col(Message.status), col(Message.error))
    found = Counter[TextKey]()
    for direction, kind, status, error, count in session.exec(alike):
        for state in ONWARD.get(status, (status.value,)):
            reason = "" if status in ONWARD or not error else Coded.from_text(error).code
            found[TextKey(direction.value, kind.value, state, reason)] += count
    return found


def _hooks(session: Session, since: datetime) -> dict[str, int]:
    over = select(HookDelivery.state, func.count()).where(
        col(HookDelivery.state).in_([DeliveryState.DONE, DeliveryState.GIVEN_UP]),
        HookDelivery.created >= since,
    )
    return {str(state): count for state, count in session.exec(over.group_by(col(HookDelivery.state)))}


def _answered_after(session: Session, since: datetime) -> list[float]:
    texts = (
        select(Call.ended, Message.sent)
        .join(Message, col(Message.call_id) == Call.id)
        .where(
            Message.kind == MessageKind.AUTO,
            Message.created >= since,
            col(Message.sent).is_not(None),
            col(Call.ended).is_not(None),
        )
    )
    return [max(0.0, (sent - ended).total_seconds()) for ended, sent in session.exec(texts) if sent and ended]
