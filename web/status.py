"""`/status`: how the line and the box are, and what went wrong lately."""

from importlib.metadata import version

from flask import Blueprint, current_app, render_template
from sqlmodel import Session

from bridge import history
from bridge.desk import Desk
from web.healthz import is_alive

pages = Blueprint("status", __name__)


@pages.route("/status")
def status() -> str:
    """Lines, outbox, incidents."""
    desk: Desk = current_app.extensions["desk"]
    with Session(desk.engine) as session:
        waiting, incidents = history.waiting(session), history.incidents(session)
    now = desk.status()
    return render_template(
        "status.html",
        status=now,
        alive=is_alive(now),
        waiting=waiting,
        incidents=incidents,
        version=version("textback"),
    )
