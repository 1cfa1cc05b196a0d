"""`/replies`: words that the shop writes often, to be put into the reply box."""

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.conversation import LONGEST_REPLY
from bridge.desk import Desk, Granted, SaveReply
from bridge.records import views
from bridge.wording import plain
from web import paging

pages = Blueprint("replies", __name__)


@pages.route("/replies")
def replies() -> str:
    """All of them."""
    return _page()


@pages.route("/replies", methods=["POST"])
def change() -> Response | tuple[str, int]:
    """Add one, or drop the one that is named (303 to the page that shows it)."""
    desk: Desk = current_app.extensions["desk"]
    key = paging.number(request.form.get("drop", ""))
    body = request.form.get("body", "").replace("\r\n", "\n")
    wish = SaveReply(plain(body)) if key is None else SaveReply("", key)
    answer = desk.ask(wish, by=g.user)
    if not isinstance(answer, Granted):
        return _page(body, answer.sentence), 422
    return redirect(url_for("replies.replies"), 303)


def _page(draft: str = "", problem: str | None = None) -> str:
    desk: Desk = current_app.extensions["desk"]
    with Session(desk.engine) as session:
        saved = views.saved_replies(session)
    return render_template("replies.html", saved=saved, draft=draft, problem=problem, longest=LONGEST_REPLY)
