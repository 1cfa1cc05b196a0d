"""What the owner's digest counts over some days, and who waits for an answer; reads only."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from bridge.records.tables import Call, Contact, Message
from bridge.rules.digest import Counts
from bridge.rules.states import MISSED, WENT_OUT, Direction, MessageKind


def counts(session: Session, since: datetime, until: datetime) -> Counts:
    """Calls, automatic texts that went out, and texts that came in, from `since` up to but not including `until`."""
    calls = select(func.count()).where(
        Call.started >= since, Call.started < until, col(Call.ended).is_not(None)
    )
    missed = calls.where(col(Call.outcome).in_(sorted(MISSED)))
    texts = select(func.count()).where(Message.created >= since, Message.created < until)
    texted = texts.where(Message.kind == MessageKind.AUTO, col(Message.status).in_(WENT_OUT))
    answers = texts.where(Message.direction == Direction.IN, Message.kind == MessageKind.MANUAL)
    one, two, three, four = (session.exec(query).one() for query in (calls, missed, texted, answers))
    return Counts(one, two, three, four)


def waiting(session: Session) -> Sequence[Contact]:
    """Who has written and was not answered, the longest wait first."""
    asked = (
        select(Message.contact_id, func.min(Message.place).label("place"))
        .where(col(Message.asks), col(Message.answered).is_(None))
        .group_by(col(Message.contact_id))
        .subquery()
    )
    query = select(Contact).join(asked, asked.c.contact_id == Contact.id).where(col(Contact.done).is_(False))
    return session.exec(query.order_by(asked.c.place)).all()
