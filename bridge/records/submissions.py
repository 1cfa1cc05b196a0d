"""What programs asked to be sent, and what has become of it. Runs inside the loop's transactions; the API only reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_
from sqlmodel import Session, col, select

from bridge.records.rows import id_of
from bridge.records.tables import Message, Recipient, Submission
from bridge.rules.states import MessageKind, MessageStatus
from bridge.rules.submissions import State, Text, state_of, state_of_all, times_of


@dataclass(frozen=True)
class RecipientRow:
    """One recipient: the number as given, and how far the text has got. error: as a column holds it."""

    number: str
    state: State
    error: str | None


@dataclass(frozen=True)
class SubmissionRow:
    """One submission with all that became of it. times: when it came to each of its states."""

    ref: str
    key_id: int
    body: str
    sealed: bool
    sim: int | None
    created: datetime
    due: datetime | None
    expires: datetime | None
    state: State
    times: dict[State, datetime]
    recipients: tuple[RecipientRow, ...]


def of_ref(session: Session, ref: str) -> Submission | None:
    """The submission that has this id; None if there is none."""
    return session.exec(select(Submission).where(Submission.ref == ref)).first()


def recipients_of(session: Session, submission: Submission) -> Sequence[tuple[Recipient, Message | None]]:
    """Its recipients in their order, each with our text to them."""
    return _recipients(session, [id_of(submission)])


def ref_of(session: Session, message_id: int) -> str | None:
    """The id by which a program knows this text of ours; None for a text that no program asked for."""
    query = select(Submission.ref).join(Recipient, col(Recipient.submission_id) == Submission.id)
    return session.exec(query.where(Recipient.message_id == message_id)).first()


def failed_since(session: Session, moment: datetime) -> int:
    """How many of our texts, whoever wrote them, were made since then and have failed."""
    failed = select(func.count()).where(
        Message.created >= moment, col(Message.status).in_((MessageStatus.FAILED, MessageStatus.EXPIRED))
    )
    return session.exec(failed).one()


def shown(session: Session, submission: Submission) -> SubmissionRow:
    """What the API tells of one."""
    return _rows(session, [submission])[0]


def listed(
    session: Session,
    *,
    key_id: int | None = None,
    state: State | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    oldest_first: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[SubmissionRow], int]:
    """A page of submissions, the newest first, and how many there are in all. key_id: of this key alone; state: those that are
    in it; since, until: UTC."""
    which: list[ColumnElement[bool]] = []
    if key_id is not None:
        which.append(col(Submission.key_id) == key_id)
    if since is not None:
        which.append(col(Submission.created) >= since)
    if until is not None:
        which.append(col(Submission.created) <= until)
    if state is not None:
        which.append(_is_in(state))
    count = session.exec(select(func.count()).select_from(Submission).where(*which)).one()
    order = col(Submission.id) if oldest_first else col(Submission.id).desc()
    page = session.exec(select(Submission).where(*which).order_by(order).limit(limit).offset(offset)).all()
    return _rows(session, page), count


def texts_since(session: Session, moment: datetime) -> int:
    """How many texts programs have had queued since then, of those that went out or still may."""
    count = select(func.count()).where(
        Message.kind == MessageKind.API,
        Message.created >= moment,
        col(Message.status).not_in(
            (MessageStatus.FAILED, MessageStatus.CANCELLED, MessageStatus.EXPIRED),
        ),
    )
    return session.exec(count).one()


def _rows(session: Session, page: Sequence[Submission]) -> list[SubmissionRow]:
    theirs: dict[int, list[tuple[Recipient, Message | None]]] = {id_of(one): [] for one in page}
    for recipient, message in _recipients(session, list(theirs)):
        theirs[recipient.submission_id].append((recipient, message))
    return [_row(one, theirs[id_of(one)]) for one in page]


def _recipients(session: Session, keys: Sequence[int]) -> Sequence[tuple[Recipient, Message | None]]:
    query = (
        select(Recipient, Message)
        .outerjoin(Message, col(Message.id) == Recipient.message_id)
        .where(col(Recipient.submission_id).in_(keys))
        .order_by(col(Recipient.id))
    )
    return session.exec(query).all()


def _row(one: Submission, recipients: Sequence[tuple[Recipient, Message | None]]) -> SubmissionRow:
    texts = [(_text(message), recipient.error) for recipient, message in recipients]
    states = [state_of(text, error) for text, error in texts]
    return SubmissionRow(
        ref=one.ref,
        key_id=one.key_id,
        body=one.body,
        sealed=one.sealed,
        sim=one.sim,
        created=one.created,
        due=one.due,
        expires=one.expires,
        state=state_of_all(states) if states else State.FAILED,
        times=times_of(texts, one.created),
        recipients=tuple(
            RecipientRow(recipient.number, state, _why(recipient, message) if state is State.FAILED else None)
            for (recipient, message), state in zip(recipients, states, strict=True)
        ),
    )


def _why(recipient: Recipient, message: Message | None) -> str | None:
    if message is None:
        return recipient.error
    return "ttl_expired" if message.status is MessageStatus.EXPIRED else message.error


def _text(message: Message | None) -> Text | None:
    if message is None:
        return None
    return Text(
        message.status,
        message.error,
        message.created,
        message.due,
        message.handed,
        message.sent,
        message.delivered,
        message.settled,
    )


# ---- the same rules as rules/submissions.state_of, asked of the database; a test holds the one against the other


def _one_is(status: ColumnElement[bool]) -> ColumnElement[bool]:
    """One of its recipients has a text of which this holds."""
    return exists().where(
        col(Recipient.submission_id) == Submission.id, col(Message.id) == Recipient.message_id, status
    )


_STATUS = col(Message.status)
_CANCELLED = and_(_STATUS == MessageStatus.CANCELLED, col(Message.error).is_(None))
_FAILED = or_(
    _STATUS.in_((MessageStatus.FAILED, MessageStatus.EXPIRED)),
    and_(_STATUS == MessageStatus.CANCELLED, col(Message.error).is_not(None)),
)
_SENT = _STATUS.in_((MessageStatus.SENT, MessageStatus.UNCONFIRMED))


def _is_in(state: State) -> ColumnElement[bool]:
    pending = _one_is(_STATUS == MessageStatus.QUEUED)
    cancelled, processed = _one_is(_CANCELLED), _one_is(_STATUS == MessageStatus.SENDING)
    sent, delivered = _one_is(_SENT), _one_is(_STATUS == MessageStatus.DELIVERED)
    no_text = exists().where(
        col(Recipient.submission_id) == Submission.id, col(Recipient.message_id).is_(None)
    )
    failed = or_(_one_is(_FAILED), no_text)
    settled = and_(not_(pending), not_(cancelled), not_(processed))
    match state:
        case State.PENDING:
            return pending
        case State.CANCELLED:
            return and_(not_(pending), cancelled)
        case State.PROCESSED:
            return and_(not_(pending), not_(cancelled), processed)
        case State.DELIVERED:
            return and_(settled, delivered, not_(sent), not_(failed))
        case State.FAILED:
            return and_(settled, not_(sent), not_(delivered))
        case State.SENT:
            return and_(settled, or_(sent, and_(delivered, failed)))
        case State.CANCELLING:
            return col(Submission.id).is_(None)  # never: what is queued is cancelled at once
