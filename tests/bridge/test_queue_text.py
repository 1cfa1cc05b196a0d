"""A text is queued in one way, whoever wants it sent."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bridge.config import parse
from bridge.contract.answers import Done
from bridge.contract.requests import WriteText
from bridge.handlers.queue_text import WORTH_SENDING, queue_text, write_text
from bridge.records import contacts, lines
from bridge.records.engine import migrate, open_engine
from bridge.records.rows import id_of
from bridge.records.tables import Message
from bridge.rules.states import Direction, MessageKind, MessageStatus
from bridge.rules.wording import segments
from bridge.words.preview import cost
from tests.support.paths import ROOT

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ANN = "+447400123456"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    migrate(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def queued(
    session: Session, body: str, due: datetime | None = None, expires: datetime | None = None
) -> Message:
    contact = contacts.somebody_at(session, ANN, "call", NOW)
    line = lines.line_called(session, "main")
    kind = MessageKind.SYSTEM
    return queue_text(
        session, id_of(contact), body, kind, line_id=id_of(line), now=NOW, due=due, expires=expires
    )


def test_the_boxs_own_words_are_made_of_twins_and_counted_by_them(session: Session) -> None:
    message = queued(session, "\u201cWe\u2019ll call back\u201d \u2013 " + "x" * 136)
    assert message.body.startswith('"We\'ll call back" - x')
    assert (len(message.body), message.parts) == (156, 1)
    assert queued(session, "\U0001f950" * 40).parts == 2
    assert (message.status, message.direction) == (MessageStatus.QUEUED, Direction.OUT)


@pytest.mark.parametrize("kind", list(MessageKind))
@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("it\u2019s \u201cready\u201d \u2013 come by", 'it\'s "ready" - come by'),
        # What costs the second alphabet anyway is counted by its twins too, on the page and here.
        ("it\u2019s ready\u2026 \U0001f950", "it's ready... \U0001f950"),
    ],
)
def test_twins_are_made_once_for_whoever_writes(
    session: Session, kind: MessageKind, typed: str, sent: str
) -> None:
    contact = contacts.somebody_at(session, ANN, "call", NOW)
    line = lines.line_called(session, "main")
    message = queue_text(session, id_of(contact), typed, kind, line_id=id_of(line), now=NOW)
    assert (message.body, message.parts) == (sent, 1)


def test_the_page_counts_what_the_operator_will(session: Session, tmp_path: Path) -> None:
    settings = parse("", tmp_path / "config.ini")
    for typed in ("\u2026" * 23 + "\U0001f950", "\u2019" * 160, "\u2013" * 161, "x" * 159 + "\u2026"):
        told = write_text(session, WriteText(ANN, typed, "mia"), settings, "GB", NOW)
        assert isinstance(told, Done)
        message = session.get_one(Message, told.message_id)
        assert cost(typed).startswith("1 text," if message.parts == 1 else f"{message.parts} texts,"), typed
        assert segments(message.body).parts == message.parts


def test_a_text_is_due_at_once_and_worth_sending_for_a_day(session: Session) -> None:
    at_once, later = queued(session, "Now"), queued(session, "Later", NOW + timedelta(hours=3))
    assert (at_once.due, at_once.expires) == (NOW, NOW + WORTH_SENDING)
    assert (later.due, later.expires) == (NOW + timedelta(hours=3), NOW + timedelta(hours=27))
    assert queued(session, "Soon", NOW, NOW + timedelta(minutes=5)).expires == NOW + timedelta(minutes=5)


def test_the_same_form_sent_twice_is_one_text_made_of_twins(session: Session, tmp_path: Path) -> None:
    settings = parse("", tmp_path / "config.ini")
    request = WriteText(ANN, " \u201cYes\u201d ", "mia", ticket="a form")
    first = write_text(session, request, settings, "GB", NOW)
    assert isinstance(first, Done)
    assert write_text(session, request, settings, "GB", NOW) == first
    assert [message.body for message in session.exec(select(Message))] == ['"Yes"']


def test_nobody_else_puts_a_text_into_the_queue() -> None:
    users = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "bridge").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute | ast.ImportFrom) and "text_is_queued" in ast.unparse(node)
    ]
    assert users == ["bridge/handlers/queue_text.py"]
