"""`/manifest.webmanifest`: what a phone needs to put the page among its apps (W3C Web Application Manifest)."""

from flask import Blueprint, Response, json, url_for

from bridge.words.catalogue import _
from web import current

ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-mask.png", "512x512", "maskable"),
)

pages = Blueprint("manifest", __name__)


@pages.route("/manifest.webmanifest")
def manifest() -> Response:
    """The manifest as JSON; it tells nothing that the log-in page does not."""
    bridge = current.bridge()
    name = bridge.settings().shop.name or "textback"
    body = {
        "name": name,
        "short_name": name[:12].strip(),
        "description": _("Missed calls, texted back"),
        "start_url": url_for("calls.calls"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbfaf7",
        "theme_color": "#fbfaf7",
        "icons": [
            {"src": url_for("static", filename=file), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for file, sizes, purpose in ICONS
        ],
    }
    return Response(json.dumps(body), mimetype="application/manifest+json")
