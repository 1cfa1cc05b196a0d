"""What each event means for the rows: which call began, who is texted, what became of a text. Runs inside the loop's
transactions, so a step may be done again: whatever it keeps in memory is only a finger on a row."""

import logging
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bridge import health, history, hours, missed_book, numbers, policy, retries, store, wording
from bridge.clock import Clock, Opinion
from bridge.config import Settings
from bridge.desk import Granted, Mark, MarkRead, PickUp, PutDown, Refused, Release, TryAgain, Wish, WriteText
from bridge.holidays import is_holiday
from bridge.hours import Opening
from bridge.models import Call, Contact, InboundPart, Line, Message
from bridge.optout import Wish as Said
from bridge.optout import wish as read_wish
from modem import contract
from modem.contract import Request, picture_sender, segments

log = logging.getLogger(__name__)

# A text by hand that could not go out for so long is not worth sending any more.
MANUAL_HOURS = 24
# What the SMSC is told at most (TP-VP): later than this a text is of no use (minutes).
MANUAL_VALIDITY = 24 * 60
SHORTEST_VALIDITY = 5
# An opt-out, an opt-in and HELP are each answered at once, but nobody is answered twice within so long.
ANSWER_ONCE = timedelta(hours=24)
ANSWERS = {
    Said.STOP: "You will get no more automatic texts from {shop}. Reply START to get them again.",
    Said.START: "You will get texts from {shop} again. Reply STOP to opt out.",
    Said.HELP: "This is {shop}. We text back when we miss your call. Call us on {phone}. Reply STOP to opt out.",
}
KINDS = {Said.STOP: "out", Said.START: "in", Said.HELP: "help", Said.ASK: "doubt"}
# The memo that says why the breaker has stopped automatic texts, and how long a burst of strangers is looked back at.
BREAKER = "breaker"
BURST = timedelta(minutes=10)
MINUTE = 60.0
# A data or fax call that rang like any other is no call in our sense.
NO_CALL = "data"
# So long the parts of a long text are waited for before it is shown without them.
WAIT_FOR_PARTS = timedelta(hours=24)
# Without network for so long a line is in trouble; right after its start it may still be looking for one (seconds).
NETWORK_PATIENCE = 45.0
# What is said in place of a message that is no text, by contract.TextReceived.kind, and whether somebody should look.
# What is not here is not shown: it is meant for the SIM or for nobody (23.040 9.2.3.9).
NOTICES = {
    "picture": ("A picture message came. This SIM cannot show it: ask the sender for words.", "received"),
    "binary": (
        "A message for a program came, such as a contact card or settings. The box cannot show it.",
        "read",
    ),
    "waiting": ("The network says that a voice message waits for you.", "received"),
    "unreadable": ("A message came that this box cannot read.", "received"),
}


class Decider:
    """The loop's mind. `settings` is replaced when config.ini changes; `region` is the ISO code of the shop."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self._clock = clock
        self._sim_region: str | None = None
        self._msisdns: set[str] = set()
        # Since when each line could see no calls; None while it can. Before the first event: since the last run.
        self.away_since: dict[str, datetime] = {}
        # Why the breaker has stopped automatic texts, as the memo has it; None if it has not.
        self.breaker: str | None = None
        # When automatic texts were handed over lately (monotonic), for the limit of a minute.
        self._gone: deque[float] = deque()
        self._no_network: dict[str, float] = {}
        self._calls: dict[tuple[str, int], int] = {}

    @property
    def region(self) -> str:
        """config.ini's, else the SIM's, else none ("ZZ": only international numbers are understood)."""
        country = self.settings.shop.country
        return country if country != "auto" else self._sim_region or "ZZ"

    # ---- lines

    def knows_region(self, session: Session) -> None:
        """Take the region from the SIM seen last, until the modem is up."""
        self.breaker = store.remembered(session, BREAKER)
        for line in history.lines(session):
            self._knows(line)

    def _knows(self, line: Line) -> None:
        self._sim_region = numbers.region_of_imsi(line.imsi or "") or self._sim_region
        self._msisdns |= {line.msisdn} if line.msisdn else set()

    def line_up(self, session: Session, up: contract.LineUp) -> None:
        line = store.line_is_up(session, up)
        now = self._clock.utc()
        store.incident_ends(session, up.line, "line", now)
        store.queue_goes_on(session, line, now)
        self._knows(line)
        log.info("%s: %s on %s is ready.", up.line, up.model, up.port)

    def line_down(self, session: Session, down: contract.LineDown) -> None:
        now = self._clock.utc()
        store.incident_begins(session, down.line, "line", down.reason, now)
        self.away_since.setdefault(down.line, now)

    def health_came(self, session: Session, news: contract.LineHealth) -> None:
        """Trouble that the modem tells of: without network for a while, and hardly any room for texts."""
        now = self._clock.utc()
        self._hears("the modem's clock", news.clock, news.at, exact=True)
        trouble = health.no_network(news)
        since = (
            self._no_network.setdefault(news.line, news.at) if trouble else self._no_network.pop(news.line, 0)
        )
        if trouble and news.at - since >= NETWORK_PATIENCE:
            store.incident_begins(session, news.line, "network", trouble, now)
        elif not trouble:
            store.incident_ends(session, news.line, "network", now)
        if full := health.nearly_full(news):
            store.incident_begins(session, news.line, "storage", full, now)
        else:
            store.incident_ends(session, news.line, "storage", now)

    def _hears(self, source: str, told: datetime | None, at: float, exact: bool) -> None:
        if told is not None:
            self._clock.hears(Opinion(source, told, at, exact))

    def book_came(self, session: Session, book: contract.MissedBook) -> None:
        """Calls that only the modem has seen: they are lost calls, texted if the box was away for a short time only. At the
        first reading nothing in the book is a call: it may be years old."""
        line, now = store.line_called(session, book.line), self._clock.utc()
        kept = store.kept_book(session, line)
        store.keep_book(session, line, book.numbers, now)
        since = self.away_since.pop(book.line, kept.read if kept else now)
        if kept is None:
            return
        seen = [call.number for call in store.calls_of_line_since(session, line, kept.read)]
        for number in missed_book.unseen(missed_book.beyond(kept.numbers, book.numbers), seen):
            call = store.call_began(session, line, now)
            self._learn(session, call, number, withheld=False)
            call.ended, call.outcome = now, "lost"
            self._decide(session, call, max(since, kept.read))
            log.info("%s: call from %s found in the modem's book", book.line, numbers.mask(number))

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
        if end.outcome == NO_CALL:
            store.it_was_no_call(session, call)
            return
        self._learn(session, call, end.number, end.withheld)
        with session.no_autoflush:  # one UPDATE at the end will do
            call.ended, call.outcome = self._clock.utc_at(end.at), end.outcome
            call.rings, call.cause = end.rings, end.cause
            call.forwarded = end.forwarded
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
        crowd = self._crowd(session, now)
        opening = hours.ALWAYS if crowd.doubt else self._opening(now)
        decision = policy.decide(
            _facts(call), _caller(past), self.settings, self.region, self._own(), now, opening, crowd
        )
        call.trace = policy.as_json(decision.trace)
        if isinstance(decision, policy.Silence):
            call.reason, call.message_id = decision.reason, decision.message_id
            if decision.reason == "breaker" and not crowd.tripped:
                self._trip(session, call, decision.trace[-1].detail, now)
            return
        contact = session.get_one(Contact, call.contact_id)
        assert contact.id is not None
        first = past.last_automatic is None
        # A text that waits for the opening speaks in the shop's open voice.
        is_open = opening.open or self.settings.textback.closed != "other"
        reopens = hours.in_words(opening.reopens, now, self._zone) if not opening.open else ""
        body = wording.reply(
            self.settings, contact.address, contact.name, call.started, first, is_open, reopens
        )
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

    def _crowd(self, session: Session, now: datetime) -> policy.Crowd:
        midnight = now.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        today, strangers = store.crowd_since(session, midnight, now - BURST)
        return policy.Crowd(today, strangers, tripped=self.breaker is not None, doubt=self._clock.doubt())

    def _trip(self, session: Session, call: Call, why: str, now: datetime) -> None:
        """Stop all automatic texts until somebody lets them go on."""
        store.remember(session, BREAKER, why)
        self.breaker = why
        line = session.get_one(Line, call.line_id)
        store.incident_begins(session, line.name, "breaker", why, now)
        log.warning("the breaker has stopped automatic texts")

    @property
    def _zone(self) -> tzinfo | None:
        """The shop's zone, None for the system's."""
        name = self.settings.shop.timezone
        return None if name == "auto" else ZoneInfo(name)

    def _opening(self, now: datetime) -> Opening:
        shop = self.settings.hours
        if shop.open_always:
            return hours.ALWAYS
        return hours.opening(shop.week, is_holiday(shop.holidays), now, self._zone)

    def _own(self) -> tuple[str, ...]:
        """Numbers that are never texted: the shop's, and those that the SIMs say are theirs."""
        own = (*self.settings.shop.own_numbers, self.settings.shop.phone, *self._msisdns)
        return tuple(number for number in own if number)

    # ---- texts that go out

    def next_to_send(self, session: Session, line: str) -> contract.SendText | None:
        """The text that goes out now, marked as sending; those that must not go out any more are settled on the way."""
        now = self._clock.utc()
        automatic = len(self._gone_lately()) < self.settings.limits.per_minute  # a limit that only delays
        while (due := store.next_text_due(session, line, now, automatic)) is not None:
            message, contact, call = due
            if self._may_go(session, message, call, now):
                message.status = "sending"
                if message.kind == "auto":
                    self._gone.append(self._clock.monotonic())
                return self._request(message, contact)
            session.flush()
        return None

    def _gone_lately(self) -> deque[float]:
        while self._gone and self._gone[0] <= self._clock.monotonic() - MINUTE:
            self._gone.popleft()
        return self._gone

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
        assert message.expires is not None
        left = (message.expires - self._clock.utc()) / timedelta(minutes=1)
        validity = max(SHORTEST_VALIDITY, min(MANUAL_VALIDITY, round(left)))
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
                message.status, message.sent, message.error = "sent", self._clock.utc_at(end.at), None
                store.queue_goes_on(session, session.get_one(Line, message.line_id), self._clock.utc())
            case contract.TextFailed():
                self._refused(session, message, end)
            case contract.TextUnconfirmed(reason=reason):
                message.status, message.error = "unconfirmed", reason
            case contract.NotStarted():
                message.status = "queued"
        log.info("%s: text %d is %s", end.line, end.message_id, message.status)

    def _refused(self, session: Session, message: Message, end: contract.TextFailed) -> None:
        """Try again later, give up, or stop the queue (bridge/retries). Never again what went out in part."""
        now = self._clock.utc()
        line = session.get_one(Line, message.line_id)
        message.error = end.reason
        message.tries += 1
        line.refusals += retries.POLICIES[end.kind].stops > 0
        if retries.stops(end.kind, line.refusals) and not end.begun:
            store.queue_stops(session, line, end.reason, now)
            message.status = "queued"
            return
        wait = None if end.begun else retries.next_try(end.kind, message.tries)
        if wait is None or (message.expires is not None and now + wait > message.expires):
            message.status = "failed"
        else:
            message.status, message.due = "queued", now + wait

    def stopped(self, session: Session, line: str) -> str | None:
        """Why nothing goes out of this line, None if all is well."""
        return store.line_called(session, line).stopped

    def report_came(self, session: Session, report: contract.ReportReceived) -> None:
        e164 = numbers.e164(report.recipient, self.region)
        recipients = [address for address in (e164, report.recipient) if address]
        store.report_came(session, report, recipients, self._clock.utc())
        self._hears("a delivery report", report.discharge, report.at, exact=False)

    # ---- texts that come in

    def text_came(self, session: Session, text: contract.TextReceived) -> None:
        line = store.line_called(session, text.line)
        if store.already_have(session, line, text):
            return
        self._hears("a text", text.scts, text.at, exact=False)
        now = self._clock.utc()
        sender = numbers.e164(text.sender, self.region) or text.sender or "unknown"
        parts = store.part_came(session, line, text, sender, now)
        if parts:
            self._whole(session, line, parts, text.replace_type, now)
        elif text.concat is not None:
            self._fill_hole(session, store.last_part(session), now)
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
        kinds = {part.kind for part in parts}
        kind = next((kind for kind in ("text", "picture", "binary", *NOTICES) if kind in kinds), None)
        if kind is None:
            return
        body, status = (store.body_of(parts), "received") if kind == "text" else NOTICES[kind]
        sender = parts[0].sender
        if kind == "picture":
            of_picture = picture_sender(store.body_of(parts))
            sender = numbers.e164(of_picture, self.region) or of_picture or sender
        message = store.text_came(
            session,
            line,
            parts,
            sender=sender,
            kind="manual" if kind == "text" else "system",
            body=body,
            status=status,
            replace_type=replace_type,
            now=now,
        )
        if kind == "text":
            self._heed(session, message, now)

    def _heed(self, session: Session, message: Message, now: datetime) -> None:
        """STOP, START, HELP, and what may be one: stored first, then answered, once in a day."""
        contact = session.get_one(Contact, message.contact_id)
        hint = self.settings.textback.opt_out_text
        said = read_wish(message.body, [*store.our_last_words(session, contact), hint])
        if said == Said.NOTHING or (said == Said.ASK and contact.opted_out_at is not None):
            return
        asked_before = store.asked_since(session, contact, KINDS[said], now - ANSWER_ONCE)
        store.consent(session, contact, KINDS[said], "text", message.body, now)
        log.info("text %s asks: %s", message.id, said.value)
        if said == Said.ASK or asked_before:
            return
        if numbers.untextable(contact.address, self.region, self._own(), "text") is not None:
            return  # a short code or a name cannot be answered
        shop = self.settings.shop
        body = wording.plain(wording.render(ANSWERS[said], {"shop": shop.name or "us", "phone": shop.phone}))
        store.text_is_queued(
            session,
            line_id=message.line_id,
            contact_id=message.contact_id,
            body=body,
            parts=segments(body).parts,
            kind="system",
            due=now,
            expires=now + timedelta(hours=MANUAL_HOURS),
            now=now,
        )

    def _fill_hole(self, session: Session, part: InboundPart, now: datetime) -> None:
        """A part that came after its text was shown without it."""
        message = store.shown_without(session, part, now)
        if message is not None:
            part.message_id = message.id
            session.flush()
            parts = store.parts_that_came(session, message)
            message.body, message.parts, message.status = store.body_of(parts), len(parts), "received"

    def show_incomplete(self, session: Session) -> None:
        """Long texts whose other parts have not come for a day: shown with a mark at each hole. And those whose parts came
        long after each other: no other text can be meant any more."""
        now = self._clock.utc()
        for parts in store.parts_left_waiting(session, now, WAIT_FOR_PARTS):
            self._whole(session, session.get_one(Line, parts[0].line_id), parts, None, now)

    # ---- wishes of the page

    def _line_names(self, session: Session) -> set[str]:
        return {line.name for line in history.lines(session)}

    def _mark(self, session: Session, mark: Mark) -> Granted | Refused:
        contact = history.contact_at(session, mark.address)
        if contact is None:
            return Refused("Nobody has this number here.")
        if mark.kind in ("block", "unblock"):
            contact.blocked = mark.kind == "block"
        elif mark.kind in ("out", "in", "fine"):
            words, now = _mark_words(mark.author), self._clock.utc()
            store.consent(session, contact, mark.kind, "page", words, now)
        else:
            return Refused(f"{mark.kind!r} is no mark.")
        return Granted()

    def wish(self, session: Session, wish: Wish) -> tuple[Granted | Refused, Sequence[tuple[str, Request]]]:
        """Do what somebody on the page asks for, or say why not."""
        match wish:
            case WriteText():
                return write_text(session, wish, self.settings, self.region, self._clock.utc()), ()
            case Mark():
                return self._mark(session, wish), ()
            case MarkRead(address):
                contact = history.contact_at(session, address)
                if contact is not None:
                    store.conversation_is_read(session, contact)
                return Granted(), ()
            case TryAgain(line):
                store.queue_goes_on(session, store.line_called(session, line), self._clock.utc())
                return Granted(), ()
            case Release():
                store.remember(session, BREAKER, None)
                self.breaker = None
                for line in self._line_names(session):
                    store.incident_ends(session, line, "breaker", self._clock.utc())
                return Granted(), ()
            case PickUp(line):
                return Granted(), [(line, contract.Answer())]
            case PutDown(line):
                return Granted(), [(line, contract.HangUp())]


def _mark_words(author: str | None) -> str:
    return f"settled by {author}" if author else "settled on the box"


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
        rings=call.rings,
    )


def _caller(past: store.Past) -> policy.CallerFacts:
    return policy.CallerFacts(
        last_automatic=past.last_automatic,
        last_automatic_id=past.last_automatic_id,
        pending_id=past.pending_id,
        contact_since=past.contact_since,
        opted_out=past.opted_out,
        doubtful=past.doubtful,
        excluded=past.excluded,
        blocked=past.blocked,
        stranger=past.stranger,
    )
