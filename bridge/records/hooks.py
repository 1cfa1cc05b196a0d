"""Hooks and what each is told: made, looked up by those who tell, and found when they are due."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import and_, func, or_, update
from sqlmodel import Session, col, select

from bridge.records.api_settings import HOOK_KEY, kept
from bridge.records.memo import remember, remembered
from bridge.records.retention import BATCH, delete_rows
from bridge.records.tables import Contact, Hook, HookDelivery
from bridge.rules.hooks import payloads, signing, tries
from bridge.rules.hooks.events import DeliveryState, HookAnswer, HookEvent, HookKind
from bridge.rules.limits import MOST_HOOKS
from bridge.rules.refusals import Refusal, Refused
from modem.contract import Coded

# So long deliveries are kept to be looked at: those that were taken, and those that were given up.
KEPT, KEPT_GIVEN_UP = timedelta(days=7), timedelta(days=30)


def hook_called(session: Session, key: str) -> Hook:
    """The hook of this id. Raises Refusal where there is none."""
    return session.get(Hook, key) or _refuse(Refused.NO_SUCH_HOOK)


def _refuse(code: Refused) -> Hook:
    raise Refusal(code)


def add(session: Session, hook: Hook) -> None:
    """One more. Raises Refusal where there are too many."""
    if session.exec(select(func.count()).select_from(Hook)).one() >= MOST_HOOKS:
        raise Refusal(Refused.HOOKS_FULL, most=MOST_HOOKS)
    session.add(hook)
    session.flush()


def drop(session: Session, hook: Hook) -> None:
    """It is told of nothing any more; what it was told is forgotten."""
    delete_rows(session, HookDelivery, HookDelivery.hook_id == hook.id)
    session.delete(hook)
    session.flush()


def of_kind(session: Session, kind: HookKind) -> Sequence[Hook]:
    """The hooks of this list, in the order of their making."""
    return session.exec(select(Hook).where(Hook.kind == kind).order_by(col(Hook.created), col(Hook.id))).all()


def is_one(session: Session) -> bool:
    """Is there any hook?"""
    return session.exec(select(Hook.id).limit(1)).first() is not None


def wanted(session: Session) -> frozenset[HookEvent]:
    """The events that a hook is told of now."""
    return frozenset(session.exec(select(col(Hook.event)).where(col(Hook.paused).is_(False)).distinct()))


def tell(
    session: Session,
    event: HookEvent,
    payload: Mapping[str, object],
    device_id: str,
    now: datetime,
    contact: Contact | None = None,
) -> bool:
    """Each hook of this event is to be told; was there one? contact: whom it is about."""
    hooks = session.exec(select(Hook).where(Hook.event == event, col(Hook.paused).is_(False))).all()
    session.add_all(delivery(hook, payload, device_id, now, contact) for hook in hooks)
    return bool(hooks)


def delivery(
    hook: Hook,
    payload: Mapping[str, object],
    device_id: str,
    now: datetime,
    contact: Contact | None = None,
) -> HookDelivery:
    """What this hook is told, not stored yet."""
    event_id = str(uuid4())
    return HookDelivery(
        hook_id=hook.id,
        event=hook.event,
        event_id=event_id,
        body=payloads.body(hook.event, event_id, hook.id, device_id, payload),
        contact_id=contact.id if contact else None,
        created=now,
        due=now,
    )


def next_due(session: Session, now: datetime, busy: Collection[str]) -> tuple[HookDelivery, Hook] | None:
    """What is told next: of each hook only the first that waits, those first that have been tried least. busy: the origins of
    the receivers that are being told just now."""
    first = (
        select(func.min(HookDelivery.id))
        .where(HookDelivery.hook_id == Hook.id, HookDelivery.state == DeliveryState.WAITING)
        .correlate(Hook)
        .scalar_subquery()
    )
    query = (
        select(HookDelivery, Hook)
        .join(Hook, col(HookDelivery.id) == first)
        .where(HookDelivery.due <= now, col(Hook.paused).is_(False), col(Hook.origin).not_in(busy))
        .order_by(col(HookDelivery.tries), col(HookDelivery.due), col(HookDelivery.id))
    )
    return session.exec(query.limit(1)).first()


def was_tried(
    session: Session, key: int, status: int | None, answer: Coded, now: datetime
) -> HookDelivery | None:
    """Notes what came of a try: it is done, waits for the next one, or is given up. None where it is gone meanwhile."""
    found = session.get(HookDelivery, key)
    if found is None or found.state is not DeliveryState.WAITING:
        return None
    found.tries, found.tried, found.status, found.answer = found.tries + 1, now, status, answer.to_text()
    if answer.code == HookAnswer.TAKEN:
        found.state = DeliveryState.DONE
        return found
    wait = tries.next_try(found.tries, now - found.created, most_tries(session))
    if wait is None:
        found.state = DeliveryState.GIVEN_UP
    else:
        found.due = now + wait
    return found


def again(session: Session, key: int, now: datetime) -> HookDelivery:
    """What was told or given up is told once more, from the beginning. Raises Refusal where it is gone or still waits."""
    found = session.get(HookDelivery, key)
    if found is None or found.state is DeliveryState.WAITING:
        raise Refusal(Refused.NOT_TOLD_AGAIN)
    found.state, found.created, found.tries = DeliveryState.WAITING, now, 0
    wake(session, found.hook_id, now)
    return found


def wake(session: Session, hook_id: str, now: datetime) -> None:
    """What this hook is still to be told is due now."""
    waiting = (col(HookDelivery.hook_id) == hook_id, col(HookDelivery.state) == DeliveryState.WAITING)
    session.flush()
    later = update(HookDelivery).where(*waiting).values(due=now)
    session.execute(later.execution_options(synchronize_session="fetch"))


def good_secrets(hook: Hook, now: datetime) -> list[str]:
    """What its deliveries may be signed with, the newest first."""
    old = hook.old_secret if hook.old_until is not None and now < hook.old_until else None
    return [secret for secret in (hook.secret, old) if secret]


def change_secret(hook: Hook, secret: str, now: datetime) -> None:
    """A new secret; the old one is good for a while."""
    if secret != hook.secret:
        hook.secret, hook.old_secret, hook.old_until = secret, hook.secret, now + signing.BOTH_GOOD


def signing_key(session: Session) -> str | None:
    """The key that SMSGate's clients have chosen for all of their hooks, None if none has."""
    return remembered(session, HOOK_KEY)


def keep_signing_key(session: Session, key: str) -> None:
    """They have chosen this one."""
    remember(session, HOOK_KEY, key)


def most_tries(session: Session) -> int:
    """How often a delivery is tried: once, and as often again as a client has set."""
    again = kept(session).get("webhooks", {}).get("retry_count")
    return tries.MOST_TRIES if again is None else int(again) + 1


def ping_every(session: Session) -> int:
    """Every so many seconds the box says that it is there; 0: it does not."""
    return int(kept(session).get("ping", {}).get("interval_seconds") or 0)


def delete_old(session: Session, now: datetime) -> bool:
    """Delete a batch of deliveries that nobody looks at any more; was there one?"""
    old = or_(
        *(
            and_(col(HookDelivery.state) == state, col(HookDelivery.created) < now - age)
            for state, age in ((DeliveryState.DONE, KEPT), (DeliveryState.GIVEN_UP, KEPT_GIVEN_UP))
        )
    )
    keys: Sequence[int | None] = session.exec(select(HookDelivery.id).where(old).limit(BATCH)).all()
    if keys:
        delete_rows(session, HookDelivery, col(HookDelivery.id).in_(keys))
    return bool(keys)
