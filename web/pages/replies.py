"""`/replies`: words that the shop writes often, to be put into the reply box."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.contract.answers import Done
from bridge.contract.requests import SaveReply
from bridge.records import views
from bridge.rules.limits import LONGEST_REPLY
from web import current
from web.pages import paging
from web.pages.told import in_words

pages = Blueprint("replies", __name__)


@pages.route("/replies")
def replies() -> str:
    """The list of saved replies."""
    return _page()


@pages.route("/replies", methods=["POST"])
def change() -> Response | tuple[str, int]:
    """Add one, or drop the one that is named (303 to the page that shows it)."""
    bridge = current.bridge()
    key = paging.number(request.form.get("drop", ""))
    body = request.form.get("body", "").replace("\r\n", "\n")
    wanted = SaveReply(body) if key is None else SaveReply("", key)
    answer = bridge.request(wanted, by=g.user)
    if not isinstance(answer, Done):
        return _page(body, in_words(answer)), 422
    return redirect(url_for("replies.replies"), 303)


def _page(draft: str = "", problem: str | None = None) -> str:
    bridge = current.bridge()
    with Session(bridge.engine) as session:
        saved = views.saved_replies(session)
    return render_template("replies.html", saved=saved, draft=draft, problem=problem, longest=LONGEST_REPLY)
