"""Who may be told: the address of a hook as somebody has given it, and whether an address on the network may be connected to.
Nobody makes the box knock at its own door, or at one that only it can reach (SSRF); pure."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from urllib.parse import urlsplit

from bridge.rules.hooks.events import HookAnswer
from bridge.rules.networks import Address, ip_of, is_private
from bridge.rules.refusals import Refusal, Refused

LONGEST_URL = 2000
PORTS = {"http": 80, "https": 443}
# IPv4 behind a translator of the network (RFC 6052).
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# What no router passes on, and what is for tests and for later.
NOWHERE = tuple(
    map(ipaddress.ip_network, ("0.0.0.0/8", "192.0.0.0/24", "240.0.0.0/4", "::/128", "fec0::/10", "100::/64"))
)


@dataclass(frozen=True)
class Receiver:
    """Where a hook goes. host: a name or an address, without brackets; target: what is asked for there."""

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def of(cls, url: str) -> "Receiver":
        """The receiver that an address names. Raises Refusal for one that cannot be told.

        >>> Receiver.of("http://192.168.1.5:8123/api/webhook/x?y=1").origin
        'http://192.168.1.5:8123'
        >>> Receiver.of("https://[fd00::7]/").host, Receiver.of("https://example.com").target
        ('fd00::7', '/')
        """
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS.get(parts.scheme, 0)
        except ValueError:
            raise Refusal(Refused.NO_HOOK_ADDRESS) from None
        plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
        if not plain or parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc:
            raise Refusal(Refused.NO_HOOK_ADDRESS)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.scheme, parts.hostname, port, target)

    @property
    def origin(self) -> str:
        """What one receiver has in common with itself, and nothing secret: paths often are."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    def is_among(self, names: Iterable[str]) -> bool:
        """Is its host one of these, as config.ini names them?

        >>> Receiver.of("http://Localhost/x").is_among(["localhost"])
        True
        """
        return self.host in {name.lower().strip("[]") for name in names}


def receiver(url: str, allowed: Iterable[str]) -> Receiver:
    """The receiver that somebody wants to be told. allowed: the hosts that config.ini names. Raises Refusal for what can be
    seen to be of no use: a name is judged when it is known what it stands for."""
    found = Receiver.of(url)
    ip = ip_of(found.host)
    if found.host == "localhost" or found.host.endswith(".localhost"):
        ip = IPv4Address("127.0.0.1")
    if ip is None or found.is_among(allowed):
        return found
    match why_not(str(ip), found.scheme):
        case HookAnswer.NOT_SAFE:
            raise Refusal(Refused.HOOK_NOT_SAFE, host=found.host)
        case HookAnswer.NOT_ALLOWED:
            raise Refusal(Refused.HOOK_NOT_ALLOWED, host=found.host)
    return found


def why_not(address: str, scheme: str, own: bool = False) -> HookAnswer | None:
    """Why a hook must not connect to this address, None if it may. own: it is one of the box's own.

    >>> why_not("192.168.1.5", "http"), why_not("203.0.113.9", "https"), why_not("8.8.8.8", "http").name
    (None, None, 'NOT_SAFE')
    >>> {why_not(one, "https").name for one in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.1.1", "fe80::1%eth0")}
    {'NOT_ALLOWED'}
    """
    ip = ip_of(address)
    if ip is None or own or _leads_nowhere(ip):
        return HookAnswer.NOT_ALLOWED
    inside = _inside(ip)
    if inside is not None and _leads_nowhere(inside):
        return HookAnswer.NOT_ALLOWED
    return HookAnswer.NOT_SAFE if scheme == "http" and not is_private(str(ip)) else None


def _leads_nowhere(ip: Address) -> bool:
    """The box itself, its own cable, everybody, or nobody."""
    special = ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified
    return special or any(ip in network for network in NOWHERE if network.version == ip.version)


def _inside(ip: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for (RFC 3056, RFC 6052)."""
    if isinstance(ip, IPv4Address):
        return None
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else ip.sixtofour
