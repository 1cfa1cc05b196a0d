"""What each event means for the rows: which call began, who is texted, what became of a text. Runs inside the loop's
transactions, so a step may be done again: whatever it keeps in memory is only a finger on a row."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from bridge import history, numbers, policy, store, wording
from bridge.clock import Clock
from bridge.config import Settings
from bridge.desk import Granted, MarkRead, PickUp, PutDown, Refused, Wish, WriteText
from bridge.models import Call, Contact, Line, Message
from modem import contract
from modem.contract import Request, segments

log = logging.getLogger(__name__)

# A text by hand that could not go out for so long is not worth sending any more.
MANUAL_HOURS = 24
# What the SMSC is told at most (TP-VP): later than this a text is of no use (minutes).
MANUAL_VALIDITY = 24 * 60
# The first text may say how to opt out only once the box understands the answer.
HINT_IS_KEPT = False
UNREADABLE = "A message came that this box cannot read."


class Decider:
    """The loop's mind. `settings` is replaced when config.ini changes; `region` is the ISO code of the shop."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self._clock = clock
        self._sim_region: str | None = None
        self._msisdns: set[str] = set()
        self._calls: dict[tuple[str, int], int] = {}

    @property
    def region(self) -> str:
        """config.ini's, else the SIM's, else none ("ZZ": only international numbers are understood)."""
        country = self.settings.shop.country
        return country if country != "auto" else self._sim_region or "ZZ"

    # ---- lines

    def knows_region(self, session: Session) -> None:
        """Take the region from the SIM seen last, until the modem is up."""
        for line in history.lines(session):
            self._knows(line)

    def _knows(self, line: Line) -> None:
        self._sim_region = numbers.region_of_imsi(line.imsi or "") or self._sim_region
        self._msisdns |= {line.msisdn} if line.msisdn else set()

    def line_up(self, session: Session, up: contract.LineUp) -> None:
        line = store.line_is_up(session, up)
        store.line_is_well(session, up.line, self._clock.utc())
        self._knows(line)
        log.info("%s: %s on %s is ready.", up.line, up.model, up.port)

    def line_down(self, session: Session, down: contract.LineDown) -> None:
        store.line_broke(session, down.line, down.reason, self._clock.utc())

    # ---- calls

    def call_rings(self, session: Session, ringing: contract.CallRinging) -> None:
        call = self._call_of(session, ringing.line, ringing.key, ringing.at)
        self._learn(session, call, ringing.number, ringing.withheld)
        if ringing.number or ringing.withheld:
            log.info("%s: call from %s", ringing.line, numbers.mask(ringing.number))

    def _call_of(self, session: Session, line: str, key: int, at: float) -> Call:
        known = self._calls.get((line, key))
        call = session.get(Call, known) if known is not None else None
        if call is None:
            call = store.call_began(session, store.line_called(session, line), self._clock.utc_at(at))
            assert call.id is not None
            self._calls[line, key] = call.id
        return call

    def _learn(self, session: Session, call: Call, number: str | None, withheld: bool) -> None:
        if number != call.number or withheld != call.withheld:
            e164 = numbers.e164(number, self.region)
            store.caller_is(session, call, number, e164, withheld, self._clock.utc())

    def call_ended(self, session: Session, end: contract.CallEnded) -> None:
        call = self._call_of(session, end.line, end.key, end.at)
        self._learn(session, call, end.number, end.withheld)
        with session.no_autoflush:  # one UPDATE at the end will do
            call.ended, call.outcome = self._clock.utc_at(end.at), end.outcome
            call.rings, call.cause = end.rings, end.cause
            self._decide(session, call, self._clock.utc())
        log.info("%s: call from %s ended: %s", end.line, numbers.mask(end.number), call.outcome)

    def settle_left_over(self, session: Session) -> None:
        """What the last run left unfinished: calls that rang are lost, texts on their way are unconfirmed. A call is
        texted if it is recent: its text was due when it began."""
        for message in store.texts_left_sending(session):
            message.status = "unconfirmed"
            message.error = "The box stopped while this text was on its way."
        for call in store.calls_left_ringing(session):
            call.ended, call.outcome = self._clock.utc(), "lost"
            self._decide(session, call, call.started)

    def _decide(self, session: Session, call: Call, now: datetime) -> None:
        """Text the caller, or note why not."""
        past = store.past_of(session, call)
        decision = policy.decide(_facts(call), _caller(past), self.settings, self.region, self._own(), now)
        call.trace = policy.as_json(decision.trace)
        if isinstance(decision, policy.Silence):
            call.reason, call.message_id = decision.reason, decision.message_id
            return
        contact = session.get_one(Contact, call.contact_id)
        assert contact.id is not None
        first = HINT_IS_KEPT and past.last_automatic is None
        body = wording.reply(self.settings, contact.address, contact.name, call.started, first)
        message = store.text_is_queued(
            session,
            line_id=call.line_id,
            contact_id=contact.id,
            body=body,
            parts=segments(body).parts,
            kind="auto",
            due=decision.due,
            expires=decision.expires,
            now=self._clock.utc(),
            call=call,
        )
        call.message_id = message.id

    def _own(self) -> tuple[str, ...]:
        """Numbers that are never texted: the shop's, and those that the SIMs say are theirs."""
        own = (*self.settings.shop.own_numbers, self.settings.shop.phone, *self._msisdns)
        return tuple(number for number in own if number)

    # ---- texts that go out

    def next_to_send(self, session: Session, line: str) -> contract.SendText | None:
        """The text that goes out now, marked as sending; those that must not go out any more are settled on the way."""
        now = self._clock.utc()
        while (due := store.next_text_due(session, line, now)) is not None:
            message, contact, call = due
            if self._may_go(session, message, call, now):
                message.status = "sending"
                return self._request(message, contact)
            session.flush()
        return None

    def _may_go(self, session: Session, message: Message, call: Call | None, now: datetime) -> bool:
        """The policy once more, at the moment of sending."""
        assert message.due is not None
        assert message.expires is not None
        if message.kind != "auto" or call is None:
            if now <= message.expires:
                return True
            message.status, message.error = "expired", "It could not be sent in time."
            return False
        past = store.past_of_text(session, call, message)
        decision = policy.decide_again(
            _facts(call),
            _caller(past),
            message.due,
            message.expires,
            self.settings,
            self.region,
            self._own(),
            now,
        )
        if isinstance(decision, policy.Reply):
            return True
        call.trace = [*call.trace, *policy.as_json(decision.trace[-1:])]
        expired = decision.reason == "expired"
        message.status = "expired" if expired else "cancelled"
        message.error = decision.trace[-1].detail
        call.reason = decision.reason
        return False

    def _request(self, message: Message, contact: Contact) -> contract.SendText:
        assert message.id is not None
        validity = self.settings.textback.expire_minutes if message.kind == "auto" else MANUAL_VALIDITY
        return contract.SendText(message.id, contact.address, message.body, message.id % 256, validity)

    def part_sent(self, session: Session, part: contract.PartSent) -> None:
        message = session.get(Message, part.message_id)
        if message is not None:
            message.parts = part.parts
            store.part_was_taken(session, message, part.part, part.mr, self._clock.utc_at(part.at))

    def text_ended(
        self,
        session: Session,
        end: contract.TextSent | contract.TextFailed | contract.TextUnconfirmed | contract.NotStarted,
    ) -> None:
        message = session.get(Message, end.message_id)
        if message is None or message.status != "sending":
            return  # a delivery report was faster
        match end:
            case contract.TextSent():
                message.status, message.sent = "sent", self._clock.utc_at(end.at)
            case contract.TextFailed(reason=reason):
                message.status, message.error = "failed", reason
            case contract.TextUnconfirmed(reason=reason):
                message.status, message.error = "unconfirmed", reason
            case contract.NotStarted():
                message.status = "queued"
        log.info("%s: text %d is %s", end.line, end.message_id, message.status)

    def report_came(self, session: Session, report: contract.ReportReceived) -> None:
        e164 = numbers.e164(report.recipient, self.region)
        recipients = [address for address in (e164, report.recipient) if address]
        store.report_came(session, report, recipients, self._clock.utc())

    # ---- texts that come in

    def text_came(self, session: Session, text: contract.TextReceived) -> None:
        line = store.line_called(session, text.line)
        if store.already_have(session, line, text):
            return
        now = self._clock.utc()
        sender = numbers.e164(text.sender, self.region) or text.sender or "unknown"
        parts = store.part_came(session, line, text, sender, now)
        if not parts:
            return
        readable = text.kind == "text"
        body = store.body_of(parts) if readable else UNREADABLE
        kind = "manual" if readable else "system"
        message = store.text_is_whole(session, line, parts, sender=sender, kind=kind, body=body, now=now)
        if text.kind in ("silent", "mwi"):
            message.status = "read"  # nothing that a person could read
        log.info("%s: text from %s", text.line, numbers.mask(sender))

    # ---- wishes of the page

    def wish(self, session: Session, wish: Wish) -> tuple[Granted | Refused, Sequence[tuple[str, Request]]]:
        """Do what somebody on the page asks for, or say why not."""
        match wish:
            case WriteText():
                return write_text(session, wish, self.settings, self.region, self._clock.utc()), ()
            case MarkRead(address):
                contact = history.contact_at(session, address)
                if contact is not None:
                    store.conversation_is_read(session, contact)
                return Granted(), ()
            case PickUp(line):
                return Granted(), [(line, contract.Answer())]
            case PutDown(line):
                return Granted(), [(line, contract.HangUp())]


def write_text(
    session: Session, wish: WriteText, settings: Settings, region: str, now: datetime
) -> Granted | Refused:
    """Queue a text by hand; used by the page through the loop, and by `textback send`."""
    address = numbers.e164(wish.address, region)
    body = wish.body.strip()
    if address is None:
        return Refused(f"{wish.address} cannot be texted: it is not a phone number that takes texts.")
    if not body:
        return Refused("An empty text cannot be sent. Write something first.")
    contact = store.somebody_at(session, address, "page", now)
    if contact.opted_out_at is not None and not wish.despite_stop:
        return Refused("This person has asked for no more texts. Confirm that you want to write anyway.")
    parts = segments(body).parts
    line = store.line_called(session, settings.modems[0].name)
    message = store.text_is_queued(
        session,
        line_id=line.id or 0,
        contact_id=contact.id or 0,
        body=body,
        parts=parts,
        kind="manual",
        due=now,
        expires=now + timedelta(hours=MANUAL_HOURS),
        now=now,
        author=wish.author,
    )
    return Granted(message.id)


def _facts(call: Call) -> policy.CallFacts:
    assert call.outcome is not None
    return policy.CallFacts(
        outcome=call.outcome,
        number=call.e164,
        raw=call.number,
        withheld=call.withheld,
        ended=call.ended or call.started,
    )


def _caller(past: store.Past) -> policy.CallerFacts:
    return policy.CallerFacts(
        last_automatic=past.last_automatic,
        last_automatic_id=past.last_automatic_id,
        pending_id=past.pending_id,
        contact_since=past.contact_since,
    )
