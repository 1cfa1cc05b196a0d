"""How long and when, in the language that is spoken; the clock times of texts too, as people there write them."""

from datetime import datetime, timedelta, tzinfo

from bridge.words.catalogue import N_, gettext, ngettext

# Monday to Sunday, and January to December; each without a time too, for nobody opens at midnight.
WEEKDAYS = (
    (N_("on Monday"), N_("on Monday at {hour}:{minute}")),
    (N_("on Tuesday"), N_("on Tuesday at {hour}:{minute}")),
    (N_("on Wednesday"), N_("on Wednesday at {hour}:{minute}")),
    (N_("on Thursday"), N_("on Thursday at {hour}:{minute}")),
    (N_("on Friday"), N_("on Friday at {hour}:{minute}")),
    (N_("on Saturday"), N_("on Saturday at {hour}:{minute}")),
    (N_("on Sunday"), N_("on Sunday at {hour}:{minute}")),
)
MONTHS = (
    (N_("on {day} January"), N_("on {day} January at {hour}:{minute}")),
    (N_("on {day} February"), N_("on {day} February at {hour}:{minute}")),
    (N_("on {day} March"), N_("on {day} March at {hour}:{minute}")),
    (N_("on {day} April"), N_("on {day} April at {hour}:{minute}")),
    (N_("on {day} May"), N_("on {day} May at {hour}:{minute}")),
    (N_("on {day} June"), N_("on {day} June at {hour}:{minute}")),
    (N_("on {day} July"), N_("on {day} July at {hour}:{minute}")),
    (N_("on {day} August"), N_("on {day} August at {hour}:{minute}")),
    (N_("on {day} September"), N_("on {day} September at {hour}:{minute}")),
    (N_("on {day} October"), N_("on {day} October at {hour}:{minute}")),
    (N_("on {day} November"), N_("on {day} November at {hour}:{minute}")),
    (N_("on {day} December"), N_("on {day} December at {hour}:{minute}")),
)
TODAY = ("", N_("at {hour}:{minute}"))
TOMORROW = (N_("tomorrow"), N_("tomorrow at {hour}:{minute}"))


def lasted(time: timedelta) -> str:
    """How long something is, roughly.

    >>> [lasted(timedelta(minutes=minutes)) for minutes in (0.5, 1, 185, 90 * 1440)]
    ['less than a minute', '1 minute', '3 hours', '90 days']
    """
    minutes = int(time.total_seconds() // 60)
    if minutes < 1:
        return gettext("less than a minute")
    if minutes < 60:
        return ngettext("{number} minute", "{number} minutes", minutes)
    return hours(minutes // 60) if minutes < 48 * 60 else days(minutes // 1440)


def hours(number: int) -> str:
    """So many hours."""
    return ngettext("{number} hour", "{number} hours", number)


def days(number: int) -> str:
    """So many days."""
    return ngettext("{number} day", "{number} days", number)


def ago(minutes: int) -> str:
    """How long ago.

    >>> ago(61), ago(0), ago(-1)
    ('1 hour ago', 'just now', 'at a time the clock has not reached yet')
    """
    if minutes < 0:
        return gettext("at a time the clock has not reached yet")
    if not minutes:
        return gettext("just now")
    if minutes < 60:
        return ngettext("{number} minute ago", "{number} minutes ago", minutes)
    return ngettext("{number} hour ago", "{number} hours ago", minutes // 60)


def time_doubtful() -> str:
    """What stands beside a time that was stamped while the clock was suspect."""
    return gettext("time may be wrong")


def then(moment: datetime | None, now: datetime, zone: tzinfo | None) -> str:
    """When that is, such as when the shop opens again, as one says it now; nothing for None. zone: None for the system's.

    >>> from datetime import UTC
    >>> monday = datetime(2026, 11, 23, 7, tzinfo=UTC)
    >>> [then(monday + timedelta(days=days, hours=2), monday, UTC) for days in (0, 1, 4, 9)]
    ['at 9:00', 'tomorrow at 9:00', 'on Friday at 9:00', 'on 2 December at 9:00']
    >>> [then(monday + timedelta(days=days, hours=17), monday, UTC) for days in (0, 3)]
    ['tomorrow', 'on Friday']
    """
    if moment is None:
        return ""
    shown = moment.astimezone(zone)
    ahead = (shown.date() - now.astimezone(zone).date()).days
    if ahead < 2:
        templates = TOMORROW if ahead else TODAY
    else:
        templates = WEEKDAYS[shown.weekday()] if ahead < 7 else MONTHS[shown.month - 1]
    at_midnight = not (shown.hour or shown.minute)
    return gettext(
        templates[not at_midnight], day=shown.day, hour=shown.hour, minute=str(shown.minute).zfill(2)
    )
