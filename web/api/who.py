"""Which program asks, and what it may: a key, as the password of Basic, as a Bearer or as x-api-key, or a token that was made
with one. No cookie counts here."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import jwt
from flask import current_app, g, request
from sqlmodel import Session

from bridge.contract.api_requests import KeyUsed
from bridge.contract.bridge import Envelope
from bridge.records import keys, tokens
from bridge.records.rows import id_of
from bridge.records.tables import ApiKey, ApiToken
from bridge.rules.scopes import Scope, may
from web import current
from web.access.guesses import Limiter
from web.api.errors import REALM, Wrong

ALGORITHM = "HS256"
CHALLENGE = {"WWW-Authenticate": REALM}

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Program:
    """Who asks. key_id, name: of the key; scopes: what this request may do; only: the lines that it may use, all if none.
    token: the id of the token that it came with, if it was one, and family: of those that this came of."""

    key_id: int
    name: str
    scopes: tuple[str, ...]
    only: tuple[str, ...] = ()
    token: str | None = None
    family: str | None = None

    @property
    def author(self) -> str:
        """By which name it stands in texts and in the log."""
        return f"key {self.name}"

    @property
    def whose(self) -> int | None:
        """Whose submissions it sees: its own, or, if it may do everything, all (None)."""
        return None if Scope.ALL in self.scopes else self.key_id

    @property
    def lines(self) -> tuple[str, ...]:
        """The names of the lines that it may use, in the order of config.ini."""
        there = (modem.name for modem in current.bridge().settings().modems)
        return tuple(name for name in there if not self.only or name in self.only)


def needs(*scopes: Scope) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """For programs that have one of these scopes; without any: for whoever has a key."""

    def guard(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **more: P.kwargs) -> R:
            g.program = program = _program()
            if scopes and not may(program.scopes, *scopes):
                raise Wrong(403, "Insufficient permissions")
            refreshes = may(program.scopes, Scope.REFRESH)
            if refreshes and Scope.REFRESH not in scopes:
                raise Wrong(403, "Insufficient permissions")
            return view(*args, **more)

        return guarded

    return guard


def program() -> Program:
    """Who asks, in a view that `needs` guards."""
    found: Program = g.program
    return found


def for_all_lines() -> None:
    """Refuses keys that are for some lines alone what is about all of them."""
    if program().only:
        raise Wrong(403, "This key is for some lines alone, and this is about all of them.")


def _program() -> Program:
    secret = _brought()
    if not secret:
        raise Wrong(401, "A key is needed. An owner makes one on the page, under Settings.", CHALLENGE)
    with Session(current.bridge().engine) as session:
        if (token := _token(session, secret)) is not None:
            return _of_token(*token)
        if (key := keys.of_secret(session, secret)) is not None:
            return _of_key(key, tuple(key.scopes))
    _count_as_guess()
    raise Wrong(401, "This key is wrong.", CHALLENGE)


def _count_as_guess() -> None:
    """A key has 32 random octets, so that nobody finds one by trying: who has the right one is never kept out by the tries of
    others, and who has none is told so a few times and then to wait. What once was a key, or a token of ours, is no guess."""
    limiter: Limiter = current_app.extensions["key_limiter"]
    if not limiter.may_try(request.remote_addr or ""):
        raise Wrong(429, "Too many wrong keys. Wait a minute, then try again.", {"Retry-After": "60"})


def _brought() -> str:
    """What stands for the key in this request; "" for nothing."""
    if key := request.headers.get("x-api-key"):
        return _behind_name(key)
    kind, _, rest = request.headers.get("Authorization", "").partition(" ")
    match kind.lower():
        case "bearer":
            return _behind_name(rest.strip())
        case "basic":
            try:
                return _behind_name(base64.b64decode(rest.strip(), validate=True).decode())
            except (binascii.Error, ValueError):
                return ""
    return ""


def _behind_name(brought: str) -> str:
    """The key itself, of name:key: no key has a colon in it.

    >>> _behind_name("till:tb_x"), _behind_name("tb_x")
    ('tb_x', 'tb_x')
    """
    return brought.rpartition(":")[2]


def _of_key(
    key: ApiKey, scopes: tuple[str, ...], token: str | None = None, family: str | None = None
) -> Program:
    """The program of this key; that it was used is noted by the loop. Raises Wrong where the key holds no more."""
    bridge = current.bridge()
    now = bridge.now()
    if not keys.holds(key, now):
        raise Wrong(401, "This key has expired or was revoked.", CHALLENGE)
    if keys.needs_note(key, now):
        bridge.put(Envelope(KeyUsed(id_of(key))))
    return Program(id_of(key), key.name, scopes, tuple(key.lines), token, family)


def _token(session: Session, brought: str) -> tuple[ApiToken, ApiKey] | None:
    """What stands in a token only tells which row is meant; None for what is no token of this box."""
    secret = tokens.signing_key(session) if brought.count(".") == 2 else None
    if secret is None:
        return None
    unjudged: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
    try:
        claims = jwt.decode(brought, secret, algorithms=[ALGORITHM], options=unjudged)
    except jwt.InvalidTokenError:
        return None
    return tokens.with_key(session, str(claims.get("jti", "")))


def _of_token(token: ApiToken, key: ApiKey) -> Program:
    """Raises Wrong where it holds no more. A refresh token that was used up is heard once more: by that it is found out that
    somebody has a copy."""
    if current.bridge().now() >= token.expires or (token.ended and not token.refresh):
        raise Wrong(401, "This token has ended.", CHALLENGE)
    held = (Scope.REFRESH,) if token.refresh else tuple(token.scopes)
    return _of_key(key, held, token.id, token.family)
