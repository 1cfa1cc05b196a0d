"""What the loop's inbox gives next: calls before texts, and never a text or a report earlier than it came."""

from queue import Empty

import pytest

from bridge.service.inbox import MOST_IN_A_ROW, Inbox, InboxItem, Stop, ThreadFailed
from modem.contract import (
    CallEnded,
    CallOutcome,
    CallRinging,
    LineIdle,
    PartSent,
    ReportReceived,
    TextKind,
    TextReceived,
)

ANN, BOB = "+447400123456", "+447400123457"


def text(sender: str, body: str = "Hello") -> TextReceived:
    return TextReceived("main", 0.0, None, sender, body, None, None, TextKind.TEXT, None, False, "")


def ringing(number: str | None) -> CallRinging:
    return CallRinging("main", 0.0, 1, number, number is None)


def ended(number: str | None) -> CallEnded:
    return CallEnded("main", 0.0, 1, number, number is None, CallOutcome.ABANDONED, 2, None)


REPORT = ReportReceived("main", 0.0, None, 9, ANN, 0, None)
PART = PartSent("main", 0.0, 1, 1, 1, 9)


def taken_from(*items: InboxItem) -> list[InboxItem]:
    inbox = Inbox()
    for item in items:
        inbox.put(item)
    taken = []
    while not inbox.empty():
        taken.append(inbox.get())
    return taken


def test_a_call_goes_before_texts_of_others_and_keeps_its_order() -> None:
    texts: list[InboxItem] = [text(BOB, str(n)) for n in range(100)]
    call: list[InboxItem] = [ringing(ANN), ended(ANN), LineIdle("main", 0.0, True)]
    assert taken_from(*texts, *call) == [*call, *texts]


@pytest.mark.parametrize("sender", [ANN, "07400123456"])
def test_what_the_caller_wrote_before_goes_before_the_call(sender: str) -> None:
    stop, other, later = text(sender, "STOP"), text(BOB), text(sender, "later")
    assert taken_from(other, stop, ended(ANN), later) == [stop, ended(ANN), other, later]


def test_a_withheld_number_waits_for_no_text() -> None:
    assert taken_from(text(BOB), ended(None)) == [ended(None), text(BOB)]


def test_a_report_never_overtakes_the_part_that_it_is_about() -> None:
    many: list[InboxItem] = [LineIdle("main", float(n), True) for n in range(2 * MOST_IN_A_ROW)]
    taken = taken_from(*many, PART, REPORT)
    assert taken.index(PART) < taken.index(REPORT)


def test_a_text_waits_for_so_many_others_at_most() -> None:
    many: list[InboxItem] = [LineIdle("main", float(n), True) for n in range(2 * MOST_IN_A_ROW)]
    assert taken_from(text(BOB), *many).index(text(BOB)) == MOST_IN_A_ROW


def test_calls_while_no_text_waits_do_not_count() -> None:
    inbox = Inbox()
    for n in range(2 * MOST_IN_A_ROW):
        inbox.put(LineIdle("main", float(n), True))
        inbox.get()
    for item in (text(BOB), ended(ANN)):
        inbox.put(item)
    assert inbox.get() == ended(ANN)


def test_the_end_waits_for_the_texts_but_not_for_a_thread_that_has_failed() -> None:
    failed = ThreadFailed(ValueError())
    assert taken_from(text(BOB), Stop()) == [text(BOB), Stop()]
    assert taken_from(text(BOB), failed) == [failed, text(BOB)]


def test_more_texts_are_taken_only_while_nothing_goes_before_them() -> None:
    inbox = Inbox()
    assert inbox.another_text() is None
    for item in (text(BOB, "1"), text(BOB, "2"), REPORT):
        inbox.put(item)
    assert inbox.get() == text(BOB, "1")
    assert inbox.another_text() == text(BOB, "2")
    assert inbox.another_text() is None  # a report is no text
    inbox.put(ringing(ANN))
    assert [inbox.get(), inbox.get()] == [ringing(ANN), REPORT]
    with pytest.raises(Empty):
        inbox.get(timeout=0.0)


def test_a_line_is_free_only_if_that_is_the_next_news() -> None:
    inbox = Inbox()
    free = LineIdle("main", 0.0, True)
    assert inbox.line_is_free("main") is None
    for item in (text(BOB), LineIdle("main", 0.0, False), free):
        inbox.put(item)
    assert inbox.line_is_free("main") is None
    inbox.get()
    assert inbox.line_is_free("other") is None
    assert inbox.line_is_free("main") == free
    assert inbox.get() == text(BOB)
    assert inbox.empty()
