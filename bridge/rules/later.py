"""When a text that is written now may go out, and when a conversation comes back that is snoozed: the times that are offered,
and one that was picked; pure."""

from datetime import datetime, timedelta, tzinfo

from bridge.rules.hours import at_clock

# Further ahead nothing is planned: rows of the time before are shifted with a clock that was wrong, for as long.
AHEAD_AT_MOST = timedelta(days=60)
_MORNING, _EVENING = 9 * 60, 18 * 60


def offered(now: datetime, zone: tzinfo | None) -> list[datetime]:
    """Later today while there is time, tomorrow morning, and Monday morning if that is another day.

    >>> from datetime import UTC
    >>> friday = datetime(2026, 11, 27, 15, 20, tzinfo=UTC)
    >>> [f"{moment:%a %H:%M}" for moment in offered(friday, UTC)]
    ['Fri 18:00', 'Sat 09:00', 'Mon 09:00']
    >>> [f"{moment:%a %H:%M}" for moment in offered(friday + timedelta(days=2, hours=3), UTC)]
    ['Mon 09:00']
    """
    today = now.astimezone(zone).date()
    tomorrow, monday = today + timedelta(days=1), today + timedelta(days=7 - today.weekday())
    evening = at_clock(today, _EVENING, zone)
    later = [evening] if evening - now > timedelta(minutes=30) else []
    return [*later, *(at_clock(day, _MORNING, zone) for day in sorted({tomorrow, monday}))]


def to_snooze(now: datetime, zone: tzinfo | None) -> list[datetime]:
    """When a conversation may come back: in two hours, or at a time that is offered for texts.

    >>> from datetime import UTC
    >>> [f"{moment:%a %H:%M}" for moment in to_snooze(datetime(2026, 11, 27, 11, 20, 59, tzinfo=UTC), UTC)]
    ['Fri 13:20', 'Fri 18:00', 'Sat 09:00', 'Mon 09:00']
    """
    soon = now.astimezone(zone).replace(second=0, microsecond=0) + timedelta(hours=2)
    return [soon, *offered(now, zone)]


def picked(typed: str, zone: tzinfo | None) -> datetime | None:
    """The moment of a picker of date and time (HTML's datetime-local); None for what is none.

    >>> from datetime import UTC
    >>> picked("2026-11-28T09:00", UTC), picked("soon", UTC)
    (datetime.datetime(2026, 11, 28, 9, 0, tzinfo=datetime.timezone.utc), None)
    """
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return at_clock(moment.date(), moment.hour * 60 + moment.minute, zone)
