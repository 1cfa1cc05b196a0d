"""What becomes of a step that can never be done: one event is put aside, one request is refused, one job waits; nothing behind
it does. What a step does, and when it counts as failed, bridge/service/transactions and the handlers say."""

import json
import logging
import traceback
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import get_args

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bridge.contract.answers import Rejected
from bridge.contract.bridge import Envelope
from bridge.records import incidents
from bridge.records.failures import masked
from bridge.records.put_aside import put_aside
from bridge.rules.refusals import Refused
from bridge.rules.states import IncidentKind
from bridge.rules.troubles import BoxTrouble
from bridge.service.dispatch import Ended, Handlers, after_failure
from bridge.service.housekeeping import Periodic
from bridge.service.inbox import InboxItem
from bridge.service.steps import Steps
from bridge.service.transactions import Effects, Step, StepFailed
from modem import contract
from modem.contract import Coded, Trouble

log = logging.getLogger(__name__)

WHAT = {
    contract.TextReceived: "text",
    contract.ReportReceived: "report",
    contract.CallRinging: "call",
    contract.CallEnded: "call",
}


class Failures:
    """once: does a step in a transaction, and raises StepFailed where that can never be done."""

    def __init__(self, once: Callable[[Step], None], steps: Steps, handlers: Handlers) -> None:
        self._once = once
        self._steps = steps
        self._handlers = handlers

    def handle(self, item: InboxItem) -> None:
        """Handle an item, and what goes with it; where that fails, each alone."""
        items = [item]
        try:
            self._once(self._steps.of(items))
        except StepFailed as failed:
            if len(items) == 1:
                self._failed(item, failed.error)
                return
            for one in items:
                self.handle_alone(one)

    def handle_alone(self, item: InboxItem) -> None:
        """Handle an item and no other."""
        try:
            self._once(self._steps.alone(item))
        except StepFailed as failed:
            self._failed(item, failed.error)

    def attempt(self, step: Step) -> bool:
        """Do a step that belongs to no item; False where that can never be done, which the log says."""
        try:
            self._once(step)
        except StepFailed as failed:
            _log("A step of the box", failed.error)
            return False
        return True

    def do(self, job: Periodic) -> None:
        """Do what is due now and then; what fails is put off, longer each time."""
        if self.attempt(job.step):
            job.failed = 0
            return
        log.error("Trying again in %.0f s.", job.put_off())
        if job.instead is not None:
            self.attempt(job.instead)

    def send_one(self, line: str) -> None:
        """Begin the next text of this line; one that the box fails on is marked as failed."""
        if not self.attempt(partial(self._steps.send_one, line)):
            self.attempt(partial(self._cannot_be_sent, line))

    def _cannot_be_sent(self, line: str, session: Session) -> Effects:
        self._handlers.outbox.give_up_on_the_one_in_hand(session)
        return []

    def _failed(self, item: InboxItem, error: Exception) -> None:
        if isinstance(item, Envelope):
            _log(f"The request {type(item.request).__name__}", error)
            item.answer.put(Rejected(Coded(Refused.NOT_STORED)))
            return
        _log(f"The event {type(item).__name__}", error)
        if isinstance(item, get_args(contract.Event)):
            if not self.attempt(partial(self._put_aside, item, error)):
                for effect in after_failure(self._handlers, item, kept=False):
                    effect()
            if isinstance(item, Ended):
                self.attempt(partial(self._nobody_knows, item))

    def _put_aside(self, event: contract.Event, error: Exception, session: Session) -> Effects:
        """Kept, and told on the page; the SIM and the line go on once that is committed."""
        now, kind = self._handlers.clock.utc(), type(event).__name__
        put_aside(session, event.line, kind, json.dumps(asdict(event), default=str), masked(error), now)
        trouble = Trouble.of(BoxTrouble.PUT_ASIDE, what=WHAT.get(type(event), "news"))
        incidents.incident_begins(session, event.line, IncidentKind.PUT_ASIDE, trouble, now)
        session.flush()
        incidents.incident_ends(session, event.line, IncidentKind.PUT_ASIDE, now)
        return after_failure(self._handlers, event, kept=True)

    def _nobody_knows(self, end: Ended, session: Session) -> Effects:
        """The text whose end was put aside may have gone out: it is never sent a second time."""
        self._handlers.outbox.nobody_knows(session, end.message_id)
        return []


def _log(what: str, error: Exception) -> None:
    """A refusal of the database in one line; a mistake of ours with where it was made. No data of a person is in either."""
    if isinstance(error, DBAPIError):
        log.error("The database refuses %s: %s", what, masked(error))
    else:
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("%s failed: %s\n%s", what, masked(error), where.rstrip())
