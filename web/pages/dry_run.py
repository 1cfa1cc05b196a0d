"""`/try`: who calls, when, for how long: what would happen, and why. It stores and sends nothing."""

from datetime import datetime

from flask import Blueprint, g, render_template, request

from bridge.contract.answers import Decision, Done
from bridge.contract.requests import DryRun
from bridge.rules.one_line import one_line
from bridge.words import reasons
from bridge.words.catalogue import N_, _
from bridge.words.preview import cost
from web import current
from web.pages.told import in_words

# Holidays are known for so long, and times can be reckoned with.
YEARS = 5
OUTCOMES = {
    "abandoned": N_("The caller hangs up while it rings"),
    "no_answer": N_("The caller lets it ring until the network stops it"),
    "answered": N_("Somebody answers here"),
    "answered_elsewhere": N_("Somebody answers on another phone"),
    "rejected": N_("Somebody rejects the call"),
}

pages = Blueprint("tryout", __name__)


@pages.route("/try")
def ask() -> str:
    """The form, filled with the present moment."""
    return _page({"number": "", "at": f"{_now():%Y-%m-%dT%H:%M}", "rings": "4", "outcome": "abandoned"})


@pages.route("/try", methods=["POST"])
def tell() -> str | tuple[str, int]:
    """The form with the decision below it, or what is wrong with the question."""
    bridge = current.bridge()
    typed = {key: request.form.get(key, "")[:40] for key in ("number", "at", "rings", "outcome")}
    wanted = _request_of(typed)
    if isinstance(wanted, str):
        return _page(typed, problem=wanted), 422
    answer = bridge.request(wanted, by=g.user)
    if isinstance(answer, Done):
        return _page(typed, answer.decision)
    return _page(typed, problem=in_words(answer)), 503


def _request_of(typed: dict[str, str]) -> DryRun | str:
    """The DryRun that the form asks for, or what is wrong with it."""
    try:
        at = datetime.fromisoformat(typed["at"]).replace(tzinfo=_now().tzinfo)
    except ValueError:
        return _("This is not a date and time; write it like 2026-12-24T18:30.")
    if abs(at.year - _now().year) > YEARS:
        return _("This is too far away: choose a call within {years} years.", years=YEARS)
    if not (typed["rings"].isascii() and typed["rings"].isdecimal() and int(typed["rings"]) <= 60):
        return _("How many times does it ring? Write a number from 0 to 60.")
    if typed["outcome"] not in OUTCOMES:
        return _("Choose how the call ends.")
    return DryRun(one_line(typed["number"]) or None, at, int(typed["rings"]), typed["outcome"])


def _now() -> datetime:
    return current.bridge().now().astimezone(current.bridge().settings().shop.zone)


def _page(typed: dict[str, str], told: Decision | None = None, problem: str | None = None) -> str:
    return render_template(
        "try.html",
        typed=typed,
        outcomes=OUTCOMES,
        told=told,
        why=reasons.chip(told.reason) if told else None,
        cost=cost(told.body) if told and told.body else None,
        problem=problem,
    )
