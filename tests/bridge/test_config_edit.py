"""config.ini changed by the page: what was asked for stands there, all else is as it was, nothing wrong is written."""

import os
import shutil
import stat
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge import config
from bridge.config import ConfigError, closed_days, ini
from bridge.config.edit import CannotWrite, change, edited, mark, written
from bridge.config.schema import SECTIONS
from bridge.rules.one_line import one_line
from tests.support.paths import ROOT

SHIPPED = ROOT / "config.ini"
SAMPLE = "# mine\r\n[shop]\r\n; who\r\nname = Corner\r\n  Bakery\r\n\r\n[textback]\r\nmessage = Hi"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copy(SHIPPED, tmp_path / "config.ini"))


EDITS = [
    ("shop", {"name": "Deli"}, "# mine\r\n[shop]\r\n; who\r\nname = Deli\r\n\r\n[textback]\r\nmessage = Hi"),
    ("shop", {"name": None}, "# mine\r\n[shop]\r\n; who\r\n\r\n[textback]\r\nmessage = Hi"),
    ("shop", {"phone": "1"}, SAMPLE.replace("  Bakery\r\n", "  Bakery\r\nphone = 1\r\n")),
    ("textback", {"message": "Yo"}, SAMPLE.replace("= Hi", "= Yo\r\n")),
    (
        "textback",
        {"message.de": "Hallo", "closed": "skip"},
        SAMPLE.replace("= Hi", "= Hi\r\nmessage.de = Hallo\r\nclosed = skip\r\n"),
    ),
    ("limits", {"per_day": "5"}, SAMPLE + "\r\n\r\n[limits]\r\nper_day = 5\r\n"),
    ("shop", {"name": ""}, "# mine\r\n[shop]\r\n; who\r\nname =\r\n\r\n[textback]\r\nmessage = Hi"),
]


@pytest.mark.parametrize(("section", "values", "after"), EDITS)
def test_only_these_lines_change(section: str, values: dict[str, str | None], after: str) -> None:
    assert edited(SAMPLE, section, values) == after


def test_every_comment_survives_a_change_of_every_key(path: Path) -> None:
    before = path.read_text("utf-8")
    for section in ("shop", "textback", "hours", "filters", "limits", "notify"):
        for key, value in SOMETHING_ELSE[section].items():
            assert change(path, section, {key: value}) == [key]
    after = path.read_text("utf-8")
    assert [line for line in before.splitlines() if line.startswith("#")] == [
        line for line in after.splitlines() if line.startswith("#")
    ]
    for section, values in SOMETHING_ELSE.items():
        assert {key: written(path)[section][key] for key in values} == values
    assert len(before.splitlines()) == len(after.splitlines())


SOMETHING_ELSE = {
    "shop": {
        "name": "Deli",
        "phone": "0121 234 5678",
        "country": "GB",
        "language": "en",
        "timezone": "Europe/London",
        "own_numbers": "07400 123456",
        "text_price": "0,09 €",
    },
    "textback": {
        "enabled": "no",
        "message": "Hi from {shop}",
        "closed": "skip",
        "closed_message": "Closed until {reopens}",
        "delay_seconds": "5",
        "cooldown_hours": "12",
        "expire_minutes": "30",
        "opt_out_hint": "no",
        "opt_out_text": "STOP ends it",
    },
    "hours": {
        **dict.fromkeys(list(SECTIONS["hours"])[:7], "9:00-12:00, 14:00-18:00"),
        "holidays": "GB 2026-12-24",
    },
    "filters": {
        "countries": "GB IE",
        "landlines": "text",
        "min_rings": "2",
        "blocklists": "lists",
        "notices": "on",
    },
    "limits": {"per_minute": "3", "per_day": "50", "strangers_per_10_minutes": "5"},
    "notify": {
        "sms_to": "07400 123457",
        "urls": "ntfy://shop",
        "quiet": "22:00-07:00",
        "digest": "08:30",
        "led": "ACT",
    },
}


def test_every_key_of_the_forms_is_changed_above() -> None:
    assert {name: set(values) for name, values in SOMETHING_ELSE.items()} == {
        name: set(SECTIONS[name]) for name in SOMETHING_ELSE
    }


def test_what_is_wrong_is_said_as_of_the_file_and_not_written(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(ConfigError) as wrong:
        change(path, "hours", {"monday": "9-25", "holidays": "XX"})
    assert {problem.key for problem in wrong.value.problems} == {"monday", "holidays"}
    with pytest.raises(ConfigError):
        change(path, "textback", {"closed": "other"})
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_fault_elsewhere_is_told_and_nothing_is_written(path: Path) -> None:
    path.write_text(path.read_text("utf-8") + "\n[nonsense]\n", "utf-8")
    with pytest.raises(ConfigError, match="nonsense"):
        change(path, "shop", {"name": "Deli"})


@given(value=st.text(max_size=60))
@settings(max_examples=300)
def test_no_text_can_become_a_setting(value: str) -> None:
    after = edited(SAMPLE, "shop", {"name": one_line(value)})
    sections, problems = ini.read(after)
    assert problems == []
    assert [
        (section.name, [(entry.key, entry.value) for entry in section.entries]) for section in sections
    ] == [("shop", [("name", one_line(value))]), ("textback", [("message", "Hi")])]


@pytest.mark.parametrize("end", ["\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\x00"])
def test_nobody_opens_the_page_to_everybody_by_a_name(path: Path, end: str) -> None:
    change(path, "shop", {"name": f"x{end}[web]{end}networks = any"})
    assert config.load(path).web.networks == "private"
    assert config.load(path).shop.name == "x [web] networks = any"


@pytest.mark.parametrize("key", ["message.de\n[web]\nnetworks", "name = x", "", "message.", "a b"])
def test_no_key_can_become_a_setting(path: Path, key: str) -> None:
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="not a key"):
        change(path, "textback", {key: "any"})
    assert path.read_bytes() == before


def test_a_comment_inside_a_long_value_stays() -> None:
    text = "[shop]\nname = Corner\n# the baker\n  Bakery\nphone = 1\n"
    assert edited(text, "shop", {"name": "Deli"}) == "[shop]\nname = Deli\n# the baker\nphone = 1\n"


def test_mode_and_link_stay(path: Path, tmp_path: Path) -> None:
    path.chmod(0o640)
    link = tmp_path / "link.ini"
    link.symlink_to(path)
    change(link, "shop", {"name": "Deli"})
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert config.load(path).shop.name == "Deli"


def test_nothing_changed_writes_nothing(path: Path) -> None:
    before = path.stat().st_mtime_ns
    assert change(path, "shop", dict(written(path)["shop"])) == []
    assert path.stat().st_mtime_ns == before


def test_a_file_that_is_gone_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="No such file"):
        change(tmp_path / "none.ini", "shop", {"name": "x"})
    (tmp_path / "latin.ini").write_bytes(b"[shop]\nname = Caf\xe9\n")
    with pytest.raises(CannotWrite, match="UTF-8"):
        change(tmp_path / "latin.ini", "shop", {"name": "x"})


def test_a_folder_that_may_not_be_written_is_told_and_nothing_is_lost(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", full)  # what a full disk says at the last moment
    with pytest.raises(CannotWrite, match=r"No space left on device\. Nothing was changed"):
        change(path, "shop", {"name": "x"})
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


SWEPT = [
    ("GB, 2026-11-26, 2026-11-27, 2026-12-24", "GB, 2026-11-27, 2026-12-24"),
    ("2026-11-26", ""),
    ("GB 2026-12-24", "GB 2026-12-24"),  # nothing is over: it stays as it is written
    ("no date", "no date"),
]


@pytest.mark.parametrize(("before", "after"), SWEPT)
def test_closed_days_that_are_over_are_swept_away(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    path.write_text(text.replace("\nholidays =\n", f"\nholidays = {before}\n"), "utf-8")
    closed_days.sweep(path, date(2026, 11, 27))
    assert path.read_text("utf-8") == text.replace("\nholidays =\n", f"\nholidays = {after}".rstrip() + "\n")


def test_a_file_that_is_gone_is_not_swept(tmp_path: Path) -> None:
    closed_days.sweep(tmp_path / "none.ini", date(2026, 11, 27))
    assert list(tmp_path.iterdir()) == []


def test_the_mark_is_of_the_values() -> None:
    assert mark({"a": "1", "b": "2"}) == mark({"b": "2", "a": "1"}) != mark({"a": "1", "b": "3"})
