"""`/join/<secret>`: who was invited chooses name and password here. Opening the link uses nothing up, since messengers open
links to show what is behind them; the form does, once."""

from flask import Blueprint, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.contract.answers import Done, Rejected
from bridge.contract.requests import Join
from bridge.records import invitations, logins, users
from bridge.rules.refusals import Refusal
from bridge.words.catalogue import _
from bridge.words.requests import refusal_in_words
from web import current
from web.access import login
from web.pages.told import in_words

pages = Blueprint("join", __name__)


@pages.after_request
def tell_nobody_where(response: Response) -> Response:
    """The address is the secret: the browser hands it on to no page, not even of ours."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@pages.route("/join/<secret>", methods=["GET", "POST"])
def join(secret: str) -> str | Response | tuple[str, int]:
    """A name and a password for who was invited, who is logged in with them at once; 410 where the link is good no more."""
    bridge, digest = current.bridge(), logins.digest(secret)
    guess = login.may_guess(
        "", "invitation_limiter", _("Too many wrong links. Wait a minute, then try again.")
    )
    try:
        with Session(bridge.engine) as database:
            name = invitations.good(database, digest, bridge.now()).name
    except Refusal as refusal:
        return render_template("join_ended.html", sentence=refusal_in_words(refusal.why)), 410
    guess.was_right()
    return _take_up(secret, digest) if request.method == "POST" else _form(secret, name)


def _take_up(secret: str, digest: str) -> Response | tuple[str, int]:
    typed = request.form.get("name", "")
    try:
        name = users.name_of(typed)
        wanted = Join(digest, name, users.hash_password(request.form.get("password", "")))
    except Refusal as refusal:
        return _form(secret, typed, refusal_in_words(refusal.why)), 422
    answer = current.bridge().request(wanted, by=name)
    if not isinstance(answer, Done):
        return _form(secret, typed, in_words(answer)), 422 if isinstance(answer, Rejected) else 503
    login.let_in(name)
    return redirect(url_for("calls.calls"), 303)


def _form(secret: str, name: str, problem: str | None = None) -> str:
    return render_template(
        "join.html", secret=secret, name=name, problem=problem, shortest=users.SHORTEST_PASSWORD
    )
