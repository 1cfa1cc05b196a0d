"""The number of the box: from its SIM or as an owner has typed it, shown to be pressed, and nobody's conversation."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from bridge.contract.requests import TypeNumber
from bridge.records import users, views
from bridge.records.tables import Contact, Line
from bridge.rules import numbers
from modem import contract
from tests.support.people import add_user
from tests.support.web_bridge import PASSWORD, Office, an_office
from tests.web.test_web_loop import enter, post, token
from web import create_app

SIM, OTHER = "8944100000000000001", "8944100000000000002"
IMSI, OTHER_IMSI = "234100000000001", "234100000000002"
TOLD, TYPED, SHOWN = "+447400123400", "+447400123411", "07400 123411"
NOT_KNOWN = "Not known yet: the SIM does not tell it."
OLD_ONE = "The number that was typed before belonged to the old one."


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, rows=False) as office:
        yield office


@pytest.fixture
def client(office: Office) -> FlaskClient:
    return enter(office.bridge)


def sim_comes(
    office: Office, iccid: str | None = SIM, imsi: str | None = IMSI, msisdn: str | None = None
) -> None:
    office.happens(
        contract.LineUp("main", time.monotonic(), "/dev/ttyUSB2", "EC25", None, imsi, iccid, msisdn)
    )
    office.bridge.request(TypeNumber(0, ""))  # it has been handled by the time this is refused


def typed(client: FlaskClient, number: str) -> tuple[int, str]:
    page = client.get("/status").text
    sim = re.search(r'name="sim" value="(\d+)"', page)
    assert sim
    return post(client, "/status/number", sim=sim[1], number=number, next="/welcome")


def shown(client: FlaskClient) -> list[tuple[str | None, ...]]:
    """What can be dialled on the page, and as what it reads."""
    found = re.finditer(r'href="tel:([^"]+)"><bdi dir="ltr">([^<]+)', client.get("/status").text)
    return [match.groups() for match in found]


def test_as_the_sim_tells_it(office: Office, client: FlaskClient) -> None:
    sim_comes(office, msisdn=TOLD)
    assert shown(client) == [(TOLD, "07400 123400")]
    page = client.get("/welcome").text
    assert re.search(r"tel:\+447400123400.*Divert the calls ", page)
    assert re.search(r"Call <a [^>]*tel:\+447400123400", page)
    assert NOT_KNOWN not in page


def test_as_an_owner_types_it(office: Office, client: FlaskClient) -> None:
    sim_comes(office)
    for path in ("/status", "/welcome"):
        assert NOT_KNOWN in client.get(path).text
    assert "**004*…#" in client.get("/welcome").text
    code, page = typed(client, SHOWN)
    assert (code, f"**004*{TYPED}#" in page, shown(client)) == (200, True, [(TYPED, SHOWN)])
    assert "changed the number of the box" in re.sub("<[^>]+>", "", client.get("/team").text)
    code, page = typed(client, "12345")
    assert (code, "“12345” is not a phone number." in page, shown(client)) == (
        422,
        True,
        [(TYPED, SHOWN)],
    )
    assert typed(client, "")[0] == 200
    assert shown(client) == []


def test_what_an_owner_types_counts_before_what_the_sim_tells(office: Office, client: FlaskClient) -> None:
    """A number that was taken along from another operator stands on few SIMs."""
    sim_comes(office, msisdn=TOLD)
    typed(client, SHOWN)
    assert shown(client) == [(TYPED, SHOWN)]
    sim_comes(office, msisdn=TOLD)
    assert shown(client) == [(TYPED, SHOWN)]
    typed(client, "")
    assert shown(client) == [(TOLD, "07400 123400")]


CHANGES = [
    (OTHER, OTHER_IMSI, True),
    (None, OTHER_IMSI, True),
    (SIM, IMSI, False),
    (None, IMSI, False),
]


@pytest.mark.parametrize("first", [SIM, None])
@pytest.mark.parametrize(("iccid", "imsi", "another"), CHANGES)
def test_another_sim_has_not_the_number_that_was_typed(
    office: Office, client: FlaskClient, first: str | None, iccid: str | None, imsi: str, another: bool
) -> None:
    sim_comes(office, first)
    typed(client, SHOWN)
    sim_comes(office, iccid, imsi)
    assert (shown(client) == [], OLD_ONE in client.get("/status").text) == (another, another)
    # The number of the new one is typed, and the old one comes back with its own.
    if another and first and iccid:
        typed(client, "07400 123422")
        assert shown(client) == [("+447400123422", "07400 123422")]
        assert OLD_ONE not in client.get("/status").text
        sim_comes(office, first)
        assert shown(client) == [(TYPED, SHOWN)]


def test_what_a_sim_without_iccid_told_does_not_stay_for_the_next(
    office: Office, client: FlaskClient
) -> None:
    sim_comes(office, None, IMSI, TOLD)
    sim_comes(office, None, OTHER_IMSI)
    assert shown(client) == []


def rings(office: Office, number: str, key: int) -> None:
    now = time.monotonic()
    office.happens(contract.CallRinging("main", now, key, number, False))
    office.happens(
        contract.CallEnded("main", now, key, number, False, contract.CallOutcome.ABANDONED, 3, None)
    )
    office.bridge.request(TypeNumber(0, ""))


def test_a_call_from_the_boxs_own_number_is_no_conversation(office: Office, client: FlaskClient) -> None:
    sim_comes(office)
    rings(office, TYPED, 1)
    assert "07400 123411" in client.get("/conversations").text
    typed(client, SHOWN)
    assert 'href="/conversations/+447400123411"' not in client.get("/conversations").text
    rings(office, "+447400123422", 2)
    with Session(office.engine) as session:
        assert views.needing_reply(session, frozenset(map(numbers.identity, [TYPED]))) == 1
        assert views.ours(session, office.loop.settings, "GB") >= {TYPED}
    assert office.loop._shop.sims == {TYPED}
    rings(office, TYPED, 3)
    with Session(office.engine) as session:
        last = views.calls(session)[0]
        assert (last.address, last.reason) == (TYPED, "not_textable")
    # Once it is typed no more, the loop forgets it too.
    typed(client, "")
    assert office.loop._shop.sims == frozenset()


def test_staff_see_it_and_do_not_type_it(office: Office, client: FlaskClient) -> None:
    sim_comes(office)
    typed(client, SHOWN)
    with Session(office.engine) as session, session.begin():
        add_user(session, "ben", PASSWORD, users.STAFF)
    staff = create_app(office.bridge).test_client()
    form = {"csrf_token": token(staff, "/login"), "name": "ben", "password": PASSWORD}
    assert staff.post("/login", data=form).status_code == 303
    assert shown(staff) == [(TYPED, SHOWN)]
    assert 'name="sim"' not in staff.get("/status").text
    form = {"csrf_token": token(staff, "/status"), "sim": "1", "number": "07400 123422"}
    assert staff.post("/status/number", data=form).status_code == 403
    assert shown(client) == [(TYPED, SHOWN)]


@pytest.mark.parametrize("sim", ["", "99", "x", "-1", "٣", "9" * 40])
def test_of_no_sim_nothing_is_kept(office: Office, client: FlaskClient, sim: str) -> None:
    sim_comes(office)
    assert post(client, "/status/number", sim=sim, number=SHOWN)[0] == 422
    with Session(office.engine) as session:
        assert [line.typed for line in session.exec(select(Line))] == [None]
        assert session.exec(select(Contact)).all() == []
