"""`/status`: how the line and the box are, the check-up sheet, and what went wrong lately."""

from datetime import date, timedelta
from importlib.metadata import version

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.config import ConfigError, edit
from bridge.config.edit import CannotWrite
from bridge.config.schema import SECTIONS
from bridge.contract.answers import Rejected
from bridge.contract.bridge import Bridge
from bridge.contract.requests import (
    AcceptDatabase,
    CloseShop,
    InstallRelease,
    OpenShop,
    Pause,
    Request,
    ResetBreaker,
    Resume,
    TryAgain,
    TypeNumber,
)
from bridge.contract.status import Status
from bridge.doctor import facts as checkup
from bridge.doctor.checks import sheet
from bridge.records import views
from bridge.records.engine import file_of
from bridge.rules import languages, numbers
from bridge.rules.holidays import is_holiday
from bridge.rules.hours import Opening
from bridge.rules.one_line import one_line
from bridge.rules.refusals import Refusal, Refused
from bridge.rules.typed_hours import today_at
from bridge.words.catalogue import N_, _, gettext, language, speaking
from bridge.words.line import network_words, signal_words
from bridge.words.preview import Sample, closed_today, sample
from bridge.words.requests import refusal_in_words
from bridge.words.texts import WHEN_CLOSED
from bridge.words.updates import update_in_words
from web import current, limits
from web.access import login
from web.pages import paging, settings
from web.pages.healthz import is_alive
from web.pages.hours_form import with_day
from web.pages.told import in_words, not_kept

# What a caller gets while the shop is closed ([textback] closed): if it were closed for today, and while it is.
GETS = {
    "same": (
        N_("A caller then gets the usual text:"),
        N_("A caller gets the usual text:"),
    ),
    "other": (
        N_("A caller then gets your text for closed hours:"),
        N_("A caller gets your text for closed hours:"),
    ),
    "wait": (N_("A caller then gets this text later:"), N_("A caller gets this text later:")),
    "skip": ("", ""),
}
# So many texts to and from the owner's mobile are shown.
OF_OWNER = 10
# What the check-up calls the things that must be right -> how the page heads them.
NAMES = {
    "port": N_("Port"),
    "SIM": N_("SIM"),
    "registration": N_("Network"),
    "voice path": N_("Calls"),
    "SMSC": N_("Text centre"),
    "storage": N_("Text memory"),
    "ModemManager": N_("ModemManager"),
    "clock": N_("Clock"),
    "disk": N_("Disk"),
    "card": N_("Card"),
    "power": N_("Power"),
    "temperature": N_("Temperature"),
    "log": N_("Log"),
    "system": N_("System"),
    "permissions": N_("Permissions"),
    "update": N_("Update"),
}

pages = Blueprint("status", __name__)


@pages.route("/status")
def status() -> str:
    """The page of lines, outbox, check-up and incidents."""
    return _page()


def _page(problem: str = "", typed: dict[str, str | None] | None = None, back: str = "") -> str:
    """typed: what somebody wants callers to get while the shop is closed, if that could not be kept (problem). back: when
    somebody would be back, to look at what callers get until then."""
    bridge = current.bridge()
    with Session(bridge.engine) as session:
        waiting, incidents = views.waiting(session, bridge.now()), views.incidents(session)
        to_owner = _to_owner(session, bridge)
        box_numbers = numbers_of(session, bridge.status())
    now, texts = bridge.status(), bridge.settings().textback
    facts = checkup.gather(bridge.settings(), now, bridge.engine, *bridge.machine())
    return render_template(
        "status.html",
        status=now,
        alive=is_alive(now),
        checks=sheet(facts),
        names=NAMES,
        network_words=network_words,
        signal_words=signal_words,
        waiting=waiting,
        incidents=incidents,
        to_owner=to_owner,
        box_numbers=box_numbers,
        version=version("textback"),
        changes=now.release.changes_in(language()) if now.release else (),
        updated=update_in_words(now.update) if now.update else "",
        closed_gets=_closed_gets(bridge, now, back),
        back=back,
        gets=gettext(GETS[texts.closed][bool(now.closed)]),
        texts=texts,
        choices=SECTIONS["textback"]["closed"].ask,
        chosen=typed or {"closed": texts.closed, "closed_message": texts.closed_message or _offered(bridge)},
        closed_tomorrow=_tomorrow(bridge) in bridge.settings().hours.holidays.dates,
        problem=problem,
        backups=bridge.backups(),
        backs_up=bridge.settings().backup,
        in_file=file_of(bridge.settings().storage.database) is not None,
        size=limits.in_words,
    )


def numbers_of(session: Session, status: Status) -> dict[str, views.BoxNumber]:
    """Line -> under which number people reach it, of those in which a SIM has been seen."""
    found = (views.number_of(session, line.name, line.iccid) for line in status.lines)
    return {number.line: number for number in found if number}


def _to_owner(session: Session, bridge: Bridge) -> list[views.MessageRow]:
    """The last texts to and from the owner's mobile, which are no conversation."""
    mobile = numbers.e164(bridge.settings().notify.sms_to, bridge.region())
    return views.messages(session, address=mobile, limit=OF_OWNER) if mobile else []


def _closed_gets(bridge: Bridge, now: Status, back: str) -> Sample:
    """What a stranger gets while the shop is closed by hand: as it is now, if it were closed until then, or for today."""
    in_force, zone = bridge.settings(), bridge.settings().shop.zone
    holiday = is_holiday(in_force.hours.holidays)
    until = today_at(back, bridge.now(), zone) if back else None
    opening = (
        settings.closed_by_hand(now)
        or (Opening(False, until) if until else None)
        or closed_today(in_force, holiday, bridge.now(), zone)
    )
    return sample("", in_force, languages.of_shop(in_force, bridge.region()), opening, bridge.now(), zone)


def _offered(bridge: Bridge) -> str:
    with speaking(languages.of_shop(bridge.settings(), bridge.region())):
        return gettext(WHEN_CLOSED)


FOR_NOW: dict[str, Request] = {
    "pause_hour": Pause(minutes=60),
    "pause_today": Pause(today=True),
    "pause": Pause(),
    "resume": Resume(),
    "closed_today": CloseShop(),
    "open": OpenShop(),
}


@pages.route("/status/now", methods=["POST"])
def for_now() -> Response | str:
    """Pause automatic texts, close the shop for today, or say when somebody is back (303 to the status, or to the page where
    the button stood; 422 with the reason). do=show: the status, with what callers would get until then."""
    bridge, back = current.bridge(), request.form.get("back", "")
    if request.form.get("do") == "show":
        if today_at(back, bridge.now(), bridge.settings().shop.zone) is None:
            abort(422, refusal_in_words(Refusal(Refused.NOT_LATER_TODAY, back=back).why))
        return _page(back=back)
    wanted = FOR_NOW.get(request.form.get("do", "")) or CloseShop(back or "?")
    answer = bridge.request(wanted, by=g.user)
    if isinstance(answer, Rejected):
        abort(422, in_words(answer))
    return redirect(login.inside(request.form.get("next") or url_for("status.status")), 303)


@pages.route("/status/tomorrow", methods=["POST"])
def tomorrow() -> Response | tuple[str, int]:
    """Close the shop tomorrow, or (do=open) not (303 to the status; 422 with the reason). Owners only."""
    bridge, closed = current.bridge(), request.form.get("do") != "open"
    try:
        in_file = edit.written(bridge.settings().path)["hours"]["holidays"]
        settings.keep(bridge, "hours", {"holidays": with_day(in_file, _tomorrow(bridge), closed)})
    except (ConfigError, CannotWrite) as error:
        return _page(not_kept(error, "hours")), 422
    except ValueError:
        return redirect(url_for("hours.form") + "#closed-days", 303)  # which says what is wrong with them
    return redirect(url_for("status.status") + "#now", 303)


def _tomorrow(bridge: Bridge) -> date:
    return bridge.now().astimezone(bridge.settings().shop.zone).date() + timedelta(days=1)


@pages.route("/status/closed", methods=["POST"])
def closed_gets() -> Response | tuple[str, int]:
    """What callers get while the shop is closed (303 to the status; 422 with the reason). Owners only."""
    bridge = current.bridge()
    typed: dict[str, str | None] = {
        key: one_line(request.form.get(key, ""))[: settings.LONGEST] for key in ("closed", "closed_message")
    }
    if typed["closed"] != "other":
        typed["closed_message"] = bridge.settings().textback.closed_message
    try:
        settings.keep(bridge, "textback", typed)
    except (ConfigError, CannotWrite) as error:
        return _page(not_kept(error, "textback"), typed), 422
    return redirect(url_for("status.status") + "#now", 303)


@pages.route("/status/release", methods=["POST"])
def release() -> Response:
    """Somebody has looked at the callers: let automatic texts go on (303 to the status)."""
    bridge = current.bridge()
    bridge.request(ResetBreaker(), by=g.user)
    return redirect(url_for("status.status"), 303)


@pages.route("/status/database", methods=["POST"])
def accept_database() -> Response:
    """Somebody has decided: automatic texts go on with the database that is there (303 to the status). Owners only."""
    bridge = current.bridge()
    bridge.request(AcceptDatabase(), by=g.user)
    return redirect(url_for("status.status"), 303)


@pages.route("/status/update", methods=["POST"])
def install() -> Response:
    """Have the newer release installed that the page has told of (303 to the status; 422 where there is none by now). Owners
    only."""
    bridge, wanted = current.bridge(), request.form.get("version", "")
    offer = bridge.status().release
    if offer is None or not offer.can_install or offer.version != wanted:
        abort(422, _("This release can no longer be installed from here. Reload the page."))
    bridge.request(InstallRelease(wanted), by=g.user)
    return redirect(url_for("status.status") + "#update", 303)


@pages.route("/status/again", methods=["POST"])
def again() -> Response:
    """Somebody has seen to the SIM: let the stopped queue go on (303 to the status; 404 for an unknown line)."""
    bridge = current.bridge()
    answer = bridge.request(TryAgain(request.form.get("line", "")), by=g.user)
    if isinstance(answer, Rejected):
        abort(404, in_words(answer))
    return redirect(url_for("status.status"), 303)


@pages.route("/status/number", methods=["POST"])
def number() -> Response:
    """The number of the box, as its owner knows it (303 to where it was typed; 422 with the reason). Owners only."""
    form = request.form
    typed = TypeNumber(paging.number(form.get("sim", "")) or 0, one_line(form.get("number", "")))
    answer = current.bridge().request(typed, by=g.user)
    if isinstance(answer, Rejected):
        abort(422, in_words(answer))
    return redirect(login.inside(form.get("next") or url_for("status.status")), 303)
