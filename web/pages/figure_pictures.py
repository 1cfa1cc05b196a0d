"""The figures as pictures and tables, each with its sentence; what is counted comes in, what is shown goes out. It claims no
pattern where there are only a few."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from bridge.records.views.figure_counts import Untexted
from bridge.records.views.figures import Day, Figures
from bridge.rules.hours import lasted
from bridge.rules.money import Price
from web.pages import charts
from web.pages.filters import what_we_did, why_not

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ANSWERS = ("within 5 minutes", "5 to 15 minutes", "15 to 60 minutes", "later")
PATIENCE = ("under 5 s", "5 to 10 s", "10 to 15 s", "15 to 20 s", "20 to 30 s", "longer")
# From so many on one may speak of a middle, a busiest hour or a busiest day.
ENOUGH = 5


@dataclass(frozen=True)
class Picture:
    """A picture with its sentence, and the same numbers as a table; no picture where the table says it all, or where there is
    nothing to count."""

    title: str
    words: str
    svg: Markup | None = None
    head: tuple[str, ...] = ()
    rows: Sequence[Sequence[object]] = ()
    note: str = ""


def pictures(found: Figures, price: Price | None, so_far: bool) -> list[Picture]:
    """All of the page, in its order. so_far: the last week is this one, and goes on."""
    weeks = [_weeks(found, price)] if len(found.days) > 7 else []
    drawn = [draw(found) for draw in (_texts, _untexted, _days, _week, _answers, _patience)]
    return [_two_weeks(found, price, so_far), *weeks, *drawn]


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def day_in_words(day: date) -> str:
    """Which day, for people: "Monday 23 November"."""
    return f"{day:%A} {day.day} {day:%B}"


# ---- weeks of the calendar


def _two_weeks(found: Figures, price: Price | None, so_far: bool) -> Picture:
    """The last week beside the one before it."""
    before, last = found.weeks[-2:]
    if so_far:
        title, head = "This week and the last", ("", "Last week", "This week so far")
        words = f"Texts of this week that have been answered so far: {last.replies}; of last week's: {before.replies}."
    else:
        title, head = "Last week and the one before", ("", "The week before", "Last week")
        words = (
            f"Texts of last week that were answered: {last.replies}; of the week before: {before.replies}."
        )
    rows: list[tuple[object, ...]] = [
        ("Missed calls", before.missed, last.missed),
        ("Texted back", before.texts, last.texts),
        ("Answered our text", before.replies, last.replies),
        ("Texts in all", before.parts, last.parts),
    ]
    note = "All texts that went out count, yours too; a long one counts as several, as the operator does."
    if price is None:
        note += " Say under Settings, The shop, what a text costs, and the cost stands here."
    else:
        rows.append(("What they cost", price.of(before.parts), price.of(last.parts)))
    return Picture(title, words, None, head, rows, note)


def _weeks(found: Figures, price: Price | None) -> Picture:
    head = ("Week", "Calls", "Missed", "Texted back", "Answered", *(("Cost",) if price else ()))
    rows = [
        (
            _week_in_words(week.date),
            *(week.calls, week.missed, week.texts, week.replies),
            *((price.of(week.parts),) if price else ()),
        )
        for week in reversed(found.weeks)
    ]
    return Picture("Week by week", "From Monday to Sunday, the newest first.", None, head, rows)


def _week_in_words(monday: date) -> str:
    """
    >>> _week_in_words(date(2026, 11, 23)), _week_in_words(date(2026, 11, 30))
    ('23–29 Nov', '30 Nov – 6 Dec')
    """
    sunday = monday + timedelta(days=6)
    if sunday.month == monday.month:
        return f"{monday.day}–{sunday.day} {sunday:%b}"
    return f"{monday.day} {monday:%b} – {sunday.day} {sunday:%b}"


# ---- pictures


def _days(found: Figures) -> Picture:
    title = "Calls a day"
    most = max(found.days, key=lambda day: day.calls)
    words = f"{_many(found.calls, 'call')}, {found.missed} of them missed."
    if not found.calls:
        return Picture(title, "Nobody called in this time.")
    if found.calls >= ENOUGH:
        words += f" Most came on {day_in_words(most.date)}: {most.calls}."
    bars = [_bar(day, len(found.days)) for day in found.days]
    svg = charts.bars(bars, f"{title}. {words}", ("calls", "of them missed"))
    rows = [(day_in_words(day.date), day.calls, day.missed) for day in found.days]
    return Picture(title, words, svg, ("Day", "Calls", "Missed"), rows)


def _bar(day: Day, days: int) -> charts.Bar:
    """Of many days only some Mondays are named: there is no room for more."""
    named = days <= 7 or (day.date.weekday() == 0 and (days <= 28 or day.date.toordinal() // 7 % 3 == 0))
    tick = f"{day.date:%a}" if days <= 7 else f"{day.date.day} {day.date:%b}"
    says = f"{day_in_words(day.date)}: {_many(day.calls, 'call')}, {day.missed} missed"
    return charts.Bar(day.calls, day.missed, says, tick if named else "")


def _week(found: Figures) -> Picture:
    title = "When calls are missed"
    most, day, hour = max(
        (count, -day, -hour) for day, row in enumerate(found.week) for hour, count in enumerate(row)
    )
    if not most:
        return Picture(title, "No call was missed in this time.")
    words = "The stronger the colour, the more."
    if most > 1 and found.missed >= ENOUGH:
        words = f"Most on {WEEK[-day]}s from {-hour}:00 to {1 - hour}:00: {most}. {words}"
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
    rungs = [
        ("missed calls", found.missed, "part"),
        ("texted back", found.texts, "good"),
        ("answered our text", found.replies, "good"),
    ]
    return _ladder(title, words, rungs, "Calls and texts")


def _untexted(found: Figures) -> Picture:
    title = "Why a missed call got no text"
    if not found.untexted:
        return Picture(title, "Every missed call got its text." if found.missed else "No call was missed.")
    rungs = [(_why(one), one.count, "whole") for one in found.untexted]
    name, most, _ = rungs[0]
    words = f"{_many(sum(one.count for one in found.untexted), 'missed call')} got no text."
    if len(rungs) > 1 and most >= ENOUGH:
        words += f" The most frequent reason: {name} ({most})."
    return _ladder(title, words, rungs, "Reason")


def _why(one: Untexted) -> str:
    return why_not(one.reason, one.withheld) or what_we_did(one.textback, None, one.withheld)


def _answers(found: Figures) -> Picture:
    title = "How soon we answer"
    answered = sum(found.answers.counts)
    if found.answers.median is None and not found.unanswered:
        return Picture(title, "No text came in that asked for an answer.")
    words = "Nobody here has answered one yet."
    if found.answers.median is not None:
        words = f"{_many(answered, 'text')} from customers got a first answer of ours."
        if answered >= ENOUGH:
            words = (
                f"A text from a customer typically waits {lasted(found.answers.median)} for our first answer."
            )
    rungs = [(name, count, "good") for name, count in zip(ANSWERS, found.answers.counts, strict=True)]
    return _ladder(title, words, [*rungs, ("not yet", found.unanswered, "part")], "First answer")


def _patience(found: Figures) -> Picture:
    title = "How long callers let it ring"
    median, gave_up = found.patience.median, sum(found.patience.counts)
    if median is None:
        return Picture(title, "Nobody gave up while it rang.")
    words = f"{_many(gave_up, 'caller')} gave up while it rang."
    if gave_up >= ENOUGH:
        words = (
            f"Of those who gave up, half had done so after {_many(int(median.total_seconds()), 'second')}."
        )
    rungs = [(name, count, "whole") for name, count in zip(PATIENCE, found.patience.counts, strict=True)]
    return _ladder(title, words, rungs, "Rang for")


def _ladder(title: str, words: str, rungs: Sequence[tuple[str, int, str]], head: str) -> Picture:
    rows = [(name, count) for name, count, _ in rungs]
    return Picture(title, words, charts.ladder(rungs, f"{title}. {words}"), (head, "Number"), rows)
