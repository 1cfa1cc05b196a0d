"""Words and shapes for rows: when, who, how it ended, what we did; pure but for the present moment in `register_filters`."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from bridge.contract.bridge import Bridge
from bridge.records.tables import ConsentEvent
from bridge.records.views import AuditRow, CallRow, MessageRow, NoteRow, ThreadRow
from bridge.records.views import moment as moment_of
from bridge.rules.excerpts import excerpt
from bridge.rules.hours import WHOLE_DAY, Span
from bridge.rules.links import linked
from bridge.rules.numbers import e164, textable
from bridge.rules.policy import Reason
from bridge.rules.states import Textback
from bridge.rules.typed_hours import as_written
from bridge.words import dates, reasons, times
from bridge.words.audit import parts_of
from bridge.words.catalogue import N_, _, direction, fill, gettext, language, languages, ngettext
from bridge.words.hooks import answer_in_words, event_in_words
from bridge.words.reasons import error_sentence
from bridge.words.services import told_in_words
from web.pages import paging
from web.pages.costs import a_month
from web.pages.numbers import pretty
from web.pages.settings_forms import labels_of
from web.pages.why import why, why_so

# textback state of a call -> (icon, words); the colour follows the state in the style sheet.
CALL_CHIPS = {
    "scheduled": ("clock", N_("text waiting")),
    "sending": ("clock", N_("text sending")),
    "sent": ("tick", N_("text sent")),
    "delivered": ("ticks", N_("text delivered")),
    "failed": ("cross", N_("text failed")),
    "unconfirmed": ("question", N_("text unconfirmed")),
    "cancelled": ("dash", N_("cancelled")),
    "skipped": ("dash", N_("not sent")),
}
# status of a text of ours -> (icon, words)
TEXT_CHIPS = {
    "queued": ("clock", N_("waiting")),
    "sending": ("clock", N_("sending")),
    "sent": ("tick", N_("sent")),
    "delivered": ("ticks", N_("delivered")),
    "failed": ("cross", N_("failed")),
    "unconfirmed": ("question", N_("unconfirmed")),
    "cancelled": ("dash", N_("cancelled")),
    "expired": ("dash", N_("not sent: too late")),
}
OUTCOMES = {
    "abandoned": N_("hung up"),
    "no_answer": N_("nobody answered"),
    "waiting": N_("hung up while the line was busy"),
    "lost": N_("the modem was away"),
    "notice": N_("reported by the operator"),
    "answered": N_("answered"),
    "answered_elsewhere": N_("answered on another phone"),
    "rejected": N_("you rejected it"),
}
# ConsentEvent.kind (bridge/records/tables) -> what it was
CONSENT = {
    "out": N_("No more automatic texts"),
    "in": N_("Automatic texts again"),
    "help": N_("Asked who you are"),
    "doubt": N_("Wrote something that may be a STOP"),
    "fine": N_("Somebody here said it was not a STOP"),
    "never": N_("Marked here as never texted"),
    "welcome": N_("No longer marked as never texted"),
}


def consent_words(event: ConsentEvent) -> str:
    """What was written when somebody opted out or in, or where else it comes from."""
    if event.source == "import":
        if event.by:
            return _("From a file of contacts that {name} imported.", name=event.by)
        return _("From an imported file of contacts.")
    return _("Noted here by {name}.", name=event.by) if event.by else event.words or _("Noted here.")


Chip = tuple[str, str, str]


def ended(call: CallRow) -> str:
    """How a call ended, in words."""
    if call.outcome is None:
        return _("ringing now")
    words = _with_rings(call)
    return _("{what}, diverted here", what=words) if call.forwarded else words


def _with_rings(call: CallRow) -> str:
    """How it ended, and where they were counted after how many rings."""
    match call.outcome, call.rings:
        case "abandoned", int(rings) if rings:
            words = ngettext("hung up after {number} ring", "hung up after {number} rings", rings)
        case "no_answer", int(rings) if rings:
            words = ngettext("nobody answered for {number} ring", "nobody answered for {number} rings", rings)
        case outcome, _rings:
            return _(OUTCOMES.get(outcome or "", outcome or ""))
    return _("{what}, {seconds} s", what=words, seconds=call.seconds) if call.seconds else words


def stranger(row: CallRow) -> str:
    """What stands for a caller without number."""
    return _("Hidden number") if row.withheld else _("Unknown number")


def why_not(reason: Reason | None) -> str:
    """Why a caller got no text, in two or three words; nothing without a reason."""
    return reasons.chip(reason) or ""


def what_we_did(textback: Textback, reason: Reason | None) -> str:
    """What became of the text back, in words; nothing where there was nothing to do.

    >>> what_we_did(Textback.SKIPPED, Reason.COOLDOWN), what_we_did(Textback.SENT, None)
    ('not sent: already texted', 'text sent')
    """
    if textback not in CALL_CHIPS or reason is Reason.NOT_MISSED:
        return ""
    what, why = _(CALL_CHIPS[textback][1]), why_not(reason)
    return _("{what}: {why}", what=what, why=why) if why else what


def call_chip(row: CallRow, clock: Callable[[datetime], str] = str) -> Chip | None:
    """(state, icon, words) of what we did about a call; None where there was nothing to do. clock: says when it was done."""
    if row.textback not in CALL_CHIPS or row.reason == Reason.NOT_MISSED:
        return None
    icon, template = CALL_CHIPS[row.textback]
    words, why = _(template), why_not(row.reason)
    if row.text_at is not None and row.textback in ("sent", "delivered", "scheduled"):
        words = _("{what} {time}", what=words, time=clock(row.text_at))
    return row.textback, icon, _("{what}: {why}", what=words, why=why) if why else words


def text_chip(row: MessageRow) -> Chip:
    """(state, icon, words) of a text of ours."""
    icon, words = TEXT_CHIPS.get(row.status, ("dash", row.status))
    return row.status, icon, _(words)


# So long somebody may wait for an answer: within minutes, state of the chip. Then: today, and longer than that.
PATIENCE = ((5, "fresh"), (15, "soon"), (60, "long"))


def waits(since: datetime, now: datetime) -> Chip:
    """(state, icon, words) of how long somebody has waited for an answer; both in the shop's time.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> [waits(noon, noon + timedelta(minutes=minutes))[::2] for minutes in (0, 7, 59, 200, 900)]
    [('fresh', 'needs a reply'), ('soon', 'needs a reply · 7 minutes'), ('long', 'needs a reply · 59 minutes'), \
('late', 'needs a reply · 3 hours'), ('overdue', 'needs a reply · 15 hours')]
    """
    waited = now - since
    today = "late" if since.date() == now.date() else "overdue"
    state = next((state for within, state in PATIENCE if waited < timedelta(minutes=within)), today)
    if waited < timedelta(minutes=1):
        return state, "clock", _("needs a reply")
    return state, "clock", _("needs a reply · {span}", span=times.lasted(waited))


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
    seconds = int((now - moment).total_seconds())
    if seconds <= -60:
        return dates.short_day(moment, year=moment.year != now.year)
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return ngettext("{number} min ago", "{number} min ago", seconds // 60)
    if seconds < 86400:
        return ngettext("{number} h ago", "{number} h ago", seconds // 3600)
    if seconds < 6 * 86400:
        return dates.weekday_and_clock(moment)
    return dates.short_day(moment, year=moment.year != now.year)


def day(moment: datetime, now: datetime) -> str:
    """The heading of a day; both in the shop's time.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> day(noon, noon.replace(hour=15)), day(noon, noon.replace(day=24)), day(noon, noon.replace(day=26))
    ('Today', 'Yesterday', 'Monday 23 November')
    """
    days = (now.date() - moment.date()).days
    if days in (0, 1):
        return _("Yesterday") if days else _("Today")
    return dates.whole_day(moment, year=moment.year != now.year)


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
    ('09:00–18:30', '22:00–02:00')
    """
    return f"{dates.clock_of(hours.start)}–{dates.clock_of(hours.end)}"


def hours_in_words(spans: Iterable[Span]) -> str:
    """When a shop is open on a day.

    >>> hours_in_words([Span(540, 750), Span(840, 1110)]), hours_in_words([Span(1080, 1560)]), hours_in_words([])
    ('09:00–12:30, 14:00–18:30', '18:00–02:00 the next day', 'closed')
    >>> hours_in_words([Span(0, 1440)])
    'all day'
    """
    words = (
        _("all day")
        if one == WHOLE_DAY
        else _("{hours} the next day", hours=span(one))
        if one.end > 1440
        else span(one)
        for one in spans
    )
    return ", ".join(words) or _("closed")


def hours_long(spans: Iterable[Span]) -> str:
    """For how long a shop is open on a day.

    >>> hours_long([Span(540, 750), Span(840, 1110)]), hours_long([Span(600, 660)])
    ('8 hours', '1 hour')
    """
    return times.lasted(timedelta(minutes=sum(one.end - one.start for one in spans)))


def days_in_words(run: tuple[date, date]) -> str:
    """A day, or the first and the last of several.

    >>> days_in_words((date(2026, 12, 24), date(2026, 12, 24))), days_in_words((date(2026, 12, 24), date(2027, 1, 2)))
    ('Thursday, 24 December 2026', '24 December 2026 to 2 January 2027')
    """
    first, last = run
    if first == last:
        return dates.whole_day(first, year=True)
    return _("{first} to {last}", first=dates.plain_day(first), last=dates.plain_day(last))


def register_filters(environment: Environment, bridge: Bridge) -> None:
    """Give the templates these words."""

    def local(moment: datetime) -> datetime:
        return moment.astimezone(bridge.settings().shop.zone)

    def now() -> datetime:
        return local(bridge.now())

    def exact(moment: datetime) -> str:
        return dates.exact(local(moment))

    def heading(row: ThreadRow) -> str:
        words = day(local(moment_of(row)), now())
        return _("{day}: time may be wrong", day=words) if row.doubtful else words

    filters: dict[str, Callable[..., object]] = {
        "ended": ended,
        "call_chip": lambda row: call_chip(row, lambda moment: dates.clock(local(moment))),
        "text_chip": text_chip,
        "waits": lambda since: waits(local(since), now()),
        "consent": lambda event: _(CONSENT.get(event.kind, event.kind)),
        "consent_words": consent_words,
        "a_month": lambda texted, parts: a_month(
            texted, parts, bridge.settings().shop.text_price, local(texted.since)
        ),
        "stranger": stranger,
        "span": span,
        "hours_in_words": hours_in_words,
        "counted": dates.number,
        "hours_written": as_written,
        "hours_long": hours_long,
        "days_in_words": days_in_words,
        "number": lambda typed: textable(typed, bridge.region()),
        "dialled": lambda number: e164(number, bridge.region()) or number,
        "pretty": lambda address: pretty(address, bridge.region()),
        "ago": lambda moment: ago(local(moment), now()),
        "day": lambda moment: day(local(moment), now()),
        "clock": lambda moment: dates.clock(local(moment)),
        "exact": exact,
        "day_and_clock": lambda moment: dates.day_and_clock(local(moment)),
        "weekday_and_clock": lambda moment: dates.weekday_and_clock(local(moment)),
        "iso": lambda moment: local(moment).replace(microsecond=0).isoformat(),
        "why": lambda row: why(row, exact),
        "why_so": why_so,
        "error": error_sentence,
        "service_told": told_in_words,
        "hook_event": event_in_words,
        "hook_answer": answer_in_words,
        "change": changed,
        "fill": lambda words, **values: filled(words, {}, **values),
        "spoken": _,
        "language_name": dates.language_name,
        "is_call": lambda row: isinstance(row, CallRow),
        "is_note": lambda row: isinstance(row, NoteRow),
        "moment": moment_of,
        "place": lambda row: paging.mark(row.place, row.id),
        "then": lambda moment: times.then(moment, now(), bridge.settings().shop.zone),
        "picker": lambda moment: local(moment).strftime("%Y-%m-%dT%H:%M"),
        "linked": lambda text: linked(text, bridge.region()),
        "excerpt": excerpt,
        "lasted": times.lasted,
        "repair": repair,
        "by_day": lambda rows: by_day(rows, heading),
    }
    environment.filters.update(filters)
    environment.globals.update(
        _=_,
        gettext=gettext,
        ngettext=ngettext,
        language_names=languages,
        spoken=language,
        direction=direction,
    )


def filled(template: str, facts: Mapping[str, object], **parts: object) -> Markup:
    """A sentence with parts of markup in it, such as a link; everything else is text.

    >>> filled("{who} blocked {whom}", {}, who=Markup("<b>mia</b>"), whom="<Ann>")
    Markup('<b>mia</b> blocked &lt;Ann&gt;')
    """
    pieces = {name: escape(value) for name, value in {**facts, **parts}.items()}
    return Markup(fill(escape(template), pieces))


def changed(entry: AuditRow, who: str, whom: str) -> Markup:
    """What somebody did, as the log on the page has it; settings by the labels of their fields."""
    template, facts = parts_of(entry.what)
    if "keys" in facts:
        facts["keys"] = labels_of(str(facts["keys"]).split(", "))
    return filled(template, facts, who=who, whom=whom)


# What was done against an incident -> that it helped, and that it did not.
STEPS = {
    "asked": (
        N_("The modem was asked again: it worked after {seconds} s."),
        N_("The modem was asked again: that did not help."),
    ),
    "reopened": (
        N_("Its port was reopened: it worked after {seconds} s."),
        N_("Its port was reopened: that did not help."),
    ),
    "restarted": (
        N_("The modem was told to restart: it worked after {seconds} s."),
        N_("The modem was told to restart: that did not help."),
    ),
}


def repair(step: dict[str, Any]) -> str:
    """One step that was taken against an incident (Incident.steps of bridge/records/tables).

    >>> repair({"step": "restarted", "seconds": 21.4, "times": 1, "well": True})
    'The modem was told to restart: it worked after 21 s.'
    >>> repair({"step": "reopened", "seconds": 9.6, "times": 3, "well": False})
    'Its port was reopened: that did not help. That was done 3 times.'
    """
    helped, in_vain = STEPS.get(step["step"], (step["step"], step["step"]))
    told = _(helped, seconds=round(step["seconds"])) if step["well"] else _(in_vain)
    if step["times"] == 1:
        return told
    often = ngettext("That was done {number} time.", "That was done {number} times.", step["times"])
    return f"{told} {often}"
