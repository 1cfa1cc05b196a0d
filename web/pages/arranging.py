"""What is done to conversations besides answering: several at once, labels, snoozed, whose they are; and the Undo of it."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from bridge.contract.requests import Assign, MarkSeveral, Snooze, TakeLabel, Undo
from bridge.rules import later
from bridge.words import times
from bridge.words.catalogue import _, ngettext
from web import current
from web.access import login
from web.pages import marks, paging
from web.pages.acts import ask, called, done_with
from web.pages.conversations import show_problem

pages = Blueprint("arranging", __name__)


@pages.route("/conversations/several", methods=["POST"])
def several() -> Response:
    """The same for all conversations that were ticked: read, done or a label (303 to the list that was there)."""
    form = request.form
    who, do, label = tuple(form.getlist("who")), form.get("do", ""), form.get("label", "").strip()
    if who:
        answer = ask(MarkSeveral(who, do, label))
        marks.tell_undo(_said_of_several(do, len(who), label), answer)
    shown = {key: form[key] for key in ("show", "label_shown") if form.get(key)}
    back = url_for("conversations.conversations", show=shown.get("show"), label=shown.get("label_shown"))
    return redirect(back, 303)


def _said_of_several(do: str, number: int, label: str) -> str:
    match do:
        case "read":
            return ngettext(
                "{number} conversation is marked as read.",
                "{number} conversations are marked as read.",
                number,
            )
        case "done":
            return ngettext("{number} conversation is done.", "{number} conversations are done.", number)
    return ngettext(
        "{number} conversation has the label “{label}” now.",
        "{number} conversations have the label “{label}” now.",
        number,
        label=label,
    )


@pages.route("/conversations/<path:address>/label", methods=["POST"])
def label(address: str) -> Response:
    """A label put on the conversation, or (off=) taken off it (303 to the thread)."""
    off, name = paging.number(request.form.get("off", "")), request.form.get("label", "").strip()
    if off is not None:
        marks.tell_undo(_("The label was removed."), ask(TakeLabel(address, off)))
    else:
        said = _("{who} has the label “{label}” now.", who=called(address), label=name)
        marks.tell_undo(said, ask(MarkSeveral((address,), "label", name)))
    return done_with(address)


@pages.route("/conversations/<path:address>/snooze", methods=["POST"])
def snooze(address: str) -> Response | tuple[str, int]:
    """The conversation comes back at a time (303 to the thread). at: as a picker has it; picked: the time stands in
    `picked`; now: it comes back now."""
    bridge, at = current.bridge(), request.form.get("at", "")
    if at == "now":
        marks.tell_undo(_("{who} is back.", who=called(address)), ask(Snooze(address, None)))
        return done_with(address)
    zone = bridge.settings().shop.zone
    until = later.picked(request.form.get("picked", "") if at == "picked" else at, zone)
    if until is None:
        return show_problem(address, _("Choose a day and a time first.")), 422
    when = times.then(until, bridge.now(), zone)
    marks.tell_undo(
        _("{who} comes back {when}.", who=called(address), when=when), ask(Snooze(address, until))
    )
    return done_with(address)


@pages.route("/conversations/<path:address>/assign", methods=["POST"])
def assign(address: str) -> Response:
    """Set who sees to the conversation (303 to the thread)."""
    user, who = request.form.get("user") or None, called(address)
    said = (
        _("{name} looks after the conversation with {who} now.", name=user, who=who)
        if user
        else _("Nobody looks after the conversation with {who} now.", who=who)
    )
    marks.tell_undo(said, ask(Assign(address, user)))
    return done_with(address)


@pages.route("/undo", methods=["POST"])
def undo() -> Response:
    """Takes back what was just done (303 to the page that offered it; 409 where that is too late)."""
    ask(Undo(request.form.get("undo", "")))
    return redirect(login.inside(request.form.get("next") or url_for("conversations.conversations")), 303)
