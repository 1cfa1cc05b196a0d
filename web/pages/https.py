"""`/https`: how a device comes to trust the box's own certificate, which it can get here without login, since a new phone has
none; and where owners switch HTTPS on and off."""

import hashlib

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from bridge.config import ConfigError, edit
from bridge.config.edit import CannotWrite
from bridge.contract.requests import ReadSettings
from bridge.records import users
from bridge.words.catalogue import N_
from web import current
from web.access import secure
from web.pages.told import not_kept

FILE = "textback-ca.crt"
# What the log of changes calls the form.
FORM = N_("Encryption")

pages = Blueprint("https", __name__)


@pages.route("/https")
def show() -> str:
    """The four steps for each kind of device."""
    return _page()


@pages.route("/https", methods=["POST"])
def change() -> Answer | tuple[str, int]:
    """Switch HTTPS on or off (303 to the page); it takes effect at once."""
    bridge = current.bridge()
    try:
        changed = edit.change(bridge.settings().path, "web", {"https": request.form.get("https", "")})
    except ConfigError as error:
        return _page(not_kept(error, "web")), 422
    except CannotWrite as error:
        return _page(not_kept(error)), 503
    if changed:
        bridge.request(ReadSettings(tuple(changed), FORM.lower()), by=g.user)
    return redirect(url_for("https.show"), 303)


@pages.route(f"/https/{FILE}")
def authority() -> Answer:
    """The certificate that is to be trusted (DER), which holds nothing secret; 303 to the page where there is none."""
    content = current.bridge().https().authority
    if content is None:
        return redirect(url_for("https.show"), 303)
    answer = Response(content, mimetype="application/x-x509-ca-cert")
    answer.headers["Content-Disposition"] = f"attachment; filename={FILE}"
    return answer


@pages.route("/https/trusted")
def trusted() -> Response:
    """204, for pages without HTTPS: a browser that is given this over HTTPS trusts the certificate."""
    return Response(status=204, headers={"Access-Control-Allow-Origin": "*"})


def _page(problem: str | None = None) -> str:
    bridge = current.bridge()
    https = bridge.https()
    return render_template(
        "https.html",
        problem=problem,
        on=bridge.settings().web.https != "off",
        why_not=https.why_not,
        there=secure.origin(),
        plain=secure.plain_origin(),
        fingerprint=_fingerprint(https.authority) if https.authority else "",
        owner=g.get("role") == users.OWNER,
    )


def _fingerprint(certificate: bytes) -> str:
    """As phones show it.

    >>> _fingerprint(b"")[:23]
    'E3 B0 C4 42 98 FC 1C 14'
    """
    return hashlib.sha256(certificate).digest().hex(" ").upper()
