"""The texts that come in: stored, joined, and understood: STOP and START, the operator's notices, the owner's orders. Runs
inside the loop's transactions."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from sqlmodel import Session

from bridge.contract.answers import Rejected
from bridge.contract.requests import WriteText
from bridge.handlers import conversations, owner_alerts, shop
from bridge.handlers.calls import CallHandler
from bridge.handlers.queue_text import queue_text, write_text
from bridge.handlers.shop import ShopState
from bridge.records import alerts, calls, consents, contacts, deleted, forgetting, incoming, lines
from bridge.records.rows import id_of
from bridge.records.tables import Contact, InboundPart, Line, Message
from bridge.rules import languages, numbers, operator_notices, owner_commands
from bridge.rules.one_line import storable
from bridge.rules.optout import Intent
from bridge.rules.optout import intent as intent_of
from bridge.rules.owner_commands import Command
from bridge.rules.states import AlertKind, ConsentKind, MessageKind, MessageStatus
from bridge.rules.troubles import TimeTeller
from bridge.words import owner, texts
from bridge.words.catalogue import N_, gettext, speaking
from bridge.words.reasons import error_sentence
from bridge.words.requests import refusal_in_words
from modem import contract
from modem.contract import CallOutcome, picture_sender

log = logging.getLogger(__name__)

# An opt-out, an opt-in and HELP are each answered at once, but nobody is answered twice within so long.
ANSWER_ONCE = timedelta(hours=24)
KINDS = {
    Intent.STOP: ConsentKind.OUT,
    Intent.START: ConsentKind.IN,
    Intent.HELP: ConsentKind.HELP,
    Intent.ASK: ConsentKind.DOUBT,
}
# The network's notice of a voice message belongs to the call that ended so shortly before.
VOICEMAIL = timedelta(minutes=5)
# A notice of the operator tells of the call that we have seen ourselves at about that time.
SAME_CALL = timedelta(minutes=5)
# So long the parts of a long text are waited for before it is shown without them.
WAIT_FOR_PARTS = timedelta(hours=24)
# What is said in place of a message that is no text, by contract.TextReceived.kind, and whether somebody should look.
# What is not here is not shown: it is meant for the SIM or for nobody (23.040 9.2.3.9).
NOTICES = {
    "picture": (
        N_("A picture message arrived. This SIM cannot show it: ask the sender to write instead."),
        MessageStatus.RECEIVED,
    ),
    "binary": (
        N_("A message meant for an app arrived, such as a contact card or settings. The box cannot show it."),
        MessageStatus.READ,
    ),
    "waiting": (N_("The network says you have a voice message."), MessageStatus.RECEIVED),
    "unreadable": (N_("A message arrived that this box cannot read."), MessageStatus.RECEIVED),
}


class IncomingTexts:
    """Owner of incoming messages, and of what people have said about texts."""

    def __init__(self, shop: ShopState, calls_handler: CallHandler) -> None:
        self._shop = shop
        self._calls_handler = calls_handler
        self._notices = operator_notices.load()

    def text_came(self, session: Session, text: contract.TextReceived) -> None:
        """A text, or one part of a long one, has arrived: stored once, joined when it is whole, and then acted upon."""
        line = lines.line_called(session, text.line)
        if incoming.already_have(session, line, text):
            return
        self._shop.note_time(TimeTeller.TEXT, text.scts, text.at, exact=False)
        now = self._shop.clock.utc()
        sender = numbers.e164(text.sender, self._shop.region) or text.sender or "unknown"
        parts = incoming.part_came(session, line, text, sender, now)
        if parts:
            self._whole(session, line, parts, text.replace_type, now)
        elif text.concat is not None:
            self._fill_hole(session, incoming.last_part(session), now)
        log.info("%s: text from %s", text.line, numbers.mask(sender))

    def _whole(
        self,
        session: Session,
        line: Line,
        parts: Sequence[InboundPart],
        replace_type: int | None,
        now: datetime,
    ) -> None:
        """Show the message that these parts make, as far as they have come."""
        kind, words = self._said(parts)
        if kind is None:
            return
        body, status = (words, MessageStatus.RECEIVED) if kind == "text" else NOTICES[kind]
        sender = parts[0].sender
        if kind == "picture":
            of_picture = storable(picture_sender(incoming.octets_of(parts)) or "")
            sender = numbers.e164(of_picture, self._shop.region) or of_picture or sender
        message = incoming.text_came(
            session,
            line,
            parts,
            sender=sender,
            kind=MessageKind.MANUAL if kind == "text" else MessageKind.SYSTEM,
            body=body,
            status=status,
            replace_type=replace_type,
            now=now,
        )
        if kind == "waiting":
            self._voicemail(session, line, None, now)
        if kind == "text" and not self._is_notice(session, line, message, parts[0].scts or now):
            self._read(session, message, now)

    def _said(self, parts: Sequence[InboundPart]) -> tuple[str | None, str]:
        """What kind of message these parts make, None for one that is not shown, and the words of a text."""
        kinds = {part.kind for part in parts}
        kind = next(
            (kind for kind in ("text", "picture", "binary", "octets", *NOTICES) if kind in kinds), None
        )
        if kind == "octets":
            words = incoming.words_of_octets(parts)
            return ("binary", "") if words is None else ("text", storable(words))
        return kind, incoming.text_of(parts) if kind == "text" else ""

    def _read(self, session: Session, message: Message, now: datetime) -> None:
        """What the text of a person asks for."""
        contact, context = session.get_one(Contact, message.contact_id), self._shop.context()
        if context.is_owner(contact):
            message.status = MessageStatus.READ
            self._owner_wrote(session, message, contact, now)
            return
        said = self._note_intent(session, message, now)
        if said in (Intent.NOTHING, Intent.ASK) and not self._shop.is_ours(contact.identity):
            conversations.they_wrote(session, contact, message)
        if (
            said in (Intent.NOTHING, Intent.ASK)
            and numbers.untextable(contact.address, self._shop.region) is None
        ):
            body = owner_commands.relayed(context.who(contact), id_of(contact), message.body)
            owner_alerts.news(session, context, contact, AlertKind.REPLY, body, message.line_id)

    def _is_notice(self, session: Session, line: Line, message: Message, told: datetime) -> bool:
        """Is it the operator's own word of a call? Then the call is kept, and the text is nothing to answer."""
        if not self._shop.settings.filters.notices:
            return False
        sender = session.get_one(Contact, message.contact_id)
        notice = operator_notices.read(message.body, sender.address, told, self._shop.zone, self._notices)
        if notice is None:
            return False
        message.kind, message.status = MessageKind.SYSTEM, MessageStatus.READ
        now = self._shop.clock.utc()
        for missed in notice.calls if notice.kind in ("missed", "voicemail") else ():
            e164 = numbers.e164(missed.number, self._shop.region)
            when = min(missed.when or told, now)
            if deleted.call_is_gone(session, line, missed.number, when, SAME_CALL):
                # We had seen that call. The notice may come as if from the caller, who is to stay forgotten.
                made = sender.source == "text" and sender.first_seen == message.created
                if made and sender.address in (e164, missed.number):
                    forgetting.forget(session, sender)
                continue
            contact = contacts.somebody_at(session, e164 or missed.number, "call", now)
            seen = self._voicemail(session, line, contact.id, when, SAME_CALL)
            if not seen:
                call = calls.call_began(session, line, when)
                calls.caller_is(session, call, missed.number, e164, False, now)
                call.ended, call.outcome = when, CallOutcome.NOTICE
                self._calls_handler.decide(session, call, when)
        return True

    def _voicemail(
        self,
        session: Session,
        line: Line,
        contact_id: int | None,
        when: datetime,
        within: timedelta = VOICEMAIL,
    ) -> bool:
        """The network took a message, or told of the call: was it one that we saw give up? Then nobody answered it."""
        call = calls.last_call_around(session, line, contact_id, when, within)
        if call is not None and call.outcome is CallOutcome.ABANDONED:
            call.outcome = CallOutcome.NO_ANSWER
        return call is not None

    def _note_intent(self, session: Session, message: Message, now: datetime) -> Intent:
        """STOP, START, HELP, and what may be one: stored first, then answered, at most once a day. Returns which of these
        it was."""
        contact = session.get_one(Contact, message.contact_id)
        hint = self._shop.settings.textback.opt_out_text
        said = intent_of(message.body, [*contacts.our_last_words(session, contact), hint])
        if said == Intent.NOTHING or (said == Intent.ASK and contact.opted_out_at is not None):
            return said
        if not self._has_answer(session, contact, said):
            return Intent.NOTHING  # a person should look: "info" may be a question
        asked_before = consents.asked_since(session, contact, KINDS[said], now - ANSWER_ONCE)
        consents.consent(session, contact, KINDS[said], "text", now, words=message.body)
        log.info("text %s means: %s", message.id, said.value)
        if said == Intent.ASK or asked_before:
            return said
        if numbers.untextable(contact.address, self._shop.region, self._shop.own(), "text") is not None:
            return said  # a short code or a name cannot be answered
        settings = self._shop.settings
        with speaking(languages.of_text(settings, self._shop.region, contact.address)):
            body = texts.answer(said, settings.shop.name, settings.shop.phone)
        queue_text(session, message.contact_id, body, MessageKind.SYSTEM, line_id=message.line_id, now=now)
        return said

    def _has_answer(self, session: Session, contact: Contact, said: Intent) -> bool:
        """Is there something to say? START has nothing to undo where nobody said STOP; who was never texted need not be told
        how to have no texts."""
        match said:
            case Intent.START:
                return contact.opted_out_at is not None or contact.doubtful
            case Intent.HELP:
                return contacts.was_texted(session, contact)
            case Intent.STOP | Intent.ASK | Intent.NOTHING:
                return True
            case _:
                assert_never(said)

    def _fill_hole(self, session: Session, part: InboundPart, now: datetime) -> None:
        """A part that came after its text was shown without it."""
        message = incoming.shown_without(session, part, now)
        if message is not None:
            part.message_id = message.id
            session.flush()
            parts = incoming.parts_that_came(session, message)
            kind, words = self._said(parts)
            if kind == "text":
                message.body, message.status = words, MessageStatus.RECEIVED
            message.parts = len(parts)

    def show_incomplete(self, session: Session) -> None:
        """Long texts whose other parts have not come for a day: shown with a mark at each hole. And those whose parts came
        long after each other: no other text can be meant any more."""
        now = self._shop.clock.utc()
        for parts in incoming.parts_left_waiting(session, now, WAIT_FOR_PARTS):
            self._whole(session, session.get_one(Line, parts[0].line_id), parts, None, now)

    def _owner_wrote(self, session: Session, message: Message, contact: Contact, now: datetime) -> None:
        """An order, STOP or START as anybody's, or words for a customer."""
        context, said = self._shop.context(), owner_commands.read(message.body, owner.vocabulary())
        if isinstance(said, owner_commands.Words) and intent_of(said.body, ()) in (Intent.STOP, Intent.START):
            self._note_intent(session, message, now)
            return
        with speaking(context.language):
            answer = (
                self._pass_on(session, context, said)
                if isinstance(said, owner_commands.Words)
                else self._carry_out(session, said)
            )
        if answer and owner_alerts.may_answer(session, context, contact):
            owner_alerts.say(session, context, message.line_id, answer)

    def _carry_out(self, session: Session, order: owner_commands.Order) -> str:
        context = self._shop.context()
        match order.what:
            case Command.PAUSE:
                self._shop.pause(session, context.now + order.pause if order.pause else None)
                paused = self._shop.paused_now(context.now)
                return f"{error_sentence(paused) if paused else ''} {gettext(owner.RESUME_HINT)}"
            case Command.RESUME:
                self._shop.resume(session)
                return gettext(owner.WENT_ON)
            case Command.LAST:
                return owner_alerts.last_calls(session, context)
            case Command.STATUS:
                return owner_alerts.state(session, context, self._shop.troubles)
            case Command.HELP:
                return gettext(owner.HELP)
            case _:
                assert_never(order.what)

    def _pass_on(
        self, session: Session, context: shop.OwnerContext, words: owner_commands.Words
    ) -> str | None:
        """The owner's words go to the customer from the shop's number."""
        customer = owner_alerts.customer(session, context, words)
        if isinstance(customer, str):
            return None if owner.is_question(words.body) else customer
        request = WriteText(customer.address, words.body, author="owner")
        answer = write_text(session, request, self._shop.settings, self._shop.region, context.now)
        if isinstance(answer, Rejected):
            return owner.not_sent(context.who(customer), refusal_in_words(answer.why))
        conversations.is_read(session, customer)
        alerts.conversation_is_seen(session, customer)
        return None
