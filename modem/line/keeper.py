"""Keeps one line up: tries the ports, keeps a session on the one whose modem is ours, and begins anew when it
is lost. All of it runs on the modem thread; `choice` and `recovery` decide, this does."""

import json
import logging
import select
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from modem import contract
from modem.calls.tracker import Tracker
from modem.contract import TroublePart
from modem.errors import CommandTimeout, NotUsable, PinRefused, PortLost, Stuck
from modem.line.channel import Channel
from modem.line.hand_over import HandOver
from modem.line.recovery import Recovery
from modem.line.requests import Requests
from modem.line.session import Session
from modem.line.timing import Timing
from modem.ports import discovery
from modem.ports.choice import PortChoice, Round
from modem.ports.discovery import Port
from modem.ports.watch import PortWatch
from modem.procedures.setup import initialise
from modem.recording.recorder import Recorder
from modem.troubles import Trouble, TroubleCode

log = logging.getLogger(__name__)

# It looks up at least so often, so that others see that it goes on (seconds).
MINUTE = 60.0
# For a modem that does not answer; no answer to it is expected (27.007 CFUN=1,1).
RESTART = b"AT+CFUN=1,1\r"


@dataclass(frozen=True)
class Line:
    """What config.ini says of one modem, and what earlier runs know."""

    name: str
    port: str = "auto"  # or a path, or `imei:` or `iccid:` and digits, which finds the port
    baud: int = 115200
    pin: str | None = None  # "" if the SIM has refused it before: then it is not tried
    family: str = "auto"
    others: frozenset[str] = (
        frozenset()
    )  # IMEIs and ICCIDs of the other lines' modems, which `auto` leaves to them


class LineKeeper:
    """publish: takes each contract.Event. requests: what other threads ask for. ports: tells which ports
    there are now. pulse: when it last looked up, in monotonic seconds."""

    def __init__(
        self,
        line: Line,
        publish: Callable[[contract.Event], None],
        requests: Requests,
        ports: Callable[[], list[Port]],
        timing: Timing,
        notes: HandOver,
    ) -> None:
        self.pulse = time.monotonic()
        self._notes = notes
        self._line = line
        self._publish = publish
        self._requests = requests
        self._ports = ports
        self._timing = timing
        self._choice = PortChoice(line.port, line.others)
        self._recovery = Recovery(line.name, timing)
        # These survive sessions: keys of calls go on, what was said is kept, and a PIN that was refused is
        # not tried twice.
        self._tracker = Tracker(line.name, timing=timing.calls)
        self._recorder = Recorder()
        self._unanswered: Counter[str] = Counter()
        self._pin = line.pin

    def run(self) -> None:
        """Until the thread is to end."""
        with closing(PortWatch(self._line.port)) as watch:
            while not self._requests.stopping:
                watch.take()
                self._try_ports()
                self._tell(self._tracker.reset(time.monotonic(), gone=False))
                self._rest(self._recovery.pause(time.monotonic()), watch)
                if self._recovery.wants_restart(time.monotonic()) and not self._requests.stopping:
                    self._restart_modem(watch)

    # ---- which port

    def _try_ports(self) -> None:
        """Serve the first port that is our modem, until it is lost."""
        found = self._ports()
        place = {port.path: port.place or port.path for port in found}
        tried = Round()
        for path in self._choice.candidates(found):
            if place.get(path, path) in tried.answered:
                continue  # another port of a stick that has told what is wrong with it
            self._try(path, place.get(path, path), tried)
            if self._requests.stopping or self._recovery.up:
                break  # begin anew with the same port rather than try its neighbour
        if not self._requests.stopping:
            self._give_account(tried, found)

    def _give_account(self, tried: Round, found: list[Port]) -> None:
        """Tell why no port is served."""
        if tried.answered:
            self._down(next(iter(tried.answered.values())), TroublePart.SIM)
            return
        account = discovery.account(found, discovery.devices(), discovery.switcher())
        part = TroublePart.MODEM if tried.asked else TroublePart.PORT
        self._down(self._choice.nothing_found(tried.mute, account), part)

    def _try(self, path: str, place: str, tried: Round) -> None:
        """Serve this port, until it is lost; and note why."""
        self._recovery.opening()
        silent = False
        try:
            self._serve(path)
        except NotUsable as error:
            tried.answered[place] = error.trouble
            silent = isinstance(error, Stuck)
        except (PortLost, CommandTimeout) as error:
            tried.mute[path] = error.trouble
            silent = isinstance(error, CommandTimeout)
            tried.asked = tried.asked or silent
        if silent and path == self._choice.home:
            self._recovery.was_mute()

    # ---- one port

    def _serve(self, path: str) -> None:
        """Open the port and keep a session on it. A modem that falls silent is asked once more before the
        port is closed. Raises what ended it: PortLost, CommandTimeout, or NotUsable."""
        channel = Channel(path, self._line.baud, self._recorder)
        gone = True
        try:
            try:
                self._listen(channel)
            except CommandTimeout as error:
                if not self._recovery.up:
                    raise
                self._down(error.trouble, TroublePart.MODEM)
                self._recovery.asks_again(time.monotonic())
                channel.escape()
                self._listen(channel)
        except PinRefused:
            self._publish(contract.PinRefused(self._line.name, time.monotonic(), self._pin or ""))
            self._pin = ""  # three wrong PINs lock the SIM: never twice
            raise
        except CommandTimeout:
            gone = False  # noise may have eaten an answer, while a caller rings on
            raise
        finally:
            channel.close()
            self._tell(self._recovery.closed(time.monotonic()))
            self._tell(self._tracker.reset(time.monotonic(), gone))

    def _listen(self, channel: Channel) -> None:
        """One session, until it ends or the thread is to end; then it waits for the end of a text that is on
        its way."""
        self._recovery.opening()
        session = Session(
            channel,
            self._tracker,
            partial(initialise, self._line.family, self._pin, self._choice.why_not_ours),
            self._publish_of_session,
            self._timing,
            time.monotonic,
            self._unanswered,
            self._notes,
        )
        try:
            session.begin()
            while not self._requests.stopping:
                self._turn(channel, session)
            until = time.monotonic() + self._timing.stop
            while session.sending and (left := until - time.monotonic()) > 0:
                self._turn(channel, session, left)
        finally:
            session.close()

    def _turn(self, channel: Channel, session: Session, patience: float = MINUTE) -> None:
        """Wait for the port, a request or the next moment that matters; there is no other wait while a port
        is open."""
        self.pulse = time.monotonic()
        patience = min(patience, session.timeout(self.pulse))
        port, requests = channel.fileno(), self._requests.fileno()
        ready, _, _ = select.select([port, requests], [], [], patience)
        if port in ready:
            session.read()
        if requests in ready:
            for request in self._requests.take():
                if not self._told(request):
                    session.request(request)
        session.tick()

    # ---- between two ports

    def _rest(self, seconds: float, watch: PortWatch) -> None:
        """Wait before the next try, or until a port appears; what is asked meanwhile is not started."""
        until = time.monotonic() + seconds
        while not self._requests.stopping and (left := until - time.monotonic()) > 0:
            self.pulse = time.monotonic()
            ready, _, _ = select.select([self._requests.fileno(), *watch.files()], [], [], min(left, MINUTE))
            if self._requests.fileno() in ready:
                for request in self._requests.take():
                    self._turn_down(request)
            if any(file in ready for file in watch.files()):
                watch.take()
                until = min(until, time.monotonic() + self._timing.settle)

    def _restart_modem(self, watch: PortWatch) -> None:
        """The modem is there and does not answer: tell it to restart."""
        now = time.monotonic()
        try:
            channel = Channel(self._choice.home, self._line.baud, self._recorder)
        except PortLost:
            return
        with closing(channel), suppress(PortLost):
            channel.write(RESTART)
            log.warning("%s: telling the modem to restart", self._line.name)
        self._recovery.restarting(now)
        self._rest(self._timing.restart, watch)

    # ---- what is told

    def _publish_of_session(self, event: contract.Event) -> None:
        if isinstance(event, contract.LineUp):
            self._choice.settle(event.port, self._ports())
            self._tell(self._recovery.came_up(event.at))
        self._publish(event)

    def _down(self, trouble: Trouble, part: TroublePart) -> None:
        for event in self._recovery.went_down(trouble, part, time.monotonic()):
            log.debug("%s is down: %s", self._line.name, trouble.to_text())
            self._publish(event)

    def _tell(self, events: Iterable[contract.Event]) -> None:
        for event in events:
            self._publish(event)

    def _told(self, request: contract.Request) -> bool:
        """Was this something that can be answered without a modem?"""
        if not isinstance(request, contract.TellRecording):
            return False
        name = f"{self._line.name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        transcript = self._recorder.transcript(name, self._line.family, request.masked)
        self._publish(contract.Recorded(self._line.name, time.monotonic(), json.dumps(transcript)))
        return True

    def _turn_down(self, request: contract.Request) -> None:
        if not self._told(request) and isinstance(request, contract.SendText):
            trouble = self._recovery.trouble or Trouble(TroubleCode.SETTING_UP)
            now = time.monotonic()
            self._publish(contract.NotStarted(self._line.name, now, request.message_id, trouble))
