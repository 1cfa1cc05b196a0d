"""What people can take back: how conversations stood before a request, kept for a while. Runs inside the loop's
transactions."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from secrets import token_urlsafe

from sqlmodel import Session, col, select

from bridge.records import labels, outgoing, users, waits
from bridge.records.rows import id_of
from bridge.records.tables import Call, Contact, Message
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import MessageKind, MessageStatus
from modem.contract import Coded

# So many requests can be undone, the last ones; nobody presses Undo after a restart.
KEPT = 200

Step = Callable[[Session, datetime], None]


@dataclass(frozen=True)
class State:
    """How a conversation stands. unread: ids of texts; asks: of the text that waits for an answer; uncalled: ids of the calls
    that nobody has called back, and which of them are urgent; later: ids of the texts that are to go out at a chosen time."""

    done: bool
    assignee: str | None
    snoozed_until: datetime | None
    waits: tuple[datetime | None, int | None]
    unread: frozenset[int]
    asks: int | None
    uncalled: frozenset[tuple[int, bool]]
    labels: frozenset[str]
    later: frozenset[int]


@dataclass(frozen=True)
class Undone:
    """What the audit log says once it is taken back, and of whom (the contact's id). owners_only: staff may not."""

    change: Coded
    contact_id: int | None = None
    owners_only: bool = False


class Undoing:
    """The steps that undo what was asked for last."""

    def __init__(self) -> None:
        self._steps: OrderedDict[str, tuple[Step, Undone | None]] = OrderedDict()

    def keep(self, step: Step, undone: Undone | None = None) -> str:
        """The key by which this step can be asked for."""
        key = token_urlsafe(9)
        self._steps[key] = step, undone
        while len(self._steps) > KEPT:
            self._steps.popitem(last=False)
        return key

    def keep_states(
        self, before: dict[int, State], after: dict[int, State], undone: Undone | None
    ) -> str | None:
        """The key by which these conversations come back to what they were; None if nothing has changed."""
        changed = [(key, was, after[key]) for key, was in before.items() if after[key] != was]
        return self.keep(partial(_put_all_back, changed), undone) if changed else None

    def undo(self, session: Session, key: str, by: str | None, now: datetime) -> Undone | None:
        """Takes it back. Raises Refusal for what is not kept any more, or is not for them."""
        step, undone = self._steps.get(key, (None, None))
        if step is None or (undone and undone.owners_only and not users.is_owner(session, by)):
            raise Refusal(Refused.NOTHING_TO_UNDO)
        step(session, now)
        return undone


def states_of(session: Session, contacts: Iterable[Contact]) -> dict[int, State]:
    """How the conversations with these people stand, by their ids."""
    return {id_of(contact): _state_of(session, contact) for contact in contacts}


def _state_of(session: Session, contact: Contact) -> State:
    session.flush()
    unread = select(Message.id).where(
        Message.contact_id == contact.id, Message.status == MessageStatus.RECEIVED
    )
    queued = select(Message).where(
        Message.contact_id == contact.id,
        Message.status == MessageStatus.QUEUED,
        Message.kind == MessageKind.MANUAL,
    )
    calls = select(Call).where(Call.contact_id == contact.id, col(Call.called_back).is_(None))
    asked = waits.asking(session, contact)
    return State(
        contact.done,
        contact.assignee,
        contact.snoozed_until,
        (contact.waits_since, contact.waits_place),
        frozenset(key for key in session.exec(unread) if key),
        asked.id if asked else None,
        frozenset((id_of(call), call.urgent) for call in session.exec(calls)),
        frozenset(
            label.name for label in labels.labels_of(session, [id_of(contact)]).get(id_of(contact), [])
        ),
        frozenset(id_of(text) for text in session.exec(queued) if outgoing.is_scheduled(text)),
    )


def _put_all_back(changed: Sequence[tuple[int, State, State]], session: Session, now: datetime) -> None:
    gone = {key for _, before, after in changed for key in before.later - after.later}
    if any(text.due is None or text.due <= now for text in _messages(session, gone, MessageStatus.CANCELLED)):
        raise Refusal(Refused.NOTHING_TO_UNDO)  # it would go out at another time than was chosen
    for key, before, after in changed:
        contact = session.get(Contact, key)
        if contact is not None:
            _put_back(session, contact, before, after, now)
    session.flush()


def _put_back(session: Session, contact: Contact, before: State, after: State, now: datetime) -> None:
    """What still is as the request has left it becomes what it was; what came since stays."""
    current = _state_of(session, contact)
    if current.done == after.done:
        contact.done = before.done
    if current.assignee == after.assignee:
        contact.assignee = before.assignee
    if current.snoozed_until == after.snoozed_until:
        contact.snoozed_until = before.snoozed_until
    if current.waits == after.waits:
        contact.waits_since, contact.waits_place = before.waits
    _ask_again(session, before, after, current, now)
    for text in _messages(session, before.unread - after.unread, MessageStatus.READ):
        text.status = MessageStatus.RECEIVED
    for text in _messages(session, before.later - after.later, MessageStatus.CANCELLED):
        text.status, text.settled = MessageStatus.QUEUED, None
    for key, urgent in before.uncalled - after.uncalled:
        if (call := session.get(Call, key)) is not None:
            call.called_back, call.called_back_by, call.urgent = None, None, urgent
    for name in before.labels - after.labels:
        labels.put_on(session, contact, name)
    for label in labels.labels_of(session, [id_of(contact)]).get(id_of(contact), []):
        if label.name in after.labels - before.labels:
            labels.take_off(session, contact, id_of(label))


def _ask_again(session: Session, before: State, after: State, current: State, now: datetime) -> None:
    """The text that waited for an answer does so again; or it was to be answered later, and is so again."""
    if before.asks == after.asks or current.asks != after.asks:
        return
    if before.asks is not None and (text := session.get(Message, before.asks)) is not None:
        text.asks, text.answered = True, None
    elif after.asks is not None:
        session.get_one(Message, after.asks).answered = now


def _messages(session: Session, keys: Iterable[int], status: MessageStatus) -> Sequence[Message]:
    return session.exec(
        select(Message).where(col(Message.id).in_(list(keys)), Message.status == status)
    ).all()
