"""`/conversations`: who wrote and who called, and one thread of calls and texts with a reply box."""

from dataclasses import dataclass

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge import history
from bridge.desk import Desk, Granted, MarkRead, WriteText
from bridge.models import Contact
from bridge.numbers import untextable
from bridge.wording import TWINS, alphabet, cost, plain

LIST = 50
THREAD = 200
LONGEST = 1600

pages = Blueprint("conversations", __name__)


@dataclass(frozen=True)
class Draft:
    """What stands in the reply box. problem: why it did not go out."""

    body: str = ""
    counted: bool = False
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
    """One conversation. A draft comes back here by ?draft= after `Count`, which keeps no state in the box."""
    return _page(address, Draft())


@pages.route("/conversations/<path:address>", methods=["POST"])
def reply(address: str) -> Response | str | tuple[str, int]:
    """Send a reply, or count what it costs."""
    desk: Desk = current_app.extensions["desk"]
    body = request.form.get("body", "").replace("\r\n", "\n")
    if request.form.get("do") == "count":
        return _page(address, Draft(body, counted=True))
    if len(body) > LONGEST:
        problem = f"This is too long for a text: {len(body)} of {LONGEST} characters."
        return _page(address, Draft(body, problem=problem)), 422
    answer = desk.ask(WriteText(address, plain(body), g.user, bool(request.form.get("despite_stop"))))
    if not isinstance(answer, Granted):
        return _page(address, Draft(body, problem=answer.sentence)), 409
    desk.ask(MarkRead(address))
    return redirect(url_for("conversations.thread", address=address) + "#end", 303)


@pages.route("/conversations/<path:address>/read", methods=["POST"])
def read(address: str) -> Response:
    """Somebody has read it."""
    desk: Desk = current_app.extensions["desk"]
    desk.ask(MarkRead(address))
    return redirect(url_for("conversations.thread", address=address), 303)


def _page(address: str | None, draft: Draft) -> str:
    desk: Desk = current_app.extensions["desk"]
    contact: Contact | None = None
    with Session(desk.engine) as session:
        people = history.conversations(session, limit=LIST)
        rows: list[history.CallRow | history.MessageRow] = []
        if address is not None:
            contact = history.contact_at(session, address) or abort(404)
            rows = history.thread(session, contact, limit=THREAD)
    unread = any(isinstance(row, history.MessageRow) and row.status == "received" for row in rows)
    untextable_why = untextable(contact.address, desk.region()) if contact else None
    return render_template(
        "conversations.html",
        people=people,
        contact=contact,
        rows=rows,
        draft=draft,
        unread_here=unread,
        untextable=untextable_why,
        longest=LONGEST,
        alphabet={"one": alphabet(1), "two": alphabet(2), "twins": TWINS},
    )
