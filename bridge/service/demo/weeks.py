"""Six weeks of the demo's bakery: who calls when, who is texted, who answers, what people at the page do about it. Always the
same story, ending a few minutes ago."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from heapq import heappop, heappush
from itertools import count, cycle
from random import Random

from bridge.contract.requests import (
    AddNote,
    Assign,
    CalledBack,
    ImportContacts,
    Mark,
    MarkDone,
    MarkRead,
    Pause,
    Resume,
    SaveReply,
    WriteText,
)
from bridge.rules.hours import at_clock
from bridge.service.demo import story
from bridge.service.demo.past import WELL, Fate, Past
from bridge.service.demo.story import Talk
from modem.contract import CallOutcome, Refusal, Trouble, TroubleCode

WEEKS = 6
OWNER, COLLEAGUE = "demo", "mia"
# When people call, in minutes of the day: before work, at noon, on the way home.
BUSY = (8 * 60, 9 * 60, 9 * 60 + 30, 11 * 60, 12 * 60 + 30, 16 * 60, 17 * 60)
# Monday to Sunday: so many calls at least, and so many more at most.
CALLS = ((1, 2), (5, 4), (4, 3), (5, 4), (6, 5), (8, 5), (3, 3))
OUTCOMES = (CallOutcome.ABANDONED,) * 6 + (CallOutcome.NO_ANSWER,) * 2 + (CallOutcome.WAITING,)
ELSEWHERE, ANSWERS_US, CALLED_BACK = 0.4, 0.5, 0.3
# Nothing happens in the last minutes: a live caller of the demo comes next.
CALM = timedelta(minutes=4)

Act = Callable[[], object]


# When the modem was unplugged, and for how long.
UNPLUGGED_DAYS_AGO, UNPLUGGED = 9, timedelta(minutes=12)


class Weeks:
    """What is still to happen, in the order of time; what happens may have consequences later."""

    def __init__(self, past: Past, now: datetime, zone: tzinfo | None) -> None:
        self._past, self._zone, self._end = past, zone, now - CALM
        self._today = now.astimezone(zone).date()
        self._dice, self._talks = Random(6), cycle(story.TALKS)  # a story, no secret
        self._due: list[tuple[datetime, int, Act]] = []
        self._order = count()

    def tell(self) -> None:
        """All of it, from six weeks ago until now."""
        begin = self._today - timedelta(weeks=WEEKS)
        self._plan(self._moment(begin, 7 * 60), self._opening_day)
        for days in range(WEEKS * 7 + 1):
            for moment in self._calls_of(begin + timedelta(days=days)):
                self._plan(moment, self._somebody_calls)
        self._special_days()
        self._today_so_far()
        while self._due:
            moment, _, act = heappop(self._due)
            self._past.at(moment)
            act()

    def _plan(self, moment: datetime, act: Act) -> None:
        if moment < self._end:
            heappush(self._due, (moment, next(self._order), act))

    def _moment(self, day: date, minutes: int) -> datetime:
        return at_clock(day, minutes, self._zone)

    def _ago(self, days: int, clock: time) -> datetime:
        return self._moment(self._today - timedelta(days=days), clock.hour * 60 + clock.minute)

    # ---- every day

    def _opening_day(self) -> None:
        self._past.line_up(*story.SIM)
        self._past.asks(ImportContacts(story.ADDRESS_BOOK), OWNER)
        for words in story.SAVED_REPLIES:
            self._past.asks(SaveReply(words), OWNER)

    def _calls_of(self, day: date) -> Iterator[datetime]:
        least, more = CALLS[day.weekday()]
        for _ in range(least + self._dice.randint(0, more)):
            minutes = self._dice.choice(BUSY) + round(self._dice.gauss(0, 40))
            yield self._moment(day, max(6 * 60, min(minutes, 21 * 60)))

    def _somebody_calls(self) -> None:
        known = [card.number for card in story.ADDRESS_BOOK if not card.mark]
        number = self._dice.choice(known if self._dice.random() < 0.4 else story.STRANGERS)
        if self._dice.random() < ELSEWHERE:
            self._past.rings(number, self._dice.randint(1, 3), CallOutcome.ANSWERED_ELSEWHERE)
            return
        began = self._past.now
        if self._past.rings(number, self._dice.randint(2, 6), self._dice.choice(OUTCOMES)):
            if self._dice.random() < ANSWERS_US:
                wait = timedelta(seconds=self._dice.randint(40, 900))
                self._plan(self._past.now + wait, lambda: self._talk(number, next(self._talks)))
            elif self._dice.random() < CALLED_BACK:
                self._plan(
                    began + timedelta(minutes=15), lambda: self._past.asks(CalledBack(number), COLLEAGUE)
                )
        self._plan(self._in_the_day(began + timedelta(hours=1)), lambda: self._done(number))

    def _talk(self, number: str, talk: Talk) -> None:
        """They write; we answer in a while, at night in the morning; they thank, and it is done."""
        self._past.writes(number, talk.asks)
        moment = self._past.now
        for turn, words in enumerate(talk.then):
            wait = timedelta(minutes=self._dice.choice((2, 3, 4, 6, 9, 14, 25, 50)))
            moment = self._in_the_day(moment + wait)
            self._plan(moment, self._turn(number, words, ours=turn % 2 == 0))
        if talk.note:
            self._plan(moment, lambda: self._past.asks(AddNote(number, talk.note), COLLEAGUE))
        self._plan(self._in_the_day(moment + timedelta(minutes=20)), lambda: self._done(number))

    def _turn(self, number: str, words: str, ours: bool) -> Act:
        who = self._dice.choice((OWNER, COLLEAGUE, COLLEAGUE))
        if ours:
            return lambda: self._replies(number, words, who)
        return lambda: self._past.writes(number, words)

    def _replies(self, number: str, words: str, who: str) -> None:
        self._past.asks(MarkRead(number), who)
        self._past.asks(WriteText(number, words, who, despite_stop=True), who)

    def _done(self, number: str) -> None:
        self._past.asks(MarkRead(number), COLLEAGUE)
        self._past.asks(MarkDone(number, True), COLLEAGUE)

    def _in_the_day(self, moment: datetime) -> datetime:
        here = moment.astimezone(self._zone)
        if here.hour < 7:
            return self._moment(here.date(), 7 * 60 + 10)
        if here.hour >= 20:
            return self._moment(here.date() + timedelta(days=1), 7 * 60 + 10)
        return moment

    # ---- what happens once

    def _settled(self, moment: datetime, number: str, rings: int, fate: Fate = WELL) -> None:
        """A call that somebody here has seen to within the hour."""
        self._plan(moment, lambda: self._past.rings(number, rings, fate=fate))
        self._plan(moment + timedelta(hours=1), lambda: self._done(number))

    def _special_days(self) -> None:
        ago, rings, asks = self._ago, self._past.rings, self._past.asks
        for days, clock in ((38, time(9, 5)), (24, time(8, 40)), (11, time(17, 20)), (3, time(10, 15))):
            self._plan(ago(days, clock), lambda: rings(None, 4))
        for days in (35, 21, 7):
            self._settled(ago(days, time(8, 2)), story.MILL, 2)
        self._settled(ago(16, time(5, 55)), story.TOM, 3)
        self._settled(ago(30, time(14, 10)), story.LANDLINE, 3)
        self._settled(ago(13, time(15, 30)), story.ABROAD, 2)
        self._plan(ago(27, time(11, 45)), lambda: rings(story.ROBOT, 1))
        self._plan(ago(27, time(11, 50)), lambda: asks(Mark(story.ROBOT, "block"), OWNER))
        for days in (20, 12, 5):
            self._plan(ago(days, time(11, 44)), lambda: rings(story.ROBOT, 1))
        self._settled(ago(19, time(13, 0)), story.STRANGERS[44], 3)
        self._plan(ago(19, time(13, 6)), lambda: self._past.writes(story.STRANGERS[44], "STOP"))
        self._settled(ago(8, time(13, 30)), story.STRANGERS[44], 2)
        self._plan(ago(6, time(9, 1)), lambda: self._past.writes(story.PARCELS, "Your parcel comes today."))
        self._plan(ago(6, time(9, 30)), lambda: self._done(story.PARCELS))
        self._plan(ago(15, time(10, 0)), lambda: asks(Pause(minutes=60), OWNER))
        self._plan(ago(15, time(10, 25)), lambda: asks(Resume(), OWNER))
        self._modem_troubles()

    def _modem_troubles(self) -> None:
        refused = Trouble.of(TroubleCode.REFUSED_NUMBER_MISSING, final="+CMS ERROR: 1")
        gone = Trouble.of(TroubleCode.MODEM_HUNG_UP, path="/dev/ttyUSB2")
        began = self._ago(UNPLUGGED_DAYS_AGO, time(14, 3))
        self._plan(began, lambda: self._past.line_down(gone))
        self._plan(began + UNPLUGGED, lambda: self._past.line_up(*story.SIM))
        number = story.STRANGERS[45]
        fails = Fate(refused, Refusal.RECIPIENT)
        self._settled(self._ago(17, time(16, 12)), number, 3, fails)
        unsure = Fate(Trouble(TroubleCode.NO_REFERENCE))
        self._settled(self._ago(4, time(12, 2)), story.STRANGERS[43], 4, unsure)

    def _today_so_far(self) -> None:
        """What waits for somebody when the page is opened, however late it is."""
        rings, writes, asks = self._past.rings, self._past.writes, self._past.asks

        def ago(minutes: int, act: Act) -> None:
            self._plan(self._end - timedelta(minutes=minutes), act)

        ago(26 * 60, lambda: rings(story.STRANGERS[42], 5))
        ago(26 * 60 - 9, lambda: writes(story.STRANGERS[42], "I have to cancel my order for Friday, sorry"))
        ago(200, lambda: rings(story.LENA, 4))
        ago(195, lambda: writes(story.LENA, "Do you deliver to Moseley? 3 trays of rolls, Sunday morning"))
        ago(190, lambda: asks(Assign(story.LENA, COLLEAGUE), OWNER))
        ago(188, lambda: asks(AddNote(story.LENA, "Ask Tom whether the van is free on Sunday."), OWNER))
        ago(150, lambda: rings(story.WALTER, 3))
        ago(141, lambda: writes(story.WALTER, "Hello, is the walnut loaf in today?"))
        ago(137, lambda: self._replies(story.WALTER, "Good morning Walter, yes, fresh at ten.", COLLEAGUE))
        ago(130, lambda: writes(story.WALTER, "Wonderful, see you then"))
        ago(125, lambda: self._done(story.WALTER))
        ago(95, lambda: rings(story.OMAR, 3))
        ago(83, lambda: writes(story.OMAR, "Hi, can I pick up the croissants at 3 instead of 5?"))
        ago(40, lambda: rings(story.GRACE, 5))
        ago(31, lambda: rings(story.PRIYA, 2))
        ago(22, lambda: writes(story.PRIYA, "Could I still order a carrot cake for tomorrow? For 8 people"))


def beginning(now: datetime) -> datetime:
    """Before anything of the story happens."""
    return now - timedelta(weeks=WEEKS, days=2)


def tell(past: Past, now: datetime, zone: tzinfo | None) -> None:
    """The six weeks before `now`. zone: the shop's, None for the machine's."""
    Weeks(past, now, zone).tell()
