"""`/settings`: what config.ini says, in plain words, how the automatic texts read, what they cost."""

from calendar import day_name
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge import history, hours
from bridge.config import Settings
from bridge.desk import Desk, Refused, SendSample
from bridge.holidays import is_holiday
from bridge.wording import preview

LONGEST = 1600

pages = Blueprint("settings", __name__)


@pages.route("/settings")
def settings() -> str:
    """The settings in force."""
    desk: Desk = current_app.extensions["desk"]
    texts = desk.settings().textback
    return _page(texts.message, texts.closed_message)


@pages.route("/settings/preview", methods=["POST"])
def try_out() -> str:
    """How other words would read, and what they would cost; nothing is changed."""
    texts = [
        request.form.get(field, "").replace("\r\n", "\n").strip()[:LONGEST] for field in ("open", "closed")
    ]
    return _page(*texts)


@pages.route("/settings/test", methods=["POST"])
def send_sample() -> Response:
    """The text that a stranger would get now, to the owner's mobile (303 to the conversation that shows it)."""
    desk: Desk = current_app.extensions["desk"]
    answer = desk.ask(SendSample(), by=g.user)
    if isinstance(answer, Refused):
        abort(409, answer.sentence)
    return redirect(url_for("conversations.conversations"), 303)


def _page(when_open: str, when_closed: str) -> str:
    desk: Desk = current_app.extensions["desk"]
    in_force, now = desk.settings(), datetime.now(UTC)
    with Session(desk.engine) as session:
        monthly = history.automatic_texts(session, now)
    return render_template(
        "settings.html",
        settings=in_force,
        region=desk.region(),
        days=list(day_name),
        drafts={"open": when_open, "closed": when_closed},
        previews={
            "open": preview(in_force, when_open, now, True, ""),
            "closed": preview(in_force, when_closed, now, False, _reopens(in_force, now))
            if when_closed
            else None,
        },
        monthly=monthly,
        longest=LONGEST,
    )


def _reopens(settings: Settings, now: datetime) -> str:
    """When the shop would open again if it closed now, in words."""
    zone = None if settings.shop.timezone == "auto" else ZoneInfo(settings.shop.timezone)
    week, off = settings.hours.week, is_holiday(settings.hours.holidays)
    opening = hours.opening(week, off, now, zone)
    if opening.open and any(week):
        tomorrow = hours.at_clock(now.astimezone(zone).date(), hours.MINUTES_A_DAY, zone)
        opening = hours.opening(week, off, tomorrow, zone)
    return hours.in_words(opening.reopens, now, zone)
