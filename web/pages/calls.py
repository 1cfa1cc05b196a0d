"""`/`: the calls, those that came last first, with what we did about each and why."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.contract.answers import Rejected
from bridge.contract.bridge import Bridge
from bridge.contract.requests import AnswerCall, HangUp
from bridge.records import views
from bridge.rules import numbers
from bridge.words.catalogue import N_, _
from web import current
from web.pages import marks, paging
from web.pages.numbers import pretty
from web.pages.told import in_words

PAGE = 30
FILTERS = {"open": N_("To call back"), "missed": N_("Missed"), "answered": N_("Answered"), "all": N_("All")}

pages = Blueprint("calls", __name__)


@pages.route("/")
def calls() -> str:
    """The calls, and who rings just now. show: open (to call back), missed, answered or all; q: part of a name or number;
    before: where the last page ended."""
    bridge = current.bridge()
    chosen = request.args.get("show", "all")
    chosen = chosen if chosen in FILTERS else "all"
    search = request.args.get("q", "").strip()[:80]
    before = paging.place(request.args.get("before", ""))
    with Session(bridge.engine) as session:
        rows = views.calls(
            session,
            which=chosen,
            search=search,
            region=bridge.region(),
            before=before,
            limit=PAGE + 1,
            now=bridge.now(),
            own=current.own(session),
        )
        ringing = [
            (line.name, _who(session, bridge, line.ringing)) for line in bridge.status().lines if line.ringing
        ]
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    older = paging.mark(more.place, more.id) if more else None
    return render_template(
        "calls.html",
        calls=rows[:PAGE],
        filters=FILTERS,
        chosen=chosen,
        text=search,
        older=older,
        first=before is None,
        ringing=ringing,
        marked=marks.told(),
        several=len(bridge.status().lines) > 1,
    )


def _who(session: Session, bridge: Bridge, number: str) -> str:
    """Who rings: a name, else the number as people write it."""
    contact = views.contact_at(session, numbers.e164(number, bridge.region()) or number)
    if contact is not None and contact.name:
        return contact.name
    return pretty(number, bridge.region()) if number != "unknown" else _("Somebody")


@pages.route("/calls/ringing", methods=["POST"])
def ringing() -> Response:
    """Answer the call that rings on a line, or hang up on it (303 to the calls; 409 with the reason where that is refused)."""
    bridge = current.bridge()
    line, do = request.form.get("line", ""), request.form.get("do")
    answer = bridge.request(AnswerCall(line) if do == "answer" else HangUp(line), by=g.user)
    if isinstance(answer, Rejected):
        abort(409, in_words(answer))
    return redirect(url_for("calls.calls"), 303)
