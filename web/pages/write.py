"""`/write`: a first text to a number that has not called or written, with the checks of a reply."""

from dataclasses import replace
from secrets import token_urlsafe

from flask import Blueprint, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.contract.answers import Done, Pending
from bridge.contract.requests import WriteText
from bridge.records import views
from bridge.rules import numbers
from bridge.rules.limits import LONGEST_REPLY
from bridge.words.catalogue import _
from bridge.words.reasons import error_sentence
from web import current
from web.pages import drafts
from web.pages.drafts import Draft
from web.pages.told import in_words

pages = Blueprint("write", __name__)


@pages.route("/write")
def write() -> str:
    """An empty text. to: the number that it goes to, where a link knows it."""
    return _page(request.args.get("to", "")[:40].strip(), Draft())


@pages.route("/write", methods=["POST"])
def send() -> Response | tuple[str, int]:
    """Send it (303 to the conversation that it begins), or count what it costs. What was typed is never lost."""
    bridge, draft = current.bridge(), drafts.typed(request.form)
    to = request.form.get("to", "")[:40].strip()
    if request.form.get("do") == "count":
        return _page(to, draft), 200
    address = numbers.e164(to, bridge.region())
    if address is None:
        problem = _(
            "“{typed}” is not a phone number. Write it as people dial it, or with + and the country.",
            typed=to,
        )
        return _page(to, replace(draft, problem=problem)), 422
    why_not = numbers.untextable(address, bridge.region(), landlines="text")
    if why_not is not None:
        return _page(to, replace(draft, problem=error_sentence(why_not))), 422
    answer = bridge.request(WriteText(address, draft.body, g.user, draft.despite_stop, draft.ticket or None))
    if isinstance(answer, Pending):
        calm = _("Do not send this again: it will be sent by itself.")
        return _page(to, replace(draft, problem=f"{in_words(answer)} {calm}")), 202
    if not isinstance(answer, Done):
        return _page(to, replace(draft, problem=in_words(answer), ticket="")), 409
    return redirect(url_for("conversations.thread", address=address) + "#end", 303)


def _page(to: str, draft: Draft) -> str:
    bridge = current.bridge()
    with Session(bridge.engine) as session:
        address = numbers.e164(to, bridge.region())
        known = views.contact_at(session, address) if address else None
    return render_template(
        "write.html",
        to=to,
        known=known,
        draft=draft if draft.ticket else replace(draft, ticket=token_urlsafe(12)),
        longest=LONGEST_REPLY,
        alphabet=drafts.counting(),
    )
