"""The shop's texts and lines as a whole: `/figures`, `/lines`, `/pause` and `/resume`, and `/events` for programs that cannot
be called."""

from flask import Blueprint, Response
from sqlmodel import Session

from bridge.contract.requests import Pause, Resume
from bridge.contract.status import LineStatus
from bridge.records import views
from bridge.records.views import CallRow, MessageRow, figures
from bridge.rules.scopes import Scope
from bridge.words.troubles import sentence
from web import current
from web.api import reading, rows, who
from web.api.answer import nothing, told
from web.api.document import document
from web.api.errors import done
from web.api.shapes.ours import (
    Day,
    Event,
    EventQuery,
    Events,
    Figures,
    FiguresQuery,
    Line,
    PauseWanted,
)

routes = Blueprint("shop", __name__)


@routes.get("/figures")
@document("shop", Scope.FIGURES, query=FiguresQuery, answers={200: Figures})
@who.needs(Scope.FIGURES)
def counted() -> Response:
    """How many calls came and were missed, what texts did, and how long people waited."""
    asked, bridge = reading.query(FiguresQuery), current.bridge()
    who.for_all_lines()
    zone = bridge.settings().shop.zone
    since, until = figures.last_days(asked.days, bridge.now(), zone)
    with Session(bridge.engine) as session:
        found = figures.gather(session, since, until, zone)
    shape = Figures(
        calls=found.calls,
        missed=found.missed,
        texts=found.texts,
        replies=found.replies,
        parts=found.parts,
        unanswered=found.unanswered,
        answered_within=found.answers.median.total_seconds() if found.answers.median else None,
        gave_up_after=found.patience.median.total_seconds() if found.patience.median else None,
        untexted={str(one.reason or one.textback): one.count for one in found.untexted},
        days=[
            Day(
                date=day.date.isoformat(),
                calls=day.calls,
                missed=day.missed,
                answered=day.answered,
                texts=day.texts,
                replies=day.replies,
                parts=day.parts,
            )
            for day in found.days
        ],
    )
    return told(shape)


@routes.get("/lines")
@document("shop", Scope.LINES, answers={200: list[Line]})
@who.needs(Scope.LINES)
def lines() -> Response:
    """Every line that this key may use, and what is wrong with it."""
    bridge = current.bridge()
    status = {line.name: line for line in bridge.status().lines}
    names = [modem.name for modem in bridge.settings().modems]
    with Session(bridge.engine) as session:
        found = [
            _line(session, status.get(name, LineStatus(name)), names.index(name) + 1)
            for name in who.program().lines
        ]
    return told(found)


def _line(session: Session, line: LineStatus, sim: int) -> Line:
    number = views.number_of(session, line.name, line.iccid)
    return Line(
        name=line.name,
        sim_number=sim,
        state=line.state,
        model=line.model,
        number=number.number if number else None,
        operator=line.health.operator if line.health else None,
        signal=line.health.signal if line.health else None,
        ringing=line.ringing is not None,
        troubles=[sentence(trouble) for trouble in line.troubles],
    )


@routes.post("/pause")
@document("shop", Scope.PAUSE, json=PauseWanted, answers={202: None})
@who.needs(Scope.PAUSE)
def pause() -> Response:
    """No automatic texts for a while. What programs and people write goes out all the same."""
    asked = reading.body(PauseWanted)
    who.for_all_lines()
    done(current.bridge().request(Pause(asked.minutes, asked.today), by=who.program().author))
    return nothing(202)


@routes.post("/resume")
@document("shop", Scope.PAUSE, answers={202: None})
@who.needs(Scope.PAUSE)
def resume() -> Response:
    """Automatic texts go on."""
    who.for_all_lines()
    done(current.bridge().request(Resume(), by=who.program().author))
    return nothing(202)


@routes.get("/events")
@document("shop", Scope.EVENTS, query=EventQuery, answers={200: Events})
@who.needs(Scope.EVENTS)
def events() -> Response:
    """Calls and texts that have come or changed since a cursor, in the order in which they did, each as it is now. What changed
    several times is told once."""
    asked = reading.query(EventQuery)
    with Session(current.bridge().engine) as session:
        if asked.since is None:
            return told(Events(cursor=views.newest_cursor(session), more=False, events=[]))
        found = views.happened_since(session, asked.since, who.program().only or None, asked.limit)
        shapes = [_event(session, cursor, row) for cursor, row in found]
    cursor = shapes[-1].cursor if shapes else asked.since
    return told(Events(cursor=cursor, more=len(shapes) == asked.limit, events=shapes))


def _event(session: Session, cursor: int, row: CallRow | MessageRow) -> Event:
    if isinstance(row, CallRow):
        return Event(cursor=cursor, type="call", call=rows.call(row))
    return Event(cursor=cursor, type="text", text=rows.text(session, row))
