"""The texts that go out: which one now, whether it still may, and what became of it. Runs inside the loop's transactions."""

import logging
from collections import deque
from datetime import datetime, timedelta
from typing import assert_never

from sqlmodel import Session

from bridge.handlers.case import build_case_again
from bridge.handlers.shop import ShopState
from bridge.records import lines, outgoing, reports, waits
from bridge.records.rows import id_of
from bridge.records.tables import Call, Contact, Line, Message
from bridge.rules import numbers, policy, retries, submissions
from bridge.rules.policy import Reason
from bridge.rules.states import MessageKind, MessageStatus
from bridge.rules.troubles import BoxTrouble, TimeTeller
from modem import contract
from modem.contract import Coded, Trouble

log = logging.getLogger(__name__)

# What the SMSC is told at most (TP-VP): later than this a text is of no use (minutes).
MANUAL_VALIDITY = 24 * 60
SHORTEST_VALIDITY = 5
MINUTE = 60.0
# Where a transaction keeps the id of the text that was decided in it.
DECIDED = "decided"


class Outbox:
    """Owner of the states of texts that go out."""

    def __init__(self, shop: ShopState) -> None:
        self._shop = shop
        # When automatic texts went out lately (monotonic), for the limit of a minute.
        self._gone: deque[float] = deque()
        # The text that was looked at last, by its id.
        self._in_hand: int | None = None

    def next_to_send(self, session: Session, line: str) -> contract.SendText | None:
        """The text that goes out now, marked as sending; None if there is none. Texts before it that must not go out any
        more are settled."""
        now = self._shop.clock.utc()
        # The limit of a minute only delays, and so do block lists that are still being read.
        automatic = (
            len(self._gone_lately()) < self._shop.settings.limits.per_minute and self._shop.lists_are_read
        )
        while (due := outgoing.next_text_due(session, line, now, automatic)) is not None:
            message, contact, call = due
            self._in_hand = message.id
            if self._may_go(session, message, contact, call, now):
                message.status, message.handed = MessageStatus.SENDING, now
                return self._request(message, contact)
            session.flush()
        return None

    def _gone_lately(self) -> deque[float]:
        while self._gone and self._gone[0] <= self._shop.clock.monotonic() - MINUTE:
            self._gone.popleft()
        return self._gone

    def _may_go(
        self, session: Session, message: Message, contact: Contact, call: Call | None, now: datetime
    ) -> bool:
        """The policy once more, at the moment of sending; unless it was asked in this very transaction."""
        if session.info.get(DECIDED) == message.id:
            return True
        assert message.due is not None
        assert message.expires is not None
        if message.kind != MessageKind.AUTO or call is None:
            return self._may_still_go(session, message, contact, now)
        decision = policy.judge(build_case_again(session, self._shop, call, message, now))
        if isinstance(decision, policy.Reply):
            waits = self._shop.settings.textback.closed == "wait" and not self._shop.clock.doubt()
            if not waits or self._shop.opening(message.due).open:
                return True
            # The clock was moved into the night, or somebody closed the shop for today.
            opening = self._shop.opening(now)
            self.put_off(session, message, now if opening.open else opening.reopens)
            return opening.open
        call.trace = [*call.trace, *policy.as_rows(decision.trace[-1:])]
        call.reason = decision.reason
        if decision.reason is Reason.EXPIRED:
            self._expire(session, message, decision.why)
        else:
            self._is_void(message, decision.why.to_text(), now)
        return False

    def _may_still_go(self, session: Session, message: Message, contact: Contact, now: datetime) -> bool:
        """A text that somebody wrote, or a program: in time, and of a program to nobody who is to be left alone by now."""
        assert message.expires is not None
        if now > message.expires:
            self._expire(session, message, Coded("too_late"))
            return False
        why = None
        if message.kind == MessageKind.API:
            opted_out = contact.opted_out_at is not None
            why = submissions.why_not(opted_out, contact.doubtful, contact.blocked, contact.kind)
        if why is not None:
            message.error = why.to_text()
            outgoing.comes_to_nothing(session, message, MessageStatus.CANCELLED, now)
        return why is None

    @staticmethod
    def _is_void(message: Message, why: str, now: datetime) -> None:
        """It does not go out, and nobody waits for it. why: a code."""
        message.status, message.error, message.settled = MessageStatus.CANCELLED, why, now

    def _expire(self, session: Session, message: Message, why: Coded) -> None:
        """It could not go out in time, and what kept it: its own last refusal, or what stops the queue."""
        kept = message.error or session.get_one(Line, message.line_id).stopped
        message.error = (Coded.of(why.code, **why.values, error=kept) if kept else why).to_text()
        outgoing.comes_to_nothing(session, message, MessageStatus.EXPIRED, self._shop.clock.utc())

    def put_off(self, session: Session, message: Message, due: datetime | None) -> None:
        """Due at another time; None: there is no opening to wait for."""
        call = session.get(Call, message.call_id) if message.call_id is not None else None
        if due is None:
            self._is_void(message, Reason.CLOSED, self._shop.clock.utc())
            if call is not None:
                call.reason = Reason.CLOSED
        else:
            message.due, message.expires = (
                due,
                due + timedelta(minutes=self._shop.settings.textback.expire_minutes),
            )

    def _request(self, message: Message, contact: Contact) -> contract.SendText:
        assert message.expires is not None
        left = (message.expires - self._shop.clock.utc()) / timedelta(minutes=1)
        validity = max(SHORTEST_VALIDITY, min(MANUAL_VALIDITY, round(left)))
        return contract.SendText(
            id_of(message), contact.address, message.body, id_of(message) % 256, validity
        )

    def part_sent(self, session: Session, part: contract.PartSent) -> None:
        """The SMSC has taken one part of a text: its message reference is kept, for the delivery report."""
        message = session.get(Message, part.message_id)
        if message is not None:
            message.parts = part.parts
            reports.part_was_taken(session, message, part.part, part.mr, self._shop.clock.utc_at(part.at))

    def text_ended(
        self,
        session: Session,
        end: contract.TextSent | contract.TextFailed | contract.TextUnconfirmed | contract.NotStarted,
    ) -> None:
        """A text was sent, refused, not confirmed, or not started: its status, and when it is tried again."""
        message = session.get(Message, end.message_id)
        if message is None or message.status != MessageStatus.SENDING:
            return  # a delivery report was faster
        if message.kind == MessageKind.AUTO and not isinstance(end, contract.NotStarted):
            self._gone.append(end.at)
        match end:
            case contract.TextSent():
                message.status, message.sent, message.error = (
                    MessageStatus.SENT,
                    self._shop.clock.utc_at(end.at),
                    None,
                )
                waits.has_gone_out(session, message, message.sent)
                lines.queue_goes_on(session, session.get_one(Line, message.line_id), self._shop.clock.utc())
            case contract.TextFailed():
                self._refused(session, message, end)
            case contract.TextUnconfirmed(trouble=trouble):
                message.status, message.error = MessageStatus.UNCONFIRMED, trouble.to_text()
            case contract.NotStarted():
                message.status = MessageStatus.QUEUED
            case _:
                assert_never(end)
        log.info("%s: text %d is %s", end.line, end.message_id, message.status)

    def _refused(self, session: Session, message: Message, end: contract.TextFailed) -> None:
        """Try again later, give up, or stop the queue (bridge/rules/retries). Never again what went out in part."""
        now = self._shop.clock.utc()
        line = session.get_one(Line, message.line_id)
        message.error = end.trouble.to_text()
        if end.kind == "recipient":
            session.get_one(Contact, message.contact_id).unreachable = message.error
        line.refusals += retries.POLICIES[end.kind].stops > 0
        if retries.stops(end.kind, line.refusals) and not end.begun:
            lines.queue_stops(session, line, end.trouble, now)
            message.status = MessageStatus.QUEUED
            return
        message.tries += 1
        wait = None if end.begun else retries.next_try(end.kind, message.tries)
        if wait is None:
            outgoing.comes_to_nothing(session, message, MessageStatus.FAILED, now)
        elif message.expires is not None and now + wait > message.expires:
            self._too_late(session, message)
        else:
            message.status, message.due = MessageStatus.QUEUED, now + wait

    def give_up_on_the_one_in_hand(self, session: Session) -> None:
        """The box failed on the text that it looked at last: it counts as failed, so that those behind it can go out."""
        message = session.get(Message, self._in_hand) if self._in_hand is not None else None
        if message is not None and message.status == MessageStatus.QUEUED:
            message.error = BoxTrouble.NOT_READ_FROM_ROWS
            outgoing.comes_to_nothing(session, message, MessageStatus.FAILED, self._shop.clock.utc())

    def nobody_knows(self, session: Session, message_id: int) -> None:
        """What the modem said of this text could not be stored: it may have gone out, and is not sent again."""
        message = session.get(Message, message_id)
        if message is not None and message.status == MessageStatus.SENDING:
            message.status, message.error = MessageStatus.UNCONFIRMED, BoxTrouble.LEFT_SENDING

    def _too_late(self, session: Session, message: Message) -> None:
        """The next try would come after the text's expiry."""
        call = session.get(Call, message.call_id) if message.call_id is not None else None
        if message.kind != MessageKind.AUTO or call is None:
            self._expire(session, message, Coded("too_late"))
            return
        why = Coded.of("expired", minutes=self._shop.settings.textback.expire_minutes)
        call.trace = [*call.trace, *policy.as_rows((policy.Step(Reason.EXPIRED, why),))]
        call.reason = Reason.EXPIRED
        self._expire(session, message, why)

    def stopped(self, session: Session, line: str) -> Trouble | None:
        """Why nothing goes out of this line, None if all is well."""
        why = lines.line_called(session, line).stopped
        return Trouble.from_text(why) if why else None

    def report_came(self, session: Session, report: contract.ReportReceived) -> None:
        """A status report: what it says goes to the part it is about (23.040 9.2.2.3)."""
        recipient = numbers.identity(report.recipient, self._shop.region)
        reports.report_came(session, report, recipient, self._shop.clock.utc())
        self._shop.note_time(TimeTeller.REPORT, report.discharge, report.at, exact=False)
