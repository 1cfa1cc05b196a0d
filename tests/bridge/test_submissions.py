"""What programs ask to be sent: who gets it and who does not, which text goes out first, and how far it has got."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations_with_replacement
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from bridge.clock import Clock
from bridge.config import parse
from bridge.contract.api_requests import AddKey, CancelTexts, SubmitTexts, To
from bridge.handlers import programs
from bridge.handlers.shop import ShopState
from bridge.records import consents, contacts, forgetting, keys, lines, outgoing, retention, submissions
from bridge.records.engine import migrate, open_engine
from bridge.records.rows import id_of
from bridge.records.tables import ApiKey, Contact, Message, Recipient, Submission
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.states import ConsentKind, ContactKind, Direction, MessageKind, MessageStatus
from bridge.rules.submissions import State, Text, state_of, state_of_all, times_of

ANN, BOB = "+447400123456", "+447400123457"
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
OUT = [status for status in MessageStatus if status not in (MessageStatus.RECEIVED, MessageStatus.READ)]


# ---- states, read off our own texts

WORDS = [
    (MessageStatus.QUEUED, None, State.PENDING),
    (MessageStatus.SENDING, None, State.PROCESSED),
    (MessageStatus.SENT, None, State.SENT),
    (MessageStatus.UNCONFIRMED, "left_sending", State.SENT),
    (MessageStatus.DELIVERED, None, State.DELIVERED),
    (MessageStatus.FAILED, "no_credit", State.FAILED),
    (MessageStatus.EXPIRED, "too_late", State.FAILED),
    (MessageStatus.CANCELLED, None, State.CANCELLED),
    (MessageStatus.CANCELLED, "opted_out", State.FAILED),
]


@pytest.mark.parametrize(("status", "error", "state"), WORDS)
def test_a_text_in_smsgates_words(status: MessageStatus, error: str | None, state: State) -> None:
    assert state_of(Text(status, error, NOON)) is state


def test_every_status_of_a_text_that_goes_out_has_a_word() -> None:
    assert {status for status, _, _ in WORDS} == set(OUT)


@pytest.mark.parametrize(
    ("states", "all_in_all"),
    [
        ([State.PENDING, State.DELIVERED], State.PENDING),
        ([State.CANCELLED, State.SENT], State.CANCELLED),
        ([State.PROCESSED, State.SENT, State.FAILED], State.PROCESSED),
        ([State.FAILED, State.FAILED], State.FAILED),
        ([State.DELIVERED, State.DELIVERED], State.DELIVERED),
        ([State.DELIVERED, State.FAILED], State.SENT),
        ([State.DELIVERED, State.SENT], State.SENT),
    ],
)
def test_a_message_to_several_in_one_word(states: list[State], all_in_all: State) -> None:
    assert state_of_all(states) is all_in_all


def test_when_it_came_to_each_state() -> None:
    later = [NOON + timedelta(seconds=second) for second in range(5)]
    delivered = Text(MessageStatus.DELIVERED, None, NOON, NOON, later[1], later[2], later[3])
    failed = Text(MessageStatus.FAILED, "no_credit", NOON, NOON, later[2], settled=later[4])
    assert times_of([(delivered, None), (failed, None), (None, "blocked")], NOON) == {
        State.PENDING: NOON,
        State.PROCESSED: later[2],
        State.SENT: later[2],
        State.DELIVERED: later[3],
        State.FAILED: later[4],
    }


# ---- rows


class Desk:
    """A database with a program's key, and what a program may ask of it."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.session = session
        settings = "[shop]\ncountry = GB\n[limits]\nper_day = 5\n"
        self.shop = ShopState(parse(settings, folder / "config.ini"), Clock())
        programs.ask(session, self.shop, AddKey("till", "-", ("all:any",)), "mia")
        self.key = id_of(session.exec(select(ApiKey)).one())
        lines.line_called(session, "main")

    @property
    def now(self) -> datetime:
        return self.shop.clock.utc()

    def submits(self, *numbers: str, ref: str = "a", body: str = "Hi", **more: object) -> Submission:
        to = tuple(To(number, number) for number in numbers)
        request = SubmitTexts(ref, self.key, to, body, body, ("main",), **more)  # type: ignore[arg-type]
        programs.ask(self.session, self.shop, request, "key till")
        found = submissions.of_ref(self.session, ref)
        assert found is not None
        return found

    def told(self, submission: Submission) -> list[tuple[State, str | None]]:
        self.session.flush()
        return [(one.state, one.error) for one in submissions.shown(self.session, submission).recipients]

    def contact(self, address: str = ANN) -> Contact:
        return contacts.somebody_at(self.session, address, "call", self.now)

    def texts(self) -> list[Message]:
        return list(self.session.exec(select(Message).order_by(col(Message.id))))

    def next(self) -> str | None:
        found = outgoing.next_text_due(self.session, "main", self.now + timedelta(seconds=1))
        return found[0].body if found else None


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    migrate(engine)
    with Session(engine) as session:
        yield Desk(session, tmp_path)
    engine.dispose()


def test_each_recipient_gets_a_text_by_the_key(desk: Desk) -> None:
    submission = desk.submits("07400 123456", BOB)
    assert desk.told(submission) == [(State.PENDING, None), (State.PENDING, None)]
    assert [(text.kind, text.author, text.body) for text in desk.texts()] == [
        (MessageKind.API, "key till", "Hi")
    ] * 2


def out(desk: Desk, contact: Contact) -> None:
    consents.consent(desk.session, contact, ConsentKind.OUT, "text", desk.now, words="STOP")


def doubt(desk: Desk, contact: Contact) -> None:
    consents.consent(desk.session, contact, ConsentKind.DOUBT, "text", desk.now)


def block(_desk: Desk, contact: Contact) -> None:
    contact.blocked = True


def never(_desk: Desk, contact: Contact) -> None:
    contact.kind = ContactKind.NEVER


LEFT_ALONE = [(out, "opted_out"), (doubt, "doubtful"), (block, "blocked"), (never, "never")]


@pytest.mark.parametrize(("mark", "why"), LEFT_ALONE)
def test_who_is_to_be_left_alone_is_not_texted_whoever_lets_the_number_through(
    desk: Desk, mark: object, why: str
) -> None:
    mark(desk, desk.contact())  # type: ignore[operator]
    assert desk.told(desk.submits(ANN, unseen=True)) == [(State.FAILED, why)]
    assert desk.texts() == []


@pytest.mark.parametrize(("mark", "why"), LEFT_ALONE)
def test_who_is_to_be_left_alone_meanwhile_is_not_texted_either(desk: Desk, mark: object, why: str) -> None:
    from bridge.handlers.outbox import Outbox

    submission = desk.submits(ANN)
    mark(desk, desk.contact())  # type: ignore[operator]
    assert Outbox(desk.shop).next_to_send(desk.session, "main") is None
    assert desk.told(submission) == [(State.FAILED, why)]
    (text,) = desk.texts()
    assert (text.status, text.settled is not None) == (MessageStatus.CANCELLED, True)


def test_staff_are_texted(desk: Desk) -> None:
    desk.contact().kind = ContactKind.STAFF
    assert desk.told(desk.submits(ANN)) == [(State.PENDING, None)]


def test_who_was_forgotten_and_had_opted_out_is_not_texted(desk: Desk) -> None:
    contact = desk.contact()
    out(desk, contact)
    forgetting.forget(desk.session, contact)
    assert desk.told(desk.submits(ANN)) == [(State.FAILED, "opted_out")]


def test_a_day_has_so_many_texts_by_programs_and_no_more(desk: Desk) -> None:
    numbers = [f"+4474001234{last:02}" for last in range(7)]
    told = desk.told(desk.submits(*numbers, priority=127))
    assert [state for state, _ in told] == [State.PENDING] * 5 + [State.FAILED] * 2
    assert told[-1][1] == "program_limit?most=5"


def test_what_is_no_mobile_is_let_through_only_where_the_program_says_so(desk: Desk) -> None:
    numbers = ("60006", "020 8366 1177", "999", "Ann")
    assert desk.told(desk.submits(*numbers)) == [
        (State.FAILED, "short"),
        (State.FAILED, "landline"),
        (State.FAILED, "emergency"),
        (State.FAILED, "no_phone_number"),
    ]
    assert [state for state, _ in desk.told(desk.submits(*numbers, ref="b", unseen=True))] == [
        State.PENDING,
        State.PENDING,
        State.FAILED,
        State.FAILED,
    ]


def test_the_same_id_counts_once(desk: Desk) -> None:
    desk.submits(ANN)
    with pytest.raises(Refusal) as refused:
        desk.submits(BOB)
    assert refused.value.why.code is Refused.ID_TAKEN
    assert len(desk.texts()) == 1


def test_a_program_answers_nobody_who_waits_for_a_person(desk: Desk) -> None:
    contact = desk.contact()
    contact.waits_since, contact.waits_place = desk.now, 1
    desk.submits(ANN)
    assert contact.waits_place == 1


def test_a_new_number_waits_in_no_list_of_open_conversations(desk: Desk) -> None:
    known = desk.contact(BOB)
    desk.submits(ANN, BOB)
    assert (desk.contact().done, known.done) == (True, False)


def test_callers_go_first_then_what_is_urgent_then_people_then_programs(desk: Desk) -> None:
    from bridge.handlers.queue_text import queue_text

    desk.submits(ANN, body="low", ref="1", priority=-5)
    desk.submits(ANN, body="usual", ref="2")
    desk.submits(ANN, body="almost", ref="3", priority=99)
    desk.submits(ANN, body="urgent", ref="4", priority=100)
    line = id_of(lines.line_called(desk.session, "main"))
    for kind in (MessageKind.MANUAL, MessageKind.SYSTEM, MessageKind.AUTO):
        queue_text(desk.session, id_of(desk.contact()), kind, kind, line_id=line, now=desk.now)
    order = []
    while (body := desk.next()) is not None:
        order.append(body)
        next(text for text in desk.texts() if text.body == body).status = MessageStatus.SENT
        desk.session.flush()
    assert order == ["auto", "system", "urgent", "manual", "almost", "usual", "low"]


def test_what_waits_is_taken_back_and_what_went_out_is_not(desk: Desk) -> None:
    submission = desk.submits(ANN, BOB)
    desk.texts()[0].status = MessageStatus.SENT
    cancel = CancelTexts("a", desk.key)
    programs.ask(desk.session, desk.shop, cancel, "key till")
    assert [state for state, _ in desk.told(submission)] == [State.SENT, State.CANCELLED]
    programs.ask(desk.session, desk.shop, cancel, "key till")  # already cancelled is fine
    desk.texts()[1].status = MessageStatus.DELIVERED
    with pytest.raises(Refusal) as refused:
        programs.ask(desk.session, desk.shop, cancel, "key till")
    assert refused.value.why.code is Refused.NOT_PENDING


def test_nobody_takes_back_what_another_program_sent(desk: Desk) -> None:
    desk.submits(ANN)
    with pytest.raises(Refusal) as refused:
        programs.ask(desk.session, desk.shop, CancelTexts("a", desk.key + 1), "key other")
    assert refused.value.why.code is Refused.NO_SUBMISSION


def test_forgetting_somebody_leaves_nothing_of_what_programs_sent_them(desk: Desk) -> None:
    desk.submits(ANN)
    desk.submits(ANN, BOB, ref="b")
    out(desk, desk.contact())
    desk.submits("07400 123456", ref="c")  # refused, and the number stands there all the same
    forgetting.forget(desk.session, desk.contact())
    assert [one.number for one in desk.session.exec(select(Recipient))] == [BOB]
    assert [one.ref for one in desk.session.exec(select(Submission))] == ["b"]


def test_old_submissions_go_with_their_texts(desk: Desk) -> None:
    desk.submits(ANN, "Ann")
    desk.submits("Ann", ref="b")
    desk.submits(BOB, ref="c")
    for text in desk.texts()[:1]:
        text.status = MessageStatus.SENT
    desk.session.flush()
    while retention.delete_older(desk.session, desk.now + timedelta(days=1)):
        pass
    assert [one.ref for one in desk.session.exec(select(Submission))] == ["c"]  # still to be sent
    assert [one.number for one in desk.session.exec(select(Recipient))] == [BOB]


def test_a_list_by_state_is_what_the_states_say(desk: Desk) -> None:
    """The database is asked for a state in other words than a row is judged by: for every pair of texts both say the same."""
    kinds = [(status, error) for status, error, _ in WORDS] + [(None, "blocked")]
    contact, line = id_of(desk.contact()), id_of(lines.line_called(desk.session, "main"))
    for number, pair in enumerate(combinations_with_replacement(kinds, 2)):
        row = Submission(ref=str(number), key_id=desk.key, body="", created=NOON)
        desk.session.add(row)
        desk.session.flush()
        for status, error in pair:
            text = None
            if status is not None:
                text = Message(
                    line_id=line,
                    contact_id=contact,
                    direction=Direction.OUT,
                    kind=MessageKind.API,
                    body="",
                    status=status,
                    error=error,
                    created=NOON,
                )
                desk.session.add(text)
                desk.session.flush()
            recipient = Recipient(
                submission_id=id_of(row), number=ANN, message_id=text.id if text else None, error=error
            )
            desk.session.add(recipient)
    desk.session.flush()
    everything, count = submissions.listed(desk.session, limit=1000)
    assert count == len(everything) == len(kinds) * (len(kinds) + 1) // 2
    for state in State:
        found, number = submissions.listed(desk.session, state=state, limit=1000)
        assert number == len(found)
        assert {one.ref for one in found} == {one.ref for one in everything if one.state is state}, state
    assert {one.state for one in everything} == set(State) - {State.CANCELLING}


# ---- keys


def test_a_key_is_known_by_its_secret_alone(desk: Desk) -> None:
    secret = keys.new_secret()
    keys.add(desk.session, "shop", keys.digest(secret), ["messages:send"], desk.now, days=1)
    key = keys.of_secret(desk.session, secret)
    assert key is not None
    assert secret.startswith("tb_")
    assert secret not in repr(key)
    assert keys.of_secret(desk.session, secret + "x") is None
    assert keys.holds(key, desk.now)
    assert not keys.holds(key, desk.now + timedelta(days=1, seconds=1))
    keys.revoke(desk.session, "shop", desk.now)
    assert not keys.holds(key, desk.now)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (AddKey("till", "x", ()), Refused.KEY_EXISTS),
        (AddKey(" ", "x", ()), Refused.NO_KEY_NAME),
        (AddKey("x" * 41, "x", ()), Refused.NAME_TOO_LONG),
        (AddKey("x", "x", ("messages:sent",)), Refused.NO_SUCH_SCOPE),
        (AddKey("x", "x", ("tokens:refresh",)), Refused.NO_SUCH_SCOPE),
        (AddKey("x", "x", (), ("shop",)), Refused.KEY_LINE),
        (AddKey("x", "x", (), (), 0), Refused.KEY_DAYS),
    ],
)
def test_a_key_that_will_not_do_is_refused(desk: Desk, request_: AddKey, code: Refused) -> None:
    with pytest.raises(Refusal) as refused:
        programs.ask(desk.session, desk.shop, request_, "mia")
    assert refused.value.why.code is code


def test_that_a_key_was_used_is_noted_once_an_hour(desk: Desk) -> None:
    key = desk.session.get_one(ApiKey, desk.key)
    for minutes, noted in ((0, 0), (59, 0), (61, 61)):
        keys.was_used(desk.session, desk.key, NOON + timedelta(minutes=minutes))
        assert key.used == NOON + timedelta(minutes=noted)
