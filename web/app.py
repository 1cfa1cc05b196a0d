"""The Flask application: its guards, headers, error pages and blueprints; what a page shows, the pages know."""

from datetime import datetime
from functools import partial

from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session
from werkzeug.exceptions import HTTPException

from bridge.contract.bridge import Bridge
from bridge.records import logins, views
from bridge.records.engine import database_trouble
from bridge.records.failures import Failure, failure_of, is_missing_table, masked
from bridge.words.catalogue import N_, _
from bridge.words.reasons import error_sentence
from web import current, limits
from web.access import cookies, language, login, network, secure, size
from web.access.guesses import Limiter
from web.api import mount
from web.pages import (
    arranging,
    backups,
    calls,
    changes,
    contacts,
    conversations,
    dry_run,
    figures,
    filters,
    first_steps,
    healthz,
    hooks,
    https,
    invitation,
    keys,
    manifest,
    moving,
    notices,
    opening_hours,
    replies,
    scheduled,
    settings,
    status,
    team,
    write,
)
from web.quiet import QuietFlask
from web.values import clean_address

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'{further}; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
SENTENCES = {
    400: N_("The box did not understand that request."),
    403: N_("This page cannot be opened from here."),
    404: N_("There is no page at this address."),
    405: N_("That cannot be done here."),
    422: N_("That cannot be done like this."),
}
UNKNOWN = N_("Something went wrong in the box. Its log says more.")

ROOMS = (
    login,
    first_steps,
    moving,
    invitation,
    calls,
    conversations,
    arranging,
    write,
    scheduled,
    replies,
    contacts,
    figures,
    status,
    backups,
    settings,
    opening_hours,
    dry_run,
    team,
    hooks,
    keys,
    changes,
    manifest,
    https,
    healthz,
)
csrf = CSRFProtect()


def create_app(bridge: Bridge) -> Flask:
    """The page on this bridge, with the API for programs beside it. Touches no database: its tables may not be there yet."""
    app = QuietFlask(__name__)
    current.give(app, bridge)
    app.session_interface = cookies.Sessions()
    app.extensions["limiter"] = Limiter()
    # The code of the first log-in is short, and nobody is kept out who is in already.
    app.extensions["code_limiter"] = Limiter(first_is_free=False)
    app.extensions["invitation_limiter"] = Limiter()
    app.extensions["known"] = {}
    app.config.update(
        MAX_CONTENT_LENGTH=limits.FORM,
        MAX_FORM_MEMORY_SIZE=limits.FORM,
        SESSION_COOKIE_NAME="textback",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=logins.HOLDS_HOURS * 3600,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(language.of_browser)
    app.before_request(clean_address)
    app.before_request(network.check)
    app.before_request(size.check)
    app.before_request(login.check)
    app.before_request(size.room_for_files)
    app.before_request(_take_mark)
    csrf.init_app(app)
    for room in ROOMS:
        app.register_blueprint(room.pages)
    filters.register_filters(app.jinja_env, bridge)
    app.context_processor(_common)
    app.after_request(_headers)
    app.after_request(login.give_cookies)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(DatabaseError, _database_error)
    with_api = mount.beside(app.wsgi_app, partial(_api, bridge, bridge.now()))
    app.wsgi_app = with_api  # type: ignore[method-assign,assignment]
    return app


def _api(bridge: Bridge, began: datetime) -> mount.Wsgi:
    from web.api import app as api  # heavy, and many a box has no program

    return api.create(bridge, began).wsgi_app


def _take_mark() -> None:
    """Takes the page's mark before its rows are read, so that what changes in between counts as news."""
    g.mark = changes.mark(current.bridge()) if g.get("user") else None


def _common() -> dict[str, object]:
    """What every page needs. A visitor whom the guard has refused is told nothing of the shop."""
    if g.get("refused", True):
        return {"troubles": (), "notices": (), "shop": "", "user": None, "role": None}
    bridge, shop = current.bridge(), current.bridge().settings()
    user = g.get("user")
    rows = _from_database(bridge) if user and not g.get("no_database") else {}
    common = {
        "troubles": [*map(error_sentence, bridge.status().alarms)],
        "notices": notices.notices(bridge.status(), shop.textback.enabled),
        "shop": shop.shop.name,
        "user": user,
        "role": g.get("role"),
        "origin_to_try": secure.origin_to_try(),
    }
    return {**common, "mark": g.get("mark"), **rows}


def _from_database(bridge: Bridge) -> dict[str, object]:
    with Session(bridge.engine) as session:
        waiting = views.needing_reply(session, current.own(session))
        return {"unread": views.unread(session), "need_reply": waiting}


def _headers(response: Response) -> Response:
    further = f" {origin}" if (origin := secure.origin_to_try()) else ""
    for name, value in {"Content-Security-Policy": POLICY.format(further=further), **HEADERS}.items():
        response.headers.setdefault(name, value)
    # A file is asked for anew by its mark; when it was changed says the box's clock, which may be wrong.
    response.headers.remove("Last-Modified")
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _http_error(error: HTTPException) -> tuple[str, int]:
    """Our own words where abort() was given some, else those for the code; never werkzeug's."""
    code = error.code or 500
    ours = error.description if error.description != type(error).description else None
    if code == 413:
        ours = size.refused()
    if code >= 500:
        g.no_database = True  # what has failed would fail again
    return _plain(code, ours or _(SENTENCES.get(code, UNKNOWN)))


def _stale_form(_error: CSRFError) -> tuple[str, int]:
    return _plain(
        400, _("This form is too old, or did not come from this page. Go back, reload it and try again.")
    )


def _database_error(error: DatabaseError) -> tuple[str, int, dict[str, str]]:
    """A database that is away, locked, full or not yet made is no mistake of the page; what it refuses for its content is no
    trouble of the database."""
    if failure_of(error) not in (Failure.AWAY, Failure.NO_TABLES):
        current_app.logger.warning("%s: %s", request.endpoint, masked(error))
        return *_plain(400, _(SENTENCES[400])), {}
    g.no_database = True
    # While the box starts for the first time, its tables are still being made.
    starting = is_missing_table(error)
    sentence = (
        _("The box is still starting. Try again in a moment.")
        if starting
        else error_sentence(database_trouble(error))
    )
    current_app.logger.warning("%s: %s", request.endpoint, sentence)
    return *_plain(503, sentence), {"Retry-After": "5"}


def _plain(code: int, sentence: str) -> tuple[str, int]:
    # Who was refused by the guard may have asked under a name of which no address can be made.
    page = "refused.html" if g.get("refused", True) else "error.html"
    return render_template(page, code=code, sentence=sentence), code
