"""`/team`: who may log in and as what, one's own password, and the log of who changed what."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.handlers import audit_log
from bridge.records import users, views
from bridge.records.tables import User
from web import current
from web.access import login
from web.pages import paging

LOG = 50

pages = Blueprint("team", __name__)


@pages.route("/team")
def team() -> str:
    """Everybody who may log in, and what was changed lately. before: where the last page of the log ended."""
    return _page()


@pages.route("/team", methods=["POST"])
def add() -> Response | tuple[str, int]:
    """Let somebody log in (303 to the page that shows it)."""
    form = request.form
    name, role = form.get("name", ""), form.get("role", users.STAFF)
    bridge = current.bridge()
    try:
        with Session(bridge.engine) as database, database.begin():
            user = users.add_user(database, name, form.get("password", ""), role, now=bridge.now())
            _log(database, f"let {user.name} log in as {role}")
    except ValueError as error:
        return _page(problem=_for_the_page(error), name=name, role=role), 422
    return redirect(url_for("team.team"), 303)


@pages.route("/team/<name>", methods=["POST"])
def change(name: str) -> Response | tuple[str, int]:
    """Change somebody's role or password, log them out everywhere, or let them in no more."""
    bridge = current.bridge()
    try:
        with Session(bridge.engine) as database, database.begin():
            _log(database, _change(database, name))
    except ValueError as error:
        return _page(problem=_for_the_page(error)), 422
    return redirect(url_for("team.team"), 303)


def _change(database: Session, name: str) -> str:
    form = request.form
    match form.get("do"):
        case "role":
            users.set_role(database, name, form.get("role", ""))
            return f"made {name} {form.get('role')}"
        case "password":
            users.set_password(database, name, form.get("password", ""))
            return f"gave {name} a new password"
        case "out":
            users.log_out_everywhere(database, name)
            return f"logged {name} out everywhere"
        case "remove":
            users.remove(database, name)
            return f"let {name} log in no more"
    return abort(400)


@pages.route("/team/me", methods=["POST"])
def mine() -> Response | tuple[str, int]:
    """One's own password, or logging out everywhere else; this browser stays logged in."""
    bridge = current.bridge()
    form = request.form
    try:
        with Session(bridge.engine, expire_on_commit=False) as database, database.begin():
            if form.get("do") == "out":
                user = users.log_out_everywhere(database, g.user)
                _log(database, "logged out everywhere else")
            else:
                user = _own_password(database, form.get("old", ""), form.get("new", ""))
                _log(database, "took a new password")
    except ValueError as error:
        return _page(problem=_for_the_page(error)), 422
    login.let_in(user)
    return redirect(url_for("team.team"), 303)


def _own_password(database: Session, old: str, new: str) -> User:
    limiter = login.may_guess()
    if users.proven(database, g.user, old) is None:
        raise ValueError("The old password is wrong.")
    limiter.was_right(request.remote_addr or "")
    return users.set_password(database, g.user, new)


def _log(database: Session, what: str) -> None:
    audit_log.note(database, g.user, what, current.bridge().now())


def _for_the_page(error: ValueError) -> str:
    """Without the command that would do it: people at the page have no command line."""
    return f"{str(error).partition(';')[0]}." if "textback user" in str(error) else str(error)


def _page(problem: str | None = None, name: str = "", role: str = users.STAFF) -> str:
    bridge = current.bridge()
    with Session(bridge.engine) as session:
        people = users.everybody(session)
        rows = views.audit_entries(
            session, before=paging.number(request.args.get("before", "")), limit=LOG + 1
        )
    return render_template(
        "team.html",
        people=people,
        log=rows[:LOG],
        older=rows[LOG - 1].id if len(rows) > LOG else None,
        roles=users.ROLES,
        owner=g.role == users.OWNER,
        problem=problem,
        draft={"name": name, "role": role},
        shortest=users.SHORTEST_PASSWORD,
    )
