"""What no phone has: calls with their trace, conversations, contacts, figures, lines, pause, dry run, and what has happened."""

from collections.abc import Iterator

import pytest

from bridge.rules.policy import Reason
from modem import contract
from tests.support.programs import Program, a_program
from tests.support.web_bridge import ANN, BOB, CEM, Office, an_office


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with an_office(tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture
def program(office: Office) -> Program:
    return a_program(office.bridge)


def test_calls_are_listed_and_told_one_by_one_with_their_trace(program: Program) -> None:
    every = program.get("/calls").get_json()
    assert every[0]["number"] == ANN
    assert {one["reason"] for one in every if "reason" in one} <= {str(reason) for reason in Reason}
    assert "trace" not in every[0]
    (hidden,) = (one for one in every if one.get("reason") == "withheld")
    told = program.get(f"/calls/{hidden['id']}").get_json()
    assert told["trace"][-1]["rule"] == "withheld"
    assert told["trace"][-1]["detail"] == "The caller hid the number."
    assert program.get("/calls/999999").status_code == 404
    assert program.get(f"/calls/{'9' * 30}").status_code == 404


def test_calls_are_asked_for_by_kind_number_time_and_page(program: Program) -> None:
    every = program.get("/calls").get_json()
    missed = program.get("/calls?show=missed").get_json()
    assert all(one["missed"] for one in missed)
    assert 0 < len(missed) < len(every)
    assert {one["number"] for one in program.get("/calls?number=07400123457").get_json()} == {BOB}
    first = program.get("/calls?limit=2").get_json()
    second = program.get(f"/calls?limit=2&before={first[-1]['id']}").get_json()
    assert [one["id"] for one in first + second] == [one["id"] for one in every[:4]]
    assert program.get("/calls?to=2020-01-01T00:00:00Z").get_json() == []
    assert program.get("/calls?show=gone").status_code == 400
    assert program.get("/calls?show=open").status_code == 200


def test_conversations_and_people(program: Program) -> None:
    talks = program.get("/conversations").get_json()
    assert talks[0]["waitsSince"]
    assert ANN in [one["number"] for one in talks]
    thread = program.get(f"/conversations/{ANN}").get_json()
    assert {one["type"] for one in thread} == {"call", "text"}
    assert program.get("/conversations/+447400999999").status_code == 404
    people = program.get("/contacts?search=ann").get_json()
    assert [one["name"] for one in people] == ["Ann Whittaker"]


def test_a_reply_by_a_program_answers_who_waits_and_nobody_who_opted_out(program: Program) -> None:
    made = program.post(f"/conversations/{ANN}/texts", {"text": "It is ready."})
    assert made.status_code == 201
    last = program.get(f"/conversations/{ANN}").get_json()[-1]["text"]
    assert (last["id"], last["author"], last["kind"]) == (made.get_json()["messageId"], "key till", "manual")
    (talk,) = (one for one in program.get("/conversations").get_json() if one["number"] == ANN)
    assert "waitsSince" not in talk
    refused = program.post(f"/conversations/{BOB}/texts", {"text": "Hi"})
    assert refused.status_code == 400


def test_figures_and_lines(program: Program) -> None:
    figures = program.get("/figures?days=7").get_json()
    assert figures["calls"] == sum(day["calls"] for day in figures["days"]) > 0
    assert len(figures["days"]) == 7
    (line,) = program.get("/lines").get_json()
    assert (line["name"], line["simNumber"], line["state"], line["model"]) == ("main", 1, "up", "Huawei E173")


def test_pause_and_resume_stand_in_the_log_as_the_keys(program: Program) -> None:
    assert program.post("/pause", {"minutes": 60}).status_code == 202
    assert program.post("/dry-run", {"number": CEM}).get_json()["reason"] == "disabled"
    assert program.post("/resume").status_code == 202
    said = [entry["message"] for entry in program.get("/logs").get_json()]
    assert said[:2] == ["key till resumed automatic texts", "key till paused automatic texts for 1 hour"]


def test_what_would_happen(program: Program) -> None:
    told = program.post("/dry-run", {"number": "+447400123499", "rings": 4}).get_json()
    assert told["texted"] is True
    assert "Corner Bakery" in told["body"]
    assert [step["verdict"] for step in told["trace"]] == ["pass"] * len(told["trace"])
    refused = program.post("/dry-run", {"number": BOB}).get_json()
    assert (refused["texted"], refused["reason"]) == (False, "opted_out")
    assert refused["trace"][-1]["verdict"] == "stop"
    assert program.post("/dry-run", {"at": "2099-01-01T00:00:00Z"}).status_code == 400


def test_a_call_is_answered_and_hung_up(office: Office, program: Program) -> None:
    assert program.post("/calls/answer").status_code == 202
    assert program.post("/hangup", {"line": "main"}).status_code == 202
    assert [type(one) for one in office.requests[-2:]] == [contract.Answer, contract.HangUp]
    assert program.post("/calls/answer", {"line": "other"}).status_code == 404


def test_what_has_happened_is_told_once_in_its_order(office: Office, program: Program) -> None:
    start = program.get("/events").get_json()
    assert start["events"] == []
    cursor = start["cursor"]
    ref = program.post("/messages", {"message": "Hi", "phoneNumbers": [CEM]}).get_json()["id"]
    alive = office.loop.status.alive
    office.happens(contract.CallRinging("main", alive, 7, "+447400123470", withheld=False))
    told = program.get(f"/events?since={cursor}").get_json()
    text, call = told["events"]
    assert (text["type"], text["text"]["ref"], text["text"]["number"]) == ("text", ref, CEM)
    assert (call["type"], call["call"]["number"]) == ("call", "+447400123470")
    assert "ended" not in call["call"]
    assert cursor < text["cursor"] < call["cursor"] == told["cursor"]
    program.ask("DELETE", f"/messages/{ref}")
    again = program.get(f"/events?since={told['cursor']}").get_json()
    assert [one["text"]["status"] for one in again["events"]] == ["cancelled"]
    assert program.get(f"/events?since={again['cursor']}").get_json() == {
        "cursor": again["cursor"],
        "more": False,
        "events": [],
    }


def test_everything_that_ever_happened_is_read_a_page_at_a_time(program: Program) -> None:
    seen, cursor, more = [], 0, True
    while more:
        told = program.get(f"/events?since={cursor}&limit=3").get_json()
        seen += [(one["type"], one[one["type"]]["id"]) for one in told["events"]]
        cursor, more = told["cursor"], told["more"]
    whole = program.get("/events?since=0&limit=500").get_json()["events"]
    assert seen == [(one["type"], one[one["type"]]["id"]) for one in whole]
    assert len(set(seen)) == len(seen) >= 20


def test_a_key_for_a_line_is_told_of_that_line_alone(office: Office) -> None:
    mine = a_program(office.bridge, name="mine", lines=("main",))
    assert mine.get("/calls").get_json()
    for path in ("/conversations", f"/conversations/{ANN}", "/contacts", "/figures"):
        assert mine.get(path).status_code == 403, path
    assert mine.post("/pause").status_code == 403


SCOPES = [
    ("GET", "/calls", "calls:read"),
    ("POST", "/calls/answer", "calls:control"),
    ("GET", "/conversations", "conversations:read"),
    ("GET", "/contacts", "contacts:read"),
    ("GET", "/figures", "figures:read"),
    ("GET", "/lines", "lines:read"),
    ("POST", "/resume", "texts:pause"),
    ("POST", "/dry-run", "texts:try"),
    ("GET", "/events", "events:read"),
    ("GET", "/inbox", "inbox:list"),
    ("GET", "/logs", "logs:read"),
    ("GET", "/settings", "settings:read"),
    ("PATCH", "/settings", "settings:write"),
    ("GET", "/devices", "devices:list"),
    ("GET", "/messages", "messages:list"),
]


@pytest.mark.parametrize(("method", "path", "scope"), SCOPES)
def test_each_needs_its_scope(office: Office, method: str, path: str, scope: str) -> None:
    only, other = (
        a_program(office.bridge, name=name, scopes=(held,))
        for name, held in (("only", scope), ("other", "messages:send"))
    )
    assert only.ask(method, path, json={}).status_code < 300
    refused = other.ask(method, path, json={})
    assert (refused.status_code, refused.get_json()) == (403, {"message": "Insufficient permissions"})
