"""Words and shapes for rows: when, who, how it ended, what we did; pure but for the present moment in `register_filters`."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from jinja2 import Environment

from bridge.contract.bridge import Bridge
from bridge.records.tables import ConsentEvent
from bridge.records.views import CallRow, MessageRow, NoteRow
from bridge.records.views import moment as moment_of
from bridge.rules.excerpts import excerpt
from bridge.rules.hours import WHOLE_DAY, Span, lasted
from bridge.rules.numbers import pretty
from bridge.rules.policy import Reason
from bridge.rules.states import Textback
from bridge.rules.typed_hours import as_written
from bridge.words import reasons
from bridge.words.audit import change_in_words
from bridge.words.reasons import error_sentence
from web.pages import paging
from web.pages.costs import a_month
from web.pages.why import why, why_so

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
    "never": "Marked here as never to be texted",
    "welcome": "No longer marked as never to be texted",
}


def consent_words(event: ConsentEvent) -> str:
    """What was written when somebody opted out or in, or where else it comes from."""
    if event.source == "import":
        return f"From a file of contacts that {event.by} took in." if event.by else "From a file of contacts."
    return f"Noted here by {event.by}." if event.by else event.words or "Noted here."


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


def why_not(reason: Reason | None, withheld: bool) -> str:
    """Why a caller got no text, in two or three words; withheld: did the caller hide the number? Nothing without a reason."""
    if reason is Reason.WITHHELD and not withheld:
        return "number not known"  # the network named none at all
    return reasons.chip(reason) or ""


def what_we_did(textback: Textback, reason: Reason | None, withheld: bool) -> str:
    """What became of the text back, in words; nothing where there was nothing to do.

    >>> what_we_did(Textback.SKIPPED, Reason.COOLDOWN, False), what_we_did(Textback.SENT, None, False)
    ('not sent: texted already', 'text sent')
    """
    if textback not in CALL_CHIPS or reason is Reason.NOT_MISSED:
        return ""
    why = why_not(reason, withheld)
    return f"{CALL_CHIPS[textback][1]}: {why}" if why else CALL_CHIPS[textback][1]


def call_chip(row: CallRow, clock: Callable[[datetime], str] = str) -> Chip | None:
    """(state, icon, words) of what we did about a call; None where there was nothing to do. clock: says when it was done."""
    if row.textback not in CALL_CHIPS or row.reason == Reason.NOT_MISSED:
        return None
    icon, words = CALL_CHIPS[row.textback]
    why = why_not(row.reason, row.withheld)
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
    """How long ago, short; both in the shop's time.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> ago(noon, noon), ago(noon, noon.replace(minute=8)), ago(noon, noon.replace(hour=15))
    ('just now', '8 min ago', '3 h ago')
    >>> ago(noon, noon.replace(day=25)), ago(noon, noon.replace(month=12)), ago(noon, noon.replace(year=2027))
    ('Mon 12:00', '23 Nov', '23 Nov 2026')
    """
    seconds = (now - moment).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 86400:
        return f"{int(seconds // 60)} min ago" if seconds < 3600 else f"{int(seconds // 3600)} h ago"
    if seconds < 6 * 86400:
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


def span(hours: Span) -> str:
    """An opening span as people write it.

    >>> span(Span(540, 1110)), span(Span(1320, 1560))
    ('9:00–18:30', '22:00–2:00')
    """
    end = hours.end if hours.end <= 1440 else hours.end - 1440
    return "–".join(f"{minutes // 60}:{minutes % 60:02}" for minutes in (hours.start, end))


def hours_in_words(spans: Iterable[Span]) -> str:
    """When a shop is open on a day.

    >>> hours_in_words([Span(540, 750), Span(840, 1110)]), hours_in_words([Span(1080, 1560)]), hours_in_words([])
    ('9:00–12:30, 14:00–18:30', '18:00–2:00 the next day', 'closed')
    >>> hours_in_words([Span(0, 1440)])
    'all day'
    """
    words = (
        "all day" if one == WHOLE_DAY else f"{span(one)} the next day" if one.end > 1440 else span(one)
        for one in spans
    )
    return ", ".join(words) or "closed"


def hours_long(spans: Iterable[Span]) -> str:
    """For how long a shop is open on a day.

    >>> hours_long([Span(540, 750), Span(840, 1110)]), hours_long([Span(600, 660)])
    ('8 hours', '1 hour')
    """
    return lasted(timedelta(minutes=sum(one.end - one.start for one in spans)))


def days_in_words(run: tuple[date, date]) -> str:
    """A day, or the first and the last of several.

    >>> days_in_words((date(2026, 12, 24), date(2026, 12, 24))), days_in_words((date(2026, 12, 24), date(2027, 1, 2)))
    ('Thursday 24 December 2026', '24 December 2026 to 2 January 2027')
    """
    first, last = (f"{day.day} {day:%B %Y}" for day in run)
    return f"{first} to {last}" if first != last else f"{run[0]:%A} {first}"


def register_filters(environment: Environment, bridge: Bridge) -> None:
    """Give the templates these words."""

    def local(moment: datetime) -> datetime:
        return moment.astimezone(bridge.settings().shop.zone)

    def now() -> datetime:
        return local(bridge.now())

    def exact(moment: datetime) -> str:
        return f"{local(moment):%A} {local(moment).day} {local(moment):%B %Y, %H:%M:%S}"

    filters: dict[str, Callable[..., object]] = {
        "ended": ended,
        "call_chip": lambda row: call_chip(row, lambda moment: f"{local(moment):%H:%M}"),
        "text_chip": text_chip,
        "waits": lambda since: waits(local(since), now()),
        "consent": lambda event: CONSENT.get(event.kind, event.kind),
        "consent_words": consent_words,
        "a_month": lambda texted, parts: a_month(
            texted, parts, bridge.settings().shop.text_price, local(texted.since)
        ),
        "stranger": stranger,
        "span": span,
        "hours_in_words": hours_in_words,
        "hours_written": as_written,
        "hours_long": hours_long,
        "days_in_words": days_in_words,
        "pretty": lambda address: pretty(address, bridge.region()),
        "ago": lambda moment: ago(local(moment), now()),
        "day": lambda moment: day(local(moment), now()),
        "clock": lambda moment: f"{local(moment):%H:%M}",
        "exact": exact,
        "iso": lambda moment: local(moment).replace(microsecond=0).isoformat(),
        "why": lambda row: why(row, exact),
        "why_so": why_so,
        "error": error_sentence,
        "change": change_in_words,
        "is_call": lambda row: isinstance(row, CallRow),
        "is_note": lambda row: isinstance(row, NoteRow),
        "moment": moment_of,
        "place": lambda row: paging.mark(row.place, row.id),
        "excerpt": excerpt,
        "lasted": lasted,
        "repair": repair,
        "groupby_day": lambda rows: [
            (heading, list(group))
            for heading, group in groupby(rows, lambda row: day(local(row.started), now()))
        ],
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
