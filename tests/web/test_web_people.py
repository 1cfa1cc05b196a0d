"""What people do on the page besides reading: name and mark contacts, files, forget, call back, pause, close, try words."""

import io
import logging
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from bridge.config import edit
from bridge.config.schema import DAYS, SECTIONS
from bridge.contract.requests import ReadSettings
from bridge.records import labels, views
from bridge.records.tables import Call, Contact
from bridge.rules import addressbook
from modem import contract
from tests.support.box import WrongClock, until
from tests.support.web_bridge import ANN, BOB, DAN, EVE, NAME, Office, an_office
from tests.web.test_web_loop import enter, post, token
from web import limits

OWNER = "+447400123499"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, web=f"[notify]\nsms_to = {OWNER}\n") as office:
        yield office


@pytest.fixture
def client(office: Office) -> FlaskClient:
    return enter(office.bridge)


def person(office: Office, address: str) -> Contact:
    with Session(office.engine) as session:
        found = views.contact_at(session, address)
        assert found is not None
        return found


def bring(client: FlaskClient, data: bytes, name: str = "contacts.csv") -> tuple[int, str]:
    form = {"csrf_token": token(client, "/contacts"), "file": (io.BytesIO(data), name)}
    answer = client.post("/contacts/import", data=form)
    # Werkzeug's client keeps a large body in a file, and leaves that open.
    answer.request.environ["wsgi.input"].close()
    return answer.status_code, answer.text


# ---- contacts


def test_name_notes_and_kind_are_kept(office: Office, client: FlaskClient) -> None:
    code, page = post(client, f"/contacts/{BOB}", name="Bob <b>Reed</b>", notes="Rings twice.", kind="staff")
    assert code == 200
    assert "Bob &lt;b&gt;Reed&lt;/b&gt;" in page
    assert "Rings twice." in page
    kept = person(office, BOB)
    assert (kept.name, kept.notes, kept.kind) == ("Bob <b>Reed</b>", "Rings twice.", "staff")
    assert post(client, f"/contacts/{BOB}", kind="friend")[0] == 400
    assert post(client, "/contacts/+447400000000", name="x")[0] == 404
    assert client.get("/contacts/+447400000000").status_code == 404


def test_a_csv_is_taken_in_and_what_is_wrong_is_said(office: Office, client: FlaskClient) -> None:
    code, page = bring(
        client, b"name,number\nBob Reed,07400 123457\nNew <i>One</i>,07400 123477\nNobody,12\n"
    )
    assert code == 200
    assert "2 contacts imported." in page
    assert "12" in page.split("imported.")[1].split("</div>")[0]
    assert (person(office, BOB).name, person(office, "+447400123477").source) == ("Bob Reed", "import")
    assert person(office, ANN).name == "Ann Whittaker"


def test_a_large_file_is_taken_in_and_a_larger_one_refused(client: FlaskClient) -> None:
    rows = b"".join(b"Somebody %d,074001%05d\n" % (n, n) for n in range(1500))
    assert len(rows) > 30_000
    code, page = bring(client, b"name,number\n" + rows)
    assert (code, "1500 contacts imported." in page) == (200, True)
    body = b"x" * (limits.LARGEST_FILE + 100_000)
    answer = client.post("/contacts/import", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert bring(client, b"", name="")[0] == 400


def test_a_file_just_over_the_limit_is_refused_in_words_and_the_log_knows(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """E2, E4: its body is not too large, the file in it is."""
    with caplog.at_level(logging.WARNING):
        code, page = bring(client, b"x" * (limits.LARGEST_FILE + 1))
    assert code == 413
    assert "This file is too large: the box takes files of up to 32 MB." in page
    assert "contacts.import_contacts" in caplog.text
    assert "larger than 32 MB" in caplog.text


def test_large_bodies_are_for_who_is_logged_in(office: Office) -> None:
    from web import create_app

    stranger = create_app(office.bridge).test_client()
    answer = stranger.post("/contacts/import", data={"file": (io.BytesIO(b"x" * 200_000), "x.csv")})
    assert answer.status_code in (303, 307, 413)


@pytest.mark.parametrize("form", ["vcf", "csv"])
def test_what_is_saved_can_be_taken_in_again(office: Office, client: FlaskClient, form: str) -> None:
    answer = client.get(f"/contacts/export.{form}")
    assert "attachment" in answer.headers["Content-Disposition"]
    read = addressbook.read(answer.data, "GB")
    named = {card.number: card for card in read.cards}
    assert named[ANN].name == "Ann Whittaker"
    assert (named[EVE].mark, named[EVE].notes) == ("supplier", "Flour deliveries")
    stop = person(office, BOB).opted_out_at
    assert stop is not None
    assert named[BOB].opted_out
    assert named[BOB].opted_out_at == stop.replace(microsecond=0)


def test_nobody_is_just_now_because_a_file_names_them(office: Office, client: FlaskClient) -> None:
    bring(client, b"name,number,opted_out\nNew One,07400 123477,yes\n")
    assert not person(office, "+447400123477").seen
    row = client.get("/contacts?q=New One").text.split('class="rows"')[1].split("</ul>")[0]
    assert "New One" in row
    assert "<time" not in row
    assert "wants no texts" in row
    assert "New One" not in client.get("/conversations?show=all").text
    assert f"From a file of contacts that {NAME} imported." in client.get("/contacts/+447400123477").text


def test_nobody_is_forgotten_without_a_tick(office: Office, client: FlaskClient) -> None:
    code, page = post(client, f"/contacts/{DAN}/forget")
    assert (code, "tick the box" in page) == (422, True)
    assert person(office, DAN).name == "Dan Osei"
    assert post(client, f"/contacts/{DAN}/forget", sure="yes")[0] == 200
    assert client.get(f"/conversations/{DAN}").status_code == 404
    with Session(office.engine) as session:
        assert views.messages(session, address=DAN) == []


def test_what_they_said_about_texts_is_shown(client: FlaskClient) -> None:
    post(client, f"/conversations/{ANN}/mark", kind="out")
    page = client.get(f"/contacts/{ANN}").text
    assert "No more automatic texts" in page
    assert f"Noted here by {NAME}." in page


def test_mark_as_called_back(office: Office, client: FlaskClient) -> None:
    assert "Mark as called back" in client.get(f"/conversations/{ANN}").text
    code, page = post(client, f"/conversations/{ANN}/called-back")
    assert code == 200
    assert f"called back by {NAME}" in page
    assert "Mark as called back" not in page
    with Session(office.engine) as session:
        calls = session.exec(select(Call).where(Call.contact_id == person(office, ANN).id)).all()
        assert [call.called_back_by for call in calls] == [NAME]


def test_an_urgent_caller_stands_out(office: Office, client: FlaskClient) -> None:
    with Session(office.engine) as session, session.begin():
        session.exec(select(Call).where(Call.contact_id == person(office, ANN).id)).one().urgent = True
    assert "urgent: called again and again" in client.get("/").text
    post(client, f"/conversations/{ANN}/called-back")
    assert "urgent" not in client.get("/").text


def test_who_is_to_be_called_back(office: Office, client: FlaskClient) -> None:
    page = client.get("/?show=open").text
    assert "Ann Whittaker" in page
    assert "Dan Osei" not in page  # was written to since
    assert "Eve Marsh" not in page  # was answered
    assert f'href="tel:{ANN}"' in page
    buttons = re.findall(r"<button[^>]*>(?:<svg.*?</svg>)?([^<]+)</button>", page)
    assert "Mark as called back" in buttons
    assert "Done" not in buttons  # which is said of conversations
    code, page = post(client, f"/conversations/{ANN}/called-back", **{"from": "calls"})
    assert code == 200
    assert "To call back" in page
    assert "Ann Whittaker is marked as called back." in page
    assert f'href="tel:{ANN}"' not in page


@pytest.mark.parametrize(
    ("path", "form", "back"),
    [
        ("/conversations/{ann}/done", {"do": "done"}, {"do": "reopen"}),
        ("/conversations/{ann}/mark", {"kind": "block"}, {"kind": "unblock"}),
        ("/conversations/{ann}/snooze", {"at": "picked", "picked": "{later}"}, {"at": "now"}),
        ("/settings/shop", {"own_numbers": ANN}, {"own_numbers": ""}),
    ],
    ids=["done", "blocked", "snoozed", "own number"],
)
def test_who_needs_nothing_is_not_to_be_called_back(
    office: Office, client: FlaskClient, path: str, form: dict[str, str], back: dict[str, str]
) -> None:
    later = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%dT%H:%M}"

    def press(fields: dict[str, str]) -> None:
        if "own_numbers" in fields:
            edit.change(office.loop.settings.path, "shop", dict(fields))
            office.bridge.request(ReadSettings(), by=NAME)
            return
        filled = {key: value.format(later=later) for key, value in fields.items()}
        assert post(client, path.format(ann=ANN), **filled)[0] == 200

    def listed() -> bool:
        return "Ann Whittaker</a>" in client.get("/?show=open").text

    assert listed()
    press(form)
    client.get("/conversations")  # which says what was done
    assert not listed()
    press(back)
    client.get("/conversations")
    assert listed()


def test_who_rings_is_shown_and_can_be_answered_or_turned_down(office: Office, client: FlaskClient) -> None:
    at = time.monotonic()
    office.happens(contract.CallRinging("main", at, 7, ANN, False))
    until(lambda: office.bridge.status().lines[0].ringing, "the ringing")
    assert "Ann Whittaker is ringing" in client.get("/").text
    assert post(client, "/calls/ringing", line="main", do="answer")[0] == 200
    assert isinstance(office.requests[-1], contract.Answer)
    assert post(client, "/calls/ringing", line="main", do="hang_up")[0] == 200
    assert isinstance(office.requests[-1], contract.HangUp)
    office.happens(contract.CallEnded("main", at, 7, ANN, False, contract.CallOutcome.REJECTED, 2, None))
    until(lambda: not office.bridge.status().lines[0].ringing, "the end")
    assert "is ringing" not in client.get("/").text


def test_who_waits_for_an_answer_is_shown_with_how_long(client: FlaskClient) -> None:
    page = client.get("/conversations").text
    waits = re.findall(r"needs a reply · (\w+ \w+)", page)
    assert waits == ["3 days", "25 hours", "1 hour", "11 minutes"]  # the longest first; Ann's since her call
    post(client, f"/conversations/{ANN}/read")
    assert "needs a reply · 11 minutes" in client.get("/conversations").text, "looking is not answering"
    post(client, f"/conversations/{ANN}/done", do="done")
    assert "needs a reply · 11 minutes" not in client.get("/conversations").text


# ---- for now


def test_pause_and_resume(office: Office, client: FlaskClient) -> None:
    code, page = post(client, "/status/now", do="pause_hour")
    assert code == 200
    assert "Automatic texts are paused; they resume" in page
    assert "Automatic texts are paused" in client.get("/?show=missed").text  # on every page
    assert "paused" not in post(client, "/status/now", do="resume")[1]
    assert "until somebody resumes them" in post(client, "/status/now", do="pause")[1]


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/?show=missed", "/?show=missed"),
        ("", "/status"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
    ],
)
def test_a_notice_leads_back_to_where_it_was_read(client: FlaskClient, wanted: str, leads_to: str) -> None:
    form = {"csrf_token": token(client, "/contacts"), "do": "resume", "next": wanted}
    assert client.post("/status/now", data=form).headers["Location"] == leads_to


def test_closed_today_and_back_at(client: FlaskClient) -> None:
    assert (
        "The shop is closed for now; it opens tomorrow." in post(client, "/status/now", do="closed_today")[1]
    )
    assert "closed for now" not in post(client, "/status/now", do="open")[1]
    code, page = post(client, "/status/now", do="back", back="0:00")
    assert (code, "not a time later today" in page) == (422, True)
    assert post(client, "/status/now", do="nonsense")[0] == 422


def gets(page: str) -> str:
    """What the status says that a caller gets while the shop is closed by hand."""
    return page.partition('id="closed-gets"')[2].partition("<details")[0]


def test_while_texts_are_paused_none_is_said_to_wait(office: Office, client: FlaskClient) -> None:
    edit.change(office.loop.settings.path, "textback", {"closed": "wait"})
    edit.change(office.loop.settings.path, "hours", dict.fromkeys(DAYS, "9:00-18:00"))
    office.bridge.request(ReadSettings(), by=NAME)
    assert "It waits until the shop opens" in gets(client.get("/status").text)
    assert "It waits" not in gets(post(client, "/status/now", do="pause")[1])


def test_back_at_says_what_a_caller_gets_until_then(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    morning = WrongClock(now.replace(hour=9, minute=0) - now)
    words = "[textback]\nclosed = other\nclosed_message = We open again {reopens}.\n"
    with an_office(tmp_path, web=words, rows=False, clock=morning) as office:
        client = enter(office.bridge)
        assert "We open again tomorrow." in gets(client.get("/status").text)
        code, page = post(client, "/status/now", do="show", back="15:00")
        assert (code, "We open again at 15:00." in gets(page)) == (200, True)
        assert 'value="15:00"' in page
        assert office.loop.status.closed is None
        assert post(client, "/status/now", do="show", back="08:00")[0] == 422


# ---- words


def test_the_settings_show_how_the_texts_read_and_what_a_month_costs(client: FlaskClient) -> None:
    page = client.get("/settings").text
    assert "How your text reads" in page
    assert "1 text, " in page
    # the office is three days old: no month is made of that
    assert re.search(r"4 callers were texted since [A-Z]\w+day [0-9]+ \w+: 4 texts\. After two weeks", page)
    assert page.count("Hi! Sorry we missed your call.") == 3  # now, tonight, and among the settings


def test_a_text_for_closed_hours_without_hours_is_told(client: FlaskClient) -> None:
    without = "No opening hours are set, so the shop counts as always open."
    shown = {**TEXTS, "closed": "skip"}
    assert without in post(client, "/settings/textback", do="show", **shown)[1]
    assert without not in post(client, "/settings/textback", do="show", **TEXTS)[1]
    assert without not in client.get("/settings").text


def test_first_steps_and_the_text_agree_about_the_name(office: Office, client: FlaskClient) -> None:
    """1.3: once the shop has a name, it stands in the text that is shipped; where a shop's own text has none, that is said."""
    page = client.get("/welcome").text
    assert "The name is used in the texts to your customers" in page
    assert "Thanks for calling Corner Bakery! Reply STOP to opt out." in page
    assert "Thanks for calling Mill Lane Bakery!" in post(client, "/welcome/shop", name="Mill Lane Bakery")[1]
    form = {key: setting.default for key, setting in SECTIONS["textback"].items()}
    seen = re.search(r'name="seen" value="([^"]*)"', client.get("/settings/textback").text)
    assert seen
    post(client, "/settings/textback", **form | {"seen": seen[1], "message": "We missed you."})
    page = client.get("/welcome").text
    assert "The name is used in the texts to your customers" not in page
    assert re.search(
        r'Your text does not mention the shop&#39;s name:</p>\s*<p class="sample">We missed you\.', page
    )
    code, page = post(client, "/welcome/text")
    assert (code, "The name is used in the texts to your customers" in page) == (200, True)
    assert "{shop}" in office.loop.settings.textback.message


PREVIEWS = [
    ({"message": "Hello from {shop}!"}, "Hello from Corner Bakery! Reply STOP to opt out."),
    ({"message": "Hi {you}"}, "{you} is not a placeholder"),
    ({"message": "Hi {shop"}, "A curly bracket has no partner"),
    ({"message": ""}, "There must be a text to send"),
    ({"message": "Olá"}, "“á” means that only 70 characters fit in one text instead of 160"),
    ({"message": "<script>alert(1)</script>"}, "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ({"message": "x" * 200}, "2 texts, "),
    ({"enabled": "no"}, "automatic texts are switched off"),
    ({"closed": "other"}, "Closed = other needs a text to send"),
]


@pytest.mark.parametrize(("words", "shown"), PREVIEWS)
def test_other_words_can_be_tried(
    office: Office, client: FlaskClient, words: dict[str, str], shown: str
) -> None:
    before = office.loop.settings.path.read_bytes()
    answer = post(client, "/settings/textback", do="show", **{**TEXTS, **words})
    assert (answer[0], shown in answer[1]) == (200, True)
    assert office.loop.settings.path.read_bytes() == before


TEXTS = {key: setting.default for key, setting in SECTIONS["textback"].items()}


def test_a_test_text_goes_to_the_owner(office: Office, client: FlaskClient) -> None:
    code, page = post(client, "/settings/test")
    shown = page.partition('id="owner"')[2].partition("</section>")[0]
    assert (code, "Reply STOP to opt out." in shown, "is-queued" in shown) == (200, True, True)
    with Session(office.engine) as session:
        row = views.messages(session, address=OWNER)[0]
    assert (row.kind, row.author, row.status) == ("manual", NAME, "queued")
    assert row.body.endswith("Reply STOP to opt out.")


def test_a_contact_is_added_by_hand(office: Office, client: FlaskClient) -> None:
    code, page = post(client, "/contacts", name="Gil <b>", number="07400 123488")
    assert (code, "Gil &lt;b&gt;" in page) == (200, True)
    assert person(office, "+447400123488").source == "page"
    code, page = post(client, "/contacts", name="Gil", number="+44 7400 123488")
    assert (code, "is in your contacts already" in page, 'value="Gil"' in page) == (409, True, True)
    assert post(client, "/contacts", name="Gil", number="12")[0] == 409
    assert "added" in client.get("/team").text
    assert "+447400123488" not in client.get("/conversations?show=all").text


def test_two_contacts_become_one_when_it_is_sure(office: Office, client: FlaskClient) -> None:
    code, page = post(client, f"/contacts/{DAN}/number", number=BOB)
    assert (code, "has this number" in page) == (409, True)
    code, page = post(client, f"/contacts/{DAN}/number", number=BOB, sure="yes")
    assert (code, "07400 123457" in page) == (200, True)
    merged = person(office, BOB)
    assert (merged.address, merged.name, merged.opted_out_at is not None) == (DAN, "Dan Osei", True)
    with Session(office.engine) as session:
        calls = session.exec(select(Call).where(Call.contact_id == merged.id)).all()
    assert {call.number for call in calls} == {BOB, DAN}
    named = {
        card.number: card for card in addressbook.read(client.get("/contacts/export.csv").data, "GB").cards
    }
    assert named[BOB].opted_out
    assert named[DAN].opted_out
    assert "07400 123457" in client.get("/contacts").text
    assert client.get(f"/contacts/{BOB}").status_code == 200
    code, page = post(client, f"/contacts/{DAN}/number", number=OWNER)
    assert code == 200


def test_several_conversations_are_marked_at_once(office: Office, client: FlaskClient) -> None:
    code, page = post(
        client, "/conversations/several", who=[ANN, DAN, "+447400000000"], do="label", label=" cakes "
    )
    assert (code, page.count("cakes</a>")) == (200, 1)
    with Session(office.engine) as session:
        label = labels.all_labels(session)[0]
        rows = views.conversations(session, label=label.id)
    assert {row.address for row in rows} == {ANN, DAN}
    only = client.get(f"/conversations?label={label.id}").text
    assert ("Ann Whittaker" in only, BOB in only) == (True, False)
    assert post(client, "/conversations/several", who=[ANN, DAN], do="read")[0] == 200
    assert not views_unread(office)
    assert post(client, "/conversations/several", who=[ANN, DAN], do="done")[0] == 200
    assert (person(office, ANN).done, person(office, DAN).done, person(office, BOB).done) == (
        True,
        True,
        False,
    )
    assert post(client, "/conversations/several", who=[ANN], do="label", label="x" * 31)[0] == 409
    assert post(client, f"/conversations/{DAN}/label", label="urgent")[0] == 200
    assert post(client, f"/conversations/{ANN}/label", off=str(label.id))[0] == 200
    with Session(office.engine) as session:
        assert [row.address for row in views.conversations(session, which="all", label=label.id)] == [DAN]


def views_unread(office: Office) -> int:
    with Session(office.engine) as session:
        return views.unread(session)
