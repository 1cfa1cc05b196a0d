"""The owner hears of it, on the whole box: alerts by SMS, answers to relayed texts, orders from the mobile; never a storm."""

import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from sqlmodel import Session, select

from bridge.contract.answers import Done, Rejected
from bridge.contract.requests import MarkRead, Pause, Resume, SendSample, TryServices, WriteText
from bridge.handlers import owner_alerts
from bridge.records import alerts, views
from bridge.records.tables import Alert, Incident
from bridge.rules import owner_commands
from bridge.rules.hours import Span
from bridge.rules.services import Told
from bridge.rules.states import AlertKind, IncidentKind
from bridge.service.worker import Announce, announce
from bridge.words.reasons import error_sentence, trace_in_words
from bridge.words.requests import refusal_in_words
from modem.contract import Coded
from modem.simulator import Simulator
from tests.support.box import ANN, BOB, CEM, MESSAGE, Box, a_box, until

OWNER = "+447400123499"
NOTIFY = f"[notify]\nsms_to = {OWNER}\nquiet =\n"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=NOTIFY) as box:
        yield box


def to_owner(box: Box, count: int) -> list[str]:
    """What went to the owner's mobile, once it is so many texts."""

    def look() -> list[str] | None:
        texts = [text.text for text in box.simulator.sent if text.number == OWNER]
        return texts if len(texts) >= count else None

    return until(look, f"{count} texts to the owner")


def heard(box: Box, sender: str, words: str) -> None:
    box.simulator.text(sender, words)
    until(lambda: any(m.body == words and m.direction == "in" for m in box.messages()), words)


def alerts_of(box: Box) -> list[Alert]:
    with Session(box.service.engine) as session:
        return list(session.exec(select(Alert)))


def tag_of(text: str) -> int:
    return int(text.split("#")[1].split()[0].rstrip(":"))


# ---- alerts


def test_a_conversation_is_told_once_until_somebody_has_read_it(box: Box) -> None:
    heard(box, ANN, "Do you have rye bread?")
    assert to_owner(box, 1)[0].startswith("07400 123456 #")
    assert to_owner(box, 1)[0].endswith(": Do you have rye bread?")
    heard(box, ANN, "Hello?")
    heard(box, BOB, "Hi, it is Bob")
    assert "Hi, it is Bob" in to_owner(box, 2)[1]
    assert len(alerts_of(box)) == 2
    assert box.service.bridge.request(MarkRead(ANN)) == Done()
    heard(box, ANN, "Still there?")
    assert "Still there?" in to_owner(box, 3)[2]


def test_a_reply_on_the_page_before_the_alert_is_due_makes_it_needless(tmp_path: Path) -> None:
    now = datetime.now()  # noqa: DTZ005
    quiet = f"{(now - timedelta(hours=1)):%H:%M}-{(now + timedelta(hours=1)):%H:%M}"
    extra = NOTIFY.replace("quiet =", f"quiet = {quiet}")
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=extra) as box:
        heard(box, ANN, "Do you have rye bread?")
        alert = until(lambda: alerts_of(box), "the alert")[0]
        assert alert.due > datetime.now(UTC)
        assert box.service.bridge.request(WriteText(ANN, "Yes", "mia")) != Rejected(Coded(""))
        until(lambda: simulator.sent, "the reply")
        assert alerts_of(box)[0].over
        assert [text.number for text in simulator.sent] == [ANN]


def test_who_rings_three_times_in_ten_minutes_is_urgent(box: Box) -> None:
    for _ in range(3):
        box.simulator.call(ANN, rings=1, wait=True)
    assert to_owner(box, 1)[0].endswith("has called 3 times in ten minutes.")
    with Session(box.service.engine) as session:
        from bridge.records.tables import Call

        assert [call.urgent for call in session.exec(select(Call))] == [False, False, True]


def test_a_parcel_service_is_no_conversation(box: Box) -> None:
    heard(box, "PARCELS", "Your parcel comes today")
    heard(box, ANN, "Hi")
    to_owner(box, 1)
    assert [alert.kind for alert in alerts_of(box)] == ["reply"]


def test_the_breaker_is_told(tmp_path: Path) -> None:
    extra = NOTIFY + "[limits]\nstrangers_per_10_minutes = 1\n"
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=extra) as box:
        simulator.call(ANN, rings=1, wait=True)
        simulator.call(BOB, rings=1, wait=True)
        assert "strangers called within ten minutes" in to_owner(box, 1)[0]
        for _ in range(2):  # they look for what the owner should know
            box.service.loop.periodic["alerts"].at = 0.0
            box.turn()
        assert len(to_owner(box, 1)) == 1


def test_a_line_that_was_only_plugged_in_again_is_no_alert(box: Box) -> None:
    engine = box.service.engine
    now = datetime.now(UTC)
    with Session(engine) as session:
        for kind, began in (
            ("line", now - timedelta(minutes=1)),
            ("storage", now),
            ("line", now - timedelta(hours=1)),
        ):
            session.add(
                Incident(line=f"line {kind}", kind=IncidentKind(kind), began=began, what=f"{kind} is sick.")
            )
        session.flush()
        alerts.note_incidents(session, now, now)
        alerts.note_incidents(session, now, now)
        assert sorted(
            owner_alerts.body(session, box.service.loop._shop.context(), alert)
            for alert in alerts.due_now(session, now)
        ) == [
            "line is sick. (line line line)",
            "storage is sick. (line line storage)",
        ]
        for incident in session.exec(select(Incident)):
            incident.ended = now
        alerts.note_incidents(session, now, now)
        assert alerts.due_now(session, now) == []


# ---- answers and orders


def test_the_owner_answers_and_it_goes_out_from_the_shops_number(box: Box) -> None:
    heard(box, ANN, "Do you have rye bread?")
    to_owner(box, 1)
    heard(box, OWNER, "Yes, two loaves")
    until(
        lambda: [t for t in box.simulator.sent if (t.number, t.text) == (ANN, "Yes, two loaves")],
        "the answer",
    )
    reply = next(
        message
        for message in box.messages()
        if message.body == "Yes, two loaves" and message.direction == "out"
    )
    assert (reply.kind, reply.author, reply.address) == ("manual", "owner", ANN)
    assert all(message.status != "received" for message in box.messages())  # nothing is left unread
    assert len(to_owner(box, 1)) == 1  # and the owner was told nothing more


def test_with_two_customers_the_owner_has_to_say_whom(box: Box) -> None:
    heard(box, ANN, "Do you have rye bread?")
    heard(box, BOB, "Are you open?")
    ann, bob = to_owner(box, 2)
    heard(box, OWNER, "Yes")
    question = to_owner(box, 3)[2]
    assert question.startswith("Nothing was sent: who is it for?")
    assert f"#{tag_of(bob)} for 07400 123457" in question
    assert [t for t in box.simulator.sent if t.number != OWNER] == []
    heard(box, OWNER, f"#{tag_of(bob)} until six")
    until(lambda: [t for t in box.simulator.sent if (t.number, t.text) == (BOB, "until six")], "the answer")
    heard(box, OWNER, "#999999 hello")
    assert to_owner(box, 4)[3].startswith("Nothing was sent")
    box.simulator.call(CEM, rings=1)  # somebody of whom the owner was told nothing
    box.settled()
    with Session(box.service.engine) as session:
        cem = views.contact_at(session, CEM)
        assert cem is not None
    heard(box, OWNER, f"#{cem.id} hello")
    assert to_owner(box, 5)[4].startswith("Nothing was sent")
    assert "hello" not in [text.text for text in box.simulator.sent]
    assert tag_of(ann) != tag_of(bob)


def test_an_answer_to_who_opted_out_is_refused_and_said(box: Box) -> None:
    heard(box, ANN, "Do you have rye bread?")
    tag = tag_of(to_owner(box, 1)[0])
    heard(box, ANN, "STOP")
    heard(box, OWNER, f"#{tag} Yes")
    assert to_owner(box, 2)[1].startswith(
        "Not sent to 07400 123456. This person has asked for no more texts."
    )


def test_orders_work_from_the_owners_mobile_only(box: Box) -> None:
    heard(box, OWNER, "PAUSE 2H")
    assert "resume at" in to_owner(box, 1)[0] or "tomorrow" in to_owner(box, 1)[0]
    assert "paused" in error_sentence(until(lambda: box.service.loop.status.paused, "the pause"))
    box.simulator.call(ANN, rings=1)
    call = box.settled()[0]
    assert (call.textback, call.reason) == ("skipped", "disabled")
    assert trace_in_words(call.trace)[-1]["detail"].startswith("Automatic texts are paused; they resume ")
    heard(box, BOB, "RESUME")  # is nobody's order
    assert box.service.loop.status.paused
    heard(box, OWNER, "status")
    status = until(lambda: [text for text in to_owner(box, 1) if "missed" in text], "the answer")[0]
    assert "Automatic texts are paused" in status
    assert "1 missed, 0 texted back." in status
    heard(box, OWNER, "Resume.")
    until(lambda: box.service.loop.status.paused is None, "the end of the pause")
    heard(box, OWNER, "LAST")
    last = until(lambda: [t for t in to_owner(box, 1) if t.startswith("Last missed calls:")], "the answer")[0]
    assert "07400 123456 (switched off)" in last


def test_status_counts_who_needs_a_reply_whoever_has_looked(box: Box) -> None:
    heard(box, ANN, "Do you have rye bread?")
    to_owner(box, 1)
    assert box.service.bridge.request(MarkRead(ANN)) == Done()
    heard(box, OWNER, "status")
    assert to_owner(box, 2)[1].endswith(" 1 needs a reply.")
    assert isinstance(box.service.bridge.request(WriteText(ANN, "Yes", "mia")), Done)
    heard(box, OWNER, "Status!")
    assert to_owner(box, 3)[2].endswith(" Nobody needs a reply.")


def test_a_pause_outlives_a_restart_and_ends_by_itself(tmp_path: Path) -> None:
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=NOTIFY) as box:
        assert box.service.bridge.request(Pause()) == Done()
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=NOTIFY) as box:
        until(lambda: box.service.loop.status.paused, "the pause")
        simulator.call(ANN, rings=1)
        assert box.settled()[0].reason == "disabled"
        assert box.service.bridge.request(Resume()) == Done()
        simulator.call(ANN, rings=1)
        assert box.settled(2)[0].textback == "sent"
        calls_handler = box.service.loop._shop
        calls_handler.paused = datetime.now(UTC) - timedelta(seconds=1)
        assert calls_handler.paused_now(datetime.now(UTC)) is None


def test_an_owner_who_says_stop_gets_no_alerts(box: Box) -> None:
    heard(box, OWNER, "STOP")
    to_owner(box, 1)  # the one confirmation
    heard(box, ANN, "Hello")
    until(lambda: [a for a in alerts_of(box) if a.told], "the alert's being dealt with")
    assert len(to_owner(box, 1)) == 1


def test_a_machine_at_the_owners_number_cannot_start_a_storm(box: Box) -> None:
    for n in range(14):
        heard(box, OWNER, f"I am driving {n}")
    heard(box, ANN, "Hello")
    until(lambda: any("Hello" in text for text in to_owner(box, 1)), "the alert")
    assert len([text for text in to_owner(box, 1) if text.startswith("Nothing was sent")]) == 10


def test_the_test_text_is_what_a_stranger_would_get(tmp_path: Path) -> None:
    with Simulator(speed=20, reports="off") as simulator:
        with a_box(tmp_path, simulator, extra=NOTIFY, hint="yes") as box:
            assert isinstance(box.service.bridge.request(SendSample(), by="mia"), Done)
            assert to_owner(box, 1) == [f"{MESSAGE} Reply STOP to opt out."]
        with a_box(tmp_path, simulator) as box:
            answer = box.service.bridge.request(SendSample(), by="mia")
            assert isinstance(answer, Rejected)
            assert "sms_to" in refusal_in_words(answer.why)


# ---- Apprise


class Heard(BaseHTTPRequestHandler):
    """A service on the web that notes what it is told."""

    told: ClassVar[list[dict[str, object]]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).told.append(json.loads(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Its Apprise URL, and what it has been told."""

    class Noting(Heard):
        told: ClassVar[list[dict[str, object]]] = []

    server = HTTPServer(("127.0.0.1", 0), Noting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}/", Noting.told
    server.shutdown()
    thread.join()
    server.server_close()


def test_apprise_services_are_told(tmp_path: Path, service: tuple[str, list[dict[str, object]]]) -> None:
    url, told = service
    extra = f"[notify]\nurls = {url}\nquiet =\n"
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=extra) as box:
        heard(box, ANN, "Do you have rye bread?")
        until(lambda: told, "the news")
        assert (told[0]["title"], str(told[0]["message"]).split(": ")[1]) == (
            "Corner Bakery",
            "Do you have rye bread?",
        )
        until(lambda: alerts_of(box)[0].told, "the box's noting it")
        assert simulator.sent == []
    assert len(told) == 1


def test_somebody_tries_the_services_and_is_told_what_came_of_it(
    tmp_path: Path, service: tuple[str, list[dict[str, object]]]
) -> None:
    url, told = service
    extra = f"[notify]\nurls = {url} nothing://hunter2\nquiet = 00:00-24:00\n"
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=extra) as box:
        assert box.service.bridge.request(TryServices(), by="mia") == Done()
        status = box.service.bridge.status
        assert status().trial is not None
        until(lambda: (trial := status().trial) and trial.came, "what came of it")
        assert (trial := status().trial) is not None
        assert [one.code for one in trial.came or ()] == [Told.DELIVERED, Told.NOT_KNOWN]
        assert (told[0]["title"], str(told[0]["message"]).startswith("A test from your box")) == (
            "Corner Bakery",
            True,
        )
        assert alerts_of(box) == []


def test_a_service_that_cannot_be_reached_is_tried_again_later_and_not_for_ever(box: Box) -> None:
    done = announce(Announce(1, ("json://127.0.0.1:1/",), "Shop", "Hello"))
    assert not done.told
    assert sys.modules.get("apprise") is None  # a process of its own has it
    engine, now = box.service.engine, datetime.now(UTC)
    with Session(engine) as session:
        session.add(Alert(kind=AlertKind.SICK, body="x", created=now, due=now))
        session.flush()
        alert = session.exec(select(Alert)).one()
        for tries in range(1, alerts.TRIES + 1):
            alerts.was_told(session, alert.id or 0, done.told, now)
            assert alert.tries == tries
            assert (alert.told is None) == (tries < alerts.TRIES)
        assert alert.due == now + alerts.AGAIN


# ---- words

ORDERS = [
    ("STATUS", owner_commands.Order(owner_commands.Command.STATUS)),
    (" status! ", owner_commands.Order(owner_commands.Command.STATUS)),
    ("pause 2h", owner_commands.Order(owner_commands.Command.PAUSE, timedelta(hours=2))),
    ("Pause for 30 minutes", owner_commands.Order(owner_commands.Command.PAUSE, timedelta(minutes=30))),
    ("PAUSE 1D", owner_commands.Order(owner_commands.Command.PAUSE, timedelta(days=1))),
    (
        "PAUSE 9999D",
        owner_commands.Order(owner_commands.Command.PAUSE, timedelta(days=owner_commands.LONGEST_PAUSE)),
    ),
    ("PAUSE", owner_commands.Order(owner_commands.Command.PAUSE)),
    ("resume", owner_commands.Order(owner_commands.Command.RESUME)),
    ("Last", owner_commands.Order(owner_commands.Command.LAST)),
    ("help", owner_commands.Order(owner_commands.Command.HELP)),
    ("Pause the oven please", owner_commands.Words(None, "Pause the oven please")),
    ("status of your order: ready", owner_commands.Words(None, "status of your order: ready")),
    ("#17 yes", owner_commands.Words(17, "yes")),
    ("# 17: yes\nplease", owner_commands.Words(17, "yes\nplease")),
    ("#17", owner_commands.Words(17, "")),
    ("No #17 here", owner_commands.Words(None, "No #17 here")),
]


@pytest.mark.parametrize(("text", "meant"), ORDERS)
def test_what_the_owner_means(text: str, meant: object) -> None:
    assert owner_commands.read(text) == meant


def test_a_long_text_is_cut_for_the_owner() -> None:
    assert len(owner_commands.relayed("Ann", 1, "x" * 2000)) == owner_commands.LONGEST


QUIET = Span(21 * 60, 32 * 60)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-23T20:59", "2026-11-23T20:59"),
        ("2026-11-23T21:00", "2026-11-24T08:00"),
        ("2026-11-24T07:59", "2026-11-24T08:00"),
        ("2026-11-24T08:00", "2026-11-24T08:00"),
    ],
)
def test_quiet_hours(now: str, due: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert owner_commands.not_before(at, QUIET, UTC) == datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert owner_commands.not_before(at, None, UTC) == at
