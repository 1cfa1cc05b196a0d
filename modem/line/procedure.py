"""Runs one procedure of `modem.procedures` at a time over an open channel: its current step, the limit of
that, and what is handed back to it; it does not know what the procedures are for."""

from collections import Counter
from collections.abc import Callable, Generator
from typing import NoReturn, assert_never

from modem.at import commands
from modem.at.dialogue import Command, Prompt, Response
from modem.errors import CommandTimeout, ModemError, PortLost
from modem.line.channel import Channel
from modem.line.timing import Timing
from modem.procedures.steps import Body, Pause, Reply, Step, Taken
from modem.troubles import Trouble, TroubleCode

Procedure = Generator[Step, Reply, None]


class ProcedureRunner:
    """taken: is told of each part of a text that the SMSC has taken, handing_over: that a PDU goes to the modem next; it may
    raise PortLost. unanswered: how often each command had
    no answer, kept from session to session. deadline: when the current step is out of time, None if nothing
    is waited for. asked_at: when the command was written that has no answer yet, else None.
    handed_over: since when a PDU has been with the modem without an answer, else None.

    Each method may raise what ends the session: PortLost, CommandTimeout, or what the procedure itself
    raises.
    """

    def __init__(
        self,
        channel: Channel,
        timing: Timing,
        clock: Callable[[], float],
        unanswered: Counter[str],
        taken: Callable[[Taken], None],
        handing_over: Callable[[], None],
    ) -> None:
        self.deadline: float | None = None
        self.asked_at: float | None = None
        self.handed_over: float | None = None
        self._channel = channel
        self._timing = timing
        self._clock = clock
        self._unanswered = unanswered
        self._taken = taken
        self._handing_over = handing_over
        self._procedure: Procedure | None = None

    @property
    def running(self) -> bool:
        """Is there one that has not ended?"""
        return self._procedure is not None

    def begin(self, procedure: Procedure) -> None:
        """Run this one, up to the first thing that it must wait for. None may be running."""
        assert self._procedure is None
        self._procedure = procedure
        self._go_on(None)

    def reply(self, reply: Response | Prompt) -> None:
        """The modem has answered the current step."""
        self.deadline = self.asked_at = self.handed_over = None
        self._go_on(reply)

    def tick(self, now: float) -> None:
        """Time has passed: a Pause may be over. A command that has had no answer in time makes the port count
        as lost: what it would answer later could be taken for the answer to the next one."""
        if self.deadline is None or now < self.deadline:
            return
        self.deadline = None
        command = self._channel.dialogue.command
        if command is None:
            self._go_on(None)
            return
        if command.insists:  # a modem that does not know it; by now the answers to older commands have come
            self.reply(Response(command, self._channel.dialogue.abandon(), ""))
            return
        self._unanswered[command.text] += 1
        self.no_answer(command)

    def no_answer(self, command: Command) -> NoReturn:
        """This command, which runs, will have no answer any more."""
        lines = self._channel.dialogue.abandon()
        self.fail(
            CommandTimeout(
                Trouble.of(TroubleCode.MODEM_SILENT, path=self._channel.path, command=command.text), lines
            )
        )

    def fail(self, error: PortLost | CommandTimeout) -> NoReturn:
        """Throw the error into the procedure, which may tell what that means, and then out of here."""
        self.deadline = self.asked_at = self.handed_over = None
        error.lines = error.lines or self._channel.dialogue.abandon()
        procedure, self._procedure = self._procedure, None
        if procedure is not None:
            try:
                step = procedure.throw(error)
                while isinstance(step, Taken):
                    self._taken(step)
                    step = procedure.send(None)
            except (StopIteration, ModemError):
                pass
        raise error

    def _go_on(self, reply: Reply) -> None:
        """Hand the reply to the procedure and do what it asks for next."""
        assert self._procedure is not None
        try:
            step = self._procedure.send(reply)
            while isinstance(step, Taken):
                self._taken(step)
                step = self._procedure.send(None)
        except StopIteration:
            self._procedure = None
            return
        try:
            self._do(step)
        except PortLost as error:
            self.fail(error)

    def _do(self, step: Command | Body | Pause) -> None:
        now = self._clock()
        match step:
            case Command() if self._is_hopeless(step):
                self._go_on(Response(step, (), "ERROR"))
            case Command():
                self.deadline, self.asked_at = now + self._timing.limit(step), now
                self._channel.send(step)
            case Body(pdu):
                self.deadline = now + self._timing.send
                if (
                    self._channel.dialogue.command is not None
                ):  # else the refusal came together with the prompt
                    self._handing_over()
                    self._channel.send_body(pdu)
                    self.handed_over = now
            case Pause(seconds):
                self.deadline = now + seconds
            case _:
                assert_never(step)

    def _is_hopeless(self, command: Command) -> bool:
        """A command that the line can do without, and that has been left unanswered too often."""
        return command.text in commands.OPTIONAL and self._unanswered[command.text] >= commands.ENOUGH
