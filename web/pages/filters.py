"""Words and shapes for rows: when, who, how it ended, what we did; pure but for the present moment in `register_filters`."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from jinja2 import Environment

from bridge.contract.bridge import Bridge
from bridge.records.views import CallRow, MessageRow, NoteRow, ThreadRow
from bridge.records.views import moment as moment_of
from bridge.rules.hours import Span, lasted
from bridge.rules.numbers import pretty
from bridge.rules.policy import Reason
from bridge.words import reasons
from bridge.words.audit import change_in_words
from bridge.words.reasons import error_sentence
from bridge.words.troubles import TIME_DOUBTFUL

# textback state of a call -> (icon, words); the colour follows the state in the style sheet.
CALL_CHIPS = {
    "scheduled": ("clock", "text waiting"),
    "sending": ("clock", "text sending"),
    "sent": ("tick", "text sent"),
    "delivered": ("ticks", "text delivered"),
    "failed": ("cross", "text failed"),
    "unconfirmed": ("question", "text unconfirmed"),
    "cancelled": ("dash", "cancelled"),
    "skipped": ("dash", "not sent"),
}
# status of a text of ours -> (icon, words)
TEXT_CHIPS = {
    "queued": ("clock", "waiting"),
    "sending": ("clock", "sending"),
    "sent": ("tick", "sent"),
    "delivered": ("ticks", "delivered"),
    "failed": ("cross", "failed"),
    "unconfirmed": ("question", "unconfirmed"),
    "cancelled": ("dash", "cancelled"),
    "expired": ("dash", "not sent: too late"),
}
OUTCOMES = {
    "abandoned": "gave up",
    "no_answer": "nobody answered",
    "waiting": "gave up waiting",
    "lost": "the modem was away",
    "notice": "reported by the operator",
    "answered": "answered",
    "answered_elsewhere": "answered on another phone",
    "rejected": "you hung up",
}
# ConsentEvent.kind (bridge/records/tables) -> what it was
CONSENT = {
    "out": "No more automatic texts",
    "in": "Automatic texts again",
    "help": "Asked who we are",
    "doubt": "Wrote what may be a wish for no texts",
    "fine": "Somebody here said that it was none",
}
COUNTED = {"abandoned": "after", "no_answer": "for"}
Chip = tuple[str, str, str]


def ended(call: CallRow) -> str:
    """How a call ended, in words."""
    if call.outcome is None:
        return "ringing now"
    words = OUTCOMES.get(call.outcome, call.outcome)
    if call.outcome in COUNTED and call.rings:
        words = f"{words} {COUNTED[call.outcome]} {call.rings} ring{'s' if call.rings > 1 else ''}"
        words = f"{words}, {call.seconds}\N{NO-BREAK SPACE}s" if call.seconds else words
    return f"{words}, diverted here" if call.forwarded else words


def stranger(row: CallRow) -> str:
    """What stands for a caller without number."""
    return "Withheld number" if row.withheld else "Unknown number"


def call_chip(row: CallRow, clock: Callable[[datetime], str] = str) -> Chip | None:
    """(state, icon, words) of what we did about a call; None where there was nothing to do. clock: says when it was done."""
    if row.textback not in CALL_CHIPS or row.reason == Reason.NOT_MISSED:
        return None
    icon, words = CALL_CHIPS[row.textback]
    why = reasons.chip(row.reason)
    if row.reason == Reason.WITHHELD and not row.withheld:
        why = "number not known"  # the network named none at all
    if row.text_at is not None and row.textback in ("sent", "delivered", "scheduled"):
        words = f"{words} {clock(row.text_at)}"
    return row.textback, icon, f"{words}: {why}" if why else words


def text_chip(row: MessageRow) -> Chip:
    """(state, icon, words) of a text of ours."""
    icon, words = TEXT_CHIPS.get(row.status, ("dash", row.status))
    return row.status, icon, words


# So long somebody may wait for an answer: within minutes, state of the chip. Then: today, and longer than that.
PATIENCE = ((5, "fresh"), (15, "soon"), (60, "long"))


def waits(since: datetime, now: datetime) -> Chip:
    """(state, icon, words) of how long somebody has waited for an answer; both in the shop's time.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> [waits(noon, noon + timedelta(minutes=minutes))[::2] for minutes in (0, 7, 59, 200, 900)]
    [('fresh', 'waits less than a minute'), ('soon', 'waits 7 minutes'), ('long', 'waits 59 minutes'), \
('late', 'waits 3 hours'), ('overdue', 'waits 15 hours')]
    """
    waited = now - since
    today = "late" if since.date() == now.date() else "overdue"
    state = next((state for within, state in PATIENCE if waited < timedelta(minutes=within)), today)
    return state, "clock", f"waits {lasted(waited)}"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, short; both in the shop's time. What the clock has yet to reach was not just now: it has its date.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> ago(noon, noon), ago(noon, noon.replace(minute=8)), ago(noon, noon.replace(hour=15))
    ('just now', '8 min ago', '3 h ago')
    >>> ago(noon, noon.replace(day=25)), ago(noon, noon.replace(month=12)), ago(noon, noon.replace(year=2027))
    ('Mon 12:00', '23 Nov', '23 Nov 2026')
    >>> ago(noon.replace(second=30), noon), ago(noon.replace(year=2027), noon)
    ('just now', '23 Nov 2027')
    """
    seconds = (now - moment).total_seconds()
    if abs(seconds) < 60:
        return "just now"
    if 0 < seconds < 86400:
        return f"{int(seconds // 60)} min ago" if seconds < 3600 else f"{int(seconds // 3600)} h ago"
    if 0 < seconds < 6 * 86400:
        return f"{moment:%a %H:%M}"
    return f"{moment.day} {moment:%b}" if moment.year == now.year else f"{moment.day} {moment:%b %Y}"


def day(moment: datetime, now: datetime) -> str:
    """The heading of a day; both in the shop's time.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> day(noon, noon.replace(hour=15)), day(noon, noon.replace(day=24)), day(noon, noon.replace(day=26))
    ('Today', 'Yesterday', 'Monday 23 November')
    """
    days = (now.date() - moment.date()).days
    if days in (0, 1):
        return ("Today", "Yesterday")[days]
    return f"{moment:%A} {moment.day} {moment:%B}" + (f" {moment.year}" if moment.year != now.year else "")


def by_day(
    rows: Sequence[ThreadRow], heading: Callable[[ThreadRow], str]
) -> list[tuple[str, str, list[ThreadRow]]]:
    """Rows that follow each other under the heading of their day, each with a key that stays the same while newer rows come: a
    clock that was moved, or a call that is reported late, may bring a day twice."""
    days = [(words, list(group)) for words, group in groupby(rows, heading)]
    oldest_first = sorted(days, key=lambda each: each[1][0].place)
    seen: Counter[str] = Counter()
    keys = {}
    for words, group in oldest_first:
        seen[words] += 1
        keys[group[0].place] = f"day-{words}" if seen[words] == 1 else f"day-{words}-{seen[words]}"
    return [(words, keys[group[0].place], group) for words, group in days]


def span(hours: Span) -> str:
    """An opening span as people write it.

    >>> span(Span(540, 1110)), span(Span(1320, 1560))
    ('9:00–18:30', '22:00–2:00')
    """
    end = hours.end if hours.end <= 1440 else hours.end - 1440
    return "–".join(f"{minutes // 60}:{minutes % 60:02}" for minutes in (hours.start, end))


def register_filters(environment: Environment, bridge: Bridge) -> None:
    """Give the templates these words."""

    def local(moment: datetime) -> datetime:
        return moment.astimezone(bridge.settings().shop.zone)

    def now() -> datetime:
        return local(bridge.now())

    def exact(moment: datetime) -> str:
        return f"{local(moment):%A} {local(moment).day} {local(moment):%B %Y, %H:%M:%S}"

    def heading(row: ThreadRow) -> str:
        words = day(local(moment_of(row)), now())
        return f"{words}: {TIME_DOUBTFUL}" if row.doubtful else words

    environment.globals["time_doubtful"] = TIME_DOUBTFUL
    filters: dict[str, Callable[..., object]] = {
        "ended": ended,
        "call_chip": lambda row: call_chip(row, lambda moment: f"{local(moment):%H:%M}"),
        "text_chip": text_chip,
        "waits": lambda since: waits(local(since), now()),
        "consent": lambda event: CONSENT.get(event.kind, event.kind),
        "stranger": stranger,
        "span": span,
        "pretty": lambda address: pretty(address, bridge.region()),
        "ago": lambda moment: ago(local(moment), now()),
        "day": lambda moment: day(local(moment), now()),
        "clock": lambda moment: f"{local(moment):%H:%M}",
        "exact": exact,
        "iso": lambda moment: local(moment).replace(microsecond=0).isoformat(),
        "rule": reasons.question,
        "in_words": reasons.trace_in_words,
        "error": error_sentence,
        "change": change_in_words,
        "is_call": lambda row: isinstance(row, CallRow),
        "is_note": lambda row: isinstance(row, NoteRow),
        "moment": moment_of,
        "lasted": lasted,
        "repair": repair,
        "by_day": lambda rows: by_day(rows, heading),
    }
    environment.filters.update(filters)


STEPS = {
    "asked": "The modem was asked once more",
    "reopened": "Its port was opened anew",
    "restarted": "The modem was told to restart",
}


def repair(step: dict[str, Any]) -> str:
    """One step that was taken against an incident (Incident.steps of bridge/records/tables).

    >>> repair({"step": "restarted", "seconds": 21.4, "times": 1, "well": True})
    'The modem was told to restart: it was well after 21 s.'
    >>> repair({"step": "reopened", "seconds": 9.6, "times": 3, "well": False})
    'Its port was opened anew, 3 times: in vain.'
    """
    often = f", {step['times']} times" if step["times"] > 1 else ""
    end = f"it was well after {step['seconds']:.0f} s" if step["well"] else "in vain"
    return f"{STEPS.get(step['step'], step['step'])}{often}: {end}."
