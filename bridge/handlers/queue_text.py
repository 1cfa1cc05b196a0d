"""Queueing a text by hand, for the page and the command."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bridge.contract.answers import Done, Rejected
from bridge.contract.requests import WriteText
from bridge.handlers import conversations
from bridge.records import contacts, lines, outgoing
from bridge.records.rows import id_of
from bridge.rules import numbers
from bridge.rules.settings import Settings
from bridge.rules.states import MessageKind
from modem.contract import segments

# A text by hand that could not go out for so long is not worth sending any more.
MANUAL_HOURS = 24


OTHER_WORDS = "What you wrote first has gone out already; it stands in the conversation. Send this too if it is still needed."


def write_text(
    session: Session, request: WriteText, settings: Settings, region: str, now: datetime
) -> Done | Rejected:
    """Queue a text by hand; used by the page through the loop, and by `textback send`."""
    address = numbers.e164(request.address, region)
    body = request.body.strip()
    if address is None:
        return Rejected(f"{request.address} cannot be texted: it is not a phone number that takes texts.")
    if not body:
        return Rejected("An empty text cannot be sent. Write something first.")
    sent = outgoing.text_of_ticket(session, request.ticket) if request.ticket else None
    if sent is not None:
        return Done(sent.id) if sent.body == body else Rejected(OTHER_WORDS)
    contact = contacts.somebody_at(session, address, "page", now)
    if contact.opted_out_at is not None and not request.despite_stop:
        return Rejected("This person has asked for no more texts. Confirm that you want to write anyway.")
    parts = segments(body).parts
    line = lines.line_called(session, settings.modems[0].name)
    message = outgoing.text_is_queued(
        session,
        line_id=id_of(line),
        contact_id=id_of(contact),
        body=body,
        parts=parts,
        kind=MessageKind.MANUAL,
        due=now,
        expires=now + timedelta(hours=MANUAL_HOURS),
        now=now,
        author=request.author,
        ticket=request.ticket or None,
    )
    conversations.we_answered(session, contact, now)
    return Done(message.id)
