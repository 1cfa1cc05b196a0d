"""Cookies that no clock judges: a browser is told for how long it keeps one, never until when, and a signature has no age. A
box without a clock boots in the past, and its clock jumps by years. How old a log-in may be, `login` says.

Over HTTPS they have names of their own, which a browser keeps for HTTPS and for this very host (RFC 6265bis, 4.1.3.2): what was
planted or read without HTTPS is worth nothing there, and a log-in without HTTPS goes on beside it."""

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature
from werkzeug.http import dump_cookie


def give(response: Response, name: str, value: str, seconds: int) -> None:
    """Have the browser keep a cookie of the page for so many seconds by its own watch; 0 takes it away."""
    _give(response, _name(name), value, seconds)


def given(name: str) -> str:
    """What the browser brings of a cookie of the page, "" for none."""
    return request.cookies.get(_name(name), "")


def _name(name: str) -> str:
    return f"__Host-{name}" if request.is_secure else name


def _give(response: Response, name: str, value: str, seconds: int) -> None:
    cookie = dump_cookie(
        name,
        value,
        max_age=seconds,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
        sync_expires=False,
    )
    response.headers.add("Set-Cookie", cookie)


class Sessions(SecureCookieSessionInterface):
    """Flask's signed cookie, without any time of day in what it is judged by."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds, however old its signature is; an empty session where it is not ours."""
        signer = self.get_signing_serializer(app)
        if signer is None:
            return None
        try:
            return self.session_class(signer.loads(given(self.get_cookie_name(app))))
        except BadSignature:
            return self.session_class()

    def without_https(self, app: Flask) -> dict[str, object]:
        """What the cookie holds that this browser has from the page without HTTPS."""
        signer = self.get_signing_serializer(app)
        try:
            return dict(signer.loads(request.cookies.get(self.get_cookie_name(app), ""))) if signer else {}
        except BadSignature:
            return {}

    def forget_without_https(self, app: Flask, response: Response) -> None:
        """Takes that cookie away."""
        _give(response, self.get_cookie_name(app), "", 0)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Give the cookie anew where something in it has changed, and to who is logged in with each answer."""
        name = self.get_cookie_name(app)
        if session.accessed:
            response.vary.add("Cookie")
        if not session:
            if session.modified:
                give(response, name, "", 0)
                response.vary.add("Cookie")
            return
        signer = self.get_signing_serializer(app)
        if signer is not None and self.should_set_cookie(app, session):
            give(
                response,
                name,
                signer.dumps(dict(session)),
                int(app.permanent_session_lifetime.total_seconds()),
            )
            response.vary.add("Cookie")
