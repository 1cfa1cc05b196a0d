"""`/messages`, and `/message` beside it: texts that programs send, how far they have got, and taking them back."""

from datetime import datetime, timedelta
from uuid import uuid4

from flask import Blueprint, Response
from sqlmodel import Session

from bridge.contract.api_requests import CancelTexts, SubmitTexts, To
from bridge.records import api_settings, device, submissions
from bridge.records.submissions import SubmissionRow
from bridge.rules.scopes import Scope
from bridge.words.reasons import error_sentence
from web import current
from web.api import answer, reading, who
from web.api.answer import told
from web.api.document import document
from web.api.errors import Wrong, bad, done
from web.api.shapes.base import Problem
from web.api.shapes.messages import (
    HttpSms,
    HttpSmsAnswer,
    HttpSmsData,
    ListQuery,
    MessageState,
    NewMessage,
    RecipientState,
    SendQuery,
    TextMessage,
    moment_of,
)

TTL_EXPIRED = "TTL expired"
# However many are asked for, no more are read at once.
MOST_LISTED = 1000

routes = Blueprint("messages", __name__)
SAVED = "Ask for the state of {ref} before you send it again."


@routes.post("/messages")
@routes.post("/message")
@document("messages", Scope.SEND, json=NewMessage, query=SendQuery, answers={202: MessageState, 409: Problem})
@who.needs(Scope.SEND)
def send() -> Response:
    """Send a text to some numbers. Who has asked for no more texts, is blocked or over the daily limit is not texted: such a
    recipient is Failed, with the reason."""
    wanted, asked = reading.body(NewMessage), reading.query(SendQuery)
    return told(_sent(wanted, unseen=asked.skip_phone_validation), 202)


@routes.get("/messages")
@document("messages", Scope.READ, Scope.LIST, query=ListQuery, answers={200: list[MessageState]})
@who.needs(Scope.READ, Scope.LIST)
def listed() -> Response:
    """The texts that were sent with this key, the newest first; X-Total-Count says how many there are in all. from and to are
    moments of sending."""
    asked, bridge = reading.query(ListQuery), current.bridge()
    with Session(bridge.engine) as session:
        if not device.is_meant(session, asked.device_id):
            return told([], total=0)
        rows, count = submissions.listed(
            session,
            key_id=who.program().whose,
            state=asked.state,
            since=_moment(asked.from_),
            until=_moment(asked.to),
            oldest_first=asked.sort == "created_at",
            limit=min(asked.limit, MOST_LISTED),
            offset=asked.offset,
        )
        found = [_shape(session, row, asked.include_content) for row in rows]
    return told(found, total=count)


@routes.get("/messages/<ref>")
@routes.get("/message/<ref>")
@document("messages", Scope.READ, answers={200: MessageState, 404: Problem})
@who.needs(Scope.READ, Scope.LIST)
def one(ref: str) -> Response:
    """One text, with its words and how far it has got."""
    return told(_found(ref, content=True))


@routes.delete("/messages/<ref>")
@routes.delete("/message/<ref>")
@document("messages", Scope.CANCEL, answers={200: MessageState, 404: Problem})
@who.needs(Scope.CANCEL)
def cancel(ref: str) -> Response:
    """Take back what still waits of a text. What has gone out stays sent (400)."""
    done(current.bridge().request(CancelTexts(ref, who.program().whose), by=who.program().author))
    return told(_found(ref, content=False))


@routes.post("/messages/send")
@document("messages", Scope.SEND, json=HttpSms, answers={200: HttpSmsAnswer})
@who.needs(Scope.SEND)
def send_as_httpsms() -> Response:
    """The same for clients of httpSMS, whose base address is this one without /v1."""
    wanted = reading.body(HttpSms)
    state = _sent(
        NewMessage(text_message=TextMessage(text=wanted.content), phone_numbers=[wanted.to]), unseen=False
    )
    data = HttpSmsData(
        id=state.id,
        owner=state.device_id,
        contact=wanted.to,
        content=wanted.content,
        status=state.state.lower(),
        created_at=state.created_at,
    )
    return told(HttpSmsAnswer(data=data, message="message added to queue", status="success"))


def _sent(wanted: NewMessage, unseen: bool) -> MessageState:
    bridge, program = current.bridge(), who.program()
    with Session(bridge.engine) as session:
        if not device.is_meant(session, wanted.device_id):
            raise bad("Invalid device ID")
        passphrase = api_settings.passphrase(session)
    ref = wanted.id or uuid4().hex
    due, expires = _times(wanted, bridge.now())
    sealed = bool(wanted.is_encrypted)
    request = SubmitTexts(
        ref=ref,
        key_id=program.key_id,
        to=tuple(
            To(number, _clear(number, passphrase, "phoneNumbers") if sealed else number)
            for number in wanted.phone_numbers
        ),
        body=_clear(wanted.words, passphrase, "textMessage.text") if sealed else wanted.words,
        given=wanted.words,
        lines=_lines(wanted.sim_number),
        sealed=sealed,
        sim=wanted.sim_number,
        priority=wanted.priority or 0,
        due=due,
        expires=expires,
        unseen=unseen,
    )
    done(bridge.request(request, by=program.author), SAVED.format(ref=ref))
    return _found(ref, content=True)


def _lines(sim: int | None) -> tuple[str, ...]:
    """The lines that the text may go out on; sim: the one that is wanted, counted from 1."""
    program = who.program()
    if sim is None:
        if not program.lines:
            raise Wrong(403, "This key is for lines that the box no longer has.")
        return program.lines
    names = [modem.name for modem in current.bridge().settings().modems]
    if sim > len(names):
        raise bad(f"simNumber: this box has {len(names)}, counted from 1.")
    if names[sim - 1] not in program.lines:
        raise Wrong(403, f"This key may not send over line {sim}.")
    return (names[sim - 1],)


def _times(wanted: NewMessage, now: datetime) -> tuple[datetime | None, datetime | None]:
    """When it goes out and until when it is worth sending, if that is said."""
    due, until = reading.aware(wanted.schedule_at), reading.aware(wanted.valid_until)
    if due is not None and due <= now:
        raise bad("scheduleAt: choose a time in the future.")
    if wanted.ttl is not None:
        until = (due or now) + timedelta(seconds=wanted.ttl)
    if until is not None and until <= (due or now):
        raise bad("validUntil: choose a time in the future, behind scheduleAt.")
    return due, until


def _clear(words: str, passphrase: str, field: str) -> str:
    from bridge.rules.sealed import CannotOpen, opened  # brings cryptography, which is heavy

    if not passphrase:
        raise bad("The box has no passphrase for encrypted texts; set encryption.passphrase in /settings.")
    try:
        return opened(words, passphrase)
    except CannotOpen as error:
        raise bad(f"{field}: {error}.") from error


def _found(ref: str, content: bool) -> MessageState:
    """What has become of a submission that this program may see. Raises Wrong."""
    with Session(current.bridge().engine) as session:
        submission = submissions.of_ref(session, ref)
        if submission is None or who.program().whose not in (None, submission.key_id):
            raise Wrong(404, "There is no text with this id.")
        return _shape(session, submissions.shown(session, submission), content)


def _shape(session: Session, row: SubmissionRow, content: bool) -> MessageState:
    return MessageState(
        id=row.ref,
        device_id=device.device_id(session),
        state=row.state,
        is_encrypted=row.sealed,
        text_message=TextMessage(text=row.body) if content else None,
        sim_number=row.sim,
        recipients=[
            RecipientState(phone_number=one.number, state=one.state, error=_why(one.error))
            for one in row.recipients
        ],
        states={state: answer.here(moment) for state, moment in row.times.items()},
        created_at=answer.here(row.created),
        schedule_at=answer.local(row.due),
        valid_until=answer.local(row.expires),
    )


def _why(error: str | None) -> str | None:
    if error is None:
        return None
    return TTL_EXPIRED if error == "ttl_expired" else error_sentence(error)


def _moment(typed: str | None) -> datetime | None:
    """What is no moment is let go, as SMSGate does here."""
    return reading.aware(moment_of(typed or ""))
