"""The history of another program as rows: where it stands, that it is there once, and whom it keeps from being texted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bridge.handlers import old_texts
from bridge.records import consents, contacts, lines, views
from bridge.records.engine import migrate, open_engine
from bridge.records.old_texts import Standing
from bridge.records.rows import id_of
from bridge.records.tables import Alert, Call, ConsentEvent, Contact, Message
from bridge.rules.importing.old_text import OldText
from bridge.rules.importing.plan import Said, plan
from bridge.rules.importing.summary import BroughtOver
from bridge.rules.states import ConsentKind, Direction, MessageKind, MessageStatus
from modem.contract import CallOutcome
from tests.support.box import ANN, BOB, CEM

DOT = "+447400123459"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
OUT, IN = Direction.OUT, Direction.IN


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = open_engine(f"sqlite:///{tmp_path}/textback.db")
    migrate(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def day(count: float) -> datetime:
    """So many days after the first of March."""
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=count)


def old(
    body: str, days: float, number: str = ANN, direction: Direction = IN, status: MessageStatus | None = None
) -> OldText:
    usual = MessageStatus.READ if direction is IN else MessageStatus.SENT
    return OldText(number, direction, body, day(days), status or usual)


def bring(session: Session, *texts: OldText, line: str = "main") -> BroughtOver:
    planned = plan(texts, "GB", day(-100), NOW, "")
    standing = Standing(session)
    old_texts.take_over_consent(session, planned.said)
    over = BroughtOver()
    for batch in old_texts.batches(planned.texts):
        over += old_texts.bring_over(session, batch, line, standing)
    session.commit()
    return over


def a_call(session: Session, number: str, when: datetime) -> Call:
    contact = contacts.somebody_at(session, number, "call", when)
    call = Call(
        line_id=id_of(lines.line_called(session, "main")),
        contact_id=contact.id,
        number=number,
        e164=number,
        started=when,
        ended=when,
        outcome=CallOutcome.ABANDONED,
    )
    session.add(call)
    session.commit()
    return call


def bodies(session: Session) -> list[str]:
    """As the commands and the page list them."""
    return [row.body for row in views.messages(session)]


def thread(session: Session, number: str) -> list[str]:
    contact = contacts.contact_at(session, number)
    assert contact is not None
    return [getattr(row, "body", "call") for row in views.thread(session, contact)]


def test_a_history_is_there_as_it_was(session: Session) -> None:
    over = bring(
        session,
        OldText(ANN, OUT, "Back at 3", day(2), MessageStatus.DELIVERED, day(2.1), parts=2),
        old("Is my car ready?", 1),
        old("Hello?", 3, BOB),
        old("No such number", 4, CEM, OUT, MessageStatus.FAILED),
    )
    assert over == BroughtOver(texts=4, known=0, people=3)
    rows = session.exec(select(Message).order_by(Message.id)).all()  # type: ignore[arg-type]
    assert [(row.body, row.direction, row.status, row.created) for row in rows] == [
        ("Is my car ready?", IN, MessageStatus.READ, day(1)),
        ("Back at 3", OUT, MessageStatus.DELIVERED, day(2)),
        ("Hello?", IN, MessageStatus.READ, day(3)),
        ("No such number", OUT, MessageStatus.FAILED, day(4)),
    ]
    assert (rows[1].sent, rows[1].delivered, rows[1].parts) == (day(2), day(2.1), 2)
    assert (rows[3].sent, {row.kind for row in rows}) == (None, {MessageKind.MANUAL})
    ann = contacts.contact_at(session, ANN)
    assert ann is not None
    assert (ann.first_seen, ann.last_seen, ann.source) == (day(1), day(2), "import")


def test_nobody_waits_for_an_answer_and_nobody_is_told(session: Session) -> None:
    bring(session, old("Is my car ready?", 1), old("Hello?", 3, BOB))
    assert views.needing_reply(session, frozenset()) == 0
    assert views.unread(session) == 0
    assert session.exec(select(Alert)).all() == []
    assert views.waiting(session, NOW) == 0
    assert {contact.done for contact in session.exec(select(Contact))} == {True}


def test_again_nothing_is_there_twice(session: Session) -> None:
    texts = [old("Is my car ready?", 1), old("Is my car ready?", 1), old("Back at 3", 2, direction=OUT)]
    assert bring(session, *texts).texts == 3
    assert bring(session, *texts, old("Thanks", 3)) == BroughtOver(texts=1, known=3, people=0)
    assert bodies(session) == ["Thanks", "Back at 3", "Is my car ready?", "Is my car ready?"]


def test_more_texts_than_one_transaction_takes(session: Session) -> None:
    count = 2 * old_texts.BATCH + 1
    assert bring(session, *(old(str(n), n / 1000) for n in range(count))).texts == count
    assert bodies(session) == [str(n) for n in reversed(range(count))]


def test_what_is_older_than_everything_stands_before_it(session: Session) -> None:
    a_call(session, BOB, day(8))
    a_call(session, ANN, day(9))
    bring(session, old("one", 1), old("two", 2, direction=OUT))
    assert thread(session, ANN) == ["one", "two", "call"]
    assert [row.address for row in views.conversations(session, which="all")] == [ANN, BOB]


def test_what_went_on_meanwhile_stands_where_its_time_puts_it(session: Session) -> None:
    a_call(session, ANN, day(2))
    a_call(session, ANN, day(4))
    bring(session, old("five", 5), old("three", 3), old("one", 1))
    assert thread(session, ANN) == ["one", "call", "three", "call", "five"]


def test_who_only_stands_in_a_history_has_a_conversation_behind_the_others(session: Session) -> None:
    contacts.people_named(session, [DOT], "import")
    a_call(session, CEM, day(7))
    a_call(session, BOB, day(8))
    bring(session, old("one", 1))
    # The first of all callers has the first place, and shares it.
    assert [row.address for row in views.conversations(session, which="all")] == [BOB, ANN, CEM]
    assert [row.address for row in views.contacts(session)][-1] == DOT


def test_a_thread_goes_on_page_by_page_where_places_are_the_same(session: Session) -> None:
    a_call(session, ANN, day(8))
    bring(session, *(old(str(n), n / 10) for n in range(7)))
    ann = contacts.contact_at(session, ANN)
    assert ann is not None
    pages: list[str] = []
    before = None
    while page := views.thread(session, ann, before=before, limit=3):
        pages = [*(getattr(row, "body", "call") for row in page), *pages]
        before = page[0].place, page[0].id
    assert pages == ["0", "1", "2", "3", "4", "5", "6", "call"]


def test_texts_are_of_the_line_that_was_named_and_answers_go_by_it(session: Session) -> None:
    bring(session, old("one", 1), line="desk")
    ann = contacts.contact_at(session, ANN)
    assert ann is not None
    assert lines.line_of(session, ann, ["main", "desk"]).name == "desk"


def test_words_of_old_texts_are_found(session: Session) -> None:
    bring(session, old("Is my carriage ready?", 1), old("No", 2))
    assert [row.body for row in views.messages(session, search="carr")] == ["Is my carriage ready?"]


# ---- STOP


def said(kind: ConsentKind = ConsentKind.OUT, days: float = 1) -> dict[str, Said]:
    return {ANN: Said(kind, day(days), "STOP")}


def test_who_wrote_stop_there_is_not_texted_from_here(session: Session) -> None:
    assert old_texts.take_over_consent(session, said()) == {ConsentKind.OUT: 1, ConsentKind.DOUBT: 0}
    ann = contacts.contact_at(session, ANN)
    assert ann is not None
    assert ann.opted_out_at == day(1)
    (step,) = session.exec(select(ConsentEvent)).all()
    assert (step.kind, step.source, step.words, step.at) == (ConsentKind.OUT, "import", "STOP", day(1))


def test_a_stop_is_kept_once_and_who_was_let_in_again_stays_in(session: Session) -> None:
    old_texts.take_over_consent(session, said())
    ann = contacts.contact_at(session, ANN)
    assert ann is not None
    assert old_texts.take_over_consent(session, said())[ConsentKind.OUT] == 0
    consents.consent(session, ann, ConsentKind.IN, "text", day(5))
    assert old_texts.take_over_consent(session, said())[ConsentKind.OUT] == 0
    assert old_texts.take_over_consent(session, said(days=6))[ConsentKind.OUT] == 1
    assert ann.opted_out_at == day(6)


def test_a_history_lets_nobody_in_who_opted_out_here(session: Session) -> None:
    ann = contacts.somebody_at(session, ANN, "text", day(0))
    consents.consent(session, ann, ConsentKind.OUT, "text", day(0))
    bring(session, old("START", 1))
    assert ann.opted_out_at == day(0)


def test_what_may_be_a_stop_has_somebody_look(session: Session) -> None:
    doubt = said(ConsentKind.DOUBT)
    assert old_texts.take_over_consent(session, doubt) == {ConsentKind.OUT: 0, ConsentKind.DOUBT: 1}
    ann = contacts.contact_at(session, ANN)
    assert ann is not None
    assert ann.doubtful
    consents.consent(session, ann, ConsentKind.FINE, "page", day(2))
    assert old_texts.take_over_consent(session, doubt)[ConsentKind.DOUBT] == 0
    assert not ann.doubtful


def test_a_doubt_is_none_where_they_have_written_since(session: Session) -> None:
    bring(session, old("Thank you!", 2))
    assert old_texts.take_over_consent(session, said(ConsentKind.DOUBT))[ConsentKind.DOUBT] == 0
