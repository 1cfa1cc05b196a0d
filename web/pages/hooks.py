"""`/hooks`: the other programs that are told of calls and texts, what each was told lately, and what came of it."""

from secrets import token_bytes
from uuid import uuid4

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from bridge.contract.answers import Done
from bridge.contract.requests import (
    AddHook,
    ChangeSecret,
    DropHook,
    OfHooks,
    PauseHook,
    SendHookAgain,
    TestHook,
)
from bridge.records.views import hooks as views
from bridge.rules.hooks import signing
from bridge.rules.hooks.events import HookEvent, HookKind, offered
from bridge.rules.hooks.receivers import LONGEST_URL
from web import current
from web.pages import paging
from web.pages.told import in_words

# So many deliveries are shown at once.
LISTED = 30

pages = Blueprint("hooks", __name__)


@pages.route("/hooks", methods=["GET", "POST"])
def hooks() -> str | tuple[str, int]:
    """The hooks and what they were told. POST: one more (do=add), or a new secret for one (do=secret); its page shows the
    secret, which is never shown again."""
    if request.method != "POST":
        return _page()
    form, secret = request.form, signing.secret_of(token_bytes(signing.OCTETS))
    if form.get("do") == "secret":
        return _secret_for(form.get("id", ""), ChangeSecret(form.get("id", ""), secret), secret)
    event, key = form.get("event", ""), str(uuid4())
    kind = HookEvent(event).kind if event in set(HookEvent) else HookKind.CALL
    return _secret_for(key, AddHook(key, kind, event, form.get("url", "").strip(), secret), secret)


def _secret_for(key: str, wanted: OfHooks, secret: str) -> str | tuple[str, int]:
    """Has it done, and shows the secret of the hook of this id; or says why not, with what was typed."""
    answer = current.bridge().request(wanted, by=g.user)
    if isinstance(answer, Done):
        return _page(secret=secret, of=key)
    return _page(problem=in_words(answer), url=request.form.get("url", "")), 422


@pages.route("/hooks/change", methods=["POST"])
def change() -> Response | tuple[str, int]:
    """Try the hook of this id, pause it, let it go on, or remove it (303 to the page that shows it)."""
    wanted = _change_of(request.form.get("id", ""))
    answer = current.bridge().request(wanted, by=g.user)
    if not isinstance(answer, Done):
        return _page(problem=in_words(answer)), 422
    return redirect(url_for("hooks.hooks") + ("#deliveries" if isinstance(wanted, TestHook) else ""), 303)


def _change_of(key: str) -> OfHooks:
    match request.form.get("do"):
        case "test":
            return TestHook(key)
        case "pause" | "resume" as do:
            return PauseHook(key, do == "pause")
        case "remove" if request.form.get("kind") in set(HookKind):
            return DropHook(key, HookKind(request.form["kind"]))
    return abort(400)


@pages.route("/hooks/again", methods=["POST"])
def again() -> Response | tuple[str, int]:
    """Send what was told once more (303 to the deliveries)."""
    answer = current.bridge().request(
        SendHookAgain(paging.number(request.form.get("id", "")) or 0), by=g.user
    )
    if not isinstance(answer, Done):
        return _page(problem=in_words(answer)), 422
    return redirect(url_for("hooks.hooks") + "#deliveries", 303)


def _page(problem: str | None = None, url: str = "", secret: str | None = None, of: str = "") -> str:
    """problem, url: why it was not done, and what was typed. secret: of the hook whose id is `of`."""
    before = paging.number(request.args.get("before", ""))
    with Session(current.bridge().engine) as session:
        rows = views.hooks(session)
        told = views.deliveries(session, before=before, limit=LISTED + 1)
    return render_template(
        "hooks.html",
        hooks=rows,
        told=told[:LISTED],
        older=told[LISTED - 1].id if len(told) > LISTED else None,
        events=[*offered(HookKind.CALL), *offered(HookKind.SMS)],
        problem=problem,
        url=url,
        event=request.form.get("event", ""),
        secret=secret,
        made=next((row for row in rows if row.id == of), None) if secret else None,
        now=current.bridge().now(),
        longest=LONGEST_URL,
    )
