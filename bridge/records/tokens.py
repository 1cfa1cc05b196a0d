"""Tokens that were made with a key of the API: which of them still hold. A token itself says only which row is its; the row
decides. It knows no request."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from bridge.records.memo import remember, remembered
from bridge.records.tables import ApiKey, ApiToken
from bridge.rules.scopes import Scope

# The memo with the key that signs tokens.
SIGNING_KEY = "api_token_key"


def make_signing_key(session: Session) -> None:
    """Made once in a box's life."""
    if signing_key(session) is None:
        remember(session, SIGNING_KEY, secrets.token_hex(32))


def signing_key(session: Session) -> str | None:
    """The key that signs tokens; None before the loop's first turn."""
    return remembered(session, SIGNING_KEY)


def keep(
    session: Session,
    access: str,
    refresh: str,
    family: str,
    key_id: int,
    scopes: Collection[str],
    now: datetime,
    expires: datetime,
    refresh_expires: datetime,
) -> None:
    """A pair of tokens: one that is used, and one for the next pair. access, refresh: their ids; family: of all that come of
    one another; now, expires: UTC."""
    common: dict[str, Any] = {"key_id": key_id, "family": family, "created": now}
    session.add(ApiToken(id=access, scopes=sorted(scopes), expires=expires, **common))
    # A refresh token hands its scopes on, and has none but its own.
    handed_on = [Scope.REFRESH, *sorted(scopes)]
    session.add(ApiToken(id=refresh, scopes=handed_on, refresh=True, expires=refresh_expires, **common))
    session.flush()


def with_key(session: Session, jti: str) -> tuple[ApiToken, ApiKey] | None:
    """The token of this id with the key that it was made with; None if there is none."""
    query = select(ApiToken, ApiKey).join(ApiKey, col(ApiKey.id) == ApiToken.key_id)
    return session.exec(query.where(ApiToken.id == jti)).first()


def use_up(session: Session, jti: str) -> ApiToken | None:
    """A refresh token is good once. None where it was used before: then somebody has a copy, and the whole family ends."""
    token = session.get(ApiToken, jti)
    if token is None:
        return None
    if token.ended:
        end_family(session, token.family)
        return None
    token.ended = True
    session.flush()
    return token


def end(session: Session, jti: str, key_id: int) -> None:
    """Revokes a token of this key, and with it those that it was made or renewed by."""
    token = session.get(ApiToken, jti)
    if token is not None and token.key_id == key_id:
        end_family(session, token.family)


def end_family(session: Session, family: str) -> None:
    """None of them is good any more."""
    ended = update(ApiToken).where(col(ApiToken.family) == family).values(ended=True)
    session.execute(ended.execution_options(synchronize_session="fetch"))
