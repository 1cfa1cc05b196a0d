"""One open channel from the first AT to its loss: which procedure runs next, and what is heard meanwhile; the
parts do the rest.

What ends the channel (PortLost, CommandTimeout, NotUsable) is raised out of `begin`, `read`, `tick` and
`request`.
"""

import logging
from collections import Counter, deque
from collections.abc import Callable, Generator
from typing import assert_never

from modem import contract
from modem.at import commands, grammar, urc
from modem.at.dialogue import AtEvent, Urc
from modem.calls.call import CallEvent
from modem.calls.tracker import Tracker
from modem.contract import CallEnded, CallOutcome, Slot
from modem.errors import PortLost
from modem.line.call_control import CallControl
from modem.line.channel import Channel
from modem.line.hand_over import HandOver
from modem.line.procedure import Procedure, ProcedureRunner
from modem.line.reset_watch import ResetWatch
from modem.line.stored_texts import StoredTexts
from modem.line.text_sender import TextSender
from modem.line.timing import Timing
from modem.line.upkeep import Look, Upkeep
from modem.procedures import steps, survey
from modem.procedures.received import received
from modem.procedures.setup import Setup, settings_kept
from modem.procedures.steps import Reply, Step
from modem.troubles import Trouble, TroubleCode

log = logging.getLogger(__name__)

BUSY = Trouble(TroubleCode.LINE_BUSY)
RESTARTED = Trouble(TroubleCode.MODEM_RESTARTED)


class Session:
    """initialise: the procedure that sets the modem up. publish: takes every event. clock: the monotonic
    clock. unanswered: how often each command has had no answer, kept from session to session. notes: made before each PDU."""

    def __init__(
        self,
        channel: Channel,
        tracker: Tracker,
        initialise: Callable[[], Generator[Step, Reply, Setup]],
        publish: Callable[[contract.Event], None],
        timing: Timing,
        clock: Callable[[], float],
        unanswered: Counter[str],
        notes: HandOver,
    ) -> None:
        line = tracker.line
        self._setup: Setup | None = None
        self._channel = channel
        self._tracker = tracker
        self._initialise = initialise
        self._publish = publish
        self._timing = timing
        self._clock = clock
        self._upkeep = Upkeep(timing)
        self._texts = StoredTexts(line, self._received)
        self._calls = CallControl(tracker, self._tell, publish, clock)
        self._watch = ResetWatch(timing)
        self._sender = TextSender(
            line, publish, self._settings_gone, self._restarted, clock, timing.stray_answer, notes
        )
        self._runner = ProcedureRunner(
            channel, timing, clock, unanswered, self._sender.taken, self._sender.handing_over
        )
        # In the order of their coming; they go before everything else, and while it rings.
        self._urgent: deque[Procedure] = deque()
        # These wait while it rings: some modems answer nothing about the SIM until the call is over.
        self._later: deque[Procedure] = deque()
        # A text that waits for the end of a command of these; nothing of them goes before it.
        self._next_text: contract.SendText | None = None
        self._gives_way = False
        self._idle = False

    @property
    def sending(self) -> bool:
        """Is a text on its way?"""
        return self._sender.sending

    def begin(self) -> None:
        """Start with setting the modem up."""
        self._runner.begin(self._set_up())

    # ---- what the thread's select calls

    def timeout(self, now: float) -> float:
        """How long nothing will happen by itself, in seconds."""
        self._watch.handed_over(self._runner.handed_over)
        moments = [
            self._runner.deadline,
            self._tracker.next_tick(),
            self._channel.dialogue.deadline,
            self._watch.next_at(),
        ]
        if not self._runner.running:
            moments.append(self._tracker.next_poll())
            if not self._tracker.ringing:
                moments.append(self._upkeep.next_at())
        return max(0.0, min((m for m in moments if m is not None), default=now + self._timing.check) - now)

    def read(self) -> None:
        """The port is readable."""
        try:
            events = self._channel.read()
        except PortLost as error:
            self._runner.fail(error)
        self._take(events)

    def _take(self, events: list[AtEvent]) -> None:
        for event in events:
            if isinstance(event, Urc):
                self._hear(grammar.parse(event))
            else:
                self._runner.reply(event)

    def tick(self) -> None:
        """Time may have passed, or something has come: time-outs, polls, the next procedure."""
        now = self._clock()
        self._take(self._channel.dialogue.tick(now))
        self._tell(self._tracker.tick(now))
        self._runner.tick(now)
        self._look_for_reset(now)
        while not self._runner.running and self._setup is not None:  # a procedure may be done without a word
            procedure = self._next(self._setup, now)
            if procedure is None:
                break
            self._runner.begin(procedure)
        self._tell_idle()

    def request(self, request: contract.Request) -> None:
        """The bridge asks for something."""
        match request:
            case contract.SendText():
                self._send(request)
            case contract.DeleteStored(slots):
                self._later.append(self._texts.delete(slots))
            case contract.Acknowledge():
                self._urgent.append(self._acknowledge())
            case contract.Answer():
                self._urgent.append(self._calls.answer())
            case contract.HangUp():
                self._urgent.append(self._calls.hang_up())
            case contract.TellRecording():
                pass  # it is not for the modem
            case _:
                assert_never(request)

    def close(self) -> None:
        """It is over: tell what was held back, and that a text that still waited has not been started."""
        self._calls.close()
        if self._next_text is not None:
            self._sender.not_started(self._next_text, BUSY)
            self._next_text = None

    # ---- what is done next

    def _next(self, setup: Setup, now: float) -> Procedure | None:
        """The next procedure, taken from where it waits; None if there is nothing to do."""
        self._gives_way = False
        poll = self._tracker.next_poll()
        if poll is not None and now >= poll:
            return self._calls.poll()
        if self._urgent:
            return self._urgent.popleft()
        if self._next_text is not None and (procedure := self._take_text(self._next_text)) is not None:
            return procedure
        if self._tracker.ringing:
            return None
        if self._later:
            self._gives_way = True
            return self._later.popleft()
        match self._upkeep.take(now):
            case Look.SET_UP:
                return self._set_up()
            case Look.CHECK:
                return self._check(setup)
            case Look.BOOK:
                return self._read_book()
            case Look.TEXTS:
                return self._read_texts(setup)
            case None:
                return None

    @property
    def _free(self) -> bool:
        """Could a text be started at once, or as soon as the stored text in hand has been read or deleted? What is read
        stays in the modem until it is asked for again, so a text that is due need not wait for all of them."""
        busy = (self._runner.running and not self._gives_way) or self._urgent or self._next_text
        return self._setup is not None and not busy and not self._tracker.busy

    def _tell_idle(self) -> None:
        idle = self._free
        if idle != self._idle:
            self._idle = idle
            self._publish(contract.LineIdle(self._tracker.line, self._clock(), idle))

    def _send(self, request: contract.SendText) -> None:
        if not self._free:
            self._sender.not_started(request, BUSY)
        elif self._runner.running:
            self._next_text = request
        elif (procedure := self._sender.send(request)) is not None:
            self._gives_way = False
            self._runner.begin(procedure)

    def _take_text(self, request: contract.SendText) -> Procedure | None:
        """The text that has waited for its turn; it may have begun to ring meanwhile."""
        self._next_text = None
        if self._tracker.busy:
            self._sender.not_started(request, BUSY)
            return None
        return self._sender.send(request)

    # ---- has it restarted?

    def _look_for_reset(self, now: float) -> None:
        """A caller without a number, or a PDU without an answer: the modem may have restarted. AT+CLIP=1 makes the next RING
        tell the number; a modem that owes an answer is asked with AT, which must not be done without need."""
        self._watch.handed_over(self._runner.handed_over)
        if self._watch.ring_is_due(now) and self._tracker.nameless and self._setup is not None:
            self._ask_for_the_caller(now)
        if self._watch.answer_is_due(now):
            self._probe()

    def _ask_for_the_caller(self, now: float) -> None:
        """A command that was written before the modem restarted has no answer: begin anew rather than wait for its limit."""
        command, asked_at = self._channel.dialogue.command, self._runner.asked_at
        if command is not None and asked_at is not None and self._runner.handed_over is None:
            if now - asked_at >= self._timing.unanswered:
                self._runner.no_answer(command)
            self._watch.look_again(now)
            return
        self._upkeep.doubt(now)
        self._urgent.append(self._tell_callers())
        self._probe()

    def _probe(self) -> None:
        if self._runner.handed_over is None:
            return
        self._sender.probed = True
        try:
            self._channel.probe()
        except PortLost as error:
            self._runner.fail(error)

    def _tell_callers(self) -> Procedure:
        yield from steps.ask(commands.CALLER_ID)

    # ---- what is heard

    def _hear(self, indication: urc.Indication) -> None:
        self._tell(self._tracker.take(indication, self._clock()))
        match indication:
            case urc.Ring():
                self._watch.rang(self._clock())
            case urc.StoredText(storage, index) | urc.StoredReport(storage, index):
                self._later.append(self._texts.fetch(storage, index))
            case urc.DirectText(pdu) | urc.DirectReport(pdu):
                self._received(pdu, None)
            case urc.StorageFull() | urc.Registration() if self._setup is not None:
                self._upkeep.news(self._clock())
            case urc.Booted(hard=True) if self._setup is not None:
                self._runner.fail(PortLost(RESTARTED))
            case urc.Booted(hard=False) if self._setup is not None:
                self._settings_gone()
                self._probe()

    def _restarted(self) -> None:
        self._upkeep.restarted(self._clock())

    def _settings_gone(self) -> None:
        self._upkeep.settings_gone(self._clock())

    def _received(self, pdu: str, slot: Slot | None) -> None:
        event = received(self._tracker.line, self._clock(), pdu, slot)
        if event is not None:
            self._publish(event)
        if isinstance(event, contract.TextReceived) and event.concat is not None:
            self._upkeep.part_came(self._clock())

    def _tell(self, events: list[CallEvent]) -> None:
        """What the tracker makes known. An end waits for its cause where the modem can tell one."""
        for event in events:
            if isinstance(event, CallEnded) and self._setup is not None:
                if event.number is None and not event.withheld:
                    self._upkeep.doubt(self._clock())
                if self._setup.has_book:
                    self._upkeep.call_ended(self._clock())
                unexplained = event.outcome is CallOutcome.ABANDONED and event.cause is None
                if unexplained and self._setup.has_cause:
                    self._calls.hold_back(event)
                    self._urgent.append(self._calls.explain())
                    continue
            self._publish(event)

    # ---- procedures

    def _set_up(self) -> Procedure:
        """Set the modem up, tell that the line is up, and look at everything."""
        again = self._setup is not None
        setup = yield from self._initialise()
        self._tracker.has_list, self._tracker.indicators = setup.has_list, setup.indicators
        self._texts.set_up(setup.texts.storage)
        self._setup = setup
        self._upkeep.set_up(self._clock())
        if not again:
            self._publish(self._line_up(setup))
        yield from self._read_texts(setup)
        yield from self._look_around()
        if not again and setup.has_book:
            self._upkeep.read_book(self._clock())

    def _read_texts(self, setup: Setup) -> Procedure:
        """All that lies in the storages; the one that is used comes last, and stays selected."""
        for storage in reversed(setup.texts.storages):
            yield from self._texts.fetch(storage, None)

    def _line_up(self, setup: Setup) -> contract.LineUp:
        return contract.LineUp(
            self._tracker.line,
            self._clock(),
            self._channel.path,
            setup.model,
            setup.imei,
            setup.imsi,
            setup.iccid,
            setup.msisdn,
        )

    def _check(self, setup: Setup) -> Procedure:
        """Now and then: are the settings ours, and how is the line?"""
        if (yield from settings_kept(setup.texts.announced)):
            yield from self._look_around()
            return
        line = self._tracker.line
        log.warning("%s: another program or a reset changed the modem's settings; they were set again", line)
        yield from self._set_up()

    def _look_around(self) -> Procedure:
        """How is the line? A storage that is nearly full is looked through: a text may lie there that was
        never announced."""
        health = yield from survey.survey(self._tracker.line, self._clock)
        self._publish(health)
        if health.registration not in (None, survey.HOME, survey.ROAMING):
            self._upkeep.unregistered(self._clock())
        if health.nearly_full:
            yield from self._texts.fetch(health.storage, None)

    def _read_book(self) -> Procedure:
        numbers = yield from survey.missed_book()
        if numbers is not None:
            self._publish(contract.MissedBook(self._tracker.line, self._clock(), numbers))

    def _acknowledge(self) -> Procedure:
        """The bridge has stored what was delivered directly (27.005 CNMA)."""
        if self._setup is not None and self._setup.texts.acknowledged:
            yield from steps.ask(commands.ACKNOWLEDGE)
