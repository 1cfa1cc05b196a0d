"""What time it is: UTC for records, monotonic for durations, and the one place where one becomes the other."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """The machine's clocks. Tests hand in one of their own."""

    def utc(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def utc_at(self, moment: float) -> datetime:
        """When a monotonic moment was, by the wall clock of now."""
        return self.utc() - timedelta(seconds=self.monotonic() - moment)
