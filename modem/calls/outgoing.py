"""Our own calls, of which nothing is told, and data calls, whose RINGs are not a caller's; pure."""

from modem.calls.call import NEVER
from modem.calls.timing import CallTiming


class Outgoing:
    """The call that this modem makes, as far as its lines tell: it keeps the line busy and takes an end line
    for itself."""

    def __init__(self, timing: CallTiming) -> None:
        self._timing = timing
        self.on = False
        self._index: int | None = None
        self._since = NEVER
        self._indicated = False  # the indicator `call` says that some call is connected

    def dials(self, index: int | None = None) -> None:
        """A line says that we are calling somebody. index: its place in AT+CLCC, where the line tells it."""
        self._index = index or (self._index if self.on else None)
        self.on = True

    def over(self) -> None:
        """It has ended."""
        self.on = False

    def indicate(self, connected: bool) -> None:
        """The indicator `call` has this value."""
        self._indicated = connected

    def set_up(self) -> None:
        """The setting-up has ended: unless it was connected, the call is over."""
        self.on = self.on and self._indicated

    def is_at(self, index: int | None) -> bool:
        """May a line with this index (None: without) be about it?"""
        return self._index in (None, index or self._index)

    def is_elsewhere(self, index: int | None) -> bool:
        """Is a line with this index surely about another call?"""
        return index is not None and self._index not in (None, index)

    def is_missing(self, shown: set[int]) -> bool:
        """Does a whole list with these indices not show it?"""
        return not shown or bool(self._index and self._index not in shown)

    def tick(self, now: float, has_list: bool) -> None:
        """Time has passed: where no list tells, a call whose end was lost does not go on for ever."""
        if not self.on:
            self._since = NEVER
        elif self._since == NEVER:
            self._since = now
        elif not has_list and now >= self._since + self._timing.longest_talk:
            self.on = False

    def gives_up_at(self, has_list: bool) -> float | None:
        """The instant at which `tick` would end it, None if it would not."""
        waits = self.on and not has_list and self._since != NEVER
        return self._since + self._timing.longest_talk if waits else None


class DataCalls:
    """A data or fax call rings: plain RINGs, CLIPs and an end line are its own until it has been silent for a
    while."""

    def __init__(self, timing: CallTiming) -> None:
        self._timing = timing
        self._until = NEVER

    def rings(self, now: float) -> None:
        """A line says that one rings."""
        self._until = now + self._timing.silence

    def over(self) -> None:
        """It has ended, or a line says that what rings is a voice call."""
        self._until = NEVER

    def ringing(self, now: float) -> bool:
        """Does one ring?"""
        return now < self._until
