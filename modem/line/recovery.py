"""The steps by which a modem that does not answer is brought back, and how long to wait between two tries; it
decides, `keeper` does. Events come out; it has no port, clock or thread.

The modem is asked once more on the open port; then the port is closed and opened anew, again and again; and
after some times in vain the modem is told to restart.
"""

from modem.contract import LineDown, Repair, RepairStep, TroublePart
from modem.line.timing import Timing
from modem.troubles import Trouble

# After so many times without an answer at its usual port, a modem is told to restart.
MUTE_BEFORE_RESTART = 3


class Recovery:
    """What is known of one line's troubles. `now` is seconds of the monotonic clock.

    up: the session that was opened last has come up. trouble: why the line is down, as it was told, None
    while it is up.
    """

    def __init__(self, line: str, timing: Timing) -> None:
        self.up = False
        self.trouble: Trouble | None = None
        self._line = line
        self._timing = timing
        self._up_at = 0.0
        self._tries = 0
        self._mute = 0
        self._restarted = float("-inf")
        self._step: tuple[RepairStep, float] | None = None  # which step is being tried, and since when

    def opening(self) -> None:
        """A session begins."""
        self.up = False

    def came_up(self, now: float) -> list[Repair]:
        """The line is up. Returns the step that has helped, if one was tried."""
        self.up, self._up_at, self.trouble, self._mute = True, now, None, 0
        return self._repaired(now, well=True)

    def went_down(self, trouble: Trouble, part: TroublePart, now: float) -> list[LineDown]:
        """The line is down. Returns what is to be told, which is nothing where the trouble is the one that
        was told before."""
        if trouble == self.trouble:
            return []
        self.trouble = trouble
        return [LineDown(self._line, now, trouble, part)]

    def asks_again(self, now: float) -> None:
        """First step: the port stays open, and the modem is asked once more."""
        self._step = RepairStep.ASKED, now

    def closed(self, now: float) -> list[Repair]:
        """The port is closed. Returns the step that was being tried, if any: it has not helped; the next is
        to open it anew."""
        tried = self._step
        events = self._repaired(now, well=False)
        if self.trouble is None or (tried is not None and tried[0] is RepairStep.ASKED):
            self._step = RepairStep.REOPENED, now
        return events

    def was_mute(self) -> None:
        """The modem at the line's home did not answer, or answers and gets nowhere."""
        self._mute += 1

    def pause(self, now: float) -> float:
        """Seconds to wait before the next try: the longer the more tries there were since the line was up for
        a while."""
        if self.up and now - self._up_at > self._timing.well_after:
            self._tries = 0
        backoff = self._timing.backoff
        self._tries += 1
        return backoff[min(self._tries, len(backoff)) - 1]

    def wants_restart(self, now: float) -> bool:
        """Last step: is the modem to be told to restart now? Counts anew from here, whatever the answer."""
        if self._mute < MUTE_BEFORE_RESTART:
            return False
        self._mute = 0
        return now - self._restarted >= self._timing.between_restarts

    def restarting(self, now: float) -> None:
        """The modem has been told to restart."""
        self._restarted = now
        self._step = RepairStep.RESTARTED, now

    def _repaired(self, now: float, well: bool) -> list[Repair]:
        if self._step is None:
            return []
        (step, began), self._step = self._step, None
        return [Repair(self._line, now, step, now - began, well)]
