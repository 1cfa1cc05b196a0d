"""Every code of what can be wrong has its sentence, and its facts are its places."""

from string import Formatter

import pytest

from bridge.rules.backups import BackupTrouble
from bridge.rules.policy import Reason
from bridge.rules.troubles import (
    BoxTrouble,
    ClosedForNow,
    DatabaseTrouble,
    FileTrouble,
    ListTrouble,
    MachineTrouble,
    MqttTrouble,
)
from bridge.words import reasons
from bridge.words.reasons import error_sentence
from bridge.words.troubles import REMEDIES, SENTENCES, sentence
from modem.contract import Trouble, TroubleCode
from modem.ports.holders import KNOWN
from modem.sms import causes

CODES: list[str] = [
    *TroubleCode,
    *BoxTrouble,
    *ListTrouble,
    *ClosedForNow,
    *DatabaseTrouble,
    *FileTrouble,
    *MachineTrouble,
    *MqttTrouble,
    *BackupTrouble,
]
REFUSALS = [
    (code, f"{error}: {code}")
    for error, table in (("+CMS ERROR", causes.CMS), ("+CME ERROR", causes.CME))
    for code in table
]


def places(template: str) -> set[str]:
    return {place for _, place, _, _ in Formatter().parse(template) if place}


def test_every_code_has_one_sentence() -> None:
    assert len(set(CODES)) == len(CODES)
    assert set(CODES) & {*reasons.SENTENCES, *Reason, "paused_until", "unreachable"} == set()
    assert set(SENTENCES) == set(CODES)
    assert len(set(SENTENCES.values())) == len(CODES)


@pytest.mark.parametrize("code", CODES)
def test_it_reads_as_a_sentence_from_the_trouble_and_from_its_column(code: str) -> None:
    names = places(SENTENCES[code]) - {"remedy", "lasted", "then"}
    facts = dict.fromkeys(names, "1") | ({"seconds": 7200} if code.startswith("clock_moved") else {})
    if code == ClosedForNow.UNTIL:
        facts |= {"until": "2026-11-24T09:00+00:00", "now": "2026-11-23T18:30+00:00"}
    told = sentence(Trouble.of(code, **facts))
    assert told
    assert "{" not in told
    assert "  " not in told
    assert error_sentence(Trouble.of(code, **facts).to_text()) == told


@pytest.mark.parametrize(("code", "final"), REFUSALS)
def test_a_refusal_names_the_error_and_how_many_parts_went_out(code: int, final: str) -> None:
    told = sentence(causes.why(code, final).adding(sent=1, parts=3))
    assert f"({final})" in told
    assert told.endswith(" Only 1 of 3 parts went out.")


def test_troubles_within_a_trouble_are_worded_too() -> None:
    silent = Trouble.of(TroubleCode.MODEM_SILENT, path="/dev/a b", command="AT")
    missing = Trouble.of(TroubleCode.PORT_MISSING, path="/dev/c")
    tried = Trouble.join([silent, missing])
    nothing = Trouble.of(TroubleCode.NO_MODEM_ANSWERS, tried=tried, ports="/dev/x: a GPS.")
    assert sentence(nothing.to_text()) == (
        f"No modem answers. {sentence(silent)} {sentence(missing)} /dev/x: a GPS."
    )
    stopped = Trouble.of(BoxTrouble.QUEUE_STOPPED, why=silent.to_text())
    assert sentence(stopped) == f"No texts are being sent. {sentence(silent)}"
    undelivered = Trouble.of(BoxTrouble.UNDELIVERED, why=BoxTrouble.PHONE_TAKES_NO_TEXTS)
    assert sentence(undelivered) == "The network could not deliver it. The phone does not accept texts."
    assert sentence(Trouble.of(BoxTrouble.UNDELIVERED, why="")) == "The network could not deliver it."


@pytest.mark.parametrize("holder", ["", "cat", *KNOWN])
def test_who_holds_a_port_is_told_with_what_to_do(holder: str) -> None:
    told = sentence(Trouble.of(TroubleCode.PORT_HELD, path="/dev/x", holder=holder))
    assert (
        told == f"{holder or 'Another program'} is using /dev/x. {REMEDIES.get(holder, 'Stop that program.')}"
    )
    assert set(REMEDIES) == set(KNOWN)


def test_words_of_old_and_codes_of_a_later_release_stand_as_they_are() -> None:
    assert (
        sentence("The modem was unplugged while it was sent.") == "The modem was unplugged while it was sent."
    )
    assert sentence("of_a_later_release?minutes=3") == "of_a_later_release?minutes=3"
