"""The people who may log in: names, passwords, roles, and the code that lets the first one in; used by the page and by the
command line. It knows no request."""

import re
import secrets
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, select
from werkzeug.security import check_password_hash, generate_password_hash

from bridge.records import memo
from bridge.records.tables import User
from bridge.rules.one_line import one_line
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import Role

SHORTEST_PASSWORD, LONGEST_PASSWORD, LONGEST_NAME = 8, 200, 40
METHOD = "scrypt:32768:8:1"
OWNER, STAFF = Role.OWNER, Role.STAFF
# The memos with the code for the first log-in, and with the key that signs log-ins.
SETUP_CODE = "setup_code"
SESSION_KEY = "session_key"

# A hash costs 32 MB, and a small Pi has 512: one at a time.
_one_at_a_time = threading.Lock()


def name_of(typed: str) -> str:
    """The name that somebody may log in by. Raises Refusal if it will not do."""
    # Nothing that cannot be seen: two names must not look the same.
    name = one_line("".join(char for char in typed if char.isprintable() or char.isspace()))
    if not name:
        raise Refusal(Refused.NO_NAME)
    if len(name) > LONGEST_NAME:
        raise Refusal(Refused.NAME_TOO_LONG, most=LONGEST_NAME)
    return name


def new_name(database: Session, typed: str) -> str:
    """The name that somebody new may log in by. Raises Refusal if it will not do, or is somebody's."""
    name = name_of(typed)
    if named(database, name) is not None:
        raise Refusal(Refused.USER_EXISTS, name=name)
    return name


def add_user(database: Session, name: str, hashed: str, role: str, now: datetime) -> User:
    """Let somebody log in. hashed: by `hash_password`. Raises Refusal if the name or role will not do."""
    name = new_name(database, name)
    if role not in set(Role):
        raise Refusal(Refused.NO_SUCH_ROLE, role=role)
    user = User(name=name, password=hashed, created=now, role=Role(role))
    database.add(user)
    memo.remember(database, SETUP_CODE, None)  # it is used up
    database.flush()
    return user


def set_password(database: Session, name: str, hashed: str) -> None:
    """A new password, hashed by `hash_password`, which logs out everywhere. Raises Refusal."""
    known(database, name).password = hashed


def set_role(database: Session, name: str, role: str) -> None:
    """Makes the user an owner, or one of the staff. Raises Refusal for an unknown role, or if no owner would be left."""
    user = known(database, name)
    if role not in set(Role):
        raise Refusal(Refused.NO_SUCH_ROLE, role=role)
    _keep_an_owner(database, user, role)
    user.role = Role(role)


def set_language(database: Session, name: str, language: str) -> None:
    """The language of the page for this user, empty for that of the browser. Raises Refusal."""
    if not re.fullmatch("[a-z]{0,3}", language):
        raise Refusal(Refused.NO_SUCH_LANGUAGE)
    known(database, name).language = language


def remove(database: Session, name: str) -> None:
    """Nobody of this name may log in any more; what they wrote stays. Raises Refusal."""
    user = known(database, name)
    _keep_an_owner(database, user, None)
    database.delete(user)


def bring_back(database: Session, was: Mapping[str, Any]) -> None:
    """Somebody who was removed may log in again, as that and with the same password; nobody stays logged in by that. was: the
    row, without its id. Raises Refusal if somebody else has the name by now."""
    new_name(database, was["name"])
    database.add(User(**{**was, "logins": was["logins"] + 1}))
    database.flush()


def log_out_everywhere(database: Session, name: str) -> None:
    """Every cookie of this user is worth nothing from now on. Raises Refusal."""
    known(database, name).logins += 1


def everybody(database: Session) -> Sequence[User]:
    """All users, by name."""
    return database.exec(select(User).order_by(col(User.name))).all()


def is_owner(database: Session, name: str | None) -> bool:
    """May this user change everything?"""
    user = named(database, name) if name is not None else None
    return user is not None and user.role == OWNER


def names(database: Session) -> list[str]:
    """The names of all users, sorted."""
    return [user.name for user in everybody(database)]


def nobody_yet(database: Session) -> bool:
    """Has no user been made yet?"""
    return database.exec(select(User.id).limit(1)).first() is None


def named(database: Session, name: str) -> User | None:
    """The user of this name, blanks around it ignored; None if there is none."""
    return database.exec(select(User).where(User.name == name.strip())).first()


def proven(database: Session, name: str, password: str) -> User | None:
    """The user of this name if the password is right; a name that is not there takes as long."""
    user = named(database, name)
    with _one_at_a_time:
        right = check_password_hash(user.password if user else _nobody(), password[:LONGEST_PASSWORD])
    return user if user and right else None


def mark(user: User) -> str:
    """Changes with the password and with logging out everywhere, so that an old cookie is worth nothing."""
    return sha256(f"{user.password} {user.logins}".encode()).hexdigest()[:16]


def session_key(database: Session) -> str | None:
    """The key that signs log-ins; None before `make_session_key`."""
    return memo.remembered(database, SESSION_KEY)


def make_session_key(database: Session) -> None:
    """Made once in a box's life."""
    if session_key(database) is None:
        memo.remember(database, SESSION_KEY, secrets.token_hex(32))


def setup_code(database: Session) -> str | None:
    """The code that lets the first user in, made at the first look; None once there is somebody."""
    if not nobody_yet(database):
        return None
    code = memo.remembered(database, SETUP_CODE)
    if code is None:
        digits = f"{secrets.randbelow(10**8):08}"
        code = f"{digits[:4]}-{digits[4:]}"
        memo.remember(database, SETUP_CODE, code)
    return code


def is_setup_code(database: Session, typed: str) -> bool:
    """Is it the code, however it is grouped?"""
    code = memo.remembered(database, SETUP_CODE)
    return code is not None and secrets.compare_digest(_digits(code), _digits(typed))


def _digits(text: str) -> str:
    return "".join(char for char in text if char in "0123456789")


def known(database: Session, name: str) -> User:
    """The user of this name. Raises Refusal if there is none."""
    user = named(database, name)
    if user is None:
        raise Refusal(Refused.NO_SUCH_USER, name=name)
    return user


def _keep_an_owner(database: Session, user: User, role: str | None) -> None:
    others = [other for other in everybody(database) if other.role == OWNER and other.id != user.id]
    if user.role == OWNER and role != OWNER and not others:
        raise Refusal(Refused.ONLY_OWNER, name=user.name)


def hash_password(password: str) -> str:
    """The scrypt hash of a new password; takes a second on a small box. Raises Refusal for a password that
    is too short or too long."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refusal(Refused.PASSWORD_TOO_SHORT, least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise Refusal(Refused.PASSWORD_TOO_LONG, most=LONGEST_PASSWORD)
    with _one_at_a_time:
        return generate_password_hash(password, METHOD)


def _nobody() -> str:
    """A hash that no password has."""
    return f"{METHOD}$0000000000000000${'0' * 128}"


def code_for_first_login(engine: Engine) -> str | None:
    """The code with which the first person chooses a password at the page; None once there is somebody, or while the database
    cannot say."""
    with suppress(DatabaseError), Session(engine) as session, session.begin():
        return setup_code(session)
    return None
