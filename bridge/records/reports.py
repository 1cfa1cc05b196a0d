"""Parts that the SMSC took, and its status reports on them (23.040 9.2.3.15)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bridge.records.contacts import has_number
from bridge.records.outgoing import comes_to_nothing
from bridge.records.rows import id_of
from bridge.records.tables import Contact, Message, MessagePart
from bridge.rules.states import Direction, MessageStatus
from bridge.rules.troubles import BoxTrouble
from modem.contract import ReportReceived, Trouble

# TP-ST that say that no text will ever reach this number: a landline, a subscriber that is none.
NEVER_DELIVERED = {
    0x41: BoxTrouble.PHONE_TAKES_NO_TEXTS,
    0x43: BoxTrouble.NUMBER_UNREACHABLE,
    0x45: BoxTrouble.NETWORK_TAKES_NO_TEXTS,
}


# TP-ST (23.040 9.2.3.15): below, delivered; from here to GAVE_UP the SMSC goes on trying.
STILL_TRYING, GAVE_UP = 0x20, 0x40


# So long after sending, a status report may still find its part: MRs are 8 bits and come round again.
REPORT_DAYS = 3


# So close together are our sending of a part and the SMSC's stamp of it, if the clocks are right.
SAME_SUBMIT = timedelta(minutes=5)


def part_was_taken(session: Session, message: Message, part: int, mr: int, now: datetime) -> None:
    """The SMSC took this part; its report may have been faster, and has then made the row."""
    early = next((p for p in parts_of(session, message) if p.mr == mr and p.status is not None), None)
    if early is not None:
        early.part = part
    else:
        session.add(MessagePart(message_id=id_of(message), part=part, mr=mr, sent=now))


def report_came(session: Session, report: ReportReceived, recipient: str, now: datetime) -> Message | None:
    """Note a status report on the part that it is about; the message, or None if it is about none of ours.

    recipient: the identity of the report's number (numbers.identity).
    """
    to_them = (
        has_number(recipient),
        Message.direction == Direction.OUT,
        Message.created >= now - timedelta(days=REPORT_DAYS),
    )
    by_mr = (
        select(Message, MessagePart)
        .join(Contact, col(Contact.id) == Message.contact_id)
        .join(MessagePart, col(MessagePart.message_id) == Message.id)
        .where(*to_them, MessagePart.mr == report.mr)
        .order_by(col(Message.id).desc())
    )
    known = sorted(session.exec(by_mr).all(), key=lambda row: _late(row[1], report))
    if known and _is_done(known[0][1]) and _late(known[0][1], report) < SAME_SUBMIT:
        return None  # told once more
    message = next((message for message, part in known if not _is_done(part)), None)
    if message is None:
        # A text whose reference never reached us: the report is the first that we hear of it.
        unheard = (
            select(Message)
            .join(Contact, col(Contact.id) == Message.contact_id)
            .where(*to_them, col(Message.status).in_([MessageStatus.SENDING, MessageStatus.UNCONFIRMED]))
            .order_by(col(Message.id).desc())
        )
        message = next((m for m in session.exec(unheard) if len(parts_of(session, m)) < m.parts), None)
        if message is None:
            return None
        part_was_taken(session, message, len(parts_of(session, message)) + 1, report.mr, now)
        session.flush()
    mine = [p for p in parts_of(session, message) if p.mr == report.mr]
    part = next((p for p in mine if p.status is None or STILL_TRYING <= p.status < GAVE_UP), mine[0])
    part.status = report.status
    session.flush()
    _apply_reports(session, message, now)
    return message


def _late(part: MessagePart, report: ReportReceived) -> timedelta:
    """Between our sending of the part and the SMSC's stamp of what the report is about: which of two parts of one MR is
    meant. Without a stamp the newest is."""
    return timedelta.max if report.scts is None else abs(part.sent - report.scts)


def _is_done(part: MessagePart) -> bool:
    return part.status is not None and part.status < STILL_TRYING


def _apply_reports(session: Session, message: Message, now: datetime) -> None:
    """Delivered when every part is; failed when the SMSC gave one up."""
    statuses = [part.status for part in parts_of(session, message)]
    if any(status is not None and status >= GAVE_UP for status in statuses):
        why = next((NEVER_DELIVERED[status] for status in statuses if status in NEVER_DELIVERED), None)
        message.error = Trouble.of(BoxTrouble.UNDELIVERED, why=why or "").to_text()
        comes_to_nothing(session, message, MessageStatus.FAILED, now)
        if why is not None:
            session.get_one(Contact, message.contact_id).unreachable = why.value
    elif len(statuses) >= message.parts and all(s is not None and s < STILL_TRYING for s in statuses):
        message.status, message.delivered, message.error = MessageStatus.DELIVERED, now, None
        session.get_one(Contact, message.contact_id).unreachable = None
        message.sent = message.sent or now


def parts_of(session: Session, message: Message) -> Sequence[MessagePart]:
    """The parts of this message that the SMSC took, in their order."""
    return session.exec(
        select(MessagePart).where(MessagePart.message_id == message.id).order_by(col(MessagePart.part))
    ).all()
