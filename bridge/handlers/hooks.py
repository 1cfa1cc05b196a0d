"""Other programs are told what has happened: each change of a call, a text or a line becomes deliveries to the hooks of its
event, in the transaction that makes the change; and what people ask about hooks. Sent they are by bridge/service/hook_watch."""

from collections.abc import Callable, Mapping
from secrets import token_bytes
from typing import assert_never

from sqlmodel import Session

from bridge.contract.requests import (
    AddHook,
    ChangeSecret,
    DropHook,
    OfHooks,
    PauseHook,
    SendHookAgain,
    TellAgain,
    TestHook,
)
from bridge.handlers import audit_log
from bridge.handlers.hook_facts import HookFacts
from bridge.handlers.shop import ShopState
from bridge.records import contacts, hooks, incoming
from bridge.records.changes import Change, Changes
from bridge.records.device import device_id
from bridge.records.tables import Call, Contact, Hook, Incident, Message, Recipient
from bridge.rules import audit
from bridge.rules.hooks import happened, signing
from bridge.rules.hooks.events import HookEvent, HookKind, events_of
from bridge.rules.hooks.receivers import Receiver, receiver
from bridge.rules.limits import LONGEST_HOOK_ID
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import Direction, MessageKind
from modem.contract import CallOutcome, Coded

# Where a transaction keeps what it changes, and whether somebody is to be told.
CHANGES, TOLD = "changes", "told"
# So many texts are told of again at once.
MOST_TOLD_AGAIN = 1000


def _unknown(_failed: int) -> Mapping[str, object]:
    return {}


class Hooks:
    """there: is there a hook at all? wanted: the events that one is told of now."""

    def __init__(self, shop: ShopState, health: Callable[[int], Mapping[str, object]] = _unknown) -> None:
        """health: what the box says of itself, told how many texts have failed lately."""
        self._shop = shop
        self._facts = HookFacts(shop, health)
        self.there = False
        self.wanted: frozenset[HookEvent] = frozenset()

    def take(self, there: bool, wanted: frozenset[HookEvent]) -> None:
        """What is in the rows; after the commit that has changed them."""
        self.there, self.wanted = there, wanted

    # ---- what has happened

    def begins(self, session: Session) -> None:
        """A transaction begins: what it changes is noted, if anybody wants to know."""
        if self.wanted:
            session.info[CHANGES] = Changes(session)

    def ends(self, session: Session) -> bool:
        """A transaction is about to be committed: what it has changed is told. Is somebody to be told of something?"""
        changes: Changes | None = session.info.pop(CHANGES, None)
        if changes is not None:
            session.flush()
            for change in changes.all():
                self._tell_of(session, change)
        return bool(session.info.pop(TOLD, False))

    def _tell_of(self, session: Session, change: Change) -> None:
        match change.row:
            case Call() as call:
                self._of_call(session, call, change)
            case Message() as message if message.direction is Direction.IN:
                if change.before("place") != message.place and message.kind is MessageKind.MANUAL:
                    self._of_text(session, message, HookEvent.SMS_RECEIVED)
            case Message() as message:
                for event in happened.with_text(change.before("status"), message.status, message.error):
                    self._of_text(session, message, event)
            case Recipient() as recipient:
                if change.made and recipient.message_id is None:
                    self._of_refused(session, recipient)
            case Incident() as incident:
                lasted = not change.made and change.before("ended") is None
                for event in happened.with_line(incident.kind, lasted=lasted, lasts=incident.ended is None):
                    if event in self.wanted:
                        self.tell(session, event, self._facts.of_line(session, incident))

    def _of_text(self, session: Session, message: Message, event: HookEvent) -> None:
        if event in self.wanted:
            contact = session.get_one(Contact, message.contact_id)
            self.tell(session, event, self._facts.of_text(session, message, contact, event), contact)

    def _of_refused(self, session: Session, recipient: Recipient) -> None:
        """Somebody whom a program wanted to be texted, and who is not."""
        if HookEvent.SMS_FAILED in self.wanted:
            contact = contacts.contact_at(session, recipient.identity) if recipient.identity else None
            self.tell(session, HookEvent.SMS_FAILED, self._facts.of_refused(session, recipient), contact)

    def _of_call(self, session: Session, call: Call, change: Change) -> None:
        before = change.before("outcome")
        was_known = bool(change.before("number") or change.before("withheld"))
        is_known = bool(call.number or call.withheld)
        outcome = CallOutcome.DATA if change.gone else call.outcome
        told = happened.with_call(before, outcome, made=change.made, was_known=was_known, is_known=is_known)
        decided = HookEvent.ENDED in told or change.before("reason") != call.reason
        if decided and outcome is not None and not change.gone:
            told.append(HookEvent.DECISION)
        contact = session.get(Contact, call.contact_id) if call.contact_id is not None else None
        for event in told:
            if event in self.wanted:
                self.tell(
                    session, event, self._facts.of_call(session, call, contact, event, outcome), contact
                )

    def tell(
        self,
        session: Session,
        event: HookEvent,
        payload: Mapping[str, object],
        contact: Contact | None = None,
    ) -> None:
        """This has happened. contact: whom it is about, with whom it is forgotten."""
        now = self._shop.clock.utc()
        if hooks.tell(session, event, payload, device_id(session), now, contact):
            session.info[TOLD] = True

    def started(self, session: Session) -> None:
        """The box has begun its work."""
        if HookEvent.STARTED in self.wanted:
            self.tell(session, HookEvent.STARTED, self._facts.of_start(session))

    def ping(self, session: Session) -> None:
        """The box says that it is there."""
        self.tell(session, HookEvent.PING, self._facts.of_health(session))

    # ---- what people ask

    def request(self, session: Session, request: OfHooks, by: str) -> None:
        """Do what somebody asks about hooks, and note it in the audit log. Raises Refusal."""
        now = self._shop.clock.utc()
        match request:
            case AddHook():
                self._add(session, request, by)
            case DropHook(id=key, kind=kind):
                hook = session.get(Hook, key)
                if hook is not None and hook.kind is kind:
                    self._note(session, by, audit.Change.HOOK_REMOVED, hook)
                    hooks.drop(session, hook)
            case PauseHook(id=key, paused=paused):
                hook = hooks.hook_called(session, key)
                if hook.paused != paused:
                    change = audit.Change.HOOK_PAUSED if paused else audit.Change.HOOK_RESUMED
                    self._note(session, by, change, hook)
                hook.paused = paused
                hooks.wake(session, key, now)
            case ChangeSecret(id=key, secret=secret):
                hook = hooks.hook_called(session, key)
                hooks.change_secret(hook, _good_secret(secret), now)
                self._note(session, by, audit.Change.HOOK_SECRET, hook)
            case TestHook(id=key):
                hook = hooks.hook_called(session, key)
                payload = self._facts.for_a_test(session, hook.event)
                session.add(hooks.delivery(hook, payload, device_id(session), now))
                hooks.wake(session, key, now)
            case SendHookAgain(id=delivery):
                hooks.again(session, delivery, now)
            case TellAgain(since=since, until=until):
                for message in incoming.texts_between(session, since, until, MOST_TOLD_AGAIN):
                    self._of_text(session, message, HookEvent.SMS_RECEIVED)
            case _:
                assert_never(request)

    def _add(self, session: Session, request: AddHook, by: str) -> None:
        """One more, or another address and event for the one of this id."""
        event = _event(request.event, request.kind)
        found = receiver(request.url, self._shop.settings.hooks.allow)
        if not 0 < len(request.id) <= LONGEST_HOOK_ID:
            raise Refusal(Refused.HOOK_NAME, most=LONGEST_HOOK_ID)
        hook = session.get(Hook, request.id)
        if hook is not None:
            if hook.kind is not request.kind:
                raise Refusal(Refused.HOOK_OF_OTHER_LIST)
            hook.event, hook.url, hook.origin = event, request.url, found.origin
            self._note(session, by, audit.Change.HOOK_CHANGED, hook)
            return
        hook = Hook(
            id=request.id,
            kind=request.kind,
            event=event,
            url=request.url,
            origin=found.origin,
            by=by,
            created=self._shop.clock.utc(),
            secret=_good_secret(request.secret) if request.secret else _signing_key(session),
        )
        hooks.add(session, hook)
        self._note(session, by, audit.Change.HOOK_ADDED, hook)

    def are_signed_with(self, session: Session, key: str) -> None:
        """What all hooks of SMSGate's clients are signed with from now on; what they were is good for a while."""
        for hook in hooks.of_kind(session, HookKind.SMS):
            hooks.change_secret(hook, key, self._shop.clock.utc())

    def _note(self, session: Session, by: str, change: audit.Change, hook: Hook) -> None:
        host = Receiver.of(hook.url).host
        audit_log.note(session, by, Coded.of(change, host=host, event=hook.event), self._shop.clock.utc())


def _event(name: str, kind: HookKind) -> HookEvent:
    if name not in events_of(kind):
        raise Refusal(Refused.NO_SUCH_EVENT, event=name)
    return HookEvent(name)


def _good_secret(secret: str) -> str:
    if not 0 < len(secret) <= signing.LONGEST_SECRET:
        raise Refusal(Refused.SECRET_LENGTH, most=signing.LONGEST_SECRET)
    return secret


def _signing_key(session: Session) -> str:
    """The one for all hooks of SMSGate's clients; made at the first hook, as the phone does."""
    key = hooks.signing_key(session)
    if key is None:
        key = signing.secret_of(token_bytes(signing.OCTETS))
        hooks.keep_signing_key(session, key)
    return key
