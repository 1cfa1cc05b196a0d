"""The docs name what exists, and what exists is named: commands, options, pages, make targets, links, pure modules."""

import re
from pathlib import Path

import click
import pytest

from bridge import owner
from bridge.cli import main
from bridge.config import parse
from bridge.desk import Desk, Status
from bridge.optout import Wish, wish
from bridge.policy import REASONS
from bridge.records.engine import open_engine
from tests.support.paths import ROOT
from web import create_app

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LATER = {"backup", "restore"}


def commands(group: click.Group = main, before: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= commands(command, f"{before}{name} ")
        else:
            found[f"{before}{name}"] = command
    return found


def test_every_command_and_option_is_in_the_table() -> None:
    text = (ROOT / "docs" / "commands.md").read_text()
    rows = dict(re.findall(r"^\| `textback ((?:user |config )?\w+)(.*?)` \|", text, re.MULTILINE))
    assert set(rows) == set(commands())
    for name, command in commands().items():
        options = {
            o for p in command.params if isinstance(p, click.Option) for o in p.opts if o.startswith("--")
        }
        assert set(re.findall(r"--[a-z-]+", rows[name])) == options - {"--config"}, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_exists(page: Path) -> None:
    text = page.read_text()
    for word in re.findall(r"`(?:\.venv/bin/)?textback (\w+)", text):
        assert word in {name.split()[0] for name in commands()} | LATER, word
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)`", text)) <= targets
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert link.startswith("https://") or (page.parent / link).exists(), link
    for module in re.findall(r"`((?:modem|bridge|web|tests)/[\w./]+)`", text):
        path = ROOT / module
        assert path.exists() or path.with_suffix(".py").exists(), module


def test_every_page_of_the_web_is_described(tmp_path: Path) -> None:
    settings = parse("", tmp_path / "config.ini")
    desk = Desk(
        open_engine(f"sqlite:///{tmp_path / 'x.db'}"),
        lambda: settings,
        lambda: Status(0),
        lambda: "GB",
        lambda _: None,
    )
    rules = {
        str(rule)
        for rule in create_app(desk).url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not str(rule).startswith("/static")
    }
    paths = {re.sub(r"<[^>]*?(\w+)>", r"<\1>", rule) for rule in rules}
    contract = {
        "/",
        "/conversations",
        "/conversations/<address>",
        "/contacts",
        "/settings",
        "/status",
        "/login",
    }
    assert contract | {"/healthz"} <= paths
    described = (ROOT / "docs" / "page.md").read_text() + (ROOT / "docs" / "design.md").read_text()
    for path in paths:
        assert f"`{path}`" in described, path


def test_every_reason_and_every_order_of_the_owner_is_described() -> None:
    words = (ROOT / "docs" / "texting.md").read_text()
    codes = re.findall(r"^\| `([a-z_]+)` \|", words, re.MULTILINE)
    assert codes == list(REASONS)
    for order in re.findall(r"^\| `([A-Z0-9 ]+)` \|", words, re.MULTILINE):
        assert isinstance(owner.read(order), owner.Order) or wish(order, ()) == Wish.STOP, order
