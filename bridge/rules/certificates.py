"""What the box's own certificates are for, how long they are valid, and when the page's is made anew; pure: the time is an
argument. They are made in bridge/service/certificates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bridge.rules.networks import ip_of, is_private

# The authority is valid since before there was a box, whatever the box's clock shows when it is made, and for ten years.
BEGINNING, TEN_YEARS = datetime(2025, 1, 1, tzinfo=UTC), timedelta(days=3652)
# Apple takes no certificate of a page that is valid for more than 398 days. A part of them lies behind it when it is made: a
# clock that is ahead by less does no harm.
BEFORE, AFTER = timedelta(days=60), timedelta(days=337)
# The page's is made anew when no more is left of it than this, or if the clock was set back by more since it was made.
LEFT, SET_BACK = timedelta(days=30), timedelta(days=1)

# The names that every box is sought under, and the domains under which nobody but a shop's own devices can be.
NAMES = ("textback.local", "localhost")
DOMAINS = ("local", "localhost")
# Bare names that a Raspberry Pi has and no top-level domain.
BARE = ("textback", "raspberrypi")


class Renewal(StrEnum):
    """Why the page's certificate is made anew."""

    FIRST = "first"  # there is none of this authority
    NAME = "name"  # the page is reached under a name or address that it does not hold for
    ENDS = "ends"
    CLOCK = "clock"  # it was made by a clock that was ahead


@dataclass(frozen=True)
class Certified:
    """What a certificate of the page says: the names and addresses that it holds for, and from when until when (UTC)."""

    names: frozenset[str]
    begins: datetime
    ends: datetime


def why_anew(held: Certified | None, wanted: frozenset[str], now: datetime) -> Renewal | None:
    """Why the page needs another certificate than the one it has; None while that will do."""
    if held is None:
        return Renewal.FIRST
    if wanted - held.names:
        return Renewal.NAME
    if held.ends - now < LEFT:
        return Renewal.ENDS
    if now < held.begins + BEFORE - SET_BACK:
        return Renewal.CLOCK
    return None


def valid(now: datetime, authority_ends: datetime) -> tuple[datetime, datetime]:
    """From when until when a certificate of the page is valid that is made now."""
    return now - BEFORE, min(now + AFTER, authority_ends)


def is_over(authority_ends: datetime, now: datetime) -> bool:
    """Does the authority need a successor, which every device has to trust anew?"""
    return authority_ends - now < LEFT


def surely(shown: datetime, *not_before: datetime | None) -> datetime:
    """The time to make certificates by: what the clock shows, but not earlier than it can be. A box without a battery for its
    clock starts in 1970."""
    return max(shown, *(time for time in not_before if time is not None))


# ---- names


def names(host: str, further: Iterable[str], addresses: Iterable[str]) -> frozenset[str]:
    """The names and addresses under which the page is reached. host: the machine's name; further: names that somebody has given
    it; addresses: those at which guests have come in. Those on the internet are left out, and those that no browser can open.

    >>> sorted(names("Shop-Pi.lan", ["till.example"], ["192.168.1.7", "::ffff:10.0.0.1", "8.8.8.8", "fe80::1%eth0"]))
    ['10.0.0.1', '192.168.1.7', 'localhost', 'shop-pi', 'shop-pi.lan', 'shop-pi.local', 'textback.local', 'till.example']
    """
    ips = {ip for address in addresses if is_private(address) and (ip := ip_of(address)) is not None}
    own = {str(ip) for ip in ips if ip.version == 4 or not ip.is_link_local}
    return frozenset({*NAMES, *_of_machine(host), *(name.lower() for name in further), *own})


def domains(host: str, further: Iterable[str]) -> tuple[str, ...]:
    """The domains that an authority made now is limited to, besides a shop's own addresses: whoever steals its key can pretend
    to be nothing else. Each comes with all that is below it, so a bare name that is, or could be, a top-level domain is not
    among them.

    >>> domains("shop", ["till.example", "cafe"]), domains("shop-pi", [])
    (('local', 'localhost', 'till.example'), ('local', 'localhost', 'shop-pi'))
    """
    given = [*_of_machine(host), *(name.lower() for name in further)]
    return tuple(dict.fromkeys([*DOMAINS, *(name for name in given if _is_nobody_elses(name))]))


def permitted(wanted: Iterable[str], limits: Iterable[str]) -> frozenset[str]:
    """Those of the names and addresses for which an authority with these limits can vouch.

    >>> sorted(permitted(["a.local", "local", "xlocal", "10.0.0.1", "8.8.8.8"], ["local"]))
    ['10.0.0.1', 'a.local', 'local']
    """
    ends = tuple(f".{limit}" for limit in limits)
    return frozenset(
        name for name in wanted if (is_private(name) if ip_of(name) else f".{name}".endswith(ends))
    )


def _of_machine(host: str) -> tuple[str, ...]:
    full = host.lower().rstrip(".")
    bare = full.partition(".")[0]
    return tuple(dict.fromkeys([f"{bare}.local", bare, full])) if bare and full.isascii() else ()


def _is_nobody_elses(name: str) -> bool:
    if "." in name:
        return not permitted([name], DOMAINS)  # what is below those is in already
    # No top-level domain has a digit or a hyphen but those that begin so (RFC 5890, 2.3.2.1).
    strange = any(letter.isdigit() or letter == "-" for letter in name) and not name.startswith("xn--")
    return name in BARE or strange
