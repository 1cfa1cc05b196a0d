"""What the shop keeps of people, on the whole box: kinds, called back, numbers that fail for good, forgetting, and old rows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from bridge.contract.answers import Done, Rejected
from bridge.contract.as_json import contact_json
from bridge.contract.requests import CalledBack, CloseShop, Describe, Forget, ImportContacts, Mark, OpenShop
from bridge.handlers import contacts as people
from bridge.records import contacts, lines, memo, retention, views
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import (
    Alert,
    Call,
    ConsentEvent,
    Contact,
    Forgotten,
    InboundPart,
    Incident,
    Line,
    Message,
    MessagePart,
    metadata,
)
from bridge.rules.addressbook import Card
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import AlertKind, ConsentKind, Direction, MessageKind, MessageStatus
from bridge.words.reasons import error_sentence, trace_in_words
from bridge.words.requests import refusal_in_words
from modem.contract import CallOutcome
from modem.simulator import Simulator
from tests.support.box import ANN, BOB, CEM, MESSAGE, Box, FastClock, a_box, until

NOW = datetime.now(UTC)
YEAR_AGO = NOW - timedelta(days=365)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator) as box:
        yield box


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    migrate(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def contact(box: Box, address: str = ANN) -> Contact | None:
    with Session(box.service.engine) as session:
        return views.contact_at(session, address)


def heard(box: Box, words: str, sender: str = ANN) -> None:
    start = len(box.messages())
    box.simulator.text(sender, words)
    until(lambda: len(box.messages()) > start, words)


# ---- kinds and names


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("staff", "This is one of the staff, who are never texted."),
        ("supplier", "This is a supplier; suppliers are never texted."),
        ("never", "This contact is marked as never texted."),
    ],
)
def test_staff_suppliers_and_never_text_are_not_texted(box: Box, kind: str, sentence: str) -> None:
    heard(box, "Hello")
    assert box.service.bridge.request(Describe(ANN, " Ann\n Miller ", "Likes rye.", kind)) == Done()
    box.simulator.call(ANN, rings=1)
    call = box.settled()[0]
    assert (call.name, call.reason, trace_in_words(call.trace)[-1]["detail"]) == (
        "Ann Miller",
        "excluded",
        sentence,
    )
    with Session(box.service.engine) as session:
        assert [contact_json(c)["excluded"] for c in views.contacts(session)] == [True]


def test_a_kind_that_there_is_not(session: Session) -> None:
    with pytest.raises(Refusal) as refused:
        people.describe(
            session,
            contacts.somebody_at(session, ANN, "call", NOW),
            Describe(ANN, "", "", "friend"),
            "page",
            None,
            NOW,
        )
    assert "not a kind" in refusal_in_words(refused.value.why)


def test_a_file_fills_in_and_takes_nothing_away(box: Box) -> None:
    heard(box, "Hello")
    box.service.bridge.request(Describe(ANN, "Ann", "", "staff"))
    cards = (Card(ANN, "Miller", "Likes rye."), Card(BOB, "Bob", mark="supplier"), Card(CEM, blocked=True))
    assert box.service.bridge.request(ImportContacts(cards)) == Done()
    with Session(box.service.engine) as session:
        rows = {c.address: (c.name, c.notes, c.kind, c.blocked, c.source) for c in views.contacts(session)}
    assert rows == {
        ANN: ("Ann", "Likes rye.", "staff", False, "text"),
        BOB: ("Bob", "", "supplier", False, "import"),
        CEM: ("", "", "", True, "import"),
    }


def at(box: Box, address: str) -> Contact:
    found = contact(box, address)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("there", "brought", "kept"),
    [
        (Card(ANN), Card(ANN, opted_out=True), ("", False, True, False)),
        (Card(ANN), Card(ANN, unsure=True), ("", False, False, True)),
        (Card(ANN, opted_out=True), Card(ANN), ("", False, True, False)),
        (Card(ANN, opted_out=True), Card(ANN, unsure=True), ("", False, True, False)),
        (Card(ANN, unsure=True), Card(ANN), ("", False, False, True)),
        (Card(ANN, unsure=True), Card(ANN, opted_out=True), ("", False, True, False)),
        (Card(ANN, blocked=True), Card(ANN), ("", True, False, False)),
        (Card(ANN, mark="supplier"), Card(ANN, mark="never"), ("never", False, False, False)),
        (Card(ANN, mark="never"), Card(ANN, mark="staff"), ("never", False, False, False)),
        (Card(ANN, mark="staff"), Card(ANN), ("staff", False, False, False)),
    ],
)
def test_the_stricter_mark_wins_and_no_file_lets_anybody_out_of_a_stop(
    session: Session, there: Card, brought: Card, kept: tuple[str, bool, bool, bool]
) -> None:
    for card in (there, brought):
        people.import_contacts(session, [card], "mia", NOW)
    ann = session.exec(select(Contact)).one()
    assert (ann.kind, ann.blocked, ann.opted_out_at is not None, ann.doubtful) == kept


def test_a_stop_comes_back_with_its_time_and_with_who_brought_it(box: Box) -> None:
    past, future = datetime(2026, 3, 1, 10, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)
    cards = (
        Card(ANN, opted_out=True, opted_out_at=past),
        Card(BOB, opted_out=True),
        Card(CEM, opted_out=True, opted_out_at=future),
    )
    now = datetime.now(UTC)
    box.service.bridge.request(ImportContacts(cards), by="mia")
    stops = [at(box, number).opted_out_at for number in (ANN, BOB, CEM)]
    assert stops[0] == past
    assert [stop is not None and now <= stop <= datetime.now(UTC) for stop in stops[1:]] == [True, True]
    with Session(box.service.engine) as session:
        events = session.exec(select(ConsentEvent)).all()
        assert {(event.kind, event.source, event.by) for event in events} == {("out", "import", "mia")}
    box.simulator.call(ANN, rings=1)
    assert box.settled()[0].reason == "opted_out"


def test_who_stands_in_the_address_book_only_was_never_seen(box: Box) -> None:
    """1.6: imported people stood among the conversations, seen "just now"; a file brought again put everybody there."""
    heard(box, "Hello")
    seen = at(box, ANN)
    box.service.bridge.request(ImportContacts((Card(ANN), Card(BOB, "Bob"))))
    again, bob = at(box, ANN), at(box, BOB)
    assert (again.last_seen, again.seen, bob.seen) == (seen.last_seen, True, False)
    with Session(box.service.engine) as session:
        for which in ("open", "done", "all", "mine"):
            listed = [row.address for row in views.conversations(session, which=which)]
            assert BOB not in listed
        assert [contact.address for contact in views.contacts(session)] == [ANN, BOB]
        told = contact_json(bob)
        assert (told["first_seen"], told["last_seen"]) == (None, None)

    box.simulator.call(BOB, rings=1)
    box.settled()
    with Session(box.service.engine) as session:
        assert BOB in [row.address for row in views.conversations(session)]
    called = at(box, BOB)
    assert called.seen
    assert called.first_seen == called.last_seen


# ---- in contact since


def test_who_was_called_back_is_not_texted_any_more(tmp_path: Path) -> None:
    clock = FastClock()
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path, simulator, "delay_seconds = 300", clock=clock) as box,
    ):
        simulator.call(ANN, rings=1)
        assert box.ended()[0].textback == "scheduled"
        assert isinstance(box.service.bridge.request(CalledBack(ANN), by="mia"), Done)
        clock.advance(300)
        call = box.settled()[0]
        assert (call.textback, call.reason) == ("cancelled", "superseded")
        assert trace_in_words(call.trace)[-1]["detail"] == "Somebody here has called this caller back."
        assert simulator.sent == []
        with Session(box.service.engine) as session:
            row = session.exec(select(Call)).one()
            assert row.called_back is not None
            assert row.called_back_by == "mia"


def test_a_number_whose_texts_fail_for_good_is_remembered_until_it_writes(tmp_path: Path) -> None:
    with (
        Simulator(speed=20, reports="manual") as simulator,
        a_box(tmp_path, simulator, "cooldown_hours = 0") as box,
    ):
        simulator.call(ANN, rings=1)
        box.settled()
        simulator.report(status=0x45)  # no interworking: a landline
        until(lambda: box.settled()[0].textback == "failed", "the report")
        simulator.call(ANN, rings=1)
        call = box.settled(2)[0]
        assert (call.textback, call.reason) == ("skipped", "not_textable")
        assert trace_in_words(call.trace)[-1]["detail"].startswith("Texts to this number fail for good.")
        heard(box, "Hello")
        simulator.call(ANN, rings=1)
        assert box.settled(3)[0].reason is None


def test_a_caller_whom_the_network_calls_a_scam_is_not_texted(box: Box) -> None:
    box.simulator.call(ANN, rings=2, name="Scam Likely")
    call = box.settled()[0]
    assert (call.reason, trace_in_words(call.trace)[-1]["detail"]) == (
        "spam",
        "The network shows this caller as “Scam Likely”.",
    )
    box.simulator.call(BOB, rings=2, name="Scampi Bar")
    assert box.settled(2)[0].textback == "sent"


def test_a_caller_on_a_block_list_is_not_texted_and_a_changed_list_counts(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked.txt"
    blocked.write_text("# cold callers\n07400 123456\n+4474001234*9\n")
    extra = "[filters]\nblocklists = blocked.txt\n"
    with Simulator(speed=20, reports="off") as simulator, a_box(tmp_path, simulator, extra=extra) as box:
        simulator.call(ANN, rings=1)
        call = box.settled()[0]
        assert (call.reason, trace_in_words(call.trace)[-1]["detail"]) == (
            "spam",
            "It is on the block list blocked.txt.",
        )
        simulator.call(BOB, rings=1)
        assert box.settled(2)[0].textback == "sent"
        told = until(lambda: box.service.loop.status.lists, "the word of the bad line")[0]
        assert "blocked.txt" in error_sentence(told)


# ---- closed for now


def test_closed_today_and_back_at(tmp_path: Path) -> None:
    textback = "closed = other\nclosed_message = We are closed and open {reopens}."
    extra = "[shop]\n" if False else ""
    with (
        Simulator(speed=20, reports="off") as simulator,
        a_box(tmp_path, simulator, textback, extra=extra) as box,
    ):
        bridge = box.service.bridge
        assert bridge.request(CloseShop()) == Done()
        simulator.call(ANN, rings=1)
        box.settled()
        assert isinstance(bridge.request(CloseShop("half past")), Rejected)
        assert isinstance(bridge.request(CloseShop("0:00")), Rejected)  # is over already
        assert bridge.request(CloseShop("23:59")) == Done()
        simulator.call(BOB, rings=1)
        box.settled(2)
        assert "it opens at 23:59" in error_sentence(box.service.loop.status.closed or "")
        assert bridge.request(OpenShop()) == Done()
        simulator.call(CEM, rings=1)
        box.settled(3)
        assert [text.text for text in simulator.sent] == [
            "We are closed and open tomorrow.",
            "We are closed and open at 23:59.",
            MESSAGE,
        ]


# ---- forgetting


def test_who_is_forgotten_leaves_nothing_but_the_opt_out(box: Box) -> None:
    heard(box, "I am Ann and live in Mill Lane")
    box.simulator.call(ANN, rings=1)
    box.settled()
    heard(box, "STOP")
    heard(box, "Hello", sender=BOB)
    until(lambda: len(box.simulator.sent) == 2, "the confirmation")
    box.settled()
    until(lambda: isinstance(box.service.bridge.request(Forget(ANN)), Done), "the forgetting")
    assert isinstance(box.service.bridge.request(Forget(ANN)), Rejected)  # nobody by that number any more
    with Session(box.service.engine) as session:
        assert [c.address for c in views.contacts(session)] == [BOB]
        assert session.exec(select(Call)).all() == []
        assert session.exec(select(ConsentEvent)).all() == []
        driver = session.connection().connection.driver_connection
        assert driver is not None
        dump = "".join(map(str, driver.iterdump()))
        assert "7400123456" not in dump
        assert "Mill Lane" not in dump
        assert session.exec(select(func.count()).select_from(Forgotten)).one() == 1
    box.simulator.call(ANN, rings=1)
    assert box.settled()[0].reason == "opted_out"
    heard(box, "START")
    box.simulator.call(ANN, rings=1)
    assert box.settled(2)[0].textback == "sent"
    with Session(box.service.engine) as session:
        assert session.exec(select(Forgotten)).all() == []


def test_who_had_not_opted_out_leaves_nothing_at_all(box: Box) -> None:
    heard(box, "Hello")
    assert box.service.bridge.request(Forget(ANN)) == Done()
    with Session(box.service.engine) as session:
        rows = {
            t.name: session.execute(select(func.count()).select_from(t)).scalar()
            for t in metadata.sorted_tables
        }
    assert {name for name, count in rows.items() if count} == {
        "line",
        "keyvalue",
        "auditentry",
    }  # the audit entry names nobody


@pytest.mark.parametrize("read_meanwhile", [False, True])
def test_while_the_box_runs_no_file_holds_what_was_forgotten(
    box: Box, tmp_path: Path, read_meanwhile: bool
) -> None:
    words = "Mill Lane, the blue door"
    heard(box, "Hello")
    assert box.service.bridge.request(Describe(ANN, "Ann", words, "")) == Done()

    def holding() -> list[str]:
        return [file.name for file in tmp_path.glob("textback.db*") if words.encode() in file.read_bytes()]

    assert holding()
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    with engine.connect() as reader:
        if read_meanwhile:
            reader.exec_driver_sql("BEGIN")
            assert reader.exec_driver_sql("SELECT notes FROM contact").all()
        assert box.service.bridge.request(Forget(ANN)) == Done()
        box.turn()
        assert (not holding()) != read_meanwhile
    engine.dispose()
    until(lambda: not holding(), "the emptying of the log")


def test_old_rows_leave_the_log_too(box: Box, tmp_path: Path) -> None:
    with Session(box.service.engine) as session:
        past(session)
    with Session(box.service.engine) as session, session.begin():
        memo.remember(session, retention.TIDIED, datetime.now(UTC).isoformat())
    box.service.loop.periodic["first tidying"].at = 0.0
    until(lambda: all(message.created > YEAR_AGO for message in box.messages()), "the deletion")
    log = tmp_path / "textback.db-wal"
    until(lambda: log.stat().st_size == 0, "the emptying of the log")


def test_who_rings_just_now_cannot_be_forgotten(box: Box) -> None:
    box.simulator.call(ANN, rings=50)
    until(lambda: box.calls() and box.calls()[0].address, "the ringing")
    answer = box.service.bridge.request(Forget(ANN))
    assert isinstance(answer, Rejected)
    assert answer.why.code == Refused.UNDER_WAY
    assert "in progress" in refusal_in_words(answer.why)


# ---- what grows too old


def past(session: Session) -> dict[str, int]:
    """Rows of two years ago and of today, of everything that can grow old."""
    old = NOW - timedelta(days=730)
    line = lines.line_called(session, "main")
    assert line.id is not None
    people: list[tuple[datetime, dict[str, Any]]] = [
        (old, {}),
        (old, {"name": "Ann"}),
        (old, {"opted_out_at": old}),
        (old, {"kind": "staff"}),
        (old, {"blocked": True}),
        (NOW, {}),
    ]
    for n, (when, attributes) in enumerate(people):
        person = Contact(
            address=f"+44740012345{n}", source="call", first_seen=when, last_seen=when, **attributes
        )
        session.add(person)
        session.flush()
        assert person.id is not None
        session.add(
            ConsentEvent(contact_id=person.id, at=when, kind=ConsentKind.OUT, source="text", words="STOP")
        )
        call = Call(
            line_id=line.id, contact_id=person.id, started=when, ended=when, outcome=CallOutcome.ABANDONED
        )
        session.add(call)
        session.flush()
        message = Message(
            line_id=line.id,
            contact_id=person.id,
            call_id=call.id,
            direction=Direction.OUT,
            kind=MessageKind.AUTO,
            body="Hi",
            status=MessageStatus.SENT,
            created=when,
        )
        session.add(message)
        session.flush()
        call.message_id = message.id
        assert message.id is not None
        session.add(MessagePart(message_id=message.id, part=1, mr=n, sent=when))
    incident = Incident(line="main", began=old, ended=old, what="x")
    session.add(incident)
    session.flush()
    session.add(Alert(kind=AlertKind.SICK, incident_id=incident.id, body="x", created=old, due=old))
    session.add(
        InboundPart(
            line_id=line.id,
            digest="x",
            sender=BOB,
            reference=1,
            width=8,
            parts=2,
            part=1,
            body=b"",
            received=old,
        )
    )
    session.commit()
    return counts(session)


def counts(session: Session) -> dict[str, int]:
    tables = (Contact, Call, Message, MessagePart, ConsentEvent, Incident, Alert, InboundPart, Line)
    return {t.__name__: session.exec(select(func.count()).select_from(t)).one() for t in tables}


def test_old_rows_are_deleted_and_opt_outs_never(session: Session) -> None:
    before = past(session)
    assert before["Contact"] == before["Call"] == 6
    while retention.delete_older(session, YEAR_AGO):
        session.commit()
    assert counts(session) == {
        "Contact": 5,  # who was named, marked, blocked or has opted out stays; of the first nothing is left
        "Call": 1,
        "Message": 1,
        "MessagePart": 1,
        "ConsentEvent": 5,
        "Incident": 0,
        "Alert": 0,
        "InboundPart": 0,
        "Line": 1,
    }
    left = session.exec(select(Contact).where(col(Contact.opted_out_at).is_not(None))).one()
    assert session.exec(select(ConsentEvent).where(ConsentEvent.contact_id == left.id)).one().words == "STOP"


def test_what_still_waits_for_somebody_is_not_too_old(session: Session) -> None:
    past(session)
    for message in session.exec(select(Message)):
        message.status = MessageStatus.RECEIVED
    session.commit()
    while retention.delete_older(session, YEAR_AGO):
        session.commit()
    assert counts(session)["Message"] == counts(session)["Call"] == 6


def test_many_old_rows_go_in_small_batches(session: Session) -> None:
    line = lines.line_called(session, "main")
    old = NOW - timedelta(days=730)
    for _ in range(retention.BATCH + 10):
        session.add(Call(line_id=line.id or 0, started=old, ended=old, outcome=CallOutcome.ABANDONED))
    session.commit()
    assert retention.delete_older(session, YEAR_AGO)
    assert counts(session)["Call"] == 10


def test_old_rows_are_deleted_by_the_service_and_only_by_a_clock_that_goes_day_by_day(box: Box) -> None:
    engine, loop = box.service.engine, box.service.loop
    with Session(engine) as session:
        past(session)
    newest = datetime.now(UTC)
    path = loop.settings.path
    path.write_text(f"{path.read_text()}[hours]\nholidays = GB, 2020-01-01, {newest.year + 1}-12-24\n")

    def tidy() -> None:
        loop.periodic["first tidying"].at = 0.0  # a day passes

    def calls() -> int:
        with Session(engine) as session:
            return counts(session)["Call"]

    tidy()  # the first time it is only noted
    until(lambda: tidied(engine).year > 1970, "the first look")
    with Session(engine) as session, session.begin():
        memo.remember(session, retention.TIDIED, (newest - timedelta(days=90)).isoformat())
    tidy()  # the clock jumped by months
    until(lambda: tidied(engine) > newest - timedelta(days=1), "the second look")
    box.turn()
    assert calls() == 6
    assert "GB, 2020-01-01" in path.read_text()
    tidy()
    until(lambda: calls() == 1, "the deletion")
    # Closed days that are over are old too.
    until(lambda: path.read_text().endswith(f"\nholidays = GB, {newest.year + 1}-12-24\n"), "the sweeping")


def tidied(engine: Engine) -> datetime:
    with Session(engine) as session:
        return datetime.fromisoformat(
            memo.remembered(session, retention.TIDIED) or "1970-01-01T00:00:00+00:00"
        )


def test_a_mark_on_the_page_is_kept_with_who_made_it(box: Box) -> None:
    heard(box, "Hello")
    assert box.service.bridge.request(Mark(ANN, "out"), by="mia") == Done()
    with Session(box.service.engine) as session:
        event = session.exec(select(ConsentEvent)).one()
        assert (event.kind, event.source, event.words, event.by) == ("out", "page", "", "mia")
