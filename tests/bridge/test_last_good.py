"""A start when config.ini is not right."""

from pathlib import Path

import pytest

from bridge.config.last_good import load_or_last

GOOD = "[shop]\nname = Corner Bakery\n[web]\nport = 8123\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.ini"


@pytest.mark.parametrize("state", [True, False], ids=["in its folder", "beside it"])
@pytest.mark.parametrize("bad", ["[shop]\nnmae = Corner Bakery\n", "[web]\nport = many\n", "\udcff"])
def test_the_last_one_that_was_right_counts(config: Path, tmp_path: Path, bad: str, state: bool) -> None:
    (tmp_path / "state").mkdir()
    environment = {"STATE_DIRECTORY": str(tmp_path / "state")} if state else {}
    config.write_text(GOOD)
    settings, wrong = load_or_last(config, environment)
    assert (settings.shop.name, settings.web.port, wrong) == ("Corner Bakery", 8123, None)
    config.write_bytes(bad.encode("utf-8", "surrogateescape"))
    settings, wrong = load_or_last(config, environment)
    assert (settings.shop.name, settings.web.port) == ("Corner Bakery", 8123)
    assert wrong is not None
    assert settings.textback.enabled


def test_without_one_nobody_is_texted(config: Path) -> None:
    settings, wrong = load_or_last(config, {})
    assert (settings.textback.enabled, settings.web.port) == (False, 8080)
    assert "cannot be read" in str(wrong)


def test_a_copy_that_is_damaged_does_no_harm(config: Path) -> None:
    config.write_text("[shop]\nnmae = x\n")
    config.with_name("config.ini.last-good").write_bytes(b"\xff\xfe[")
    settings, wrong = load_or_last(config, {})
    assert (settings.textback.enabled, wrong is None) == (False, False)
