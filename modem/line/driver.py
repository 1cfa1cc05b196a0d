"""The modem thread, sole owner of one port: opens it, keeps a session on it, and begins anew when it is lost.

Requests come in by `request` (queue and wake-up pipe), events go out by `publish`.
"""

import json
import logging
import os
import select
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import Empty, SimpleQueue

from modem import contract
from modem.calls.tracker import Tracker
from modem.errors import CommandTimeout, NotUsable, PinRefused, PortLost, Stuck
from modem.line.channel import Channel
from modem.line.session import Session
from modem.line.timing import Timing
from modem.ports import discovery
from modem.ports.discovery import Candidate, Port
from modem.recording.recorder import Recorder

log = logging.getLogger(__name__)

FOREVER = 86400.0
# The ladder for a modem that does not answer: it is asked once more on the open port, then the port is opened
# anew, and after so many times in vain the modem is told to restart, blindly, and not more often than that
# (seconds).
MUTE_BEFORE_RESTART = 3
RESTART = b"AT+CFUN=1,1\r"


@dataclass(frozen=True)
class Line:
    """What config.ini says of one modem. port: `auto`, a path, or `imei:` or `iccid:` and digits, which finds
    the port.

    others: IMEIs and ICCIDs of the other lines' modems, which `auto` leaves to them.
    """

    name: str
    port: str = "auto"
    baud: int = 115200
    pin: str | None = None
    family: str = "auto"
    others: frozenset[str] = frozenset()

    @property
    def identity(self) -> str | None:
        """The IMEI or ICCID that it must have."""
        kind, _, digits = self.port.partition(":")
        return digits if kind in ("imei", "iccid") else None


class Driver(threading.Thread):
    """`publish` takes each contract.Event. `failed` is called if the thread dies of something that nobody
    expected. `ports` tells which ports there are now."""

    def __init__(
        self,
        line: Line,
        publish: Callable[[contract.Event], None],
        failed: Callable[[BaseException], None],
        ports: Callable[[], list[Port]] = discovery.ports,
        timing: Timing | None = None,
    ) -> None:
        super().__init__(name=f"modem {line.name}", daemon=True)
        self._line = line
        self._publish = publish
        self._failed = failed
        self._ports = ports
        self._timing = timing or Timing()
        self._requests: SimpleQueue[contract.Request] = SimpleQueue()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        self._stopping = False
        self._closed = False
        # Survives sessions: keys of calls go on, what was said is kept, and a PIN that was refused is not
        # tried twice.
        self._calls = Tracker(line.name, timing=self._timing.calls)
        self._recorder = Recorder()
        self._unanswered: Counter[str] = Counter()
        self._pin = line.pin
        self._up = False
        self._up_at = 0.0
        self._tries = 0
        self._reason: str | None = None
        # Where the modem was last; the step of the ladder that is being tried, and since when; how often it
        # was mute.
        self._home = line.port
        self._found: Port | None = None
        self._step: tuple[str, float] | None = None
        self._mute = 0
        self._restarted = float("-inf")

    # ---- for other threads

    def request(self, request: contract.Request) -> None:
        """Ask for something; after `close` it is not done any more."""
        if not self._closed:
            self._requests.put(request)
            os.write(self._wake_write, b"r")

    def close(self) -> None:
        """End the thread, and wait until it has ended. For the thread that also calls `request`."""
        self._stopping = True
        os.write(self._wake_write, b"s")
        self.join()
        self._closed = True
        os.close(self._wake_read)
        os.close(self._wake_write)

    # ---- the thread

    def run(self) -> None:
        try:
            while not self._stopping:
                self._try_ports()
                if self._up and time.monotonic() - self._up_at > self._timing.well_after:
                    self._tries = 0
                backoff = self._timing.backoff
                self._rest(backoff[min(self._tries, len(backoff) - 1)])
                self._tries += 1
                if self._mute >= MUTE_BEFORE_RESTART:
                    self._restart_modem()
        except Exception as error:  # the one place at the top of this thread
            log.exception("The modem thread of line %s has failed", self._line.name)
            self._failed(error)

    def _try_ports(self) -> None:
        """Serve the first port that is our modem, until it is lost."""
        found = self._ports()
        place = {port.path: port.place for port in found}
        answered: dict[str, str] = {}
        mute: dict[str, str] = {}
        asked = False
        for candidate in self._candidates(found):
            if place.get(candidate.path) in answered:
                continue  # another port of a stick that has told what is wrong with it
            self._up = False
            try:
                self._serve(candidate.path)
            except NotUsable as error:
                answered[place.get(candidate.path) or candidate.path] = str(error)
                self._mute += candidate.path == self._home and isinstance(error, Stuck)
            except (PortLost, CommandTimeout) as error:
                mute[candidate.path] = str(error)
                asked = asked or isinstance(error, CommandTimeout)
                self._mute += candidate.path == self._home and isinstance(error, CommandTimeout)
            if self._stopping or self._up:
                break  # begin anew with the same port rather than try its neighbour
        if not self._stopping:
            if answered:
                self._down(next(iter(answered.values())), "sim")
            else:
                self._down(self._nothing_found(mute, found), "modem" if asked else "port")

    def _candidates(self, found: list[Port]) -> list[Candidate]:
        """The port that config.ini names, wherever it is now; else all that may be a modem, the last one
        first."""
        if self._line.port.startswith("/"):
            now = discovery.same_place(self._found, found) if self._found else None
            path = self._line.port if now is None or os.path.exists(self._line.port) else now
            return [Candidate(0, path, "named in config.ini")]
        all_of_them = discovery.candidates(found)
        return sorted(all_of_them, key=lambda candidate: candidate.path != self._home)

    def _nothing_found(self, mute: dict[str, str], found: list[Port]) -> str:
        """Why there is no line, and what was looked at."""
        if self._line.port.startswith("/"):
            return next(iter(mute.values()))
        looked_at = [*mute.values(), *(one for one in self._account(found) if one.split(":")[0] not in mute)]
        sentence = (
            "No modem answers." if mute else "No modem is plugged in. Plug it in, or name its port in config.ini under "
            "[modem] port."
        )  # fmt: skip
        return " ".join([sentence, *looked_at])

    def _account(self, found: list[Port]) -> list[str]:
        return [f"{line}." for line in discovery.account(found, discovery.devices())]

    def _judge(self, imei: str | None, iccid: str | None) -> str | None:
        """Is this the modem of our line? With several modems each line keeps its own."""
        who = {mark for mark in (imei, iccid) if mark}
        wanted = self._line.identity
        if wanted is not None and wanted not in who:
            return f"This modem is not the one that config.ini names (IMEI {imei or 'unknown'}, ICCID {iccid or 'unknown'})."
        if self._line.port == "auto" and who & self._line.others:
            return "This modem holds the SIM of another line."
        return None

    def _serve(self, path: str) -> None:
        """Open the port and keep a session on it. A modem that falls silent is asked once more before the
        port is closed."""
        channel = Channel(path, self._line.baud, self._recorder)
        try:
            try:
                self._listen(channel)
            except CommandTimeout as error:
                if not self._up:
                    raise
                self._down(str(error), "modem")
                self._step = "asked", time.monotonic()
                channel.escape()
                self._listen(channel)
        except PinRefused:
            self._publish(contract.PinRefused(self._line.name, time.monotonic(), self._pin or ""))
            self._pin = ""  # three wrong PINs lock the SIM: never twice
            raise
        finally:
            channel.close()
            self._not_well()
            for event in self._calls.reset(time.monotonic()):
                self._publish(event)

    def _listen(self, channel: Channel) -> None:
        """One session, until it ends or the thread is to end."""
        self._up = False
        session = Session(
            channel,
            self._calls,
            self._line.family,
            self._pin,
            self._judge,
            self._publish_up,
            time.monotonic,
            self._unanswered,
            self._timing,
        )
        try:
            session.begin()
            while not self._stopping:
                self._turn(channel, session)
            until = time.monotonic() + self._timing.stop
            while session.sending and (left := until - time.monotonic()) > 0:
                self._turn(channel, session, left)
        finally:
            session.close()

    # ---- the ladder

    def _restart_modem(self) -> None:
        """The modem is there and mute: tell it to restart, without hope of an answer (27.007 CFUN=1,1)."""
        self._mute = 0
        began = time.monotonic()
        if self._stopping or began - self._restarted < self._timing.between_restarts:
            return
        try:
            channel = Channel(self._home, self._line.baud, self._recorder)
        except PortLost:
            return
        with closing(channel), suppress(PortLost):
            channel.write(RESTART)
            log.warning("%s: the modem is told to restart", self._line.name)
        self._restarted, self._step = began, ("restarted", began)
        self._rest(self._timing.restart)

    def _not_well(self) -> None:
        """The port is closed. The step that was being tried has not helped; the next one is to open it
        anew."""
        tried = self._step
        self._repaired(well=False)
        if self._reason is None or (tried is not None and tried[0] == "asked"):
            self._step = "reopened", time.monotonic()

    def _repaired(self, well: bool) -> None:
        if self._step is not None:
            (step, began), self._step = self._step, None
            now = time.monotonic()
            self._publish(contract.Repair(self._line.name, now, step, now - began, well))

    def _turn(self, channel: Channel, session: Session, patience: float = FOREVER) -> None:
        """Wait for the port, a request or the next moment that matters; there is no other wait in this
        thread."""
        port = channel.fileno()
        ready, _, _ = select.select(
            [port, self._wake_read], [], [], min(patience, session.timeout(time.monotonic()))
        )
        if port in ready:
            session.read()
        if self._wake_read in ready:
            for request in self._drain():
                if not self._told(request):
                    session.request(request)
        session.tick()

    def _publish_up(self, event: contract.Event) -> None:
        if isinstance(event, contract.LineUp):
            self._up, self._up_at, self._reason = True, event.at, None
            self._home, self._mute = event.port, 0
            self._found = next((port for port in self._ports() if port.path == event.port), self._found)
            self._repaired(well=True)
        self._publish(event)

    def _down(self, reason: str, part: str) -> None:
        if reason != self._reason:
            log.warning("%s: %s", self._line.name, reason)
            self._reason = reason
            self._publish(contract.LineDown(self._line.name, time.monotonic(), reason, part))

    def _rest(self, seconds: float) -> None:
        """Wait before the next try; what is asked meanwhile is not started."""
        until = time.monotonic() + seconds
        while not self._stopping and (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([self._wake_read], [], [], left)
            for request in self._drain() if ready else ():
                self._turn_down(request)

    def _drain(self) -> list[contract.Request]:
        os.read(self._wake_read, 4096)
        requests = []
        while True:
            try:
                requests.append(self._requests.get_nowait())
            except Empty:
                return requests

    def _told(self, request: contract.Request) -> bool:
        """What the thread can answer without a modem."""
        if not isinstance(request, contract.TellRecording):
            return False
        now = time.monotonic()
        name = f"{self._line.name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        transcript = self._recorder.transcript(name, self._line.family, request.masked)
        self._publish(contract.Recorded(self._line.name, now, json.dumps(transcript)))
        return True

    def _turn_down(self, request: contract.Request) -> None:
        if not self._told(request) and isinstance(request, contract.SendText):
            reason = self._reason or "The modem is being set up."
            self._publish(contract.NotStarted(self._line.name, time.monotonic(), request.message_id, reason))
