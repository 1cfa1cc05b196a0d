"""`/scheduled`: what people wrote for later; another time for it, or not at all."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.contract.answers import Done
from bridge.contract.requests import Reschedule
from bridge.records import views
from bridge.rules import later
from bridge.words.catalogue import _
from web import current
from web.pages import marks, paging
from web.pages.told import in_words

pages = Blueprint("scheduled", __name__)


@pages.route("/scheduled")
def scheduled() -> str:
    """The texts that go out later, the next one first."""
    return _page()


@pages.route("/scheduled", methods=["POST"])
def change() -> Response | tuple[str, int]:
    """Cancel the one that is named, or (do=move) let it go out at another time (303 to the list, or to its thread)."""
    bridge, form = current.bridge(), request.form
    due = later.picked(form.get("at", ""), bridge.settings().shop.zone) if form.get("do") == "move" else None
    if form.get("do") == "move" and due is None:
        return _page(_("Choose a day and a time first.")), 422
    answer = bridge.request(Reschedule(paging.number(form.get("message", "")) or 0, due), by=g.user)
    if not isinstance(answer, Done):
        return _page(in_words(answer)), 409
    if due is None:
        marks.tell_undo(_("The text will not go out."), answer)
    return redirect(url_for("scheduled.scheduled"), 303)


def _page(problem: str | None = None) -> str:
    bridge = current.bridge()
    with Session(bridge.engine) as session:
        rows = views.scheduled(session)
    return render_template("scheduled.html", rows=rows, problem=problem, marked=marks.told())
