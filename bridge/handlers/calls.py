"""What each event of a line means for the rows: which call began, how it ended, who is texted. Runs inside the loop's
transactions, so a step may be done again: whatever it keeps in memory can be read from rows again."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from bridge.contract.answers import Decision
from bridge.contract.requests import DryRun
from bridge.handlers import conversations, owner_alerts
from bridge.handlers.case import Past, build_case, read_past
from bridge.handlers.outbox import DECIDED, Outbox
from bridge.handlers.queue_text import queue_text
from bridge.handlers.shop import ShopState
from bridge.records import (
    calls,
    clock_shift,
    deleted,
    incidents,
    lines,
    missed_calls_book,
    outgoing,
)
from bridge.records.rows import id_of
from bridge.records.tables import Call, Contact, Line
from bridge.rules import line_health, numbers, policy, retries
from bridge.rules import missed_calls_book as missed_book
from bridge.rules.policy import Reason
from bridge.rules.states import ANSWERED, MISSED, AlertKind, IncidentKind, MessageKind, MessageStatus
from bridge.rules.troubles import BoxTrouble, TimeTeller
from bridge.words import owner
from bridge.words.catalogue import speaking
from bridge.words.troubles import sentence
from modem import contract
from modem.contract import CallOutcome, Coded, Trouble

log = logging.getLogger(__name__)

# Who rings so often, each time soon after the last, is in a hurry.
URGENT_CALLS = 3
# A data or fax call that rang like any other is no call in our sense.
NO_CALL = CallOutcome.DATA
# Without network for so long a line is in trouble; right after its start it may still be looking for one (seconds).
NETWORK_PATIENCE = 45.0


class CallHandler:
    """Owner of calls, and of the decision about each."""

    def __init__(self, shop: ShopState, outbox: Outbox, changes: Callable[[], int]) -> None:
        """changes: how often a transaction has written so far."""
        self._shop = shop
        self._changes = changes
        self._outbox = outbox
        # Since when each line could see no calls; None while it can. Before the first event: since the last run.
        self.away_since: dict[str, datetime] = {}
        self._no_network: dict[str, float] = {}
        self._calls: dict[tuple[str, int], int] = {}
        # What was read about a ringing call, by its id, and at which change of the rows.
        self._read: dict[int, tuple[int, Past]] = {}

    def line_up(self, session: Session, up: contract.LineUp) -> None:
        """A modem is ready: its trouble is over, and its queue goes on."""
        line = lines.line_is_up(session, up)
        now = self._shop.clock.utc()
        incidents.incident_ends(session, up.line, IncidentKind.LINE, now)
        lines.queue_goes_on(session, line, now)
        self._shop.knows(line)
        self._shop.take_numbers(session)
        log.info("%s: %s on %s is ready.", up.line, up.model, up.port)

    def line_down(self, session: Session, down: contract.LineDown) -> None:
        """A modem is gone or not ready: an incident begins, and from now on calls may be missed unseen."""
        now = self._shop.clock.utc()
        incidents.incident_begins(session, down.line, IncidentKind.LINE, down.trouble, now)
        log.warning("%s: %s", down.line, sentence(down.trouble))
        self.away_since.setdefault(down.line, now)

    def health_came(self, session: Session, news: contract.LineHealth) -> None:
        """Trouble that the modem tells of: without network for a while, and hardly any room for texts."""
        now = self._shop.clock.utc()
        self._shop.note_time(TimeTeller.MODEM, news.clock, news.at, exact=True)
        trouble = line_health.no_network(news)
        since = (
            self._no_network.setdefault(news.line, news.at) if trouble else self._no_network.pop(news.line, 0)
        )
        if trouble and news.at - since >= NETWORK_PATIENCE:
            incidents.incident_begins(session, news.line, IncidentKind.NETWORK, trouble, now)
        elif not trouble:
            incidents.incident_ends(session, news.line, IncidentKind.NETWORK, now)
        if full := line_health.nearly_full(news):
            incidents.incident_begins(session, news.line, IncidentKind.STORAGE, full, now)
        else:
            incidents.incident_ends(session, news.line, IncidentKind.STORAGE, now)
        line = lines.line_called(session, news.line)
        if line.stopped and retries.is_passing(line.stopped) and line_health.on_network(news):
            lines.queue_goes_on(session, line, now)

    def book_came(self, session: Session, book: contract.MissedBook) -> None:
        """Calls that only the modem has seen: they are lost calls, texted if the box was away for a short time only. At the
        first reading nothing in the book is a call: it may be years old."""
        line, now = lines.line_called(session, book.line), self._shop.clock.utc()
        kept = missed_calls_book.kept_book(session, line)
        last = kept.read - calls.SAME_MOMENT if kept else now
        gone = deleted.callers_gone(session, line, last)
        listed = missed_calls_book.as_kept(session, kept, book.numbers, gone)
        missed_calls_book.keep_book(session, line, listed, now)
        since = self.away_since.pop(book.line, kept.read if kept else now)
        if kept is None:
            return
        as_listed = dict(zip(listed, book.numbers, strict=True))
        fresh = [as_listed[number] for number in missed_book.beyond(kept.numbers, listed)]
        seen = [call.number for call in calls.calls_of_line_since(session, line, kept.read)]
        left = deleted.not_deleted(session, line, fresh, last)
        for number in missed_book.unseen(left, seen, self._shop.region):
            call = calls.call_began(session, line, now)
            self._learn(session, call, number, withheld=False)
            call.ended, call.outcome = now, CallOutcome.LOST
            self.decide(session, call, max(since, kept.read))
            log.info(
                "%s: call from %s found in the modem's list of missed calls", book.line, numbers.mask(number)
            )

    def call_rings(self, session: Session, ringing: contract.CallRinging) -> None:
        """A call rings: its row is made, and the caller added once the number is known (or known to be withheld)."""
        call = self._call_of(session, ringing.line, ringing.key, ringing.at)
        self._learn(session, call, ringing.number, ringing.withheld)
        if ringing.number or ringing.withheld:
            log.info("%s: call from %s", ringing.line, numbers.mask(ringing.number))

    def read_ahead(self, session: Session, ringing: contract.CallRinging) -> None:
        """What the decision will need of the rows is read while the phone rings: so the caller does not wait for it."""
        call = session.get(Call, self._calls.get((ringing.line, ringing.key)))
        if call is not None and call.outcome is None and call.contact_id is not None:
            self._read = {
                id_of(call): (self._changes(), read_past(session, self._shop, call, self._shop.clock.utc()))
            }

    def _call_of(self, session: Session, line: str, key: int, at: float) -> Call:
        known = self._calls.get((line, key))
        call = session.get(Call, known) if known is not None else None
        if call is None:
            call = calls.call_began(session, lines.line_called(session, line), self._shop.clock.utc_at(at))
            self._calls[line, key] = id_of(call)
        return call

    def _learn(self, session: Session, call: Call, number: str | None, withheld: bool) -> None:
        if number != call.number or withheld != call.withheld:
            e164 = numbers.e164(number, self._shop.region)
            calls.caller_is(session, call, number, e164, withheld, self._shop.clock.utc())

    def call_ended(self, session: Session, end: contract.CallEnded) -> None:
        """A call is over: the row is completed, and the caller is texted or not. `NO_CALL`: the row is dropped."""
        call = self._call_of(session, end.line, end.key, end.at)
        if end.outcome == NO_CALL:
            calls.it_was_no_call(session, call)
            return
        self._learn(session, call, end.number, end.withheld)
        with session.no_autoflush:  # one UPDATE at the end will do
            call.ended, call.outcome = self._shop.clock.utc_at(end.at), end.outcome
            call.rings, call.cause = end.rings, end.cause
            call.forwarded, call.shown = end.forwarded, end.name
            now = self._shop.clock.utc()
            past = self._past(session, call, now)
            self._urgent(session, call, past.rang)
            self._decide(session, call, past, now)
        log.info("%s: call from %s ended: %s", end.line, numbers.mask(end.number), call.outcome)

    def _past(self, session: Session, call: Call, now: datetime) -> Past:
        """What was read ahead, if no row has changed since; else it is read now."""
        changes, past = self._read.pop(id_of(call), (-1, None))
        if past is None or changes != self._changes() or not past.holds(self._shop, now):
            return read_past(session, self._shop, call, now)
        return past

    def _urgent(self, session: Session, call: Call, earlier: int) -> None:
        """Somebody rings again and again: a person should call back."""
        if call.contact_id is None or call.outcome not in MISSED or earlier < URGENT_CALLS - 1:
            return
        call.urgent = True
        contact = session.get_one(Contact, call.contact_id)
        context = self._shop.context()
        with speaking(context.language):
            body = owner.urgent(context.who(contact), id_of(contact), earlier + 1)
        owner_alerts.news(session, context, contact, AlertKind.URGENT, body, call.line_id)

    def forget_running(self) -> None:
        """Another database is there: calls that go on have no rows in it yet."""
        self._calls.clear()
        self._read.clear()

    def settle_left_over(self, session: Session, handed_over: frozenset[int] | None) -> None:
        """What the last run left unfinished: calls that rang are lost, texts on their way are unconfirmed, but for those of
        which it is certain that they were not handed over: they wait again. A call is texted if it is recent: its text was due
        when it began. handed_over: the texts whose PDU may have gone to the modem; None where nobody knows."""
        for message in outgoing.texts_left_sending(session):
            if handed_over is not None and message.id not in handed_over:
                message.status = MessageStatus.QUEUED
                continue
            message.status = MessageStatus.UNCONFIRMED
            message.error = BoxTrouble.LEFT_SENDING
        for call in calls.calls_left_ringing(session):
            call.ended, call.outcome = self._shop.clock.utc(), CallOutcome.LOST
            self.decide(session, call, call.started)

    def decide(self, session: Session, call: Call, now: datetime) -> None:
        """Text the caller, or note why not."""
        self._decide(session, call, read_past(session, self._shop, call, now), now)

    def _decide(self, session: Session, call: Call, past: Past, now: datetime) -> None:
        case = build_case(self._shop, call, past, now)
        decision = policy.judge(case)
        call.trace = policy.as_rows(decision.trace)
        contact = session.get_one(Contact, call.contact_id) if call.contact_id is not None else None
        if contact is not None and call.outcome in MISSED:
            contact.done, contact.snoozed_until = False, None
            if case.call.listed is None and not self._shop.is_ours(contact.identity):
                conversations.they_rang(contact, call)
        elif contact is not None and call.outcome in ANSWERED:
            conversations.we_answered(session, contact, call.ended or now)
        if isinstance(decision, policy.Silence):
            call.reason, call.message_id = decision.reason, decision.message_id
            if decision.reason is Reason.BREAKER and not case.traffic.tripped:
                self._trip(session, call, decision.why, now)
            return
        assert contact is not None
        body = self._words(case, contact, call.started)
        message = queue_text(
            session,
            id_of(contact),
            body,
            MessageKind.AUTO,
            line_id=call.line_id,
            now=self._shop.clock.utc(),
            due=decision.due,
            expires=decision.expires,
            call=call,
        )
        call.message_id = message.id
        session.info[DECIDED] = message.id

    def _words(self, case: policy.Case, contact: Contact, called: datetime) -> str:
        first = case.caller.last_automatic is None
        return self._shop.words(contact.address, contact.name, called, first, case.opening, case.now)

    def dry_run(self, session: Session, what: DryRun) -> Decision:
        """The decision that would be made about a call: a real one, which is rolled back."""
        number = what.number.strip() if what.number else None
        line = lines.line_called(session, self._shop.settings.modems[0].name)
        call = calls.call_began(session, line, what.at)
        caller = numbers.e164(number, self._shop.region)
        calls.caller_is(session, call, number, caller, number is None, what.at)
        call.ended, call.outcome, call.rings = what.at, CallOutcome(what.outcome), what.rings
        case = build_case(self._shop, call, read_past(session, self._shop, call, what.at), what.at)
        decision = policy.judge(case)
        trace = tuple(policy.as_rows(decision.trace))
        if isinstance(decision, policy.Silence):
            told = Decision(trace, None, None, decision.reason)
        else:
            contact = session.get_one(Contact, call.contact_id)
            told = Decision(trace, self._words(case, contact, what.at), decision.due, None)
        session.rollback()
        return told

    def _trip(self, session: Session, call: Call, why: Coded, now: datetime) -> None:
        """Stop all automatic texts until somebody lets them go on."""
        self._shop.trip(session, why)
        line = session.get_one(Line, call.line_id)
        incidents.incident_begins(
            session, line.name, IncidentKind.BREAKER, Trouble.from_text(why.to_text()), now
        )
        log.warning("too many strangers: automatic texts are stopped")

    def clock_moved(self, session: Session, by: timedelta, doubtful: bool) -> None:
        """The wall clock was moved. If it is believed, texts that wait for the opening are set to the one by its time."""
        now = self._shop.clock.utc()
        cooldown = timedelta(hours=self._shop.settings.textback.cooldown_hours)
        clock_shift.shift(session, by, now - by, cooldown)
        self.away_since = {line: since + by for line, since in self.away_since.items()}
        way = BoxTrouble.CLOCK_MOVED_FORWARD if by > timedelta(0) else BoxTrouble.CLOCK_MOVED_BACK
        moved = Trouble.of(way, seconds=round(abs(by).total_seconds()))
        for line in (self._shop.settings.modems[0].name,):
            incidents.incident_begins(session, line, IncidentKind.CLOCK, moved, now)
            incidents.incident_ends(session, line, IncidentKind.CLOCK, now)
        if doubtful:
            return
        delay = timedelta(seconds=self._shop.settings.textback.delay_seconds)
        for message in clock_shift.waiting_for_opening(session):
            if message.due is not None and message.due > max(now, message.created + delay):
                opening = self._shop.opening(now)
                self._outbox.put_off(session, message, now if opening.open else opening.reopens)
