"""Every reason why something is refused has its sentence, and who refuses gives the facts that it names."""

import ast
from string import Formatter

import pytest

from bridge.rules.refusals import Refusal, Refused
from bridge.words.requests import SENTENCES, WITH_COMMANDS, refusal_for_commands, refusal_in_words
from modem.contract import Coded
from tests.support.paths import ROOT

MAKERS = [
    (path.name, node)
    for room in ("bridge", "web")
    for path in sorted((ROOT / room).rglob("*.py"))
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.Call) and node.args and ast.unparse(node.args[0]).startswith("Refused.")
]


def places(template: str) -> set[str]:
    return {place for _, place, _, _ in Formatter().parse(template) if place}


def test_every_code_has_one_sentence() -> None:
    assert set(SENTENCES) == set(Refused)
    assert len(set(SENTENCES.values())) == len(Refused)
    assert set(WITH_COMMANDS) < set(SENTENCES)


@pytest.mark.parametrize("code", Refused)
def test_who_refuses_gives_the_facts_that_the_sentence_names(code: Refused) -> None:
    made = [node for _, node in MAKERS if ast.unparse(node.args[0]) == f"Refused.{code.name}"]
    assert made
    for node in made:
        assert {keyword.arg for keyword in node.keywords} == places(SENTENCES[code])
    assert places(WITH_COMMANDS.get(code, SENTENCES[code])) == places(SENTENCES[code])


@pytest.mark.parametrize("code", Refused)
def test_it_reads_as_a_sentence_without_a_command_for_the_page(code: Refused) -> None:
    refusal = Refusal(code, **dict.fromkeys(places(SENTENCES[code]), "{1}"))
    told = refusal_in_words(Coded.from_text(str(refusal)))
    assert told == refusal_in_words(refusal.why)
    assert told.endswith(".")
    assert "textback" not in told
    assert "{" not in told.replace("{1}", "")


def test_the_command_line_is_told_the_command_that_helps() -> None:
    exists = Refusal(Refused.USER_EXISTS, name="mia").why
    assert refusal_in_words(exists) == "mia can already log in."
    assert refusal_for_commands(exists) == (
        "mia can already log in; textback user password mia changes the password."
    )
    assert refusal_for_commands(Coded(Refused.NO_NAME)) == refusal_in_words(Coded(Refused.NO_NAME))
