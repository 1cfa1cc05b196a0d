"""Who may ask at all: private peers, and host names that are the box's own (against DNS rebinding)."""

import ipaddress
import socket
from functools import cache

from flask import abort, current_app, request

from bridge.desk import Desk


def check() -> None:
    """Refuse foreign peers with 403 and foreign host names with 400."""
    desk: Desk = current_app.extensions["desk"]
    web = desk.settings().web
    if web.networks == "private" and not is_private(request.remote_addr or ""):
        abort(403)
    if not is_ours(request.host, web.names):
        abort(400)


def is_private(address: str) -> bool:
    """Loopback, private and link-local addresses, IPv4 inside IPv6 included.

    >>> is_private("192.168.1.7"), is_private("::ffff:10.0.0.1"), is_private("fe80::1"), is_private("8.8.8.8")
    (True, True, True, False)
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_loopback or ip.is_private or ip.is_link_local


def is_ours(host: str, names: tuple[str, ...] = ()) -> bool:
    """Is this Host header one that a person on the shop's network would type?

    >>> is_ours("192.168.1.7:8080"), is_ours("localhost"), is_ours("[::1]:8080"), is_ours("evil.example")
    (True, True, True, False)
    """
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    own = {"localhost", *(extra.lower() for extra in names)} | _machine()
    return name.lower().rstrip(".") in own or is_private(name)


@cache
def _machine() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset({name, f"{name.partition('.')[0]}.local"})
