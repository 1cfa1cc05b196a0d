"""`/settings/hours`: the form of the opening hours and closed days. Hours are typed or picked; what is odd is asked about
before it is kept."""

from datetime import date

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.config import ConfigError, Settings, edit
from bridge.config.edit import CannotWrite
from bridge.records import users, views
from bridge.words.catalogue import gettext
from bridge.words.requests import refusal_in_words
from web import current
from web.access import login
from web.pages import hours_form, settings
from web.pages.hours_form import LONGEST, HoursForm
from web.pages.settings_forms import FORMS
from web.pages.told import not_kept, problems_of

SECTION = "hours"

pages = Blueprint("hours", __name__)


@pages.route("/settings/hours")
def form() -> str:
    """The form, filled with what stands in the file."""
    values = _in_file()
    return _page(hours_form.of_file(values, _today()), edit.mark(values))


@pages.route("/settings/hours", methods=["POST"])
def change() -> Response | tuple[str, int]:
    """do=save keeps them (303 to the settings), if nothing is wrong or has to be asked. Else the form is shown again: do=show
    says what it means, do=add puts the picked days into the list, do=copy and a day give its hours to all days."""
    bridge, now = current.bridge(), _in_file()
    seen, (do, _, key) = request.form.get("seen", ""), request.form.get("do", "save").partition(" ")
    typed = hours_form.of_fields(request.form, now, _today(), bridge.region())
    values = typed.values
    try:
        if do == "copy" and key in now:
            return _page(hours_form.copied(typed, key), seen), 200
        if do in ("show", "add"):
            return _page(typed, seen, tried=settings.tried(SECTION, values) if values else None), 200
        login.owners_only()
        if seen != edit.mark(now):
            return _page(typed, edit.mark(now), gettext(settings.CHANGED_MEANWHILE)), 409
        if values is None:
            return _page(typed, seen), 422 if typed.problems else 200
        settings.keep(bridge, SECTION, values)
    except ConfigError as error:
        code = 200 if do in ("show", "add") else 422
        return _page(typed, seen, config_problems=problems_of(error, SECTION)), code
    except CannotWrite as error:
        return _page(typed, seen, not_kept(error)), 503
    return redirect(url_for("settings.settings", saved=SECTION) + f"#{SECTION}", 303)


def _in_file() -> dict[str, str]:
    try:
        return edit.written(current.bridge().settings().path)[SECTION]
    except CannotWrite as error:
        abort(503, not_kept(error))


def _today() -> date:
    bridge = current.bridge()
    return bridge.now().astimezone(bridge.settings().shop.zone).date()


def _page(
    typed: HoursForm,
    seen: str,
    trouble: str | None = None,
    config_problems: dict[str, str] | None = None,
    tried: Settings | None = None,
) -> str:
    bridge = current.bridge()
    problems = {key: refusal_in_words(refusal.why) for key, refusal in typed.problems.items()} | (
        config_problems or {}
    )
    with Session(bridge.engine) as session:
        monthly = views.automatic_texts(session, bridge.now())
    return render_template(
        "opening_hours.html",
        form=FORMS[SECTION],
        typed=typed,
        labels={field.key: gettext(field.label) for field in FORMS[SECTION].fields},
        asked=any(day.choices and day.written is None for day in typed.days),
        problems=problems,
        trouble=trouble or problems.get(""),
        samples=settings.samples_of(tried or bridge.settings()) if not problems else (),
        monthly=monthly,
        seen=seen,
        today=_today(),
        owner=g.role == users.OWNER,
        longest=LONGEST,
    )
