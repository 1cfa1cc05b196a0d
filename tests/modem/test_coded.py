"""Codes with their values: what a column holds is read back, and what nobody can read is kept whole."""

import pytest

from modem.contract import Coded

ROUND = (
    Coded("sim_pin"),
    Coded.of("late", minutes=90),
    Coded.of("many", least=2, rings=1, who="Ann & Bo = 100 % + ü€\n“x”"),
    Coded.of("empty", name=""),
    Coded.of("number", number="+447700900123", zeros="007", minus=-3),
    Coded.of("text", text="The modem said ERROR."),
    Coded.of("text", text=""),
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
