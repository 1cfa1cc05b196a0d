"""What programs ask for through the API, and what owners settle about programs: done, or refused with a code. Runs inside the
loop's transactions."""

from datetime import datetime
from typing import assert_never

from sqlmodel import Session

from bridge.contract.answers import Done
from bridge.contract.api_requests import (
    AddKey,
    CancelTexts,
    EndToken,
    KeepApiSettings,
    KeepTokens,
    KeyUsed,
    OfApi,
    RevokeKey,
    SubmitTexts,
    To,
)
from bridge.handlers.queue_text import WORTH_SENDING, queue_text
from bridge.handlers.shop import ShopState
from bridge.records import api_settings, contacts, keys, lines, outgoing, submissions, tokens
from bridge.records.rows import id_of
from bridge.records.tables import Contact, Recipient, Submission
from bridge.rules import numbers
from bridge.rules.later import AHEAD_AT_MOST
from bridge.rules.limits import MOST_PARTS
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import MessageKind, MessageStatus
from bridge.rules.submissions import LIMIT, address_of, why_not
from bridge.rules.wording import plain
from modem.contract import Coded, segments


def ask(session: Session, shop: ShopState, request: OfApi, by: str | None) -> Done:
    """Do it. by: the user or key that asks. Raises Refusal where it is refused."""
    now = shop.clock.utc()
    match request:
        case SubmitTexts():
            _submit(session, shop, request, by, now)
        case CancelTexts():
            _cancel(session, request, now)
        case AddKey(name, digest, scopes, wanted, days):
            known = {modem.name for modem in shop.settings.modems}
            for line in wanted:
                if line not in known:
                    raise Refusal(Refused.KEY_LINE, line=line)
            keys.add(session, name, digest, scopes, now, lines=wanted, days=days, by=by or "")
        case RevokeKey(name):
            keys.revoke(session, name, now)
        case KeyUsed(key_id):
            keys.was_used(session, key_id, now)
        case KeepTokens():
            _keep_tokens(session, request, now)
        case EndToken(jti, key_id):
            tokens.end(session, jti, key_id)
        case KeepApiSettings():
            api_settings.keep(session, request.settings, request.passphrase, request.signing_key)
        case _:
            assert_never(request)
    return Done()


def _submit(session: Session, shop: ShopState, request: SubmitTexts, by: str | None, now: datetime) -> None:
    if submissions.of_ref(session, request.ref) is not None:
        raise Refusal(Refused.ID_TAKEN, id=request.ref)
    body = plain(request.body.strip())
    if not body:
        raise Refusal(Refused.EMPTY_TEXT)
    if (parts := segments(body).parts) > MOST_PARTS:
        raise Refusal(Refused.TOO_MANY_PARTS, parts=parts, most=MOST_PARTS)
    if request.due is not None and not now < request.due <= now + AHEAD_AT_MOST:
        raise Refusal(Refused.NOT_LATER, days=AHEAD_AT_MOST.days)
    submission = Submission(
        ref=request.ref,
        key_id=request.key_id,
        body=request.given,
        sealed=request.sealed,
        sim=request.sim,
        created=now,
        due=request.due,
        expires=request.expires,
    )
    session.add(submission)
    session.flush()
    midnight = now.astimezone(shop.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    left = shop.settings.limits.per_day - submissions.texts_since(session, midnight)
    for one in request.to:
        recipient = _recipient(session, shop, request, one, by, now, left)
        left -= recipient.message_id is not None
        recipient.submission_id = id_of(submission)
        session.add(recipient)
    session.flush()


def _recipient(
    session: Session,
    shop: ShopState,
    request: SubmitTexts,
    to: To,
    by: str | None,
    now: datetime,
    left: int,
) -> Recipient:
    """The row of one recipient, whose text is queued unless something speaks against it. left: so many texts may still go out
    today."""
    row = Recipient(submission_id=0, number=to.given)
    address = address_of(to.number, shop.region, shop.settings.filters.landlines, request.unseen)
    if isinstance(address, Coded):
        row.error = address.to_text()
        return row
    row.identity = numbers.identity(address, shop.region)
    contact = contacts.contact_at(session, address)
    why = _against(contact, contacts.kept_of_forgotten(session, [address]) if contact is None else {})
    if why is None and left <= 0:
        why = Coded.of(LIMIT, most=shop.settings.limits.per_day)
    if why is not None:
        row.error = why.to_text()
        return row
    new = contact is None or not contact.seen
    contact = contacts.somebody_at(session, address, "api", now)
    # Nobody here has to see to them until they call or write.
    contact.done = contact.done or new
    message = queue_text(
        session,
        id_of(contact),
        request.body.strip(),
        MessageKind.API,
        line_id=id_of(lines.line_of(session, contact, request.lines)),
        now=now,
        due=request.due,
        expires=request.expires or (request.due or now) + WORTH_SENDING,
        author=by,
        priority=request.priority,
    )
    row.message_id = id_of(message)
    return row


def _against(contact: Contact | None, forgotten: object) -> Coded | None:
    """forgotten: the opt-out of somebody who was forgotten, if there is one."""
    if contact is None:
        return Coded("opted_out") if forgotten else None
    opted_out = contact.opted_out_at is not None
    return why_not(opted_out, contact.doubtful, contact.blocked, contact.kind)


def _cancel(session: Session, request: CancelTexts, now: datetime) -> None:
    """Raises Refusal where nothing waits that could be cancelled, unless that was done before."""
    submission = submissions.of_ref(session, request.ref)
    if submission is None or request.key_id not in (None, submission.key_id):
        raise Refusal(Refused.NO_SUBMISSION)
    texts = [text for _, text in submissions.recipients_of(session, submission) if text is not None]
    waiting = [text for text in texts if text.status is MessageStatus.QUEUED]
    cancelled = any(text.status is MessageStatus.CANCELLED and not text.error for text in texts)
    if not waiting and not cancelled:
        raise Refusal(Refused.NOT_PENDING)
    for text in waiting:
        text.error = None
        outgoing.comes_to_nothing(session, text, MessageStatus.CANCELLED, now)


def _keep_tokens(session: Session, request: KeepTokens, now: datetime) -> None:
    if request.used is not None and tokens.use_up(session, request.used) is None:
        # Kept though it is refused: whoever has the copy is locked out as well.
        session.flush()
        raise Refusal(Refused.TOKEN_USED)
    tokens.keep(
        session,
        request.access,
        request.refresh,
        request.family,
        request.key_id,
        request.scopes,
        now,
        request.expires,
        request.refresh_expires,
    )
