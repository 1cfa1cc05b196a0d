"""Who may log in: what an owner or the people themselves change about it."""

from datetime import datetime
from typing import assert_never

from sqlmodel import Session

from bridge.contract.requests import (
    AddUser,
    EndLogin,
    LogOut,
    OfUsers,
    RemoveUser,
    SetLanguage,
    SetPassword,
    SetRole,
    TakeOver,
)
from bridge.records import logins, users
from bridge.rules.refusals import Refusal, Refused


def change_users(session: Session, request: OfUsers, now: datetime) -> None:
    """Make this change to the users. Raises Refusal where it is refused."""
    match request:
        case TakeOver(code=code, name=name, hashed=hashed):
            if not users.is_setup_code(session, code):
                raise Refusal(Refused.TAKEN_OVER)
            users.add_user(session, name, hashed, users.OWNER, now)
        case AddUser(name=name, hashed=hashed, role=role):
            users.add_user(session, name, hashed, role, now)
        case SetPassword(name=name, hashed=hashed):
            users.set_password(session, name, hashed)
        case SetRole(name=name, role=role):
            users.set_role(session, name, role)
        case SetLanguage(name=name, language=language):
            users.set_language(session, name, language)
        case LogOut(name=name):
            users.log_out_everywhere(session, name)
        case EndLogin(digest=digest):
            logins.end_login(session, digest)
        case RemoveUser(name=name):
            users.remove(session, name)
        case _:
            assert_never(request)
