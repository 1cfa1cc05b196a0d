"""The application of the API: its guards, its routes and how it tells errors. It opens no session, gives no cookie and knows
neither CSRF nor log-in; who asks, `who` finds out for each route."""

from datetime import datetime

from flask import Flask, Response, abort, request
from flask.sessions import SecureCookieSessionInterface

from bridge.contract.bridge import Bridge
from bridge.words import catalogue
from web import current, limits
from web.access import network
from web.access.guesses import Limiter
from web.api import (
    box,
    calls,
    docs,
    errors,
    inbox,
    messages,
    metrics,
    people,
    settings,
    shop,
    tokens,
    webhooks,
)
from web.connections import BUSY, NO_ROOM, REFUSED
from web.quiet import QuietFlask
from web.values import clean_address

# One list of routes for both prefixes.
ROUTES = (messages, inbox, webhooks, box, settings, tokens, calls, people, shop, metrics, docs)


class NoSessions(SecureCookieSessionInterface):
    """No cookie is read and none is given."""

    def open_session(self, app: Flask, request: object) -> None:
        """None: Flask then has its own empty one, which cannot be written to."""

    def save_session(self, *_: object) -> None:
        """Nothing is kept."""


def create(bridge: Bridge, began: datetime | None = None) -> Flask:
    """The API on this bridge. Touches no database. began: when the service did (UTC), if not now."""
    app = QuietFlask(__name__, static_folder=None)
    current.give(app, bridge)
    app.session_interface = NoSessions()
    app.extensions["key_limiter"] = Limiter()
    app.extensions["metrics"] = metrics.Today(began or bridge.now())
    app.config.update(MAX_CONTENT_LENGTH=limits.API, MAX_FORM_MEMORY_SIZE=limits.API)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # of Flask's own provider
    app.url_map.strict_slashes = False
    app.before_request(_in_english)
    app.before_request(clean_address)
    app.before_request(network.check)
    app.before_request(_check_size)
    for room in ROUTES:
        app.register_blueprint(room.routes)
    errors.register(app)
    app.after_request(_headers)
    return app


def _in_english() -> None:
    """Programs are told in one language; the thread may have answered somebody else in theirs."""
    catalogue.speak(catalogue.ENGLISH)


def _check_size() -> None:
    """What the server has read away is refused."""
    match request.environ.get(REFUSED):
        case None:
            return
        case why if why in (BUSY, NO_ROOM):
            abort(503)
    abort(413)


def _headers(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
