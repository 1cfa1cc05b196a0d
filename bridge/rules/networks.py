"""Which addresses are a shop's own: those that no router passes on to the internet; pure."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Narrower than ipaddress.is_private, which counts Teredo and documentation ranges in; 100.64/10 is left out on purpose, for it
# is what a mobile operator gives to an LTE stick.
PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "127.0.0.0/8",  # loopback, RFC 1122
        "10.0.0.0/8",  # RFC 1918
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",  # link-local, RFC 3927
        "::1/128",
        "fc00::/7",  # unique local, RFC 4193
        "fe80::/10",  # link-local, RFC 4291
    )
)


def is_private(address: str) -> bool:
    """Loopback, private, link-local and unique local addresses, IPv4 inside IPv6 included.

    >>> is_private("192.168.1.7"), is_private("::ffff:10.0.0.1"), is_private("fe80::1%eth0"), is_private("fd00::7")
    (True, True, True, True)
    >>> is_private("8.8.8.8"), is_private("100.64.0.1"), is_private("2001:db8::1"), is_private("")
    (False, False, False, False)
    """
    ip = ip_of(address)
    return ip is not None and any(ip in network for network in PRIVATE)


def ip_of(address: str) -> Address | None:
    """The address that is written so, without its zone, and IPv4 where it is one inside IPv6; None for a name.

    >>> ip_of("::ffff:10.0.0.1"), ip_of("fe80::1%eth0"), ip_of("textback.local")
    (IPv4Address('10.0.0.1'), IPv6Address('fe80::1'), None)
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip
