"""Sends one text at a time, and tells what became of it: exactly one answer to each SendText; whether the
line is free for it, the session knows."""

from collections.abc import Callable, Generator
from typing import assert_never

from modem import contract
from modem.contract import Refusal
from modem.errors import PduError, PortLost
from modem.line.hand_over import HandOver
from modem.procedures import sending
from modem.procedures.sending import Outcome
from modem.procedures.steps import Pause, Reply, Step, Taken
from modem.sms import encode
from modem.sms.encode import EncodedPart
from modem.troubles import Trouble, TroubleCode


class TextSender:
    """line: its name. publish: takes the events. muddle: is called where the modem must be set up again, restarted where it
    has restarted meanwhile. sending: a text is on its way. probed: the modem was asked whether it is still the same."""

    def __init__(
        self,
        line: str,
        publish: Callable[[contract.Event], None],
        muddle: Callable[[], None],
        restarted: Callable[[], None],
        clock: Callable[[], float],
        stray_answer: float,
        notes: HandOver,
    ) -> None:
        self.sending = self.probed = False
        self._line = line
        self._publish = publish
        self._muddle = muddle
        self._restarted = restarted
        self._stray_answer = stray_answer
        self._notes = notes
        self._clock = clock
        self._message_id = 0

    def not_started(self, request: contract.SendText, trouble: Trouble) -> None:
        """Nothing of this text has left, and why."""
        self._publish(contract.NotStarted(self._line, self._clock(), request.message_id, trouble))

    def send(self, request: contract.SendText) -> Generator[Step, Reply, None] | None:
        """The procedure that sends this text; None where it cannot be put into PDUs, which is told."""
        try:
            parts = encode.encode(
                request.number,
                request.body,
                reference=request.reference,
                validity_minutes=request.validity_minutes,
            )
        except PduError as error:
            trouble = Trouble.of(TroubleCode.NOT_ENCODED, detail=str(error))
            self._publish(self._failed(request.message_id, trouble, None, Refusal.OURS, begun=False))
            return None
        return self._sending(request.message_id, parts)

    def taken(self, step: Taken) -> None:
        """The SMSC has taken a part of the text that is on its way."""
        now = self._clock()
        self._publish(contract.PartSent(self._line, now, self._message_id, step.part, step.parts, step.mr))

    def handing_over(self) -> None:
        """A PDU of the text that is on its way goes to the modem next. Raises PortLost where that cannot be noted."""
        self._notes.note(self._message_id)

    def _sending(self, message_id: int, parts: tuple[EncodedPart, ...]) -> Generator[Step, Reply, None]:
        self._message_id, self.sending, self.probed = message_id, True, False
        outcome = yield from sending.send(parts)
        self.sending = False
        self._publish(self._ended(message_id, outcome))
        if isinstance(outcome, sending.Unsure):
            self._restarted()
        elif self.probed:
            yield Pause(self._stray_answer)
        if isinstance(outcome, sending.Refused) and outcome.kind is Refusal.DEVICE:
            self._muddle()
        if isinstance(outcome, sending.Untouched):
            raise PortLost(outcome.trouble)  # it may still wait for the text: begin anew, with an ESC

    def _ended(self, message_id: int, outcome: Outcome) -> contract.Event:
        now = self._clock()
        match outcome:
            case sending.Sent():
                return contract.TextSent(self._line, now, message_id)
            case sending.Refused(trouble, code, kind, begun):
                return self._failed(message_id, trouble, code, kind, begun)
            case sending.Unsure(trouble):
                return contract.TextUnconfirmed(self._line, now, message_id, trouble)
            case sending.Untouched(trouble):
                return contract.NotStarted(self._line, now, message_id, trouble)
            case _:
                assert_never(outcome)

    def _failed(
        self, message_id: int, trouble: Trouble, code: int | None, kind: Refusal, begun: bool
    ) -> contract.TextFailed:
        return contract.TextFailed(self._line, self._clock(), message_id, trouble, code, kind, begun)
