"""`/figures`: how many calls come and are missed, and when, what our texts do, and how long people wait; also as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup
from sqlmodel import Session

from bridge.contract.bridge import Bridge
from bridge.records.views import figures
from bridge.records.views.figures import Day, Figures
from bridge.rules.spreadsheet import guarded_number
from bridge.words import dates
from bridge.words.catalogue import N_, _, ngettext
from bridge.words.times import lasted
from web import current
from web.pages import charts

PERIODS = {7: N_("7 days"), 28: N_("4 weeks"), 42: N_("6 weeks")}
USUAL = 28
ANSWERS = (N_("within 5 minutes"), N_("5 to 15 minutes"), N_("15 to 60 minutes"), N_("later"))
PATIENCE = (
    N_("under 5 s"),
    N_("5 to 10 s"),
    N_("10 to 15 s"),
    N_("15 to 20 s"),
    N_("20 to 30 s"),
    N_("longer"),
)
DAYS_HEAD = ("date", "calls", "missed", "answered", "texts sent", "texts answered")
CALLS_HEAD = ("started", "number", "name", "outcome", "seconds", "textback", "reason", "called back")

pages = Blueprint("figures", __name__)


@dataclass(frozen=True)
class Picture:
    """A picture with its sentence, and the same numbers as a table; no picture where there is nothing to count."""

    title: str
    words: str
    svg: Markup | None = None
    head: tuple[str, ...] = ()
    rows: Sequence[Sequence[object]] = ()
    note: str = ""


@pages.route("/figures")
def show() -> str:
    """The figures as a page. days: 7, 28 or 42, today the last of them."""
    found, days = _figures(), _period()
    return render_template(
        "figures.html",
        periods=PERIODS,
        chosen=days,
        figures=found,
        empty=not (found.calls or found.texts or found.unanswered or found.answers.median is not None),
        pictures=[picture(found) for picture in (_days, _week, _texts, _answers, _patience)],
    )


def _period() -> int:
    days = request.args.get("days", USUAL, int)
    return days if days in PERIODS else USUAL


def _zone(bridge: Bridge) -> tzinfo | None:
    return bridge.settings().shop.zone


def _figures() -> Figures:
    bridge = current.bridge()
    zone = _zone(bridge)
    since, until = figures.last_days(_period(), current.bridge().now(), zone)
    with Session(bridge.engine) as session:
        return figures.gather(session, since, until, zone)


# ---- the pictures, each with its words


def _days(found: Figures) -> Picture:
    title = _("Calls a day")
    if not found.calls:
        return Picture(title, _("Nobody called in this time."))
    most = max(found.days, key=lambda day: day.calls)
    words = _(
        "{calls}, {missed} of them missed. Most came on {date}: {most}.",
        calls=_calls(found.calls),
        missed=found.missed,
        date=dates.whole_day(most.date),
        most=most.calls,
    )
    bars = [_bar(day, len(found.days)) for day in found.days]
    svg = charts.bars(bars, f"{title}. {words}", (_("calls"), _("of them missed")))
    rows = [(dates.whole_day(day.date), day.calls, day.missed) for day in found.days]
    return Picture(title, words, svg, (_("Day"), _("Calls"), _("Missed")), rows)


def _calls(count: int) -> str:
    return ngettext("{number} call", "{number} calls", count)


def _bar(day: Day, days: int) -> charts.Bar:
    """Of many days only some Mondays are named: there is no room for more."""
    named = days <= 7 or (day.date.weekday() == 0 and (days <= 28 or day.date.toordinal() // 7 % 3 == 0))
    tick = dates.weekday_short(day.date.weekday()) if days <= 7 else dates.short_day(day.date)
    says = _(
        "{date}: {calls}, {missed} missed",
        date=dates.whole_day(day.date),
        calls=_calls(day.calls),
        missed=day.missed,
    )
    return charts.Bar(day.calls, day.missed, says, tick if named else "")


def _week(found: Figures) -> Picture:
    title = _("When calls are missed")
    most, day, hour = max(
        (count, -day, -hour) for day, row in enumerate(found.week) for hour, count in enumerate(row)
    )
    if not most:
        return Picture(title, _("No call was missed in this time."))
    words = _(
        "Most on {day}, {from_hour}:00 to {to_hour}:00: {most}. The stronger the colour, the more.",
        day=dates.weekday(-day),
        from_hour=-hour,
        to_hour=1 - hour,
        most=most,
    )
    says = [
        [_field(day, hour, count) for hour, count in enumerate(row)] for day, row in enumerate(found.week)
    ]
    rows = [(f"{hour}:00", *(row[hour] for row in found.week)) for hour in range(24)]
    names = [dates.weekday_short(day) for day in range(7)]
    svg = charts.heat(list(zip(names, found.week, strict=True)), says, f"{title}. {words}")
    return Picture(title, words, svg, (_("From"), *names), rows)


def _field(day: int, hour: int, count: int) -> str:
    return _(
        "{day}, {from_hour}:00 to {to_hour}:00: {count} missed",
        day=dates.weekday(day),
        from_hour=hour,
        to_hour=hour + 1,
        count=count,
    )


def _texts(found: Figures) -> Picture:
    title = _("What became of missed calls")
    if not (found.missed or found.texts):
        return Picture(title, _("No call was missed, so nobody was texted."))
    words = ngettext(
        "{number} automatic text went out, and {answered} got an answer.",
        "{number} automatic texts went out, and {answered} got an answer.",
        found.texts,
        answered=found.replies,
    )
    note = _("Who rings again soon gets no second text, so there are fewer texts than missed calls.")
    note = note if found.texts < found.missed else ""
    rungs = [
        (_("missed calls"), found.missed, "part"),
        (_("texted back"), found.texts, "good"),
        (_("answered our text"), found.replies, "good"),
    ]
    return _ladder(title, words, rungs, _("Calls and texts"), note)


def _answers(found: Figures) -> Picture:
    title = _("How soon we answer")
    if found.answers.median is None and not found.unanswered:
        return Picture(title, _("No text came in that asked for an answer."))
    words = _("Nobody here has answered one yet.")
    if found.answers.median is not None:
        typical = lasted(found.answers.median)
        words = _("A text from a customer typically waits {span} for our first answer.", span=typical)
    rungs = [(_(name), count, "good") for name, count in zip(ANSWERS, found.answers.counts, strict=True)]
    return _ladder(title, words, [*rungs, (_("not yet"), found.unanswered, "part")], _("First answer"))


def _patience(found: Figures) -> Picture:
    title = _("How long callers let it ring")
    median = found.patience.median
    if median is None:
        return Picture(title, _("Nobody gave up while it rang."))
    words = ngettext(
        "Of those who gave up, half had done so after {number} second.",
        "Of those who gave up, half had done so after {number} seconds.",
        int(median.total_seconds()),
    )
    rungs = [(_(name), count, "whole") for name, count in zip(PATIENCE, found.patience.counts, strict=True)]
    return _ladder(title, words, rungs, _("Rang for"))


def _ladder(
    title: str, words: str, rungs: Sequence[tuple[str, int, str]], head: str, note: str = ""
) -> Picture:
    rows = [(name, count) for name, count, _kind in rungs]
    return Picture(title, words, charts.ladder(rungs, f"{title}. {words}"), (head, _("Number")), rows, note)


# ---- as files


@pages.route("/figures/days.csv")
def days_file() -> Response:
    """A line for each day."""
    rows = [
        (day.date.isoformat(), day.calls, day.missed, day.answered, day.texts, day.replies)
        for day in _figures().days
    ]
    return _file("days", _lines(DAYS_HEAD, rows))


@pages.route("/figures/calls.csv")
def calls_file() -> Response:
    """A line for each call, sent as it is read."""
    bridge = current.bridge()
    zone = _zone(bridge)
    found = figures.calls(bridge.engine, *figures.last_days(_period(), current.bridge().now(), zone))
    return _file("calls", _lines(CALLS_HEAD, (_cells(call, zone) for call in found)))


def _cells(call: figures.CallLine, zone: tzinfo | None) -> tuple[object, ...]:
    started, back = _local(call.started, zone), call.called_back and _local(call.called_back, zone)
    return (
        started,
        call.number,
        call.name,
        call.outcome,
        call.seconds,
        call.textback,
        call.reason,
        back,
    )


def _local(moment: datetime, zone: tzinfo | None) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")


def _lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The file in pieces, after the mark without which Excel takes it for its own old alphabet."""
    yield "\ufeff"
    yield _line(head)
    for cells in rows:
        yield _line(cells)


def _line(cells: Sequence[object]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow([guarded_number(cell) if isinstance(cell, str) else cell for cell in cells])
    return out.getvalue()


def _file(name: str, lines: Iterable[str]) -> Response:
    response = Response(lines, mimetype="text/csv")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{name}-{current.bridge().now():%Y-%m-%d}.csv"'
    )
    return response
