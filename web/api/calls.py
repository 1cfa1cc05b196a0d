"""`/calls`: who called, what the box did about it and why; answering and hanging up; what would happen."""

from flask import Blueprint, Response
from sqlmodel import Session

from bridge.contract.requests import AnswerCall, DryRun, HangUp
from bridge.records import views
from bridge.rules import numbers
from bridge.rules.scopes import Scope
from bridge.words import reasons
from web import current
from web.api import answer, reading, rows, who
from web.api.answer import nothing, told
from web.api.document import document
from web.api.errors import Wrong, bad, done
from web.api.shapes.base import Problem
from web.api.shapes.messages import moment_of
from web.api.shapes.ours import Call, CallQuery, Decided, DryRunWanted, LineWanted

# Holidays are known for so long, and times can be reckoned with.
DAYS_AWAY = 5 * 366

routes = Blueprint("calls", __name__)


@routes.get("/calls")
@document("calls", Scope.CALLS, query=CallQuery, answers={200: list[Call]})
@who.needs(Scope.CALLS)
def calls() -> Response:
    """Calls, the newest first. show=missed, answered, or open: those that somebody should call back. from, to: when they
    began."""
    asked, bridge = reading.query(CallQuery), current.bridge()
    with Session(bridge.engine) as session:
        found = views.calls_for(
            session,
            which=asked.show,
            number=numbers.e164(asked.number, bridge.region()) or asked.number if asked.number else None,
            lines=who.program().only or None,
            since=reading.aware(moment_of(asked.from_ or "")),
            until=reading.aware(moment_of(asked.to or "")),
            before=asked.before,
            limit=asked.limit,
            now=bridge.now(),
        )
    return told([rows.call(row) for row in found])


@routes.get("/calls/<int:key>")
@document("calls", Scope.CALLS, answers={200: Call, 404: Problem})
@who.needs(Scope.CALLS)
def call(key: int) -> Response:
    """One call with its trace: every rule that was asked, in codes and words."""
    with Session(current.bridge().engine) as session:
        key = key if key < 2**31 else 0
        found = views.calls_for(session, key=key, lines=who.program().only or None)
    if not found:
        raise Wrong(404, "There is no call with this id.")
    return told(rows.call(found[0], with_trace=True))


@routes.post("/calls/answer")
@document("calls", Scope.CALLS_CONTROL, json=LineWanted, answers={202: None, 404: Problem})
@who.needs(Scope.CALLS_CONTROL)
def pick_up() -> Response:
    """Answer the call that rings on this line, at the box."""
    done(current.bridge().request(AnswerCall(_line()), by=who.program().author))
    return nothing(202)


@routes.post("/calls/hangup")
@routes.post("/hangup")
@document("calls", Scope.CALLS_CONTROL, json=LineWanted, answers={202: None, 404: Problem})
@who.needs(Scope.CALLS_CONTROL)
def hang_up() -> Response:
    """Hang up on the call that rings or runs on this line."""
    done(current.bridge().request(HangUp(_line()), by=who.program().author))
    return nothing(202)


def _line() -> str:
    """The line that is meant, which this key may use."""
    there, wanted = who.program().lines, reading.body(LineWanted).line
    if not there or (wanted is not None and wanted not in there):
        raise Wrong(404, "There is no such line for this key; /lines names them.")
    return there[0] if wanted is None else wanted


@routes.post("/dry-run")
@document("calls", Scope.TRY, json=DryRunWanted, answers={200: Decided})
@who.needs(Scope.TRY)
def dry_run() -> Response:
    """What would happen if this number rang now, or then: nothing is stored, nobody is texted."""
    asked, bridge = reading.body(DryRunWanted), current.bridge()
    at = reading.aware(asked.at) or bridge.now()
    if abs((at - bridge.now()).days) > DAYS_AWAY:
        raise bad("at: choose a moment within five years.")
    wanted = DryRun(asked.number, at, asked.rings, asked.outcome)
    decision = done(bridge.request(wanted, by=who.program().author)).decision
    if decision is None:
        raise Wrong(503, "The box cannot tell just now.")
    return told(
        Decided(
            texted=decision.body is not None,
            body=decision.body,
            due=answer.local(decision.due),
            reason=decision.reason,
            reason_in_words=reasons.chip(decision.reason) if decision.reason else None,
            trace=rows.steps(decision.trace),
        )
    )
