"""`/conversations`: who wrote and who called, and one thread of calls and texts with a reply box."""

from dataclasses import dataclass, replace

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge import history
from bridge.desk import CalledBack, Desk, Granted, Later, Mark, MarkRead, Refused, WriteText
from bridge.models import Contact
from bridge.numbers import untextable
from bridge.wording import TWINS, alphabet, cost, plain

LIST = 50
THREAD = 200
LONGEST = 1600

pages = Blueprint("conversations", __name__)


@dataclass(frozen=True)
class Draft:
    """What stands in the reply box. despite_stop: the tick beside it. problem: why it did not go out."""

    body: str = ""
    despite_stop: bool = False
    problem: str | None = None

    @property
    def cost(self) -> str:
        """What it costs, in words."""
        return cost(self.body)


@pages.route("/conversations")
def conversations() -> str:
    """Everybody, the unread first."""
    return _page(None, Draft())


@pages.route("/conversations/<path:address>")
def thread(address: str) -> str:
    """One conversation. Looking at it changes nothing: `read` does, by a button or by the page's script."""
    return _page(address, Draft())


@pages.route("/conversations/<path:address>", methods=["POST"])
def reply(address: str) -> Response | tuple[str, int]:
    """Send a reply (303 to the thread that shows it), or count what it costs. What was typed is never lost."""
    desk: Desk = current_app.extensions["desk"]
    body = request.form.get("body", "").replace("\r\n", "\n")
    draft = Draft(body, bool(request.form.get("despite_stop")))
    if request.form.get("do") == "count":
        return _page(address, draft), 200
    if len(body) > LONGEST:
        problem = f"This is too long for a text: {len(body)} of {LONGEST} characters."
        return _page(address, replace(draft, problem=problem)), 422
    answer = desk.ask(WriteText(address, plain(body), g.user, draft.despite_stop))
    if isinstance(answer, Later):
        problem = f"{answer.sentence} Do not send this again: it goes out by itself."
        return _page(address, replace(draft, problem=problem)), 202
    if not isinstance(answer, Granted):
        return _page(address, replace(draft, problem=answer.sentence)), 409
    desk.ask(MarkRead(address))
    return redirect(url_for("conversations.thread", address=address) + "#end", 303)


@pages.route("/conversations/<path:address>/read", methods=["POST"])
def read(address: str) -> Response:
    """Somebody has read it."""
    desk: Desk = current_app.extensions["desk"]
    desk.ask(MarkRead(address))
    return redirect(url_for("conversations.thread", address=address) + "#end", 303)


@pages.route("/conversations/<path:address>/called-back", methods=["POST"])
def called_back(address: str) -> Response:
    """Somebody here has called this person back."""
    desk: Desk = current_app.extensions["desk"]
    desk.ask(CalledBack(address), by=g.user)
    if request.form.get("from") == "calls":
        return redirect(url_for("calls.calls", show="open"), 303)
    return redirect(url_for("conversations.thread", address=address) + "#end", 303)


@pages.route("/conversations/<path:address>/mark", methods=["POST"])
def mark(address: str) -> Response:
    """Never text, text again, block, or settle what was no opt-out."""
    desk: Desk = current_app.extensions["desk"]
    answer = desk.ask(Mark(address, request.form.get("kind", "")), by=g.user)
    if isinstance(answer, Refused):
        abort(404, answer.sentence)
    return redirect(url_for("conversations.thread", address=address), 303)


def _page(address: str | None, draft: Draft) -> str:
    desk: Desk = current_app.extensions["desk"]
    contact: Contact | None = None
    rows: list[history.CallRow | history.MessageRow] = []
    with Session(desk.engine) as session:
        people = history.conversations(session, limit=LIST)
        if address is not None:
            contact = history.contact_at(session, address) or abort(404, "Nobody has this number here.")
            rows = history.thread(session, contact, limit=THREAD)
    return render_template(
        "conversations.html",
        people=people,
        contact=contact,
        rows=rows,
        cut=len(rows) == THREAD,
        draft=draft,
        unread_here=any(isinstance(row, history.MessageRow) and row.status == "received" for row in rows),
        missed_here=any(
            isinstance(row, history.CallRow) and row.missed and not row.called_back for row in rows
        ),
        untextable=_untextable(contact, desk) if contact else None,
        longest=LONGEST,
        alphabet={"one": alphabet(1), "two": alphabet(2), "twins": TWINS},
    )


def _untextable(contact: Contact, desk: Desk) -> str | None:
    """Why nobody can answer here. A landline may be worth a try by hand; the shop knows its caller."""
    return untextable(contact.address, desk.region(), landlines="text")
