"""What the field sent: every case of the shared file that needs no running box, through the door that it came by."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bridge.cli import main
from bridge.rules import addressbook
from bridge.rules.numbers import e164, identity
from bridge.service import blocklist_files
from modem.recording.replay import replay
from modem.simulator import Simulator
from tests.support.box import a_box
from tests.support.paths import shared_lines

CASES = shared_lines("field/cases.jsonl")


def of_kind(kind: str, **wanted: bool) -> list[Any]:
    """Of this kind, and with or without these inputs."""
    return [
        pytest.param(case, id=case["id"])
        for case in CASES
        if case["kind"] == kind and all((name in case["input"]) is there for name, there in wanted.items())
    ]


@pytest.mark.parametrize("case", of_kind("transcript"))
def test_transcript(case: dict[str, Any]) -> None:
    told = replay({"id": case["id"], **case["input"]}).as_json()
    assert {key: told[key] for key in case["expect"]} == case["expect"]


@pytest.mark.parametrize("case", of_kind("pdu"))
def test_pdu(case: dict[str, Any]) -> None:
    result = CliRunner().invoke(main, ["decode", "--json", case["input"]])
    told = json.loads(result.output)
    assert {key: told.get(key) for key in case["expect"]} == case["expect"]


@pytest.mark.parametrize("case", of_kind("number", callers=True))
def test_callers_are_one_person(case: dict[str, Any]) -> None:
    country = case["input"]["country"]
    assert len({identity(caller, country) for caller in case["input"]["callers"]}) == 1


@pytest.mark.parametrize("case", of_kind("number", typed=True))
def test_writings_are_one_number(case: dict[str, Any]) -> None:
    country = case["input"]["country"]
    written = {e164(typed, country) for typed in case["input"]["typed"]}
    assert len(written) == 1
    assert None not in written


@pytest.mark.parametrize("case", of_kind("number", calls=True))
def test_callers_are_texted(case: dict[str, Any], tmp_path: Path) -> None:
    with (
        Simulator(speed=20, reports="off", imsi=case["input"]["imsi"]) as simulator,
        a_box(tmp_path, simulator, country="auto") as box,
    ):
        for count, caller in enumerate(case["input"]["calls"], 1):
            simulator.call(caller, rings=2)
            box.settled(count)
        assert [call.textback for call in reversed(box.calls())] == case["expect"]["textback"]


def _octets(case: dict[str, Any]) -> bytes:
    given = case["input"]
    return base64.b64decode(given["base64"]) if "base64" in given else given["text"].encode()


@pytest.mark.parametrize("case", [c for c in of_kind("file") if c.values[0]["input"]["what"] == "contacts"])
def test_contacts(case: dict[str, Any]) -> None:
    read = addressbook.read(_octets(case), case["input"]["country"])
    assert [[card.number, card.name] for card in read.cards] == case["expect"]["contacts"]


@pytest.mark.parametrize("case", [c for c in of_kind("file") if c.values[0]["input"]["what"] == "blocklist"])
def test_block_list(case: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / case["input"]["name"]).write_bytes(_octets(case))
    lists = blocklist_files.load([case["input"]["name"]], tmp_path, case["input"]["country"])
    blocked = {n: lists.why(n, n) is not None for key in case["expect"] for n in case["expect"][key]}
    assert blocked == {n: key == "blocked" for key in case["expect"] for n in case["expect"][key]}
