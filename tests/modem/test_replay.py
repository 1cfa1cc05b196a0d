"""Recorded modem output through the whole pure part: dialogue, grammar, call machine."""

import json
from pathlib import Path
from typing import Any

import pytest

from modem.recording.replay import replay, transcripts
from tests.support.paths import TRANSCRIPTS, shared_lines

RECORDED = shared_lines("transcripts/urc_open.jsonl")
WRITTEN = [
    json.loads(line) for file in sorted(TRANSCRIPTS.glob("*.jsonl")) for line in file.read_text().splitlines()
]


@pytest.mark.parametrize("transcript", [*RECORDED, *WRITTEN], ids=lambda t: t["id"])
def test_transcript(transcript: dict[str, Any]) -> None:
    assert replay(transcript).as_json() == {"id": transcript["id"], **transcript["expect"]}


@pytest.mark.parametrize("end", ["\r\r\n", "\r", "\n", "\r\n\0\r\n"])
def test_how_lines_end_does_not_matter(end: str) -> None:
    for transcript in [*RECORDED, *WRITTEN]:
        raw = [[t, text.replace("\r\n", end)] for t, text in _printed(transcript)]
        assert replay({**transcript, "raw": raw}) == replay(transcript), transcript["id"]


def test_where_reads_end_does_not_matter() -> None:
    for transcript in [*RECORDED, *WRITTEN]:
        raw = [[t, byte] for t, text in _printed(transcript) for byte in text]
        assert replay({**transcript, "raw": raw}) == replay(transcript), transcript["id"]


def _printed(transcript: dict[str, Any]) -> list[tuple[float, str]]:
    """What the modem printed, as it goes over the wire."""
    if transcript.get("raw"):
        return [(t, text) for t, text in transcript["raw"]]
    return [(t, f"\r\n{text}\r\n") for t, text in transcript["lines"]]


def test_the_recordings_are_there(shared: Path) -> None:
    assert len(RECORDED) == 45


def test_a_file_that_is_none_names_its_line() -> None:
    with pytest.raises(ValueError, match="line 2 is not JSON"):
        list(transcripts('{"id": "a", "lines": []}\nRING\n'))
    with pytest.raises(ValueError, match="line 1 is not a transcript"):
        list(transcripts('{"lines": []}\n'))
