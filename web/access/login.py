"""Who is logged in: the signed cookie, what each request may do, and the log-in page."""

import hmac
import time

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, session, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.contract.bridge import Bridge
from bridge.records import users
from bridge.records.tables import User
from web import current
from web.access.guesses import Limiter

SESSION_DAYS = 30
WITHOUT_DATABASE = frozenset({"healthz.healthz", "static"})
OPEN = WITHOUT_DATABASE | {"auth.login", "welcome.first", "manifest.manifest"}
# What staff may not do.
OWNERS_ONLY = frozenset({"settings.send_sample", "team.add", "team.change", "welcome.shop", "welcome.sample"})

# Who asks for news every two seconds need not be looked up each time; a new password counts there so much later (seconds).
KNOWN_FOR = 10.0

pages = Blueprint("auth", __name__)

# ---- every request


def check() -> Response | None:
    """Find out who asks; strangers are sent to the log-in page, and staff are refused what only owners may do."""
    bridge = current.bridge()
    if request.endpoint in WITHOUT_DATABASE:
        return None
    if not current_app.secret_key:
        current_app.secret_key = _session_key(bridge)
        # Flask opened this request's session before there was a key. 307: ask again, with the same method and body.
        return redirect(request.full_path.rstrip("?"), 307)
    g.user, g.role = _who(bridge)
    if g.user is None and request.endpoint not in OPEN:
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("auth.login", next=target), 303)
    if request.endpoint in OWNERS_ONLY:
        owners_only()
    return None


def owners_only() -> None:
    """Refuses staff with 403."""
    if g.role != users.OWNER:
        abort(403, "Only an owner may change this. Ask one of them to do it, or to make you an owner.")


def _session_key(bridge: Bridge) -> str:
    """The key that signs log-ins, which the loop makes at its first start."""
    with Session(bridge.engine) as database:
        key = users.session_key(database)
    return key or abort(503, "The box is still starting. Try again in a moment.")


def _who(bridge: Bridge) -> tuple[str | None, str | None]:
    """Name and role of who is logged in."""
    key, mark = session.get("user"), session.get("mark")
    if not isinstance(key, int) or not isinstance(mark, str):
        return None, None
    known: dict[tuple[int, str], tuple[str, str, float]] = current_app.extensions["known"]
    name, role, until = known.get((key, mark), ("", "", 0.0))
    if request.endpoint == "news.news" and time.monotonic() < until:
        return name, role
    with Session(bridge.engine) as database:
        user = database.get(User, key)
    if user is None or not hmac.compare_digest(mark, users.mark(user)):
        known.pop((key, mark), None)
        return None, None
    known[key, mark] = (user.name, user.role, time.monotonic() + KNOWN_FOR)
    return user.name, user.role


def let_in(name: str) -> None:
    """A new session of this user; whatever the cookie said before is forgotten."""
    with Session(current.bridge().engine) as database:
        user = users.named(database, name)
    session.clear()
    if user is None:  # somebody has let them log in no more, at this very moment
        return
    session.permanent = True
    session["user"], session["mark"] = user.id, users.mark(user)


def may_guess() -> Limiter:
    """The limiter of guesses. Aborts with 429 for an address that has guessed too often."""
    limiter: Limiter = current_app.extensions["limiter"]
    if not limiter.may_try(request.remote_addr or ""):
        abort(429, "Too many wrong passwords. Wait a minute, then try again.")
    return limiter


# ---- pages


@pages.route("/login", methods=["GET", "POST"])
def login() -> str | Response | tuple[str, int]:
    """Log in, and go on to ?next=."""
    bridge = current.bridge()
    target = _inside(request.values.get("next", ""))
    if g.user:
        return redirect(target, 303)
    if request.method != "POST":  # HEAD is no guess either
        with Session(bridge.engine) as database:
            if users.nobody_yet(database):
                return redirect(url_for("welcome.first"), 303)
        return render_template("login.html", target=target, wrong=None)
    limiter = may_guess()
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    with Session(bridge.engine) as database:
        user = users.proven(database, name, password)
    if user is None:
        return render_template("login.html", target=target, wrong=name), 401
    limiter.was_right(request.remote_addr or "")
    let_in(user.name)
    return redirect(target, 303)


def _inside(target: str) -> str:
    """Only a path of this page, never another site.

    >>> _inside("/contacts?q=ann"), _inside("//evil.example"), _inside("https://evil.example/x"), _inside("/\\\\evil")
    ('/contacts?q=ann', '/', '/', '/')
    >>> _inside("//["), _inside("/a\\r\\nb")
    ('/', '/')
    """
    # What is not printable would break out of the header that it goes into.
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if plain else "/"


@pages.route("/logout", methods=["POST"])
def logout() -> Response:
    """Log out, on this device."""
    session.clear()
    return redirect(url_for("auth.login"), 303)
