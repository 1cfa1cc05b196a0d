"""Contacts that are added by hand, get further numbers, and are merged: what is kept, and what finds it afterwards."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bridge.contract.requests import AddContact, AddNumber
from bridge.handlers import contacts as people
from bridge.records import alerts, consents, contacts, forgetting, labels, places, views
from bridge.records.engine import migrate, open_engine
from bridge.records.tables import Alert, Call, Contact, Line, Message, Note, OtherNumber
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import AlertKind, ConsentKind, ContactKind, Direction, MessageKind, MessageStatus
from modem.contract import CallOutcome
from tests.support.box import ANN, BOB, CEM

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
BEFORE = NOW - timedelta(days=30)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    migrate(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def somebody(session: Session, address: str, when: datetime = NOW) -> Contact:
    return contacts.somebody_at(session, address, "call", when)


def add(session: Session, contact: Contact, number: str, sure: bool = True) -> None:
    people.add_number(session, contact, AddNumber(contact.address, number, sure), "GB")


def text(session: Session, contact: Contact, kind: MessageKind, status: MessageStatus) -> Message:
    line = session.exec(select(Line)).first() or Line(name="main")
    session.add(line)
    session.flush()
    ours = kind is MessageKind.AUTO
    message = Message(
        line_id=line.id or 0,
        contact_id=contact.id or 0,
        direction=Direction.OUT if ours else Direction.IN,
        kind=kind,
        body="Hello",
        status=status,
        created=NOW,
        asks=not ours,
    )
    session.add(message)
    session.flush()
    return message


def test_somebody_is_added_by_hand_once(session: Session) -> None:
    ann = people.add_contact(session, AddContact("07400 123456", " Ann\nMiller "), "GB", "page")
    assert (ann.address, ann.name, ann.seen, ann.done, ann.place) == (
        ANN,
        "Ann Miller",
        False,
        True,
        places.NONE,
    )
    with pytest.raises(Refusal) as refused:
        people.add_contact(session, AddContact(ANN, "Ann"), "GB", "page")
    assert refused.value.why.code == Refused.CONTACT_EXISTS
    with pytest.raises(Refusal) as refused:
        people.add_contact(session, AddContact("hello", "Ann"), "GB", "page")
    assert refused.value.why.code == Refused.NO_NUMBER


def test_a_further_number_is_that_contact_from_then_on(session: Session) -> None:
    ann = somebody(session, ANN)
    add(session, ann, "07400 123457", sure=False)
    assert somebody(session, BOB).id == ann.id
    assert views.contact_at(session, BOB) is ann
    assert ann.address == ANN  # texts go to the first number
    assert views.contacts(session, search="123457", region="GB") == [ann]
    assert views.other_numbers(session, ann) == [BOB]


def test_nobody_is_merged_by_mistake(session: Session) -> None:
    ann, bob = somebody(session, ANN), somebody(session, BOB)
    bob.name = "Bob"
    with pytest.raises(Refusal) as refused:
        add(session, ann, BOB, sure=False)
    assert refused.value.why.values == {"name": "Bob"}
    assert views.contact_at(session, BOB) is bob


def test_all_that_named_the_one_names_the_other(session: Session) -> None:
    ann, bob = somebody(session, ANN), somebody(session, BOB, BEFORE)
    key = bob.id or 0
    message = text(session, bob, MessageKind.MANUAL, MessageStatus.RECEIVED)
    call = Call(
        line_id=message.line_id, contact_id=key, started=NOW, ended=NOW, outcome=CallOutcome.ABANDONED
    )
    note = Note(contact_id=key, at=NOW, author="mia", body="Likes rye.")
    session.add_all([call, note])
    consents.consent(session, bob, ConsentKind.OUT, "text", NOW, words="STOP")
    add(session, ann, BOB)
    session.expire_all()
    assert {row.contact_id for row in (message, call, note)} == {ann.id}
    assert [event.words for event in views.consents(session, ann)] == ["STOP"]
    assert (ann.opted_out_at, ann.first_seen, ann.last_seen) == (NOW, BEFORE, NOW)
    assert session.get(Contact, key) is None
    assert somebody(session, CEM).id not in (key, ann.id)  # nobody gets the id of who was merged


def test_the_stricter_mark_wins(session: Session) -> None:
    ann, bob = somebody(session, ANN), somebody(session, BOB)
    ann.kind, bob.kind, bob.blocked, ann.doubtful = ContactKind.SUPPLIER, ContactKind.NEVER, True, True
    ann.notes, bob.notes, bob.name = "Rye.", "Rings twice.", "Bob"
    ann.done, bob.done, bob.assignee, ann.unreachable = True, False, "mia", "unassigned"
    add(session, ann, BOB)
    assert (ann.kind, ann.blocked, ann.doubtful, ann.done) == (ContactKind.NEVER, True, True, False)
    assert (ann.name, ann.notes, ann.assignee) == ("Bob", "Rye.\nRings twice.", "mia")
    assert ann.unreachable == "unassigned"  # it is about the number to which texts go on going


def test_one_text_waits_for_us_and_one_for_them(session: Session) -> None:
    ann, bob = somebody(session, ANN), somebody(session, BOB)
    asked = [text(session, who, MessageKind.MANUAL, MessageStatus.RECEIVED) for who in (bob, ann)]
    queued = [text(session, who, MessageKind.AUTO, MessageStatus.QUEUED) for who in (bob, ann)]
    add(session, ann, BOB)
    assert [message.asks for message in asked] == [True, False]
    assert [message.status for message in queued] == [MessageStatus.QUEUED, MessageStatus.CANCELLED]


@pytest.mark.parametrize(
    ("ann_waits", "bob_waits", "waits"), [(7, 3, 3), (3, 7, 3), (None, 5, 5), (5, None, 5)]
)
def test_the_longest_wait_goes_on(
    session: Session, ann_waits: int | None, bob_waits: int | None, waits: int
) -> None:
    ann, bob = somebody(session, ANN), somebody(session, BOB)
    for who, place in ((ann, ann_waits), (bob, bob_waits)):
        if place is not None:
            who.waits_place, who.waits_since = place, BEFORE + timedelta(minutes=place)
    unread = text(session, bob, MessageKind.MANUAL, MessageStatus.RECEIVED)
    add(session, ann, BOB)
    assert (ann.waits_place, ann.waits_since) == (waits, BEFORE + timedelta(minutes=waits))
    assert views.needing_reply(session, frozenset()) == 1
    assert views.unread(session) == 1
    assert unread.contact_id == ann.id


def test_further_numbers_follow_and_the_owner_reaches_them_by_the_old_tag(session: Session) -> None:
    ann, bob, cem = (somebody(session, address) for address in (ANN, BOB, CEM))
    tag = cem.id or 0
    session.add(Alert(kind=AlertKind.REPLY, contact_id=tag, body="Hi", created=NOW, due=NOW, texted=True))
    add(session, bob, CEM)
    add(session, ann, BOB)
    assert [views.contact_at(session, number) for number in (ANN, BOB, CEM)] == [ann, ann, ann]
    assert alerts.customer_tagged(session, tag, NOW) is ann
    with pytest.raises(Refusal):
        add(session, ann, CEM)


def test_who_is_forgotten_is_so_with_every_number_and_a_stop_holds_for_all(session: Session) -> None:
    ann = somebody(session, ANN)
    add(session, ann, BOB)
    consents.consent(session, ann, ConsentKind.OUT, "text", NOW)
    forgetting.forget(session, ann)
    assert session.exec(select(OtherNumber)).all() == []
    assert [somebody(session, number).opted_out_at for number in (ANN, BOB)] == [NOW, NOW]


def test_a_number_that_was_forgotten_with_a_stop_brings_it_along(session: Session) -> None:
    bob = somebody(session, BOB)
    consents.consent(session, bob, ConsentKind.OUT, "text", NOW)
    forgetting.forget(session, bob)
    ann = somebody(session, ANN)
    add(session, ann, BOB)
    assert ann.opted_out_at == NOW


def test_every_column_of_a_contact_is_thought_of() -> None:
    """Whoever adds a column says in bridge/records/merging what becomes of it, and here."""
    joined = {"name", "notes", "opted_out_at", "kind", "blocked", "doubtful", "done", "assignee"}
    of_the_one_that_stays = {"id", "address", "identity", "folded", "source", "unreachable"}
    seen = {"first_seen", "last_seen", "place", "waits_since", "waits_place", "snoozed_until"}
    assert set(Contact.model_fields) == joined | of_the_one_that_stays | seen


def test_labels_go_over_and_one_that_nobody_has_is_gone(session: Session) -> None:
    ann, bob = somebody(session, ANN), somebody(session, BOB)
    for who, name in ((ann, "cake"), (bob, "cake"), (bob, "Easter")):
        labels.put_on(session, who, name)
    assert [row.address for row in views.conversations(session, label=labels.all_labels(session)[1].id)] == [
        BOB,
        ANN,
    ]
    add(session, ann, BOB)
    assert [label.name for label in labels.labels_of(session, [ann.id or 0])[ann.id or 0]] == [
        "Easter",
        "cake",
    ]
    for label in labels.all_labels(session):
        labels.take_off(session, ann, label.id or 0)
    assert labels.all_labels(session) == []
    labels.put_on(session, ann, "cake")
    forgetting.forget(session, ann)
    assert labels.all_labels(session) == []
