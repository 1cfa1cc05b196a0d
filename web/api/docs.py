"""`/openapi.json`, and `/docs`: the same for people, with examples; both without a key, since no data stands in them, and
without the internet."""

from html import escape
from typing import Any

from flask import Blueprint, Response, jsonify, request

from web.api.document import spec

EXAMPLES = (
    (
        "Send a text",
        """curl -u any:$KEY {base}/messages -H 'Content-Type: application/json' \\
  -d '{{"textMessage": {{"text": "Your bike is ready."}}, "phoneNumbers": ["+447400123456"]}}'""",
    ),
    ("Ask what has become of it", "curl -u any:$KEY {base}/messages/ID"),
    (
        "Send one tomorrow, for two hours at most",
        """curl -u any:$KEY {base}/messages -H 'Content-Type: application/json' \\
  -d '{{"textMessage": {{"text": "See you at 10."}}, "phoneNumbers": ["+447400123456"],
       "scheduleAt": "2026-12-01T08:00:00", "ttl": 7200}}'""",
    ),
    ("Take it back", "curl -u any:$KEY -X DELETE {base}/messages/ID"),
    ("Read what came in", "curl -u any:$KEY '{base}/inbox?limit=10'"),
    ("Read who called and was missed", "curl -u any:$KEY '{base}/calls?show=missed'"),
    ("Ask what has happened since", "curl -u any:$KEY '{base}/events?since=CURSOR'"),
    ("The same with the key in a header", "curl -H 'x-api-key: '$KEY {base}/messages"),
)
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>textback: the API</title><link rel="stylesheet" href="/static/textback.css"></head>
<body><div class="page"><main>
<h1>The API of this box</h1>
<p>SMSGate's clients (Android SMS gateway) work with the address <code>{base}</code>. A key, made on the page under Settings or
by <code>textback key add</code>, is the password; any name will do. <a href="{base}/openapi.json">The OpenAPI document</a> has
every detail.</p>
<h2>Examples</h2>{examples}
<h2>All addresses</h2><dl>{addresses}</dl>
</main></div></body></html>
"""
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

routes = Blueprint("docs", __name__)


@routes.get("/openapi.json")
def openapi() -> Response:
    """The document, with this address of the API first."""
    return jsonify({**spec.spec, "servers": [{"url": request.script_root or "/"}]})


@routes.get("/docs")
def docs() -> Response:
    """Examples, and a line for each address."""
    base = escape(request.host_url.rstrip("/") + request.script_root)
    examples = "".join(
        f"<h3>{escape(title)}</h3><pre><code>{escape(command.format(base=base), quote=False)}</code></pre>"
        for title, command in EXAMPLES
    )
    page = PAGE.format(base=base, examples=examples, addresses="".join(_addresses(spec.spec)))
    return Response(
        page, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY}
    )


def _addresses(document: dict[str, Any]) -> list[str]:
    """What each does, as its view says."""
    return [
        f"<dt><code>{method.upper()} {escape(path)}</code></dt>"
        f"<dd>{escape(' '.join([view['summary'], view['description']]))}</dd>"
        for path, views in document["paths"].items()
        for method, view in views.items()
    ]
