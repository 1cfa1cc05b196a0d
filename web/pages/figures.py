"""`/figures`: how many calls come and are missed, and when, what our texts do and cost, how long people wait; as CSV too."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, tzinfo

from flask import Blueprint, Response, render_template, request
from sqlmodel import Session

from bridge.contract.bridge import Bridge
from bridge.records.views import call_lines, figures
from bridge.records.views.call_lines import CallLine
from bridge.records.views.figures import Day, Figures
from bridge.rules.money import Price
from bridge.rules.spreadsheet import guarded_number
from bridge.words.catalogue import N_, _
from web import current
from web.pages.figure_pictures import pictures
from web.pages.filters import OUTCOMES, what_we_did

# How far back: so many days, today the last of them, or a week of the calendar (so many weeks ago), or a month of it.
DAYS = {"7": N_("7 days"), "28": N_("4 weeks"), "42": N_("6 weeks")}
WEEKS, LAST_MONTH = {"week": 0, "last-week": 1}, "last-month"
PERIODS = {"week": N_("This week"), "last-week": N_("Last week"), **DAYS, LAST_MONTH: N_("Last month")}
USUAL = "28"
COUNTS = (
    N_("calls"),
    N_("missed"),
    N_("calls answered"),
    N_("texts sent"),
    N_("texts answered"),
    N_("texts in all"),
    N_("cost"),
)
DAYS_HEAD = (N_("date"), *COUNTS)
WEEKS_HEAD = (N_("week"), N_("from"), N_("to"), *COUNTS)
# Codes for programs, and beside them words; `started` once more for programs, with the zone.
CALLS_HEAD = (
    *(
        N_("date"),
        N_("time"),
        N_("number"),
        N_("name"),
        N_("outcome"),
        N_("how it ended"),
        N_("seconds"),
        N_("textback"),
        N_("reason"),
        N_("what we did"),
    ),
    *(N_("called back"), N_("started")),
)

pages = Blueprint("figures", __name__)


@pages.route("/figures")
def show() -> str:
    """The figures as a page. days: 7, 28 or 42, today the last of them; week or last-week, from Monday on; or last-month."""
    found, chosen, price = _figures(), _period(), _price()
    return render_template(
        "figures.html",
        periods=PERIODS,
        chosen=chosen,
        figures=found,
        spent=price.of(found.parts) if price else None,
        empty=not (
            any(week.calls or week.parts for week in found.weeks)
            or found.unanswered
            or found.answers.median is not None
        ),
        pictures=pictures(found, price, {"last-week": False, LAST_MONTH: None}.get(chosen, True)),
    )


def _period() -> str:
    chosen = request.args.get("days", USUAL)
    return chosen if chosen in PERIODS else USUAL


def _span(zone: tzinfo | None) -> tuple[datetime, datetime]:
    now, chosen = current.bridge().now(), _period()
    if chosen in WEEKS:
        return figures.weeks_ago(WEEKS[chosen], now, zone)
    if chosen == LAST_MONTH:
        return figures.last_month(now, zone)
    return figures.last_days(int(chosen), now, zone)


def _zone(bridge: Bridge) -> tzinfo | None:
    return bridge.settings().shop.zone


def _price() -> Price | None:
    return current.bridge().settings().shop.text_price


def _figures() -> Figures:
    bridge = current.bridge()
    zone = _zone(bridge)
    with Session(bridge.engine) as session:
        return figures.gather(session, *_span(zone), zone)


# ---- as files


@pages.route("/figures/days.csv")
def days_file() -> Response:
    """A line for each day."""
    price = _price()
    rows = [(day.date.isoformat(), *_counts(day, price)) for day in _figures().days]
    return _file("days", _lines(DAYS_HEAD, rows))


@pages.route("/figures/weeks.csv")
def weeks_file() -> Response:
    """A line for each week of the calendar."""
    price = _price()
    rows = [(*_week(week.date), *_counts(week, price)) for week in _figures().weeks]
    return _file("weeks", _lines(WEEKS_HEAD, rows))


def _week(monday: date) -> tuple[str, str, str]:
    """
    >>> _week(date(2026, 11, 23))
    ('2026-W48', '2026-11-23', '2026-11-29')
    """
    return f"{monday:%G-W%V}", monday.isoformat(), (monday + timedelta(days=6)).isoformat()


def _counts(day: Day, price: Price | None) -> tuple[object, ...]:
    cost = price.plain(day.parts) if price else ""
    return day.calls, day.missed, day.answered, day.texts, day.replies, day.parts, cost


@pages.route("/figures/calls.csv")
def calls_file() -> Response:
    """A line for each call, sent as it is read."""
    bridge = current.bridge()
    zone = _zone(bridge)
    found = call_lines.call_lines(bridge.engine, *_span(zone))
    return _file("calls", _lines(CALLS_HEAD, (_cells(call, zone) for call in found)))


def _cells(call: CallLine, zone: tzinfo | None) -> tuple[object, ...]:
    started = call.started.astimezone(zone)
    back = f"{call.called_back.astimezone(zone):%Y-%m-%d %H:%M:%S}" if call.called_back else ""
    return (
        *(f"{started:%Y-%m-%d}", f"{started:%H:%M:%S}", call.number, call.name),
        *(call.outcome or "", _(OUTCOMES[call.outcome]) if call.outcome else "", call.seconds),
        *(call.textback, call.reason or "", what_we_did(call.textback, call.reason)),
        *(back, started.isoformat(timespec="seconds")),
    )


def _lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The file in pieces, after the mark without which Excel takes it for its own old alphabet."""
    yield "\ufeff"
    yield _line([_(word) for word in head])
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
