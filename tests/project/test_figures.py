"""The figures, fields, keys and threads that the docs name are those of the code."""

import re
import threading
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from bridge.clock import Clock
from bridge.config import parse
from bridge.contract import bridge
from bridge.contract.as_json import call_json, contact_json, message_json
from bridge.contract.status import LineState, LineStatus, Status
from bridge.doctor import command as doctor
from bridge.doctor.check import Check
from bridge.handlers import calls, case, incoming, queue_text
from bridge.records import alerts, contacts, lines, views
from bridge.records import incoming as parts
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import Call
from bridge.rules import retries
from bridge.rules.states import IncidentKind, MessageKind
from bridge.service import loop
from modem.line.timing import Timing
from modem.recording import recorder
from modem.simulator import Simulator
from tests.support.box import a_box, until
from tests.support.paths import ROOT
from web import create_app
from web.pages import healthz

TIMING = Timing()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def lasted(length: timedelta | float) -> tuple[str, ...]:
    """The ways to say how long that is: 600 s are "10 minutes", "ten minutes", "600 seconds"."""
    seconds = round(length.total_seconds() if isinstance(length, timedelta) else length)
    said = []
    for unit, size in (("second", 1), ("minute", 60), ("hour", 3600), ("day", 86400), ("week", 7 * 86400)):
        count, rest = divmod(seconds, size)
        if not rest and count:
            words = [
                str(count),
                *([COUNTS[count]] if count < len(COUNTS) else []),
                *(["a"] if count == 1 else []),
            ]
            said += [f"{word} {unit}{'s' * (count > 1)}" for word in words]
    return tuple(said)


# By the page: what it says, and the figures of the code, in the order of the braces.
FIGURES: dict[str, tuple[tuple[str, tuple[timedelta | float, ...]], ...]] = {
    "texting.md": (
        ("Each is answered at most once {}", (incoming.ANSWER_ONCE,)),
        ("Somebody who calls three times within {} and is missed", (case.URGENT_IN,)),
        ("Changed files are picked up within {}", (loop.TEND,)),
        ("a line that has been in trouble for {}", (alerts.PATIENCE[IncidentKind.LINE],)),
        ("If several customers wrote within {}", (alerts.FRESH,)),
        ("on Mondays of the last {} too", (7 * DAY,)),
        ("no automatic texts for {}; also", (2 * HOUR,)),
        ("are deleted once {}", (DAY,)),
    ),
    "commands.md": (
        ("the running service sends it within {}", (loop.PATIENCE,)),
        ("It waits {} for a call", (doctor.LISTEN,)),
        ("what the modem said in the last {}", (recorder.SECONDS,)),
    ),
    "page.md": (("when it has not turned for {}", (healthz.DEAD_AFTER,)),),
    "modems.md": (
        ("noticed every {}, and when a call", (TIMING.check,)),
        ("at most every {}. Each step", (TIMING.between_restarts,)),
        ("said after {}, with what to do", (calls.NETWORK_PATIENCE,)),
        ("after {} the text with a mark at the hole", (incoming.WAIT_FOR_PARTS,)),
        ("filled if the part comes within {}", (parts.LATE_PART,)),
        ("tries one text every {} in any case", (retries.PROBE,)),
        ("it tries one every {}", (retries.PROBE_CONTRACT,)),
        ("what the modem said in the last {}", (recorder.SECONDS,)),
    ),
    "design.md": (
        ("a text is tried every {}", (retries.PROBE,)),
        ("is tried every {}, often enough", (retries.PROBE_CONTRACT,)),
        ("the housekeeping asks again every {}", (loop.PATIENCE,)),
        ("waits up to {} for the commit", (bridge.PATIENCE,)),
    ),
}
# A span of time in a page whose figures are all in the table above.
SPAN = re.compile(
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten) (?:second|minute|hour|day|week)s?\b"
)
WHOLLY = ("texting.md", "commands.md")


def page(name: str) -> str:
    return " ".join((ROOT / "docs" / name).read_text("utf-8").split())


def said_in(text: str, phrase: str, figures: tuple[timedelta | float, ...]) -> tuple[int, int] | None:
    """Where the page says it with these figures, however they are worded; None if it does not."""
    pattern = re.escape(phrase)
    for figure in figures:
        pattern = pattern.replace(re.escape("{}"), f"(?:{'|'.join(map(re.escape, lasted(figure)))})", 1)
    found = re.search(pattern, text)
    return found.span() if found else None


@pytest.mark.parametrize(
    ("name", "phrase", "figures"), [(name, *row) for name, rows in FIGURES.items() for row in rows]
)
def test_a_figure_that_a_page_names_is_that_of_the_code(
    name: str, phrase: str, figures: tuple[timedelta | float, ...]
) -> None:
    assert said_in(page(name), phrase, figures), [lasted(figure) for figure in figures]


@pytest.mark.parametrize("name", WHOLLY)
def test_every_span_of_time_of_the_page_stands_in_the_table(name: str) -> None:
    text = page(name)
    known = [said_in(text, *row) for row in FIGURES[name]]
    for span in SPAN.finditer(text):
        around = text[max(0, span.start() - 40) : span.end() + 20]
        assert any(place and place[0] <= span.start() and span.end() <= place[1] for place in known), around


# ---- fields and keys


def bridge_of(tmp_path: Path, status: Status) -> bridge.Bridge:
    settings = parse("", tmp_path / "config.ini")
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    return bridge.Bridge(engine, lambda: settings, lambda: status, lambda: "GB", lambda _: None, Clock().utc)


def test_the_fields_of_healthz(tmp_path: Path) -> None:
    line = LineStatus("main", state=LineState.UP)
    app = create_app(bridge_of(tmp_path, Status(0.0, (line,))))
    body: dict[str, Any] = app.test_client().get("/healthz", headers={"Host": "localhost"}).get_json()
    text = page("page.md").partition("The body is JSON")[2].partition("## ")[0]
    named = set(re.findall(r"`([a-z_]+)`", text))
    assert named - {"ok", "trouble", "dead"} == {*body, *body["lines"][0]}
    assert {"ok", "trouble", "dead"} <= named


def documented(what: str) -> list[str]:
    found = re.search(
        rf"- `{re.escape(what)}`: `([^`]+)`", (ROOT / "docs" / "commands.md").read_text("utf-8")
    )
    assert found, what
    return found[1].split()


def test_the_keys_of_the_history_as_json(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    migrate(engine)
    with Session(engine) as session:
        line = lines.line_called(session, "main")
        assert line.id is not None
        contact = contacts.somebody_at(session, "+447400123456", "call", now)
        assert contact.id is not None
        session.add(Call(line_id=line.id, contact_id=contact.id, started=now))
        queue_text.queue_text(session, contact.id, "Hi", MessageKind.AUTO, line_id=line.id, now=now)
        session.flush()
        made: Mapping[str, Mapping[str, object]] = {
            "calls": call_json(views.calls(session)[0]),
            "messages": message_json(views.messages(session)[0]),
            "contacts": contact_json(views.contacts(session)[0]),
        }
    engine.dispose()
    for what, keys in made.items():
        assert sorted(documented(what)) == sorted(keys), what


def test_the_keys_of_the_doctor_as_json() -> None:
    text = (ROOT / "docs" / "commands.md").read_text("utf-8")
    found = re.search(r"- `--json`: one object per check: `([^`]+)`", text)
    assert found
    assert found[1].split() == [field.name for field in fields(Check)]


# ---- threads

# How the threads of a running box are named, by the name in the first column of the table of docs/design.md.
NAMES = {
    "main": r"Thread-\d+ \(run\)|MainThread",
    "modem": r"modem .+",
    "worker": "worker",
    "backups": "backups",
    "mqtt": "mqtt",
    "hooks": r"hooks \d",
    "schedule": "APScheduler",
    "waitress": r"page|waitress-\d+",
}


def test_the_threads_of_a_running_box_are_those_of_the_table(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with Simulator(speed=20) as simulator:
        simulators = set(threading.enumerate())
        with a_box(tmp_path, simulator, extra="[mqtt]\nurl = mqtt://127.0.0.1:1\n"):  # nobody is there
            until(lambda: "mqtt" in [thread.name for thread in threading.enumerate()])
            running = [thread.name for thread in threading.enumerate() if thread not in before | simulators]
    text = (ROOT / "docs" / "design.md").read_text("utf-8")
    rows = re.findall(r"^\| (\w+)[^|]*= `([\w.]+)` \|", text, re.MULTILINE)
    kinds = {row: [name for name in running if re.fullmatch(NAMES[row], name)] for row, _ in rows}
    assert [name for name in running if not any(name in names for names in kinds.values())] == []
    assert all(kinds.values()), kinds
    assert f"three rooms, {COUNTS[len(rows)]} threads" in text
    for _, module in rows:
        assert (ROOT / module.replace(".", "/")).with_suffix(".py").exists(), module
