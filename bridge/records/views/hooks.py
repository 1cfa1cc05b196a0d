"""What is shown of hooks: each with what became of it lately, and what they were told; reads only, and never a secret."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from bridge.records.rows import id_of
from bridge.records.tables import Hook, HookDelivery
from bridge.rules.hooks.events import DeliveryState, HookEvent, HookKind


@dataclass(frozen=True)
class DeliveryRow:
    """What a hook was told, or is to be. origin: of the receiver. tried: when it was tried last, and due: when it is next, if
    it still waits. answer: what came of it, as the column holds it."""

    id: int
    hook_id: str
    event: HookEvent
    origin: str
    created: datetime
    tried: datetime | None
    due: datetime
    tries: int
    state: DeliveryState
    status: int | None
    answer: str | None


@dataclass(frozen=True)
class HookRow:
    """A hook. waiting: how much it is still to be told; last: what came of the last thing that it was told. old_until: until
    when its old secret is good beside the new one."""

    id: str
    kind: HookKind
    event: HookEvent
    url: str
    origin: str
    by: str
    created: datetime
    paused: bool
    waiting: int
    last: DeliveryRow | None
    old_until: datetime | None


def hooks(session: Session) -> list[HookRow]:
    """All of them, in the order of their making."""
    of_hook = select(HookDelivery.hook_id, func.count()).where(HookDelivery.state == DeliveryState.WAITING)
    waiting = dict(session.exec(of_hook.group_by(col(HookDelivery.hook_id))).all())
    newest = select(func.max(HookDelivery.id)).where(col(HookDelivery.tried).is_not(None))
    tried = select(HookDelivery).where(col(HookDelivery.id).in_(newest.group_by(col(HookDelivery.hook_id))))
    last = {one.hook_id: one for one in session.exec(tried)}
    query = select(Hook).order_by(col(Hook.created), col(Hook.id))
    return [_row(hook, waiting.get(hook.id, 0), last.get(hook.id)) for hook in session.exec(query)]


def _row(hook: Hook, waiting: int, last: HookDelivery | None) -> HookRow:
    return HookRow(
        id=hook.id,
        kind=hook.kind,
        event=hook.event,
        url=hook.url,
        origin=hook.origin,
        by=hook.by,
        created=hook.created,
        paused=hook.paused,
        waiting=waiting,
        last=_delivery(last, hook.origin) if last else None,
        old_until=hook.old_until,
    )


def deliveries(session: Session, *, before: int | None = None, limit: int = 50) -> list[DeliveryRow]:
    """What hooks were told, the newest first. before: the id of the last one of the page above."""
    query = select(HookDelivery, Hook).join(Hook, col(Hook.id) == HookDelivery.hook_id)
    if before is not None:
        query = query.where(col(HookDelivery.id) < before)
    rows = session.exec(query.order_by(col(HookDelivery.id).desc()).limit(limit))
    return [_delivery(delivery, hook.origin) for delivery, hook in rows]


def _delivery(row: HookDelivery, origin: str) -> DeliveryRow:
    return DeliveryRow(
        id=id_of(row),
        hook_id=row.hook_id,
        event=row.event,
        origin=origin,
        created=row.created,
        tried=row.tried,
        due=row.due,
        tries=row.tries,
        state=row.state,
        status=row.status,
        answer=row.answer,
    )
