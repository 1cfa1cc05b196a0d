"""One open channel from the first AT to its loss: one conversation at a time, URCs heard meanwhile, calls
tracked.

It owns the dialogue's turn and the jobs that wait for it; time is asked of the clock that it is given. What
ends the channel (PortLost, CommandTimeout, NotUsable) is raised out of `read`, `tick` or `request` to the
driver."""

import logging
from collections import Counter, deque
from collections.abc import Callable, Generator
from dataclasses import replace
from typing import NoReturn

from modem import contract
from modem.at import commands, grammar, urc
from modem.at.dialogue import Command, Response, Urc
from modem.calls.call import CAUSES, CallEvent
from modem.calls.tracker import Tracker
from modem.contract import CallEnded, Slot
from modem.errors import CommandTimeout, ModemError, PduError, PortLost
from modem.line.channel import Channel
from modem.line.timing import Timing
from modem.procedures import reading, sending, steps, survey
from modem.procedures.received import received
from modem.procedures.sending import Outcome
from modem.procedures.setup import Judge, Setup, initialise, settings_kept
from modem.procedures.steps import Body, Pause, Reply, Step, Taken
from modem.sms import encode
from modem.sms.causes import DEVICE, OURS

log = logging.getLogger(__name__)

# So many digits at its end tell one message from the next in the same place: time stamp and text are there.
MARK = 64
# From this part of its places on, a storage is nearly full.
NEARLY_FULL = 0.8

Job = Generator[Step, Reply, None]


class Session:
    """publish: takes every event. pin: to unlock the SIM with, or None. judge: is this modem ours?
    unanswered: how often each command has had no answer, kept by the driver from session to session."""

    def __init__(
        self,
        channel: Channel,
        calls: Tracker,
        family: str,
        pin: str | None,
        judge: Judge,
        publish: Callable[[contract.Event], None],
        clock: Callable[[], float],
        unanswered: Counter[str],
        timing: Timing,
    ) -> None:
        self.setup: Setup | None = None
        self._channel = channel
        self._calls = calls
        self._family = family
        self._pin = pin
        self._judge = judge
        self._publish = publish
        self._clock = clock
        self._unanswered = unanswered
        self._timing = timing
        self._jobs: deque[Job] = deque()
        # These wait while it rings: some modems answer nothing about the SIM until the call is over.
        self._later: deque[Job] = deque()
        self._job: Job | None = None
        self._deadline: float | None = None
        self._check_at: float | None = None
        self._again = False
        self._set_up_at = self._checked_at = 0.0
        self._idle = False
        self._storage = ""
        # What was read where and has not been deleted since: only that may be deleted.
        self._lying: dict[tuple[str, int], str] = {}
        self._message_id = 0
        self._book_at: float | None = None
        self._unexplained: deque[CallEnded] = deque()
        self.sending = False

    def begin(self) -> None:
        """Start with initialising."""
        self._begin(self._initialise())

    # ---- what the driver's select calls

    def timeout(self, now: float) -> float:
        """How long nothing will happen by itself, in seconds."""
        moments = [self._deadline, self._calls.next_tick()]
        if self._job is None:
            moments.append(self._calls.next_poll())
            if not self._calls.ringing:
                moments += [self._check_at, self._book_at]
        return max(0.0, min((m for m in moments if m is not None), default=now + self._timing.check) - now)

    def read(self) -> None:
        """The port is readable."""
        try:
            events = self._channel.read()
        except PortLost as error:
            self.fail(error)
        for event in events:
            if isinstance(event, Urc):
                self._hear(grammar.parse(event))
            else:
                self._deadline = None
                self._go_on(event)

    def tick(self) -> None:
        """Time may have passed: time-outs, polls, the next job."""
        now = self._clock()
        self._say(self._calls.tick(now))
        if self._deadline is not None and now >= self._deadline:
            self._out_of_time()
        while self._job is None and self.setup is not None and self._next_job(now):
            pass  # a job may be done without a word
        self._tell_idle()

    def request(self, request: contract.Request) -> None:
        """A wish of the bridge."""
        match request:
            case contract.SendText():
                self._send(request)
            case contract.DeleteStored(slots):
                self._later.append(self._delete(slots))
            case contract.Acknowledge():
                self._jobs.appendleft(self._acknowledge())
            case contract.Answer():
                self._jobs.appendleft(self._answer())
            case contract.HangUp():
                self._jobs.appendleft(self._hang_up())

    def close(self) -> None:
        """Tell the ends of calls that are still held back for their cause."""
        while self._unexplained:
            self._publish(self._unexplained.popleft())

    @property
    def _free(self) -> bool:
        return self.setup is not None and self._job is None and not self._jobs and not self._later

    # ---- the conversation in hand

    def _begin(self, job: Job) -> None:
        self._job = job
        self._go_on(None)

    def _go_on(self, reply: Reply) -> None:
        """Hand the reply to the job and do what it asks for next."""
        assert self._job is not None
        try:
            step = self._job.send(reply)
            while isinstance(step, Taken):
                self._taken(step)
                step = self._job.send(None)
            self._do(step)
        except StopIteration:
            self._job = None

    def _do(self, step: Step) -> None:
        now = self._clock()
        try:
            match step:
                case Command() if self._is_hopeless(step):
                    self._go_on(Response(step, (), "ERROR"))
                case Command():
                    self._deadline = now + self._timing.limit(step)
                    self._channel.send(step)
                case Body(hexadecimal):
                    self._deadline = now + self._timing.send
                    if self._channel.dialogue.command is not None:  # else the refusal came with the prompt
                        self._channel.send_body(hexadecimal)
                case Pause(seconds):
                    self._deadline = now + seconds
        except PortLost as error:
            self.fail(error)

    def _is_hopeless(self, command: Command) -> bool:
        return command.text in commands.OPTIONAL and self._unanswered[command.text] >= commands.ENOUGH

    def _out_of_time(self) -> None:
        """A Pause is over, or a command has had no answer: then the port counts as lost (DESIGN, rule 5)."""
        self._deadline = None
        command = self._channel.dialogue.command
        if command is None:
            self._go_on(None)
            return
        self._unanswered[command.text] += 1
        lines = self._channel.dialogue.abandon()
        self.fail(
            CommandTimeout(f"The modem on {self._channel.path} does not answer ({command.text}).", lines)
        )

    def fail(self, error: PortLost | CommandTimeout) -> NoReturn:
        """End the conversation and the session with this error."""
        error.lines = error.lines or self._channel.dialogue.abandon()
        job, self._job = self._job, None
        if job is not None:
            try:
                step = job.throw(error)
                while isinstance(step, Taken):
                    self._taken(step)
                    step = job.send(None)
            except (StopIteration, ModemError):
                pass
        raise error

    def _taken(self, step: Taken) -> None:
        line, now = self._calls.line, self._clock()
        self._publish(contract.PartSent(line, now, self._message_id, step.part, step.parts, step.mr))

    def _next_job(self, now: float) -> bool:
        """Begin what is to be done next; False if there is nothing."""
        poll = self._calls.next_poll()
        if poll is not None and now >= poll:
            self._begin(self._poll())
        elif self._jobs:
            self._begin(self._jobs.popleft())
        elif self._calls.ringing:
            return False
        elif self._later:
            self._begin(self._later.popleft())
        elif self._check_at is not None and now >= self._check_at:
            self._checked_at, self._check_at = now, now + self._timing.check
            self._begin(self._initialise() if self._again else self._check())
        elif self._book_at is not None and now >= self._book_at:
            self._book_at = None
            self._begin(self._read_book())
        else:
            return False
        return True

    # ---- URCs

    def _hear(self, indication: urc.Indication) -> None:
        self._say(self._calls.take(indication, self._clock()))
        match indication:
            case urc.StoredText(storage, index):
                self._later.append(self._fetch(storage, index))
            case urc.StoredReport(storage, index):
                self._later.append(self._fetch(storage, index))
            case urc.DirectText(hexadecimal) | urc.DirectReport(hexadecimal):
                self._hand_on(hexadecimal, None)
            case urc.StorageFull() | urc.Registration() if self.setup is not None:
                self._check_at = max(self._clock(), self._checked_at + self._timing.check_pause)
            case urc.Booted(hard=True) if self.setup is not None:
                self.fail(
                    PortLost(
                        "The modem restarted by itself; it is being set up again. Is its power strong enough?"
                    )
                )
            case urc.Booted(hard=False) if self.setup is not None:
                self._set_up_again()

    def _set_up_again(self) -> None:
        """Settings may be gone: soon, but not without end."""
        self._again = True
        self._check_at = max(self._clock(), self._set_up_at + self._timing.setup_pause)

    def _say(self, events: list[CallEvent]) -> None:
        for event in events:
            if isinstance(event, CallEnded) and self.setup is not None:
                if event.number is None and not event.withheld:
                    self._check_at = self._clock()  # has the modem forgotten to say who calls?
                self._book_at = self._clock() + self._timing.book if self.setup.has_book else None
                if event.outcome == "abandoned" and event.cause is None and self.setup.has_cause:
                    self._unexplained.append(event)
                    self._jobs.appendleft(self._explain())
                    continue
            self._publish(event)

    def _tell_idle(self) -> None:
        idle = self._free and not self._calls.busy
        if idle != self._idle:
            self._idle = idle
            self._publish(contract.LineIdle(self._calls.line, self._clock(), idle))

    # ---- jobs

    def _initialise(self) -> Job:
        again = self.setup is not None
        setup = yield from initialise(self._family, self._pin, self._judge)
        self._calls.has_list, self._calls.indicators = setup.has_list, setup.indicators
        self._storage = setup.texts.storage
        self.setup = setup
        self._again, self._set_up_at = False, self._clock()
        self._check_at = self._set_up_at + self._timing.check
        if not again:
            self._publish(self._line_up(setup))
        for storage in reversed(setup.texts.storages):  # the one that is used comes last, and stays selected
            yield from self._fetch(storage, None)
        yield from self._look_around()
        if not again and setup.has_book:
            self._book_at = self._clock()

    def _line_up(self, setup: Setup) -> contract.LineUp:
        return contract.LineUp(
            self._calls.line,
            self._clock(),
            self._channel.path,
            setup.model,
            setup.imei,
            setup.imsi,
            setup.iccid,
            setup.msisdn,
        )

    def _check(self) -> Job:
        """Now and then: are the settings ours, and how is the line?"""
        assert self.setup is not None
        if (yield from settings_kept(self.setup.texts.announced)):
            yield from self._look_around()
            return
        log.warning(
            "%s: another program or a reset changed the modem's settings; set again", self._calls.line
        )
        yield from self._initialise()

    def _look_around(self) -> Job:
        found = yield from survey.survey()
        line, now = self._calls.line, self._clock()
        self._publish(contract.LineHealth(line, now, **vars(found)))
        if found.registration not in (None, survey.HOME, survey.ROAMING):
            self._check_at = now + self._timing.check_unregistered
        if found.total and found.used >= NEARLY_FULL * found.total:
            yield from self._fetch(found.storage, None)

    def _explain(self) -> Job:
        """Ask why the call ended before its end is told (27.007 CEER): 19 was not answered, 26 was, on
        another phone."""
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

    def _read_book(self) -> Job:
        numbers = yield from survey.missed_book()
        if numbers is not None:
            self._publish(contract.MissedBook(self._calls.line, self._clock(), numbers))

    def _acknowledge(self) -> Job:
        if self.setup is not None and self.setup.texts.acknowledged:
            yield from steps.ask(commands.ACKNOWLEDGE)

    def _poll(self) -> Job:
        asked = self._clock()
        self._calls.polling(asked)
        response = yield from steps.ask(commands.CALLS)
        if response.ok:
            self._say(self._calls.listed(grammar.call_list(response.lines), asked, self._clock()))

    def _answer(self) -> Job:
        self._calls.picking_up()
        if (yield from steps.ask(commands.ANSWER)).ok:
            self._calls.picked_up(self._clock())

    def _hang_up(self) -> Job:
        self._calls.hanging_up()
        response = yield from steps.ask(commands.HANG_UP)
        if not response.ok:
            response = yield from steps.ask(commands.HANG_UP_V25)
        self._say(self._calls.hung_up(response.ok, self._clock(), sure=True))

    def _fetch(self, storage: str, index: int | None) -> Job:
        """Read the text at `index`, or all that lie there, and hand them on; they stay until the bridge has
        them."""
        yield from self._select(storage)
        if index is not None and (found := (yield from reading.read_one(index))):
            self._received(found, storage, index)
            return
        for place, found in (yield from reading.read_all()):
            self._received(found, storage, place)

    def _delete(self, slots: tuple[Slot, ...]) -> Job:
        for slot in slots:
            place = slot.storage, slot.index
            if self._lying.get(place) != slot.mark:
                continue  # it has gone already, and another message may lie there now
            yield from self._select(slot.storage)
            response = yield from steps.ask(commands.delete(slot.index))
            del self._lying[place]
            if not response.ok and response.error().code != commands.NO_SUCH_INDEX:
                log.warning("%s: text %d stays in %s: %s", self._calls.line, *reversed(place), response.final)

    def _select(self, storage: str) -> Job:
        if storage and storage != self._storage and (yield from steps.ask(commands.use_storage(storage))).ok:
            self._storage = storage

    def _received(self, hexadecimal: str, storage: str, index: int) -> None:
        """Hand on what was read at this place."""
        slot = Slot(storage, index, hexadecimal[-MARK:])
        self._lying[storage, index] = slot.mark
        self._hand_on(hexadecimal, slot)

    def _hand_on(self, hexadecimal: str, slot: Slot | None) -> None:
        event = received(self._calls.line, self._clock(), hexadecimal, slot)
        if event is not None:
            self._publish(event)

    def _send(self, request: contract.SendText) -> None:
        line, now = self._calls.line, self._clock()
        if not self._free or self._calls.busy:
            self._publish(contract.NotStarted(line, now, request.message_id, "The line was busy."))
            return
        try:
            parts = encode.encode(
                request.number,
                request.body,
                reference=request.reference,
                validity_minutes=request.validity_minutes,
            )
        except PduError as error:
            self._publish(
                contract.TextFailed(line, now, request.message_id, str(error), None, OURS, begun=False)
            )
            return
        self._begin(self._sending(request.message_id, parts))

    def _sending(self, message_id: int, parts: tuple[encode.EncodedPart, ...]) -> Job:
        self._message_id, self.sending = message_id, True
        outcome = yield from sending.send(parts)
        self.sending = False
        self._publish(_ended(self._calls.line, self._clock(), message_id, outcome))
        if isinstance(outcome, sending.Refused) and outcome.kind == DEVICE:
            self._set_up_again()  # the modem is in a muddle
        if isinstance(outcome, sending.Untouched):
            raise PortLost(outcome.reason)  # it may still wait for the text: begin anew, with an ESC


def _ended(line: str, now: float, message_id: int, outcome: Outcome) -> contract.Event:
    """What `send` ended with, as the bridge is told."""
    match outcome:
        case sending.Sent():
            return contract.TextSent(line, now, message_id)
        case sending.Refused(reason, code, kind, begun):
            return contract.TextFailed(line, now, message_id, reason, code, kind, begun)
        case sending.Unsure(reason):
            return contract.TextUnconfirmed(line, now, message_id, reason)
        case sending.Untouched(reason):
            return contract.NotStarted(line, now, message_id, reason)
