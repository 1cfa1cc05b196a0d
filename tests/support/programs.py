"""Programs that use the API of a box or an office, for tests."""

import base64
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bridge.contract.answers import Done
from bridge.contract.api_requests import AddKey
from bridge.contract.bridge import Bridge
from bridge.records import keys
from bridge.rules.scopes import EVERYTHING
from tests.support.box import DEADLINE
from web import create_app


def a_key(
    bridge: Bridge,
    name: str = "till",
    scopes: tuple[str, ...] = tuple(EVERYTHING),
    lines: tuple[str, ...] = (),
    days: int | None = None,
) -> str:
    """A new key for a program of this name."""
    secret = keys.new_secret()
    answer = bridge.request(AddKey(name, keys.digest(secret), scopes, lines, days), DEADLINE, by="mia")
    assert isinstance(answer, Done), answer
    return secret


def basic(secret: str, name: str = "anybody") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


@dataclass
class Program:
    """A program with its key, in the process of the test. prefix: under which path it looks for the API."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)
    prefix: str = "/api/v1"

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.ask("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        return self.ask("POST", path, json=json, **more)

    def ask(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Host": "localhost", **self.headers, **more.pop("headers", {})}
        return self.client.open(self.prefix + path, method=method, headers=headers, **more)


def a_program(bridge: Bridge, secret: str | None = None, **more: Any) -> Program:
    """A program with this key, or with a new one."""
    headers = basic(a_key(bridge, **more) if secret is None else secret)
    return Program(create_app(bridge).test_client(use_cookies=False), headers)
