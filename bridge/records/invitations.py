"""Invitations to log in: who was invited, which of them are still good, and what became of the others. A link's secret is
known by its digest alone; it knows no request and no page."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from bridge.records import logins
from bridge.records.tables import Invitation
from bridge.rules import invitations
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import InvitationEnd, Role


def invite(session: Session, digest: str, name: str, role: str, by: str, now: datetime) -> None:
    """Whoever holds the secret of this digest may log in as that, once. name: what they are called, or nothing. by: the owner
    who invites them. Raises Refusal for an unknown role."""
    if role not in set(Role):
        raise Refusal(Refused.NO_SUCH_ROLE, role=role)
    hour = logins.hours_run(session)
    session.add(Invitation(digest=digest, name=name, role=Role(role), by=by, created=now, hour=hour))


def good(session: Session, digest: str, now: datetime) -> Invitation:
    """The invitation of this digest. Raises Refusal where it lets nobody in, with what has become of it."""
    found = session.exec(select(Invitation).where(Invitation.digest == digest)).first()
    if found is None:
        raise Refusal(Refused.NO_INVITATION)
    match found.ended:
        case InvitationEnd.USED:
            raise Refusal(Refused.INVITATION_USED)
        case InvitationEnd.TAKEN_BACK:
            raise Refusal(Refused.INVITATION_TAKEN_BACK)
    if not _holds(session, found, now):
        raise Refusal(Refused.INVITATION_TOO_OLD)
    return found


def open_ones(session: Session, now: datetime) -> Sequence[Invitation]:
    """Those that still let somebody in, the newest first."""
    return [one for one in _without_end(session) if _holds(session, one, now)]


def take_back(session: Session, key: int) -> None:
    """It lets nobody in any more. Raises Refusal where somebody has used it."""
    found = session.get(Invitation, key)
    if found is None:
        raise Refusal(Refused.NO_INVITATION)
    if found.ended is InvitationEnd.USED:
        raise Refusal(Refused.INVITATION_USED)
    found.ended = InvitationEnd.TAKEN_BACK


def bring_back(session: Session, key: int) -> None:
    """It was not to be taken back: as long as it holds it lets somebody in again. Raises Refusal if it is gone."""
    found = session.get(Invitation, key)
    if found is None:
        raise Refusal(Refused.NO_INVITATION)
    if found.ended is InvitationEnd.TAKEN_BACK:
        found.ended = None


def take_back_all_of(session: Session, owner: str) -> None:
    """Who is an owner no more has invited nobody."""
    for one in _without_end(session):
        if one.by == owner:
            one.ended = InvitationEnd.TAKEN_BACK


def _without_end(session: Session) -> Sequence[Invitation]:
    query = select(Invitation).where(col(Invitation.ended).is_(None))
    return session.exec(query.order_by(col(Invitation.id).desc())).all()


def _holds(session: Session, one: Invitation, now: datetime) -> bool:
    return invitations.holds(now - one.created, logins.hours_run(session) - one.hour)
