"""`/healthz`: is the loop alive, and what troubles it; for machines, without log-in, whatever the database does."""

import time

from flask import Blueprint, jsonify
from flask.wrappers import Response

from bridge.contract.status import LineStatus, Status
from bridge.words.troubles import sentence
from web import current

# The loop turns every two seconds, and waits two for a lock.
DEAD_AFTER = 15.0

pages = Blueprint("healthz", __name__)


@pages.route("/healthz")
def healthz() -> tuple[Response, int]:
    """200 while the loop is alive, else 503. `loop`: seconds since its last turn. No phone number stands in it."""
    bridge = current.bridge()
    status = bridge.status()
    alive = is_alive(status)
    lines = [
        {"name": line.name, "up": line.up, "idle": line.idle, "reason": _reason(line)}
        for line in status.lines
    ]
    body = {
        "status": "dead" if not alive else "trouble" if status.troubles else "ok",
        "loop": round(_age(status), 1),
        "lines": lines,
        "database": sentence(trouble) if (trouble := status.database or status.standstill) else None,
        "config": sentence(status.config) if status.config else None,
    }
    return jsonify(body), 200 if alive else 503


def _reason(line: LineStatus) -> str | None:
    return sentence(line.why_not_up) if line.why_not_up else None


def is_alive(status: Status) -> bool:
    """Has the loop turned lately?"""
    return _age(status) < DEAD_AFTER


def _age(status: Status) -> float:
    return time.monotonic() - status.alive
