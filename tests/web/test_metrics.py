"""What programs that watch the box are told: its form by Prometheus's own promtool, its figures by the rows, and to whom."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlmodel import Session, select

from bridge.contract.status import LineState, LineStatus, Status
from bridge.records.tables import Call, Contact, Hook, HookDelivery, Line, Message
from bridge.records.views.metric_counts import Counted, TextKey
from bridge.rules.hooks.events import DeliveryState, HookEvent, HookKind
from bridge.rules.policy import Reason
from bridge.rules.scopes import Scope
from bridge.rules.states import Direction, MessageKind, MessageStatus
from modem.contract import CallOutcome, LineHealth, Trouble
from tests.support.needs import needs
from tests.support.paths import ROOT
from tests.support.programs import a_program
from tests.support.web_bridge import ANN, BOB, HOSTILE, Office, an_office
from web.api.metric_families import Seen, exposition

DASHBOARD = ROOT / "docs" / "grafana.json"
NUMBER = re.compile(r"\+?\d{7,}")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        yield office


def scraped(office: Office, path: str = "/metrics") -> str:
    program = a_program(office.bridge, scopes=(Scope.METRICS,))
    answer = program.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    return answer.text


def figures(text: str) -> dict[tuple[str, ...], float]:
    """By name and values of labels, those in the order of their names."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def a_seen_moment(office: Office) -> Seen:
    """With something in every family."""
    now = office.bridge.now()
    health = LineHealth("main", 0.0, 1, None, "Op", 20, "+447000", "SM", 3, 20, None)
    up = LineStatus("main", LineState.UP, idle=True, health=health)
    down = LineStatus("desk", LineState.DOWN, trouble=Trouble("port_lost"))
    key = TextKey("out", "auto", "failed", "no_credit")
    counted = Counted(
        {"abandoned": 3},
        {"cooldown": 1},
        {key: 2},
        [0.8, 4.0, 90.0],
        2,
        now - timedelta(minutes=2),
        {"done": 5},
        3,
    )
    return Seen(Status(0.0, (up, down)), counted, 4, 2, now, 0.5, now, "0.2.0")


# ---- to whom


def test_without_a_key_there_are_none(office: Office) -> None:
    nobody = a_program(office.bridge, "")
    for prefix in ("", "/api/v1", "/3rdparty/v1"):
        answer = replace(nobody, prefix=prefix).get("/metrics")
        assert (answer.status_code, "textback_" in answer.text) == (401, False)
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_another_key_is_not_enough(office: Office) -> None:
    program = a_program(office.bridge, scopes=(Scope.SEND, Scope.READ))
    assert program.get("/metrics").status_code == 403


def test_they_are_where_prometheus_looks_and_in_the_api(office: Office) -> None:
    program = a_program(office.bridge, scopes=(Scope.METRICS,))
    names = [set(figures(replace(program, prefix=prefix).get("/metrics").text)) for prefix in ("", "/api/v1")]
    assert names[0] == names[1]


# ---- what


def test_no_label_has_a_number_or_a_name_of_anybody(office: Office) -> None:
    text = scraped(office)
    labels = [
        value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        for value in sample.labels.values()
    ]
    with Session(office.engine) as session:
        assert {ANN, BOB} <= {contact.address for contact in session.exec(select(Contact))}
    assert not [value for value in labels if NUMBER.search(value)]
    assert HOSTILE not in text


def test_calls_and_texts_of_today_are_counted_by_what_became_of_them(office: Office) -> None:
    program = a_program(office.bridge, scopes=(Scope.METRICS,))
    before = figures(program.get("/metrics").text)
    now = office.bridge.now()
    with Session(office.engine) as session, session.begin():
        line = session.get_one(Line, 1)
        contact = session.get_one(Contact, 1)

        def call(ago: float, **more: object) -> Call:
            began = now - timedelta(seconds=ago)
            row = Call(line_id=line.id, contact_id=contact.id, started=began, ended=began, **more)  # type: ignore[arg-type]
            session.add(row)
            session.flush()
            return row

        def text(status: MessageStatus, **more: object) -> None:
            kind = {"kind": MessageKind.AUTO, "direction": Direction.OUT, **more}
            session.add(
                Message(line_id=line.id, contact_id=contact.id, body="x", status=status, created=now, **kind)  # type: ignore[arg-type]
            )

        rang = call(4, outcome=CallOutcome.LOST)
        call(9, outcome=CallOutcome.LOST, reason=Reason.LIMIT)
        call(1)
        text(MessageStatus.DELIVERED, call_id=rang.id, sent=now)
        text(MessageStatus.SENT, kind=MessageKind.MANUAL)
        text(MessageStatus.FAILED, error="too_late?minutes=90")
        text(MessageStatus.FAILED, error="Some words of 0.1")
        text(MessageStatus.QUEUED, due=now - timedelta(minutes=3))
        text(MessageStatus.QUEUED, due=now + timedelta(minutes=3))
    after = figures(program.get("/metrics").text)
    grown = {
        key: value - before.get(key, 0)
        for key, value in after.items()
        if key[0].endswith(("_total", "_bucket"))
    }
    assert {key: value for key, value in grown.items() if value and key[0].endswith("_total")} == {
        ("textback_calls_total", "lost"): 2,
        ("textback_calls_not_texted_total", "limit"): 1,
        ("textback_texts_total", "out", "auto", "", "sent"): 1,
        ("textback_texts_total", "out", "auto", "", "delivered"): 1,
        ("textback_texts_total", "out", "manual", "", "sent"): 1,
        ("textback_texts_total", "out", "auto", "too_late", "failed"): 1,
        ("textback_texts_total", "out", "auto", "text", "failed"): 1,
    }
    assert grown["textback_answer_seconds_bucket", "3.0"] == 0
    assert grown["textback_answer_seconds_bucket", "5.0"] == 1
    assert after["textback_queue_texts",] == before["textback_queue_texts",] + 1
    assert after["textback_queue_age_seconds",] >= 180


def test_what_hooks_were_told_is_counted_by_what_became_of_it(office: Office) -> None:
    now = office.bridge.now()
    with Session(office.engine) as session, session.begin():
        event, place = HookEvent.SMS_SENT, "http://192.168.1.9"
        session.add(
            Hook(
                id="h",
                kind=HookKind.SMS,
                event=event,
                url=place,
                origin=place,
                by="mia",
                created=now,
                secret="s",
            )
        )
        session.flush()
        for key, (state, made) in enumerate(
            [
                (DeliveryState.DONE, now),
                (DeliveryState.DONE, now - timedelta(days=2)),
                (DeliveryState.GIVEN_UP, now),
                (DeliveryState.WAITING, now - timedelta(days=1)),
            ]
        ):
            session.add(
                HookDelivery(
                    hook_id="h",
                    event=event,
                    event_id=str(key),
                    body="{}",
                    created=made,
                    due=made,
                    state=state,
                )
            )
    told = figures(scraped(office))
    assert told["textback_hook_deliveries_total", "done"] == 1
    assert told["textback_hook_deliveries_total", "given_up"] == 1
    assert told["textback_hooks_waiting",] == 1


def test_nothing_that_was_told_today_is_taken_back(office: Office) -> None:
    now = office.bridge.now()
    with Session(office.engine) as session, session.begin():
        call = Call(line_id=1, started=now, ended=now, outcome=CallOutcome.ABANDONED)
        session.add(call)
        session.flush()
        key = call.id
    program = a_program(office.bridge, scopes=(Scope.METRICS,))
    before = figures(program.get("/metrics").text)
    with Session(office.engine) as session, session.begin():
        session.get_one(Call, key).outcome = CallOutcome.NO_ANSWER
    after = figures(program.get("/metrics").text)
    assert after["textback_calls_total", "abandoned"] == before["textback_calls_total", "abandoned"]
    assert (
        after["textback_calls_total", "no_answer"] == before.get(("textback_calls_total", "no_answer"), 0) + 1
    )


def test_lines_are_told_as_their_modems_are(office: Office) -> None:
    told = figures(exposition(a_seen_moment(office)).decode())
    assert told["textback_line_up", "main"] == 1
    assert told["textback_line_up", "desk"] == 0
    assert told["textback_line_signal_dbm", "main"] == -73
    assert ("textback_line_signal_dbm", "desk") not in told
    assert (told["textback_line_storage_used", "main"], told["textback_line_storage_places", "main"]) == (
        3,
        20,
    )
    assert told["textback_trouble", "port_lost"] == 1
    assert told["textback_queue_age_seconds",] == 120
    assert told["textback_answer_seconds_count",] == 3


# ---- its form


@needs("prometheus")
def test_promtool_finds_nothing_to_say(office: Office) -> None:
    for text in (scraped(office), exposition(a_seen_moment(office)).decode()):
        done = subprocess.run(
            ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def told_names(office: Office) -> set[str]:
    return {key[0] for key in figures(exposition(a_seen_moment(office)).decode())}


def test_every_figure_of_the_dashboard_is_told(office: Office) -> None:
    asked = set(re.findall(r"\btextback_\w+", DASHBOARD.read_text("utf-8")))
    assert asked
    assert asked <= told_names(office)


def test_the_dashboard_is_one_that_grafana_takes() -> None:
    board = json.loads(DASHBOARD.read_text("utf-8"))
    assert board["schemaVersion"] >= 36
    assert board["title"]
    boxes = [panel["gridPos"] for panel in board["panels"]]
    assert all(box["x"] + box["w"] <= 24 for box in boxes)
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    for panel in board["panels"]:
        assert panel["title"], panel
        assert all(target["expr"] and target["refId"] for target in panel["targets"])


def test_every_figure_stands_in_the_docs(office: Office) -> None:
    page = (ROOT / "docs" / "metrics.md").read_text("utf-8")
    described = set(re.findall(r"^\| `(textback_\w+)", page, re.MULTILINE))
    suffixes = re.compile(r"_(bucket|count|sum)$")
    told = {suffixes.sub("", name) for name in told_names(office) if not name.endswith("_created")}
    assert described == told
