"""`/metrics`, for Prometheus and whatever reads its form: one moment of the box, written down; for keys alone."""

import time
from datetime import UTC, datetime
from importlib.metadata import version
from threading import Lock

from flask import Blueprint, Response, current_app
from sqlmodel import Session

from bridge.records import views
from bridge.records.views import metric_counts
from bridge.records.views.metric_counts import Counted
from bridge.rules.hours import at_clock
from bridge.rules.scopes import Scope
from web import current
from web.api import who
from web.api.document import document

routes = Blueprint("metrics", __name__)


class Today:
    """What has been told of this day, so that nothing of it is taken back. One an application."""

    def __init__(self, began: datetime) -> None:
        self.began = began
        self._lock = Lock()
        self._since: datetime | None = None
        self._told: Counted | None = None

    def grown(self, since: datetime, counted: Counted) -> Counted:
        """What is told of the day that began at `since`, after what was told of it before."""
        with self._lock:
            if self._told is not None and self._since == since:
                counted = metric_counts.grown(self._told, counted)
            self._since, self._told = since, counted
            return counted


@routes.get("/metrics")
@document("box", Scope.METRICS)
@who.needs(Scope.METRICS)
def metrics() -> Response:
    """The figures of this moment. The library is imported when it is first asked for."""
    from web.api.metric_families import CONTENT_TYPE, Seen, exposition

    bridge = current.bridge()
    now, status = bridge.now(), bridge.status()
    zone = bridge.settings().shop.zone
    since = at_clock(now.astimezone(zone).date(), 0, zone).astimezone(UTC)
    today: Today = current_app.extensions["metrics"]
    with Session(bridge.engine) as session:
        counted = metric_counts.counted(session, since, now)
        need_reply = views.needing_reply(session, current.own(session))
        unread = views.unread(session)
    age = max(0.0, time.monotonic() - status.alive)
    told = today.grown(since, counted)
    seen = Seen(status, told, need_reply, unread, now, age, today.began, version("textback"))
    return Response(exposition(seen), content_type=CONTENT_TYPE)
