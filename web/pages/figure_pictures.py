"""The figures as pictures and tables, each with its sentence; what is counted comes in, what is shown goes out. It claims no
pattern where there are only a few."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from bridge.records.views.figure_counts import Untexted
from bridge.records.views.figures import Day, Figures
from bridge.rules.money import Price
from bridge.words import dates
from bridge.words.catalogue import N_, _, ngettext
from bridge.words.times import lasted
from web.pages import charts
from web.pages.filters import what_we_did, why_not

ANSWERS = (N_("within 5 minutes"), N_("5 to 15 minutes"), N_("15 to 60 minutes"), N_("later"))
PATIENCE = (
    N_("under 5 s"),
    N_("5 to 10 s"),
    N_("10 to 15 s"),
    N_("15 to 20 s"),
    N_("20 to 30 s"),
    N_("longer"),
)
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


def pictures(found: Figures, price: Price | None, so_far: bool | None) -> list[Picture]:
    """All of the page, in its order. so_far: the last week is this one, and goes on; None: it is neither this nor the last."""
    weeks = [_weeks(found, price)] if len(found.days) > 7 else []
    drawn = [draw(found) for draw in (_texts, _untexted, _days, _week, _answers, _patience)]
    return [*([] if so_far is None else [_two_weeks(found, price, so_far)]), *weeks, *drawn]


def _calls(count: int) -> str:
    return ngettext("{number} call", "{number} calls", count)


# ---- weeks of the calendar


def _two_weeks(found: Figures, price: Price | None, so_far: bool) -> Picture:
    """The last week beside the one before it."""
    before, last = found.weeks[-2:]
    if so_far:
        title, head = _("This week and the last"), ("", _("Last week"), _("This week so far"))
        words = _(
            "Texts of this week that have been answered so far: {last}; of last week's: {before}.",
            last=last.replies,
            before=before.replies,
        )
    else:
        title, head = _("Last week and the one before"), ("", _("The week before"), _("Last week"))
        words = _(
            "Texts of last week that were answered: {last}; of the week before: {before}.",
            last=last.replies,
            before=before.replies,
        )
    rows: list[tuple[object, ...]] = [
        (_("Missed calls"), before.missed, last.missed),
        (_("Texted back"), before.texts, last.texts),
        (_("Answered our text"), before.replies, last.replies),
        (_("Texts in all"), before.parts, last.parts),
    ]
    note = _(
        "All texts that were sent count, yours too; a long one counts as several, because the "
        "operator charges it that way."
    )
    if price is None:
        hint = _("Enter what a text costs under Settings, The shop, and the cost appears here.")
        note = f"{note} {hint}"
    else:
        rows.append((_("What they cost"), price.of(before.parts), price.of(last.parts)))
    return Picture(title, words, None, head, rows, note)


def _weeks(found: Figures, price: Price | None) -> Picture:
    head = (
        *(_("Week"), _("Calls"), _("Missed"), _("Texted back"), _("Answered our text")),
        *((_("Cost"),) if price else ()),
    )
    rows = [
        (
            dates.span_of_days(week.date, week.date + timedelta(days=6)),
            *(week.calls, week.missed, week.texts, week.replies),
            *((price.of(week.parts),) if price else ()),
        )
        for week in reversed(found.weeks)
    ]
    return Picture(_("Week by week"), _("From Monday to Sunday, newest first."), None, head, rows)


# ---- pictures


def _days(found: Figures) -> Picture:
    title = _("Calls per day")
    if not found.calls:
        return Picture(title, _("Nobody called in this time."))
    most = max(found.days, key=lambda day: day.calls)
    words = _("{calls}, {missed} of them missed.", calls=_calls(found.calls), missed=found.missed)
    if found.calls >= ENOUGH:
        top = _("Most came on {date}: {most}.", date=dates.whole_day(most.date), most=most.calls)
        words = f"{words} {top}"
    bars = [_bar(day, len(found.days)) for day in found.days]
    svg = charts.bars(bars, f"{title}. {words}", (_("calls"), _("of them missed")))
    rows = [(dates.whole_day(day.date), day.calls, day.missed) for day in found.days]
    return Picture(title, words, svg, (_("Day"), _("Calls"), _("Missed")), rows)


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
    words = _("The stronger the colour, the more calls.")
    if most > 1 and found.missed >= ENOUGH:
        top = _(
            "Most on {day}, {begin} to {end}: {most}.",
            day=dates.weekday(-day),
            begin=dates.clock_of(-hour * 60),
            end=dates.clock_of((1 - hour) * 60),
            most=most,
        )
        words = f"{top} {words}"
    says = [
        [_field(day, hour, count) for hour, count in enumerate(row)] for day, row in enumerate(found.week)
    ]
    rows = [(dates.clock_of(hour * 60), *(row[hour] for row in found.week)) for hour in range(24)]
    names = [dates.weekday_short(day) for day in range(7)]
    hours = {hour: dates.clock_of(hour * 60) for hour in (0, 6, 12, 18)}
    svg = charts.heat(list(zip(names, found.week, strict=True)), says, f"{title}. {words}", hours)
    return Picture(title, words, svg, (_("From"), *names), rows)


def _field(day: int, hour: int, count: int) -> str:
    return _(
        "{day}, {begin} to {end}: {count} missed",
        day=dates.weekday(day),
        begin=dates.clock_of(hour * 60),
        end=dates.clock_of((hour + 1) * 60),
        count=count,
    )


def _texts(found: Figures) -> Picture:
    title = _("What became of missed calls")
    if not (found.missed or found.texts):
        return Picture(title, _("No call was missed, so nobody was texted."))
    words = ngettext(
        "{number} automatic text was sent, and {answered} got an answer.",
        "{number} automatic texts were sent, and {answered} got an answer.",
        found.texts,
        answered=found.replies,
    )
    rungs = [
        (_("missed calls"), found.missed, "part"),
        (_("texted back"), found.texts, "good"),
        (_("answered our text"), found.replies, "good"),
    ]
    return _ladder(title, words, rungs, _("Calls and texts"))


def _untexted(found: Figures) -> Picture:
    title = _("Why a missed call got no text")
    if not found.untexted:
        return Picture(
            title, _("Every missed call got its text.") if found.missed else _("No call was missed.")
        )
    rungs = [(_why(one), one.count, "whole") for one in found.untexted]
    name, most, _kind = rungs[0]
    words = ngettext(
        "{number} missed call got no text.",
        "{number} missed calls got no text.",
        sum(one.count for one in found.untexted),
    )
    if len(rungs) > 1 and most >= ENOUGH:
        top = _("The most common reason: {reason} ({most}).", reason=name, most=most)
        words = f"{words} {top}"
    return _ladder(title, words, rungs, _("Reason"))


def _why(one: Untexted) -> str:
    return why_not(one.reason) or what_we_did(one.textback, None)


def _answers(found: Figures) -> Picture:
    title = _("How soon you answer")
    answered = sum(found.answers.counts)
    if found.answers.median is None and not found.unanswered:
        return Picture(title, _("No text came in that needed a reply."))
    words = _("Nobody here has answered one yet.")
    if found.answers.median is not None:
        words = ngettext(
            "{number} text from customers got a first reply from you.",
            "{number} texts from customers got a first reply from you.",
            answered,
        )
        if answered >= ENOUGH:
            typical = lasted(found.answers.median)
            words = _("A text from a customer typically waits {span} for your first reply.", span=typical)
    rungs = [(_(name), count, "good") for name, count in zip(ANSWERS, found.answers.counts, strict=True)]
    return _ladder(title, words, [*rungs, (_("not yet"), found.unanswered, "part")], _("First reply"))


def _patience(found: Figures) -> Picture:
    title = _("How long callers let it ring")
    median, gave_up = found.patience.median, sum(found.patience.counts)
    if median is None:
        return Picture(title, _("Nobody hung up while it rang."))
    words = ngettext(
        "{number} caller hung up while it rang.", "{number} callers hung up while it rang.", gave_up
    )
    if gave_up >= ENOUGH:
        words = ngettext(
            "Half of those who hung up did so within {number} second.",
            "Half of those who hung up did so within {number} seconds.",
            int(median.total_seconds()),
        )
    rungs = [(_(name), count, "whole") for name, count in zip(PATIENCE, found.patience.counts, strict=True)]
    return _ladder(title, words, rungs, _("Rang for"))


def _ladder(title: str, words: str, rungs: Sequence[tuple[str, int, str]], head: str) -> Picture:
    rows = [(name, count) for name, count, _kind in rungs]
    return Picture(title, words, charts.ladder(rungs, f"{title}. {words}"), (head, _("Number")), rows)
