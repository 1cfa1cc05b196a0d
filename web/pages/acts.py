"""How a page has something done to a conversation, and where that leads."""

from flask import abort, g, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.contract.answers import Answer, Rejected
from bridge.contract.requests import Request
from bridge.records import views
from bridge.rules.numbers import pretty
from web import current
from web.pages.told import in_words


def ask(wanted: Request, code: int = 409) -> Answer:
    """What the loop says to it; aborts with `code` and the reason if it is refused."""
    answer = current.bridge().request(wanted, by=g.user)
    if isinstance(answer, Rejected):
        abort(code, in_words(answer))
    return answer


def done_with(address: str) -> Response:
    """303 to the thread, or to the calls where the form stands there."""
    if request.form.get("from") == "calls":
        return redirect(url_for("calls.calls", show=request.form.get("show") or "open"), 303)
    return to_the_end(address)


def to_the_end(address: str) -> Response:
    """303 to the newest of a conversation."""
    return redirect(url_for("conversations.thread", address=address) + "#end", 303)


def called(address: str) -> str:
    """The name of whoever has this address, else their number as people write it."""
    bridge = current.bridge()
    with Session(bridge.engine) as session:
        contact = views.contact_at(session, address)
    return contact.name if contact and contact.name else pretty(address, bridge.region())
