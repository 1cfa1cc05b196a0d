"""The page of hooks, through Flask's client and the real loop; what comes of a try is played."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from bridge.records.tables import AuditEntry, Hook, HookDelivery
from bridge.rules.hooks.events import HookAnswer, HookEvent, HookKind, offered
from bridge.service.hook_sender import HookTried, SendHook
from bridge.words.audit import change_in_words
from modem import contract
from modem.contract import CallOutcome, Coded
from tests.support.web_bridge import ANN, NAME, PASSWORD, Office, an_office
from web import create_app

URL = "http://192.168.1.5:8123/api/webhook/very-secret"
SHOWN = re.compile(r'id="shown" value="(whsec_[^"]+)"')


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        yield office


@pytest.fixture
def client(office: Office) -> FlaskClient:
    client = create_app(office.bridge).test_client()
    client.get("/login")  # finds the key of the cookies
    form = {"csrf_token": token(client, "/login"), "name": NAME, "password": PASSWORD}
    assert client.post("/login", data=form).status_code == 303
    return client


def token(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


def post(client: FlaskClient, path: str, **form: str) -> tuple[int, str]:
    answer = client.post(path, data={"csrf_token": token(client, "/hooks"), **form})
    return answer.status_code, html.unescape(answer.text)


def shown(client: FlaskClient) -> str:
    return html.unescape(client.get("/hooks").text)


def add(client: FlaskClient, event: str = "call:missed", url: str = URL) -> str:
    """The secret that the page shows."""
    code, page = post(client, "/hooks", do="add", event=event, url=url)
    found = SHOWN.search(page)
    assert (code, bool(found)) == (200, True)
    assert found
    return found[1]


def the_hook(office: Office) -> Hook:
    with Session(office.engine) as session:
        return session.exec(select(Hook)).one()


def log_of(office: Office) -> list[str]:
    with Session(office.engine) as session:
        entries = session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))
        return [change_in_words(entry.what, entry.who) for entry in entries]


def jobs(office: Office) -> list[SendHook]:
    return [job for job in office.jobs if isinstance(job, SendHook)]


def came(office: Office, answer: Coded, status: int | None) -> None:
    """What the last try has come to."""
    job = jobs(office)[-1]
    office.happens(HookTried(job.slot, job.delivery_id, status, answer))


def test_a_hook_is_added_and_its_secret_shown_once(office: Office, client: FlaskClient) -> None:
    assert "No program yet" in shown(client)
    secret = add(client)
    page = shown(client)
    assert secret not in page
    assert all(words in page for words in ("http://192.168.1.5:8123", "call:missed", URL, "nothing yet"))
    hook = the_hook(office)
    assert (hook.kind, hook.event, hook.url, hook.by) == (HookKind.CALL, HookEvent.MISSED, URL, NAME)
    assert hook.secret == secret
    assert log_of(office) == [f"{NAME} added a hook for 192.168.1.5 (call:missed)"]  # the path may be secret


def test_every_event_that_happens_is_offered(client: FlaskClient) -> None:
    page = shown(client)
    values = re.findall(r'<option value="([a-z]+:[a-z]+)"', page)
    assert values == [*offered(HookKind.CALL), *offered(HookKind.SMS)]
    assert "somebody is calling" in page


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("example.com", "This is not the address of another program."),
        ("http://127.0.0.1/", "127.0.0.1 is this box itself, or no single device."),
        ("http://93.184.216.34/", "nothing is sent without encryption"),
    ],
)
def test_what_will_not_do_is_said_and_what_was_typed_stays(
    office: Office, client: FlaskClient, url: str, words: str
) -> None:
    code, page = post(client, "/hooks", do="add", event="sms:sent", url=url)
    assert (code, words in page) == (422, True)
    assert f'value="{url}"' in page
    assert '<option value="sms:sent" selected>' in page
    assert not SHOWN.search(page)
    assert log_of(office) == []


def test_a_test_and_what_came_of_it(office: Office, client: FlaskClient) -> None:
    add(client)
    key = the_hook(office).id
    assert post(client, "/hooks/change", id=key, kind="call", do="test")[0] == 303
    office.happens()
    job = jobs(office)[-1]
    assert (job.receiver.origin, job.allowed) == ("http://192.168.1.5:8123", False)
    assert "waiting" in shown(client)
    came(office, Coded.of(HookAnswer.REFUSED, status=404, said="<b>no such hook</b>"), 404)
    page = client.get("/hooks").text
    assert "The program refused it (answer 404). “&lt;b&gt;no such hook&lt;/b&gt;”" in page
    assert "not received" in page
    assert "next try" in page


def test_what_was_given_up_is_sent_again(office: Office, client: FlaskClient) -> None:
    add(client)
    key = the_hook(office).id
    post(client, "/hooks/change", id=key, kind="call", do="test")
    office.happens()
    came(office, Coded.of(HookAnswer.TAKEN, status=204), 204)
    page = shown(client)
    assert "The program has received it (answer 204)." in page
    first = jobs(office)[-1]
    assert post(client, "/hooks/again", id=str(first.delivery_id))[0] == 303
    office.happens()
    assert (jobs(office)[-1].delivery_id, jobs(office)[-1].body) == (first.delivery_id, first.body)
    assert len(jobs(office)) == 2
    code, page = post(client, "/hooks/again", id=str(first.delivery_id))
    assert (code, "This cannot be sent again" in page) == (422, True)


def test_a_new_secret_a_pause_and_the_end(office: Office, client: FlaskClient) -> None:
    old = add(client)
    key = the_hook(office).id
    code, page = post(client, "/hooks", do="secret", id=key)
    found = SHOWN.search(page)
    assert code == 200
    assert found
    assert "The old one works for another day." in page
    assert (the_hook(office).secret, the_hook(office).old_secret) == (found[1], old)
    assert post(client, "/hooks/change", id=key, kind="call", do="pause")[0] == 303
    assert "paused" in shown(client)
    assert post(client, "/hooks/change", id=key, kind="call", do="resume")[0] == 303
    assert post(client, "/hooks/change", id=key, kind="call", do="remove")[0] == 303
    assert "No program yet" in shown(client)
    assert log_of(office)[1:] == [
        f"{NAME} gave the hook for 192.168.1.5 (call:missed) a new secret",
        f"{NAME} paused the hook for 192.168.1.5 (call:missed)",
        f"{NAME} resumed the hook for 192.168.1.5 (call:missed)",
        f"{NAME} removed the hook for 192.168.1.5 (call:missed)",
    ]
    assert post(client, "/hooks", do="secret", id=key)[0] == 422
    assert post(client, "/hooks/change", id=key, kind="call", do="nonsense")[0] == 400


def test_older_ones_are_on_the_next_page(office: Office, client: FlaskClient) -> None:
    add(client)
    key = the_hook(office).id
    with Session(office.engine) as session, session.begin():
        now = office.bridge.now()
        for number in range(70):
            session.add(
                HookDelivery(
                    hook_id=key,
                    event=HookEvent.MISSED,
                    event_id=str(number),
                    body="{}",
                    created=now,
                    due=now.replace(year=now.year + 1),
                )
            )
    seen = 0
    path: str | None = "/hooks"
    while path:
        page = client.get(path).text
        seen += page.count('data-key="told-')
        found = re.search(r'href="(/hooks\?before=\d+)#deliveries"', page)
        path = found[1] if found else None
    assert seen == 70


@pytest.mark.parametrize("known", [ANN, None])
def test_a_call_that_turns_out_to_be_none_ends_too(
    office: Office, client: FlaskClient, known: str | None
) -> None:
    """Who was told that it rings is told that it is over; its row is gone by then."""
    for event in offered(HookKind.CALL):
        add(client, event)
    alive = office.loop.status.alive
    office.happens(contract.CallRinging("main", alive, 7, known, withheld=False))
    office.happens(contract.CallEnded("main", alive, 7, known, False, CallOutcome.DATA, 2, None))
    with Session(office.engine) as session:
        told = session.exec(select(HookDelivery).order_by(col(HookDelivery.id))).all()
    assert [one.event for one in told] == ["call:ringing", "call:ended"]
    assert json.loads(told[-1].body)["payload"]["outcome"] == "data"


def test_the_settings_lead_there(client: FlaskClient) -> None:
    assert 'href="/hooks"' in client.get("/settings").text
