"""What the box is called on the network, as others learn of it; how it gets the name, tests/appliance/test_name.py shows."""

from pathlib import Path

import pytest

from bridge.config import parse
from bridge.rules import lan_names
from bridge.service import lan_name, start


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("textback.local\n", "textback.local"),
        ("textback-2.local\n", "textback-2.local"),
        ("", None),
        ("textback", None),
        ("evil.example\n", None),
        ("textb\u00e4ck.local\n", None),
    ],
)
def test_only_a_name_that_can_be_one_is_believed(tmp_path: Path, content: str, name: str | None) -> None:
    (tmp_path / lan_name.FILE).write_text(content, "utf-8")
    assert lan_name.known(tmp_path) == name


def test_without_the_file_there_is_none(tmp_path: Path) -> None:
    assert lan_name.known(tmp_path) is None
    assert lan_name.known(tmp_path / "nowhere") is None


def test_each_box_of_a_network_finds_a_name() -> None:
    names = lan_names.to_try("raspberrypi.local")
    assert len(set(names)) == len(names) == lan_names.MOST
    assert all(lan_names.is_one(name) and lan_names.to_try(name) == (name,) for name in names)


def test_the_certificate_holds_for_the_name_that_it_got(tmp_path: Path) -> None:
    settings = parse("[web]\nnames = till.example\n", tmp_path / "config.ini")
    assert start._further_names(settings, tmp_path) == ("till.example",)
    (tmp_path / lan_name.FILE).write_text("textback-2.local\n")
    assert start._further_names(settings, tmp_path) == ("till.example", "textback-2.local")


def test_the_machines_own_addresses_are_read_without_harm() -> None:
    assert all(not address.startswith("127.") for _, address in lan_name._addresses())
