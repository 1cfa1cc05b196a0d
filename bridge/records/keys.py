"""Keys of programs that use the API: made, found by their secret's digest, revoked. The secret itself stands nowhere. They know
no request."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import Session, col, select

from bridge.records.tables import ApiKey
from bridge.records.users import LONGEST_NAME
from bridge.rules.one_line import one_line
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.scopes import asked

# How a key begins, so that it is found where it has leaked to; and how many random octets it has: of so many nobody guesses
# one, so its digest needs no slow hash.
PREFIX, OCTETS = "tb_", 32
# A key's last use is noted once in so long: each note is a write to the card.
NOTED = timedelta(hours=1)
MOST_DAYS = 3650


def new_secret() -> str:
    """A key as it is shown, once."""
    return PREFIX + secrets.token_urlsafe(OCTETS)


def digest(secret: str) -> str:
    """By which a key is known here."""
    return sha256(secret.encode()).hexdigest()


def add(
    session: Session,
    name: str,
    hashed: str,
    scopes: Collection[str],
    now: datetime,
    *,
    lines: Sequence[str] = (),
    days: int | None = None,
    by: str = "",
) -> ApiKey:
    """Let a program in. hashed: by `digest`. lines: the only ones that it may use, all if none. days: how long it holds. Raises
    Refusal for a name that will not do or that another key has, and for an unknown scope."""
    name = one_line(name)
    if not name:
        raise Refusal(Refused.NO_KEY_NAME)
    if len(name) > LONGEST_NAME:
        raise Refusal(Refused.NAME_TOO_LONG, most=LONGEST_NAME)
    if named(session, name) is not None:
        raise Refusal(Refused.KEY_EXISTS, name=name)
    try:
        known = asked(scopes)
    except ValueError as error:
        raise Refusal(Refused.NO_SUCH_SCOPE, scope=str(error)) from error
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Refusal(Refused.KEY_DAYS, most=MOST_DAYS)
    key = ApiKey(
        name=name,
        digest=hashed,
        scopes=sorted(known),
        lines=list(lines),
        by=by,
        created=now,
        expires=now + timedelta(days=days) if days else None,
    )
    session.add(key)
    session.flush()
    return key


def named(session: Session, name: str) -> ApiKey | None:
    """The key of this name that was not revoked."""
    query = select(ApiKey).where(ApiKey.name == name.strip(), col(ApiKey.revoked).is_(None))
    return session.exec(query).first()


def of_secret(session: Session, secret: str) -> ApiKey | None:
    """The key with this secret, whatever has become of it."""
    return session.exec(select(ApiKey).where(ApiKey.digest == digest(secret))).first()


def holds(key: ApiKey, now: datetime) -> bool:
    """Does it let anybody in?"""
    return key.revoked is None and (key.expires is None or now < key.expires)


def all_keys(session: Session) -> Sequence[ApiKey]:
    """Those that were not revoked, by name."""
    return session.exec(select(ApiKey).where(col(ApiKey.revoked).is_(None)).order_by(col(ApiKey.name))).all()


def revoke(session: Session, name: str, now: datetime) -> ApiKey:
    """It lets nobody in from now on, nor do the tokens that were made with it. Raises Refusal if there is none."""
    key = named(session, name)
    if key is None:
        raise Refusal(Refused.NO_SUCH_KEY, name=name)
    key.revoked = now
    session.flush()
    return key


def needs_note(key: ApiKey, now: datetime) -> bool:
    """Is it long since its last use was noted?"""
    return key.used is None or abs(now - key.used) >= NOTED


def was_used(session: Session, key_id: int, now: datetime) -> None:
    """Notes that it was used, unless that was noted lately."""
    key = session.get(ApiKey, key_id)
    if key is not None and needs_note(key, now):
        key.used = now
