"""What hosts in recordings do and textback does not, seen by the calls of the line: dialling, and holding
calls. Pure."""

from modem.calls.call import Call, CallEvent, LastEnd, Phase
from modem.calls.tracker import Tracker


class RecordedHost:
    """What another host program does with the calls of `tracker`; only `replay` needs it."""

    def __init__(self, tracker: Tracker) -> None:
        self._calls = tracker.calls
        self._outgoing = tracker.outgoing
        self._held: tuple[str, list[Call]] = ("", [])

    def dialled(self) -> None:
        """ATD is on its way."""
        self._outgoing.over()
        self._outgoing.dials()

    def not_dialled(self, now: float) -> None:
        """The modem or the network has refused an ATD, at `now` in seconds."""
        if self._outgoing.on:
            self._outgoing.over()
            self._calls.last = LastEnd(now, words=set())

    def holding(self, what: str) -> None:
        """AT+CHLD=`what` is on its way."""
        self._held = what, [call for call in self._calls.calls if call.phase is Phase.CONNECTED]

    def held(self, now: float) -> list[CallEvent]:
        """OK to AT+CHLD (22.030 6.5.5): 0 refuses the waiting call, 1 ends the active one for it, 2 holds it
        for it. Returns what that makes known."""
        what, connected = self._held
        calls = self._calls
        waiting = calls.find(Phase.WAITING) or calls.find(Phase.RINGING)
        if what == "0" and waiting is not None:
            waiting.hanging_up = True
            calls.end(waiting, now, words=set())
        if what == "1":
            for call in [call for call in connected if call in calls.calls]:
                calls.end(call, now, words=set())
        if what in ("1", "2") and waiting is not None:
            calls.connect(waiting, now)
        return calls.take_events()
