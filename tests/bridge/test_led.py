"""An LED as a signal, in a folder that looks like /sys/class/leds."""

import logging
from pathlib import Path

import pytest

from bridge.config import ConfigError, parse
from bridge.rules.troubles import MachineTrouble
from bridge.service.led import WELL, WRONG, Led


@pytest.fixture
def act(tmp_path: Path) -> Path:
    for name in ("ACT", "PWR"):
        led = tmp_path / name
        led.mkdir()
        (led / "trigger").write_text("none kbd-scrolllock [mmc0] timer heartbeat default-on\n")
        (led / "delay_on").write_text("0")
        (led / "delay_off").write_text("0")
    return tmp_path / "ACT"


def shown(led: Path) -> tuple[str, tuple[int, int]]:
    on, off = ((led / name).read_text() for name in ("delay_on", "delay_off"))
    return (led / "trigger").read_text(), (int(on), int(off))


def test_it_blinks_slowly_or_fast_and_is_given_back(act: Path) -> None:
    led = Led(act.parent)
    led.show("ACT", well=True)
    assert shown(act) == ("timer", WELL)
    led.show("ACT", well=False)
    assert shown(act) == ("timer", WRONG)
    led.give_back()
    assert shown(act)[0] == "mmc0"


def test_nothing_is_written_while_nothing_changes(act: Path) -> None:
    led = Led(act.parent)
    led.show("", well=True)
    assert shown(act)[1] == (0, 0)
    led.show("ACT", well=True)
    (act / "delay_on").write_text("7")
    led.show("ACT", well=True)
    assert shown(act)[1] == (7, WELL[1])


@pytest.mark.parametrize("other", ["PWR", ""])
def test_another_one_or_none_is_wanted(act: Path, other: str) -> None:
    led = Led(act.parent)
    led.show("ACT", well=True)
    led.show(other, well=True)
    assert shown(act)[0] == "mmc0"
    assert shown(act.parent / "PWR")[1] == (WELL if other else (0, 0))


def test_one_that_is_not_there_is_told_once(act: Path, caplog: pytest.LogCaptureFixture) -> None:
    led = Led(act.parent)
    with caplog.at_level(logging.WARNING):
        led.show("led0", well=True)
        led.show("led0", well=False)
    assert led.trouble is not None
    assert led.trouble.code == MachineTrouble.NO_LED
    assert [record.getMessage() for record in caplog.records] == [
        "The LED led0 cannot be used as a signal: No such file or directory."
    ]
    led.show("ACT", well=False)
    assert led.trouble is None
    assert shown(act) == ("timer", WRONG)


@pytest.mark.parametrize("name", ["../../etc", "a/b", "..", "ACT PWR"])
def test_what_can_be_no_led_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not the name of an LED; write one such as ACT"):
        parse(f"[notify]\nled = {name}\n", tmp_path / "config.ini")
    assert parse("[notify]\nled = mmc0::\n", tmp_path / "config.ini").notify.led == "mmc0::"


def test_one_that_may_not_be_set_yet_is_tried_again(act: Path) -> None:
    (act / "delay_on").unlink()
    (act / "delay_on").mkdir()
    led = Led(act.parent)
    led.show("ACT", well=True)
    assert led.trouble is not None
    (act / "delay_on").rmdir()
    led.show("ACT", well=True)
    assert led.trouble is None
    assert shown(act) == ("timer", WELL)
    led.give_back()
    assert shown(act)[0] == "mmc0"


def test_what_a_run_that_was_killed_has_left_is_not_given_back(act: Path) -> None:
    (act / "trigger").write_text("none mmc0 [timer]\n")
    led = Led(act.parent)
    led.show("ACT", well=True)
    led.give_back()
    assert shown(act)[0] == "none"


def test_a_wrong_name_that_is_taken_out_is_no_trouble(act: Path) -> None:
    led = Led(act.parent)
    led.show("led0", well=True)
    led.show("", well=True)
    assert led.trouble is None
