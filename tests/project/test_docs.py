"""The docs name what exists, and what exists is named: commands, options, keys, pages, make targets, links, files."""

import re
import subprocess
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po

from bridge.cli import main
from bridge.clock import Clock
from bridge.config import parse
from bridge.config.schema import SECTIONS
from bridge.contract.bridge import Bridge
from bridge.contract.status import Status
from bridge.records.engine import open_engine
from bridge.rules import owner_commands
from bridge.rules.optout import Intent, intent
from bridge.words.reasons import REASONS
from tests.support.paths import ROOT
from web import create_app

PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / ".github").rglob("*.*")),
]
# What a shop reads; the others speak of the simulator's settings and of names in the code too.
MANUAL = [
    page
    for page in PAGES
    if page.name in ("README.md", "SECURITY.md", "page.md", "texting.md", "configuration.md")
]
# Words with an underscore that are no keys of ours.
OF_OTHERS = {"secure_delete"}  # SQLite
LATER = {"backup", "restore"}
# Where a path begins that is none of the page's.
OF_THE_API = ("/api", "/3rdparty", "/metrics")
OF_THE_SYSTEM = ("/dev/", "/etc/", "/media", "/mnt", "/proc/", "/run/", "/tmp", "/var/")


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
    rows = dict(
        re.findall(r"^\| `textback ((?:user |key |config |database )?\w+)(.*?)` \|", text, re.MULTILINE)
    )
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
    named = {
        target
        for words in re.findall(r"`make ([a-z ]+?)(?: [A-Z]+=[^`]*)?`", text)
        for target in words.split()
    }
    assert named <= set(targets())
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert link.startswith("https://") or (page.parent / link).exists(), link
    for module in re.findall(r"`((?:modem|bridge|web|tests|docs|udev)/[\w./-]+)`", text):
        path = ROOT / module
        assert path.exists() or path.with_suffix(".py").exists(), module


@pytest.mark.parametrize("page", MANUAL, ids=lambda page: page.name)
def test_the_keys_and_codes_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text()
    keys = {key for section in SECTIONS.values() for key in section}
    assert set(re.findall(r"`([a-z]+_[a-z_]+)`", text)) <= keys | set(REASONS) | OF_OTHERS
    assert set(re.findall(r"`\[([a-z]+)\]`", text)) <= set(SECTIONS)


def targets() -> dict[str, str]:
    """The targets of the Makefile with what `make help` says of each."""
    text = (ROOT / "Makefile").read_text()
    return dict(re.findall(r"^([a-z]+):(?:.*## (.*))?", text, re.MULTILINE))


def test_make_help_has_a_line_for_every_target() -> None:
    printed = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    lines = re.findall(r"^make (\w+) +(\S.*)$", printed, re.MULTILINE)
    assert dict(lines) == targets()


def routes(tmp_path: Path, method: str = "") -> set[str]:
    """The paths of the page, or those that answer this method; `<name>` for a part that varies."""
    settings = parse("", tmp_path / "config.ini")
    bridge = Bridge(
        open_engine(f"sqlite:///{tmp_path / 'x.db'}"),
        lambda: settings,
        lambda: Status(0),
        lambda: "GB",
        lambda _: None,
        Clock().utc,
    )
    rules = [
        rule
        for rule in create_app(bridge).url_map.iter_rules()
        if not method or method in (rule.methods or ())
    ]
    return {
        re.sub(r"<[^>]*?(\w+)>", r"<\1>", str(rule)) for rule in rules if not str(rule).startswith("/static")
    }


def test_every_page_of_the_web_is_described(tmp_path: Path) -> None:
    paths = routes(tmp_path, "GET")
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


@pytest.mark.parametrize("page", [page for page in PAGES if page.suffix == ".md"], ids=lambda page: page.name)
def test_the_places_of_the_page_that_a_text_names_exist(page: Path, tmp_path: Path) -> None:
    known = routes(tmp_path)
    for path in re.findall(r"`(/[a-z]*(?:[/.][\w<>.]+)*)`", page.read_text()):
        assert path in known or path.startswith(OF_THE_SYSTEM + OF_THE_API), path


def test_every_reason_and_every_order_of_the_owner_is_described() -> None:
    words = (ROOT / "docs" / "texting.md").read_text()
    codes = re.findall(r"^\| `([a-z_]+)` \|", words, re.MULTILINE)
    assert codes == list(REASONS)
    for order in re.findall(r"^\| `([A-Z0-9 ]+)` \|", words, re.MULTILINE):
        assert (
            isinstance(owner_commands.read(order), owner_commands.Order) or intent(order, ()) == Intent.STOP
        ), order


WAYS = (
    "From a RING to its text",
    "From a PDU to the page",
    "From a typed reply to `AT+CMGS`",
    "From a setting to its effect",
)


@pytest.mark.parametrize("way", WAYS)
def test_the_four_ways_name_the_files_where_their_steps_happen(way: str) -> None:
    design = (ROOT / "docs" / "design.md").read_text("utf-8")
    text = design.partition(f"### {way}\n")[2].partition("\n##")[0]
    steps = re.findall(r"^\d+\. ", text, re.MULTILINE)
    files = re.findall(r"`((?:modem|bridge|web)/[\w/]+\.py)`", text)
    assert 5 <= len(steps) <= 10
    assert len(files) >= len(steps) - 3
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_what_the_page_says_in_troubleshooting_it_says() -> None:
    quoted = re.findall(r'"([^"]+)"', (ROOT / "docs" / "troubleshooting.md").read_text())
    with (ROOT / "bridge/locale/de/LC_MESSAGES/textback.po").open("rb") as file:
        said = [part for message in read_po(file) for part in flat(message.id)]
    missing = [words for words in quoted if not any(words in one for one in said)]
    assert [words for words in missing if not words[:2].isdecimal()] == []


def flat(identifier: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (identifier,) if isinstance(identifier, str) else tuple(identifier)
