"""Who may log in: what an owner or the people themselves change about it."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, assert_never

from sqlmodel import Session

from bridge.contract.requests import (
    AddUser,
    EndLogin,
    Invite,
    Join,
    LogOut,
    OfUsers,
    RemoveUser,
    SetLanguage,
    SetPassword,
    SetRole,
    TakeBack,
    TakeOver,
)
from bridge.handlers.undoing import Step, Undone
from bridge.records import invitations, logins, users
from bridge.records.tables import Invitation
from bridge.rules.audit import Change
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import InvitationEnd
from modem.contract import Coded


def change_users(session: Session, request: OfUsers, by: str | None, now: datetime) -> None:
    """Make this change to the users. by: the user who asks for it. Raises Refusal where it is refused."""
    match request:
        case TakeOver(code=code, name=name, hashed=hashed):
            if not users.is_setup_code(session, code):
                raise Refusal(Refused.TAKEN_OVER)
            users.add_user(session, name, hashed, users.OWNER, now)
        case AddUser(name=name, hashed=hashed, role=role):
            users.add_user(session, name, hashed, role, now)
        case Invite(digest=digest, name=name, role=role):
            name = users.new_name(session, name) if name else ""
            invitations.invite(session, digest, name, role, by or "", now)
        case TakeBack(id=key):
            invitations.take_back(session, key)
        case Join(digest=digest, name=name, hashed=hashed):
            invitation = invitations.good(session, digest, now)
            users.add_user(session, name, hashed, invitation.role, now)
            invitation.ended = InvitationEnd.USED
        case SetPassword(name=name, hashed=hashed):
            users.set_password(session, name, hashed)
        case SetRole(name=name, role=role):
            users.set_role(session, name, role)
            if role != users.OWNER:
                invitations.take_back_all_of(session, name)
        case SetLanguage(name=name, language=language):
            users.set_language(session, name, language)
        case LogOut(name=name):
            users.log_out_everywhere(session, name)
        case EndLogin(digest=digest):
            logins.end_login(session, digest)
        case RemoveUser(name=name):
            users.remove(session, name)
            invitations.take_back_all_of(session, name)
        case _:
            assert_never(request)


def way_back(session: Session, request: RemoveUser | TakeBack) -> tuple[Step, Undone]:
    """What undoes it, taken before it is done, and what the audit log then says. Raises Refusal."""
    match request:
        case RemoveUser(name=name):
            user = users.known(session, name)
            again = Coded.of(Change.USER_ADDED, name=user.name, role=user.role)
            was = user.model_dump(exclude={"id"})
            return partial(_let_in_again, was), Undone(again, owners_only=True)
        case TakeBack(id=key):
            found = session.get(Invitation, key)
            if found is None:
                raise Refusal(Refused.NO_INVITATION)
            again = Coded.of(Change.INVITED_SOMEBODY, role=found.role)
            if found.name:
                again = Coded.of(Change.INVITED, name=found.name, role=found.role)
            return partial(_invite_again, key), Undone(again, owners_only=True)
        case _:
            assert_never(request)


def _let_in_again(was: Mapping[str, Any], session: Session, _now: datetime) -> None:
    users.bring_back(session, was)


def _invite_again(key: int, session: Session, _now: datetime) -> None:
    invitations.bring_back(session, key)
