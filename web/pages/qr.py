"""What a phone's camera is shown: the page's address as the shop's network has it, and codes of addresses."""

import io
import socket

from markupsafe import Markup

from web.access import network, secure


def own_address() -> str:
    """The page as a phone on the shop's network finds it: as it was opened, unless that was on the box itself; without HTTPS,
    since a new phone does not trust the box's certificate yet."""
    asked = secure.plain_origin().removeprefix("http://")
    host, _, port = asked.rpartition(":") if ":" in asked else (asked, "", "")
    if host in ("localhost", "127.0.0.1", "[::1]"):
        host = network.own_address() or f"{socket.gethostname().partition('.')[0]}.local"
    return f"http://{host}{f':{port}' if port else ''}/"


def code(text: str) -> Markup:
    """A QR code as an SVG without styles, which the page's policy would not allow."""
    import segno  # seldom needed

    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=3)
    return Markup(out.getvalue().decode())
