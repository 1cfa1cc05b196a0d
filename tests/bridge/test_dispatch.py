"""Everything that may lie in the inbox has its handler, and every request its case."""

import ast
import inspect
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlmodel import Session

from bridge.contract.requests import Request
from bridge.contract.status import LineState, LineStatus, Status
from bridge.handlers import page_requests
from bridge.records.engine import open_engine
from bridge.records.failures import is_missing_table
from bridge.records.memo import remember
from bridge.records.tables import metadata
from bridge.rules.troubles import BoxTrouble
from bridge.service.dispatch import HANDLERS
from bridge.service.inbox import InboxItem, Stop, ThreadFailed
from bridge.service.lines import after
from bridge.service.questions import status_as_json, status_from_json
from bridge.service.transactions import Effects, Transactions
from bridge.words.troubles import sentence
from modem import contract

UP = contract.LineUp("main", 1.0, "/dev/ttyUSB2", "E173", None, None, None, None)
FOR_THE_LOOP = {Stop, ThreadFailed}


def test_every_event_and_every_other_item_of_the_inbox_has_a_row_of_its_own() -> None:
    assert set(HANDLERS) == set(get_args(InboxItem)) - FOR_THE_LOOP
    assert set(get_args(contract.Event)) < set(HANDLERS)


def test_every_request_has_a_case() -> None:
    module = ast.parse(inspect.getsource(page_requests))
    cases = {ast.unparse(node.cls) for node in ast.walk(module) if isinstance(node, ast.MatchClass)}
    assert {request.__name__ for request in get_args(Request)} <= cases


def test_a_line_is_how_it_has_told() -> None:
    status = after(after(LineStatus("main"), UP), contract.LineIdle("main", 2.0, idle=True))
    assert (status.up, status.idle, status.why_not_up, status.port) == (True, True, None, "/dev/ttyUSB2")
    status = after(status, contract.CallRinging("main", 3.0, 0, None, withheld=True))
    assert status.ringing == "unknown"
    gone = contract.Trouble.of(contract.TroubleCode.MODEM_HUNG_UP, path="/dev/ttyUSB2")
    down = after(status, contract.LineDown("main", 4.0, gone, "port"))
    assert (down.up, down.idle, down.ringing, down.part) == (False, False, None, "port")
    assert down.troubles == (gone,)
    end = contract.CallEnded("main", 5.0, 0, None, True, contract.CallOutcome.ABANDONED, 2, None)
    assert after(status, end).ringing is None
    assert after(status, contract.PartSent("main", 5.0, 1, 1, 1, 7)) == status


def test_a_missing_table_is_told_from_a_database_that_is_busy(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    with pytest.raises(DatabaseError) as missing, engine.begin() as connection:
        connection.execute(text("SELECT * FROM call"))
    assert is_missing_table(missing.value)
    metadata.create_all(engine)
    with engine.connect() as holder, engine.connect() as other:
        holder.exec_driver_sql("BEGIN IMMEDIATE")
        other.exec_driver_sql("PRAGMA busy_timeout=0")
        with pytest.raises(DatabaseError) as locked:
            other.exec_driver_sql("BEGIN IMMEDIATE")
    engine.dispose()
    assert not is_missing_table(locked.value)


def test_a_step_is_tried_until_the_database_takes_it_and_its_effects_follow_once(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    metadata.create_all(engine)
    holder = engine.connect()
    holder.exec_driver_sql("BEGIN IMMEDIATE")
    told: list[str] = []

    def let_go() -> None:
        told.append(sentence(transactions.trouble) if transactions.trouble else "")
        holder.close()

    def step(session: Session) -> Effects:
        remember(session, "a memo", "kept")
        return [lambda: told.append("done")]

    transactions = Transactions(engine, let_go)
    transactions.once(step)
    engine.dispose()
    assert [words.partition(".")[0] for words in told] == ["Another program is using the database", "done"]
    assert (transactions.changes, transactions.trouble) == (1, None)


def test_a_step_that_names_no_table_is_not_tried_again(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    transactions = Transactions(engine, lambda: None)
    with pytest.raises(OperationalError):
        transactions.once(
            lambda session: [lambda: None] if session.execute(text("SELECT * FROM call")) else []
        )
    engine.dispose()


def test_who_gives_up_tries_each_step_once_and_does_nothing_after_it(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/no/such/folder/textback.db")
    transactions = Transactions(engine, lambda: None)
    transactions.give_up()
    tried: list[str] = []

    def step(session: Session) -> Effects:
        tried.append("step")
        session.execute(text("SELECT 1"))
        return [lambda: tried.append("effect")]

    for _ in range(2):
        transactions.once(step)
    engine.dispose()
    assert tried == ["step", "step"]


def test_a_command_is_told_the_whole_status() -> None:
    """What the running service answers to `textback doctor` is what it knows, codes and their facts included."""
    gone = contract.Trouble.of(contract.TroubleCode.MODEM_HUNG_UP, path="/dev/ttyUSB2")
    whole = Status(
        1.0,
        (LineStatus("main", LineState.DOWN, trouble=gone, stopped=gone),),
        database=gone,
        config=contract.Trouble.of(BoxTrouble.CONFIG, problems="line 3: what?"),
        clock=gone,
        breaker=contract.Coded.of("strangers", strangers=31),
        paused=contract.Coded("paused"),
        closed=contract.Coded("closed"),
        lists=(gone,),
        update=contract.Coded.of("update_went_back", old="0.2.0", new="0.3.0"),
    )
    assert status_from_json(status_as_json(whole)) == whole
    assert status_from_json(status_as_json(Status(1.0))) == Status(1.0)
