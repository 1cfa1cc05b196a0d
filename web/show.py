"""Words and shapes for rows: when, who, how it ended, what we did; pure but for the present moment."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from jinja2 import Environment

from bridge.desk import Desk
from bridge.history import CallRow, MessageRow
from bridge.numbers import pretty
from bridge.policy import REASONS

# textback state -> (icon, word); colour follows the state in the style sheet.
CHIPS = {
    "scheduled": ("clock", "waiting"),
    "sending": ("clock", "sending"),
    "sent": ("tick", "text sent"),
    "delivered": ("ticks", "delivered"),
    "failed": ("cross", "failed"),
    "unconfirmed": ("question", "unconfirmed"),
    "cancelled": ("dash", "not needed"),
    "skipped": ("dash", "not sent"),
    "none": ("dash", "no text"),
    "queued": ("clock", "waiting"),
    "expired": ("dash", "too late"),
}
# A text's own ticks where the words differ from those of a call's chip.
OUTCOMES = {
    "abandoned": "gave up",
    "no_answer": "nobody answered",
    "waiting": "gave up waiting",
    "lost": "missed while the modem was away",
    "notice": "told by the operator",
    "answered": "answered",
    "answered_elsewhere": "answered on another phone",
    "rejected": "turned down",
}
RULES = {
    "not_missed": "Was it missed?",
    "disabled": "Are automatic texts on?",
    "withheld": "Is the number known?",
    "not_textable": "Can it be texted?",
    "cooldown": "Texted already?",
    "superseded": "In contact since?",
    "expired": "Still in time?",
}


def ended(call: CallRow) -> str:
    """How a call ended, in words."""
    if call.outcome is None:
        return "ringing now"
    words = OUTCOMES.get(call.outcome, call.outcome)
    if call.outcome in ("abandoned", "no_answer") and call.rings:
        return f"{words} after {call.rings} ring{'s' if call.rings > 1 else ''}"
    return words


def who(row: CallRow) -> str | None:
    """What stands for a caller without number."""
    if row.address:
        return None
    return "Withheld number" if row.withheld else "Unknown number"


def chip(row: CallRow) -> tuple[str, str, str]:
    """(state, icon, words) of a call."""
    icon, word = CHIPS[row.textback]
    reason = REASONS.get(row.reason or "")
    if row.outcome is None:
        return "none", "clock", "ringing"
    return row.textback, icon, f"{word}: {reason}" if row.textback == "skipped" and reason else word


def ticks(row: MessageRow) -> tuple[str, str, str]:
    """(state, icon, words) of a text of ours."""
    icon, word = CHIPS.get(row.status, ("dash", row.status))
    return row.status, icon, {"sent": "sent", "cancelled": "cancelled"}.get(row.status, word)


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, short.

    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> ago(noon, noon), ago(noon, noon.replace(minute=8)), ago(noon, noon.replace(hour=15))
    ('just now', '8 min ago', '3 h ago')
    """
    seconds = (now - moment).total_seconds()
    for limit, unit, name in ((60, 1, ""), (3600, 60, "min"), (86400, 3600, "h"), (7 * 86400, 86400, "d")):
        if seconds < limit:
            return f"{int(seconds // unit)} {name} ago" if name else "just now"
    return f"{moment.day} {moment:%b}" + (f" {moment:%Y}" if moment.year != now.year else "")


def teach(environment: Environment, desk: Desk) -> None:
    """Give the templates these words."""

    def local(moment: datetime) -> datetime:
        zone = desk.settings().shop.timezone
        return moment.astimezone(None if zone == "auto" else ZoneInfo(zone))

    filters: dict[str, Callable[..., object]] = {
        "ended": ended,
        "chip": chip,
        "ticks": ticks,
        "stranger": who,
        "pretty": lambda address: pretty(address, desk.region()),
        "ago": lambda moment: ago(moment, datetime.now(UTC)),
        "exact": lambda moment: f"{local(moment):%A %-d %B %Y, %H:%M:%S}",
        "clock": lambda moment: f"{local(moment):%H:%M}",
        "day": lambda moment: f"{local(moment):%A %-d %B}",
        "iso": lambda moment: moment.isoformat(),
        "rule": lambda rule: RULES.get(rule, rule),
        "is_call": lambda row: isinstance(row, CallRow),
    }
    environment.filters.update(filters)
