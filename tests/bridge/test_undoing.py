"""What people did to conversations is taken back: each comes back to what it was, and what came since stays."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from bridge.contract.answers import Answer, Done, Rejected
from bridge.contract.requests import (
    Assign,
    CalledBack,
    MarkDone,
    MarkRead,
    MarkSeveral,
    Request,
    Reschedule,
    SaveReply,
    Snooze,
    TakeLabel,
    Undo,
    WriteText,
)
from bridge.handlers.undoing import State, states_of
from bridge.records import labels, views
from bridge.rules.refusals import Refused
from tests.support.box import FastClock, until
from tests.support.browser import a_text_comes
from tests.support.web_bridge import ANN, BOB, DAN, FLO, NAME, Office, an_office

WHO = (ANN, BOB, DAN, FLO)


@pytest.fixture
def clock() -> FastClock:
    return FastClock()


@pytest.fixture
def office(tmp_path: Path, clock: FastClock) -> Iterator[Office]:
    with an_office(tmp_path, clock=clock) as office:
        comes(office, ANN, "Can I come at 3?")
        comes(office, DAN, "Is it ready?")
        ask(office, MarkSeveral((DAN,), "label", "cakes"))
        yield office


def comes(office: Office, address: str, words: str) -> None:
    def has_come() -> bool:
        with Session(office.engine) as session:
            return any(row.body == words for row in views.messages(session, address=address))

    a_text_comes(office, address, words)
    until(has_come, words)


def ask(office: Office, request: Request) -> Answer:
    return office.bridge.request(request, by=NAME)


def key_of(answer: Answer) -> str:
    assert isinstance(answer, Done)
    assert answer.undo
    return answer.undo


def states(office: Office) -> dict[int, State]:
    with Session(office.engine) as session:
        people = [views.contact_at(session, address) for address in WHO]
        return states_of(session, [person for person in people if person])


def label_key(office: Office) -> int:
    with Session(office.engine) as session:
        return labels.all_labels(session)[0].id or 0


def scheduled(office: Office) -> int:
    answer = ask(office, WriteText(ANN, "Yes.", NAME, due=office.bridge.now() + timedelta(hours=5)))
    assert isinstance(answer, Done)
    return answer.message_id or 0


@pytest.mark.parametrize(
    "what",
    [
        "done",
        "several done",
        "several read",
        "several labelled",
        "snooze",
        "back",
        "assign",
        "label",
        "cancel",
    ],
)
def test_each_comes_back_to_what_it_was(office: Office, what: str) -> None:
    requests: dict[str, Request] = {
        "done": MarkDone(ANN, True),
        "several done": MarkSeveral((ANN, DAN, FLO, "+447400000000"), "done"),
        "several read": MarkSeveral((ANN, DAN), "read"),
        "several labelled": MarkSeveral((ANN, DAN), "label", "cakes"),
        "snooze": Snooze(ANN, office.bridge.now() + timedelta(days=1)),
        "back": CalledBack(ANN),
        "assign": Assign(DAN, None),
        "label": TakeLabel(DAN, label_key(office)),
    }
    if what == "cancel":
        requests["cancel"] = Reschedule(scheduled(office), None)
    before = states(office)
    key = key_of(ask(office, requests[what]))
    assert states(office) != before
    assert ask(office, Undo(key)) == Done()
    assert states(office) == before
    assert ask(office, Undo(key)) == Done()  # pressed twice
    assert states(office) == before


def test_what_came_since_stays(office: Office) -> None:
    key = key_of(ask(office, MarkDone(ANN, True)))
    comes(office, ANN, "Hello?")
    with Session(office.engine) as session:
        ann = views.contact_at(session, ANN)
        assert ann
        since = ann.waits_place
    ask(office, Undo(key))
    with Session(office.engine) as session:
        ann = views.contact_at(session, ANN)
        assert ann
        assert (ann.done, ann.waits_place) == (False, since)


def test_what_changes_nothing_has_nothing_to_undo(office: Office) -> None:
    ask(office, MarkDone(FLO, True))
    answer = ask(office, MarkDone(FLO, True))
    assert isinstance(answer, Done)
    assert answer.undo is None
    read = ask(office, MarkRead(ANN))  # the page's script does that
    assert isinstance(read, Done)
    assert read.undo is None


def test_a_text_whose_time_is_over_is_not_brought_back(office: Office, clock: FastClock) -> None:
    key = key_of(ask(office, Reschedule(scheduled(office), None)))
    before = states(office)
    clock.advance(6 * 3600)
    refused = ask(office, Undo(key))
    assert isinstance(refused, Rejected)
    assert refused.why.code == Refused.NOTHING_TO_UNDO
    assert states(office) == before


def test_what_is_not_known_is_refused(office: Office) -> None:
    assert isinstance(ask(office, Undo("nothing")), Rejected)


def test_a_saved_reply_comes_back_to_its_place(office: Office) -> None:
    def saved() -> list[tuple[int | None, str]]:
        with Session(office.engine) as session:
            return [(row.id, row.body) for row in views.saved_replies(session)]

    before = saved()
    key = key_of(ask(office, SaveReply("", before[0][0])))
    assert saved() == before[1:]
    ask(office, Undo(key))
    assert saved() == before
    with Session(office.engine) as session:
        assert [entry.what for entry in views.audit_entries(session)][:2] == ["reply_added", "reply_dropped"]
