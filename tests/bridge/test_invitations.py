"""Invitations to log in: how long they hold, by which clock, and what becomes of them in the rows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bridge.contract.requests import Invite, Join, RemoveUser, SetRole, TakeBack
from bridge.handlers.user_changes import change_users
from bridge.records import invitations, logins, retention, users
from bridge.records.clock_shift import shift
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import Invitation
from bridge.rules.invitations import holds
from bridge.rules.refusals import Refusal, Refused
from tests.support.people import add_user

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PASSWORD = "flour & water"


@pytest.mark.parametrize(
    ("age", "hours_run", "good"),
    [
        (0, 0, True),
        (47.9, 48, True),
        (48, 48, False),
        (48, 0, False),  # the box was switched off meanwhile
        (1, 49, False),  # the clock was put back
        (-24 * 365, 12, True),
        (-24 * 365, 49, False),
        (24 * 365, 0, False),  # the clock has jumped
    ],
)
def test_how_long_one_holds(age: float, hours_run: int, good: bool) -> None:
    assert holds(timedelta(hours=age), hours_run) is good


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}", anew=True)
    migrate(engine)
    session = Session(engine)
    for owner in ("mia", "zoe"):
        add_user(session, owner, PASSWORD)
    yield session
    session.close()
    engine.dispose()


def ask(
    session: Session, request: Invite | Join | TakeBack | RemoveUser | SetRole, now: datetime = NOW
) -> None:
    change_users(session, request, "mia", now)


def refused(session: Session, digest: str, now: datetime = NOW) -> str:
    with pytest.raises(Refusal) as refusal:
        ask(session, Join(digest, "noa", "-"), now)
    return refusal.value.why.code


def open_names(session: Session, now: datetime = NOW) -> list[str]:
    return [one.name for one in invitations.open_ones(session, now)]


def test_it_lets_one_person_in_with_its_role(session: Session) -> None:
    ask(session, Invite("a", "noa", "staff"))
    assert open_names(session) == ["noa"]
    ask(session, Join("a", "Noa B.", "-"))
    joined = users.named(session, "Noa B.")
    assert joined
    assert joined.role == users.STAFF
    assert (refused(session, "a"), open_names(session)) == (Refused.INVITATION_USED, [])
    assert users.named(session, "noa") is None


def test_a_name_that_is_taken_does_not_use_it_up(session: Session) -> None:
    ask(session, Invite("a", "", "staff"))
    with pytest.raises(Refusal) as refusal:
        ask(session, Join("a", "mia", "-"))
    assert refusal.value.why.code == Refused.USER_EXISTS
    ask(session, Join("a", "noa", "-"))


def test_taken_back_too_old_or_none(session: Session) -> None:
    ask(session, Invite("a", "", "staff"))
    ask(session, TakeBack(1))
    assert refused(session, "a") == Refused.INVITATION_TAKEN_BACK
    assert refused(session, "b") == Refused.NO_INVITATION
    ask(session, Invite("c", "", "staff"))
    assert refused(session, "c", NOW + timedelta(hours=48)) == Refused.INVITATION_TOO_OLD
    assert (open_names(session), open_names(session, NOW + timedelta(hours=48))) == ([""], [])
    # The clock goes back: the box has run for too long all the same.
    logins.count_hours(session, 49)
    assert refused(session, "c", NOW - timedelta(days=400)) == Refused.INVITATION_TOO_OLD


def test_what_was_used_cannot_be_taken_back(session: Session) -> None:
    ask(session, Invite("a", "", "staff"))
    ask(session, Join("a", "noa", "-"))
    for key in (1, 2):
        with pytest.raises(Refusal):
            ask(session, TakeBack(key))
    assert users.named(session, "noa")


@pytest.mark.parametrize("end", [RemoveUser("mia"), SetRole("mia", "staff")])
def test_who_is_no_owner_any_more_has_invited_nobody(session: Session, end: RemoveUser | SetRole) -> None:
    ask(session, Invite("a", "noa", "owner"))
    change_users(session, Invite("b", "ben", "staff"), "zoe", NOW)
    ask(session, end)
    assert (refused(session, "a"), open_names(session)) == (Refused.INVITATION_TAKEN_BACK, ["ben"])


@pytest.mark.parametrize(
    ("name", "role", "code"), [("mia", "staff", "user_exists"), ("", "king", "no_such_role")]
)
def test_who_cannot_be_invited(session: Session, name: str, role: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        ask(session, Invite("a", name, role))
    assert (refusal.value.why.code, open_names(session)) == (code, [])


def test_old_ones_go_with_the_other_old_rows_and_never_while_they_hold(session: Session) -> None:
    ask(session, Invite("a", "", "staff"))
    session.flush()
    retention.delete_older(
        session, NOW + timedelta(hours=47)
    )  # rows are kept for a day, and the clock has gone on
    assert session.exec(select(Invitation)).all()
    retention.delete_older(session, NOW + timedelta(hours=49))
    assert session.exec(select(Invitation)).all() == []


def test_it_is_moved_along_when_the_clock_steps(session: Session) -> None:
    ask(session, Invite("a", "", "staff"))
    session.flush()
    shift(session, timedelta(days=400), NOW + timedelta(hours=1), timedelta(0))
    assert open_names(session, NOW + timedelta(days=400, hours=1)) == [""]
