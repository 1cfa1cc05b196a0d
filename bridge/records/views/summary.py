"""What the owner's digest counts over some days, and who waits for an answer; reads only."""

from collections.abc import Sequence, Set
from datetime import datetime

from sqlmodel import Session, col, func, select

from bridge.records.tables import Call, Contact, Message
from bridge.records.views.needing_reply import needs_reply
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


def waiting(session: Session, own: Set[str]) -> Sequence[Contact]:
    """Who has written or rung and was not answered, the longest wait first. own: identities of our own numbers."""
    query = select(Contact).where(needs_reply(own))
    return session.exec(query.order_by(col(Contact.waits_place), col(Contact.id))).all()
