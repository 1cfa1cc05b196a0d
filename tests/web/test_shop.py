"""What the shop's page does beside reading: settings, people, conversations that are done or somebody's, notes, saved replies,
tickets, what would happen; through Flask's client, with the real loop behind it."""

import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from bridge import config
from bridge.config.schema import SECTIONS
from bridge.contract.answers import Done, Rejected
from bridge.contract.requests import (
    AddNote,
    AnswerCall,
    Assign,
    CalledBack,
    CloseShop,
    Describe,
    DryRun,
    HangUp,
    Mark,
    MarkDone,
    MarkRead,
    OpenShop,
    Pause,
    ReadSettings,
    Request,
    ResetBreaker,
    Resume,
    SaveReply,
    SendAgain,
    SendSample,
    TryAgain,
    WriteText,
)
from bridge.handlers import conversations
from bridge.records import users, views
from bridge.records.tables import AuditEntry, Contact, Message, Note
from bridge.rules.refusals import Refused
from bridge.rules.states import Direction, MessageKind, MessageStatus
from bridge.words.audit import change_in_words
from modem.contract import Coded
from tests.support.box import DEADLINE, until
from tests.support.browser import a_text_comes
from tests.support.people import add_user
from tests.support.web_bridge import ANN, BOB, DAN, EVE, FLO, NAME, PASSWORD, Office
from tests.web.test_web_loop import enter, post, token
from web import create_app
from web.access.login import OWNERS_ONLY
from web.pages.dry_run import OUTCOMES
from web.pages.filters import span
from web.pages.settings_forms import FORMS

STRANGER = "+447400999999"


@pytest.fixture
def client(office: Office) -> FlaskClient:
    return enter(office.bridge)


@pytest.fixture
def staff(office: Office) -> FlaskClient:
    with Session(office.engine) as session, session.begin():
        add_user(session, "ben", PASSWORD, users.STAFF)
    client = create_app(office.bridge).test_client()
    form = {"csrf_token": token(client, "/login"), "name": "ben", "password": PASSWORD}
    assert client.post("/login", data=form).status_code == 303
    return client


def audit_entries(office: Office) -> list[str]:
    with Session(office.engine) as session:
        return [
            change_in_words(entry.what, entry.who)
            for entry in session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc()))
        ]


def file(office: Office) -> Path:
    return office.loop.settings.path


# ---- settings


def filled(client: FlaskClient, section: str) -> dict[str, str]:
    """The form as the page shows it."""
    page = client.get(f"/settings/{section}").text
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    return {"seen": seen[1], "do": "save", **{key: one.default for key, one in SECTIONS[section].items()}}


def test_the_forms_ask_for_every_key_of_their_sections() -> None:
    for section, form in FORMS.items():
        assert [field.key for field in form.fields] == list(SECTIONS[section]), section
        for field in form.fields:
            check = SECTIONS[section][field.key].check
            for choice in field.choices or ():
                check(choice)


@pytest.mark.parametrize("section", FORMS)
def test_a_form_that_is_sent_as_it_came_changes_nothing(
    office: Office, client: FlaskClient, section: str
) -> None:
    before = file(office).read_bytes()
    form = filled(client, section)
    if section == "shop":
        form |= {
            "name": "Corner Bakery",
            "phone": "+44 121 234 5678",
            "country": "GB",
            "timezone": "Europe/London",
        }
    assert post(client, f"/settings/{section}", **form)[0] == 200
    assert file(office).read_bytes() == before
    assert audit_entries(office) == []


def test_what_is_kept_counts_at_once_and_is_noted(office: Office, client: FlaskClient) -> None:
    form = filled(client, "limits") | {"per_day": "7", "per_minute": "3"}
    code, page = post(client, "/settings/limits", **form)
    assert (code, "Saved. It takes effect now." in page, "3 per minute, 7 per day" in page) == (
        200,
        True,
        True,
    )
    assert office.loop.settings.limits.per_day == 7
    assert config.load(file(office)).limits.per_minute == 3
    assert audit_entries(office) == [f"{NAME} changed the settings “Limits” (per_minute, per_day)"]
    assert (
        "the settings “Limits” (Automatic texts per minute, Automatic texts per day)"
        in client.get("/team").text
    )


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    office: Office, client: FlaskClient
) -> None:
    before = file(office).read_bytes()
    form = filled(client, "hours") | {"monday": "9-25", "sunday": "10:00-12:00"}
    code, page = post(client, "/settings/hours", **form)
    assert code == 422
    assert 'id="monday-problem">25 does not exist.' in page
    assert 'value="9-25"' in page
    assert 'value="10:00-12:00"' in page
    assert file(office).read_bytes() == before


TIMES = [
    ({"quiet": "9pm - 8am"}, "quiet", "21:00–08:00"),
    ({"quiet": "21-8"}, "quiet", "21:00–08:00"),
    ({"quiet": "von 22 bis 7 Uhr"}, "quiet", "22:00–07:00"),
    ({"digest": "8"}, "digest", "08:00"),
    ({"digest": "7.30am"}, "digest", "07:30"),
]


def test_times_of_alerts_as_people_type_them(office: Office, client: FlaskClient) -> None:
    for typed, key, shown in TIMES:
        assert post(client, "/settings/notify", **(filled(client, "notify") | typed))[0] == 200
        kept = getattr(office.loop.settings.notify, key)
        assert (span(kept) if key == "quiet" else f"{kept:%H:%M}") == shown
    code, page = post(client, "/settings/notify", **(filled(client, "notify") | {"quiet": "at night"}))
    assert (code, "“at night” is not a pair of times" in page) == (422, True)


def test_two_people_at_the_same_form(office: Office, client: FlaskClient) -> None:
    mine = filled(client, "limits") | {"per_day": "7"}
    post(client, "/settings/limits", **(filled(client, "limits") | {"per_day": "8"}))
    code, page = post(client, "/settings/limits", **mine)
    assert (code, "Somebody has changed these settings" in page, 'value="7"' in page) == (409, True, True)
    assert office.loop.settings.limits.per_day == 8
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    assert post(client, "/settings/limits", **(mine | {"seen": seen[1]}))[0] == 200
    assert office.loop.settings.limits.per_day == 7


def test_a_mistake_elsewhere_in_the_file_is_named(office: Office, client: FlaskClient) -> None:
    file(office).write_text(file(office).read_text("utf-8") + "[nonsense]\n", "utf-8")
    code, page = post(client, "/settings/limits", **(filled(client, "limits") | {"per_day": "7"}))
    assert (code, "[nonsense] is not a section" in page) == (422, True)


def test_a_text_in_another_language_comes_and_goes(office: Office, client: FlaskClient) -> None:
    form = filled(client, "textback") | {"new_language": "de", "new_text": "Hallo von {shop}"}
    assert post(client, "/settings/textback", **form)[0] == 200
    assert office.loop.settings.textback.messages_by_language == {"de": "Hallo von {shop}"}
    page = client.get("/settings/textback").text
    assert 'name="message.de"' in page
    form = filled(client, "textback") | {"message.de": ""}
    assert post(client, "/settings/textback", **form)[0] == 200
    assert office.loop.settings.textback.messages_by_language == {}
    form = filled(client, "textback") | {"message.de\n[web]\nnetworks": "any"}
    assert post(client, "/settings/textback", **form)[0] == 422
    assert config.load(file(office)).web.networks == "private"


def test_a_file_that_cannot_be_written_is_told(office: Office, client: FlaskClient) -> None:
    form = filled(client, "limits") | {"per_day": "7"}
    file(office).unlink()
    code, page = post(client, "/settings/limits", **form)
    assert (code, "cannot be read" in page) == (503, True)


def test_staff_look_at_settings_and_change_none(
    office: Office, client: FlaskClient, staff: FlaskClient
) -> None:
    secret = filled(client, "notify") | {"urls": "ntfy://secret-topic"}
    assert post(client, "/settings/notify", **secret)[0] == 200
    assert "secret-topic" in client.get("/settings/notify").text
    assert "secret-topic" not in staff.get("/settings/notify").text
    before = file(office).read_bytes()
    assert "Change" not in re.sub(r"<[^>]+>", "", staff.get("/settings").text)
    code, page = post(staff, "/settings/limits", **(filled(staff, "limits") | {"per_day": "7"}))
    assert (code, "Only an owner can change this" in page) == (403, True)
    tried = filled(staff, "textback") | {"do": "show", "message": "Hello from {shop}"}
    assert "Hello from Corner Bakery" in post(staff, "/settings/textback", **tried)[1]
    assert file(office).read_bytes() == before


# ---- people


def test_staff_change_no_settings_and_no_users(office: Office, staff: FlaskClient) -> None:
    """Every place that is the owner's, with whatever its form may ask for."""
    with Session(office.engine) as session:
        before = [user.model_dump() for user in users.everybody(session)]
    urls = staff.application.url_map.bind("localhost")
    places: dict[str, dict[str, str]] = {
        "team.change": {"name": NAME},
        "team.take_back": {"key": "1"},
        "contacts.forget": {"address": ANN},
        "keys.revoke": {"name": "till"},
    }
    for endpoint in OWNERS_ONLY - {"contacts.export", "figures.calls_file", "backups.download"}:
        path = urls.build(endpoint, places.get(endpoint, {}))
        for do in ("role", "password", "out", "remove"):
            form = {"do": do, "role": "owner", "name": "eve", "password": PASSWORD, "mobile": "07400 123499"}
            form["sure"] = "yes"
            code, page = post(staff, path, **form)
            assert (code, "Only an owner can change this" in page) == (403, True), path
    with Session(office.engine) as session:
        assert [user.model_dump() for user in users.everybody(session)] == before
    assert office.loop.settings.shop.name == "Corner Bakery"
    assert audit_entries(office) == []


# Where staff may go: everywhere else. An address that is new must be put in its place, here or in OWNERS_ONLY.
STAFF_TOO = """
write.send write.write scheduled.change scheduled.scheduled team.speak
calls.calls calls.ringing contacts.contact contacts.contacts contacts.describe contacts.import_contacts
contacts.add contacts.add_number arranging.assign arranging.label arranging.several arranging.snooze arranging.undo
conversations.again conversations.called_back conversations.conversations conversations.done
conversations.mark conversations.note conversations.read conversations.reply conversations.thread figures.days_file figures.show
figures.weeks_file hours.change hours.form manifest.manifest news.news replies.change replies.replies settings.change
settings.form settings.settings status.again
status.for_now status.release status.status team.mine team.speak team.team tryout.ask tryout.tell welcome.first moving.restore
auth.login
auth.logout
healthz.healthz static join.join https.authority https.show https.trusted
"""


def test_every_address_is_the_owners_or_everybodys(office: Office, staff: FlaskClient) -> None:
    """B10: staff are asked to at each address of the page; what is the owner's is refused in plain words, and hidden."""
    routes = {rule.endpoint: rule for rule in staff.application.url_map.iter_rules()}
    assert OWNERS_ONLY | set(STAFF_TOO.split()) == set(routes)
    urls = staff.application.url_map.bind("localhost")
    values = {"address": ANN, "name": NAME, "section": "limits", "form": "vcf", "filename": "textback.css"}
    values |= {"key": "1", "secret": "x"}
    form_token = token(staff, "/status")
    for endpoint, rule in routes.items():
        if endpoint == "auth.logout":
            continue
        path = urls.build(endpoint, {name: values[name] for name in rule.arguments})
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            if method == "POST" and endpoint not in OWNERS_ONLY:
                continue
            answer = staff.open(
                path, method=method, data={"csrf_token": form_token, "sure": "yes"}, buffered=True
            )
            assert (answer.status_code == 403) == (endpoint in OWNERS_ONLY), path
            assert ("Only an owner can" in answer.text) == (
                endpoint in OWNERS_ONLY | {"settings.form", "hours.form"}
            ), path
    with Session(office.engine) as session:
        assert views.contact_at(session, ANN)
    for path, words in (
        (f"/contacts/{ANN}", "Forget this person"),
        ("/contacts", "Export all contacts"),
        ("/figures", "Call by call"),
    ):
        assert words not in staff.get(path).text
        assert words in enter(office.bridge).get(path).text


def test_the_last_owner_stays(office: Office, client: FlaskClient) -> None:
    for form in ({"do": "role", "role": "staff"}, {"do": "remove"}):
        code, page = post(client, f"/team/{NAME}", **form)
        assert (code, f"{NAME} is the only owner" in page) == (422, True)
    post(client, "/team", name="noa", password=PASSWORD, role="owner")
    assert post(client, f"/team/{NAME}", do="role", role="staff")[0] == 200
    assert post(client, "/team/noa", do="remove")[0] == 403  # staff by now
    assert audit_entries(office)[:2] == [f"{NAME} made {NAME} staff", f"{NAME} added noa as owner"]


NO_USERS = [
    ({"name": "", "password": PASSWORD, "role": "staff"}, "A colleague needs a name."),
    ({"name": "x" * 41, "password": PASSWORD, "role": "staff"}, "at most 40 characters"),
    ({"name": NAME, "password": PASSWORD, "role": "staff"}, f"{NAME} can already log in."),
    ({"name": "noa", "password": "short", "role": "staff"}, "at least 8 characters"),
    ({"name": "noa", "password": "x" * 201, "role": "staff"}, "at most 200 characters"),
    ({"name": "noa", "password": PASSWORD, "role": "king"}, "is not a role"),
]


@pytest.mark.parametrize(("form", "sentence"), NO_USERS)
def test_who_cannot_be_let_in(
    office: Office, client: FlaskClient, form: dict[str, str], sentence: str
) -> None:
    code, page = post(client, "/team", **form)
    assert (code, sentence in page) == (422, True)
    with Session(office.engine) as session:
        assert users.names(session) == [NAME]


def test_a_new_password_needs_the_old_one_and_logs_out_everywhere_else(
    office: Office, client: FlaskClient
) -> None:
    other = enter(office.bridge)
    code, page = post(client, "/team/me", do="password", old="wrong wrong", new="a new password")
    assert (code, "The old password is wrong." in page) == (422, True)
    assert post(client, "/team/me", do="password", old=PASSWORD, new="a new password")[0] == 200
    assert client.get("/contacts").status_code == 200
    assert other.get("/contacts").status_code == 303


def test_logging_out_everywhere_else(office: Office, client: FlaskClient) -> None:
    other = enter(office.bridge)
    assert post(client, "/team/me", do="out")[0] == 200
    assert (client.get("/contacts").status_code, other.get("/contacts").status_code) == (200, 303)


def test_the_log_goes_on_page_by_page_and_forgets_with_the_person(
    office: Office, client: FlaskClient
) -> None:
    post(client, f"/conversations/{FLO}/mark", kind="block")
    assert "+447400123461" in client.get("/team").text
    for _ in range(51):
        post(client, "/status/now", do="pause_hour")
    page = client.get("/team").text
    assert page.count("paused automatic texts for 1 hour") == 50
    link = re.search(r'href="(/team\?before=\d+)', page)
    assert link
    assert "blocked" in client.get(link[1]).text
    post(client, f"/contacts/{FLO}/forget", sure="yes")
    assert FLO not in client.get(link[1]).text
    assert audit_entries(office)[0] == f"{NAME} deleted everything about a person"


# ---- conversations


def open_ones(client: FlaskClient, which: str = "open") -> str:
    return client.get(f"/conversations?show={which}").text


def test_done_until_they_write_or_call_again(office: Office, client: FlaskClient) -> None:
    post(client, f"/conversations/{ANN}/done", do="done")
    assert ANN not in open_ones(client)
    assert ANN in open_ones(client, "done")
    assert 'data-unread="0"' in open_ones(client)  # what is done is read
    post(client, f"/conversations/{ANN}/done", do="reopen")
    assert ANN in open_ones(client)
    post(client, f"/conversations/{ANN}/done", do="done")
    a_text_comes(office, ANN, "Are you still there?")
    until(lambda: ANN in open_ones(client), "the conversation's opening")


def test_nobody_is_left_out_on_the_pages_of_conversations(office: Office, client: FlaskClient) -> None:
    """Those who wait first, the longest wait at the top, and then the others, page by page, each once."""
    now = datetime.now(UTC)
    with Session(office.engine) as session, session.begin():
        for n in range(150):
            # All of the same moment, some of them waiting.
            person = Contact(address=f"+4474005{n:05}", source="call", first_seen=now, last_seen=now)
            session.add(person)
            session.flush()
            if n % 3 == 0:
                words = Message(
                    line_id=1,
                    contact_id=person.id or 0,
                    direction=Direction.IN,
                    kind=MessageKind.MANUAL,
                    body="Hi",
                    status=MessageStatus.RECEIVED,
                    created=now,
                )
                session.add(words)
                session.flush()
                conversations.they_wrote(session, person, words)
    seen: list[str] = []
    path: str | None = "/conversations"
    while path:
        page = client.get(path).text
        seen += re.findall(r'class="cover" href="/conversations/(\+\d+)', page)
        link = re.search(r'href="(/conversations\?[^"]*(?:after|before)=[^"]*)"', page)
        path = link[1].replace("&amp;", "&") if link else None
    mine = [address for address in seen if address.startswith("+4474005")]
    assert (len(mine), len(set(mine)), len(set(seen))) == (150, 150, len(seen))
    waiting = [int(address[-5:]) for address in mine[:50]]
    assert waiting == list(range(0, 150, 3))
    assert not any(int(address[-5:]) % 3 == 0 for address in mine[50:])


def test_somebody_sees_to_it(office: Office, client: FlaskClient, staff: FlaskClient) -> None:
    assert DAN in open_ones(client, "mine")
    assert post(client, f"/conversations/{DAN}/assign", user="ben")[0] == 200
    assert DAN not in open_ones(client, "mine")
    assert DAN in open_ones(staff, "mine")
    code, page = post(client, f"/conversations/{DAN}/assign", user="nobody")
    assert (code, "Nobody called nobody can log in." in page) == (409, True)
    post(client, f"/conversations/{DAN}/assign", user="")
    assert DAN not in open_ones(staff, "mine")


def test_a_note_is_kept_and_never_sent(office: Office, client: FlaskClient) -> None:
    code, page = post(client, f"/conversations/{ANN}/note", note="Allergic to nuts.\r\nAsk.")
    assert (code, "Allergic to nuts.\nAsk." in page, "for colleagues only" in page) == (200, True, True)
    code, page = post(client, f"/conversations/{ANN}/note", note="x" * 1001)
    assert (code, "this one has 1001" in page, "x" * 1001 in page) == (409, True, True)
    with Session(office.engine) as session:
        assert not any("Allergic" in message.body for message in session.exec(select(Message)))
    post(client, f"/contacts/{ANN}/forget", sure="yes")
    with Session(office.engine) as session:
        assert [note.body for note in session.exec(select(Note))] == ["Paid 20 in advance."]


def test_saved_replies(client: FlaskClient) -> None:
    assert "Yes, it is ready for you." in client.get("/replies").text
    code, page = post(client, f"/conversations/{ANN}", do="1", body="Hello Ann.")
    assert (code, "Hello Ann. Yes, it is ready for you. See you soon!</textarea>" in page) == (200, True)
    code, page = post(client, f"/conversations/{ANN}", do="save", body="We’re closed on Mondays")
    assert (code, "We’re closed on Mondays</textarea>" in page) == (200, True)
    assert "We’re closed on Mondays" in client.get("/replies").text
    assert post(client, "/replies", drop="1")[0] == 200
    assert "Yes, it is ready" not in client.get("/replies").text
    code, page = post(client, "/replies", body=" ")
    assert (code, "1 to 1600 characters" in page) == (422, True)


def ours(office: Office, address: str) -> list[str]:
    with Session(office.engine) as session:
        return [
            row.body
            for row in views.messages(session, address=address)
            if row.kind == "manual" and row.author
        ]


def test_a_form_that_is_sent_twice_is_one_text(office: Office, client: FlaskClient) -> None:
    page = client.get(f"/conversations/{ANN}").text
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert ticket
    for _ in range(2):
        assert post(client, f"/conversations/{ANN}", body="On the shelf", ticket=ticket[1])[0] == 200
    assert ours(office, ANN) == ["On the shelf"]
    code, page = post(client, f"/conversations/{ANN}", body="On the shelf, Ann", ticket=ticket[1])
    assert (code, "has already been sent" in page, "On the shelf, Ann</textarea>" in page) == (
        409,
        True,
        True,
    )
    fresh = re.search(r'name="ticket" value="([^"]+)"', page)
    assert fresh
    assert fresh[1] != ticket[1]
    assert post(client, f"/conversations/{ANN}", body="On the shelf, Ann", ticket=fresh[1])[0] == 200
    assert ours(office, ANN) == ["On the shelf, Ann", "On the shelf"]


def test_send_again_is_once_however_many_press_it(office: Office, client: FlaskClient) -> None:
    with Session(office.engine) as session:
        failed = session.exec(select(Message).where(Message.status == "failed")).one()
        sent = session.exec(select(Message).where(Message.status == "sent")).one()
    for _ in range(3):
        assert post(client, f"/conversations/{FLO}/again", message=str(failed.id))[0] == 200
    assert ours(office, FLO) == [failed.body]
    for key in (str(sent.id), "999999", "9" * 40, "-1", "x", ""):
        code, page = post(client, f"/conversations/{BOB}/again", message=key)
        assert (code, "cannot be sent again" in page) == (409, True)


def test_send_again_minds_a_stop(office: Office) -> None:
    with Session(office.engine) as session, session.begin():
        sent = session.exec(select(Message).where(Message.status == "sent")).one()
        sent.status, key = MessageStatus.FAILED, sent.id or 0
    assert isinstance(office.bridge.request(SendAgain(key)), Rejected)
    assert isinstance(office.bridge.request(SendAgain(key, despite_stop=True), by=NAME), Done)


def test_what_waits_is_the_first_text_since_our_last(office: Office) -> None:
    def told() -> list[tuple[str, bool, bool]]:
        with Session(office.engine) as session:
            rows = session.exec(select(Message).where(Message.direction == "in").order_by(col(Message.id)))
            return [
                (row.body, row.asks, row.answered is not None) for row in rows if row.body.startswith("Q")
            ]

    def comes(body: str) -> None:
        a_text_comes(office, DAN, body)
        until(lambda: any(row[0] == body for row in told()), "the text")

    comes("Q1")
    comes("Q2")
    assert told() == [("Q1", True, False), ("Q2", False, False)]
    office.bridge.request(WriteText(DAN, "Yes", NAME))
    comes("Q3")
    assert told() == [("Q1", True, True), ("Q2", False, False), ("Q3", True, False)]
    office.bridge.request(MarkDone(DAN, True))
    comes("Q4")
    assert told()[2:] == [("Q3", False, False), ("Q4", True, False)]


def test_an_automatic_text_is_answered_by_who_got_it(office: Office) -> None:
    a_text_comes(office, FLO, "Hello?")
    until(lambda: ours_answered(office, FLO), "the answer")
    with Session(office.engine) as session:
        assert views.contact_at(session, FLO) is not None
    assert not ours_answered(office, EVE)


def ours_answered(office: Office, address: str) -> bool:
    with Session(office.engine) as session:
        contact = views.contact_at(session, address)
        assert contact is not None
        texts = select(Message).where(Message.kind == "auto", Message.contact_id == contact.id)
        recent = [text for text in session.exec(texts) if text.answered is not None]
        return bool(recent)


@pytest.mark.parametrize(
    "wish",
    [MarkDone(STRANGER, True), Assign(STRANGER, None), AddNote(STRANGER, "x")],
    ids=lambda wish: type(wish).__name__,
)
def test_nobody_has_this_number(office: Office, wish: MarkDone | Assign | AddNote) -> None:
    assert office.bridge.request(wish) == Rejected(Coded(Refused.NOBODY_THERE))


def test_the_page_that_a_wish_leads_to_shows_it(office: Office) -> None:
    for _ in range(20):
        assert office.bridge.request(Pause()) == Done()
        assert office.bridge.status().paused
        assert office.bridge.request(Resume()) == Done()
        assert office.bridge.status().paused is None


def test_a_line_that_is_not_there_is_refused(office: Office) -> None:
    for line in ("", "\0", "nonsense", "MAIN"):
        assert office.bridge.request(TryAgain(line)) == Rejected(Coded(Refused.NO_SUCH_LINE))


def test_saved_replies_have_an_end(office: Office) -> None:
    answers = [office.bridge.request(SaveReply(f"Reply {n}")) for n in range(60)]
    assert [isinstance(answer, Done) for answer in answers].count(True) == 48  # and the two that were there
    assert isinstance(answers[-1], Rejected)


# ---- what would happen

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
THOUGHTS = [
    (DryRun(None, NOON, 3), "withheld"),
    (DryRun(STRANGER, NOON, 3), None),
    (DryRun("07400 999999", NOON, 3), None),
    (DryRun(STRANGER, NOON, 3, "answered"), "not_missed"),
    (DryRun("60006", NOON, 3), "not_textable"),
    (DryRun("+491701234567", NOON, 3), "foreign"),
    (DryRun(EVE, NOON, 3), "excluded"),
    (DryRun(BOB, NOON, 3), "opted_out"),
]


@pytest.mark.parametrize(("wish", "reason"), THOUGHTS)
def test_what_would_happen(office: Office, wish: DryRun, reason: str | None) -> None:
    def rows() -> tuple[int, int, int]:
        with Session(office.engine) as session:
            return len(views.calls(session)), len(views.messages(session)), len(views.contacts(session))

    before = rows()
    answer = office.bridge.request(wish)
    assert isinstance(answer, Done)
    assert answer.decision is not None
    assert answer.decision.reason == reason
    assert (answer.decision.body is not None) == (reason is None)
    assert answer.decision.trace[-1]["verdict"] == ("stop" if reason else "pass")
    assert rows() == before
    assert office.requests == []


def test_somebody_who_was_texted_is_cooling_down(office: Office) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=5)
    for at, reason in ((soon, "cooldown"), (soon + timedelta(days=3), None)):
        answer = office.bridge.request(DryRun(ANN, at, 2))
        assert isinstance(answer, Done)
        assert answer.decision is not None
        assert answer.decision.reason == reason


NONSENSE = [
    {"at": "soon"},
    {"at": "0001-01-01T00:00"},
    {"at": "9999-12-31T23:59"},
    {"rings": "many"},
    {"rings": "99"},
    {"outcome": "x"},
]


@pytest.mark.parametrize("form", NONSENSE)
def test_nonsense_is_asked_back(client: FlaskClient, form: dict[str, str]) -> None:
    right = {"number": ANN, "at": "2026-11-25T12:00", "rings": "3", "outcome": "abandoned"}
    assert post(client, "/try", **(right | form))[0] == 422
    assert post(client, "/try", **right)[0] == 200


# ---- whatever is asked for

ODD = "+0123456789 ()-/.abcX٠１é😀\x00\n%_*#;'\""


def test_whatever_people_ask_for_the_loop_answers(office: Office) -> None:
    """A request that raises would end the service, and with it the texts: here are some hundred odd ones."""
    chance = random.Random(5)
    people = (ANN, BOB, DAN, EVE, FLO, "60006", "x")

    def odd(longest: int = 20) -> str:
        return "".join(chance.choice(ODD) for _ in range(chance.randint(0, longest)))

    def somebody() -> str:
        return chance.choice((*people, odd()))

    def when() -> datetime:
        return datetime.now(UTC) + timedelta(days=chance.randint(-1800, 1800))

    def yes() -> bool:
        return chance.random() < 0.5

    wishes: tuple[Callable[[], Request], ...] = (
        lambda: DryRun(odd() or None, when(), chance.randint(0, 60), chance.choice(tuple(OUTCOMES))),
        lambda: WriteText(somebody(), odd(200), NAME, yes(), chance.choice((None, odd(3)))),
        lambda: SendAgain(chance.randint(-5, 80), yes()),
        lambda: Mark(somebody(), chance.choice(("out", "in", "fine", "block", "unblock", odd(4)))),
        lambda: MarkDone(somebody(), yes()),
        lambda: Assign(somebody(), chance.choice((None, NAME, odd()))),
        lambda: AddNote(somebody(), odd(50)),
        lambda: SaveReply(odd(50), chance.choice((None, chance.randint(-3, 60)))),
        lambda: CalledBack(somebody()),
        lambda: MarkRead(somebody()),
        lambda: Describe(somebody(), odd(), odd(), chance.choice(("", "staff", "king"))),
        lambda: CloseShop(chance.choice((None, odd(6)))),
        OpenShop,
        lambda: Pause(chance.choice((None, 60)), yes()),
        Resume,
        lambda: TryAgain(odd()),
        ResetBreaker,
        ReadSettings,
        SendSample,
        lambda: AnswerCall(odd()),
        lambda: HangUp(odd()),
    )
    for _ in range(600):
        wish = chance.choice(wishes)()
        assert isinstance(office.bridge.request(wish, DEADLINE, by=NAME), Done | Rejected), wish


def test_first_steps_name_what_was_typed_wrong_and_no_file(office: Office, client: FlaskClient) -> None:
    code, page = post(client, "/welcome/sample", mobile="not a number")
    assert code == 422
    assert "“not a number” is not a phone number; write one such as" in page
    assert "config.ini" not in page.partition('role="alert"')[2].partition("</p>")[0]
