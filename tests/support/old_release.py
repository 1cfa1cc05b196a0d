"""Databases as earlier releases left them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic.config import Config
from sqlalchemy import Engine, MetaData, text

from bridge.records import engine as database

ANN, BOB = "+447400123456", "+447400123457"
NOW = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
STRANGERS = "Too many strangers called at once; automatic texts are stopped until somebody looks."
COOLDOWN = "Texted 3 hours ago; one text per caller in 24 hours."
FULL = "The operator bars this text: is there credit on the SIM, and is it allowed to send texts? (+CMS ERROR: 21)."
GONE = "The modem on /dev/ttyUSB2 is gone (it was unplugged, or it was reset)."


def ago(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


def trace(rule: str, detail: str) -> list[dict[str, str]]:
    return [
        {"rule": "not_missed", "verdict": "pass", "detail": "The call was missed."},
        {"rule": rule, "verdict": "stop", "detail": detail},
    ]


# Table -> rows; what 0.1.0 had written after some days in a shop.
ROWS: dict[str, list[dict[str, Any]]] = {
    "line": [
        {
            "id": 1,
            "name": "main",
            "imsi": "234150000000000",
            "refusals": 3,
            "stopped": FULL,
            "stopped_at": ago(9),
        }
    ],
    "contact": [
        {
            "id": key,
            "address": address,
            "name": name,
            "notes": "",
            "blocked": False,
            "source": "call",
            "first_seen": ago(9000),
            "last_seen": ago(5),
            "doubtful": False,
            "kind": "",
            "unreachable": unreachable,
            "done": False,
        }
        for key, address, name, unreachable in (
            (1, ANN, "Ann Old", None),
            (2, BOB, "Bob Old", "The number does not exist (+CMS ERROR: 1)."),
        )
    ],
    "call": [
        {
            "id": key,
            "line_id": 1,
            "contact_id": 1,
            "number": ANN,
            "e164": ANN,
            "withheld": False,
            "started": ago(60 - key),
            "ended": ago(60 - key),
            "rings": 3,
            "outcome": "abandoned",
            "trace": steps,
            "reason": reason,
            "message_id": 1 if key == 4 else None,
            "forwarded": False,
            "shown": "",
            "urgent": False,
        }
        for key, reason, steps in (
            (1, "cooldown", trace("cooldown", COOLDOWN)),
            (2, "breaker", trace("breaker", f"31 strangers called within ten minutes. {STRANGERS}")),
            (3, "disabled", trace("disabled", "Automatic texts are paused; they go on tomorrow at 9:00.")),
            (4, None, [{"rule": "not_missed", "verdict": "pass", "detail": "The call was missed."}]),
        )
    ],
    "message": [
        {
            "id": key,
            "line_id": 1,
            "contact_id": 1,
            "call_id": 4 if key == 1 else None,
            "direction": direction,
            "kind": kind,
            "body": body,
            "status": status,
            "error": error,
            "created": ago(50 - key),
            "due": ago(50 - key),
            "expires": ago(40 - key),
            "parts": 1,
            "tries": 1,
            "asks": False,
        }
        for key, direction, kind, status, error, body in (
            (1, "out", "auto", "failed", FULL, "Sorry we missed you"),
            (2, "in", "manual", "received", None, "Are you open?"),
            (3, "out", "manual", "expired", "It could not be sent in time.", "Yes, until five"),
            (4, "out", "manual", "unconfirmed", "The box stopped while this text was on its way.", "Bye"),
        )
    ],
    "messagepart": [{"id": 1, "message_id": 1, "part": 1, "mr": 7, "sent": ago(49)}],
    "inboundpart": [
        {
            "id": 1,
            "line_id": 1,
            "digest": "x",
            "sender": ANN,
            "reference": 1,
            "width": 8,
            "parts": 2,
            "part": 1,
            "body": b"x",
            "received": ago(30),
            "kind": "text",
        }
    ],
    "consentevent": [
        {"id": 1, "contact_id": 2, "at": ago(99), "kind": "doubt", "source": "text", "words": "stop it"}
    ],
    "incident": [
        {"id": 1, "line": "main", "began": ago(9), "what": FULL, "kind": "queue", "steps": []},
        {
            "id": 2,
            "line": "main",
            "began": ago(200),
            "over": ago(190),
            "what": GONE,
            "kind": "line",
            "steps": [],
        },
        {"id": 3, "line": "main", "began": ago(58), "what": STRANGERS, "kind": "breaker", "steps": []},
    ],
    "alert": [
        {
            "id": 1,
            "kind": "reply",
            "contact_id": 1,
            "line_id": 1,
            "body": "Ann Old: Are you open?",
            "created": ago(48),
            "due": ago(48),
            "over": True,
            "texted": True,
            "tries": 0,
        }
    ],
    "deed": [
        {"id": 1, "at": ago(500), "who": "mia", "what": "let noa log in as staff"},
        {"id": 2, "at": ago(400), "who": "noa", "what": "blocked", "contact_id": 2},
        {"id": 3, "at": ago(300), "who": "mia", "what": "painted the box"},
    ],
    "note": [{"id": 1, "contact_id": 1, "at": ago(20), "author": "noa", "body": "Wants the blue one"}],
    "savedreply": [{"id": 1, "body": "We open at nine."}],
    "forgotten": [{"digest": "0" * 64, "opted_out_at": ago(9000)}],
    "memo": [{"name": "breaker", "value": f"31 strangers called within ten minutes. {STRANGERS}"}],
    "user": [
        {"id": 1, "name": "noa", "password": "-", "created": ago(9000), "role": "staff", "logins": 2},
    ],
}


def alembic_config() -> Config:
    """Where the migrations stand."""
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    return config


def at_revision_empty(engine: Engine, revision: str) -> None:
    """The tables of an earlier release, without rows."""
    from alembic import command

    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def as_0_1_0(engine: Engine, texts: bool = False) -> None:
    """The tables of 0.1.0 with ROWS. texts: nothing in them keeps the box from texting."""
    at_revision_empty(engine, "0006")
    old = MetaData()
    old.reflect(engine)
    assert set(ROWS) == set(old.tables) - {"alembic_version"}
    with engine.begin() as connection:
        for table in old.sorted_tables:
            for row in ROWS.get(table.name, ()):
                connection.execute(text(_insert(table.name, row)), _values(row))
        if texts:
            connection.execute(text("DELETE FROM memo"))
            connection.execute(text("UPDATE line SET stopped = NULL, stopped_at = NULL, refusals = 0"))


def _insert(table: str, row: dict[str, Any]) -> str:
    return f'INSERT INTO "{table}" ({", ".join(row)}) VALUES ({", ".join(f":{name}" for name in row)})'


def _values(row: dict[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, list):
            return json.dumps(value)
        return value.isoformat(" ") if isinstance(value, datetime) else value

    return {name: plain(value) for name, value in row.items()}
