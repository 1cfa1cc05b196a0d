"""Why and why not: the line that decided stands first, and nothing that was a no reads as a yes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bridge.records.views import CallRow
from bridge.rules.policy import Reason
from bridge.rules.states import Textback
from web.pages.why import BECAME, why

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MISSED, ON = {"rule": "not_missed", "verdict": "pass"}, {"rule": "disabled", "verdict": "pass"}
WAS_MISSED, ARE_ON = "The call was missed.", "Automatic texts are on."
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
    textback=Textback.SKIPPED,
    reason=None,
    trace=(),
    message_id=None,
    text_error=None,
    text_at=NOON,
    line="main",
)
SENT = (MISSED, ON)
CASES: list[tuple[str, CallRow, tuple[str, ...], tuple[str, ...]]] = [
    (
        "a rule said no",
        replace(
            CALL, reason=Reason.SPAM, trace=(*SENT, {"rule": "spam", "verdict": "stop", "why": "blocked"})
        ),
        ("This caller is blocked.",),
        (WAS_MISSED, ARE_ON),
    ),
    (
        "a rule that had let it pass said no when it was due",
        replace(
            CALL,
            reason=Reason.SUPERSEDED,
            textback=Textback.CANCELLED,
            trace=(
                MISSED,
                {"rule": "superseded", "verdict": "pass"},
                {"rule": "superseded", "verdict": "stop", "why": "they_texted"},
            ),
        ),
        ("The caller has texted us since.",),
        (WAS_MISSED,),
    ),
    (
        "no rule, but the text was too late",
        replace(CALL, reason=Reason.EXPIRED, trace=SENT, text_error="too_late"),
        ("It could not be sent in time.",),
        (WAS_MISSED, ARE_ON),
    ),
    (
        "put off for ever",
        replace(CALL, reason=Reason.CLOSED, trace=SENT),
        ("Reason: shop was closed.",),
        (WAS_MISSED, ARE_ON),
    ),
    ("of a later release", CALL, ("The text was not sent.",), ()),
    (
        "sent",
        replace(CALL, textback=Textback.SENT, trace=SENT),
        ("The text was sent (noon).",),
        (WAS_MISSED, ARE_ON),
    ),
    (
        "failed",
        replace(CALL, textback=Textback.FAILED, trace=SENT, text_error="The network is out of order."),
        ("The text was not sent.", "The network is out of order."),
        (WAS_MISSED, ARE_ON),
    ),
    (
        "tried again later",
        replace(CALL, textback=Textback.SCHEDULED, trace=SENT, text_error="Busy."),
        ("The text will be sent later (noon).", "Busy."),
        (WAS_MISSED, ARE_ON),
    ),
]


@pytest.mark.parametrize(
    ("call", "decided", "passed"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_the_line_that_decided_stands_first(
    call: CallRow, decided: tuple[str, ...], passed: tuple[str, ...]
) -> None:
    told = why(call, lambda moment: "noon")
    assert (told.decided, told.passed) == (decided, passed)


def test_every_state_says_what_became_of_the_text() -> None:
    assert set(BECAME) == set(Textback) - {Textback.NONE, Textback.SKIPPED, Textback.CANCELLED}
