"""Has the modem restarted without a word? What speaks for it, and when that is to be looked into; pure. What is done
then, the session knows."""

from modem.line.timing import Timing


class ResetWatch:
    """Instants are seconds of the monotonic clock.

    A RING without +CLIP speaks for it, since a restart switches CLIP off (27.007 CLIP is volatile), and so does a PDU
    that has had no answer for long: a modem that has restarted meanwhile will never give one (27.005 CMGS).
    """

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._ring_at: float | None = None
        self._silent_at: float | None = None

    def rang(self, now: float) -> None:
        """A RING: by `Timing.name` the number should be known."""
        if self._ring_at is None:
            self._ring_at = now + self._timing.name

    def handed_over(self, at: float | None) -> None:
        """Since when a PDU has been with the modem without an answer; None if none is."""
        if at is None:
            self._silent_at = None
        elif self._silent_at is None:
            self._silent_at = at + self._timing.send_doubt

    def next_at(self) -> float | None:
        """The instant at which something is to be looked into, None if nothing is."""
        return min((at for at in (self._ring_at, self._silent_at) if at is not None), default=None)

    def ring_is_due(self, now: float) -> bool:
        """Is it time to see whether the RING has got a number? Once for each."""
        due = self._ring_at is not None and now >= self._ring_at
        if due:
            self._ring_at = None
        return due

    def answer_is_due(self, now: float) -> bool:
        """Has the PDU waited for too long? Then again after as long."""
        due = self._silent_at is not None and now >= self._silent_at
        if due:
            self._silent_at = now + self._timing.send_doubt
        return due
