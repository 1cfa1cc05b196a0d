"""`/keys`: the keys of programs that use the API: which there are, making one, which is shown once, and revoking one."""

from flask import Blueprint, g, render_template, request
from sqlmodel import Session

from bridge.contract.answers import Done, Rejected
from bridge.contract.api_requests import AddKey, RevokeKey
from bridge.records import keys as kept
from bridge.rules.scopes import EVERYTHING, USUAL
from bridge.words.catalogue import N_
from web import current
from web.pages import qr
from web.pages.told import in_words

# What a key may do, and for how many days it holds ("": until it is revoked), as the form offers it.
MAY = {
    "usual": (N_("Send texts, read their state and the inbox, and be told of events"), USUAL),
    "all": (N_("Everything that the API can do, settings included"), EVERYTHING),
}
DAYS = {
    "": N_("Until it is revoked"),
    "30": N_("For 30 days"),
    "90": N_("For 90 days"),
    "365": N_("For a year"),
}

pages = Blueprint("keys", __name__)


@pages.route("/keys", methods=["GET", "POST"])
def keys() -> str | tuple[str, int]:
    """All keys; a POST makes one and shows it, this once."""
    if request.method != "POST":
        return _page()
    form, secret = request.form, kept.new_secret()
    _, scopes = MAY.get(form.get("may", ""), MAY["usual"])
    days = form.get("days", "")
    wanted = AddKey(
        form.get("name", ""),
        kept.digest(secret),
        tuple(scopes),
        tuple(filter(None, [form.get("line", "")])),
        int(days) if days in DAYS and days else None,
    )
    answer = current.bridge().request(wanted, by=g.user)
    if not isinstance(answer, Done):
        return _page(problem=in_words(answer)), 422 if isinstance(answer, Rejected) else 503
    return _page(made=secret)


@pages.route("/keys/<name>", methods=["POST"])
def revoke(name: str) -> str | tuple[str, int]:
    """It lets nobody in any more."""
    answer = current.bridge().request(RevokeKey(name), by=g.user)
    if not isinstance(answer, Done):
        return _page(problem=in_words(answer)), 422 if isinstance(answer, Rejected) else 503
    return _page(revoked=name)


def _page(problem: str | None = None, made: str | None = None, revoked: str | None = None) -> str:
    bridge = current.bridge()
    with Session(bridge.engine) as session:
        there = kept.all_keys(session)
    return render_template(
        "keys.html",
        keys=there,
        everything=[one.id for one in there if set(one.scopes) >= EVERYTHING],
        ended=[one.id for one in there if not kept.holds(one, bridge.now())],
        may={key: words for key, (words, _) in MAY.items()},
        days=DAYS,
        lines=[modem.name for modem in bridge.settings().modems],
        problem=problem,
        made=made,
        revoked=revoked,
        draft=request.form if problem else {},
        base=qr.own_address().rstrip("/") + "/api/v1",
    )
