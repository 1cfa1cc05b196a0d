"""The Flask application: its guards, its headers, its error pages and its rooms; what a page shows, the pages know."""

from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session
from werkzeug.exceptions import HTTPException

from bridge import history
from bridge.database import plain_trouble
from bridge.desk import Desk
from web import auth, calls, contacts, conversations, guard, healthz, settings, show, status

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
MAX_BODY = 64 * 1024
SENTENCES = {
    400: "The box could not make sense of that request.",
    403: "This page may not be opened from here.",
    404: "There is no such page.",
    405: "That cannot be done here.",
    413: "That is more than the box takes at once.",
}

csrf = CSRFProtect()


def create_app(desk: Desk) -> Flask:
    """The page of this desk. Touches no database: its tables may not be there yet."""
    app = Flask(__name__)
    app.extensions["desk"] = desk
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        SESSION_COOKIE_NAME="textback",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=auth.SESSION_DAYS * 86400,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(guard.check)
    app.before_request(auth.check)
    csrf.init_app(app)
    for room in (auth, calls, conversations, contacts, status, settings, healthz):
        app.register_blueprint(room.pages)
    show.teach(app.jinja_env, desk)
    app.context_processor(_common)
    app.after_request(_headers)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(DatabaseError, _database_error)
    return app


def _common() -> dict[str, object]:
    """What every page needs: troubles, unread, who is logged in. Unread only where somebody is."""
    desk: Desk = current_app.extensions["desk"]
    return {
        "troubles": desk.status().troubles,
        "shop": desk.settings().shop.name,
        "user": g.get("user"),
        "unread": _unread(desk) if g.get("user") else 0,
    }


def _unread(desk: Desk) -> int:
    try:
        with Session(desk.engine) as session:
            return history.unread(session)
    except DatabaseError:
        return 0  # the page that follows says what is wrong


def _headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _http_error(error: HTTPException) -> tuple[str, int]:
    code = error.code or 500
    sentence = SENTENCES.get(code, "Something went wrong in the box.")
    return render_template(
        "error.html", code=code, sentence=error.description if code == 429 else sentence
    ), code


def _stale_form(_error: CSRFError) -> tuple[str, int]:
    sentence = "This form is too old, or did not come from this page. Go back, reload and try again."
    return render_template("error.html", code=400, sentence=sentence), 400


def _database_error(error: DatabaseError) -> tuple[str, int]:
    return render_template("error.html", code=503, sentence=plain_trouble(error)), 503
