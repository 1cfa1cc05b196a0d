"""Inbox, devices, health, settings and tokens: what SMSGate's clients do not try by themselves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import jwt
import pytest

from bridge.contract.api_requests import RevokeKey
from bridge.rules.sealed import CannotOpen, opened, sealed
from tests.support.box import DEADLINE
from tests.support.programs import Program, a_program
from tests.support.web_bridge import ANN, CEM, Office, an_office
from web import create_app


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with an_office(tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(scope="module")
def program(office: Office) -> Program:
    return a_program(office.bridge)


# ---- inbox and devices


def test_the_inbox_is_read_a_page_at_a_time(program: Program) -> None:
    whole = program.get("/inbox")
    items = whole.get_json()
    assert whole.headers["X-Total-Count"] == str(len(items))
    assert items[0]["sender"] == ANN
    assert items[0]["attachments"] == []
    assert items[0]["type"] == "SMS"
    page = program.get("/inbox?limit=1&offset=1&includeAttachments=True").get_json()
    assert page == items[1:2]
    assert program.get("/inbox?type=MMS").get_json() == []
    assert program.get("/inbox?deviceId=other").get_json() == []
    for wrong in ("limit=0", "limit=501", "type=FAX", "from=soon", "offset=-1"):
        assert program.get(f"/inbox?{wrong}").status_code == 400, wrong


@pytest.mark.parametrize(
    "path", ["/inbox/refresh", "/inbox/export", "/messages/inbox/export", "/message/inbox/export"]
)
def test_the_inbox_is_asked_for_again_under_every_name(program: Program, path: str) -> None:
    span = {"since": "2026-01-01T00:00:00Z", "until": "2026-12-31T00:00:00Z"}
    assert program.post(path, {**span, "webhookDelivery": "Batch"}).status_code == 202
    assert program.post(path, {**span, "triggerWebhooks": False, "messageTypes": ["SMS"]}).status_code == 202
    assert program.post(path, {**span, "deviceId": "other"}).status_code == 400
    assert program.post(path, {"since": span["until"], "until": span["since"]}).status_code == 400
    assert program.post(path, {}).status_code == 400


def test_the_box_is_the_one_device(program: Program) -> None:
    (one,) = program.get("/device").get_json()
    assert [card["slotIndex"] for card in one["simCards"]] == [0]
    assert one["simCards"][0]["phoneNumber"] == "+447400123400"
    assert program.ask("DELETE", f"/devices/{one['id']}").status_code == 400
    assert program.ask("DELETE", "/device/other").status_code == 404


def test_its_health_needs_no_key_and_fails_when_the_loop_stands_still(office: Office) -> None:
    bridge = office.bridge
    stranger = Program(create_app(bridge).test_client())
    told = stranger.get("/health/live")
    assert (told.status_code, told.get_json()["checks"]["line:main"]["status"]) == (200, "pass")
    assert ANN not in told.text
    still = replace(bridge, status=lambda: replace(bridge.status(), alive=bridge.status().alive - 3600))
    answer = Program(create_app(still).test_client()).get("/health")
    assert (answer.status_code, answer.get_json()["status"]) == (500, "fail")


# ---- settings


def test_only_what_is_given_is_changed_and_all_is_replaced_by_put(program: Program) -> None:
    program.ask("PUT", "/settings", json={"ping": {"interval_seconds": 30}, "gateway": {"cloud_url": "x"}})
    told = program.ask("PATCH", "/settings", json={"messages": {"send_interval_min": 2}}).get_json()
    assert (told["ping"]["interval_seconds"], told["messages"]["send_interval_min"]) == (30, 2)
    assert told["gateway"] == {"cloud_url": "x"}
    told = program.ask("PUT", "/settings", json={"logs": {"lifetime_days": 9}}).get_json()
    assert (told["ping"]["interval_seconds"], told["logs"]["lifetime_days"], told["gateway"]) == (0, 9, {})
    assert program.get("/settings").get_json() == told


def test_a_limit_that_clients_do_not_know_is_never_told(office: Office, program: Program) -> None:
    before = office.bridge.settings().limits.per_day
    asked = {"messages": {"limit_period": "Per30Minutes", "limit_value": 7}}
    told = program.ask("PATCH", "/settings", json=asked).get_json()["messages"]
    assert (told["limit_period"], told["limit_value"]) == ("PerHour", 7)
    assert office.bridge.settings().limits.per_day == before
    daily = {"messages": {"limit_period": "PerDay", "limit_value": 70}}
    program.ask("PATCH", "/settings", json=daily)
    assert office.bridge.settings().limits.per_day == 70
    assert program.get("/settings").get_json()["messages"]["limit_value"] == 70


def test_secrets_are_written_and_never_read(program: Program) -> None:
    asked = {
        "encryption": {"passphrase": "hidden words"},
        "webhooks": {"signing_key": "hidden key"},
        "gateway": {"private_token": "hidden token"},
    }
    assert "hidden" not in program.ask("PATCH", "/settings", json=asked).text
    assert "hidden" not in program.get("/settings").text
    log = program.get("/logs").text
    assert "hidden" not in log
    assert "passphrase" in log


@pytest.mark.parametrize(
    "body",
    [
        '{"messages": {"limit_period": "Never"}}',
        '{"messages": {"limit_value": 0}}',
        '{"messages": {"sim_selection_mode": "Best"}}',
        '{"messages": 1}',
        '{"receiver": {"x": "' + "y" * 30000 + '"}}',
    ],
)
def test_settings_that_make_no_sense_change_nothing(program: Program, body: str) -> None:
    before = program.get("/settings").get_json()
    assert program.ask("PATCH", "/settings", data=body, content_type="application/json").status_code == 400
    assert program.get("/settings").get_json() == before


# ---- encrypted texts


def test_an_encrypted_text_is_opened_with_the_passphrase_alone() -> None:
    words = sealed("Grüße", "flour", b"0123456789abcdef", 1000)
    assert opened(words, "flour") == "Grüße"
    for wrong, passphrase in (
        (words, "sugar"),
        ("Grüße", "flour"),
        (words.replace("aes-256", "aes-128"), "flour"),
        (words.replace("i=1000", "i=99999999"), "flour"),
        (words.replace("i=1000", "i=x"), "flour"),
        (words[:-8], "flour"),
    ):
        with pytest.raises(CannotOpen):
            opened(wrong, passphrase)


def test_numbers_stay_as_they_were_given(program: Program) -> None:
    program.ask("PATCH", "/settings", json={"encryption": {"passphrase": "flour"}})
    number, words = (sealed(one, "flour", b"0123456789abcdef", 1000) for one in (CEM, "Secret"))
    told = program.post("/messages", {"message": words, "phoneNumbers": [number], "isEncrypted": True})
    assert told.status_code == 202
    assert told.get_json()["recipients"] == [{"phoneNumber": number, "state": "Pending"}]
    assert told.get_json()["textMessage"] == {"text": words}
    clear = program.get(f"/conversations/{CEM}").get_json()[-1]["text"]["body"]
    assert clear == "Secret"
    program.ask("PATCH", "/settings", json={"encryption": {"passphrase": ""}})
    again = program.post("/messages", {"message": words, "phoneNumbers": [number], "isEncrypted": True})
    assert again.status_code == 400


# ---- tokens


def bearer(program: Program, token: str) -> Program:
    return Program(program.client, {"Authorization": f"Bearer {token}"})


def test_a_token_is_told_in_both_spellings(program: Program) -> None:
    answer = program.post("/auth/token", {"scopes": ["messages:read"], "ttl": 60})
    told = answer.get_json()
    assert answer.status_code == 201
    for camel, snake in (
        ("accessToken", "access_token"),
        ("tokenType", "token_type"),
        ("expiresAt", "expires_at"),
        ("refreshToken", "refresh_token"),
    ):
        assert told[camel] == told[snake]
    assert bearer(program, told["access_token"]).get("/messages").status_code == 200


def test_a_token_may_no_more_than_its_key(office: Office) -> None:
    some = a_program(office.bridge, name="some", scopes=("tokens:manage", "messages:read"))
    assert some.post("/auth/token", {"scopes": ["messages:send"]}).status_code == 403
    for scopes in (["tokens:refresh"], ["messages:sent"]):
        refused = some.post("/auth/token", {"scopes": scopes})
        assert (refused.status_code, refused.get_json()) == (400, {"message": "unsupported scope provided"})
    wrong: tuple[dict[str, object], ...] = (
        {"scopes": []},
        {"scopes": ["messages:read"], "ttl": 366 * 86400},
        {},
    )
    for body in wrong:
        assert some.post("/auth/token", body).status_code == 400


def test_a_refresh_token_is_good_for_the_next_pair_and_nothing_else(program: Program) -> None:
    told = program.post("/auth/token", {"scopes": ["all:any"]}).get_json()
    again = bearer(program, told["refresh_token"])
    assert again.get("/").status_code == 403
    assert again.get("/messages").status_code == 403
    assert bearer(program, told["access_token"]).post("/auth/token/refresh").status_code == 403
    assert program.post("/auth/token/refresh").status_code == 403
    assert again.post("/auth/token/refresh", {}).status_code == 200


def test_a_token_ends_with_its_key(office: Office, program: Program) -> None:
    some = a_program(office.bridge, name="ending", scopes=("all:any",), days=1)
    told = some.post("/auth/token", {"scopes": ["messages:read"], "ttl": 30 * 86400}).get_json()
    lasts = datetime.fromisoformat(told["expiresAt"]) - office.bridge.now()
    assert timedelta(hours=23) < lasts <= timedelta(days=1)
    with_token = bearer(program, told["access_token"])
    assert with_token.get("/messages").status_code == 200
    office.bridge.request(RevokeKey("ending"), DEADLINE, by="mia")
    assert with_token.get("/messages").status_code == 401


def test_nobody_ends_the_tokens_of_another_key(office: Office, program: Program) -> None:
    other = a_program(office.bridge, name="ender")
    told = program.post("/auth/token", {"scopes": ["messages:read"]}).get_json()
    assert other.ask("DELETE", f"/auth/token/{told['id']}").status_code == 204
    assert bearer(program, told["access_token"]).get("/messages").status_code == 200
    assert program.ask("DELETE", f"/auth/token/{told['id']}").status_code == 204
    assert bearer(program, told["access_token"]).get("/messages").status_code == 401


def test_a_token_that_somebody_else_has_signed_is_none(program: Program) -> None:
    told = program.post("/auth/token", {"scopes": ["messages:read"]}).get_json()
    forged = jwt.encode({"jti": told["id"]}, "x" * 64, "HS256")
    assert bearer(program, forged).get("/messages").status_code == 401
    unsigned = jwt.encode({"jti": told["id"]}, "", "none")
    assert bearer(program, unsigned).get("/messages").status_code == 401
