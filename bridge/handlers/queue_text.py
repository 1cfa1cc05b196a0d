"""How a text is queued, whoever wants it sent: the policy, the answer to STOP, the owner's alerts, or a person by hand."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bridge.contract.answers import Done, Rejected
from bridge.contract.requests import WriteText
from bridge.handlers import conversations
from bridge.records import contacts, lines, outgoing
from bridge.records.rows import id_of
from bridge.records.tables import Call, Message
from bridge.rules import numbers
from bridge.rules.later import AHEAD_AT_MOST
from bridge.rules.limits import MOST_PARTS
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.settings import Settings
from bridge.rules.states import MessageKind, MessageStatus
from bridge.rules.wording import plain
from modem.contract import Coded, segments

# A text that could not go out for so long is not worth sending any more.
WORTH_SENDING = timedelta(hours=24)


def queue_text(
    session: Session,
    contact_id: int,
    body: str,
    kind: MessageKind,
    *,
    line_id: int,
    now: datetime,
    due: datetime | None = None,
    expires: datetime | None = None,
    author: str | None = None,
    call: Call | None = None,
    ticket: str | None = None,
    priority: int = 0,
) -> Message:
    """Queue a text to a contact, in as many parts as it takes. Typographic characters become their GSM-7 twins (23.038),
    whoever wrote them: editors and phones put them in unasked, and they would halve what a text holds. Nobody else sees to it,
    but for what counts a text before it is queued (rules/wording, the page's script).

    due: not before this, at once if not given; expires: not after this, WORTH_SENDING from then if not given; both aware.
    author: the user who wrote it, call: the one that it answers, ticket: of the form that it was typed into. priority: what a
    program asked for.
    """
    body, due = plain(body), due or now
    return outgoing.text_is_queued(
        session,
        line_id=line_id,
        contact_id=contact_id,
        body=body,
        parts=segments(body).parts,
        kind=kind,
        due=due,
        expires=expires or due + WORTH_SENDING,
        now=now,
        author=author,
        call=call,
        ticket=ticket,
        priority=priority,
    )


def write_text(
    session: Session, request: WriteText, settings: Settings, region: str, now: datetime
) -> Done | Rejected:
    """Queue a text by hand, on the line that this person called or wrote to last; used by the page through the loop, by the
    owner's relayed answers, and by `textback send`."""
    address = numbers.e164(request.address, region)
    body = plain(request.body.strip())
    if address is None:
        return Rejected(Coded.of(Refused.NOT_TEXTABLE, address=request.address))
    if not body:
        return Rejected(Coded(Refused.EMPTY_TEXT))
    if (parts := segments(body).parts) > MOST_PARTS:
        return Rejected(Coded.of(Refused.TOO_MANY_PARTS, parts=parts, most=MOST_PARTS))
    if request.due is not None and not now < request.due <= now + AHEAD_AT_MOST:
        return Rejected(Coded.of(Refused.NOT_LATER, days=AHEAD_AT_MOST.days))
    sent = outgoing.text_of_ticket(session, request.ticket) if request.ticket else None
    if sent is not None:
        return Done(sent.id) if sent.body == body else Rejected(Coded(Refused.OTHER_WORDS_SENT))
    contact = contacts.somebody_at(session, address, "page", now)
    if contact.opted_out_at is not None and not request.despite_stop:
        return Rejected(Coded(Refused.OPTED_OUT))
    message = queue_text(
        session,
        id_of(contact),
        body,
        MessageKind.MANUAL,
        line_id=id_of(lines.line_of(session, contact, [modem.name for modem in settings.modems])),
        now=now,
        due=request.due,
        author=request.author,
        ticket=request.ticket or None,
    )
    conversations.we_answered(session, contact, now, message)
    return Done(message.id)


def reschedule(session: Session, message_id: int, due: datetime | None, now: datetime) -> None:
    """A text by hand that is to go out later goes out at another time, or (None) not at all. Raises Refusal if it is too late
    for that, or the time will not do."""
    message = session.get(Message, message_id)
    if message is None or not outgoing.is_scheduled(message):
        raise Refusal(Refused.NOT_SCHEDULED)
    if due is None:
        outgoing.comes_to_nothing(session, message, MessageStatus.CANCELLED, now)
    elif not now < due <= now + AHEAD_AT_MOST:
        raise Refusal(Refused.NOT_LATER, days=AHEAD_AT_MOST.days)
    else:
        message.due, message.expires = due, due + WORTH_SENDING
