"""`/news`: has anything happened since this page was made? One short mark, for the page's script to ask now and then."""

from hashlib import sha256

from flask import Blueprint, current_app, jsonify
from flask.wrappers import Response
from sqlmodel import Session

from bridge import history
from bridge.desk import Desk

# News is among the newest; what changes further down can wait for the next visit.
NEWEST = 20

pages = Blueprint("news", __name__)


@pages.route("/news")
def news() -> Response:
    """The mark of now."""
    desk: Desk = current_app.extensions["desk"]
    with Session(desk.engine) as session:
        return jsonify(mark=mark(session, desk))


def mark(session: Session, desk: Desk) -> str:
    """Changes with every call, text and trouble; it says nothing to who reads it."""
    status = desk.status()
    ringing = [line.ringing for line in status.lines]
    rows = history.calls(session, limit=NEWEST), history.messages(session, limit=NEWEST)
    return sha256(repr((rows, ringing, status.troubles)).encode()).hexdigest()[:16]
