"""`/status`: how the line and the box are, the check-up sheet, and what went wrong lately."""

from importlib.metadata import version

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge import checkup
from bridge.desk import CloseShop, Desk, OpenShop, Pause, Refused, Release, Resume, TryAgain, Wish
from bridge.doctor import sheet
from bridge.health import network_words, signal_words
from bridge.records import views
from web.healthz import is_alive

pages = Blueprint("status", __name__)


@pages.route("/status")
def status() -> str:
    """Lines, outbox, check-up, incidents."""
    desk: Desk = current_app.extensions["desk"]
    with Session(desk.engine) as session:
        waiting, incidents = views.waiting(session), views.incidents(session)
    now = desk.status()
    facts = checkup.gather(desk.settings(), now, desk.engine, *desk.machine())
    return render_template(
        "status.html",
        status=now,
        alive=is_alive(now),
        checks=sheet(facts),
        network_words=network_words,
        signal_words=signal_words,
        waiting=waiting,
        incidents=incidents,
        version=version("textback"),
    )


FOR_NOW: dict[str, Wish] = {
    "pause_hour": Pause(minutes=60),
    "pause_today": Pause(today=True),
    "pause": Pause(),
    "resume": Resume(),
    "closed_today": CloseShop(),
    "open": OpenShop(),
}


@pages.route("/status/now", methods=["POST"])
def for_now() -> Response:
    """Pause automatic texts, close the shop for today, or say when somebody is back."""
    desk: Desk = current_app.extensions["desk"]
    wish = FOR_NOW.get(request.form.get("do", "")) or CloseShop(request.form.get("back", "") or "?")
    answer = desk.ask(wish, by=g.user)
    if isinstance(answer, Refused):
        abort(422, answer.sentence)
    return redirect(url_for("status.status"), 303)


@pages.route("/status/release", methods=["POST"])
def release() -> Response:
    """Somebody has looked at the callers: let automatic texts go on."""
    desk: Desk = current_app.extensions["desk"]
    desk.ask(Release(), by=g.user)
    return redirect(url_for("status.status"), 303)


@pages.route("/status/again", methods=["POST"])
def again() -> Response:
    """Somebody has seen to the SIM: let the stopped queue go on."""
    desk: Desk = current_app.extensions["desk"]
    answer = desk.ask(TryAgain(request.form.get("line", "")), by=g.user)
    if isinstance(answer, Refused):
        abort(404, answer.sentence)
    return redirect(url_for("status.status"), 303)
