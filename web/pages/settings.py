"""`/settings`: what config.ini says, in plain words, and a form for each of its sections that a shop decides about."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge import config
from bridge.config import ConfigError, Settings, edit
from bridge.config.edit import CannotWrite
from bridge.config.schema import SECTIONS
from bridge.contract.answers import Done, Rejected
from bridge.contract.bridge import Bridge
from bridge.contract.requests import ReadSettings, SendSample, TryServices
from bridge.contract.status import Status
from bridge.records import users, views
from bridge.rules import languages
from bridge.rules.holidays import is_holiday
from bridge.rules.hours import Opening
from bridge.rules.languages import LANGUAGES
from bridge.rules.one_line import one_line
from bridge.rules.push import PUBLIC
from bridge.rules.refusals import Refusal
from bridge.rules.typed_dates import runs_of
from bridge.rules.typed_hours import as_written, by_the_clock, clock, time_of_day
from bridge.words import dates
from bridge.words.catalogue import N_, _
from bridge.words.preview import samples
from bridge.words.requests import refusal_in_words
from web import current
from web.access import login
from web.pages import push
from web.pages.settings_forms import FORMS, Form
from web.pages.told import in_words, not_kept, problems_of

LONGEST = 1600
CHANGED_MEANWHILE = N_(
    "Somebody has changed these settings since you opened this form. Check them: what you see here is "
    "yours, and saving now replaces theirs."
)

READ_AS_TYPED: dict[str, Callable[[str], str]] = {
    "quiet": lambda typed: as_written(by_the_clock(typed)),
    "digest": lambda typed: clock(time_of_day(typed)[0]),
}

pages = Blueprint("settings", __name__)


@pages.route("/settings")
def settings() -> str:
    """The settings in force, in words. saved: the section that was just changed."""
    bridge = current.bridge()
    in_force = bridge.settings()
    today = bridge.now().astimezone(in_force.shop.zone).date()
    with Session(bridge.engine) as session:
        texted = views.automatic_texts(session, current.bridge().now())
        replies = len(views.saved_replies(session))
    return render_template(
        "settings.html",
        settings=in_force,
        region=bridge.region(),
        days=[dates.weekday(day) for day in range(7)],
        samples=samples_of(in_force),
        texted=texted,
        replies=replies,
        owner=g.role == users.OWNER,
        never_closed=_never_closed(in_force),
        closed_days=runs_of(day for day in in_force.hours.holidays.dates if day >= today),
        saved=FORMS.get(request.args.get("saved", "")),
    )


@pages.route("/settings/<section>")
def form(section: str) -> str:
    """The form of one section, filled with what stands in the file."""
    bridge = current.bridge()
    try:
        values = edit.written(bridge.settings().path)[_known(section)]
        if g.role != users.OWNER and section == "notify":
            values = values | {"urls": ""}  # they hold passwords
    except CannotWrite as error:
        abort(503, not_kept(error))
    return _form(section, values, edit.mark(values))


@pages.route("/settings/<section>", methods=["POST"])
def change(section: str) -> Response | tuple[str, int]:
    """Keep them (303 to the settings), or (do=show) say how they would read. do=test and push: keep them, and send a test to
    the other services, or make a channel to a phone (303 to the form). What was typed is never lost."""
    bridge, do = current.bridge(), request.form.get("do")
    path = bridge.settings().path
    typed = _typed(section)
    try:
        now = edit.written(path)[section]
        seen = request.form.get("seen", "")
        if do == "show":
            return _form(section, now | typed, seen, settings=tried(section, typed)), 200
        login.owners_only()
        if seen != edit.mark(now):
            return _form(section, now | typed, edit.mark(now), _(CHANGED_MEANWHILE)), 409
        wanted = typed
        if section == "notify" and do == "push":
            server = request.form.get("push_server", "")
            wanted = typed | {"urls": push.with_new_channel(typed["urls"] or "", server)}
        keep(bridge, section, wanted)
    except Refusal as refusal:
        return _form(section, now | typed, seen, refusal_in_words(refusal.why)), 422
    except ConfigError as error:
        # Where nothing was to be kept, what is only half typed is no error.
        code = 200 if do == "show" else 422
        return _form(section, now | typed, seen, problems=problems_of(error, section)), code
    except CannotWrite as error:
        return _form(section, typed, request.form.get("seen", ""), not_kept(error)), 503
    if section == "notify" and do in ("test", "push"):
        return _notify_further(do, {**now, **wanted})
    return redirect(url_for("settings.settings", saved=section) + f"#{section}", 303)


def _notify_further(do: str, kept: dict[str, str | None]) -> Response | tuple[str, int]:
    """What was asked for besides keeping what an owner is told."""
    if do == "test":
        answer = current.bridge().request(TryServices(), by=g.user)
        if not isinstance(answer, Done):
            return _form("notify", kept, edit.mark(kept), in_words(answer)), 422
    return redirect(url_for("settings.form", section="notify") + ("#trial" if do == "test" else "#push"), 303)


def keep(bridge: Bridge, section: str, values: dict[str, str | None]) -> None:
    """Write them into config.ini, have the loop take them up, and note who did it. Raises ConfigError and CannotWrite."""
    changed = edit.change(bridge.settings().path, section, values)
    if not changed:
        return
    bridge.request(ReadSettings(tuple(changed), FORMS[section].title.lower()), by=g.user)


@pages.route("/settings/test", methods=["POST"])
def send_sample() -> Response:
    """The text that a stranger would get now, to the owner's mobile (303 to the status, which shows it)."""
    bridge = current.bridge()
    answer = bridge.request(SendSample(), by=g.user)
    if isinstance(answer, Rejected):
        abort(409, in_words(answer))
    return redirect(url_for("status.status") + "#owner", 303)


def _known(section: str) -> str:
    return section if section in FORMS else abort(404)


def _typed(section: str) -> dict[str, str | None]:
    """The form's values as they would stand in the file; a text in another language that was emptied is taken out."""
    fields: dict[str, str | None] = {
        field.key: one_line(request.form.get(field.key, ""))[:LONGEST]
        for field in FORMS[_known(section)].fields
    }
    for key, read in READ_AS_TYPED.items():
        if key in fields:
            fields[key] = _as_in_file(section, key, fields[key] or "", read)
    if section == "textback":
        for key in request.form:
            base, _, language = key.partition(".")
            if base in ("message", "closed_message") and language:
                fields[key] = one_line(request.form[key])[:LONGEST] or None
        language, words = (one_line(request.form.get(f"new_{part}", "")) for part in ("language", "text"))
        if words:
            fields[f"message.{language}"] = words[:LONGEST]
    return fields


def _as_in_file(section: str, key: str, typed: str, read: Callable[[str], str]) -> str:
    """What config.ini's own check refuses may be meant well: 9pm - 8am."""
    try:
        SECTIONS[section][key].check(typed)
    except ValueError:
        with suppress(Refusal):
            return read(typed)
    return typed


def tried(section: str, typed: dict[str, str | None]) -> Settings:
    """The settings as they would be; nothing is written. Raises ConfigError."""
    path = current.bridge().settings().path
    return config.parse(edit.edited(path.read_text("utf-8"), section, typed), path, os.environ)


def _form(
    section: str,
    values: dict[str, str | None] | dict[str, str],
    seen: str,
    trouble: str | None = None,
    problems: dict[str, str] | None = None,
    settings: Settings | None = None,
) -> str:
    bridge = current.bridge()
    chosen: Form = FORMS[section]
    shown = settings or bridge.settings()
    with Session(bridge.engine) as session:
        texted = views.automatic_texts(session, current.bridge().now())
    return render_template(
        "settings_form.html",
        section=section,
        form=chosen,
        values=values,
        languages={key: value for key, value in values.items() if "." in key and value},
        known_languages=sorted((dates.language_name(code), code) for code in LANGUAGES),
        seen=seen,
        trouble=trouble or (problems or {}).get(""),
        problems=problems or {},
        never_closed=section == "textback" and _never_closed(shown),
        samples=samples_of(shown) if section in ("textback", "shop", "hours") and not problems else (),
        texted=texted,
        owner=g.role == users.OWNER,
        longest=LONGEST,
        last_trial=bridge.status().trial,
        channels=push.shown(bridge.settings().notify.urls) if section == "notify" else (),
        push_server=request.form.get("push_server", PUBLIC),
    )


def samples_of(settings: Settings) -> object:
    """How the automatic text would read at moments that differ, by these settings and by what somebody has said for now."""
    bridge = current.bridge()
    status, zone, holiday = bridge.status(), settings.shop.zone, is_holiday(settings.hours.holidays)
    held = bool(status.paused or status.standstill or status.breaker)
    language = languages.of_shop(settings, bridge.region())
    return samples(settings, language, holiday, bridge.now(), zone, closed_by_hand(status), held)


def _never_closed(settings: Settings) -> bool:
    """Has the shop said what callers get while it is closed, and never when that is?"""
    return settings.textback.closed != "same" and settings.hours.open_always


def closed_by_hand(status: Status) -> Opening | None:
    """That somebody has closed the shop for now, and when it opens again; None if nobody has."""
    if status.closed is None:
        return None
    until = status.closed.values.get("until")
    return Opening(False, datetime.fromisoformat(str(until)) if until else None)
