"""Who is logged in: users and their passwords, and the signed cookie."""

import hmac
import secrets
import threading
import time
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, session, url_for
from sqlmodel import Session, select
from werkzeug.security import check_password_hash, generate_password_hash
from werkzeug.wrappers import Response

from bridge.desk import Desk
from bridge.models import Memo, User
from web.limiter import Limiter

SESSION_DAYS = 30
SHORTEST_PASSWORD = 8
WITHOUT_DATABASE = frozenset({"healthz.healthz", "static"})
OPEN = WITHOUT_DATABASE | {"auth.login"}
METHOD = "scrypt:32768:8:1"

# Who asks for news every two seconds need not be looked up each time; a new password counts there so much later (seconds).
KNOWN_FOR = 10.0

pages = Blueprint("auth", __name__)

# A hash costs 32 MB, and a small Pi has 512: one at a time.
_one_at_a_time = threading.Lock()
_one_key = threading.Lock()


# ---- users, also for the command line


def add_user(database: Session, name: str, password: str) -> None:
    """Let somebody log in. Raises ValueError with a sentence if the name or the password will not do."""
    name = name.strip()
    if not name:
        raise ValueError("A user needs a name.")
    if _user(database, name) is not None:
        raise ValueError(
            f"There is a user {name} already; textback user password {name} changes the password."
        )
    hashed = _hash(password)
    database.add(User(name=name, password=hashed, created=datetime.now(UTC)))


def set_password(database: Session, name: str, password: str) -> None:
    """A new password, which logs out everywhere. Raises ValueError with a sentence if that will not do."""
    user = _user(database, name.strip())
    if user is None:
        raise ValueError(f"There is no user {name}; textback user add {name} makes one.")
    user.password = _hash(password)


def _hash(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"The password is too short; take at least {SHORTEST_PASSWORD} characters.")
    return generate_password_hash(password, METHOD)


def _user(database: Session, name: str) -> User | None:
    return database.exec(select(User).where(User.name == name)).first()


# ---- every request


def check() -> Response | None:
    """Know who asks; send strangers to the log-in page."""
    desk: Desk = current_app.extensions["desk"]
    if request.endpoint in WITHOUT_DATABASE:
        return None
    if not current_app.secret_key:
        with _one_key:
            current_app.secret_key = _session_key(desk)
        # Flask opened this request's session before there was a key. 307: ask again, with the same method and body.
        return redirect(request.full_path.rstrip("?"), 307)
    g.user = _who(desk)
    if g.user is None and request.endpoint not in OPEN:
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("auth.login", next=target), 303)
    return None


def _session_key(desk: Desk) -> str:
    """The key that signs log-ins, made once and kept in the database."""
    with Session(desk.engine) as database, database.begin():
        memo = database.get(Memo, "session_key")
        if memo is None:
            memo = Memo(name="session_key", value=secrets.token_hex(32))
            database.add(memo)
        return memo.value


def _who(desk: Desk) -> str | None:
    key, mark = session.get("user"), session.get("mark")
    if not isinstance(key, int) or not isinstance(mark, str):
        return None
    asks_for_news = request.endpoint == "news.news"
    known: dict[tuple[int, str], tuple[str, float]] = current_app.extensions["known"]
    name, until = known.get((key, mark), ("", 0.0))
    if asks_for_news and time.monotonic() < until:
        return name
    with Session(desk.engine) as database:
        user = database.get(User, key)
    if user is None or not hmac.compare_digest(mark, _mark(user)):
        known.pop((key, mark), None)
        return None
    known[key, mark] = (user.name, time.monotonic() + KNOWN_FOR)
    return user.name


def _mark(user: User) -> str:
    """Changes with the password, so that an old cookie is worth nothing."""
    return sha256(user.password.encode()).hexdigest()[:16]


# ---- pages


@pages.route("/login", methods=["GET", "POST"])
def login() -> str | Response | tuple[str, int]:
    """Log in, and go on to ?next=."""
    desk: Desk = current_app.extensions["desk"]
    target = _inside(request.values.get("next", ""))
    if g.user:
        return redirect(target, 303)
    if request.method == "GET":
        return _form(desk, target)
    limiter: Limiter = current_app.extensions["limiter"]
    peer = request.remote_addr or ""
    if not limiter.may_try(peer):
        abort(429, "Too many wrong passwords. Wait a minute, then try again.")
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    user = _proven(desk, name, password)
    if user is None:
        return _form(desk, target, name), 401
    limiter.was_right(peer)
    session.clear()
    session.permanent = True
    session["user"], session["mark"] = user.id, _mark(user)
    return redirect(target, 303)


def _form(desk: Desk, target: str, wrong: str | None = None) -> str:
    """The log-in page; `wrong` is the name that was tried."""
    with Session(desk.engine) as database:
        nobody = database.exec(select(User.id).limit(1)).first() is None
    return render_template("login.html", nobody=nobody, target=target, wrong=wrong)


def _proven(desk: Desk, name: str, password: str) -> User | None:
    """The user of this name if the password is right; a name that is not there takes as long."""
    with Session(desk.engine) as database:
        user = _user(database, name)
    with _one_at_a_time:
        right = check_password_hash(user.password if user else _nobody(), password)
    return user if user and right else None


def _nobody() -> str:
    """A hash that no password has."""
    return f"{METHOD}$0000000000000000${'0' * 128}"


def _inside(target: str) -> str:
    """Only a path of this page, never another site.

    >>> _inside("/contacts?q=ann"), _inside("//evil.example"), _inside("https://evil.example/x"), _inside("/\\\\evil")
    ('/contacts?q=ann', '/', '/', '/')
    """
    parts = urlsplit(target)
    plain = (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not parts.scheme
        and not parts.netloc
    )
    return target if plain else "/"


@pages.route("/logout", methods=["POST"])
def logout() -> Response:
    """Log out."""
    session.clear()
    return redirect(url_for("auth.login"), 303)
