"""What becomes of a text that a program asked for, told as SMSGate tells it, and who gets none; pure. The states are read off
our own text, which is the one source of truth."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.rules import numbers
from bridge.rules.numbers import Kind
from bridge.rules.one_line import plainly_written
from bridge.rules.states import ContactKind, MessageKind, MessageStatus
from modem.contract import Coded

# Which text goes out first: a caller's, then answers to STOP and words to the owner, then what a program calls urgent, then a
# person's, then the other texts of programs.
CALLERS, OF_THE_BOX, BY_HAND = -300, -200, -99
# From here on a program's text is urgent; these are the most and the least that it can say (a byte, as in SMSGate).
URGENT, LEAST, MOST = 100, -128, 127
# What a recipient's number is made of, whoever lets it through unseen.
DIGITS = frozenset("0123456789")
LONGEST_NUMBER = 20


class State(StrEnum):
    """SMSGate's words; its clients know no others."""

    PENDING = "Pending"
    CANCELLING = "Cancelling"
    CANCELLED = "Cancelled"
    PROCESSED = "Processed"
    SENT = "Sent"
    DELIVERED = "Delivered"
    FAILED = "Failed"


# Why a recipient is not texted, besides what stops automatic texts and what the network says. most: so many a day.
LIMIT, NO_PHONE_NUMBER = "program_limit", "no_phone_number"


# Our own text's status as a state; a text that may have gone out counts as sent.
_STATES = {
    MessageStatus.QUEUED: State.PENDING,
    MessageStatus.SENDING: State.PROCESSED,
    MessageStatus.SENT: State.SENT,
    MessageStatus.UNCONFIRMED: State.SENT,
    MessageStatus.DELIVERED: State.DELIVERED,
    MessageStatus.FAILED: State.FAILED,
    MessageStatus.EXPIRED: State.FAILED,
    MessageStatus.CANCELLED: State.CANCELLED,
}


@dataclass(frozen=True)
class Text:
    """Of our own text what its state is read off; moments in UTC. due: when it goes out, handed: when the modem got it,
    settled: when it came to nothing."""

    status: MessageStatus
    error: str | None
    created: datetime
    due: datetime | None = None
    handed: datetime | None = None
    sent: datetime | None = None
    delivered: datetime | None = None
    settled: datetime | None = None


def state_of(text: Text | None, error: str | None = None) -> State:
    """Of one recipient. error: why there is no text. What was taken back for a reason has failed for that reason.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 28, 12, tzinfo=UTC)
    >>> state_of(None, "blocked"), state_of(Text(MessageStatus.UNCONFIRMED, "left_sending", noon))
    (<State.FAILED: 'Failed'>, <State.SENT: 'Sent'>)
    >>> state_of(Text(MessageStatus.CANCELLED, "opted_out", noon)), state_of(Text(MessageStatus.CANCELLED, None, noon))
    (<State.FAILED: 'Failed'>, <State.CANCELLED: 'Cancelled'>)
    """
    if text is None:
        return State.FAILED
    if text.status is MessageStatus.CANCELLED and text.error:
        return State.FAILED
    return _STATES[text.status]


def state_of_all(states: Iterable[State]) -> State:
    """Of a whole message, by those of its recipients.

    >>> state_of_all([State.SENT, State.PENDING]), state_of_all([State.SENT, State.FAILED]), state_of_all([State.FAILED])
    (<State.PENDING: 'Pending'>, <State.SENT: 'Sent'>, <State.FAILED: 'Failed'>)
    """
    there = set(states)
    for one in (State.PENDING, State.CANCELLING, State.CANCELLED, State.PROCESSED):
        if one in there:
            return one
    return next(iter(there)) if len(there) == 1 else State.SENT


def times_of(texts: Iterable[tuple[Text | None, str | None]], created: datetime) -> dict[State, datetime]:
    """When a message came to each of its states, by what is known of its recipients' texts: of each state the last moment.
    With each text goes why there is none."""
    found = {State.PENDING: created}
    for text, error in texts:
        for state, moment in _times(text, error, created):
            if moment is not None:
                found[state] = max(moment, found.get(state, moment))
    return found


def _times(
    text: Text | None, error: str | None, created: datetime
) -> Iterable[tuple[State, datetime | None]]:
    if text is None:
        yield State.FAILED, created
        return
    now = state_of(text, error)
    yield State.PROCESSED, text.handed
    yield State.SENT, text.sent
    yield State.DELIVERED, text.delivered
    if now in (State.FAILED, State.CANCELLED):
        yield now, text.settled or text.due or text.created
    if now is State.SENT and text.sent is None:
        yield State.SENT, text.handed or text.due


def turn_of(kind: MessageKind, wanted: int = 0) -> int:
    """Which text goes out first: those with the lower number. wanted: the priority that a program asked for; it never gets
    ahead of a caller's text, and of a person's only where it is urgent.

    >>> turn_of(MessageKind.AUTO), turn_of(MessageKind.API, 127), turn_of(MessageKind.MANUAL)
    (-300, -127, -99)
    >>> turn_of(MessageKind.API, 99), turn_of(MessageKind.API)
    (-98, 0)
    """
    match kind:
        case MessageKind.AUTO:
            return CALLERS
        case MessageKind.SYSTEM:
            return OF_THE_BOX
        case MessageKind.MANUAL:
            return BY_HAND
        case MessageKind.API:
            wanted = max(LEAST, min(MOST, wanted))
            return -wanted if wanted >= URGENT else max(-wanted, BY_HAND + 1)


def address_of(given: str, region: str, landlines: str, unseen: bool) -> str | Coded:
    """The address that a text to this number goes to, or why none does. landlines: `skip` or `text`, as in config.ini. unseen:
    whoever asks has looked at the number, so that a short code or a landline will do; an emergency number never does.

    >>> address_of("07400 123456", "GB", "skip", False), address_of("60006", "GB", "skip", True)
    ('+447400123456', '60006')
    >>> [address_of(number, "GB", "skip", number == "999").code for number in ("60006", "999", "Ann", "020 8366 1177")]
    [<Kind.SHORT: 'short'>, <Kind.EMERGENCY: 'emergency'>, 'no_phone_number', <Kind.LANDLINE: 'landline'>]
    """
    given = plainly_written(given).strip()
    kind = numbers.classify(given, region)
    if kind in (Kind.EMERGENCY, Kind.LETTERS):
        return Coded(kind if kind is Kind.EMERGENCY else NO_PHONE_NUMBER)
    address = numbers.e164(given, region)
    if address is not None:
        why = None if unseen else numbers.untextable(address, region, landlines=landlines)
        return address if why is None else Coded(why)
    digits = "".join(char for char in given if char not in " ()./-")
    is_code = set(digits.removeprefix("+")) <= DIGITS and 1 < len(digits) <= LONGEST_NUMBER
    return digits if unseen and is_code else Coded(Kind.SHORT)


def why_not(opted_out: bool, doubtful: bool, blocked: bool, kind: ContactKind) -> Coded | None:
    """What stands against a program's text to somebody; None if nothing does. Staff and suppliers may be texted.

    >>> why_not(False, False, False, ContactKind.STAFF), why_not(True, True, True, ContactKind.NEVER).code
    (None, 'opted_out')
    """
    if opted_out:
        return Coded("opted_out")
    if blocked:
        return Coded("blocked")
    if kind is ContactKind.NEVER:
        return Coded("never")
    return Coded("doubtful") if doubtful else None
