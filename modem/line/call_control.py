"""What is done about calls over AT: asking for their states, answering, hanging up, and asking why one ended;
what lines mean is the tracker's."""

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import replace

from modem.at import commands, grammar
from modem.calls.call import CAUSES, CallEvent
from modem.calls.tracker import Tracker
from modem.contract import CallEnded
from modem.errors import ModemError
from modem.procedures import survey
from modem.procedures.steps import Reply, Step, ask

Procedure = Generator[Step, Reply, None]


class CallControl:
    """tell: takes what the tracker makes known. publish: takes an end that was held back for its cause."""

    def __init__(
        self,
        tracker: Tracker,
        tell: Callable[[list[CallEvent]], None],
        publish: Callable[[CallEnded], None],
        clock: Callable[[], float],
    ) -> None:
        self._tracker = tracker
        self._tell = tell
        self._publish = publish
        self._clock = clock
        self._unexplained: deque[CallEnded] = deque()

    def poll(self) -> Procedure:
        """Ask for the states of all calls (27.007 CLCC). A list that would end a call is asked for twice: noise may have
        eaten the line of one that goes on, or have been taken for the end of the answer."""
        for last in (False, True):
            asked = self._clock()
            self._tracker.polling(asked)
            response = yield from ask(commands.CALLS)
            states = grammar.call_list(response.lines)
            if not response.ok:
                return
            if last or not self._tracker.ends_by(states, self._clock()):
                self._tell(self._tracker.listed(states, asked, self._clock()))
                return

    def answer(self) -> Procedure:
        """Answer the call that rings (V.250 ATA)."""
        self._tracker.picking_up()
        if (yield from ask(commands.ANSWER)).ok:
            self._tracker.picked_up(self._clock())

    def hang_up(self) -> Procedure:
        """Reject the call that rings, or end the one that is connected (27.007 CHUP, and V.250 ATH where that
        fails)."""
        self._tracker.hanging_up()
        response = yield from ask(commands.HANG_UP)
        if not response.ok:
            response = yield from ask(commands.HANG_UP_V25)
        sure = commands.surely_hangs_up(response.command)
        self._tell(self._tracker.hung_up(response.ok, self._clock(), sure))

    def hold_back(self, end: CallEnded) -> None:
        """Do not tell this end before `explain` has asked for its cause."""
        self._unexplained.append(end)

    def explain(self) -> Procedure:
        """Ask why the last call ended, and tell its end with that: 19 was not answered, 26 was, on another
        phone (27.007 CEER)."""
        while len(self._unexplained) > 1:  # the modem tells of the last call only
            self._publish(self._unexplained.popleft())
        if not self._unexplained:
            return
        try:
            cause = yield from survey.release_cause()
        except ModemError:
            return  # `close` tells the end as it is
        if self._unexplained:
            end = self._unexplained.popleft()
            self._publish(replace(end, cause=cause, outcome=CAUSES.get(cause or 0, end.outcome)))

    def close(self) -> None:
        """The session is over: tell what is still held back as it is."""
        while self._unexplained:
            self._publish(self._unexplained.popleft())
