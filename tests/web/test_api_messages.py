"""Texts by programs, through the API on a real loop: what is taken, what is told, and in which words it is refused."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from modem import contract
from tests.support.box import until
from tests.support.programs import Program, a_key, a_program, basic
from tests.support.web_bridge import ANN, BOB, CEM, Office, an_office
from web.limits import API_PREFIXES


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with an_office(tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(scope="module")
def program(office: Office) -> Program:
    return a_program(office.bridge)


def text(*numbers: str, **more: object) -> dict[str, object]:
    return {"textMessage": {"text": "Hello"}, "phoneNumbers": list(numbers), **more}


def test_a_text_is_taken_and_told_of(program: Program) -> None:
    answer = program.post("/messages", text(CEM, id="first"))
    assert answer.status_code == 202
    told = answer.get_json()
    assert told["id"] == "first"
    assert told["state"] == "Pending"
    assert told["textMessage"] == {"text": "Hello"}
    assert told["recipients"] == [{"phoneNumber": CEM, "state": "Pending"}]
    assert datetime.fromisoformat(told["states"]["Pending"]).tzinfo is not None
    assert "error" not in answer.text
    assert "null" not in answer.text
    assert program.get("/messages/first").get_json() == told


def test_it_goes_through_the_modem_and_is_told_in_smsgates_words(tmp_path: Path) -> None:
    with an_office(tmp_path, rows=False) as office:
        program = a_program(office.bridge)
        alive = office.loop.status.alive

        def told() -> dict[str, Any]:
            found: dict[str, Any] = program.get("/messages/whole").get_json()
            return found

        program.post("/messages", text(ANN, id="whole"))
        office.happens(contract.LineIdle("main", alive, idle=True))
        sent = next(one for one in office.requests if isinstance(one, contract.SendText))
        assert told()["state"] == "Processed"
        office.happens(contract.PartSent("main", alive, sent.message_id, 1, 1, 77))
        office.happens(contract.TextSent("main", alive, sent.message_id))
        assert told()["state"] == "Sent"
        report = contract.ReportReceived("main", alive, None, 77, ANN, 0, None)
        office.happens(report)
        until(lambda: told()["state"] == "Delivered", "the report")
        assert list(told()["states"]) == ["Pending", "Processed", "Sent", "Delivered"]


@pytest.mark.parametrize("prefix", API_PREFIXES)
@pytest.mark.parametrize("path", ["/message", "/messages", "//message"])
def test_every_spelling_of_the_address_will_do(program: Program, prefix: str, path: str) -> None:
    there = Program(program.client, program.headers, prefix)
    ref = there.post(path, text(CEM)).get_json()["id"]
    assert there.get(f"{path}/{ref}").status_code == 200


def test_the_older_name_of_the_words_will_do(program: Program) -> None:
    answer = program.post("/message", {"message": "Hello", "phoneNumbers": [CEM]})
    assert answer.get_json()["textMessage"] == {"text": "Hello"}


def test_httpsms_clients_are_served(program: Program) -> None:
    headers = {"x-api-key": program_key(program)}
    there = Program(program.client, headers, "/api")
    answer = there.post("/v1/messages/send", {"content": "Hello", "from": "+447400123400", "to": CEM})
    assert answer.status_code == 200
    assert answer.get_json()["status"] == "success"
    assert program.get(f"/messages/{answer.get_json()['data']['id']}").get_json()["state"] == "Pending"


def program_key(program: Program) -> str:
    import base64

    return base64.b64decode(program.headers["Authorization"].split()[1]).decode().partition(":")[2]


SOON = (datetime.now().astimezone() + timedelta(hours=1)).isoformat()
PAST = "2020-01-01T00:00:00Z"
REFUSED = [
    ({}, "phoneNumbers: Field required."),
    ({"phoneNumbers": []}, "phoneNumbers: List should have at least 1 item after validation, not 0."),
    (text(*[CEM] * 101), "phoneNumbers: List should have at most 100 items after validation, not 101."),
    ({"phoneNumbers": [CEM]}, "Give the words once, as textMessage.text."),
    (text(CEM, message="Hi"), "Give the words once, as textMessage.text."),
    (
        {"phoneNumbers": [CEM], "textMessage": {"text": " "}},
        "textMessage.text: an empty text cannot be sent.",
    ),
    (
        {"phoneNumbers": [CEM], "mmsMessage": {"text": "Hi"}},
        "mmsMessage: this box sends texts only; a SIM in a modem cannot send MMS.",
    ),
    (
        {"phoneNumbers": [CEM], "dataMessage": {"data": "", "port": 1}},
        "dataMessage: this box sends texts only.",
    ),
    (text(CEM, ttl=60, validUntil=SOON), "Give ttl or validUntil, not both."),
    (text(CEM, validUntil=PAST), "validUntil: choose a time in the future, behind scheduleAt."),
    (text(CEM, scheduleAt=PAST), "scheduleAt: choose a time in the future."),
    (text(CEM, scheduleAt="2099-01-01"), "Choose a time in the future, within the next 60 days."),
    (text(CEM, simNumber=2), "simNumber: this box has 1, counted from 1."),
    (text(CEM, simNumber=0), "simNumber: Input should be greater than or equal to 1."),
    (text(CEM, priority=128), "priority: Input should be less than or equal to 127."),
    (text(CEM, deviceId="other"), "Invalid device ID"),
    (
        text(CEM, isEncrypted=True),
        "The box has no passphrase for encrypted texts; set encryption.passphrase in /settings.",
    ),
    (
        {"phoneNumbers": [CEM], "textMessage": {"text": "x" * 2000}},
        "This is 14 texts long; at most 10 can be sent as one. Shorten it.",
    ),
]


@pytest.mark.parametrize(("body", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_what_makes_no_sense_is_refused_in_one_sentence(
    program: Program, body: dict[str, object], why: str
) -> None:
    answer = program.post("/messages", body)
    assert (answer.status_code, answer.get_json()) == (400, {"message": why})


def test_the_same_id_again_is_a_conflict(program: Program) -> None:
    assert program.post("/messages", text(CEM, id="twice")).status_code == 202
    again = program.post("/messages", text(CEM, id="twice"))
    assert (again.status_code, again.get_json()["message"]) == (
        409,
        "A text with the id twice was sent before.",
    )


def test_who_wants_no_texts_fails_in_plain_words(program: Program) -> None:
    told = program.post("/messages?skipPhoneValidation=true", text(BOB)).get_json()
    assert told["state"] == "Failed"
    assert told["recipients"][0]["error"] == "This person asked for no more texts."


def test_a_text_for_later_waits_and_says_until_when(program: Program) -> None:
    told = program.post("/messages", text(CEM, scheduleAt=SOON, ttl=3600)).get_json()
    due, until = (datetime.fromisoformat(told[name]) for name in ("scheduleAt", "validUntil"))
    assert abs(due - datetime.fromisoformat(SOON)) < timedelta(milliseconds=1)
    assert until - due == timedelta(hours=1)


def test_a_text_is_taken_back_once_and_for_all(program: Program) -> None:
    program.post("/messages", text(CEM, id="back", scheduleAt=SOON))
    for _ in range(2):
        answer = program.ask("DELETE", "/messages/back")
        assert (answer.status_code, answer.get_json()["state"]) == (200, "Cancelled")
        assert "textMessage" not in answer.get_json()
    assert program.ask("DELETE", "/messages/nothing").status_code == 404


def test_the_list_is_asked_for_by_state_time_and_page(office: Office) -> None:
    program = a_program(office.bridge, name="lister", scopes=("messages:send", "messages:list"))
    refs = [program.post("/messages", text(number)).get_json()["id"] for number in (CEM, BOB, CEM)]
    assert [one["id"] for one in program.get("/messages").get_json()] == refs[::-1]
    page = program.get("/messages?limit=1&offset=1&sort=created_at&includeContent=True")
    assert (page.headers["X-Total-Count"], page.get_json()[0]["id"]) == ("3", refs[1])
    assert page.get_json()[0]["textMessage"] == {"text": "Hello"}
    assert [one["id"] for one in program.get("/messages?state=Failed").get_json()] == [refs[1]]
    assert program.get("/messages?to=2020-01-01T00:00:00Z").headers["X-Total-Count"] == "0"
    assert (
        program.get("/messages?from=2020-01-01T00:00:00%2B01:00&to=nonsense").headers["X-Total-Count"] == "3"
    )
    assert program.get("/messages?deviceId=other").get_json() == []
    wrong = program.get("/messages?state=Gone")
    assert wrong.status_code == 400
    assert "state" in wrong.get_json()["message"]


def test_a_program_sees_its_own_texts_alone_unless_it_may_do_everything(
    office: Office, program: Program
) -> None:
    other = a_program(
        office.bridge, name="other", scopes=("messages:send", "messages:read", "messages:cancel")
    )
    ref = program.post("/messages", text(CEM, scheduleAt=SOON)).get_json()["id"]
    mine = other.post("/messages", text(CEM, scheduleAt=SOON)).get_json()["id"]
    assert other.get(f"/messages/{ref}").status_code == 404
    assert other.ask("DELETE", f"/messages/{ref}").status_code == 404
    assert [one["id"] for one in other.get("/messages").get_json()] == [mine]
    assert program.get(f"/messages/{mine}").status_code == 200


def test_a_key_for_one_line_sends_over_no_other(tmp_path: Path) -> None:
    with an_office(
        tmp_path, web="[modem office]\nport = /dev/ttyUSB9\n[modem]\nport = /dev/ttyUSB8\n"
    ) as office:
        names = [modem.name for modem in office.bridge.settings().modems]
        first = a_program(office.bridge, lines=(names[0],))
        assert first.post("/messages", text(CEM, simNumber=1)).status_code == 202
        refused = first.post("/messages", text(CEM, simNumber=2))
        assert (refused.status_code, refused.get_json()["message"]) == (
            403,
            "This key may not send over line 2.",
        )


def test_keys_are_taken_in_every_way_that_clients_have(office: Office, program: Program) -> None:
    secret = a_key(office.bridge, "ways", ("messages:read",))
    for headers in (
        basic(secret),
        basic(secret, "sms"),
        {"Authorization": f"Bearer {secret}"},
        {"authorization": f"bearer ways:{secret}"},
        {"x-api-key": secret},
        {"X-API-Key": f"ways:{secret}"},
    ):
        there = Program(program.client, headers)
        assert there.get("/messages").status_code == 200, headers
        assert there.post("/messages", text(CEM)).get_json() == {"message": "Insufficient permissions"}
