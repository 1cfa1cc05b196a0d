"""Who is texted, and why not: each rule, their order, the trace, and the second look at the moment of sending."""

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from bridge.config import Settings, parse
from bridge.rules.hours import Opening
from bridge.rules.numbers import TEXTABLE, Kind, NoText
from bridge.rules.policy import (
    RULES,
    CallerFacts,
    CallFacts,
    Case,
    Contacted,
    Reason,
    Reply,
    Silence,
    Traffic,
    as_rows,
    judge,
)
from bridge.rules.states import MISSED
from bridge.words.reasons import REASONS, SENTENCES, error_sentence, sentence, trace_in_words
from modem.contract import Coded

# Reason codes in the order of the contract.
ORDER = """not_missed disabled withheld unknown not_textable foreign excluded opted_out unsure spam one_ring cooldown closed
limit breaker clock superseded expired"""
CONTRACT = ORDER.split()

ANN = "+447400123456"
NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
MISSED_CALL = CallFacts(outcome="abandoned", number=ANN, raw="07400123456", withheld=False, ended=NOW)
NOBODY = CallFacts(outcome="abandoned", number=None, raw=None, withheld=True, ended=NOW)
STRANGER = CallerFacts()
HOUR = timedelta(hours=1)


def settings(textback: str = "", filters: str = "") -> Settings:
    return parse(f"[textback]\n{textback}\n[filters]\n{filters}\n", Path("/etc/textback/config.ini"))


def decision(
    call: CallFacts = MISSED_CALL,
    caller: CallerFacts = STRANGER,
    textback: str = "",
    own: tuple[str, ...] = (),
) -> Reply | Silence:
    return judge(Case(call, caller, settings(textback), "GB", own, NOW))


def again(now: datetime, caller: CallerFacts = STRANGER, textback: str = "") -> Reply | Silence:
    """The second look at a text that was due at NOW and is good for an hour."""
    return judge(Case(MISSED_CALL, caller, settings(textback), "GB", (), now, due=NOW, expires=NOW + HOUR))


def verdict(made: Reply | Silence) -> str:
    return "reply" if isinstance(made, Reply) else made.reason


def detail(made: Reply | Silence) -> str:
    return trace_in_words(as_rows(made.trace))[-1]["detail"]


# ---- at the end of a call

OUTCOMES = [
    ("abandoned", "reply"),
    ("no_answer", "reply"),
    ("waiting", "reply"),
    ("lost", "reply"),
    ("notice", "reply"),
    ("answered", "not_missed"),
    ("answered_elsewhere", "not_missed"),
    ("rejected", "not_missed"),
]


@pytest.mark.parametrize(("outcome", "expected"), OUTCOMES)
def test_outcomes(outcome: str, expected: str) -> None:
    assert verdict(decision(replace(MISSED_CALL, outcome=outcome))) == expected
    assert (outcome in MISSED) == (expected == "reply")


NUMBERS = [
    (ANN, "07400123456", False, "reply"),
    (None, None, True, "withheld"),
    (None, None, False, "unknown"),  # the network did not say
    (None, "", False, "unknown"),
    (None, "60006", False, "not_textable"),
    (None, "VODAFONE", False, "not_textable"),
    ("+441212345678", "01212345678", False, "not_textable"),
    ("+449012345678", "09012345678", False, "not_textable"),
    ("+447700900123", "07700900123", False, "not_textable"),
    ("+447400123457", "07400123457", False, "not_textable"),  # our own
]


@pytest.mark.parametrize(("number", "raw", "withheld", "expected"), NUMBERS)
def test_numbers(number: str | None, raw: str | None, withheld: bool, expected: str) -> None:
    call = replace(MISSED_CALL, number=number, raw=raw, withheld=withheld)
    assert verdict(decision(call, own=("07400 123457",))) == expected


def test_landlines_if_the_shop_wants_it() -> None:
    call = replace(MISSED_CALL, number="+441212345678")
    made = judge(Case(call, STRANGER, settings("", "landlines = text"), "GB", (), NOW))
    assert verdict(made) == "reply"


def texted(ago: timedelta) -> CallerFacts:
    return CallerFacts(last_automatic=NOW - ago, last_automatic_id=7)


COOLDOWNS = [
    (STRANGER, "cooldown_hours = 24", "reply", None),
    (texted(0 * HOUR), "cooldown_hours = 24", "cooldown", 7),
    (texted(23.99 * HOUR), "cooldown_hours = 24", "cooldown", 7),
    (texted(24 * HOUR), "cooldown_hours = 24", "reply", None),
    (texted(-1 * HOUR), "cooldown_hours = 24", "cooldown", 7),  # the clock went back
    (texted(-9000 * HOUR), "cooldown_hours = 1", "cooldown", 7),
    (texted(1 * HOUR), "cooldown_hours = 1", "reply", None),
    (texted(0 * HOUR), "cooldown_hours = 0", "reply", None),
    (texted(-1 * HOUR), "cooldown_hours = 0", "reply", None),
    (CallerFacts(pending_id=9), "cooldown_hours = 0", "cooldown", 9),
    (replace(texted(1 * HOUR), pending_id=9), "cooldown_hours = 24", "cooldown", 9),
]


@pytest.mark.parametrize(("caller", "textback", "expected", "message_id"), COOLDOWNS)
def test_cooldown(caller: CallerFacts, textback: str, expected: str, message_id: int | None) -> None:
    made = decision(caller=caller, textback=textback)
    assert verdict(made) == expected
    assert getattr(made, "message_id", None) == message_id


def test_when_a_text_is_due_and_expires() -> None:
    made = decision(textback="delay_seconds = 90\nexpire_minutes = 30")
    assert isinstance(made, Reply)
    assert made.due == NOW + timedelta(seconds=90)
    assert made.expires == made.due + timedelta(minutes=30)  # counted from due


# Each of these says no by itself; of two, the earlier in the contract decides.
OBSTACLES: dict[str, dict[str, Any]] = {
    "not_missed": {"call": replace(MISSED_CALL, outcome="answered")},
    "disabled": {"textback": "enabled = no"},
    "withheld": {"call": NOBODY},
    "not_textable": {"own": (ANN,)},
    "opted_out": {"caller": CallerFacts(opted_out=True, doubtful=True)},
    "unsure": {"caller": CallerFacts(doubtful=True)},
    "cooldown": {"caller": texted(HOUR)},
    "superseded": {"caller": CallerFacts(contact_since=Contacted.THEY_TEXTED)},
}


@pytest.mark.parametrize("reason", OBSTACLES)
def test_each_rule_says_no_by_itself(reason: str) -> None:
    assert verdict(decision(**OBSTACLES[reason])) == reason


# Those that are not both the call's or both the caller's, and so can be put together by name.
PAIRS = [pair for pair in combinations(OBSTACLES, 2) if not set(OBSTACLES[pair[0]]) & set(OBSTACLES[pair[1]])]


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_the_first_rule_decides(pair: tuple[str, str]) -> None:
    both = OBSTACLES[pair[0]] | OBSTACLES[pair[1]]
    assert verdict(decision(**both)) == min(pair, key=CONTRACT.index)


def test_rules_that_share_their_facts_keep_their_order_too() -> None:
    rejected = replace(NOBODY, outcome="rejected")
    assert verdict(decision(rejected)) == "not_missed"
    assert verdict(decision(caller=replace(texted(HOUR), contact_since=Contacted.THEY_TEXTED))) == "cooldown"


# ---- at the moment of sending

AGAIN = [
    (NOW, STRANGER, "", "reply"),
    (NOW + HOUR, STRANGER, "", "reply"),
    (NOW + HOUR + timedelta(seconds=1), STRANGER, "", "expired"),
    (NOW, STRANGER, "enabled = no", "disabled"),
    (NOW, CallerFacts(contact_since=Contacted.THEY_TEXTED), "", "superseded"),
    (NOW + 2 * HOUR, CallerFacts(contact_since=Contacted.THEY_TEXTED), "", "superseded"),
    (NOW, CallerFacts(last_automatic=NOW, last_automatic_id=3), "", "cooldown"),
]


@pytest.mark.parametrize(("now", "caller", "textback", "expected"), AGAIN)
def test_the_second_look(now: datetime, caller: CallerFacts, textback: str, expected: str) -> None:
    assert verdict(again(now, caller, textback)) == expected


def test_the_second_look_keeps_the_times() -> None:
    made = again(NOW + timedelta(minutes=5), textback="delay_seconds = 600")
    assert isinstance(made, Reply)
    assert (made.due, made.expires) == (NOW, NOW + HOUR)


# ---- the trace


def test_the_trace_of_a_reply_has_every_rule() -> None:
    trace = decision().trace
    assert [step.rule for step in trace] == list(RULES)
    assert {step.why for step in trace} == {None}


DOUBT = Traffic(doubt="clock_before_release?shown=1970-01-01%2000%3A00")
SHUT = Opening(open=False, reopens=NOW + HOUR)
LET_PASS: list[tuple[str, Case, Reason, str]] = [
    (
        f"closed, {closed}",
        Case(MISSED_CALL, STRANGER, settings(f"closed = {closed}\nclosed_message = Hi"), "GB", (), NOW, SHUT),
        Reason.CLOSED,
        f"The shop was closed; {words}",
    )
    for closed, words in (
        ("same", "callers get the same text then."),
        ("other", "callers get the text for closed hours then."),
        ("wait", "the text waits until it opens."),
    )
] + [
    (
        "known caller",
        Case(replace(MISSED_CALL, rings=1), STRANGER, settings("", "min_rings = 3"), "GB", (), NOW),
        Reason.ONE_RING,
        "It rang only briefly, but this caller is known.",
    ),
    (
        "no cooldown",
        Case(MISSED_CALL, CallerFacts(last_automatic=NOW), settings("cooldown_hours = 0"), "GB", (), NOW),
        Reason.COOLDOWN,
        "Every missed call may be texted.",
    ),
    (
        "doubtful clock: hours",
        Case(MISSED_CALL, STRANGER, settings(), "GB", (), NOW, traffic=DOUBT),
        Reason.CLOSED,
        "The box's clock may be wrong, so it did not go by the opening hours.",
    ),
    (
        "doubtful clock",
        Case(MISSED_CALL, STRANGER, settings(), "GB", (), NOW, traffic=DOUBT),
        Reason.CLOCK,
        "The box's clock may be wrong, but this caller was never texted before.",
    ),
]


@pytest.mark.parametrize(
    ("case", "rule", "words"), [row[1:] for row in LET_PASS], ids=[row[0] for row in LET_PASS]
)
def test_what_was_let_pass_is_not_called_right(case: Case, rule: Reason, words: str) -> None:
    """Nothing reads as a yes that was a no: where the shop was closed, the trace does not say that it was open."""
    made = judge(case)
    assert isinstance(made, Reply)
    kept = {step["rule"]: step for step in trace_in_words(as_rows(made.trace))}
    assert kept[rule] == {"rule": rule, "verdict": "pass", "detail": words}


def test_the_trace_of_a_silence_ends_with_what_stopped_it() -> None:
    kept = as_rows(decision(NOBODY).trace)
    assert kept[-1] == {"rule": "withheld", "verdict": "stop", "why": "withheld"}
    assert trace_in_words(kept) == [
        {"rule": "not_missed", "verdict": "pass", "detail": "The call was missed."},
        {"rule": "disabled", "verdict": "pass", "detail": "Automatic texts are on."},
        {"rule": "withheld", "verdict": "stop", "detail": "The caller hid the number."},
    ]


DETAILS = [
    (decision(caller=texted(3 * HOUR)), "Texted 3 hours ago; one text per caller in 24 hours."),
    (decision(caller=texted(timedelta(minutes=1))), "Texted 1 minute ago; one text per caller in 24 hours."),
    (
        decision(caller=texted(timedelta(0)), textback="cooldown_hours = 1"),
        "Texted just now; one text per caller in 1 hour.",
    ),
    (decision(caller=CallerFacts(pending_id=1)), "A text to this caller is already on its way."),
    (decision(own=(ANN,)), "It is one of the shop's own numbers."),
    (again(NOW + 2 * HOUR), "It could not be sent within 60 minutes."),
    (
        again(NOW, CallerFacts(contact_since=Contacted.THEY_TEXTED)),
        "The caller has texted us since.",
    ),
]


@pytest.mark.parametrize(("made", "words"), DETAILS, ids=[row[1] for row in DETAILS])
def test_details_are_plain_words(made: Reply | Silence, words: str) -> None:
    assert detail(made) == words


# ---- the contract


def test_every_reason_has_its_words() -> None:
    assert list(REASONS) == list(Reason) == CONTRACT
    assert all(1 < len(words.chip.split()) <= 3 for words in REASONS.values())
    assert all(words.passed.endswith(".") for words in REASONS.values())
    assert all(
        words[0] in string.ascii_uppercase + "{" and words.endswith(".") for words in SENTENCES.values()
    )


def test_the_rules_are_asked_in_the_order_of_the_contract() -> None:
    assert list(RULES) == CONTRACT


# Each code that can stop a text, with facts as the policy gives them: together with those that are named in SENTENCES these
# are all.
WITH_FACTS = [
    Coded.of("paused_until", until="2026-07-02T09:30+01:00", now="2026-07-01T12:00+01:00"),
    Coded.of("one_ring", rings=1, least=2),
    Coded.of("cooldown", minutes=61, hours=24),
    Coded.of("limit", most=1),
    Coded.of("expired", minutes=60),
    Coded.of("unreachable", error="The number does not exist."),
    Coded.of("clock", doubt="The box's clock shows 1970."),
    Coded.of("foreign_region", region="FR"),
    Coded.of("listed", list="a.txt"),
    Coded.of("listed_as", list="a.txt", label="cruise {line}"),
    Coded.of("spam_name", name="Scam Likely"),
    Coded.of("strangers", strangers=31),
]
SAID = [
    "Automatic texts are paused; they resume tomorrow at 9:30.",
    "It rang 1 time; strangers are texted from 2 rings.",
    "Texted 1 hour ago; one text per caller in 24 hours.",
    "1 automatic text went out today; that is the limit.",
    "It could not be sent within 60 minutes.",
    "Texts to this number fail for good. The number does not exist.",
    "This caller was texted before, but the box cannot tell how long ago. The box's clock shows 1970.",
    "The number is from FR, which you don't text.",
    "It is on the block list a.txt.",
    "It is on the block list a.txt: cruise {line}.",
    "The network shows this caller as “Scam Likely”.",
    (
        "31 strangers called within ten minutes. That is too many at once; automatic texts are stopped "
        "until somebody checks."
    ),
]


@pytest.mark.parametrize(
    ("why", "words"), list(zip(WITH_FACTS, SAID, strict=True)), ids=[why.code for why in WITH_FACTS]
)
def test_a_code_with_its_facts_is_a_sentence(why: Coded, words: str) -> None:
    assert error_sentence(why.to_text()) == words


def test_every_kind_of_number_and_contact_has_its_sentence() -> None:
    codes = {*Kind} - TEXTABLE | {*NoText} | {*Contacted} | {"staff", "supplier", "never"}
    assert {code for code in codes if sentence(Coded(code)) is None} == set()


def test_a_sentence_of_an_older_release_stays() -> None:
    old = {"rule": "cooldown", "verdict": "stop", "detail": "Texted a while ago."}
    assert trace_in_words([old]) == [old]
    assert error_sentence("The text could not be sent, says the modem.").endswith("the modem.")
    newer = {"rule": "tide", "verdict": "stop", "why": "too_high"}
    assert trace_in_words([newer])[0]["detail"] == "too_high"
