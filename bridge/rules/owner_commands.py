"""What passes between the box and the owner's mobile: orders, and answers to relayed texts; pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from bridge.rules.hours import Span, at_clock

# An alert must be read at a glance, and a relayed text be answerable; longer ones are cut (characters).
LONGEST = 420
# A pause by SMS may not be longer: it would be forgotten (days).
LONGEST_PAUSE = 31
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_PAUSE = re.compile(r"pause(?:\s+(?:for\s+)?(\d{1,4})\s*(m|min|minutes?|h|hours?|d|days?))?")
_TAGGED = re.compile(r"#\s?(\d{1,9})\b[\s:,.-]*(.*)", re.DOTALL)


class Command(StrEnum):
    """The orders that the owner may text."""

    STATUS = "STATUS"
    LAST = "LAST"  # the calls missed last
    PAUSE = "PAUSE"
    RESUME = "RESUME"
    HELP = "HELP"


@dataclass(frozen=True)
class Order:
    """What the owner orders. pause: for how long; None: until RESUME."""

    what: Command
    pause: timedelta | None = None


@dataclass(frozen=True)
class Words:
    """Words for a customer. tag: whose, as the relayed text said behind #; None where the owner named nobody."""

    tag: int | None
    body: str


def read(text: str) -> Order | Words:
    """What the owner means. Only a message that is nothing but an order is one.

    >>> read("Status").what, read("pause 2h").pause, read("Pause").what
    (<Command.STATUS: 'STATUS'>, datetime.timedelta(seconds=7200), <Command.PAUSE: 'PAUSE'>)
    >>> read("#17 Yes, we have two.")
    Words(tag=17, body='Yes, we have two.')
    >>> read("Last one is gone, sorry")
    Words(tag=None, body='Last one is gone, sorry')
    """
    plain = " ".join(text.casefold().split()).strip(" .!?")
    if plain.upper() in set(Command) - {Command.PAUSE}:
        return Order(Command(plain.upper()))
    if paused := _PAUSE.fullmatch(plain):
        amount, unit = paused.groups()
        wanted = int(amount) * _UNITS[unit[0]] if amount else None
        return Order(
            Command.PAUSE, min(wanted, timedelta(days=LONGEST_PAUSE)) if wanted is not None else None
        )
    tagged = _TAGGED.fullmatch(text.strip())
    return Words(int(tagged[1]), tagged[2].strip()) if tagged else Words(None, text.strip())


def relayed(who: str, tag: int, body: str) -> str:
    """A customer's text as the owner gets it.

    >>> relayed("Ann (07400 123456)", 17, "Do you have bread?")
    'Ann (07400 123456) #17: Do you have bread?'
    """
    return _cut(f"{who} #{tag}: {body}")


def not_before(now: datetime, quiet: Span | None, zone: tzinfo | None) -> datetime:
    """When the owner may be told: now, or at the end of the quiet hours (None: there are none). zone: None for the system's.

    >>> from datetime import UTC
    >>> night = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    >>> [not_before(night + timedelta(hours=h), Span(21 * 60, 32 * 60), UTC).isoformat()[8:16] for h in (0, 5, 10)]
    ['24T08:00', '24T08:00', '24T08:30']
    """
    if quiet is None:
        return now
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        start, end = (at_clock(day, minutes, zone) for minutes in (quiet.start, quiet.end))
        if start <= now < end:
            return end
    return now


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3].rstrip() + "..."
