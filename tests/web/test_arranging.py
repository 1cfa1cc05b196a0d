"""What is done to conversations at the page besides answering, each with its Undo: several at once, labels, snoozed, done."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from bridge.records import labels, users, views
from bridge.records.tables import Contact, User
from tests.support.box import until
from tests.support.browser import a_text_comes
from tests.support.people import add_user
from tests.support.web_bridge import ANN, BOB, DAN, NAME, PASSWORD, Office, an_office
from tests.web.test_web_loop import enter, post


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        for who, words in ((ANN, "Can I come at 3?"), (DAN, "Is it ready?")):
            a_text_comes(office, who, words)
        until(lambda: waiting(office) == {ANN, DAN})
        yield office


@pytest.fixture
def client(office: Office) -> FlaskClient:
    return enter(office.bridge)


def waiting(office: Office) -> set[str]:
    """Who of the two waits for an answer."""
    with Session(office.engine) as session:
        rows = views.conversations(session, which="all")
        return {row.address for row in rows if row.waits_since} & {ANN, DAN}


def person(office: Office, address: str) -> Contact:
    with Session(office.engine) as session:
        found = views.contact_at(session, address)
        assert found is not None
        return found


def worn(office: Office, address: str) -> list[str]:
    with Session(office.engine) as session:
        key = views.contact_at(session, address)
        assert key
        return [label.name for label in labels.labels_of(session, [key.id or 0]).get(key.id or 0, [])]


def undo(client: FlaskClient, page: str, said: str) -> str:
    """The page says that this was done; what it shows once Undo is pressed."""
    assert said in page
    found = re.search(r'name="next" value="([^"]+)".*?name="undo" value="([^"]+)"', page, re.DOTALL)
    assert found
    assert said not in client.get("/conversations").text  # it is said once
    code, page = post(client, "/undo", undo=found[2], next=found[1])
    assert code == 200
    return page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"do": "done"}, "2 conversations are done."),
        ({"do": "read"}, "2 conversations are marked as read."),
        ({"do": "label", "label": "Easter"}, "2 conversations have the label “Easter” now."),
    ],
)
def test_several_are_marked_and_one_undo_is_for_all(
    office: Office, client: FlaskClient, form: dict[str, str], said: str
) -> None:
    def state() -> object:
        with Session(office.engine) as session:
            unread = views.unread(session)
        done = [person(office, who).done for who in (ANN, DAN)]
        return waiting(office), unread, done, worn(office, ANN), worn(office, DAN)

    before = state()
    code, page = post(client, "/conversations/several", who=[ANN, DAN], show="all", **form)
    assert code == 200
    assert state() != before
    undo(client, page, said)
    assert state() == before


def test_nothing_ticked_is_nothing_done(office: Office, client: FlaskClient) -> None:
    assert post(client, "/conversations/several", do="done")[0] == 200
    assert waiting(office) == {ANN, DAN}
    assert post(client, "/conversations/several", who=[ANN], do="odd")[0] == 409


def test_a_conversation_is_snoozed_shown_and_brought_back(office: Office, client: FlaskClient) -> None:
    offer = re.search(
        r'name="at" value="([^"]+)">(Back tomorrow at 9:00)', client.get(f"/conversations/{ANN}").text
    )
    assert offer
    code, page = post(client, f"/conversations/{ANN}/snooze", at=offer[1])
    assert code == 200
    assert "Ann Whittaker comes back tomorrow at 9:00." in page
    assert "Back tomorrow at 9:00</span>" in page
    assert waiting(office) == {DAN}
    assert "Back tomorrow at 9:00" in client.get("/conversations").text
    code, page = post(client, f"/conversations/{ANN}/snooze", at="now")
    assert "Ann Whittaker is back." in page
    assert waiting(office) == {ANN, DAN}


def test_a_snooze_is_undone(office: Office, client: FlaskClient) -> None:
    then = (office.bridge.now() + timedelta(days=9)).strftime("%Y-%m-%dT10:30")
    _, page = post(client, f"/conversations/{ANN}/snooze", at="picked", picked=then)
    until_when = person(office, ANN).snoozed_until
    assert until_when
    assert f"{until_when:%Y-%m-%dT%H:%M}" == then  # London, in winter
    undo(client, page, "Ann Whittaker comes back")
    assert waiting(office) == {ANN, DAN}
    assert "snoozed the conversation with" in client.get("/team").text


@pytest.mark.parametrize(
    ("at", "code"), [("", 422), ("x", 422), ("2020-01-01T09:00", 409), ("9999-01-01T09:00", 409)]
)
def test_a_time_that_will_not_do_is_refused(office: Office, client: FlaskClient, at: str, code: int) -> None:
    assert post(client, f"/conversations/{ANN}/snooze", at="picked", picked=at)[0] == code
    assert waiting(office) == {ANN, DAN}


def test_done_called_back_and_labels_have_an_undo(office: Office, client: FlaskClient) -> None:
    _, page = post(client, f"/conversations/{ANN}/done", do="done")
    undo(client, page, "The conversation with Ann Whittaker is done.")
    assert waiting(office) == {ANN, DAN}
    _, page = post(client, f"/conversations/{ANN}/called-back")
    undo(client, page, "Ann Whittaker is marked as called back.")
    assert waiting(office) == {ANN, DAN}
    _, page = post(client, f"/conversations/{ANN}/label", label="cakes")
    undo(client, page, "Ann Whittaker has the label “cakes” now.")
    assert worn(office, ANN) == []
    post(client, f"/conversations/{ANN}/label", label="cakes")
    with Session(office.engine) as session:
        key = labels.all_labels(session)[0].id
    _, page = post(client, f"/conversations/{ANN}/label", off=str(key))
    undo(client, page, "The label was removed.")
    assert worn(office, ANN) == ["cakes"]


def test_a_text_for_later_that_is_cancelled_has_an_undo_and_waits_again(
    office: Office, client: FlaskClient
) -> None:
    then = (office.bridge.now() + timedelta(days=3)).strftime("%Y-%m-%dT09:00")
    post(client, f"/conversations/{ANN}", do="later", at=then, body="At 3 is fine")
    assert waiting(office) == {DAN}
    with Session(office.engine) as session:
        (row,) = views.scheduled(session)
    _, page = post(client, "/scheduled", message=str(row.id), do="cancel")
    assert waiting(office) == {ANN, DAN}
    assert "At 3 is fine" in undo(client, page, "The text will not go out.")
    assert waiting(office) == {DAN}


def test_a_saved_reply_that_is_dropped_has_an_undo(client: FlaskClient) -> None:
    words = "We are open Tuesday to Saturday"
    key = re.search(rf'{words}.*?name="drop" value="(\d+)"', client.get("/replies").text, re.DOTALL)
    assert key
    _, page = post(client, "/replies", drop=key[1])
    assert words not in page
    assert words in undo(client, page, "The saved reply is deleted.")


def test_what_is_too_late_to_undo_is_said(client: FlaskClient) -> None:
    code, page = post(client, "/undo", undo="x" * 12, next="//evil.example")
    assert (code, "This can no longer be undone." in page) == (409, True)


def test_an_undo_leads_to_no_other_site(office: Office, client: FlaskClient) -> None:
    _, page = post(client, f"/conversations/{BOB}/done", do="done")
    key = re.search(r'name="undo" value="([^"]+)"', page)
    assert key
    form = {"csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]}
    answer = client.post("/undo", data={**form, "undo": key[1], "next": "//evil.example"})
    assert answer.headers["Location"] == "/"


def test_whose_it_is_is_said_and_undone(office: Office, client: FlaskClient) -> None:
    _, page = post(client, f"/conversations/{ANN}/assign", user=NAME)
    assert person(office, ANN).assignee == NAME
    undo(client, page, f"{NAME} looks after the conversation with Ann Whittaker now.")
    assert person(office, ANN).assignee is None
    post(client, f"/conversations/{ANN}/assign", user=NAME)
    client.get("/conversations")
    _, page = post(client, f"/conversations/{ANN}/assign", user="")
    undo(client, page, "Nobody looks after the conversation with Ann Whittaker now.")
    assert person(office, ANN).assignee == NAME


def test_opening_again_is_undone(office: Office, client: FlaskClient) -> None:
    post(client, f"/conversations/{ANN}/done", do="done")
    client.get("/conversations")
    _, page = post(client, f"/conversations/{ANN}/done", do="reopen")
    assert not person(office, ANN).done
    undo(client, page, "The conversation with Ann Whittaker is open again.")
    assert person(office, ANN).done


def test_a_kind_that_was_chosen_is_said_and_undone(office: Office, client: FlaskClient) -> None:
    for before, kind, opposite, said in (
        ("", "supplier", "welcome", "Ann Whittaker gets no more automatic texts."),
        ("staff", "never", "staff", "Ann Whittaker gets no more automatic texts."),
        ("supplier", "", "supplier", "Ann Whittaker gets automatic texts again."),
    ):
        post(client, f"/contacts/{ANN}", name="Ann Whittaker", kind=before)
        client.get("/conversations")
        _, page = post(client, f"/contacts/{ANN}", name="Ann Whittaker", kind=kind)
        assert said in page
        found = re.search(r'class="button" name="kind" value="(\w+)">', page)
        assert found
        assert found[1] == opposite
        post(client, f"/conversations/{ANN}/mark", kind=opposite)
        assert person(office, ANN).kind == before
        client.get("/conversations")
    _, page = post(client, f"/contacts/{ANN}", name="Ann W.", kind="supplier")
    assert "Undo" not in page  # only the name is another


def colleague(office: Office, name: str) -> User:
    with Session(office.engine) as session:
        found = users.named(session, name)
        assert found is not None
        return found


def test_a_colleague_who_was_removed_by_mistake_is_one_again(office: Office, client: FlaskClient) -> None:
    with Session(office.engine) as session, session.begin():
        add_user(session, "ben", PASSWORD, users.STAFF).language = "de"
    was = colleague(office, "ben")
    ben = enter(office.bridge, "ben")
    _, page = post(client, "/team/ben", do="remove")
    assert "ben is no longer among the colleagues." in page
    assert ben.get("/").status_code == 303
    undo(client, page, "ben is no longer among the colleagues.")
    now = colleague(office, "ben")
    assert (now.password, now.role, now.language, now.created) == (
        was.password,
        was.role,
        was.language,
        was.created,
    )
    assert ben.get("/").status_code == 303  # was logged in; the password is asked for once more
    assert enter(office.bridge, "ben").get("/").status_code == 200
    assert "added ben as staff" in re.sub("<[^>]*>", "", client.get("/team").text)


def test_staff_bring_nobody_back(office: Office, client: FlaskClient) -> None:
    with Session(office.engine) as session, session.begin():
        add_user(session, "ben", PASSWORD, users.STAFF)
        add_user(session, "eva", PASSWORD)
    _, page = post(client, "/team/eva", do="remove")
    key = re.search(r'name="undo" value="([^"]+)"', page)
    assert key
    assert post(enter(office.bridge, "ben"), "/undo", undo=key[1])[0] == 409
    with Session(office.engine) as session:
        assert users.named(session, "eva") is None


def test_an_invitation_that_was_taken_back_holds_again(office: Office, client: FlaskClient) -> None:
    post(client, "/team/invitations", name="Noa")
    key = re.search(r"/team/invitations/(\d+)", client.get("/team").text)
    assert key
    _, page = post(client, f"/team/invitations/{key[1]}")
    assert "Open invitations" not in page
    undo(client, page, "The invitation is taken back.")
    assert "Open invitations" in client.get("/team").text
