"""Texts that go out: queued, and which one is due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, not_, or_
from sqlmodel import Session, col, select

from bridge.records import waits
from bridge.records.rows import add_row
from bridge.records.tables import Call, Contact, Line, Message, Utc
from bridge.rules.retries import PASSING, PROBE, PROBE_CONTRACT
from bridge.rules.states import PENDING, WRITTEN, Direction, MessageKind, MessageStatus
from bridge.rules.submissions import turn_of


def text_is_queued(
    session: Session,
    *,
    line_id: int,
    contact_id: int,
    body: str,
    parts: int,
    kind: MessageKind,
    due: datetime,
    expires: datetime,
    now: datetime,
    author: str | None = None,
    call: Call | None = None,
    ticket: str | None = None,
    priority: int = 0,
) -> Message:
    """The new row of a text that goes out from `due` on, and not after `expires` (both UTC). parts: TPDUs it takes. call: the
    call that it answers. ticket: by which the same request is recognised when it comes again. priority: what a program asked
    for (rules/submissions.turn_of)."""
    message = Message(
        line_id=line_id,
        contact_id=contact_id,
        call_id=call.id if call else None,
        direction=Direction.OUT,
        kind=kind,
        body=body,
        author=author,
        status=MessageStatus.QUEUED,
        created=now,
        due=due,
        expires=expires,
        parts=parts,
        ticket=ticket,
        turn=turn_of(kind, priority),
    )
    return add_row(session, message)


def text_of_ticket(session: Session, ticket: str) -> Message | None:
    """The text that was typed into this form."""
    return session.exec(select(Message).where(Message.ticket == ticket)).first()


def is_scheduled(message: Message) -> bool:
    """Did somebody write this for later, and has it not been its time yet?"""
    waits = message.status == MessageStatus.QUEUED and message.kind in WRITTEN and not message.tries
    return waits and message.due is not None and message.due > message.created


def by_hand_are_cancelled(session: Session, contact_id: int, why: str, now: datetime) -> None:
    """What people here, or programs of theirs, wrote to somebody and has not gone out, does not. why: a code."""
    for message in session.exec(
        select(Message).where(
            Message.contact_id == contact_id,
            Message.status == MessageStatus.QUEUED,
            col(Message.kind).in_(WRITTEN),
        )
    ):
        message.error = why
        comes_to_nothing(session, message, MessageStatus.CANCELLED, now)


def comes_to_nothing(session: Session, message: Message, status: MessageStatus, now: datetime) -> None:
    """It ends in this status and will never go out; whoever should be answered by it waits again. now: UTC."""
    message.status, message.settled = status, now
    session.flush()
    waits.has_come_to_nothing(session, message)


# Of a stopped line only what has expired meanwhile, and now and then one more to see whether it goes on. Built once: a caller
# waits.
_PASSES = or_(*(col(Line.stopped).startswith(code.value, autoescape=True) for code in sorted(PASSING)))
_STOPPED = and_(
    col(Line.stopped).is_not(None),
    or_(
        and_(_PASSES, col(Line.stopped_at) > bindparam("probed", type_=Utc)),
        and_(not_(_PASSES), col(Line.stopped_at) > bindparam("contract_probed", type_=Utc)),
    ),
)
_DUE = (
    select(Message, Contact, Call)
    .join(Line, col(Line.id) == Message.line_id)
    .join(Contact, col(Contact.id) == Message.contact_id)
    .outerjoin(Call, col(Call.id) == Message.call_id)
    .where(
        Message.status == MessageStatus.QUEUED,
        col(Message.due) <= bindparam("now", type_=Utc),
        Line.name == bindparam("line"),
    )
    .where(or_(not_(_STOPPED), col(Message.expires) < bindparam("now", type_=Utc)))
    .order_by(col(Message.turn), col(Message.due), col(Message.id))
    .limit(1)
)
_DUE_BY_HAND = _DUE.where(Message.kind != MessageKind.AUTO)


def next_text_due(
    session: Session, line: str, now: datetime, automatic: bool = True
) -> tuple[Message, Contact, Call | None] | None:
    """The queued text of this line that goes out first: of the most urgent, that which has been due the longest; to whom, and
    the call that it answers. automatic: automatic ones too."""
    facts = {"line": line, "now": now, "probed": now - PROBE, "contract_probed": now - PROBE_CONTRACT}
    return session.exec(_DUE if automatic else _DUE_BY_HAND, params=facts).first()


def texts_pending(session: Session) -> Sequence[Message]:
    """Texts that wait, or were on their way."""
    return session.exec(select(Message).where(col(Message.status).in_(PENDING))).all()


def texts_left_sending(session: Session) -> Sequence[Message]:
    """Texts that were on their way when the box stopped."""
    return session.exec(select(Message).where(Message.status == MessageStatus.SENDING)).all()
