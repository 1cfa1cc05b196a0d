"""`/replies`: words that the shop writes often, to be put into the reply box."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.contract.answers import Done
from bridge.contract.requests import SaveReply
from bridge.records import views
from bridge.rules.limits import LONGEST_REPLY
from bridge.words.catalogue import _
from web import current
from web.pages import marks, paging
from web.pages.told import in_words

pages = Blueprint("replies", __name__)


@pages.route("/replies")
def replies() -> str:
    """The list of saved replies."""
    return _page()


@pages.route("/replies", methods=["POST"])
def change() -> Response | tuple[str, int]:
    """Add one, change the one that is named, or drop it (303 to the page that shows it)."""
    bridge, form = current.bridge(), request.form
    key, dropped = (paging.number(form.get(name, "")) for name in ("change", "drop"))
    body = form.get("body", "").replace("\r\n", "\n")
    # Without words it would be dropped; a blank is refused.
    wanted = SaveReply(body or " ", key) if dropped is None else SaveReply("", dropped)
    answer = bridge.request(wanted, by=g.user)
    if not isinstance(answer, Done):
        return _page(body, in_words(answer), key), 422
    if dropped is not None:
        marks.tell_undo(_("The saved reply is deleted."), answer)
    return redirect(url_for("replies.replies"), 303)


def _page(draft: str = "", problem: str | None = None, changing: int | None = None) -> str:
    bridge = current.bridge()
    with Session(bridge.engine) as session:
        saved = views.saved_replies(session)
    return render_template(
        "replies.html",
        saved=saved,
        draft=draft,
        problem=problem,
        changing=changing,
        longest=LONGEST_REPLY,
        marked=marks.told(),
    )
