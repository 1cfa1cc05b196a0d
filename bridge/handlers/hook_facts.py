"""What is told of a call, a text or a line: read from the rows, put into the shapes of bridge/rules/hooks/payloads."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlmodel import Session

from bridge.handlers.shop import ShopState
from bridge.records import lines, submissions
from bridge.records.rows import id_of
from bridge.records.tables import Call, Contact, Incident, Line, Message, Recipient, Submission
from bridge.rules.hooks import payloads
from bridge.rules.hooks.events import HookEvent
from bridge.rules.hooks.payloads import CallFacts, DecisionFacts, LineFacts, Payload, TextFacts
from bridge.rules.states import MessageKind, MessageStatus
from bridge.words.catalogue import ENGLISH, gettext, speaking
from bridge.words.hooks import TEST
from bridge.words.reasons import deciding_first, error_sentence
from modem.contract import CallOutcome, Trouble, TroubleCode

# What SMSGate says of a text that came too late.
EXPIRED = "TTL expired"
# Texts that failed in so long count for the box's health.
LATELY = timedelta(hours=1)
# In a test nobody is named: the number is libphonenumber's example.
NOBODY, TEST_ID = "+447400123456", "test"


class HookFacts:
    """Reads in the loop's transactions; all words are English, since programs read them."""

    def __init__(self, shop: ShopState, health: Callable[[int], Mapping[str, object]]) -> None:
        """health: what the box says of itself, told how many texts have failed lately."""
        self._shop = shop
        self._health = health

    def of_text(self, session: Session, message: Message, contact: Contact, event: HookEvent) -> Payload:
        """What an event about a text tells."""
        line = session.get_one(Line, message.line_id)
        moments = {
            HookEvent.SMS_RECEIVED: message.created,
            HookEvent.SMS_SENT: message.sent,
            HookEvent.SMS_DELIVERED: message.delivered,
        }
        facts = TextFacts(
            message_id=text_id(session, message),
            body=message.body,
            number=contact.address,
            own=line.number,
            sim=self._sim(line.name),
            parts=message.parts,
            at=moments.get(event) or self._shop.clock.utc(),
            reason=_why_failed(message),
        )
        return payloads.of_text(event, facts, self._shop.zone)

    def of_refused(self, session: Session, recipient: Recipient) -> Payload:
        """What is told of a recipient for whom there is no text at all."""
        submission = session.get_one(Submission, recipient.submission_id)
        with speaking(ENGLISH):
            why = error_sentence(recipient.error or "")
        now = self._shop.clock.utc()
        facts = TextFacts(submission.ref, "", recipient.number, None, submission.sim, 0, now, why)
        return payloads.of_text(HookEvent.SMS_FAILED, facts, self._shop.zone)

    def of_call(
        self,
        session: Session,
        call: Call,
        contact: Contact | None,
        event: HookEvent,
        outcome: CallOutcome | None,
    ) -> Payload:
        """What an event about a call tells. outcome: how it ended, None while it rings."""
        line = session.get_one(Line, call.line_id)
        facts = CallFacts(
            call_id=id_of(call),
            number=contact.address if contact else None,
            name=contact.name if contact else "",
            withheld=call.withheld,
            line=line.name,
            sim=self._sim(line.name),
            started=call.started,
            ended=None if event is HookEvent.RINGING else call.ended,
            rings=None if event is HookEvent.RINGING else call.rings,
            outcome=None if event is HookEvent.RINGING else outcome,
        )
        if event is HookEvent.DECISION:
            return payloads.of_decision(facts, self._decision(session, call), self._shop.zone)
        return payloads.of_call(facts, self._shop.zone)

    def _decision(self, session: Session, call: Call) -> DecisionFacts:
        message = session.get(Message, call.message_id) if call.message_id is not None else None
        texted = message is not None and call.reason is None
        with speaking(ENGLISH):
            why, _passed = deciding_first(call.trace)
        return DecisionFacts(
            reason=call.reason,
            words=(why or "") if call.reason else "",
            message_id=text_id(session, message) if message else None,
            body=message.body if message and texted else None,
            due=message.due if message and texted else None,
        )

    def of_line(self, session: Session, incident: Incident) -> Payload:
        """What is told of a line that cannot be used, or can again."""
        trouble = Trouble.from_text(incident.what)
        with speaking(ENGLISH):
            words = error_sentence(incident.what)
        facts = LineFacts(
            line=incident.line,
            sim=self._sim(incident.line),
            kind=incident.kind,
            trouble=trouble.code,
            words=words,
            since=incident.began,
            until=incident.ended,
        )
        return payloads.of_line(facts, self._shop.zone)

    def of_start(self, session: Session) -> Payload:
        """What is told when the box has begun its work: its SIMs, as SMSGate tells them."""
        names = [modem.name for modem in self._shop.settings.modems]
        cards = [(place, lines.line_called(session, name)) for place, name in enumerate(names)]
        return {
            "simCards": [
                payloads.known(
                    {
                        "slotIndex": place,
                        "simNumber": place + 1,
                        "phoneNumber": line.number,
                        "carrierName": line.name,
                        "iccid": line.iccid,
                    }
                )
                for place, line in cards
            ]
        }

    def of_health(self, session: Session) -> Payload:
        """What is told now and then, so that it is noticed when nothing is told any more."""
        return {"health": self._health(submissions.failed_since(session, self._shop.clock.utc() - LATELY))}

    def for_a_test(self, session: Session, event: HookEvent) -> Payload:
        """What an event would tell, of nobody and with words that say so."""
        now, zone = self._shop.clock.utc(), self._shop.zone
        with speaking(ENGLISH):
            words = gettext(TEST)
        line = self._shop.settings.modems[0].name
        ended = None if event is HookEvent.RINGING else now
        call = CallFacts(0, NOBODY, "", False, line, 1, now - timedelta(seconds=20), ended, 3, None)
        match event:
            case HookEvent.RINGING | HookEvent.ANSWERED | HookEvent.MISSED | HookEvent.ENDED:
                return payloads.of_call(call, zone)
            case HookEvent.DECISION:
                return payloads.of_decision(call, DecisionFacts(None, "", TEST_ID, words, now), zone)
            case HookEvent.LINE_DOWN | HookEvent.LINE_UP:
                lasted = None if event is HookEvent.LINE_DOWN else now
                told = LineFacts(line, 1, "line", TroubleCode.SETTING_UP, words, now, lasted)
                return payloads.of_line(told, zone)
            case HookEvent.STARTED:
                return self.of_start(session)
            case HookEvent.PING:
                return self.of_health(session)
            case (
                HookEvent.SMS_RECEIVED
                | HookEvent.SMS_SENT
                | HookEvent.SMS_DELIVERED
                | HookEvent.SMS_FAILED
                | HookEvent.SMS_CANCELLED
            ):
                text = TextFacts(TEST_ID, words, NOBODY, None, 1, 1, now, words)
                return payloads.of_text(event, text, zone)
        return {"message": words}

    def _sim(self, line: str) -> int | None:
        """The place of this line among those of config.ini, from 1."""
        names = [modem.name for modem in self._shop.settings.modems]
        return names.index(line) + 1 if line in names else None


def text_id(session: Session, message: Message) -> str:
    """By which other programs know this text: the id that one of them has given it, else our own."""
    theirs = submissions.ref_of(session, id_of(message)) if message.kind is MessageKind.API else None
    return theirs or str(id_of(message))


def _why_failed(message: Message) -> str:
    """Why a text has failed, "" for one that has not."""
    if message.status is MessageStatus.EXPIRED:
        return EXPIRED
    with speaking(ENGLISH):
        return error_sentence(message.error) if message.error else ""
