"""The shop's calendar: which jobs there are, each done once a day, and the owner's digest."""

from datetime import date, time, timedelta
from enum import StrEnum

from sqlmodel import Session

from bridge.handlers.shop import OwnerContext
from bridge.records import memo, views
from bridge.records.tables import Alert
from bridge.records.views import summary
from bridge.rules.hours import at_clock
from bridge.rules.states import AlertKind
from bridge.words import digest
from bridge.words.catalogue import speaking

# Before old rows are deleted. A box that is off at that time makes up for it.
BACKUP_AT = time(3, 10)
# So many of those who wait are named in a digest.
NAMED = 3


class CalendarJob(StrEnum):
    """What is done at a time of day."""

    BACKUP = "backup"  # a backup is made
    HOUSEKEEPING = "housekeeping"  # old rows are deleted, the database puts itself in order
    BLOCK_LISTS = "block_lists"  # block lists are read again if they have changed
    RELEASES = "releases"  # is there a newer release?
    DIGEST = "digest"  # the owner is told of yesterday
    WEEKLY_DIGEST = "weekly_digest"  # and of the last seven days


def begin_once(session: Session, job: CalendarJob, today: date) -> bool:
    """Is this the first time today that the job is begun? A scheduler that is set anew, an hour that comes twice and a
    restart may all ask again. Only the same day counts: after a clock that ran ahead, a job is not left out for months."""
    name = f"calendar:{job.value}"
    if memo.remembered(session, name) == today.isoformat():
        return False
    memo.remember(session, name, today.isoformat())
    return True


def write_digest(session: Session, context: OwnerContext, days: int) -> None:
    """Have the owner told of the last whole days; it goes out at its time, in the quiet hours too."""
    if not context.wanted:
        return
    today = context.now.astimezone(context.zone).date()
    since, until = (at_clock(day, 0, context.zone) for day in (today - timedelta(days=days), today))
    counts = summary.counts(session, since, until)
    waiting = summary.waiting(session, views.ours(session, context.settings, context.region))
    named = [context.who(contact) for contact in waiting[:NAMED]]
    with speaking(context.language):
        body = digest.in_words(days, counts, named, len(waiting))
    session.add(Alert(kind=AlertKind.DIGEST, body=body, created=context.now, due=context.now))
