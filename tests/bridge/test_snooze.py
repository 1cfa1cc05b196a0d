"""A conversation that is snoozed on a real box: it waits no more, and comes back at its time, after a restart too, or when they
come first."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bridge.contract.answers import Answer, Done, Rejected
from bridge.contract.requests import CalledBack, MarkDone, Request, Snooze, Undo, WriteText
from bridge.records import views
from bridge.records.tables import Contact
from bridge.records.views import summary
from modem.simulator import Simulator
from tests.support.box import ANN, BOB, DEADLINE, Box, FastClock, a_box, until

HOUR = 3600.0


class Shop:
    """A box whose hours pass on command."""

    def __init__(self, box: Box, clock: FastClock) -> None:
        self.box, self.clock = box, clock

    def in_hours(self, hours: float) -> datetime:
        return self.clock.utc() + timedelta(hours=hours)

    def asks(self, wish: Request) -> Answer:
        return self.box.service.bridge.request(wish, DEADLINE, by="mia")

    def contact(self, address: str = ANN) -> Contact:
        with Session(self.box.service.engine) as session:
            found = views.contact_at(session, address)
            assert found is not None
            return found

    def named(self) -> list[str]:
        """Who needs a reply, at any moment: while the box is at work, two looks may see two states."""
        with Session(self.box.service.engine) as session:
            return [row.address for row in views.conversations(session) if row.waits_since]

    def waiting(self) -> list[str]:
        """The same, once nothing moves: list, digest and count agree."""
        named = self.named()
        with Session(self.box.service.engine) as session:
            assert [contact.address for contact in summary.waiting(session, frozenset())] == named
            assert views.needing_reply(session, frozenset()) == len(named)
            return named

    def writes(self, address: str = ANN, words: str = "Is it ready?") -> None:
        start = len(self.box.messages())
        self.box.simulator.text(address, words)
        until(lambda: len(self.box.messages()) > start, words)


@pytest.fixture
def clock() -> FastClock:
    return FastClock()


@pytest.fixture
def shop(tmp_path: Path, clock: FastClock) -> Iterator[Shop]:
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, clock=clock) as box:
        yield Shop(box, clock)


def test_who_is_snoozed_comes_back_at_its_time_to_the_old_place(shop: Shop) -> None:
    shop.writes()
    shop.writes(BOB)
    since = shop.contact().waits_since
    assert isinstance(shop.asks(Snooze(ANN, shop.in_hours(2))), Done)
    assert shop.waiting() == [BOB]
    shop.clock.advance(1.9 * HOUR)
    shop.box.turn()
    assert shop.waiting() == [BOB]
    shop.clock.advance(0.2 * HOUR)
    until(lambda: shop.named() == [ANN, BOB], "Ann's coming back")
    assert (shop.contact().waits_since, shop.contact().snoozed_until) == (since, None)


def test_who_waited_for_nothing_needs_a_reply_then(shop: Shop) -> None:
    shop.writes()
    shop.asks(MarkDone(ANN, True))
    shop.asks(Snooze(ANN, shop.in_hours(2)))
    assert (shop.waiting(), shop.contact().done) == ([], False)
    shop.clock.advance(2 * HOUR + 1)
    until(lambda: shop.named() == [ANN], "Ann's coming back")


@pytest.mark.parametrize("words", ["Hello?", "STOP"])
def test_who_writes_comes_back_at_once(shop: Shop, words: str) -> None:
    shop.writes()
    shop.asks(Snooze(ANN, shop.in_hours(20)))
    shop.writes(words=words)
    assert shop.waiting() == [ANN]


def test_who_calls_comes_back_at_once(shop: Shop) -> None:
    shop.writes()
    shop.asks(Snooze(ANN, shop.in_hours(20)))
    shop.box.simulator.call(ANN, rings=2)
    shop.box.settled(1)
    assert shop.waiting() == [ANN]


@pytest.mark.parametrize("wish", [WriteText(ANN, "Yes.", "mia"), CalledBack(ANN), MarkDone(ANN, True)])
def test_an_answer_ends_it_for_good(shop: Shop, wish: Request) -> None:
    shop.writes()
    shop.asks(Snooze(ANN, shop.in_hours(2)))
    shop.asks(wish)
    assert shop.contact().snoozed_until is None
    shop.clock.advance(3 * HOUR)
    shop.box.turn()
    assert shop.waiting() == []


def test_it_is_ended_and_undone_by_hand_and_both_stand_in_the_log(shop: Shop) -> None:
    shop.writes()
    until_then = shop.in_hours(20)
    answer = shop.asks(Snooze(ANN, until_then))
    assert isinstance(answer, Done)
    assert answer.undo
    shop.asks(Undo(answer.undo))
    assert shop.waiting() == [ANN]
    shop.asks(Snooze(ANN, until_then))
    ended = shop.asks(Snooze(ANN, None))
    assert shop.waiting() == [ANN]
    assert isinstance(ended, Done)
    assert ended.undo
    shop.asks(Undo(ended.undo))
    assert shop.contact().snoozed_until == until_then
    with Session(shop.box.service.engine) as session:
        noted = [(entry.what, entry.address) for entry in views.audit_entries(session)]
    began, over = ("snoozed", ANN), ("snooze_ended", ANN)
    assert noted == [began, over, began, over, began]


@pytest.mark.parametrize("hours", [-1, 0, 61 * 24])
def test_a_time_that_is_over_or_too_far_ahead_is_refused(shop: Shop, hours: int) -> None:
    shop.writes()
    assert isinstance(shop.asks(Snooze(ANN, shop.in_hours(hours))), Rejected)
    assert shop.waiting() == [ANN]


def test_it_survives_a_restart(tmp_path: Path, clock: FastClock) -> None:
    with Simulator(speed=20, reports="off") as simulator:
        with a_box(tmp_path, simulator, clock=clock) as box:
            shop = Shop(box, clock)
            shop.writes()
            shop.asks(Snooze(ANN, shop.in_hours(2)))
        with a_box(tmp_path, simulator, clock=clock) as box:
            shop = Shop(box, clock)
            assert shop.waiting() == []
            clock.advance(2 * HOUR + 1)
            until(lambda: shop.named() == [ANN], "Ann's coming back")
