"""What a phone's camera is shown: the page's address as the shop's network has it, and codes of addresses."""

import io
import socket

from flask import request
from markupsafe import Markup

from web.access import network


def own_address() -> str:
    """The page as a phone on the shop's network finds it: as it was opened, unless that was on the box itself."""
    host, _, port = request.host.rpartition(":") if ":" in request.host else (request.host, "", "")
    if host in ("localhost", "127.0.0.1", "[::1]"):
        host = network.own_address() or f"{socket.gethostname().partition('.')[0]}.local"
    return f"{request.scheme}://{host}{f':{port}' if port else ''}/"


def code(text: str) -> Markup:
    """A QR code as an SVG without styles, which the page's policy would not allow."""
    import segno  # seldom needed

    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=3)
    return Markup(out.getvalue().decode())
