"""The box's own certificate authority and the certificate of its page: made on first use, kept in a folder, made anew when
bridge/rules/certificates says so. Who speaks TLS by them it does not know."""

import logging
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bridge import files
from bridge.clock import RELEASE, Clock
from bridge.rules import certificates
from bridge.rules.certificates import Certified, Renewal

if TYPE_CHECKING:
    from bridge.service.signing import Authority

log = logging.getLogger(__name__)

# Where they are kept, beside the database. Each holds a key and its certificate, as PEM.
FOLDER, AUTHORITY, PAGE = "https", "authority.pem", "page.pem"
DAMAGED = ".damaged"
# A renewal that fails is tried again after so many seconds; the certificate that is there serves on.
AGAIN = 60.0


class Certificates:
    """folder: where they are kept. host: the machine's name; further: what else the page is called. For one thread."""

    def __init__(self, folder: Path, host: str, further: Callable[[], tuple[str, ...]], clock: Clock) -> None:
        self._folder = folder
        self._host = host[:40]  # 64 characters are all that a name in a certificate may have
        self._further = further
        self._clock = clock
        self._addresses = {"127.0.0.1", "::1"}
        self._authority: Authority | None = None
        self._held: Certified | None = None
        self._context: ssl.SSLContext | None = None
        self._not_before = 0.0

    @property
    def authority(self) -> bytes | None:
        """The certificate of the authority, which devices are to trust (DER); None before it is made."""
        return self._authority.der if self._authority else None

    def context(self, address: str) -> ssl.SSLContext:
        """What to speak TLS by with a guest who has come to this address of the box; its certificate is made, or made anew,
        where it has to be. Raises OSError where there is none and none can be kept."""
        self._addresses.add(address)
        if self._context is not None and (not self._why_anew() or self._clock.monotonic() < self._not_before):
            return self._context
        try:
            self._context = self._anew()
        except OSError as error:
            if self._context is None:
                raise
            self._not_before = self._clock.monotonic() + AGAIN
            log.warning("The certificate of the page cannot be renewed: %s.", error.strerror or error)
        return self._context

    def _why_anew(self) -> Renewal | None:
        authority, now = self._authority, self._now()
        if authority is None or certificates.is_over(authority.ends, now):
            return Renewal.FIRST
        return certificates.why_anew(self._held, self._wanted(authority), now)

    def _now(self) -> datetime:
        return certificates.surely(self._clock.utc(), RELEASE, self._clock.not_before)

    def _wanted(self, authority: "Authority") -> frozenset[str]:
        names = certificates.names(self._host, self._further(), self._addresses)
        return certificates.permitted(names, authority.domains)

    def _anew(self) -> ssl.SSLContext:
        authority, path = self._find_authority(), self._folder / PAGE
        held, wanted = _read_page(path, authority), self._wanted(authority)
        if why := certificates.why_anew(held, wanted, self._now()):
            content = authority.page(self._host, wanted, self._now())
            files.write_whole(path, content)
            held = authority.says(content)
            log.info("The page has a new certificate: %s.", why)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION
        context.load_cert_chain(path)
        self._held = held
        return context

    def _find_authority(self) -> "Authority":
        """The one in memory, else in its file, else one that is made now. Raises OSError."""
        path, now = self._folder / AUTHORITY, self._now()
        found = self._authority or _read_authority(path)
        if found is None or certificates.is_over(found.ends, now):
            from bridge.service.signing import Authority

            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = Authority.made(self._host, certificates.domains(self._host, self._further()), now)
            files.write_whole(path, found.to_pem())
            log.info("The box has a certificate authority of its own now.")
        self._authority = found
        return found


def _read_authority(path: Path) -> "Authority | None":
    """The one in this file, None where there is none yet. One that is damaged is put aside."""
    from bridge.service.signing import Authority

    with suppress(FileNotFoundError):
        content = path.read_bytes()
        try:
            return Authority.from_pem(content)
        except ValueError:
            path.replace(path.with_name(path.name + DAMAGED))
            log.warning(
                "The certificate authority of the box is damaged. A new one is made; every device has to trust it again."
            )
    return None


def _read_page(path: Path, authority: "Authority") -> Certified | None:
    """What the page's certificate says; None where there is none of this authority's that is whole."""
    with suppress(FileNotFoundError, ValueError):
        return authority.says(path.read_bytes())
    return None
