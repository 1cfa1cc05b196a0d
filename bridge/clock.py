"""What time it is: UTC for records, monotonic for durations, and whether to believe the wall clock: a Pi has no battery for
it, boots in the past and jumps. Second opinions come from the modem's clock and from the time stamps of texts and reports."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bridge.rules.troubles import BoxTrouble, TimeTeller
from modem.contract import Trouble

# A clock that shows an earlier day than this release's is wrong.
RELEASE = datetime(2026, 11, 1, tzinfo=UTC)
# A clock that moved by less was only adjusted, as NTP does.
STEP = timedelta(seconds=5)
# systemd-timesyncd makes this file when the internet has told the time (systemd-timesyncd.service(8)).
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
# Clocks that differ by less agree: some SMSCs and modems are set by hand.
TOLERANCE = timedelta(minutes=15)
# A modem may tell local time where it should tell its zone: whole quarters of an hour off, it agrees too.
QUARTER, WHOLE_QUARTER, MOST_ZONE = timedelta(minutes=15), timedelta(minutes=2), timedelta(hours=14)


@dataclass(frozen=True)
class TimeSource:
    """`source` says that it was `told` (UTC) at the monotonic instant `at` (seconds). exact: False where it was `told` or
    later."""

    source: TimeTeller
    told: datetime
    at: float
    exact: bool

    def by_now(self, monotonic: float) -> datetime:
        """What this source would say at the monotonic instant `monotonic` (seconds), in UTC."""
        return self.told + timedelta(seconds=monotonic - self.at)


class Clock:
    """The machine's clocks, owned by the loop. Tests hand in one of their own. not_before: the newest row."""

    def __init__(self) -> None:
        self.not_before: datetime | None = None
        self._opinions: dict[TimeTeller, TimeSource] = {}
        # What the wall clock showed when the monotonic one began, as of the last look.
        self._start: datetime | None = None

    def utc(self) -> datetime:
        """UTC by the wall clock as `step` saw it last: one that is moved between two looks moves nobody's decision."""
        if self._start is None:
            return self.wall_clock()
        return self._start + timedelta(seconds=self.monotonic())

    def wall_clock(self) -> datetime:
        """What the wall clock shows, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never moved by whoever sets the wall clock."""
        return time.monotonic()

    def utc_at(self, moment: float) -> datetime:
        """The UTC time of a monotonic instant (seconds), reckoned back from `utc`."""
        return self.utc() - timedelta(seconds=self.monotonic() - moment)

    def step(self) -> timedelta:
        """By how much the wall clock was set forward or back since the last call; zero if it only ran."""
        start = self.wall_clock() - timedelta(seconds=self.monotonic())
        moved, self._start = start - (self._start or start), start
        return moved if abs(moved) >= STEP else timedelta(0)

    def vouched(self) -> bool:
        """Is the wall clock confirmed: by the internet's time, or by the network's in the modem?"""
        wall, monotonic = self.utc(), self.monotonic()
        return SYNCHRONISED.exists() or any(
            opinion.exact and _agree(wall, opinion.by_now(monotonic)) for opinion in self._opinions.values()
        )

    def rows_are_ahead(self) -> bool:
        """Were rows stamped by a clock that was ahead? Only said where the clock is confirmed now; where it is not, the
        clock itself is suspect."""
        ahead = self.not_before is not None and self.utc() < self.not_before - TOLERANCE
        return ahead and self.utc() >= RELEASE and self.vouched()

    def note_time(self, opinion: TimeSource) -> None:
        """Keeps what another source says; the last of each source counts."""
        self._opinions[opinion.source] = opinion

    def doubt(self) -> Trouble | None:
        """Why the wall clock is suspect; None if nothing speaks against it."""
        return doubt(self.utc(), self.monotonic(), self.not_before, self._opinions.values())


def doubt(
    wall: datetime, monotonic: float, not_before: datetime | None, opinions: Iterable[TimeSource]
) -> Trouble | None:
    """As Clock.doubt, as a pure function. wall, not_before: UTC; monotonic: seconds.

    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> doubt(noon, 10.0, None, [TimeSource(TimeTeller.MODEM, noon + timedelta(hours=1), 0.0, exact=True)])
    >>> doubt(noon, 10.0, None, [TimeSource(TimeTeller.MODEM, noon + timedelta(days=1), 0.0, exact=True)]).values
    {'shown': '2026-11-23 12:00', 'source': <TimeTeller.MODEM: 'modem'>, 'told': '2026-11-24 12:00'}
    """
    shown = f"{wall:%Y-%m-%d %H:%M}"
    if wall < RELEASE - timedelta(days=1):
        return Trouble.of(BoxTrouble.CLOCK_BEFORE_RELEASE, shown=shown)
    if not_before is not None and wall < not_before - TOLERANCE:
        stored = f"{not_before:%Y-%m-%d %H:%M}"
        return Trouble.of(BoxTrouble.CLOCK_BEFORE_ROWS, shown=shown, stored=stored)
    for opinion in opinions:
        other = opinion.by_now(monotonic)
        if wall < other - TOLERANCE if not opinion.exact else not _agree(wall, other):
            told = f"{other:%Y-%m-%d %H:%M}"
            return Trouble.of(BoxTrouble.CLOCK_DIFFERS, shown=shown, source=opinion.source, told=told)
    return None


def _agree(wall: datetime, other: datetime) -> bool:
    apart = abs(wall - other)
    off_quarter = min(apart % QUARTER, QUARTER - apart % QUARTER)
    return apart <= TOLERANCE or (apart <= MOST_ZONE and off_quarter <= WHOLE_QUARTER)
