"""Hooks, as the loop sees them: which delivery is tried when, side by side and never two at one receiver; and what came of it.
Told they are by the worker's threads (bridge/service/hook_sender), what they tell is made by bridge/handlers/hooks."""

import logging
from collections.abc import Callable
from functools import partial

from sqlmodel import Session

from bridge.handlers.hooks import Hooks
from bridge.handlers.shop import ShopState
from bridge.records import hooks as rows
from bridge.records.rows import id_of
from bridge.records.tables import Hook, HookDelivery
from bridge.rules.hooks import signing
from bridge.rules.hooks.events import DeliveryState, HookEvent
from bridge.rules.hooks.receivers import Receiver
from bridge.service.hook_sender import HookTried, SendHook
from bridge.service.transactions import AfterCommit, Effects
from bridge.service.worker import HOOKS_AT_ONCE, Job

log = logging.getLogger(__name__)


class HookWatch:
    """give_work: gives a job to the threads that tell. wake: has the loop look when it is done with what it does."""

    def __init__(
        self,
        hooks: Hooks,
        shop: ShopState,
        give_work: Callable[[Job], None],
        wake: AfterCommit,
    ) -> None:
        self._hooks = hooks
        self._shop = shop
        self._give_work = give_work
        self._wake = wake
        # The origins of the receivers that are being told, by the slots of the senders.
        self._busy: dict[int, str] = {}
        self._started = False
        self._pinged = shop.clock.monotonic()

    def recall(self, session: Session) -> Effects:
        """Which hooks there are, when the box starts and when that is changed."""
        return [partial(self._hooks.take, rows.is_one(session), rows.wanted(session)), self._wake]

    def begins(self, session: Session) -> None:
        """A transaction of the loop begins."""
        self._hooks.begins(session)

    def ends(self, session: Session) -> Effects:
        """It is about to be committed."""
        return [self._wake] if self._hooks.ends(session) else []

    def started(self, session: Session) -> Effects:
        """The box has begun its work; told once, however often the database is begun anew."""
        if not self._started:
            self._hooks.started(session)
        return [self._has_started]

    def _has_started(self) -> None:
        self._started = True

    def ping(self, session: Session) -> Effects:
        """Says that the box is there, if a hook wants to know and it is time."""
        if HookEvent.PING not in self._hooks.wanted:
            return []
        every, now = rows.ping_every(session), self._shop.clock.monotonic()
        if not every or now < self._pinged + every:
            return []
        self._hooks.ping(session)
        return [partial(self._has_pinged, now)]

    def _has_pinged(self, now: float) -> None:
        self._pinged = now

    def look(self, session: Session, free: int | None = None) -> Effects:
        """Has told what is due, as far as there are senders. free: the slot of one that is just done."""
        if not self._hooks.there:
            return []
        busy = {slot: origin for slot, origin in self._busy.items() if slot != free}
        jobs: list[SendHook] = []
        now = self._shop.clock.utc()
        while len(busy) < HOOKS_AT_ONCE:
            due = rows.next_due(session, now, list(busy.values()))
            if due is None:
                break
            slot = min(set(range(HOOKS_AT_ONCE)) - set(busy))
            jobs.append(self._job(slot, *due))
            busy[slot] = due[1].origin
        return [partial(self._tell, busy, jobs)]

    def _tell(self, busy: dict[int, str], jobs: list[SendHook]) -> None:
        self._busy = busy
        for job in jobs:
            self._give_work(job)

    def _job(self, slot: int, delivery: HookDelivery, hook: Hook) -> SendHook:
        now, body = self._shop.clock.utc(), delivery.body.encode()
        at, secrets = int(now.timestamp()), rows.good_secrets(hook, now)
        receiver = Receiver.of(hook.url)
        headers = signing.headers(hook.kind, delivery.event_id, body, at, secrets, delivery.tries)
        allowed = receiver.is_among(self._shop.settings.hooks.allow)
        return SendHook(slot, id_of(delivery), receiver, headers, body, allowed)

    def tried(self, session: Session, news: HookTried) -> Effects:
        """Notes what came of a try, and has told what is due next."""
        delivery = rows.was_tried(session, news.delivery_id, news.status, news.answer, self._shop.clock.utc())
        if delivery is not None and delivery.state is not DeliveryState.DONE:
            hook = session.get_one(Hook, delivery.hook_id)
            log.info("A hook (%s) did not reach %s: %s", hook.event, hook.origin, news.answer.code)
        session.flush()
        return self.look(session, free=news.slot)
