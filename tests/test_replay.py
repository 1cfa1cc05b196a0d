"""Recorded modem output through the whole pure part: dialogue, grammar, call machine."""

import json
from pathlib import Path

import pytest

from modem.replay import replay, transcripts
from tests.conftest import shared_lines

OWN = Path(__file__).parent / "transcripts"
RECORDED = shared_lines("transcripts/urc_open.jsonl")
WRITTEN = [json.loads(line) for file in sorted(OWN.glob("*.jsonl")) for line in file.read_text().splitlines()]


@pytest.mark.parametrize("transcript", [*RECORDED, *WRITTEN], ids=lambda t: t["id"])
def test_transcript(transcript: dict) -> None:
    assert replay(transcript).as_json() == {"id": transcript["id"], **transcript["expect"]}


def test_the_recordings_are_there(shared: Path) -> None:
    assert len(RECORDED) == 45


def test_a_file_that_is_none_names_its_line() -> None:
    with pytest.raises(ValueError, match="line 2 is not JSON"):
        list(transcripts('{"id": "a", "lines": []}\nRING\n'))
    with pytest.raises(ValueError, match="line 1 is not a transcript"):
        list(transcripts('{"lines": []}\n'))
