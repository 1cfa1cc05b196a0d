"""Rows of the page in every state that they can be in, for tests of how they are laid out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, product

from sqlmodel import Session, col, select

from bridge.records import labels, memo
from bridge.records.clock_shift import DOUBTED_BEHIND
from bridge.records.rows import id_of
from bridge.records.tables import Call, Contact, Line, Message
from bridge.rules.policy import Reason
from bridge.rules.states import ContactKind, Direction, MessageKind, MessageStatus
from modem.contract import CallOutcome
from tests.support.web_bridge import NAME

FORTY, WORDS = "Donaudampfschifffahrtsgesellschaftskapit", "Maria Anna Francisca von und zu Hohenfel"
NAMES = ("", "Ann", FORTY, WORDS)
ADDRESS = "+447400100003"  # of who is called WORDS
FAILED = "no_credit"
CALLED_BACK = (None, "", WORDS)
TEXTS = [status for status in MessageStatus if status not in (MessageStatus.RECEIVED, MessageStatus.READ)]
REASONS = [reason for reason in Reason if reason is not Reason.NOT_MISSED]
ENDS = [*CallOutcome, None]
SOME_ENDS = (CallOutcome.NOTICE, CallOutcome.ABANDONED)
# "2 min ago" is longer than "now", and stays it for as long as a test takes.
WHILE_AGO = timedelta(minutes=2)
HOW_LONG = [timedelta(minutes=minutes) for minutes in (3, 10, 50, 300)] + [timedelta(days=40)]


def fill(session: Session) -> None:
    """Calls and people with every combination of what can stand in their rows."""
    line = Line(name="main", msisdn="+447400123400")
    session.add(line)
    session.flush()
    now = datetime.now(UTC) - WHILE_AGO
    people = [_person(session, number, name, now) for number, name in enumerate(NAMES)]
    for person in people:
        person.done = False  # whose conversation is done need not be called back
    # By hand, in several parts: what failed can be sent again, what is for later cancelled.
    for status in TEXTS:
        text = _text(
            session, id_of(line), id_of(people[-1]), now, Direction.OUT, status, body=f"{WORDS} " * 9
        )
        text.author, text.error = WORDS, FAILED if status is MessageStatus.FAILED else None
    for place, (who, end, urgent, by, became) in enumerate(_calls(people)):
        _call(session, id_of(line), who, end, urgent, by, became, now - timedelta(minutes=place))
    _conversations(session, id_of(line), now)


def doubt(session: Session) -> None:
    """The clock has been suspect for about half of them."""
    middle = session.exec(select(Call.place).order_by(col(Call.place))).all()
    memo.remember(session, DOUBTED_BEHIND, str(int(middle[len(middle) // 2])))


def _person(session: Session, number: int, name: str, seen: datetime) -> Contact:
    person = Contact(
        address=f"+4474001{number:05}", name=name, source="call", first_seen=seen, last_seen=seen, done=True
    )
    session.add(person)
    session.flush()
    return person


Became = MessageStatus | Reason | None


def _calls(
    people: list[Contact],
) -> Iterator[tuple[Contact | None, CallOutcome | None, bool, str | None, Became]]:
    """Every chip with every other, for each kind of name; and each way in which a call ends."""
    became: list[Became] = [*TEXTS, *REASONS, None]
    ends = cycle(SOME_ENDS)
    for who, urgent, by, chip in product([None, *people], (True, False), CALLED_BACK, became):
        yield who, next(ends), urgent, by, chip
    yield from product(people[-2:], ENDS, (True,), CALLED_BACK[-1:], (MessageStatus.UNCONFIRMED,))
    # The last call of each is still to be called back.
    yield from product(people, SOME_ENDS[-1:], (True,), CALLED_BACK[:1], (Reason.NOT_TEXTABLE,))


def _call(
    session: Session,
    line: int,
    who: Contact | None,
    end: CallOutcome | None,
    urgent: bool,
    by: str | None,
    became: Became,
    at: datetime,
) -> None:
    reason = became if isinstance(became, Reason) else None
    call = Call(
        line_id=line,
        contact_id=who.id if who else None,
        number=who.address if who else None,
        withheld=who is None,
        started=at,
        ended=at + timedelta(seconds=1234),
        rings=12,
        outcome=end,
        reason=reason,
        trace=[{"rule": "not_missed", "verdict": "pass"}],
        forwarded=urgent,
        urgent=urgent,
        called_back=None if by is None else at,
        called_back_by=by or None,
    )
    session.add(call)
    session.flush()
    if isinstance(became, MessageStatus):
        other = id_of(who) if who else 1
        text = _text(session, line, other, at, Direction.OUT, became, MessageKind.AUTO)
        call.message_id = text.id


def _text(
    session: Session,
    line: int,
    who: int,
    at: datetime,
    direction: Direction,
    status: MessageStatus,
    kind: MessageKind = MessageKind.MANUAL,
    body: str = f"{FORTY} {WORDS}",
) -> Message:
    # What is still to go out is due later: no loop is to take it.
    due = at + timedelta(days=9) if direction is Direction.OUT else None
    text = Message(
        line_id=line,
        contact_id=who,
        direction=direction,
        kind=kind,
        body=body,
        status=status,
        created=at,
        due=due,
        expires=due,
    )
    session.add(text)
    session.flush()
    return text


def _conversations(session: Session, line: int, now: datetime) -> None:
    states = product(NAMES, [None, *HOW_LONG], (None, NAME, WORDS), (True, False), (0, 1, 2))
    for number, (name, waits, assignee, done, marks) in enumerate(states, 100):
        person = _person(session, number, name, now - timedelta(minutes=number))
        person.done, person.assignee = done, assignee
        person.notes = WORDS if marks else ""
        person.opted_out_at = now if marks else None
        person.blocked = marks == 2
        person.kind = (ContactKind.NONE, ContactKind.SUPPLIER, ContactKind.NEVER)[marks]
        person.snoozed_until = now + timedelta(days=30) if marks == 1 else None
        if marks == 1:
            labels.put_on(session, person, FORTY[:30])
            labels.put_on(session, person, WORDS[:30])
        if waits is not None:
            text = _text(session, line, id_of(person), now - waits, Direction.IN, MessageStatus.RECEIVED)
            person.waits_since, person.waits_place = text.created, text.place
