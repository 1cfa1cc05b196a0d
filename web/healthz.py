"""`/healthz`: is the loop alive, and what troubles it; for machines, without log-in, and without the database."""

import time

from flask import Blueprint, current_app, jsonify
from flask.wrappers import Response

from bridge.desk import Desk

# The loop turns every two seconds, and waits two for a lock.
DEAD_AFTER = 15.0

pages = Blueprint("healthz", __name__)


@pages.route("/healthz")
def healthz() -> tuple[Response, int]:
    """200 while the loop is alive, else 503."""
    desk: Desk = current_app.extensions["desk"]
    status = desk.status()
    age = time.monotonic() - status.alive
    alive = age < DEAD_AFTER
    lines = [
        {"name": line.name, "up": line.up, "idle": line.idle, "reason": line.reason} for line in status.lines
    ]
    body = {
        "status": "dead" if not alive else "trouble" if status.troubles else "ok",
        "loop": round(age, 1),
        "lines": lines,
        "database": status.database,
        "config": status.config,
    }
    return jsonify(body), 200 if alive else 503
