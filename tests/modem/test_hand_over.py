"""The notes before a PDU: what the next run may take for certain."""

from pathlib import Path

import pytest

from modem.line.hand_over import HandOver, boot_id


def test_what_was_noted_is_known_to_the_next_run(tmp_path: Path) -> None:
    notes = HandOver(tmp_path / "notes")
    assert notes.noted("a") is None  # there are none
    notes.begin("a")
    notes.note(7)
    notes.note(9)
    assert HandOver(tmp_path / "notes").noted("a") == frozenset({7, 9})
    assert HandOver(tmp_path / "notes").noted("b") is None  # the system has been started since
    assert HandOver(tmp_path / "notes").noted("") is None
    notes.begin("a")
    assert HandOver(tmp_path / "notes").noted("a") == frozenset()
    notes.close()


@pytest.mark.parametrize("text", ["", "a\n7\nseven\n", "a\n\xff", "b\n7\n"])
def test_notes_that_cannot_be_read_say_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "notes").write_text(text, "latin-1")
    assert HandOver(tmp_path / "notes").noted("a") is None


def test_where_no_note_can_be_made_the_next_run_takes_nothing_for_certain(tmp_path: Path) -> None:
    notes = HandOver(tmp_path / "missing" / "notes")
    notes.begin("a")
    notes.note(7)
    assert notes.noted("a") is None


def test_the_system_tells_its_start() -> None:
    assert boot_id() == boot_id()
