"""What passes between the box and the owner's mobile: orders, and answers to relayed texts; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from bridge.rules.hours import Span, at_clock
from bridge.rules.optout import normal

# An alert must be read at a glance, and a relayed text be answerable; longer ones are cut (characters).
LONGEST = 420
# A pause by SMS may not be longer: it would be forgotten (days).
LONGEST_PAUSE = 31
_FOR_SO_LONG = re.compile(
    r"(?P<order>[^\W\d_]+)(?: (?P<filler>[^\W\d_]+))? (?P<amount>\d{1,4}) ?(?P<unit>[^\W\d_]+)"
)
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


@dataclass(frozen=True)
class Vocabulary:
    """The words of orders, as `normal` of bridge/rules/optout leaves them. fillers: may stand before a length of time."""

    orders: Mapping[str, Command]
    units: Mapping[str, timedelta]
    fillers: frozenset[str] = frozenset()


UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
ENGLISH = Vocabulary(
    {command.value.casefold(): command for command in Command},
    {
        word: UNITS[word[0]]
        for word in ["m", "min", "minute", "minutes", "h", "hour", "hours", "d", "day", "days"]
    },
    frozenset({"for"}),
)


def read(text: str, known: Vocabulary = ENGLISH) -> Order | Words:
    """What the owner means. Only a message that is nothing but an order is one.

    >>> read("Status").what, read("pause 2h").pause, read("Pause").what
    (<Command.STATUS: 'STATUS'>, datetime.timedelta(seconds=7200), <Command.PAUSE: 'PAUSE'>)
    >>> read("#17 Yes, we have two.")
    Words(tag=17, body='Yes, we have two.')
    >>> read("Last one is gone, sorry")
    Words(tag=None, body='Last one is gone, sorry')
    """
    tagged = _TAGGED.fullmatch(text.strip())
    if tagged:
        return Words(int(tagged[1]), tagged[2].strip())
    return _order(normal(text), known) or Words(None, text.strip())


def _order(plain: str, known: Vocabulary) -> Order | None:
    """The order that a message is, if it is nothing else."""
    if plain in known.orders:
        return Order(known.orders[plain])
    found = _FOR_SO_LONG.fullmatch(plain)
    if (
        found is None
        or known.orders.get(found["order"]) is not Command.PAUSE
        or found["unit"] not in known.units
    ):
        return None
    if found["filler"] and found["filler"] not in known.fillers:
        return None
    wanted = int(found["amount"]) * known.units[found["unit"]]
    return Order(Command.PAUSE, min(wanted, timedelta(days=LONGEST_PAUSE)))


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
