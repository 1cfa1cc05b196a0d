"""The modem thread of one line, seen from outside: it starts, takes requests, publishes events, and ends;
`keeper` is what it does."""

import logging
import threading
from collections.abc import Callable

from modem import contract
from modem.line.hand_over import HandOver
from modem.line.keeper import Line, LineKeeper
from modem.line.requests import Requests
from modem.line.timing import Timing
from modem.ports import discovery
from modem.ports.discovery import Port

__all__ = ["Driver", "Line"]

log = logging.getLogger(__name__)


class Driver:
    """publish: takes each contract.Event, on the modem thread. failed: is called there if the thread dies of
    something that nobody expected. ports: tells which ports there are now. timing: how long to wait for what,
    if not as usual. notes: where it is noted that a text goes to the modem, if it is."""

    def __init__(
        self,
        line: Line,
        publish: Callable[[contract.Event], None],
        failed: Callable[[BaseException], None],
        ports: Callable[[], list[Port]] = discovery.ports,
        timing: Timing | None = None,
        notes: HandOver | None = None,
    ) -> None:
        self._name = line.name
        self._failed = failed
        self._requests = Requests()
        self._keeper = LineKeeper(
            line, publish, self._requests, ports, timing or Timing(), notes or HandOver()
        )
        self._thread = threading.Thread(target=self._run, name=f"modem {line.name}", daemon=True)

    def start(self) -> None:
        """Start the thread, once."""
        self._thread.start()

    @property
    def pulse(self) -> float:
        """When the thread last did something, in monotonic seconds; it does within a minute."""
        return self._keeper.pulse

    def request(self, request: contract.Request) -> None:
        """Ask for something; after `close` it is not done any more."""
        self._requests.put(request)

    def close(self) -> None:
        """End the thread, and wait until it has ended. For the thread that also calls `request`."""
        self._requests.stop()
        self._thread.join()
        self._requests.close()

    def _run(self) -> None:
        try:
            self._keeper.run()
        except Exception as error:  # the one place at the top of this thread
            log.exception("The modem thread of line %s has failed", self._name)
            self._failed(error)
