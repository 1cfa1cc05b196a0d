"""First steps: which call and which text show that the box does its work."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bridge.records.views import CallRow, MessageRow
from bridge.rules.states import Direction, MessageKind, MessageStatus, Textback
from web.pages.first_steps import WENT_OUT, the_test_call, the_test_text

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CALL = CallRow(
    id=1,
    place=1,
    address="+447400123456",
    name="",
    withheld=False,
    started=NOON,
    ended=NOON,
    rings=3,
    outcome="abandoned",
    missed=True,
    textback=Textback.SENT,
    reason=None,
    trace=(),
    message_id=None,
    text_error=None,
    text_at=None,
    line="main",
)
TEXT = MessageRow(
    id=1,
    place=1,
    address="+447400123499",
    name="",
    direction=Direction.OUT,
    kind=MessageKind.MANUAL,
    body="Hi!",
    status=MessageStatus.SENT,
    error=None,
    created=NOON,
    due=NOON,
    sent=NOON,
    delivered=None,
    parts=1,
    call_id=None,
    author="mia",
    line="main",
)


@pytest.mark.parametrize(
    ("states", "chosen"),
    [
        ([], None),
        ([Textback.SKIPPED], 0),
        ([Textback.NONE, Textback.SENT], 1),  # it rings just now
        ([Textback.SKIPPED, Textback.DELIVERED, Textback.FAILED], 1),  # cooling down
        ([Textback.FAILED, Textback.SENT], 0),
        ([Textback.SKIPPED, Textback.NONE], 0),
    ],
)
def test_the_call_that_shows_it(states: list[Textback], chosen: int | None) -> None:
    calls = [replace(CALL, id=place, textback=state) for place, state in enumerate(states)]
    shown = the_test_call(calls)
    assert (shown.id if shown else None) == chosen


def test_the_text_that_shows_it() -> None:
    alert = replace(TEXT, id=1, kind=MessageKind.SYSTEM)
    answer = replace(TEXT, id=2, direction=Direction.IN)
    assert the_test_text([alert, answer]) is None
    assert the_test_text([answer, alert, replace(TEXT, id=3), replace(TEXT, id=4)]) == replace(TEXT, id=3)


def test_only_what_went_out_counts() -> None:
    assert {status for status in MessageStatus if status in WENT_OUT} == {
        MessageStatus.SENT,
        MessageStatus.DELIVERED,
    }
