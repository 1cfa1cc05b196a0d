"""How a command asks the running service for what only it has: a row with the question, and a row with the answer. The loop
looks for questions as it looks for due texts; commands wait for answers."""

import json
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bridge.contract.status import BackupStatus, LineState, LineStatus, Status
from bridge.records.memo import remember, remembered
from bridge.records.tables import KeyValue
from bridge.rules.backups import Stored
from modem.contract import Coded, LineHealth, Trouble

STATUS = "status"
RECORDING = "recording"
MASKED, PLAIN = "masked", "plain"
# The loop looks every two seconds; a database that is busy may take a little longer (seconds).
PATIENCE = 15.0


class NoAnswer(Exception):
    """The service runs and does not answer."""


def ask(engine: Engine, question: str, words: str = "") -> str:
    """Put a question to the running service and wait for its answer. Raises NoAnswer."""
    with Session(engine) as session, session.begin():
        remember(session, f"answer:{question}", None)
        remember(session, f"ask:{question}", words)
    over = time.monotonic() + PATIENCE
    while time.monotonic() < over:
        with Session(engine) as session, session.begin():
            answer = remembered(session, f"answer:{question}")
            if answer is not None:
                remember(session, f"answer:{question}", None)
                return answer
        Event().wait(0.1)
    raise NoAnswer


def questions(session: Session) -> dict[str, str]:
    """The questions that commands have asked, question -> its words; they are taken out."""
    asked = session.exec(
        select(KeyValue).where(col(KeyValue.name).in_([f"ask:{q}" for q in (STATUS, RECORDING)]))
    ).all()
    for memo in asked:
        session.delete(memo)
    return {memo.name.partition(":")[2]: memo.value for memo in asked}


def answer(session: Session, question: str, words: str) -> None:
    """Stores the answer to this question, for the command that waits for it."""
    remember(session, f"answer:{question}", words)


def status_as_json(status: Status) -> str:
    """The status as one JSON object; what JSON does not have is written as a string."""
    return json.dumps(asdict(status), default=str)


def status_from_json(text: str) -> Status:
    """What `status_as_json` wrote; the modem's own clock, which has been judged, is left out, and so is what only the page
    shows: a test of the services, and how the machine is, which whoever asks can see."""
    told = json.loads(text)
    troubles = {name: _trouble(told[name]) for name in ("database", "standstill", "config", "clock")}
    codes = {name: _coded(told[name]) for name in ("breaker", "paused", "closed", "update")}
    several = {
        name: tuple(Trouble.of(trouble["code"], **dict(trouble["facts"])) for trouble in told[name])
        for name in ("lists", "of_machine")
    }
    lines = tuple(_line(line) for line in told["lines"])
    told |= {"trial": None, "machine": None, "backup": _backup(told["backup"])}
    return Status(**{**told, **troubles, **codes, **several, "lines": lines})


def _backup(told: dict[str, Any]) -> BackupStatus:
    whole = told["whole"]
    stored = (
        Stored(Path(whole["path"]), datetime.fromisoformat(whole["made"]), whole["size"]) if whole else None
    )
    return BackupStatus(told["making"], _trouble(told["trouble"]), stored)


def _line(told: dict[str, Any]) -> LineStatus:
    health = LineHealth(**{**told["health"], "clock": None}) if told["health"] else None
    read = {"state": LineState(told["state"]), "health": health}
    return LineStatus(**{**told, **read, **{name: _trouble(told[name]) for name in ("trouble", "stopped")}})


def _coded(told: dict[str, Any] | None) -> Coded | None:
    return Coded.of(told["code"], **dict(told["facts"])) if told else None


def _trouble(told: dict[str, Any] | None) -> Trouble | None:
    return Trouble.of(told["code"], **dict(told["facts"])) if told else None
