"""STOP, START and HELP in people's own words: every sentence of optout.tsv, kept as data."""

import tomllib

import pytest

from bridge.rules.optout import Intent, intent, normal
from tests.support.paths import DATA, ROOT

OURS = ["Hi! Sorry we missed your call. Reply STOP to opt out.", "Reply STOP to opt out."]
ROWS = [line.split("\t", 1) for line in (DATA / "optout.tsv").read_text("utf-8").splitlines() if line]


@pytest.mark.parametrize(("asked", "text"), ROWS, ids=[text for _, text in ROWS])
def test_what_a_sentence_asks_for(asked: str, text: str) -> None:
    assert intent(text, OURS) == Intent(asked)


def test_there_are_enough_of_them_and_none_twice() -> None:
    assert len(ROWS) >= 200
    assert len({text for _, text in ROWS}) == len(ROWS)


@pytest.mark.parametrize("text", [text for asked, text in ROWS if asked == "stop"])
def test_a_stop_counts_whatever_was_written_before(text: str) -> None:
    assert intent(text) == Intent.STOP
    assert intent(f"  {text.upper()} ") == Intent.STOP


LANGUAGES = tomllib.loads((ROOT / "bridge" / "rules" / "optout.toml").read_text("utf-8"))
SAMPLES = [(text, asked) for language in LANGUAGES.values() for text, asked in language["samples"]]
KINDS = {"strong", "alone", "start", "help", "requests", "weak", "polite", "polite_end", "samples"}


@pytest.mark.parametrize(("text", "asked"), SAMPLES)
def test_the_samples_of_each_language(text: str, asked: str) -> None:
    assert intent(text) == Intent(asked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_stand_as_texts_are_compared(language: str) -> None:
    """A word that `normal` would change is never found."""
    lists = LANGUAGES[language]
    assert set(lists) <= KINDS
    assert lists["samples"]
    for kind in ("strong", "alone", "start", "help"):
        assert [word for word in lists.get(kind, ()) if normal(word) != word] == []
