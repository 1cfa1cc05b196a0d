"""Keys of programs, made and revoked by owners on the page, and by the command."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select

from bridge.records.tables import ApiKey
from bridge.words.audit import change_in_words
from tests.bridge.test_cli import plain_trouble, textback
from tests.support.box import write_config
from tests.support.programs import a_program
from tests.support.web_bridge import NAME, Office, an_office
from tests.web.test_web_loop import enter, post


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        yield office


@pytest.fixture
def client(office: Office) -> FlaskClient:
    return enter(office.bridge)


def shown(page: str) -> str:
    found = re.search(r'value="(tb_[A-Za-z0-9_-]+)"', page)
    assert found, page
    return found[1]


def test_a_key_is_shown_once_works_and_is_revoked(office: Office, client: FlaskClient) -> None:
    code, page = post(client, "/keys", name="till", may="usual", days="30")
    secret = shown(page)
    assert code == 200
    program = a_program(office.bridge, secret)
    assert program.get("/messages").status_code == 200
    assert program.get("/logs").status_code == 403
    later = client.get("/keys").text
    assert "till" in later
    assert secret not in later
    assert "/api/v1" in page
    code, page = post(client, "/keys/till")
    assert (code, "The key till is revoked." in page) == (200, True)
    assert program.get("/messages").status_code == 401
    with Session(office.bridge.engine) as session:
        assert secret not in repr(session.exec(select(ApiKey)).all())
        from bridge.records import views

        said = [change_in_words(entry.what, entry.who) for entry in views.audit_entries(session)]
    assert said == [f"{NAME} revoked the key till", f"{NAME} made the key till for a program"]


def test_a_key_for_everything_may_do_everything(office: Office, client: FlaskClient) -> None:
    program = a_program(office.bridge, shown(post(client, "/keys", name="admin", may="all")[1]))
    assert program.get("/logs").status_code == 200


@pytest.mark.parametrize(
    ("form", "why"), [({"name": " "}, "A key needs a name."), ({"name": "x" * 41}, "This name is too long")]
)
def test_a_key_that_will_not_do_is_refused_on_the_page(
    client: FlaskClient, form: dict[str, str], why: str
) -> None:
    code, page = post(client, "/keys", **form)
    assert (code, why in page) == (422, True)


def test_two_keys_have_two_names(client: FlaskClient) -> None:
    post(client, "/keys", name="till")
    code, page = post(client, "/keys", name="till")
    assert (code, "There is a key called till already." in page) == (422, True)
    assert post(client, "/keys/nobody")[0] == 422


def test_the_command_makes_lists_and_revokes_keys(tmp_path: Path) -> None:
    config = write_config(tmp_path, "auto")
    made = textback("key", "add", "till", "--days", "30", "-c", config)
    assert made.returncode == 0, made
    secret = made.stdout.split()[-1]
    assert secret.startswith("tb_")
    some = textback("key", "add", "one", "--scope", "logs:read", "--line", "main", "-c", config)
    assert some.returncode == 0, some
    listed = textback("key", "list", "--json", "-c", config)
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert [(row["name"], row["lines"], row["used"]) for row in rows] == [
        ("one", ["main"], None),
        ("till", [], None),
    ]
    assert rows[0]["scopes"] == ["logs:read"]
    assert "messages:send" in rows[1]["scopes"]
    assert "settings:write" not in rows[1]["scopes"]
    assert secret not in listed.stdout
    assert "till" in textback("key", "list", "-c", config).stdout
    with_both = textback("key", "add", "x", "--all", "--scope", "logs:read", "-c", config)
    assert plain_trouble(with_both) == "textback: Give --all or --scope, not both.\n"
    unknown = textback("key", "add", "x", "--scope", "logs:write", "-c", config)
    assert "“logs:write” is not something that a key may do" in plain_trouble(unknown)
    assert "There is a key called till already" in plain_trouble(textback("key", "add", "till", "-c", config))
    assert textback("key", "revoke", "till", "-c", config).returncode == 0
    assert "There is no key called till" in plain_trouble(textback("key", "revoke", "till", "-c", config))
