"""Texts that come in: the parts as they came, and the texts that they make."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from bridge.records import deleted, places
from bridge.records.contacts import somebody_at
from bridge.records.rows import add_row, id_of
from bridge.records.tables import Contact, InboundPart, Line, Message
from bridge.rules.one_line import storable
from bridge.rules.states import Direction, MessageKind, MessageStatus
from modem.contract import TextKind, TextReceived, join_octets, join_text

T = TypeVar("T")

# A part may come so long after its text was shown without it; then it fills the hole.
LATE_PART = timedelta(days=7)


# Parts of one text reach the SMSC so close together; a phone in bad coverage may take longer. References are 8 bits and come
# round again, with some phones at random: what lies further apart is another text.
ONE_TEXT, ONE_TEXT_AT_MOST = timedelta(minutes=10), timedelta(hours=3)


def already_have(session: Session, line: Line, text: TextReceived) -> bool:
    """Has this very PDU been stored before? The modem shows it again if the box stopped before it was deleted, also when the
    row itself is gone meanwhile."""
    digest = _digest(text)
    same = select(InboundPart).where(InboundPart.line_id == line.id, InboundPart.digest == digest)
    return session.exec(same).first() is not None or deleted.text_is_gone(session, line, digest)


def part_came(
    session: Session, line: Line, text: TextReceived, sender: str, now: datetime
) -> Sequence[InboundPart]:
    """Store a PDU; the parts of its text in their order if it is now whole, else nothing yet."""
    concat = text.concat
    part = InboundPart(
        line_id=id_of(line),
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
    add_row(session, part)
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
    kind: MessageKind,
    body: str,
    status: MessageStatus,
    replace_type: int | None,
    now: datetime,
) -> Message:
    """The message that these parts make; it takes the place of an earlier one of the same replace type (23.040 9.2.3.9)."""
    contact = somebody_at(session, sender, "text", now)
    contact.unreachable = None  # who writes can be written to
    if status == MessageStatus.RECEIVED:
        contact.done, contact.snoozed_until = False, None
    message = _replaced(session, contact, replace_type) or Message(
        line_id=id_of(line),
        contact_id=id_of(contact),
        direction=Direction.IN,
        kind=kind,
        body=body,
        status=status,
        created=now,
        replace_type=replace_type,
    )
    message.body, message.status, message.created, message.parts = body, status, now, len(parts)
    message.place = places.take(session)
    add_row(session, message)
    for part in parts:
        part.message_id = message.id
    return message


def _replaced(session: Session, contact: Contact, replace_type: int | None) -> Message | None:
    if replace_type is None:
        return None
    earlier = select(Message).where(
        Message.contact_id == contact.id,
        Message.direction == Direction.IN,
        Message.replace_type == replace_type,
    )
    return session.exec(earlier.order_by(col(Message.id).desc()).limit(1)).first()


def texts_between(session: Session, since: datetime, until: datetime, most: int) -> Sequence[Message]:
    """What people wrote in that time (aware), in the order of its coming; no more than so many."""
    query = select(Message).where(
        Message.direction == Direction.IN,
        Message.kind == MessageKind.MANUAL,
        col(Message.created).between(since, until),
    )
    return session.exec(query.order_by(col(Message.place), col(Message.id)).limit(most)).all()


def parts_left_waiting(session: Session, now: datetime, patience: timedelta) -> list[list[InboundPart]]:
    """The parts of each long text that is not waited for any more: those that are all there but were long on their way, and
    those whose newest part came `patience` ago and whose others never did."""
    query = (
        select(InboundPart)
        .where(
            col(InboundPart.message_id).is_(None),
            InboundPart.parts > 1,
            col(InboundPart.kind).in_([TextKind.TEXT, TextKind.PICTURE, TextKind.OCTETS]),
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
    """The parts that make this message, in their order."""
    mine = select(InboundPart).where(InboundPart.message_id == message.id)
    return session.exec(mine.order_by(col(InboundPart.part))).all()


def body_of(parts: Sequence[InboundPart]) -> str:
    """The text of these parts in their order, mended where an emoji was cut in two, with a mark at each hole."""
    return join_text(_with_holes({part.part: _units(part) for part in parts}, parts[0].parts))


def octets_of(parts: Sequence[InboundPart]) -> str:
    """The octets of a message for a program, as characters 0 to 255, with a mark at each hole."""
    return "".join(_with_holes({part.part: _units(part) for part in parts}, parts[0].parts))


def words_of_octets(parts: Sequence[InboundPart]) -> str | None:
    """As `body_of`, of an 8-bit message; None where it is no text."""
    octets = {part.part: _units(part).encode("latin-1", "replace") for part in parts}
    return join_octets(_with_holes(octets, parts[0].parts))


def _units(part: InboundPart) -> str:
    return part.body.decode("utf-16-be", "surrogatepass")


def _with_holes(by_place: Mapping[int, T], total: int) -> list[T | str]:
    return [by_place.get(place, f" [part {place} of {total} never came] ") for place in range(1, total + 1)]


def text_of(parts: Sequence[InboundPart]) -> str:
    """What these parts say, as it can be stored; `body_of` may be octets."""
    return storable(body_of(parts))


def _digest(text: TextReceived) -> str:
    return sha256(text.pdu.upper().encode()).hexdigest()[:32]
