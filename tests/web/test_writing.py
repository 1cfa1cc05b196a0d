"""What people write at the page: first to a number, words that are saved, texts of several parts."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from bridge.records import views
from bridge.records.tables import Message
from tests.support.box import until
from tests.support.browser import a_text_comes
from tests.support.web_bridge import ANN, BOB, Office, an_office
from tests.web.test_web_loop import enter, post

NEW, TYPED = "+447400999999", "07400 999999"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with an_office(tmp_path_factory.mktemp("writing")) as office:
        yield office


@pytest.fixture(scope="module")
def client(office: Office) -> FlaskClient:
    return enter(office.bridge)


def texts(office: Office, address: str) -> list[str]:
    with Session(office.engine) as session:
        return [row.body for row in views.messages(session, address=address) if row.direction == "out"]


def test_words_that_were_saved_are_no_trouble(client: FlaskClient) -> None:
    _, page = post(client, f"/conversations/{ANN}", body="See you at {shop}!", do="save")
    assert re.search(r'<p class="note good" role="status">Saved. You find it under Saved replies.</p>', page)
    assert "Saved. You find" not in "".join(re.findall(r'<p[^>]*role="alert"[^>]*>[^<]*', page))
    _, page = post(client, f"/conversations/{ANN}", body=" ", do="save")
    assert re.search(r'role="alert" id="problem" >[^<]', page)


def test_a_first_text_begins_a_conversation(office: Office, client: FlaskClient) -> None:
    code, page = post(client, "/write", to=TYPED, body="Your part is here.")
    assert (code, "Your part is here." in page) == (200, True)
    assert texts(office, NEW) == ["Your part is here."]


@pytest.mark.parametrize(
    ("to", "body", "told"),
    [
        ("Ann", "Hello", "is not a phone number"),
        ("999", "Hello", "is not a phone number"),
        ("0909 8790000", "Hello", "premium|expensive|costs"),
        (TYPED, " ", "An empty text cannot be sent"),
        (BOB, "Hello", "asked for no more texts"),
        (TYPED, "x" * 1531, "at most 10"),
        (TYPED, "ж" * 671, "at most 10"),
    ],
)
def test_what_cannot_go_out_stays_in_the_form(
    office: Office, client: FlaskClient, to: str, body: str, told: str
) -> None:
    with Session(office.engine) as session:
        before = len(session.exec(select(Message)).all())
    code, page = post(client, "/write", to=to, body=body)
    assert code in (409, 422)
    assert re.search(told, page)
    assert f'value="{to}"' in page
    assert f"{body}</textarea>" in page
    with Session(office.engine) as session:
        assert len(session.exec(select(Message)).all()) == before


def test_who_wants_no_texts_is_written_to_with_a_tick_only(office: Office, client: FlaskClient) -> None:
    before = len(texts(office, BOB))
    _, page = post(client, "/write", to=BOB, body="Your cake is ready")
    assert 'name="despite_stop"' in page
    assert post(client, "/write", to=BOB, body="Your cake is ready", despite_stop="on")[0] == 200
    assert len(texts(office, BOB)) == before + 1


def test_a_form_that_is_sent_twice_writes_once(office: Office, client: FlaskClient) -> None:
    for _ in range(2):
        assert post(client, "/write", to=TYPED, body="Hello twice", ticket="once")[0] == 200
    assert texts(office, NEW).count("Hello twice") == 1


def test_ways_lead_to_a_first_text(client: FlaskClient) -> None:
    for path in ("/contacts", "/conversations"):
        assert 'href="/write"' in client.get(path).text
    for path in ("/contacts", "/conversations"):
        assert 'href="/write?to=07400+888888"' in client.get(f"{path}?q=07400 888888").text
        assert "/write?to=" not in client.get(f"{path}?q=nobody").text
    assert f'value="{TYPED}"' in client.get(f"/write?to={TYPED}").text
    assert f'href="/conversations/{ANN}#end"' in client.get("/write", query_string={"to": ANN}).text


@pytest.mark.parametrize(
    ("body", "parts"), [("x" * 160, 1), ("x" * 161, 2), ("x" * 1530, 10), ("ж" * 670, 10)]
)
def test_long_texts_go_out_in_up_to_ten_parts(
    office: Office, client: FlaskClient, body: str, parts: int
) -> None:
    assert post(client, f"/conversations/{ANN}", body=body)[0] == 200
    with Session(office.engine) as session:
        assert [row.parts for row in views.messages(session, address=ANN) if row.body == body] == [parts]
    page = client.get(f"/conversations/{ANN}").text
    assert (f"as {parts} texts" in page) == (parts > 1)


def test_what_is_too_long_is_counted_as_such(client: FlaskClient) -> None:
    _, page = post(client, f"/conversations/{ANN}", do="count", body="x" * 1531)
    assert "Too long: at most 10 texts can be sent as one" in page


def test_saved_replies_are_filled_in_for_whom_they_go_to(client: FlaskClient) -> None:
    post(client, "/replies", body="Hi {name}, this is {shop} {odd}")
    _, page = post(client, f"/contacts/{ANN}", name="Ann", notes="", kind="")
    page = client.get(f"/conversations/{ANN}").text
    key = re.search(r'value="(\d+)" formnovalidate data-words="Hi Ann, this is Corner Bakery {odd}"', page)
    assert key
    assert (
        "Hi Ann, this is Corner Bakery {odd}</textarea>"
        in post(client, f"/conversations/{ANN}", do=key[1])[1]
    )
    post(client, f"/contacts/{ANN}", name="", notes="", kind="")
    assert "Hi, this is Corner Bakery {odd}</textarea>" in post(client, f"/conversations/{ANN}", do=key[1])[1]
    assert "Hi {name}, this is {shop} {odd}" in client.get("/replies").text


def test_saved_replies_can_be_changed(client: FlaskClient) -> None:
    code, page = post(client, "/replies", change="2", body="Open till six.")
    assert (code, "Open till six." in page, "7:00 to 18:00" in page) == (200, True, False)
    code, page = post(client, "/replies", change="2", body="")
    assert (code, "1 to " in page, "Open till six." in page) == (422, True, True)


def test_links_and_numbers_in_texts_can_be_pressed(office: Office, client: FlaskClient) -> None:
    post(client, f"/conversations/{ANN}", body="See https://x.de/?a=1&b=<b> or ring 07400 123999")
    page = client.get(f"/conversations/{ANN}").text
    safe = 'dir="ltr" rel="noopener noreferrer nofollow"'
    assert (
        f'<a href="https://x.de/?a=1&amp;b=" {safe} target="_blank">https://x.de/?a=1&amp;b=</a>&lt;b&gt;'
        in page
    )
    assert f'<a href="tel:+447400123999" {safe}>07400 123999</a>' in page


def later(office: Office, body: str) -> views.MessageRow:
    with Session(office.engine) as session:
        return next(row for row in views.messages(session, address=ANN) if row.body == body)


def test_a_text_for_later_is_shown_moved_and_cancelled(office: Office, client: FlaskClient) -> None:
    then = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT09:00")
    code, page = post(client, f"/conversations/{ANN}", do="later", at=then, body="For later")
    row = later(office, "For later")
    assert (code, row.status, row.due and f"{row.due:%Y-%m-%dT%H:%M}") == (200, "queued", then)
    assert "It will be sent" in page
    assert "For later" in client.get("/scheduled").text
    moved = then.replace("09:00", "10:30")
    assert post(client, "/scheduled", message=str(row.id), do="move", at=moved)[0] == 200
    due = later(office, "For later").due
    assert due
    assert f"{due:%Y-%m-%dT%H:%M}" == moved
    assert post(client, "/scheduled", message=str(row.id), do="move", at="")[0] == 422
    assert post(client, "/scheduled", message=str(row.id), do="move", at="2020-01-01T09:00")[0] == 409
    assert post(client, "/scheduled", message=str(row.id), do="cancel")[0] == 200
    assert later(office, "For later").status == "cancelled"
    assert "For later" not in client.get("/scheduled").text
    assert post(client, "/scheduled", message=str(row.id), do="cancel")[0] == 409


def test_a_time_that_is_over_or_none_is_refused(office: Office, client: FlaskClient) -> None:
    for at, code in (("2020-01-01T09:00", 409), ("9999-01-01T09:00", 409), ("", 422), ("x", 422)):
        answer, page = post(client, f"/conversations/{ANN}", do="later", at=at, body="Never")
        assert (answer, "Never</textarea>" in page) == (code, True)


def test_an_offered_time_is_taken_and_a_stop_cancels_it(office: Office, client: FlaskClient) -> None:
    offer = re.search(r'name="do" value="(at [^"]+)"', client.get(f"/conversations/{ANN}").text)
    assert offer
    assert post(client, f"/conversations/{ANN}", do=offer[1], body="Before the stop")[0] == 200
    assert later(office, "Before the stop").status == "queued"
    a_text_comes(office, ANN, "STOP")
    until(lambda: later(office, "Before the stop").status == "cancelled")
    assert later(office, "Before the stop").error == "opted_out"
    post(client, f"/conversations/{ANN}/mark", kind="in")


def test_who_is_forgotten_gets_nothing_later(office: Office, client: FlaskClient) -> None:
    then = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT09:00")
    post(client, "/write", to="07400 777777", body="Hello")
    post(client, "/conversations/+447400777777", do="later", at=then, body="Too late")
    assert "Too late" in client.get("/scheduled").text
    post(client, "/contacts/+447400777777/forget", sure="yes")
    assert "Too late" not in client.get("/scheduled").text
