"""`/team`: who may log in and as what, whom owners invite, one's own password, and the log of who changed what."""

from secrets import token_urlsafe
from typing import assert_never

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.contract.answers import Done, Pending, Rejected
from bridge.contract.requests import (
    AddUser,
    Invite,
    LogOut,
    OfUsers,
    RemoveUser,
    SetLanguage,
    SetPassword,
    SetRole,
    TakeBack,
)
from bridge.records import invitations, logins, users, views
from bridge.rules.invitations import HOLDS
from bridge.rules.refusals import Refusal, Refused
from bridge.words.catalogue import N_, _
from bridge.words.requests import refusal_in_words
from web import current
from web.access import login
from web.pages import marks, paging, qr
from web.pages.told import in_words

LOG = 50
ROLES = {
    users.OWNER: N_("Owner: can change everything"),
    users.STAFF: N_("Staff: cannot change settings or colleagues"),
}

pages = Blueprint("team", __name__)


@pages.route("/team")
def team() -> str:
    """Everybody who may log in, and what was changed lately. before: where the last page of the log ended."""
    return _page()


@pages.route("/team", methods=["POST"])
def add() -> Response | tuple[str, int]:
    """Let somebody log in (303 to the page that shows it)."""
    form = request.form
    role = form.get("role", users.STAFF)
    try:
        name = users.name_of(form.get("name", ""))
        wanted = AddUser(name, users.hash_password(form.get("password", "")), role)
    except Refusal as refusal:
        return _page(problem=refusal_in_words(refusal.why), name=form.get("name", ""), role=role), 422
    return _have_done(wanted, name=name, role=role) or redirect(url_for("team.team"), 303)


@pages.route("/team/invitations", methods=["GET", "POST"])
def invite() -> str | Response | tuple[str, int]:
    """Invite somebody: the page with the link, which is never shown again. A reload shows the people (303)."""
    if request.method != "POST":
        return redirect(url_for("team.team"), 303)
    form, secret = request.form, token_urlsafe(24)
    typed, role = form.get("name", ""), form.get("role", users.STAFF)
    try:
        name = users.name_of(typed) if typed.strip() else ""
    except Refusal as refusal:
        return _page(problem=refusal_in_words(refusal.why), name=typed, role=role), 422
    refused = _have_done(Invite(logins.digest(secret), name, role), name=typed, role=role)
    link = f"{qr.own_address().rstrip('/')}{url_for('join.join', secret=secret)}"
    return refused or _page(link=link, name=name)


@pages.route("/team/invitations/<key>", methods=["POST"])
def take_back(key: str) -> Response | tuple[str, int]:
    """An invitation lets nobody in any more (303 to the page)."""
    refused = _have_done(TakeBack(paging.number(key) or 0), _("The invitation is taken back."))
    return refused or redirect(url_for("team.team"), 303)


@pages.route("/team/<name>", methods=["POST"])
def change(name: str) -> Response | tuple[str, int]:
    """Change somebody's role or password, log them out everywhere, or let them in no more."""
    try:
        wanted = _change_of(name)
    except Refusal as refusal:
        return _page(problem=refusal_in_words(refusal.why)), 422
    said = _("{name} is no longer among the colleagues.", name=name)
    return _have_done(wanted, said) or redirect(url_for("team.team"), 303)


def _change_of(name: str) -> OfUsers:
    form = request.form
    match form.get("do"):
        case "role":
            return SetRole(name, form.get("role", ""))
        case "password":
            return SetPassword(name, users.hash_password(form.get("password", "")))
        case "out":
            return LogOut(name)
        case "remove":
            return RemoveUser(name)
    return abort(400)


@pages.route("/team/me", methods=["POST"])
def mine() -> Response | tuple[str, int]:
    """One's own password, or logging out everywhere else; this browser stays logged in."""
    form = request.form
    try:
        out = form.get("do") == "out"
        wanted = LogOut(g.user) if out else _own_password(form.get("old", ""), form.get("new", ""))
    except Refusal as refusal:
        return _page(problem=refusal_in_words(refusal.why)), 422
    if refused := _have_done(wanted):
        return refused
    login.let_in(g.user)
    return redirect(url_for("team.team"), 303)


@pages.route("/team/me/language", methods=["POST"])
def speak() -> Response | tuple[str, int]:
    """One's own language of the page; empty for that of the browser (303 to the page in it)."""
    refused = _have_done(SetLanguage(g.user, request.form.get("language", "")))
    return refused or redirect(url_for("team.team"), 303)


def _own_password(old: str, new: str) -> SetPassword:
    guess = login.may_guess(g.user)
    with Session(current.bridge().engine) as database:
        if users.proven(database, g.user, old) is None:
            raise Refusal(Refused.OLD_PASSWORD_WRONG)
    guess.was_right()
    return SetPassword(g.user, users.hash_password(new))


def _have_done(wanted: OfUsers, said: str = "", **draft: str) -> tuple[str, int] | None:
    """Have the loop do it; the page that says why not, if it would not or could not. said: what the next page says of it, if it
    can be undone. draft: what was typed."""
    answer = current.bridge().request(wanted, by=g.user)
    match answer:
        case Done():
            marks.tell_undo(said, answer)
            return None
        case Rejected() | Pending():
            code = 422 if isinstance(answer, Rejected) else 503
            return _page(problem=in_words(answer), **draft), code
        case _:
            assert_never(answer)


def _page(
    problem: str | None = None, name: str = "", role: str = users.STAFF, link: str | None = None
) -> str:
    """problem, name, role: what was typed, and why it was not done. link: of who has just been invited."""
    bridge = current.bridge()
    with Session(bridge.engine) as session:
        people = users.everybody(session)
        invited = invitations.open_ones(session, bridge.now())
        rows = views.audit_entries(
            session, before=paging.number(request.args.get("before", "")), limit=LOG + 1
        )
    return render_template(
        "team.html",
        people=people,
        invited=invited,
        until={one.id: one.created + HOLDS for one in invited},
        link=link,
        qr=qr.code(link) if link else None,
        log=rows[:LOG],
        marked=marks.told(),
        older=rows[LOG - 1].id if len(rows) > LOG else None,
        roles=ROLES,
        owner=g.role == users.OWNER,
        problem=problem,
        draft={"name": name, "role": role},
        shortest=users.SHORTEST_PASSWORD,
    )
