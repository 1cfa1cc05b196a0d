"""How the automatic text reads at moments that differ: what the page says is what a caller gets."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bridge.config import Settings, parse
from bridge.rules.holidays import is_holiday
from bridge.rules.hours import Opening
from bridge.words.preview import HELD, Sample, closed_today, sample, samples

LONDON = ZoneInfo("Europe/London")
WEEK = "".join(f"{day} = 9:00-18:00\n" for day in ("monday", "tuesday", "wednesday"))
OTHER = "closed = other\nclosed_message = We open again {reopens}."


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


NOON = at("2026-11-23 12:00")  # a Monday


def shop(textback: str = "", hours: str = WEEK) -> Settings:
    text = f"[textback]\nopt_out_hint = no\nmessage = Hello\n{textback}\n[hours]\n{hours}\n"
    return parse(text, Path("/etc/textback/config.ini"))


def reads(made: Sample) -> str | None:
    return made.preview.text if made.preview else None


IF_CLOSED_TODAY = [
    ("", WEEK, "Hello", ""),
    (OTHER, WEEK, "We open again tomorrow at 9:00.", ""),
    (OTHER, "", "We open again tomorrow.", ""),
    (OTHER, WEEK + "holidays = 2026-11-24", "We open again on Wednesday at 9:00.", ""),
    ("closed = wait", WEEK, "Hello", "It waits until the shop opens tomorrow at 9:00."),
    ("closed = skip", WEEK, None, "No text: the shop is closed then."),
    ("enabled = no", WEEK, None, "No text: automatic texts are switched off."),
]


@pytest.mark.parametrize(("textback", "hours", "text", "remark"), IF_CLOSED_TODAY)
def test_what_a_caller_gets_once_the_shop_is_closed_for_today(
    textback: str, hours: str, text: str | None, remark: str
) -> None:
    settings = shop(textback, hours)
    opening = closed_today(settings, is_holiday(settings.hours.holidays), NOON, LONDON)
    made = sample("", settings, "en", opening, NOON, LONDON)
    assert (reads(made), made.remark) == (text, remark)


def test_a_text_that_would_wait_for_ever_is_none() -> None:
    made = sample("", shop("closed = wait"), "en", Opening(False), NOON, LONDON)
    assert (reads(made), made.remark[:8]) == (None, "No text:")


def test_a_shop_that_is_closed_by_hand_is_closed_in_the_samples_too() -> None:
    settings = shop(OTHER)
    usual = samples(settings, "en", lambda day: False, NOON, LONDON)
    assert [reads(made) for made in usual] == ["Hello", "We open again tomorrow at 9:00."]
    closed = Opening(False, at("2026-11-25 09:00"))
    by_hand = samples(settings, "en", lambda day: False, NOON, LONDON, closed)
    assert [reads(made) for made in by_hand] == ["We open again on Wednesday at 9:00."] * 2
    for_good = samples(settings, "en", lambda day: False, NOON, LONDON, Opening(False))
    assert reads(for_good[0]) == "We open again."


def test_texts_that_are_held_are_not_promised() -> None:
    made = samples(shop(), "en", lambda day: False, NOON, LONDON, held=True)
    assert [one.remark for one in made] == [HELD, ""]
