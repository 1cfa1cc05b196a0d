"""Codes with their values: what a column holds is read back, and what nobody can read is kept whole."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.words.audit import SENTENCES as CHANGE_SENTENCES
from bridge.words.audit import change_in_words
from bridge.words.reasons import SENTENCES as REASON_SENTENCES
from bridge.words.reasons import error_sentence, trace_in_words
from bridge.words.troubles import SENTENCES as TROUBLE_SENTENCES
from modem.contract import Coded

ROUND = (
    Coded("sim_pin"),
    Coded.of("late", minutes=90),
    Coded.of("many", least=2, rings=1, who="Ann & Bo = 100 % + ü€\n“x”"),
    Coded.of("empty", name=""),
    Coded.of("number", number="+447700900123", zeros="007", minus=-3),
    Coded.of("text", text="The modem said ERROR."),
    Coded.of("text", text=""),
    Coded.of("names", code=38, cls="x", self="y"),
)
NO_CODES = (
    "It came too late.",
    "Late",
    "late?",
    "late?minutes",
    "a b",
    "late?minutes=1&&",
    "late?a=b c",
    "?a=1",
    "ü",
)


@pytest.mark.parametrize("coded", ROUND, ids=lambda coded: coded.to_text()[:20])
def test_what_is_kept_is_read_back(coded: Coded) -> None:
    assert Coded.from_text(coded.to_text()) == coded


@pytest.mark.parametrize("text", NO_CODES)
def test_a_text_that_is_no_code_is_kept_whole(text: str) -> None:
    coded = Coded.from_text(text)
    assert coded == Coded.of("text", text=text)
    assert coded.to_text() == text


def test_facts_have_one_order() -> None:
    assert Coded.of("x", b=2, a=1) == Coded.of("x", a=1, b=2)
    assert Coded.of("x", b=2, a=1).to_text() == "x?a=1&b=2"


@settings(max_examples=500)
@given(
    st.one_of(
        st.text(max_size=60),
        st.from_regex(r"[a-z_]+\?[a-z0-9_]+=[^\s&=?]*(&[a-z0-9_]+=[^\s&=?]*)*", fullmatch=True),
    )
)
def test_any_text_can_be_read_and_worded(text: str) -> None:
    """A column may hold what another release wrote: no page fails of it."""
    coded = Coded.from_text(text)
    assert Coded.from_text(coded.to_text()) == coded
    assert isinstance(error_sentence(text), str)
    assert isinstance(change_in_words(text, "mia"), str)


CODES = {*REASON_SENTENCES, *TROUBLE_SENTENCES, *CHANGE_SENTENCES, "paused_until", "cooldown", "one_ring"}


@pytest.mark.parametrize("code", sorted(CODES))
@pytest.mark.parametrize(
    "facts", ["", "?x=1", "?until=soon&now=never", "?minutes=many&hours=few", "?why=&tried=&final="]
)
def test_a_code_with_other_facts_is_worded_all_the_same(code: str, facts: str) -> None:
    assert isinstance(error_sentence(f"{code}{facts}"), str)
    assert isinstance(change_in_words(f"{code}{facts}", "mia", "Bob"), str)
    assert trace_in_words([{"rule": "spam", "verdict": "stop", "why": f"{code}{facts}"}])[0]["detail"]
