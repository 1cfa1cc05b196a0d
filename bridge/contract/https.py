"""What a page is told of how it is served over HTTPS; it serves nothing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Https:
    """port: where the page is served over HTTPS, None while it is not; plain_port: where without. authority: the certificate
    (DER) that devices are to trust; why_not: what the system says where it is wanted and cannot be."""

    port: int | None = None
    plain_port: int = 0
    authority: bytes | None = None
    why_not: str | None = None
