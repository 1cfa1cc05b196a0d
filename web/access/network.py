"""Who may use the page at all: private peers, by host names that are the box's own (against DNS rebinding)."""

import socket
from functools import cache

from flask import abort, g, request

from bridge.rules import lan_names
from bridge.rules.networks import ip_of, is_private
from bridge.words.catalogue import _
from web import current


def check() -> None:
    """Refuse foreign peers with 403 and foreign host names with 400."""
    bridge = current.bridge()
    web = bridge.settings().web
    g.refused = True
    if web.networks == "private" and not is_private(request.remote_addr or ""):
        abort(403, _("This page is only for people on the shop's own network."))
    if not is_ours(_asked_for(), web.names, everywhere=web.networks == "any"):
        own = f"{_machine_name()}.local"
        told = _(
            "The box does not go by this name. Use {own} or the box's address, or add this name to names "
            "in the section [web] of config.ini.",
            own=own,
        )
        abort(400, told)
    g.refused = False


def _asked_for() -> str:
    """The host of the address where that is given whole, which then counts (RFC 9112, 3.2.2), else of the Host header."""
    address: str = request.environ.get("REQUEST_URI", "/")
    return request.host if address.startswith("/") else address.partition("://")[2].partition("/")[0]


def is_ours(host: str, names: tuple[str, ...] = (), everywhere: bool = False) -> bool:
    """Is this Host header one that a person on the shop's network would type? everywhere: any address will do, for a
    page that is served to everybody; an address, unlike a name, cannot be made to point elsewhere.

    >>> is_ours("192.168.1.7:8080"), is_ours("localhost"), is_ours("[::1]:8080"), is_ours("evil.example")
    (True, True, True, False)
    >>> is_ours("8.8.8.8"), is_ours("8.8.8.8", everywhere=True), is_ours("Till.Example.", ("till.example",))
    (False, True, True)
    >>> is_ours("textback.local:8080"), is_ours("textback-2.local"), is_ours("textback.local.evil.example")
    (True, True, False)
    """
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    own = {"localhost", _machine_name(), f"{_machine_name()}.local", socket.gethostname().lower()}
    own |= {extra.lower() for extra in names}
    known = name.lower().rstrip(".") in own or lan_names.is_one(name) or is_private(name)
    return known or (everywhere and ip_of(name) is not None)


def own_address() -> str | None:
    """The box's address on the shop's network, by the way out that the system would take; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1, RFC 5737
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return address if is_private(address) and not address.startswith("127.") else None


@cache
def _machine_name() -> str:
    return socket.gethostname().lower().partition(".")[0]
