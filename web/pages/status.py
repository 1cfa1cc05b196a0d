"""`/status`: how the line and the box are, the check-up sheet, and what went wrong lately."""

from importlib.metadata import version

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.contract.answers import Rejected
from bridge.contract.requests import (
    AcceptDatabase,
    CloseShop,
    OpenShop,
    Pause,
    Request,
    ResetBreaker,
    Resume,
    TryAgain,
)
from bridge.doctor import facts as checkup
from bridge.doctor.checks import sheet
from bridge.records import views
from bridge.words.catalogue import N_
from bridge.words.line import network_words, signal_words
from web import current
from web.access import login
from web.pages.healthz import is_alive
from web.pages.told import in_words

# What the check-up calls the things that must be right -> how the page heads them.
NAMES = {
    "port": N_("Port"),
    "SIM": N_("SIM"),
    "registration": N_("Network"),
    "voice path": N_("Calls"),
    "SMSC": N_("Text centre"),
    "storage": N_("Text memory"),
    "ModemManager": N_("ModemManager"),
    "clock": N_("Clock"),
    "disk": N_("Disk"),
    "permissions": N_("Permissions"),
}

pages = Blueprint("status", __name__)


@pages.route("/status")
def status() -> str:
    """The page of lines, outbox, check-up and incidents."""
    bridge = current.bridge()
    with Session(bridge.engine) as session:
        waiting, incidents = views.waiting(session), views.incidents(session)
    now = bridge.status()
    facts = checkup.gather(bridge.settings(), now, bridge.engine, *bridge.machine())
    return render_template(
        "status.html",
        status=now,
        alive=is_alive(now),
        checks=sheet(facts),
        names=NAMES,
        network_words=network_words,
        signal_words=signal_words,
        waiting=waiting,
        incidents=incidents,
        version=version("textback"),
    )


FOR_NOW: dict[str, Request] = {
    "pause_hour": Pause(minutes=60),
    "pause_today": Pause(today=True),
    "pause": Pause(),
    "resume": Resume(),
    "closed_today": CloseShop(),
    "open": OpenShop(),
}


@pages.route("/status/now", methods=["POST"])
def for_now() -> Response:
    """Pause automatic texts, close the shop for today, or say when somebody is back (303 to the status, or to the page where
    the button stood; 422 with the reason)."""
    bridge = current.bridge()
    wanted = FOR_NOW.get(request.form.get("do", "")) or CloseShop(request.form.get("back", "") or "?")
    answer = bridge.request(wanted, by=g.user)
    if isinstance(answer, Rejected):
        abort(422, in_words(answer))
    return redirect(login.inside(request.form.get("next") or url_for("status.status")), 303)


@pages.route("/status/release", methods=["POST"])
def release() -> Response:
    """Somebody has looked at the callers: let automatic texts go on (303 to the status)."""
    bridge = current.bridge()
    bridge.request(ResetBreaker(), by=g.user)
    return redirect(url_for("status.status"), 303)


@pages.route("/status/database", methods=["POST"])
def accept_database() -> Response:
    """Somebody has decided: automatic texts go on with the database that is there (303 to the status). Owners only."""
    bridge = current.bridge()
    bridge.request(AcceptDatabase(), by=g.user)
    return redirect(url_for("status.status"), 303)


@pages.route("/status/again", methods=["POST"])
def again() -> Response:
    """Somebody has seen to the SIM: let the stopped queue go on (303 to the status; 404 for an unknown line)."""
    bridge = current.bridge()
    answer = bridge.request(TryAgain(request.form.get("line", "")), by=g.user)
    if isinstance(answer, Rejected):
        abort(404, in_words(answer))
    return redirect(url_for("status.status"), 303)
