"""`/auth/token`: tokens that do less than a key, or end sooner. A token says only which row is its; the row decides."""

from datetime import datetime, timedelta
from uuid import uuid4

import jwt
from flask import Blueprint, Response, abort
from sqlmodel import Session

from bridge.contract.api_requests import EndToken, KeepTokens
from bridge.records import tokens
from bridge.records.tables import ApiKey, ApiToken
from bridge.rules.scopes import Scope, asked, within
from web import current
from web.api import answer, reading, who
from web.api.answer import nothing, told
from web.api.document import document
from web.api.errors import Wrong, bad, done
from web.api.shapes.box import USUAL_TTL, TokenRequest, Tokens

# A refresh token is good for so long after the token that it comes with.
LONGER = timedelta(days=30)

routes = Blueprint("tokens", __name__)


@routes.post("/auth/token")
@document("tokens", Scope.TOKENS, json=TokenRequest, answers={201: Tokens})
@who.needs(Scope.TOKENS)
def make() -> Response:
    """A token for some of what this key may do, for so many seconds; a day if ttl is not given. It ends with the key."""
    wanted, program = reading.body(TokenRequest), who.program()
    try:
        scopes = asked(wanted.scopes)
    except ValueError as error:
        raise bad("unsupported scope provided") from error
    if within(scopes, program.scopes):
        raise Wrong(403, "Insufficient permissions")
    lasts = timedelta(seconds=wanted.ttl or USUAL_TTL)
    return told(_pair(uuid4().hex, tuple(scopes), lasts), 201)


@routes.post("/auth/token/refresh")
@document("tokens", Scope.REFRESH, answers={200: Tokens})
@who.needs(Scope.REFRESH)
def refresh() -> Response:
    """The next pair, for the refresh token (as the Bearer). Each is good once: used again, all that came of the same end."""
    program = who.program()
    token, _ = _own(program.token or "")
    scopes = tuple(scope for scope in token.scopes if scope != Scope.REFRESH)
    return told(_pair(token.family, scopes, token.expires - token.created - LONGER, used=token.id))


@routes.delete("/auth/token/<jti>")
@document("tokens", Scope.TOKENS, answers={204: None})
@who.needs(Scope.TOKENS)
def revoke(jti: str) -> Response:
    """This token, and those that came of it, are good no more."""
    done(current.bridge().request(EndToken(jti, who.program().key_id), by=who.program().author))
    return nothing(204)


def _own(jti: str) -> tuple[ApiToken, ApiKey]:
    with Session(current.bridge().engine) as session:
        found = tokens.with_key(session, jti)
    return found or abort(401)


def _pair(family: str, scopes: tuple[str, ...], lasts: timedelta, used: str | None = None) -> Tokens:
    bridge, program = current.bridge(), who.program()
    with Session(bridge.engine) as session:
        secret = tokens.signing_key(session) or abort(503)
        key = session.get_one(ApiKey, program.key_id)
    now = bridge.now()
    until, longer = (_at_most(moment, key.expires) for moment in (now + lasts, now + lasts + LONGER))
    access, again = uuid4().hex, uuid4().hex
    request = KeepTokens(access, again, family, program.key_id, scopes, until, longer, used)
    done(bridge.request(request, by=program.author))
    return Tokens(
        id=access,
        access_token=_signed(access, until, secret),
        refresh_token=_signed(again, longer, secret),
        expires_at=answer.here(until),
    )


def _at_most(moment: datetime, end: datetime | None) -> datetime:
    return moment if end is None else min(moment, end)


def _signed(jti: str, until: datetime, secret: str) -> str:
    return jwt.encode({"jti": jti, "iss": "textback", "exp": until}, secret, who.ALGORITHM)
