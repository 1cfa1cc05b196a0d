"""Where the page is over HTTPS and without, under the name by which somebody has just asked for it."""

from flask import g, request

from web import current


def origin() -> str | None:
    """The page over HTTPS, such as https://textback.local:8443; None where it is not served so."""
    port = current.bridge().https().port
    return None if port is None else _at("https", port, 443)


def origin_to_try() -> str | None:
    """The same, where a browser is to find out whether it trusts it: on pages without HTTPS that can be asked for there, too.
    A policy of sources cannot name an address of IPv6 (CSP 3, 2.3.1)."""
    here = request.is_secure or request.method != "GET" or g.get("refused", True)
    return None if here or request.host.startswith("[") else origin()


def plain_origin() -> str:
    """The page without HTTPS: that is for a device which cannot trust the certificate yet."""
    return (
        _at("http", current.bridge().https().plain_port, 80)
        if request.is_secure
        else request.host_url.rstrip("/")
    )


def _at(scheme: str, port: int, usual: int) -> str:
    host = request.host
    name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    return f"{scheme}://{name}" if port == usual else f"{scheme}://{name}:{port}"
