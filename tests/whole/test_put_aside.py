"""One event that can never be stored stops nothing: it is put aside, told and kept, and what lies behind it goes on."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bridge.contract.answers import Done, Rejected
from bridge.contract.requests import AddNote, MarkRead, Pause
from bridge.records import views
from bridge.records.put_aside import MOST, all_put_aside, put_aside
from bridge.records.tables import PutAside
from bridge.rules.refusals import Refused
from bridge.service.housekeeping import Periodic
from bridge.service.transactions import Effects
from bridge.words.reasons import error_sentence
from modem import contract
from modem.simulator import Simulator
from modem.sms.causes import Refusal
from tests.support.box import ANN, BOB, CEM, Box, a_box, until

# No column takes so large a number.
TOO_LARGE = 2**70
STORED = contract.TextReceived(
    line="main",
    at=0.0,
    slot=contract.Slot("SM", 77),
    sender=CEM,
    body="Hello",
    concat=contract.Concat(TOO_LARGE, 2, 1, 8),
    scts=None,
    kind=contract.TextKind.TEXT,
    replace_type=None,
    truncated=False,
    pdu="00",
)
CALL = contract.CallEnded("main", 0.0, 99, CEM, False, contract.CallOutcome.ABANDONED, 3, TOO_LARGE)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Simulator(speed=20.0, reports="off") as simulator, a_box(tmp_path, simulator) as box:
        yield box


def kept(box: Box) -> list[PutAside]:
    with Session(box.service.engine) as session:
        return all_put_aside(session)


def all_goes_on(box: Box) -> None:
    before = len(box.calls())
    box.simulator.call(ANN, rings=2)
    until(
        lambda: any(call.address == ANN and call.textback == "sent" for call in box.calls()), "the text back"
    )
    assert len(box.calls()) == before + 1
    assert box.service.loop.status.database is None


@pytest.mark.parametrize("event", [STORED, CALL], ids=["text", "call"])
def test_an_event_that_cannot_be_stored_is_put_aside(box: Box, event: contract.Event) -> None:
    box.service.loop.inbox.put(event)
    until(lambda: kept(box), "the event's being put aside")
    assert [(one.line, one.kind) for one in kept(box)] == [("main", type(event).__name__)]
    assert json.loads(kept(box)[0].content)["line"] == "main"
    assert CEM in kept(box)[0].content
    with Session(box.service.engine) as session:
        told = [incident for incident in views.incidents(session) if incident.kind == "put_aside"]
    assert len(told) == 1
    assert told[0].ended is not None
    assert "was put aside" in error_sentence(told[0].what)
    all_goes_on(box)


def test_texts_around_one_that_cannot_be_stored_are_stored(box: Box) -> None:
    """They lie in one transaction with it."""
    well = [
        replace(STORED, body=f"Hello {n}", concat=None, pdu=f"{n:04}", sender=BOB, slot=None)
        for n in range(4)
    ]
    for one in (*well[:2], STORED, *well[2:]):
        box.service.loop.inbox.put(one)
    until(lambda: len(box.messages()) == 4 and kept(box), "the texts")
    assert sorted(message.body for message in box.messages()) == [f"Hello {n}" for n in range(4)]
    assert len(kept(box)) == 1


def refuse_the_next(box: Box, table: str, column: str) -> None:
    """From now on this table takes no second row with the same of this column."""
    with box.service.engine.begin() as connection:
        connection.execute(text(f"CREATE UNIQUE INDEX once_{table} ON {table} ({column})"))


def test_a_text_is_deleted_from_the_sim_only_once_it_is_kept(box: Box) -> None:
    refuse_the_next(box, "inboundpart", "sender")
    refuse_the_next(box, "putaside", "line")
    box.simulator.text(CEM, "One")
    until(lambda: box.messages() and not box.simulator.stored(), "the first text")
    box.simulator.text(CEM, "Two")
    until(lambda: kept(box), "the second text's being put aside")
    assert json.loads(kept(box)[0].content)["body"] == "Two"
    until(lambda: not box.simulator.stored(), "the SIM's being emptied")
    box.simulator.text(CEM, "Three")
    all_goes_on(box)
    assert [one.kind for one in kept(box)] == ["TextReceived"]
    assert len(box.simulator.stored()) == 1, "what could not even be put aside stays on the SIM"


def test_the_end_of_a_text_that_cannot_be_stored_frees_the_line(box: Box) -> None:
    end = contract.TextFailed(
        "main", 0.0, TOO_LARGE, contract.Trouble("refused"), None, Refusal.NETWORK, begun=False
    )
    box.service.loop.inbox.put(end)
    box.turn()
    all_goes_on(box)


def test_a_request_that_fails_is_refused_and_the_loop_lives(box: Box) -> None:
    answer = box.service.bridge.request(Pause(minutes=TOO_LARGE), 30)
    assert isinstance(answer, Rejected)
    assert answer.why.code == Refused.NOT_STORED
    assert box.service.bridge.request(MarkRead("nobody"), 30) == Done()
    box.simulator.text(BOB, "Hello")
    until(box.messages, "the text")
    assert isinstance(box.service.bridge.request(AddNote(BOB, 17), 30), Rejected)  # type: ignore[arg-type]
    all_goes_on(box)


def test_a_text_to_send_that_the_box_fails_on_is_marked_and_the_others_go_out(box: Box) -> None:
    """Such as one whose time of expiry somebody has deleted by hand."""
    box.simulator.text(BOB, "Hello")
    until(box.messages, "the text")
    with box.service.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO message (line_id, contact_id, direction, kind, body, status, created, due, parts, tries, asks)"
                " SELECT line_id, contact_id, 'out', 'manual', 'x', 'queued', created, created, 1, 0, asks FROM message"
            )
        )
    failed = until(lambda: [m for m in box.messages() if m.status == "failed"], "the mark")
    assert "Write it again" in error_sentence(failed[0].error or "")
    all_goes_on(box)


def test_a_job_that_fails_waits_and_what_it_fails_on_is_dropped(box: Box) -> None:
    """It would be done again every two seconds."""
    loop, done = box.service.loop, []

    def fails(session: Session) -> Effects:
        done.append("tried")
        raise ValueError("07400123456 is no answer")

    def instead(session: Session) -> Effects:
        done.append("dropped")
        return []

    loop.periodic["questions"] = Periodic(0.0, 0.0, fails, instead)
    until(lambda: "dropped" in done, "the job")
    all_goes_on(box)
    assert done == ["tried", "dropped"]
    assert loop.periodic["questions"].at > loop.periodic["old rows"].at


def test_only_the_newest_are_kept(box: Box) -> None:
    now = box.service.bridge.now()
    with Session(box.service.engine) as session, session.begin():
        for n in range(MOST + 5):
            put_aside(
                session, "main", "TextReceived", json.dumps({"n": n, "words": "\ud800\x00"}), "no\x00", now
            )
    assert [json.loads(one.content)["n"] for one in kept(box)] == list(range(MOST + 4, 4, -1))
