"""Texts that another program has sent and received, as rows of ours: where they stand among those that are there, and which are
there already. Nobody is told of them, and nobody has to answer them."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from itertools import accumulate

from sqlmodel import Session, col, select

from bridge.records import places
from bridge.records.rows import id_of
from bridge.records.tables import Call, ConsentEvent, Contact, Line, Message
from bridge.rules.importing.plan import Brought, Said
from bridge.rules.states import ConsentKind, Direction, MessageKind


class Standing:
    """Where an old text stands: behind everything if it is the newest, else with what came just before it. A row that has the
    place of another stands behind it, since its id is higher."""

    def __init__(self, session: Session) -> None:
        stamps = [
            *session.exec(select(Call.started, Call.place)).all(),
            *session.exec(select(Message.created, Message.place)).all(),
        ]
        stamps.sort()
        self._times = [time for time, _ in stamps]
        self._places = [*accumulate((place for _, place in stamps), max)]

    def place(self, at: datetime) -> int | None:
        """The place of a text of this time; None for a new one, behind everything."""
        before = bisect_right(self._times, at)
        if before == len(self._times):
            return None
        return self._places[before - 1] if before else places.NONE


def that_are_here(session: Session, tickets: Iterable[str]) -> set[str]:
    """Those of the tickets whose texts were brought over before."""
    there = select(Message.ticket).where(col(Message.ticket).in_(tickets))
    return {ticket for ticket in session.exec(there) if ticket}


def old_text_is_here(
    session: Session, line: Line, contact: Contact, brought: Brought, place: int | None
) -> Message:
    """The row of an old text; its contact was seen then. place: as of Standing."""
    text = brought.text
    out = text.direction is Direction.OUT
    message = Message(
        line_id=id_of(line),
        contact_id=id_of(contact),
        direction=text.direction,
        kind=MessageKind.MANUAL,
        body=text.body,
        status=text.status,
        created=text.at,
        due=text.at if out else None,
        sent=text.at if out and text.status.went_out else None,
        delivered=text.delivered,
        parts=text.parts,
        ticket=brought.ticket,
    )
    if place is not None:
        message.place = place
    session.add(message)
    session.flush()
    contact.first_seen = min(contact.first_seen, text.at) if contact.seen else text.at
    contact.last_seen = max(contact.last_seen, text.at)
    # Who has a conversation stands before those who are in the address book only, if need be with the first who came.
    contact.place = max(contact.place, message.place, places.NONE + 1)
    return message


def knows_better(session: Session, contact: Contact, said: Said) -> bool:
    """Is it known already what this person said then, or have they, or somebody here, said something since?"""
    steps = select(ConsentEvent).where(ConsentEvent.contact_id == contact.id, ConsentEvent.at >= said.at)
    later = {ConsentKind.OUT: ConsentKind.IN, ConsentKind.DOUBT: ConsentKind.FINE}[said.kind]
    if any(
        step.kind is later or (step.kind is said.kind and step.at == said.at) for step in session.exec(steps)
    ):
        return True
    wrote = select(Message.id).where(
        Message.contact_id == contact.id, Message.direction == Direction.IN, col(Message.created) > said.at
    )
    return said.kind is ConsentKind.DOUBT and session.exec(wrote.limit(1)).first() is not None
