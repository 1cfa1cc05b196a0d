"""Opting out and in again, on the whole box: what is written counts at once, kept with its words, and answered once."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from bridge.contract.answers import Done, Rejected
from bridge.contract.requests import Mark, WriteText
from bridge.records import views
from bridge.records.tables import ConsentEvent, Contact
from bridge.words.reasons import trace_in_words
from modem.simulator import Simulator
from tests.support.box import ANN, BOB, MESSAGE, Box, FastClock, a_box, until

HINT = "Reply STOP to opt out."


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, hint="yes") as box:
        yield box


def events(box: Box) -> list[tuple[str, str]]:
    return [(step.kind, step.words) for step in steps(box)]


def steps(box: Box) -> Sequence[ConsentEvent]:
    with Session(box.service.engine) as session:
        return session.exec(select(ConsentEvent).order_by(col(ConsentEvent.id))).all()


def contact(box: Box, address: str = ANN) -> Contact:
    with Session(box.service.engine) as session:
        return views.contact_at(session, address) or Contact(address=address)  # type: ignore[call-arg]  # an empty one


def sent(box: Box, count: int) -> list[str]:
    until(lambda: len(box.simulator.sent) >= count, f"{count} texts")
    return [text.text for text in box.simulator.sent]


def heard(box: Box, words: str, sender: str = ANN) -> None:
    start = len(box.messages())
    box.simulator.text(sender, words)
    until(lambda: len(box.messages()) > start, words)


def test_stop_counts_and_is_answered_once_and_start_undoes_it(box: Box) -> None:
    box.simulator.call(ANN, rings=1)
    assert sent(box, 1) == [f"{MESSAGE} {HINT}"]
    heard(box, "Please stop texting me")
    assert sent(box, 2)[1].startswith("You won't get any more automatic texts from Corner Bakery.")
    assert contact(box).opted_out_at is not None
    heard(box, "STOP")  # once more: no second answer
    box.simulator.call(ANN, rings=1)
    call = box.settled(2)[0]
    assert (call.textback, call.reason) == ("skipped", "opted_out")
    heard(box, "start")
    assert "Reply STOP to opt out." in sent(box, 3)[2]
    assert contact(box).opted_out_at is None
    heard(box, "HELP")
    assert sent(box, 4)[3].startswith("This is Corner Bakery.")
    assert [kind for kind, _ in events(box)] == ["out", "out", "in", "help"]
    assert events(box)[0][1] == "Please stop texting me"
    assert all(
        message.kind == "system" for message in box.messages() if message.body.startswith("You will get")
    )


def test_a_text_that_waits_is_withdrawn_by_a_stop(tmp_path: Path) -> None:
    clock = FastClock()
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path, simulator, "delay_seconds = 300", clock=clock) as box,
    ):
        simulator.call(ANN, rings=1)
        assert box.ended()[0].textback == "scheduled"
        heard(box, "STOP")
        clock.advance(300)
        call = box.settled()[0]
        assert (call.textback, call.reason) == ("skipped", "opted_out")
        assert MESSAGE not in [text.text for text in simulator.sent]


def test_what_may_be_a_stop_suspends_until_somebody_has_looked(box: Box) -> None:
    heard(box, "I need to cancel my appointment")
    assert contact(box).doubtful
    box.simulator.call(ANN, rings=1)
    call = box.settled()[0]
    assert (call.textback, call.reason) == ("skipped", "unsure")
    assert "somebody has to look" in trace_in_words(call.trace)[-1]["detail"]
    assert box.service.bridge.request(Mark(ANN, "fine"), by="mia") == Done()
    box.simulator.call(ANN, rings=1)
    assert box.settled(2)[0].textback == "sent"
    assert [kind for kind, _ in events(box)] == ["doubt", "fine"]
    assert steps(box)[1].by == "mia"


def test_a_tapback_that_quotes_our_hint_asks_for_nothing(box: Box) -> None:
    box.simulator.call(ANN, rings=1)
    sent(box, 1)
    heard(box, f"Liked “{MESSAGE} {HINT}”")
    heard(box, f"{MESSAGE} {HINT}")
    assert events(box) == []
    assert not contact(box).doubtful


@pytest.mark.parametrize("words", ["START", "unstop", "HELP", "Info"])
def test_who_was_never_texted_gets_no_answer_that_says_nothing(box: Box, words: str) -> None:
    heard(box, words)
    heard(box, "STOP", sender=BOB)
    assert sent(box, 1)[0].startswith("You won't get any more automatic texts")
    assert [text.number for text in box.simulator.sent] == [BOB]
    assert next(m.status for m in box.messages() if m.body == words) == "received"  # somebody should look
    heard(box, "start", sender=BOB)
    assert "Reply STOP to opt out." in sent(box, 2)[1]


def test_start_is_answered_where_a_doubt_was_and_not_twice(box: Box) -> None:
    heard(box, "I need to cancel my appointment")
    heard(box, "START")
    assert sent(box, 1)[0].startswith("You will get texts from Corner Bakery again.")
    assert not contact(box).doubtful
    heard(box, "start")
    box.simulator.call(ANN, rings=1)
    assert box.settled()[0].textback == "sent"
    assert len(box.simulator.sent) == 2


def test_a_short_code_and_a_name_are_never_answered(box: Box) -> None:
    heard(box, "STOP", sender="60006")
    heard(box, "HELP", sender="PARCELS")
    heard(box, "Hello", sender=BOB)
    assert box.simulator.submitted == []
    assert contact(box, "60006").opted_out_at is not None


def test_who_never_is_to_be_texted_is_so_by_the_shops_wish_not_by_their_own(box: Box) -> None:
    assert isinstance(
        box.service.bridge.request(Mark(ANN, "never"), by="mia"), Rejected
    )  # nobody knows it yet
    heard(box, "Hello")
    assert box.service.bridge.request(Mark(ANN, "never"), by="mia") == Done()
    box.simulator.call(ANN, rings=1)
    call = box.settled()[0]
    assert (call.textback, call.reason) == ("skipped", "excluded")
    told = trace_in_words(call.trace)[-1]["detail"]
    assert re.fullmatch(r"mia marked this number as never texted on .+ 20\d\d, \d\d:\d\d\.", told)
    assert contact(box).opted_out_at is None
    assert isinstance(box.service.bridge.request(WriteText(ANN, "Hi", "mia")), Done)
    assert box.service.bridge.request(Mark(ANN, "welcome"), by="tom") == Done()
    assert [(step.kind, step.by) for step in steps(box)] == [("never", "mia"), ("welcome", "tom")]
    assert not contact(box).excluded


def test_an_opt_out_names_its_words_or_who_noted_it(box: Box) -> None:
    heard(box, "STOP please")
    box.simulator.call(ANN, rings=1)
    told = trace_in_words(box.settled()[0].trace)[-1]["detail"]
    assert re.fullmatch(r"This person wrote “STOP please” on .+ and gets no more automatic texts\.", told)
    assert box.service.bridge.request(Mark(ANN, "in"), by="mia") == Done()
    assert contact(box).opted_out_at is None
    assert box.service.bridge.request(Mark(ANN, "out"), by="mia") == Done()
    assert isinstance(box.service.bridge.request(WriteText(ANN, "Hi", "mia")), Rejected)
    assert isinstance(box.service.bridge.request(WriteText(ANN, "Hi", "mia", despite_stop=True)), Done)
    box.simulator.call(ANN, rings=1)
    call = next(call for call in box.settled(2) if call.reason == "opted_out" and call.id != 1)
    assert trace_in_words(call.trace)[-1]["detail"].startswith("mia noted on ")


def test_a_blocked_caller_is_not_texted(box: Box) -> None:
    heard(box, "Hello")
    assert box.service.bridge.request(Mark(ANN, "block"), by="mia") == Done()
    box.simulator.call(ANN, rings=1)
    call = box.settled()[0]
    assert (call.textback, call.reason) == ("skipped", "spam")


@pytest.mark.parametrize(
    ("number", "filters", "reason"),
    [
        ("+33612345678", "", "foreign"),
        ("+33612345678", "countries = GB FR", None),
        ("+33612345678", "countries = any", None),
        ("+447911123456", "", None),  # Guernsey is home
        ("+12015550123", "", "foreign"),
        (ANN, "countries = FR", "foreign"),
        (ANN, "min_rings = 3", "one_ring"),
        (ANN, "min_rings = 2", None),
    ],
)
def test_filters(tmp_path: Path, number: str, filters: str, reason: str | None) -> None:
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path, simulator, extra=f"[filters]\n{filters}\n") as box,
    ):
        simulator.call(number, rings=2)
        call = box.settled()[0]
        assert call.reason == reason
        assert (call.textback == "sent") == (reason is None)
