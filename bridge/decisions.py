"""What each event means for the rows: which call began, who is texted, what became of a text. Runs inside the loop's
transactions, so a step may be done again: whatever it keeps in memory is only a finger on a row."""

import json
import logging
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bridge import (
    alerts,
    attention,
    health,
    history,
    hours,
    missed_book,
    notices,
    numbers,
    owner,
    people,
    policy,
    retries,
    steps,
    store,
    wording,
)
from bridge.clock import Clock, Opinion
from bridge.config import Settings
from bridge.desk import (
    CalledBack,
    CloseShop,
    Describe,
    Forget,
    Granted,
    Mark,
    MarkRead,
    OpenShop,
    Pause,
    PickUp,
    PutDown,
    Refused,
    Release,
    Resume,
    SendSample,
    TakeIn,
    TryAgain,
    Wish,
    WriteText,
)
from bridge.holidays import is_holiday
from bridge.hours import Closure, Opening
from bridge.models import Alert, Call, Contact, InboundPart, Line, Message
from bridge.optout import Wish as Said
from bridge.optout import wish as read_wish
from bridge.spam import BlockLists, spam_name
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
# The memos of what somebody here has said for now: no automatic texts until then, the shop is closed until then.
PAUSED, CLOSED = "paused", "closed"
FOR_EVER = "for ever"
# Who rings so often in so long is in a hurry.
URGENT_CALLS, URGENT_IN = 3, timedelta(minutes=10)
# The network's word of a voice message belongs to the call that ended so shortly before.
VOICEMAIL = timedelta(minutes=5)
# A notice of the operator tells of the call that we have seen ourselves at about that time.
SAME_CALL = timedelta(minutes=5)
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
        # Until when automatic texts are paused (FOR_EVER, or a moment) and the shop is closed, as the memos have it.
        self.paused: datetime | str | None = None
        self.closure: Closure | None = None
        # The block lists; None while they are being read: until then no automatic text goes out.
        self.lists: BlockLists | None = None
        # What is wrong with the box, as the page says it; for the owner's STATUS.
        self.troubles: tuple[str, ...] = ()
        self._notices = notices.load()
        # When automatic texts went out lately (monotonic), for the limit of a minute.
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
        self._recall(session)
        for line in history.lines(session):
            self._knows(line)

    def _recall(self, session: Session) -> None:
        """What somebody here has said for now, as the memos have it."""
        paused, closed = store.remembered(session, PAUSED), store.remembered(session, CLOSED)
        self.paused = paused if paused in (None, FOR_EVER) else datetime.fromisoformat(paused)
        self.closure = None
        if closed is not None:
            told = json.loads(closed)
            self.closure = Closure(datetime.fromisoformat(told["until"]), told["back"])

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
            call.forwarded, call.shown = end.forwarded, end.name
            self._urgent(session, call)
            self._decide(session, call, self._clock.utc())
        log.info("%s: call from %s ended: %s", end.line, numbers.mask(end.number), call.outcome)

    def _urgent(self, session: Session, call: Call) -> None:
        """Somebody rings again and again: a person should call back."""
        if call.contact_id is None or call.outcome not in policy.MISSED:
            return
        earlier = store.missed_before(session, call, call.started - URGENT_IN, sorted(policy.MISSED))
        if earlier < URGENT_CALLS - 1:
            return
        call.urgent = True
        contact = session.get_one(Contact, call.contact_id)
        scene = self._scene()
        body = f"{scene.who(contact)} #{contact.id} has rung {earlier + 1} times in ten minutes."
        attention.news(session, scene, contact, "urgent", body, call.line_id)

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
            self._facts(call), _caller(past), self.settings, self.region, self._own(), now, opening, crowd
        )
        call.trace = policy.as_json(decision.trace)
        if isinstance(decision, policy.Silence):
            call.reason, call.message_id = decision.reason, decision.message_id
            if decision.reason == "breaker" and not crowd.tripped:
                self._trip(session, call, decision.trace[-1].detail, now)
            return
        contact = past.contact
        assert contact is not None
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

    def clock_moved(self, session: Session, by: timedelta, doubtful: bool) -> None:
        """The wall clock was moved. If it is believed, texts that wait for the opening are set to the one by its time."""
        now = self._clock.utc()
        cooldown = timedelta(hours=self.settings.textback.cooldown_hours)
        steps.shift(session, by, now - by, cooldown)
        self.away_since = {line: since + by for line, since in self.away_since.items()}
        what = f"The box's clock was moved {'forward' if by > timedelta(0) else 'back'} by {hours.lasted(abs(by))}."
        for line in (self.settings.modems[0].name,):
            store.incident_begins(session, line, "clock", what, now)
            store.incident_ends(session, line, "clock", now)
        if doubtful:
            return
        delay = timedelta(seconds=self.settings.textback.delay_seconds)
        for message in steps.waiting_for_opening(session):
            if message.due is not None and message.due > max(now, message.created + delay):
                opening = self._opening(now)
                self._put_off(session, message, now if opening.open else opening.reopens)

    def _put_off(self, session: Session, message: Message, due: datetime | None) -> None:
        """Due at another time; None: there is no opening to wait for."""
        call = session.get(Call, message.call_id) if message.call_id is not None else None
        if due is None:
            message.status, message.error = "cancelled", policy.SENTENCES["closed"]
            if call is not None:
                call.reason = "closed"
        else:
            message.due, message.expires = due, due + timedelta(minutes=self.settings.textback.expire_minutes)

    def _crowd(self, session: Session, now: datetime) -> policy.Crowd:
        midnight = now.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        today, strangers = store.crowd_since(session, midnight, now - BURST)
        tripped, paused = self.breaker is not None, self.pause_words(now)
        return policy.Crowd(today, strangers, tripped, self._clock.doubt(), paused)

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

    def _scene(self) -> attention.Scene:
        return attention.Scene(self.settings, self.region, self._clock.utc(), self._zone)

    def pause_words(self, now: datetime) -> str | None:
        """That automatic texts are paused, as a sentence; None if they are not."""
        if isinstance(self.paused, datetime):
            if self.paused <= now:
                return None
            return f"Automatic texts are paused; they go on {hours.in_words(self.paused, now, self._zone)}."
        return "Automatic texts are paused until somebody lets them go on." if self.paused else None

    def closed_words(self, now: datetime) -> str | None:
        """That somebody here has closed the shop for now, as a sentence."""
        if self.closure is None or self.closure.until <= now:
            return None
        opening = self._opening(now)
        then = hours.in_words(opening.reopens, now, self._zone)
        return f"The shop is closed for now{f'; it opens {then}' if then else ''}."

    def _opening(self, now: datetime) -> Opening:
        if self.closure is not None and now < self.closure.until:
            return self.closure.opening(self._usual_opening)
        return self._usual_opening(now)

    def _usual_opening(self, now: datetime) -> Opening:
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
        # The limit of a minute only delays, and so do block lists that are still being read.
        automatic = len(self._gone_lately()) < self.settings.limits.per_minute and self._lists_are_read
        while (due := store.next_text_due(session, line, now, automatic)) is not None:
            message, contact, call = due
            if self._may_go(session, message, call, now):
                message.status = "sending"
                return self._request(message, contact)
            session.flush()
        return None

    @property
    def _lists_are_read(self) -> bool:
        return self.lists is not None or not self.settings.filters.blocklists

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
            self._facts(call),
            _caller(past),
            message.due,
            message.expires,
            self.settings,
            self.region,
            self._own(),
            now,
            policy.Crowd(tripped=self.breaker is not None, paused=self.pause_words(now)),
        )
        if isinstance(decision, policy.Reply):
            waits = self.settings.textback.closed == "wait" and not self._clock.doubt()
            if not waits or self._opening(message.due).open:
                return True
            # The clock was moved into the night, or somebody closed the shop for today.
            opening = self._opening(now)
            self._put_off(session, message, now if opening.open else opening.reopens)
            return opening.open
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
        if message.kind == "auto" and not isinstance(end, contract.NotStarted):
            self._gone.append(end.at)
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
        if end.kind == "recipient":
            session.get_one(Contact, message.contact_id).unreachable = end.reason
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
        if kind == "waiting":
            self._voicemail(session, line, None, now)
        if kind == "text" and not self._is_notice(session, line, message, parts[0].scts or now):
            self._read(session, message, now)

    def _read(self, session: Session, message: Message, now: datetime) -> None:
        """What the text of a person asks for."""
        contact, scene = session.get_one(Contact, message.contact_id), self._scene()
        if contact.address == scene.mobile:
            message.status = "read"
            self._owner_wrote(session, message, contact, now)
            return
        said = self._heed(session, message, now)
        if said in (Said.NOTHING, Said.ASK) and numbers.untextable(contact.address, self.region) is None:
            body = owner.relayed(scene.who(contact), contact.id or 0, message.body)
            attention.news(session, scene, contact, "reply", body, message.line_id)

    def _is_notice(self, session: Session, line: Line, message: Message, told: datetime) -> bool:
        """Is it the operator's own word of a call? Then the call is kept, and the text is nothing to answer."""
        if not self.settings.filters.notices:
            return False
        sender = session.get_one(Contact, message.contact_id).address
        notice = notices.read(message.body, sender, told, self._zone, self._notices)
        if notice is None:
            return False
        message.kind, message.status = "system", "read"
        for missed in notice.calls if notice.kind in ("missed", "voicemail") else ():
            e164 = numbers.e164(missed.number, self.region)
            when = min(missed.when or told, self._clock.utc())
            contact = store.somebody_at(session, e164 or missed.number, "call", self._clock.utc())
            seen = self._voicemail(session, line, contact.id, when, SAME_CALL)
            if not seen:
                call = store.call_began(session, line, when)
                store.caller_is(session, call, missed.number, e164, False, self._clock.utc())
                call.ended, call.outcome = when, "notice"
                self._decide(session, call, when)
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
        call = store.last_call_ended(session, line, contact_id, when - within)
        if call is not None and call.outcome == "abandoned":
            call.outcome = "no_answer"
        return call is not None

    # ---- the owner's mobile

    def _owner_wrote(self, session: Session, message: Message, contact: Contact, now: datetime) -> None:
        """An order, STOP or START as anybody's, or words for a customer."""
        scene, said = self._scene(), owner.read(message.body)
        if isinstance(said, owner.Words) and read_wish(said.body, ()) in (Said.STOP, Said.START):
            self._heed(session, message, now)
            return
        answer = (
            self._pass_on(session, scene, said)
            if isinstance(said, owner.Words)
            else self._obey(session, said)
        )
        if answer and attention.may_answer(session, scene, contact):
            attention.say(session, scene, message.line_id, answer)

    def _obey(self, session: Session, order: owner.Order) -> str:
        scene = self._scene()
        match order.what:
            case "PAUSE":
                self._pause(session, scene.now + order.pause if order.pause else None)
                return f"{self.pause_words(scene.now)} RESUME lets them go on."
            case "RESUME":
                self._resume(session)
                return "Automatic texts go on."
            case "LAST":
                return attention.last_calls(session, scene)
            case "STATUS":
                return attention.state(session, scene, self.troubles)
        return owner.HELP

    def _pass_on(self, session: Session, scene: attention.Scene, words: owner.Words) -> str | None:
        """The owner's words go to the customer from the shop's number."""
        customer = attention.customer(session, scene, words)
        if isinstance(customer, str):
            return None if words.body.startswith(owner.QUESTION) else customer
        wish = WriteText(customer.address, wording.plain(words.body), author="owner")
        answer = write_text(session, wish, self.settings, self.region, scene.now)
        if isinstance(answer, Refused):
            return f"Not sent to {scene.who(customer)}. {answer.sentence}"
        store.conversation_is_read(session, customer)
        alerts.conversation_is_seen(session, customer)
        return None

    def alerts_due(self, session: Session) -> list[Alert]:
        """What Apprise services are to be told now."""
        return attention.due(session, self._scene())

    def _pause(self, session: Session, until: datetime | None) -> None:
        store.remember(session, PAUSED, until.isoformat() if until else FOR_EVER)
        self.paused = until or FOR_EVER

    def _resume(self, session: Session) -> None:
        store.remember(session, PAUSED, None)
        self.paused = None

    def _heed(self, session: Session, message: Message, now: datetime) -> Said:
        """STOP, START, HELP, and what may be one: stored first, then answered, once in a day. What it was."""
        contact = session.get_one(Contact, message.contact_id)
        hint = self.settings.textback.opt_out_text
        said = read_wish(message.body, [*store.our_last_words(session, contact), hint])
        if said == Said.NOTHING or (said == Said.ASK and contact.opted_out_at is not None):
            return said
        asked_before = store.asked_since(session, contact, KINDS[said], now - ANSWER_ONCE)
        store.consent(session, contact, KINDS[said], "text", message.body, now)
        log.info("text %s asks: %s", message.id, said.value)
        if said == Said.ASK or asked_before:
            return said
        if numbers.untextable(contact.address, self.region, self._own(), "text") is not None:
            return said  # a short code or a name cannot be answered
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
        return said

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
                answer = write_text(session, wish, self.settings, self.region, self._clock.utc())
                if isinstance(answer, Granted) and (contact := self._contact(session, wish.address)):
                    alerts.conversation_is_seen(session, contact)
                return answer, ()
            case CalledBack() | Describe() | TakeIn() | Forget():
                return self._of_people(session, wish), ()
            case Pause() | Resume() | CloseShop() | OpenShop() | SendSample():
                return self._for_now(session, wish), ()
            case Mark():
                return self._mark(session, wish), ()
            case MarkRead(address):
                contact = history.contact_at(session, address)
                if contact is not None:
                    store.conversation_is_read(session, contact)
                    alerts.conversation_is_seen(session, contact)
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

    def _contact(self, session: Session, address: str) -> Contact | None:
        return history.contact_at(session, numbers.e164(address, self.region) or address)

    def _of_people(
        self, session: Session, wish: CalledBack | Describe | TakeIn | Forget
    ) -> Granted | Refused:
        """What the shop keeps of somebody."""
        now = self._clock.utc()
        if isinstance(wish, TakeIn):
            for card in wish.cards:
                people.take_in(session, card, now)
            return Granted()
        contact = self._contact(session, wish.address)
        if contact is None:
            return Refused("Nobody has this number here.")
        match wish:
            case CalledBack(author=author):
                store.was_called_back(session, contact, author, now)
                alerts.conversation_is_seen(session, contact)
            case Describe(name=name, notes=notes, kind=kind):
                people.describe(contact, name, notes, kind)
            case Forget():
                if store.is_being_dealt_with(session, contact):
                    return Refused("A call or a text of this person is under way. Try again in a minute.")
                people.forget(session, contact)
        return Granted()

    def _for_now(
        self, session: Session, wish: Pause | Resume | CloseShop | OpenShop | SendSample
    ) -> Granted | Refused:
        """What somebody here says for now."""
        now = self._clock.utc()
        midnight = hours.at_clock(now.astimezone(self._zone).date() + timedelta(days=1), 0, self._zone)
        match wish:
            case Pause(minutes=minutes, today=today):
                self._pause(
                    session, now + timedelta(minutes=minutes) if minutes else midnight if today else None
                )
            case Resume():
                self._resume(session)
            case CloseShop(back=None | ""):
                self._close(session, Closure(midnight, back=False))
            case CloseShop(back=str(back)):
                until = hours.today_at(back, now, self._zone)
                if until is None:
                    return Refused(
                        f"{back!r} is no time of today that is still to come; write it like 15:00."
                    )
                self._close(session, Closure(until, back=True))
            case OpenShop():
                self._close(session, None)
            case SendSample(author=author):
                return self._test_text(session, author)
        return Granted()

    def _close(self, session: Session, closure: Closure | None) -> None:
        value = {"until": closure.until.isoformat(), "back": closure.back} if closure else None
        store.remember(session, CLOSED, json.dumps(value) if value else None)
        self.closure = closure

    def _test_text(self, session: Session, author: str | None) -> Granted | Refused:
        """The text that a stranger would get now, to the owner."""
        scene = self._scene()
        if scene.mobile is None:
            return Refused("The owner's mobile is not known: write it into config.ini, [notify] sms_to.")
        body = self.sample(scene.now, scene.mobile)
        return write_text(
            session, WriteText(scene.mobile, body, author), self.settings, self.region, scene.now
        )

    def sample(self, now: datetime, address: str) -> str:
        """The automatic text that a stranger with this number would get now."""
        opening = self._opening(now)
        is_open = opening.open or self.settings.textback.closed != "other"
        reopens = hours.in_words(opening.reopens, now, self._zone) if not opening.open else ""
        return wording.reply(self.settings, address, "", now, True, is_open, reopens)

    def _facts(self, call: Call) -> policy.CallFacts:
        assert call.outcome is not None
        listed = self.lists.why(call.e164, call.number) if self.lists is not None else None
        if listed is None and spam_name(call.shown):
            listed = f"The network calls this caller {call.shown!r}."
        return policy.CallFacts(
            outcome=call.outcome,
            number=call.e164,
            raw=call.number,
            withheld=call.withheld,
            ended=call.ended or call.started,
            rings=call.rings,
            listed=listed,
        )


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


def _caller(past: store.Past) -> policy.CallerFacts:
    return policy.CallerFacts(
        last_automatic=past.last_automatic,
        last_automatic_id=past.last_automatic_id,
        pending_id=past.pending_id,
        contact_since=past.contact_since,
        opted_out=past.opted_out,
        doubtful=past.doubtful,
        kind=past.kind,
        unreachable=past.unreachable,
        blocked=past.blocked,
        stranger=past.stranger,
    )
