"""`/`: the calls, newest first, with what we did about each and why."""

from datetime import UTC, datetime

from flask import Blueprint, current_app, render_template, request
from sqlmodel import Session

from bridge import history
from bridge.desk import Desk

PAGE = 30
FILTERS = {"missed": "Missed", "answered": "Answered", "all": "All"}

pages = Blueprint("calls", __name__)


@pages.route("/")
def calls() -> str:
    """The calls. show: missed, answered or all; q: part of a name or number; before: where the last page ended."""
    desk: Desk = current_app.extensions["desk"]
    chosen = request.args.get("show", "all")
    chosen = chosen if chosen in FILTERS else "all"
    search = request.args.get("q", "").strip()[:80]
    before = _place(request.args.get("before", ""))
    with Session(desk.engine) as session:
        rows = history.calls(session, which=chosen, search=search, before=before, limit=PAGE + 1)
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    older = f"{more.started.timestamp()!r}_{more.id}" if more else None
    return render_template(
        "calls.html",
        calls=rows[:PAGE],
        filters=FILTERS,
        chosen=chosen,
        text=search,
        older=older,
        first=before is None,
    )


def _place(text: str) -> tuple[datetime, int] | None:
    """A row's place as it stands in the link to older ones; None if it is none.

    >>> _place("1700000000.5_7"), _place("x")
    ((datetime.datetime(2023, 11, 14, 22, 13, 20, 500000, tzinfo=datetime.timezone.utc), 7), None)
    """
    when, _, key = text.partition("_")
    try:
        return datetime.fromtimestamp(float(when), UTC), int(key)
    except (ValueError, OverflowError, OSError):
        return None
