"""The demo's past: the same story each time, made by the writers of real rows, with something for every page; and its page."""

import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from bridge import config
from bridge.records import views
from bridge.records.engine import open_engine
from bridge.records.tables import Call, ConsentEvent, Contact, Incident, Line, Message, Note, User
from bridge.rules.policy import Reason
from bridge.rules.states import MessageKind, MessageStatus
from bridge.service.demo import show, story, weeks
from tests.support.box import DEADLINE, until
from tests.support.processes import uncounted

TEXTBACK = str(Path(sys.executable).parent / "textback")


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("demo") / "config.ini"
    path.write_text(show.CONFIG.format(host="127.0.0.1", port=0))
    settings = config.load(path)
    show.begin(settings, "flour & water")
    engine = open_engine(settings.storage.database)
    yield engine
    engine.dispose()


def is_alive(url: str) -> bool:
    with suppress(urllib.error.HTTPError), urllib.request.urlopen(url) as page:
        return bool(page.status == 200)
    return False


def counted(past: Engine, *columns: Any) -> dict[Any, int]:
    wanted: Any = (*columns, func.count())
    query: Any = select(*wanted).group_by(*columns)
    with Session(past) as session:
        return {(row[0] if len(columns) == 1 else tuple(row[:-1])): row[-1] for row in session.exec(query)}


def test_there_are_six_weeks_of_it_and_nothing_lies_ahead(past: Engine) -> None:
    now = datetime.now(UTC)
    with Session(past) as session:
        first, last = session.exec(select(func.min(Call.started), func.max(Call.started))).one()
        assert timedelta(days=40) < now - first < timedelta(days=44)
        assert timedelta(0) < now - last < timedelta(hours=2)
        assert session.exec(select(func.max(Message.created))).one() < now
        assert session.exec(select(func.count()).select_from(Call)).one() > 200


def test_every_page_has_something_to_show(past: Engine) -> None:
    reasons, texts = counted(past, Call.reason), counted(past, Message.kind, Message.status)
    shown = {
        *(Reason.COOLDOWN, Reason.EXCLUDED, Reason.FOREIGN, Reason.NOT_TEXTABLE, Reason.OPTED_OUT),
        *(Reason.SPAM, Reason.WITHHELD, Reason.NOT_MISSED),
    }
    assert shown <= set(reasons)
    for status in (MessageStatus.DELIVERED, MessageStatus.FAILED, MessageStatus.UNCONFIRMED):
        assert texts[MessageKind.AUTO, status] > 0
    assert texts[MessageKind.MANUAL, MessageStatus.RECEIVED] > 0
    with Session(past) as session:
        for which in ("open", "done", "mine"):
            assert views.conversations(session, which=which, user=weeks.COLLEAGUE), which
        assert len(views.saved_replies(session)) == len(story.SAVED_REPLIES)
        assert views.audit_entries(session)
        for table in (ConsentEvent, Incident, Note):
            assert session.exec(select(func.count()).select_from(table)).one() > 0, table
        never = session.exec(select(Contact).where(col(Contact.doubtful))).all()
        assert len(never) == 1
        assert {user.role for user in session.exec(select(User))} == {"owner", "staff"}


def test_what_waits_is_of_today(past: Engine) -> None:
    """A shop that leaves nobody waiting for weeks."""
    with Session(past) as session:
        waits = [row.waits_since for row in views.conversations(session, limit=500) if row.waits_since]
    assert 3 <= len(waits) <= 8
    assert min(waits) > datetime.now(UTC) - timedelta(hours=30)


def test_the_line_is_that_of_the_simulated_modem(past: Engine) -> None:
    with Session(past) as session:
        (line,) = session.exec(select(Line)).all()
    assert (line.imei, line.imsi, line.iccid) == story.SIM


def catches(pid: int, number: signal.Signals) -> bool:
    """Has this process a handler for the signal?"""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = re.search(r"^SigCgt:\s+([0-9a-f]+)$", status, re.MULTILINE)
    return caught is not None and bool(int(caught[1], 16) >> (number - 1) & 1)


@pytest.mark.parametrize(
    ("host", "open_to"), [("127.0.0.1", show.HERE), ("0.0.0.0", show.NETWORK)], ids=["here", "network"]
)
def test_the_demo_says_for_whom_it_is_open(host: str, open_to: str, tmp_path: Path) -> None:
    """The page is there, by the service that found the past: one line, whose SIM it knows. Where a box is installed, nothing
    of its own is touched."""
    with subprocess.Popen(
        [TEXTBACK, "demo", "--port", "0", "--host", host],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=uncounted() | {"STATE_DIRECTORY": str(tmp_path), "RUNTIME_DIRECTORY": str(tmp_path)},
    ) as demo:
        assert demo.stdout is not None
        said = ""
        for line in demo.stdout:
            said += line
            if "Password:" in line:
                break
        port = re.search(r"http://\S+:([0-9]+)/", said)
        assert port is not None
        until(lambda: is_alive(f"http://127.0.0.1:{port[1]}/healthz"), "the loop")
        until(lambda: catches(demo.pid, signal.SIGTERM), "its being told when to end")
        demo.terminate()
        demo.wait(DEADLINE)
    assert re.search(r"The page:  http://\S+:[0-9]+/\n", said), said
    assert f"Open to:   {open_to}\n" in said
    assert demo.returncode == 0
    assert list(tmp_path.iterdir()) == []
