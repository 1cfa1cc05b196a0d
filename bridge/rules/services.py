"""What came of telling one of the other services ([notify] urls): a code, judged by what it has answered; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from modem.contract import Coded, Value


class Told(StrEnum):
    """What came of it. Behind each, its facts besides service, the name of what stands behind the address."""

    DELIVERED = "service_told"
    LOGIN_REFUSED = "service_login_refused"
    NOT_THERE = "service_not_there"  # the topic, the mailbox, the chat
    TOO_MANY = "service_too_many"
    REFUSED = "service_refused"  # number: the code of its answer
    FAILS = "service_fails"  # number
    UNREACHABLE = "service_unreachable"
    UNTRUSTED = "service_untrusted"  # its certificate
    SLOW = "service_slow"
    NOT_TAKEN = "service_not_taken"  # and it does not say why
    # Without a service.
    NOT_KNOWN = "service_not_known"  # place: of the address among all
    ALL_SLOW = "services_slow"  # seconds
    NOT_STARTED = "services_not_started"


class Way(StrEnum):
    """How a service was spoken to, for its answers have numbers of their own."""

    HTTP = "http"  # RFC 9110, 15
    SMTP = "smtp"  # RFC 5321, 4.2


@dataclass(frozen=True)
class Answered:
    """An answer of a service, by its number."""

    way: Way
    number: int


Heard = Answered | Told

MEANS: dict[Answered, Told] = {
    **{Answered(Way.HTTP, number): Told.LOGIN_REFUSED for number in (401, 403, 407)},
    **{Answered(Way.HTTP, number): Told.NOT_THERE for number in (404, 410)},
    Answered(Way.HTTP, 429): Told.TOO_MANY,
    **{Answered(Way.SMTP, number): Told.LOGIN_REFUSED for number in (530, 534, 535)},
    **{Answered(Way.SMTP, number): Told.NOT_THERE for number in (550, 551, 553)},
}


def outcome(service: str, told: bool, heard: Sequence[Heard]) -> Coded:
    """What came of telling this service. told: did it take the message? heard: what was heard of it, in order.

    >>> outcome("ntfy", False, [Answered(Way.HTTP, 403)]).to_text()
    'service_login_refused?service=ntfy'
    >>> outcome("ntfy", False, [Answered(Way.HTTP, 507)]).to_text()
    'service_fails?number=507&service=ntfy'
    """
    facts: dict[str, Value] = {"service": service}
    if told:
        return Coded.of(Told.DELIVERED, **facts)
    # The last thing that went wrong is why it was given up.
    wrong = [one for one in heard if isinstance(one, Told) or one.number >= 400]
    match wrong[-1] if wrong else Told.NOT_TAKEN:
        case Told() as code:
            return Coded.of(code, **facts)
        case answer if answer in MEANS:
            return Coded.of(MEANS[answer], **facts)
        case Answered(way=way, number=number):
            fails = number >= 500 if way is Way.HTTP else number < 500
            return Coded.of(Told.FAILS if fails else Told.REFUSED, number=number, **facts)
