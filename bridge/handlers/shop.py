"""What holds for the shop at this moment: its settings and region, its hours, what somebody said for now, block lists,
breaker. The loop owns it; all that decide read it. What somebody here or the breaker has said also stands in rows, so that
a restart knows it: memory and row change together, by the methods here and by nobody else."""

import json
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import event
from sqlmodel import Session

from bridge.clock import Clock, TimeSource
from bridge.records import memo, views
from bridge.records.tables import Contact, Line
from bridge.rules import hours, languages, numbers, own_numbers, wording
from bridge.rules.blocklists import BlockLists
from bridge.rules.holidays import is_holiday
from bridge.rules.hours import Closure, Holidays, Opening
from bridge.rules.settings import Settings
from bridge.rules.troubles import ClosedForNow, TimeTeller
from bridge.words import times
from bridge.words.catalogue import speaking
from bridge.words.texts import saving, worded
from modem.contract import Coded

# The memo that says why the breaker has stopped automatic texts.
BREAKER = "breaker"
# The memo of when somebody last let them go on.
RELEASED = "breaker_released"
# The memos of what somebody here has said for now: no automatic texts until then, the shop is closed until then.
PAUSED, CLOSED = "paused", "closed"
FOR_EVER = "for ever"
# The memo of what has become of the database, for which automatic texts stand still until somebody decides (Coded).
STANDSTILL = "standstill"


@dataclass(frozen=True)
class OwnerContext:
    """What everything here looks at. zone: the shop's, None for the system's."""

    settings: Settings
    region: str
    now: datetime
    zone: tzinfo | None

    @property
    def mobile(self) -> str | None:
        """The owner's, E.164."""
        return numbers.e164(self.settings.notify.sms_to, self.region)

    def is_owner(self, contact: Contact) -> bool:
        """Is this the owner's mobile, however its number is spelled?"""
        return self.mobile is not None and contact.identity == numbers.identity(self.mobile)

    @property
    def wanted(self) -> bool:
        """Is anybody to be told of trouble: by text, or by an Apprise service?"""
        return bool(self.settings.notify.sms_to or self.settings.notify.urls)

    @property
    def language(self) -> str:
        """That of the texts to the owner's mobile."""
        return languages.of_shop(self.settings, self.region)

    def who(self, contact: Contact) -> str:
        """A contact for people: the name with the number, or the number alone."""
        number = numbers.pretty(contact.address, self.region)
        return f"{contact.name} ({number})" if contact.name else number


class ShopState:
    """`settings` is replaced when config.ini changes; `region` is the ISO code of the shop."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self._sim_region: str | None = None
        # The numbers of our SIMs, as they tell them or as an owner has typed them.
        self.sims: frozenset[str] = frozenset()
        # Why the breaker has stopped automatic texts, as the memo has it (Coded); None if it has not.
        self.breaker: str | None = None
        # When somebody last let them go on: strangers of before do not count any more. UTC.
        self.released: datetime | None = None
        # Why they stand still for the database's sake, as the memo has it (Coded); None if they do not.
        self.standstill: str | None = None
        # Until when automatic texts are paused (FOR_EVER, or a moment) and the shop is closed, as the memos have it.
        self.paused: datetime | str | None = None
        self.closure: Closure | None = None
        # The block lists; None while they are being read: until then no automatic text goes out.
        self.lists: BlockLists | None = None
        # What is wrong with the box, as the page tells it; for the owner's STATUS.
        self.troubles: tuple[Coded, ...] = ()

    @property
    def region(self) -> str:
        """config.ini's, else the SIM's, else none ("ZZ": only international numbers are understood)."""
        country = self.settings.shop.country
        return country if country != "auto" else self._sim_region or "ZZ"

    def recall(self, session: Session) -> None:
        """Reads what earlier runs have stored: pause, closure, breaker, standstill, and the region of the SIM seen last."""
        self.breaker = memo.remembered(session, BREAKER)
        released = memo.remembered(session, RELEASED)
        self.released = datetime.fromisoformat(released) if released else None
        self.standstill = memo.remembered(session, STANDSTILL)
        paused, closed = memo.remembered(session, PAUSED), memo.remembered(session, CLOSED)
        self.paused = paused if paused in (None, FOR_EVER) else datetime.fromisoformat(paused)
        if closed is not None:
            told = json.loads(closed)
            self.closure = Closure(datetime.fromisoformat(told["until"]), told["back"])
        for line in views.lines(session):
            self.knows(line)
        self.take_numbers(session)

    def knows(self, line: Line) -> None:
        """Takes over the home country of a SIM of ours."""
        self._sim_region = numbers.region_of_imsi(line.imsi or "") or self._sim_region

    def take_numbers(self, session: Session) -> None:
        """Takes over the numbers of our SIMs: one of them has come, or somebody has typed its number."""
        self._put_back_if_undone(session)
        self.sims = views.own_numbers(session)

    def note_time(self, source: TimeTeller, told: datetime | None, at: float, exact: bool) -> None:
        """Takes over what time another source tells. told: UTC, None if it tells none; at: monotonic seconds."""
        if told is not None:
            self.clock.note_time(TimeSource(source, told, at, exact))

    def paused_now(self, now: datetime) -> Coded | None:
        """That automatic texts are paused, and until when by the shop's clock; None if they are not."""
        if not isinstance(self.paused, datetime):
            return Coded("paused") if self.paused else None
        if self.paused <= now:
            return None
        return Coded.of("paused_until", until=self._shown(self.paused), now=self._shown(now))

    def held_now(self, now: datetime) -> Coded | None:
        """Why no automatic texts go out at present, whoever calls: they are paused, or stand still; None if they go."""
        return Coded("standstill") if self.standstill else self.paused_now(now)

    def closed_now(self, now: datetime) -> Coded | None:
        """That somebody here has closed the shop for now, and until when by its clock; None if nobody has."""
        if self.closure is None or self.closure.until <= now:
            return None
        reopens = self.opening(now).reopens
        if reopens is None:
            return Coded(ClosedForNow.OPEN_END)
        return Coded.of(ClosedForNow.UNTIL, until=self._shown(reopens), now=self._shown(now))

    def _shown(self, moment: datetime) -> str:
        """By the shop's clock, ISO 8601."""
        return moment.astimezone(self.zone).isoformat("T", "minutes")

    def opening(self, now: datetime) -> Opening:
        """Is the shop open, by its hours and by hand?"""
        if self.closure is not None and now < self.closure.until:
            return self.closure.opening(self._usual_opening)
        return self._usual_opening(now)

    def _usual_opening(self, now: datetime) -> Opening:
        shop = self.settings.hours
        if shop.open_always and shop.holidays == Holidays():
            return hours.ALWAYS
        return hours.opening(shop.open_spans, is_holiday(shop.holidays), now, self.zone)

    def own(self) -> tuple[str, ...]:
        """Numbers that are never texted: the shop's, and those of its SIMs."""
        own = (*self.settings.shop.own_numbers, self.settings.shop.phone, *self.sims)
        return tuple(number for number in own if number)

    def is_ours(self, identity: str) -> bool:
        """Is this one of the shop's own numbers, or the owner's mobile?"""
        return identity in own_numbers.identities(self.settings, self.region, self.sims)

    @property
    def zone(self) -> tzinfo | None:
        """The shop's zone, None for the system's."""
        return self.settings.shop.zone

    def context(self) -> OwnerContext:
        """What alerts and answers to the owner are worded with: settings, region, the time now and the zone."""
        return OwnerContext(self.settings, self.region, self.clock.utc(), self.zone)

    def take_settings(self, settings: Settings) -> None:
        """config.ini was changed: this holds from now on."""
        self.settings = settings

    def take_lists(self, lists: BlockLists) -> None:
        """The block lists have been read."""
        self.lists = lists

    def take_troubles(self, troubles: tuple[Coded, ...]) -> None:
        """What is wrong with the box, as the page tells it."""
        self.troubles = troubles

    def trip(self, session: Session, why: Coded) -> None:
        """The breaker stops all automatic texts until `reset_breaker`."""
        self._put_back_if_undone(session)
        self.breaker = why.to_text()
        memo.remember(session, BREAKER, self.breaker)

    def reset_breaker(self, session: Session) -> None:
        """Automatic texts go on that the breaker has stopped; from now on it counts anew."""
        self._put_back_if_undone(session)
        self.breaker, self.released = None, self.clock.utc()
        memo.remember(session, BREAKER, None)
        memo.remember(session, RELEASED, self.released.isoformat())

    def stand_still(self, session: Session, why: Coded) -> None:
        """No automatic texts for the database's sake, until `go_on`."""
        self._put_back_if_undone(session)
        self.standstill = why.to_text()
        memo.remember(session, STANDSTILL, self.standstill)

    def go_on(self, session: Session) -> None:
        """Somebody has decided: automatic texts go on with the database that is there."""
        self._put_back_if_undone(session)
        memo.remember(session, STANDSTILL, None)
        self.standstill = None

    def pause(self, session: Session, until: datetime | None) -> None:
        """No automatic texts until then; None: until `resume`."""
        self._put_back_if_undone(session)
        memo.remember(session, PAUSED, until.isoformat() if until else FOR_EVER)
        self.paused = until or FOR_EVER

    def resume(self, session: Session) -> None:
        """Automatic texts go on that somebody has paused."""
        self._put_back_if_undone(session)
        memo.remember(session, PAUSED, None)
        self.paused = None

    def close(self, session: Session, closure: Closure | None) -> None:
        """Somebody closes the shop for now; None: the usual hours count again."""
        self._put_back_if_undone(session)
        value = {"until": closure.until.isoformat(), "back": closure.back} if closure else None
        memo.remember(session, CLOSED, json.dumps(value) if value else None)
        self.closure = closure

    def _put_back_if_undone(self, session: Session) -> None:
        """If this transaction is rolled back (and then tried again), what it has changed here is put back."""
        before = self.breaker, self.released, self.standstill, self.paused, self.closure, self.sims

        def put_back(_session: Session) -> None:
            self.breaker, self.released, self.standstill, self.paused, self.closure, self.sims = before

        # The newest change is undone first.
        event.listen(session, "after_rollback", put_back, once=True, insert=True)

    @property
    def lists_are_read(self) -> bool:
        """Are the block lists loaded, or none configured?"""
        return self.lists is not None or not self.settings.filters.blocklists

    def words(
        self, address: str, name: str, called: datetime, first: bool, opening: Opening, now: datetime
    ) -> str:
        """The automatic text to a number. A text that waits for the opening is worded as while the shop is open."""
        is_open = opening.open or self.settings.textback.closed != "other"
        with speaking(languages.of_text(self.settings, self.region, address)):
            reopens = saving(times.then(opening.reopens, now, self.zone)) if not opening.open else ""
            return wording.reply(worded(self.settings), address, name, called, first, is_open, reopens)
