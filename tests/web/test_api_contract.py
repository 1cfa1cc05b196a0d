"""The OpenAPI document: valid, whole, and kept: schemathesis, which nobody here wrote, asks everything that it allows."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bridge.rules.scopes import Scope
from tests.support.programs import Program, a_program
from tests.support.web_bridge import Office, an_office
from web.api import app as api
from web.limits import API_PREFIXES


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with an_office(tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(scope="module")
def program(office: Office) -> Program:
    return a_program(office.bridge)


@pytest.fixture(scope="module")
def document(program: Program) -> Any:
    return Program(program.client).get("/openapi.json").get_json()


def test_the_document_is_valid_and_needs_no_key(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_address_stands_in_it(office: Office, document: Any) -> None:
    rules = api.create(office.bridge).url_map.iter_rules()
    there = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {(path, method) for path, views in document["paths"].items() for method in views}
    assert there - told == {("/openapi.json", "get"), ("/docs", "get")}
    assert told - there == set()


def test_every_scope_opens_something_and_every_address_names_its_own(document: Any) -> None:
    words = [view["description"] for views in document["paths"].values() for view in views.values()]
    named = {scope for scope in Scope if any(re.search(rf"\b{scope}\b", word) for word in words)}
    later = {Scope.HOOKS_LIST, Scope.HOOKS_WRITE, Scope.HOOKS_DELETE, Scope.METRICS}  # of hooks and metrics
    assert named | later == set(Scope) - {Scope.ALL}


@pytest.mark.parametrize("prefix", API_PREFIXES)
def test_the_examples_are_there_without_a_key_and_without_the_internet(program: Program, prefix: str) -> None:
    page = Program(program.client, prefix=prefix).get("/docs")
    assert page.status_code == 200
    assert f"http://localhost{prefix}/messages" in page.text
    assert not re.findall(r'(?:src|href)="https?://(?!localhost)', page.text)
    assert "script" not in page.text


# Which of the document's promises are looked at: those about what is answered.
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]


def test_whatever_the_document_allows_is_answered_as_it_says(program: Program) -> None:
    page = program.client.application

    def nearby(environ: dict[str, Any], start: Any) -> Any:
        return page({**environ, "REMOTE_ADDR": "127.0.0.1"}, start)

    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", nearby)
    headers = {**program.headers, "Host": "localhost"}
    asked = set()
    operations: Any = schema.get_all_operations()
    for found in operations:
        operation = found.ok()

        @settings(
            max_examples=8,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        ask()
        asked.add(operation.label)
    assert len(asked) > 40
