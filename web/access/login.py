"""Who is logged in: the signed cookie, what each request may do, and the log-in page."""

import hmac
import time
from secrets import token_urlsafe

from flask import (
    Blueprint,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask import (
    Response as Page,
)
from itsdangerous import BadSignature, URLSafeSerializer
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.contract.bridge import Bridge
from bridge.contract.requests import EndLogin
from bridge.records import logins, users
from bridge.records.tables import User
from bridge.words.catalogue import _
from web import current
from web.access import cookies, language
from web.access.guesses import Limiter

WITHOUT_DATABASE = frozenset({"healthz.healthz", "https.trusted", "static"})
OPEN = WITHOUT_DATABASE | {
    "auth.login",
    "welcome.first",
    "moving.restore",
    "join.join",
    "manifest.manifest",
    "https.show",
    "https.authority",
}
# What staff may not do: settings, people, and whatever takes all of the shop's contacts or callers away, out of the box or for
# good. The forms of settings are open to look at; `settings.change` refuses to keep them.
OWNERS_ONLY = frozenset(
    {
        "status.accept_database",
        "backups.download",
        "backups.make",
        "backups.restore",
        "status.install",
        "status.number",
        "settings.send_sample",
        "team.add",
        "team.change",
        "team.invite",
        "team.take_back",
        "welcome.shop",
        "welcome.sample",
        "welcome.text",
        "status.closed_gets",
        "status.tomorrow",
        "contacts.export",
        "contacts.forget",
        "figures.calls_file",
        "https.change",
        "hooks.hooks",
        "hooks.change",
        "hooks.again",
        "keys.keys",
        "keys.revoke",
    }
)
# The cookie by which a device is known that somebody has logged in from, for so many seconds.
DEVICE, DEVICE_SECONDS = "textback_device", 400 * 86400

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
    g.user, g.role, g.language = _who(bridge)
    language.of_reader(g.language)
    if g.user is None and request.endpoint not in OPEN:
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("auth.login", next=target), 303)
    if request.endpoint in OWNERS_ONLY:
        owners_only()
    return None


def owners_only() -> None:
    """Refuses staff with 403."""
    if g.role != users.OWNER:
        if request.method == "GET":
            abort(403, _("Only an owner can save this. Ask one of them to do it, or to make you an owner."))
        abort(403, _("Only an owner can change this. Ask one of them to do it, or to make you an owner."))


def _session_key(bridge: Bridge) -> str:
    """The key that signs log-ins, which the loop makes at its first start."""
    with Session(bridge.engine) as database:
        key = users.session_key(database)
    return key or abort(503, _("The box is still starting. Try again in a moment."))


def _who(bridge: Bridge) -> tuple[str | None, str | None, str]:
    """Name and role of who is logged in, and the language that they have chosen."""
    key, mark, secret, hour = (session.get(part) for part in ("user", "mark", "login", "hour"))
    if not (
        isinstance(key, int) and isinstance(mark, str) and isinstance(secret, str) and isinstance(hour, int)
    ):
        return None, None, ""
    known = _known()
    name, role, chosen, until = known.get((key, mark, secret), ("", "", "", 0.0))
    if request.endpoint == "news.news" and time.monotonic() < until:
        return name, role, chosen
    with Session(bridge.engine) as database:
        user = database.get(User, key)
        holds, now = logins.holds(database, logins.digest(secret), hour), logins.hours_run(database)
    if user is None or not holds or not hmac.compare_digest(mark, users.mark(user)):
        known.pop((key, mark, secret), None)
        return None, None, ""
    if hour != now:
        session["hour"] = now
    known[key, mark, secret] = (user.name, user.role, user.language, time.monotonic() + KNOWN_FOR)
    return user.name, user.role, user.language


def _known() -> dict[tuple[int, str, str], tuple[str, str, str, float]]:
    known: dict[tuple[int, str, str], tuple[str, str, str, float]] = current_app.extensions["known"]
    return known


def let_in(name: str) -> None:
    """A new log-in of this user; whatever the cookie said before is forgotten. The device is known from now on."""
    with Session(current.bridge().engine) as database:
        user, hour = users.named(database, name), logins.hours_run(database)
    session.clear()
    if user is None:  # somebody has let them log in no more, at this very moment
        return
    session.permanent = True
    session["user"], session["mark"] = user.id, users.mark(user)
    session["login"], session["hour"] = token_urlsafe(16), hour
    if _device(name) is None:
        g.device = _devices().dumps([user.name, token_urlsafe(12)])
    if request.is_secure:
        _end_without_https(name)


def _end_without_https(name: str) -> None:
    """Who has come to the encrypted page stays there: what this browser has shown without HTTPS lets nobody in any more."""
    secret = _sessions().without_https(current_app).get("login")
    if isinstance(secret, str):
        current.bridge().request(EndLogin(logins.digest(secret)), by=name)
        g.plain_ended = True


def _sessions() -> cookies.Sessions:
    sessions = current_app.session_interface
    assert isinstance(sessions, cookies.Sessions)
    return sessions


def give_cookies(response: Page) -> Page:
    """Give the device the cookie by which it is known, if it has just been logged in from for the first time; and take away
    what it has from the page without HTTPS, if that is over."""
    if device := g.get("device"):
        cookies.give(response, DEVICE, device, DEVICE_SECONDS)
    if g.get("plain_ended"):
        _sessions().forget_without_https(current_app, response)
    return response


def _devices() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="device")


def _device(name: str) -> str | None:
    """The device that this request comes from, if somebody of this name has logged in from it before."""
    try:
        user, device = _devices().loads(cookies.given(DEVICE))
    except (BadSignature, ValueError, TypeError):
        return None
    return f"device {device}" if user == name else None


class Guess:
    """One try to log in, already counted as wrong."""

    def __init__(self, limiter: Limiter, who: str, name: str) -> None:
        self._limiter, self._who, self._name = limiter, who, name

    def was_right(self) -> None:
        """It was no guess."""
        self._limiter.was_right(self._who, self._name)


def may_guess(name: str, limit: str = "limiter", told: str = "") -> Guess:
    """A try of this name's password. Aborts with 429 for who has guessed too often. limit: which of the app's limits counts.
    told: what they read, if it is no password that they guess."""
    limiter: Limiter = current_app.extensions[limit]
    who = _device(name) or request.remote_addr or ""
    if not limiter.may_try(who, name):
        abort(429, told or _("Too many wrong passwords. Wait a minute, then try again."))
    return Guess(limiter, who, name)


def knows_the_code() -> bool:
    """Has who asks typed the code of the first login? It counts as a guess. Aborts with 429 for who has guessed too often."""
    guess = may_guess("", "code_limiter")
    with Session(current.bridge().engine) as database:
        if not users.is_setup_code(database, request.form.get("code", "")):
            return False
    guess.was_right()
    return True


# ---- pages


@pages.route("/login", methods=["GET", "POST"])
def login() -> str | Response | tuple[str, int]:
    """Log in, and go on to ?next=."""
    bridge = current.bridge()
    target = inside(request.values.get("next", ""))
    if g.user:
        return redirect(target, 303)
    if request.method != "POST":  # HEAD is no guess either
        with Session(bridge.engine) as database:
            if users.nobody_yet(database):
                return redirect(url_for("welcome.first"), 303)
        return render_template("login.html", target=target, wrong=None)
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    guess = may_guess(name)
    with Session(bridge.engine) as database:
        user = users.proven(database, name, password)
    if user is None:
        return render_template("login.html", target=target, wrong=name), 401
    guess.was_right()
    let_in(user.name)
    return redirect(target, 303)


def inside(target: str) -> str:
    """Only a path of this page, never another site.

    >>> inside("/contacts?q=ann"), inside("//evil.example"), inside("https://evil.example/x"), inside("/\\\\evil")
    ('/contacts?q=ann', '/', '/', '/')
    >>> inside("//["), inside("/a\\r\\nb")
    ('/', '/')
    """
    # What is not printable would break out of the header that it goes into.
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if plain else "/"


@pages.route("/logout", methods=["POST"])
def logout() -> Response:
    """Log out, on this device: a copy of its cookie is worth nothing either."""
    secret: str = session["login"]
    current.bridge().request(EndLogin(logins.digest(secret)), by=g.user)
    _known().pop((session["user"], session["mark"], secret), None)
    session.clear()
    return redirect(url_for("auth.login"), 303)
