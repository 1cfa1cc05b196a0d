"""Every change to the database, each function one step of a story; transactions and decisions are the caller's."""

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Any, TypeVar

from sqlalchemy import and_, func, not_, or_
from sqlmodel import Session, col, select

from bridge.models import (
    Call,
    ConsentEvent,
    Contact,
    Forgotten,
    InboundPart,
    Incident,
    Line,
    Memo,
    Message,
    MessagePart,
)
from bridge.retries import PROBE
from modem.contract import LineUp, Repair, ReportReceived, TextReceived, join

Row = TypeVar("Row", Line, Contact, Call, Message, InboundPart)

# An automatic text in one of these states keeps its number cooling down (DESIGN, chapter 4).
COOLING = ("sending", "sent", "delivered", "unconfirmed")
# TP-ST that say that no text will ever reach this number: a landline, a subscriber that is none.
NEVER_DELIVERED = {
    0x41: "The phone there takes no texts.",
    0x43: "The number cannot be reached.",
    0x45: "Its network takes no texts.",
}
# The memo with the key of the hashes of numbers that opted out and were forgotten.
FORGET_KEY = "forget_key"
# TP-ST (23.040 9.2.3.15): below, delivered; from here to GAVE_UP the SMSC goes on trying.
STILL_TRYING, GAVE_UP = 0x20, 0x40
# So long after sending, a status report may still find its part: MRs are 8 bits and come round again.
REPORT_DAYS = 3
# So close together are our sending of a part and the SMSC's stamp of it, if the clocks are right.
SAME_SUBMIT = timedelta(minutes=5)
# A part may come so long after its text was shown without it; then it fills the hole.
LATE_PART = timedelta(days=7)
# Parts of one text reach the SMSC so close together; a phone in bad coverage may take longer. References are 8 bits and come
# round again, with some phones at random: what lies further apart is another text.
ONE_TEXT, ONE_TEXT_AT_MOST = timedelta(minutes=10), timedelta(hours=3)
# The modem notes a missed call in its book a little before or after we do.
SAME_MOMENT = timedelta(seconds=10)
SAME_INCIDENT = timedelta(minutes=10)
# No phone rings for longer.
LONGEST_RINGING = timedelta(hours=1)


# ---- lines


def line_called(session: Session, name: str) -> Line:
    """The newest SIM of the modem of this name; one without identity if none has been seen yet."""
    line = session.exec(select(Line).where(Line.name == name).order_by(col(Line.id).desc())).first()
    return line or _add(session, Line(name=name))


def line_is_up(session: Session, up: LineUp) -> Line:
    """The SIM that this modem holds: the one with its ICCID, else the modem's one that had no identity yet."""
    line = session.exec(select(Line).where(Line.iccid == up.iccid)).first() if up.iccid else None
    if line is None:
        line = line_called(session, up.line)
        if line.iccid is not None and up.iccid is not None:
            line = Line(name=up.line)  # another SIM in the same modem
    line.name = up.line
    line.iccid, line.imsi = up.iccid or line.iccid, up.imsi or line.imsi
    line.msisdn, line.imei = up.msisdn or line.msisdn, up.imei or line.imei
    return _add(session, line)


def queue_stops(session: Session, line: Line, why: str, now: datetime) -> None:
    """Nothing more goes out of this line, but for one text an hour, until a person or the SIM's return lets it go on."""
    line.stopped, line.stopped_at = why, now
    incident_begins(session, line.name, "queue", why, now)


def queue_goes_on(session: Session, line: Line, now: datetime) -> None:
    line.refusals, line.stopped, line.stopped_at = 0, None, None
    incident_ends(session, line.name, "queue", now)


def marks_of_others(session: Session, name: str, names: Sequence[str]) -> frozenset[str]:
    """IMEIs and ICCIDs of the modems that the other lines had last. A modem that changed hands is nobody's."""
    rows = session.exec(select(Line).where(col(Line.name).in_(names)).order_by(col(Line.id))).all()
    newest = {line.name: {mark for mark in (line.imei, line.iccid) if mark} for line in rows}
    theirs = set[str]().union(*(marks for other, marks in newest.items() if other != name))
    return frozenset(theirs - newest.get(name, set()))


# ---- incidents


def incident_begins(session: Session, line: str, kind: str, what: str, now: datetime) -> None:
    """Something is wrong with a line. While it lasts it is one incident, whatever its last words are; the same again soon
    after is the same one."""
    last = session.exec(
        select(Incident)
        .where(Incident.line == line, Incident.kind == kind)
        .order_by(col(Incident.id).desc())
        .limit(1)
    ).first()
    if last is not None and last.over is None:
        last.what = what
    elif last is not None and last.over is not None and last.what == what and now - last.over < SAME_INCIDENT:
        last.over = None
    else:
        session.add(Incident(line=line, kind=kind, began=now, what=what))


def incident_ends(session: Session, line: str, kind: str, now: datetime) -> None:
    for incident in _open_incidents(session, line, kind):
        incident.over = now


def repair_was_tried(session: Session, repair: Repair) -> None:
    """A step of the ladder, kept with what it was tried against; the same again in vain only counts up."""
    for incident in _open_incidents(session, repair.line, "line"):
        steps = [dict(step) for step in incident.steps]
        if steps and steps[-1]["step"] == repair.step and not steps[-1]["well"]:
            step = steps.pop()
            seconds, times = step["seconds"] + repair.seconds, step["times"] + 1
        else:
            seconds, times = repair.seconds, 1
        kept = {"step": repair.step, "seconds": round(seconds, 1), "times": times, "well": repair.well}
        incident.steps = [*steps, kept]


def _open_incidents(session: Session, line: str, kind: str) -> Sequence[Incident]:
    still = select(Incident).where(Incident.line == line, Incident.kind == kind, col(Incident.over).is_(None))
    return session.exec(still).all()


# ---- small things that must be remembered


def remember(session: Session, name: str, value: str | None) -> None:
    """Keep a memo, in place of one of this name; None forgets it."""
    memo = session.get(Memo, name)
    if value is None:
        if memo is not None:
            session.delete(memo)
    elif memo is None:
        session.add(Memo(name=name, value=value))
    else:
        memo.value = value


def remembered(session: Session, name: str) -> str | None:
    memo = session.get(Memo, name)
    return None if memo is None else memo.value


def pin_was_refused(session: Session, line: str, pin: str) -> bool:
    """Has the SIM of this line refused this very PIN before? Another one may be tried, once."""
    return remembered(session, f"pin_refused:{line}") == _pin_digest(pin)


def pin_is_refused(session: Session, line: str, pin: str) -> None:
    remember(session, f"pin_refused:{line}", _pin_digest(pin))


def _pin_digest(pin: str) -> str:
    return sha256(pin.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class KeptBook:
    """The phone book of missed calls as it was when it was last read."""

    numbers: tuple[str, ...]
    read: datetime


def kept_book(session: Session, line: Line) -> KeptBook | None:
    kept = remembered(session, f"missed_book:{line.id}")
    if kept is None:
        return None
    value = json.loads(kept)
    return KeptBook(tuple(value["numbers"]), datetime.fromisoformat(value["read"]))


def keep_book(session: Session, line: Line, numbers: Sequence[str], now: datetime) -> None:
    value = {"numbers": list(numbers), "read": now.isoformat()}
    remember(session, f"missed_book:{line.id}", json.dumps(value))


# ---- contacts


def somebody_at(session: Session, address: str, source: str, now: datetime) -> Contact:
    """The contact of this address, made at the first sight."""
    contact = session.exec(select(Contact).where(Contact.address == address)).first()
    if contact is None:
        contact = Contact(address=address, source=source, first_seen=now, last_seen=now)
        contact.opted_out_at = _opted_out_before(session, address)
    contact.last_seen = max(contact.last_seen, now)
    return _add(session, contact)


def digest_of(session: Session, address: str) -> str:
    """The keyed hash of a number; the key is made at the first use and goes into every backup."""
    key = remembered(session, FORGET_KEY)
    if key is None:
        key = token_hex(32)
        remember(session, FORGET_KEY, key)
        session.flush()
    return hmac.new(bytes.fromhex(key), address.encode(), sha256).hexdigest()


def _opted_out_before(session: Session, address: str) -> datetime | None:
    """When somebody who was forgotten meanwhile had opted out."""
    if session.exec(select(Forgotten.digest).limit(1)).first() is None:
        return None
    kept = session.get(Forgotten, digest_of(session, address))
    return None if kept is None else kept.opted_out_at


# ---- opt-out and opt-in


def consent(session: Session, contact: Contact, kind: str, source: str, words: str, now: datetime) -> None:
    """Keep the step, and what follows from it for the contact."""
    assert contact.id is not None
    session.add(ConsentEvent(contact_id=contact.id, at=now, kind=kind, source=source, words=words))
    if kind == "out":
        contact.opted_out_at, contact.doubtful = contact.opted_out_at or now, False
    elif kind == "in":
        contact.opted_out_at, contact.doubtful = None, False
        if session.exec(select(Forgotten.digest).limit(1)).first() is not None:
            kept = session.get(Forgotten, digest_of(session, contact.address))
            if kept is not None:
                session.delete(kept)  # the hash has done its work
    elif kind in ("doubt", "fine"):
        contact.doubtful = kind == "doubt"
    session.flush()


def asked_since(session: Session, contact: Contact, kind: str, since: datetime) -> bool:
    """Has this contact asked for the same since then?"""
    same = select(ConsentEvent.id).where(
        ConsentEvent.contact_id == contact.id, ConsentEvent.kind == kind, ConsentEvent.at >= since
    )
    return session.exec(same.limit(1)).first() is not None


def our_last_words(session: Session, contact: Contact) -> Sequence[str]:
    """What we wrote to this contact lately."""
    ours = select(Message.body).where(Message.contact_id == contact.id, Message.direction == "out")
    return session.exec(ours.order_by(col(Message.id).desc()).limit(5)).all()


# ---- calls


def calls_of_line_since(session: Session, line: Line, since: datetime) -> Sequence[Call]:
    """The calls of this line that ended after that, or have not ended."""
    recent = or_(col(Call.ended).is_(None), col(Call.ended) >= since - SAME_MOMENT)
    return session.exec(select(Call).where(Call.line_id == line.id, recent)).all()


def call_began(session: Session, line: Line, started: datetime) -> Call:
    assert line.id is not None
    return _add(session, Call(line_id=line.id, started=started))


def caller_is(
    session: Session, call: Call, number: str | None, e164: str | None, withheld: bool, now: datetime
) -> None:
    """The number of a call has become known: as received and, where it is one, in E.164."""
    call.number, call.e164, call.withheld = number, e164, withheld
    if number is not None:
        call.contact_id = somebody_at(session, e164 or number, "call", now).id


def it_was_no_call(session: Session, call: Call) -> None:
    """Forget it, and who made it if nothing else is known of them."""
    contact = session.get(Contact, call.contact_id) if call.contact_id is not None else None
    session.delete(call)
    session.flush()
    if contact is not None and contact.source == "call" and not contact.name:
        calls = select(Call.id).where(Call.contact_id == contact.id).limit(1)
        texts = select(Message.id).where(Message.contact_id == contact.id).limit(1)
        if session.exec(calls).first() is None and session.exec(texts).first() is None:
            session.delete(contact)


def calls_left_ringing(session: Session) -> Sequence[Call]:
    """Calls without an end: the box stopped while they rang."""
    return session.exec(select(Call).where(col(Call.outcome).is_(None)).order_by(col(Call.id))).all()


@dataclass(frozen=True)
class Past:
    """What is known of a caller before a decision. contact_since: how they were in contact after this call began. stranger:
    nothing was known of them before this call."""

    last_automatic: datetime | None = None
    last_automatic_id: int | None = None
    pending_id: int | None = None
    contact_since: str | None = None
    opted_out: bool = False
    doubtful: bool = False
    kind: str = ""
    unreachable: str | None = None
    blocked: bool = False
    stranger: bool = False
    contact: Contact | None = None


def past_of(session: Session, call: Call) -> Past:
    """The caller's past when the call ends: automatic texts that cool down or wait."""
    return Past() if call.contact_id is None else _automatic_past(session, call.contact_id, None)


def past_of_text(session: Session, call: Call, own: Message) -> Past:
    """The caller's past when the text of this call is due; that text itself does not count."""
    past = _automatic_past(session, own.contact_id, own.id)
    return replace(past, contact_since=_contact_since(session, call))


def _automatic_past(session: Session, contact_id: int, without: int | None) -> Past:
    """From one look at the contact's automatic texts, the newest first."""
    query = (
        select(Message)
        .where(
            Message.contact_id == contact_id,
            Message.kind == "auto",
            Message.id != without,
            col(Message.status).in_([*COOLING, "queued"]),
        )
        .order_by(col(Message.id).desc())
        .limit(10)
    )
    texts = session.exec(query).all()
    last = next((text for text in texts if text.status in COOLING), None)
    contact = session.get_one(Contact, contact_id)
    return Past(
        contact=contact,
        opted_out=contact.opted_out_at is not None,
        doubtful=contact.doubtful,
        kind=contact.kind,
        unreachable=contact.unreachable,
        blocked=contact.blocked,
        stranger=not contact.name and contact.first_seen == contact.last_seen,
        last_automatic=(last.sent or last.due or last.created) if last else None,
        last_automatic_id=last.id if last else None,
        pending_id=next((text.id for text in texts if text.status == "queued"), None),
    )


def _contact_since(session: Session, call: Call) -> str | None:
    if call.called_back is not None:
        return "Somebody here has called the caller back."
    text = session.exec(
        select(Message.direction)
        .where(
            Message.contact_id == call.contact_id,
            Message.created >= call.started,
            col(Message.kind).not_in(["auto", "system"]),
        )
        .order_by(col(Message.direction))  # "in" before "out"
        .limit(1)
    ).first()
    if text is not None:
        return (
            "The caller has texted us since."
            if text == "in"
            else "Somebody here has texted the caller since."
        )
    answered = select(Call.id).where(
        Call.contact_id == call.contact_id,
        Call.started > call.started,
        col(Call.outcome).in_(["answered", "answered_elsewhere"]),
    )
    return (
        "The caller has called again and was answered." if session.exec(answered.limit(1)).first() else None
    )


def missed_before(session: Session, call: Call, since: datetime, missed: Sequence[str]) -> int:
    """How often this caller has rung in vain since then, before this call."""
    rung = select(func.count()).where(
        Call.contact_id == call.contact_id,
        Call.started >= since,
        Call.id != call.id,
        col(Call.outcome).in_(missed),
        col(Call.called_back).is_(None),
    )
    return session.exec(rung).one()


def is_being_dealt_with(session: Session, contact: Contact) -> bool:
    """Does this person ring, or is a text to them on its way?"""
    rings = select(Call.id).where(Call.contact_id == contact.id, col(Call.outcome).is_(None))
    sends = select(Message.id).where(Message.contact_id == contact.id, Message.status == "sending")
    return any(session.exec(query.limit(1)).first() is not None for query in (rings, sends))


def was_called_back(session: Session, contact: Contact, author: str | None, now: datetime) -> None:
    """Somebody here has called this person back: that answers all the calls so far."""
    open_calls = select(Call).where(Call.contact_id == contact.id, col(Call.called_back).is_(None))
    for call in session.exec(open_calls):
        call.called_back, call.called_back_by, call.urgent = now, author, False


def last_call_around(
    session: Session, line: Line, contact_id: int | None, when: datetime, within: timedelta
) -> Call | None:
    """The last call of this line, or of this contact on it, that ended about then."""
    query = select(Call).where(
        Call.line_id == line.id,
        col(Call.ended).between(when - within, when + within),
        Call.started >= when - within - LONGEST_RINGING,
    )
    if contact_id is not None:
        query = query.where(Call.contact_id == contact_id)
    return session.exec(query.order_by(col(Call.id).desc()).limit(1)).first()


# ---- texts that go out


def text_is_queued(
    session: Session,
    *,
    line_id: int,
    contact_id: int,
    body: str,
    parts: int,
    kind: str,
    due: datetime,
    expires: datetime,
    now: datetime,
    author: str | None = None,
    call: Call | None = None,
    ticket: str | None = None,
) -> Message:
    message = Message(
        line_id=line_id,
        contact_id=contact_id,
        call_id=call.id if call else None,
        direction="out",
        kind=kind,
        body=body,
        author=author,
        status="queued",
        created=now,
        due=due,
        expires=expires,
        parts=parts,
        ticket=ticket,
    )
    return _add(session, message)


def text_of_ticket(session: Session, ticket: str) -> Message | None:
    """The text that was typed into this form."""
    return session.exec(select(Message).where(Message.ticket == ticket)).first()


def crowd_since(session: Session, midnight: datetime, burst: datetime) -> tuple[int, int]:
    """How many automatic texts were decided since midnight and are not void, and how many callers were first seen since the
    beginning of a burst; in one look, since a caller waits."""
    texts = select(func.count()).where(
        Message.kind == "auto", Message.created >= midnight, col(Message.status).in_([*COOLING, "queued"])
    )
    strangers = select(func.count()).where(Contact.source == "call", Contact.first_seen >= burst)
    return session.exec(select(texts.scalar_subquery(), strangers.scalar_subquery())).one()


def next_text_due(
    session: Session, line: str, now: datetime, automatic: bool = True
) -> tuple[Message, Contact, Call | None] | None:
    """The queued text of this line that has been due the longest, to whom, and the call that it answers. Of a stopped line
    only what has expired meanwhile, and now and then one more to see whether it goes on. automatic: automatic ones too."""
    stopped = and_(col(Line.stopped).is_not(None), col(Line.stopped_at) > now - PROBE)
    query = (
        select(Message, Contact, Call)
        .join(Line, col(Line.id) == Message.line_id)
        .join(Contact, col(Contact.id) == Message.contact_id)
        .outerjoin(Call, col(Call.id) == Message.call_id)
        .where(Message.status == "queued", col(Message.due) <= now, Line.name == line)
        .where(or_(not_(stopped), col(Message.expires) < now))
        .order_by(col(Message.due), col(Message.id))
    )
    if not automatic:
        query = query.where(Message.kind != "auto")
    return session.exec(query.limit(1)).first()


def lines_with_texts_due(session: Session, now: datetime) -> Sequence[str]:
    query = (
        select(Line.name)
        .join(Message, col(Message.line_id) == Line.id)
        .where(Message.status == "queued", col(Message.due) <= now)
        .distinct()
    )
    return session.exec(query).all()


def texts_left_sending(session: Session) -> Sequence[Message]:
    """Texts that were on their way when the box stopped."""
    return session.exec(select(Message).where(Message.status == "sending")).all()


def part_was_taken(session: Session, message: Message, part: int, mr: int, now: datetime) -> None:
    """The SMSC took this part; its report may have been faster, and has then made the row."""
    assert message.id is not None
    early = next((p for p in parts_of(session, message) if p.mr == mr and p.status is not None), None)
    if early is not None:
        early.part = part
    else:
        session.add(MessagePart(message_id=message.id, part=part, mr=mr, sent=now))


def report_came(
    session: Session, report: ReportReceived, recipients: Sequence[str], now: datetime
) -> Message | None:
    """Note a status report on the part that it is about; the message, or None if it is about none of ours.

    recipients: the ways in which the report's number may stand as an address.
    """
    to_them = (
        col(Contact.address).in_(recipients),
        Message.direction == "out",
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
            .where(*to_them, col(Message.status).in_(["sending", "unconfirmed"]))
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
        message.status, message.error = "failed", "The network could not deliver it."
        why = next((NEVER_DELIVERED[status] for status in statuses if status in NEVER_DELIVERED), None)
        if why is not None:
            message.error = f"{message.error} {why}"
            session.get_one(Contact, message.contact_id).unreachable = why
    elif len(statuses) >= message.parts and all(s is not None and s < STILL_TRYING for s in statuses):
        message.status, message.delivered, message.error = "delivered", now, None
        session.get_one(Contact, message.contact_id).unreachable = None
        message.sent = message.sent or now


def parts_of(session: Session, message: Message) -> Sequence[MessagePart]:
    return session.exec(
        select(MessagePart).where(MessagePart.message_id == message.id).order_by(col(MessagePart.part))
    ).all()


# ---- texts that come in


def already_have(session: Session, line: Line, text: TextReceived) -> bool:
    """Has this very PDU been stored before? The modem shows it again if the box stopped before it was deleted."""
    same = select(InboundPart).where(InboundPart.line_id == line.id, InboundPart.digest == _digest(text))
    return session.exec(same).first() is not None


def part_came(
    session: Session, line: Line, text: TextReceived, sender: str, now: datetime
) -> Sequence[InboundPart]:
    """Store a PDU; the parts of its text in their order if it is now whole, else nothing yet."""
    assert line.id is not None
    concat = text.concat
    part = InboundPart(
        line_id=line.id,
        digest=_digest(text),
        sender=sender,
        reference=concat.reference if concat else 0,
        width=concat.width if concat else 0,
        parts=concat.total if concat else 1,
        part=concat.part if concat else 1,
        body=text.body.encode("utf-16-be", "surrogatepass"),
        kind=text.kind,
        received=now,
        scts=text.scts,
    )
    _add(session, part)
    if concat is None:
        return [part]
    waiting = select(InboundPart).where(*_like(part), col(InboundPart.message_id).is_(None))
    parts = _around(part, session.exec(waiting.order_by(col(InboundPart.id))).all(), ONE_TEXT)
    return parts if len(parts) == part.parts else []


def _like(part: InboundPart) -> tuple[Any, ...]:
    """What the parts of a text have in common with this one; the next text of the same reference has it too."""
    return (
        InboundPart.line_id == part.line_id,
        InboundPart.sender == part.sender,
        InboundPart.reference == part.reference,
        InboundPart.width == part.width,
        InboundPart.parts == part.parts,
    )


def _around(part: InboundPart, others: Sequence[InboundPart], within: timedelta) -> list[InboundPart]:
    """This part and of each other place the one nearest to it in time, in their order."""
    near = [other for other in others if _apart(part, other) <= within]
    near.sort(key=lambda other: _apart(part, other))
    by_place = {other.part: other for other in reversed(near)} | {part.part: part}
    return [by_place[place] for place in sorted(by_place)]


def _apart(one: InboundPart, other: InboundPart) -> timedelta:
    """Between their time stamps; a part without one may belong to any text, where no better is there."""
    return ONE_TEXT if one.scts is None or other.scts is None else abs(one.scts - other.scts)


def last_part(session: Session) -> InboundPart:
    """The part that was stored last."""
    return session.exec(select(InboundPart).order_by(col(InboundPart.id).desc()).limit(1)).one()


def text_came(
    session: Session,
    line: Line,
    parts: Sequence[InboundPart],
    *,
    sender: str,
    kind: str,
    body: str,
    status: str,
    replace_type: int | None,
    now: datetime,
) -> Message:
    """The message that these parts make; it takes the place of an earlier one of the same replace type (23.040 9.2.3.9)."""
    assert line.id is not None
    contact = somebody_at(session, sender, "text", now)
    contact.unreachable = None  # who writes can be written to
    contact.done = contact.done and status != "received"
    assert contact.id is not None
    message = _replaced(session, contact, replace_type) or Message(
        line_id=line.id,
        contact_id=contact.id,
        direction="in",
        kind=kind,
        body=body,
        status=status,
        created=now,
        replace_type=replace_type,
    )
    message.body, message.status, message.created, message.parts = body, status, now, len(parts)
    _add(session, message)
    for part in parts:
        part.message_id = message.id
    return message


def _replaced(session: Session, contact: Contact, replace_type: int | None) -> Message | None:
    if replace_type is None:
        return None
    earlier = select(Message).where(
        Message.contact_id == contact.id, Message.direction == "in", Message.replace_type == replace_type
    )
    return session.exec(earlier.order_by(col(Message.id).desc()).limit(1)).first()


def parts_left_waiting(session: Session, now: datetime, patience: timedelta) -> list[list[InboundPart]]:
    """The parts of each long text that is not waited for any more: those that are all there but were long on their way, and
    those whose newest part came `patience` ago and whose others never did."""
    query = (
        select(InboundPart)
        .where(
            col(InboundPart.message_id).is_(None),
            InboundPart.parts > 1,
            col(InboundPart.kind).in_(["text", "picture"]),
        )
        .order_by(col(InboundPart.id))
    )
    alike: dict[tuple[object, ...], list[InboundPart]] = {}
    for part in session.exec(query):
        key = (part.line_id, part.sender, part.reference, part.width, part.parts)
        alike.setdefault(key, []).append(part)
    texts = [text for parts in alike.values() for text in _told_apart(parts)]
    return [text for text in texts if max(part.received for part in text) < now - _wait(text, patience)]


def _told_apart(parts: list[InboundPart]) -> Iterator[list[InboundPart]]:
    """The texts that parts of the same reference make, the earliest first."""
    left = sorted(parts, key=lambda part: part.scts or part.received)
    while left:
        text = _around(left[0], left, ONE_TEXT_AT_MOST)
        if len(text) < left[0].parts:
            text = _around(left[0], left, ONE_TEXT)
        yield text
        left = [part for part in left if part not in text]


def _wait(text: list[InboundPart], patience: timedelta) -> timedelta:
    return ONE_TEXT if len(text) == text[0].parts else patience


def shown_without(session: Session, part: InboundPart, now: datetime) -> Message | None:
    """The message that was shown with a hole where this part belongs."""
    shown = select(InboundPart).where(
        *_like(part), col(InboundPart.message_id).is_not(None), InboundPart.received > now - LATE_PART
    )
    texts: dict[int | None, list[InboundPart]] = {}
    for other in session.exec(shown.order_by(col(InboundPart.id).desc())):
        texts.setdefault(other.message_id, []).append(other)
    holes = [
        (min(_apart(part, other) for other in text), key)
        for key, text in texts.items()
        if part.part not in {other.part for other in text} and len(text) < part.parts
    ]
    apart, key = min(holes, key=lambda hole: hole[0], default=(timedelta.max, None))
    return session.get(Message, key) if apart <= ONE_TEXT_AT_MOST else None


def parts_that_came(session: Session, message: Message) -> Sequence[InboundPart]:
    mine = select(InboundPart).where(InboundPart.message_id == message.id)
    return session.exec(mine.order_by(col(InboundPart.part))).all()


def body_of(parts: Sequence[InboundPart]) -> str:
    """The text of these parts in their order, mended where an emoji was cut in two, with a mark at each hole."""
    by_place = {part.part: part.body.decode("utf-16-be", "surrogatepass") for part in parts}
    total = parts[0].parts
    return join(
        by_place.get(place, f" [part {place} of {total} never came] ") for place in range(1, total + 1)
    )


def _digest(text: TextReceived) -> str:
    return sha256(text.pdu.upper().encode()).hexdigest()[:32]


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
