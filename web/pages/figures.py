"""`/figures`: how many calls come and are missed, and when, what our texts do, and how long people wait; also as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup
from sqlmodel import Session

from bridge.contract.bridge import Bridge
from bridge.records.views import figures
from bridge.records.views.figures import Day, Figures
from bridge.rules.spreadsheet import guarded_number
from bridge.words.times import lasted
from web import current
from web.pages import charts

PERIODS = {7: "7 days", 28: "4 weeks", 42: "6 weeks"}
USUAL = 28
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ANSWERS = ("within 5 minutes", "5 to 15 minutes", "15 to 60 minutes", "later")
PATIENCE = ("under 5 s", "5 to 10 s", "10 to 15 s", "15 to 20 s", "20 to 30 s", "longer")
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


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _date(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def _days(found: Figures) -> Picture:
    title = "Calls a day"
    most = max(found.days, key=lambda day: day.calls)
    words = f"{_many(found.calls, 'call')}, {found.missed} of them missed."
    if not found.calls:
        return Picture(title, "Nobody called in this time.")
    words += f" Most came on {_date(most.date)}: {most.calls}."
    bars = [_bar(day, len(found.days)) for day in found.days]
    svg = charts.bars(bars, f"{title}. {words}", ("calls", "of them missed"))
    rows = [(_date(day.date), day.calls, day.missed) for day in found.days]
    return Picture(title, words, svg, ("Day", "Calls", "Missed"), rows)


def _bar(day: Day, days: int) -> charts.Bar:
    """Of many days only some Mondays are named: there is no room for more."""
    named = days <= 7 or (day.date.weekday() == 0 and (days <= 28 or day.date.toordinal() // 7 % 3 == 0))
    tick = f"{day.date:%a}" if days <= 7 else f"{day.date.day} {day.date:%b}"
    says = f"{_date(day.date)}: {_many(day.calls, 'call')}, {day.missed} missed"
    return charts.Bar(day.calls, day.missed, says, tick if named else "")


def _week(found: Figures) -> Picture:
    title = "When calls are missed"
    most, day, hour = max(
        (count, -day, -hour) for day, row in enumerate(found.week) for hour, count in enumerate(row)
    )
    if not most:
        return Picture(title, "No call was missed in this time.")
    words = (
        f"Most on {WEEK[-day]}s from {-hour}:00 to {1 - hour}:00: {most}. The stronger the colour, the more."
    )
    says = [
        [_field(day, hour, count) for hour, count in enumerate(row)] for day, row in enumerate(found.week)
    ]
    rows = [(f"{hour}:00", *(row[hour] for row in found.week)) for hour in range(24)]
    svg = charts.heat(
        list(zip((day[:3] for day in WEEK), found.week, strict=True)), says, f"{title}. {words}"
    )
    return Picture(title, words, svg, ("From", *(day[:3] for day in WEEK)), rows)


def _field(day: int, hour: int, count: int) -> str:
    return f"{WEEK[day]}, {hour}:00 to {hour + 1}:00: {count} missed"


def _texts(found: Figures) -> Picture:
    title = "What became of missed calls"
    if not (found.missed or found.texts):
        return Picture(title, "No call was missed, so nobody was texted.")
    words = f"{_many(found.texts, 'automatic text')} went out, and {found.replies} got an answer."
    note = "Who rings again soon gets no second text, so there are fewer texts than missed calls."
    note = note if found.texts < found.missed else ""
    rungs = [
        ("missed calls", found.missed, "part"),
        ("texted back", found.texts, "good"),
        ("answered our text", found.replies, "good"),
    ]
    return _ladder(title, words, rungs, "Calls and texts", note)


def _answers(found: Figures) -> Picture:
    title = "How soon we answer"
    if found.answers.median is None and not found.unanswered:
        return Picture(title, "No text came in that asked for an answer.")
    words = "Nobody here has answered one yet."
    if found.answers.median is not None:
        words = f"A text from a customer typically waits {lasted(found.answers.median)} for our first answer."
    rungs = [(name, count, "good") for name, count in zip(ANSWERS, found.answers.counts, strict=True)]
    return _ladder(title, words, [*rungs, ("not yet", found.unanswered, "part")], "First answer")


def _patience(found: Figures) -> Picture:
    title = "How long callers let it ring"
    median = found.patience.median
    if median is None:
        return Picture(title, "Nobody gave up while it rang.")
    words = f"Of those who gave up, half had done so after {_many(int(median.total_seconds()), 'second')}."
    rungs = [(name, count, "whole") for name, count in zip(PATIENCE, found.patience.counts, strict=True)]
    return _ladder(title, words, rungs, "Rang for")


def _ladder(
    title: str, words: str, rungs: Sequence[tuple[str, int, str]], head: str, note: str = ""
) -> Picture:
    rows = [(name, count) for name, count, _ in rungs]
    return Picture(title, words, charts.ladder(rungs, f"{title}. {words}"), (head, "Number"), rows, note)


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
