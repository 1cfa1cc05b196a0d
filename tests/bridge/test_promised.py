"""A text that never goes out answers nobody: who waited before it was written waits again, from the same place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bridge.config import parse
from bridge.contract.answers import Done
from bridge.contract.requests import WriteText
from bridge.handlers import conversations
from bridge.handlers.outbox import Outbox
from bridge.handlers.queue_text import reschedule, write_text
from bridge.handlers.shop import ShopState
from bridge.records import consents, contacts, lines, reports, views
from bridge.records.engine import migrate, open_engine
from bridge.records.rows import add_row, id_of
from bridge.records.tables import Call, Contact, Message
from bridge.rules.states import ConsentKind, Direction, MessageKind, MessageStatus
from modem import contract
from modem.contract import CallOutcome, Trouble, TroubleCode
from tests.support.box import ANN, FastClock


@dataclass
class Desk:
    """Ann, and what writes to her."""

    session: Session
    shop: ShopState
    outbox: Outbox
    ann: Contact

    def asks(self, words: str = "Can I come at 3?") -> Message:
        now = self.shop.clock.utc()
        contacts.somebody_at(self.session, ANN, "text", now)
        line = lines.line_called(self.session, "main")
        text = Message(
            line_id=id_of(line),
            contact_id=id_of(self.ann),
            direction=Direction.IN,
            kind=MessageKind.MANUAL,
            body=words,
            status=MessageStatus.RECEIVED,
            created=now,
        )
        conversations.they_wrote(self.session, self.ann, add_row(self.session, text))
        return text

    def writes(self, words: str = "Yes.", *, later: bool = True) -> Message:
        now = self.shop.clock.utc()
        due = now + timedelta(hours=3) if later else None
        asked = WriteText(ANN, words, "mia", despite_stop=True, due=due)
        told = write_text(self.session, asked, self.shop.settings, "GB", now)
        assert isinstance(told, Done)
        return self.session.get_one(Message, told.message_id)

    def is_sent(self, text: Message) -> None:
        text.status = MessageStatus.SENDING
        self.outbox.text_ended(self.session, contract.TextSent("main", 0.0, id_of(text)))

    def waits(self) -> int | None:
        self.session.flush()
        (row,) = views.conversations(self.session, which="all")
        return row.waits_place


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    migrate(engine)
    with Session(engine) as session:
        shop = ShopState(parse("", tmp_path / "config.ini"), FastClock())
        ann = contacts.somebody_at(session, ANN, "text", shop.clock.utc())
        lines.line_called(session, "main")
        yield Desk(session, shop, Outbox(shop), ann)
    engine.dispose()


def is_cancelled(desk: Desk, text: Message) -> None:
    reschedule(desk.session, id_of(text), None, desk.shop.clock.utc())


def is_stopped(desk: Desk, _text: Message) -> None:
    consents.consent(desk.session, desk.ann, ConsentKind.OUT, "text", desk.shop.clock.utc())


def is_refused(desk: Desk, text: Message) -> None:
    text.status = MessageStatus.SENDING
    why = Trouble(TroubleCode.REFUSED_BARRED)
    end = contract.TextFailed("main", 0.0, id_of(text), why, 21, contract.Refusal.RECIPIENT, begun=False)
    desk.outbox.text_ended(desk.session, end)


def grows_too_old(desk: Desk, text: Message) -> None:
    clock = desk.shop.clock
    assert isinstance(clock, FastClock)
    clock.advance(30 * 3600)
    assert desk.outbox.next_to_send(desk.session, "main") is None
    assert text.status == MessageStatus.EXPIRED


def is_not_read_from_rows(desk: Desk, text: Message) -> None:
    text.due = desk.shop.clock.utc()
    desk.session.flush()
    assert desk.outbox.next_to_send(desk.session, "main") is not None
    text.status = MessageStatus.QUEUED
    desk.outbox.give_up_on_the_one_in_hand(desk.session)


def is_never_delivered(desk: Desk, text: Message) -> None:
    now = desk.shop.clock.utc()
    desk.is_sent(text)
    reports.part_was_taken(desk.session, text, 1, 7, now)
    report = contract.ReportReceived("main", 0.0, None, 7, ANN, 0x45, now, None)
    reports.report_came(desk.session, report, desk.ann.identity, now)
    assert text.status == MessageStatus.FAILED


WAYS: list[Callable[[Desk, Message], None]] = [
    is_cancelled,
    is_stopped,
    is_refused,
    grows_too_old,
    is_not_read_from_rows,
    is_never_delivered,
]


@pytest.mark.parametrize("comes_to_nothing", WAYS)
def test_who_was_to_be_answered_waits_again_from_the_same_place(
    desk: Desk, comes_to_nothing: Callable[[Desk, Message], None]
) -> None:
    asked = desk.asks()
    since = desk.ann.waits_since
    text = desk.writes()
    assert desk.waits() is None
    comes_to_nothing(desk, text)
    assert (desk.waits(), desk.ann.waits_since) == (asked.place, since)
    assert (asked.asks, asked.answered) == (True, None)


def test_a_missed_call_is_to_be_called_back_again(desk: Desk) -> None:
    now = desk.shop.clock.utc()
    line = lines.line_called(desk.session, "main")
    call = Call(
        line_id=id_of(line), contact_id=desk.ann.id, started=now, ended=now, outcome=CallOutcome.ABANDONED
    )
    conversations.they_rang(desk.ann, add_row(desk.session, call))
    text = desk.writes()
    assert views.calls(desk.session, which="open", now=now) == []
    is_cancelled(desk, text)
    assert desk.waits() == call.place
    assert [row.id for row in views.calls(desk.session, which="open", now=now)] == [call.id]


def test_a_text_that_goes_out_answers_when_it_does(desk: Desk) -> None:
    asked = desk.asks()
    text = desk.writes()
    clock = desk.shop.clock
    assert isinstance(clock, FastClock)
    clock.advance(3 * 3600)
    text.status = MessageStatus.SENDING
    desk.outbox.text_ended(desk.session, contract.TextSent("main", clock.monotonic(), id_of(text)))
    assert desk.waits() is None
    assert asked.answered == text.sent


def test_of_two_texts_one_is_enough(desk: Desk) -> None:
    asked = desk.asks()
    first, second = desk.writes("Yes."), desk.writes("At 3.", later=False)
    is_cancelled(desk, first)
    assert desk.waits() is None
    is_refused(desk, second)
    assert desk.waits() == asked.place


def test_what_they_wrote_meanwhile_waits_for_itself(desk: Desk) -> None:
    asked = desk.asks()
    text = desk.writes()
    again = desk.asks("Hello?")
    assert desk.waits() == again.place
    is_cancelled(desk, text)
    assert desk.waits() == asked.place
    assert (asked.asks, again.asks) == (True, False)  # the first of them asks
    desk.writes("Yes!", later=False)
    assert desk.waits() is None
    assert asked.answered is not None


def test_who_was_called_back_meanwhile_waits_no_more(desk: Desk) -> None:
    desk.asks()
    text = desk.writes()
    conversations.we_answered(desk.session, desk.ann, desk.shop.clock.utc())
    is_cancelled(desk, text)
    assert desk.waits() is None


def test_a_conversation_that_was_done_is_open_again(desk: Desk) -> None:
    asked = desk.asks()
    text = desk.writes()
    conversations.mark_done(desk.session, desk.ann, True)
    is_refused(desk, text)
    assert (desk.waits(), desk.ann.done) == (asked.place, False)


def test_who_waited_for_nothing_waits_for_nothing(desk: Desk) -> None:
    text = desk.writes()
    is_cancelled(desk, text)
    assert desk.waits() is None
