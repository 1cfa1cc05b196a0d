"""Certificates as such (RFC 5280): an authority that is made or read, and what it vouches for. What is wanted of them, and
where they are kept, it does not know. It is imported when first needed: a box that serves no HTTPS never does."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bridge.rules import certificates
from bridge.rules.certificates import Certified
from bridge.rules.networks import PRIVATE, ip_of

NO_USAGE = dict.fromkeys(
    (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    ),
    False,
)


@dataclass(frozen=True)
class Authority:
    """A certificate authority with its key."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def made(cls, host: str, domains: Iterable[str], now: datetime) -> "Authority":
        """A new one, limited to these domains and to private addresses (4.2.1.10)."""
        key = ec.generate_private_key(ec.SECP256R1())
        mark = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()[:4]
        name = _name(f"textback {host} {mark}")  # so that people can tell an old one from a new one
        limits = [*map(x509.DNSName, domains), *map(x509.IPAddress, PRIVATE)]
        builder = (
            _builder(name, name, key, certificates.BEGINNING, now + certificates.TEN_YEARS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(
                x509.KeyUsage(**(NO_USAGE | {"key_cert_sign": True, "crl_sign": True})), critical=True
            )
            .add_extension(x509.NameConstraints(limits, None), critical=True)
        )
        return cls(key, builder.sign(key, SHA256()))

    @classmethod
    def from_pem(cls, content: bytes) -> "Authority":
        """The one that is written so. Raises ValueError where none is."""
        key, certificate = load_pem_private_key(content, None), x509.load_pem_x509_certificate(content)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise ValueError("the key belongs to another certificate")
        return cls(key, certificate)

    def to_pem(self) -> bytes:
        """Key and certificate."""
        return _pem(self.key, self.certificate)

    @property
    def der(self) -> bytes:
        """The certificate alone, as devices read it."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def ends(self) -> datetime:
        """Until when it is valid (UTC)."""
        return self.certificate.not_valid_after_utc

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains for which it can vouch, besides private addresses."""
        limits = self.certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        return tuple(one.value for one in limits.permitted_subtrees or () if isinstance(one, x509.DNSName))

    def page(self, host: str, names: Iterable[str], now: datetime) -> bytes:
        """A new key and a certificate for a page under these names and addresses, as PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        begins, ends = certificates.valid(now, self.ends)
        sought = x509.SubjectAlternativeName([_general(name) for name in sorted(names)])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = (
            _builder(_name(f"textback {host}"), self.certificate.subject, key, begins, ends)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**(NO_USAGE | {"digital_signature": True})), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(sought, critical=False)
            .add_extension(issuer, critical=False)
        )
        return _pem(key, builder.sign(self.key, SHA256()))

    def says(self, content: bytes) -> Certified:
        """What a page's certificate says. Raises ValueError where it is not whole, or not this authority's."""
        load_pem_private_key(content, None)
        certificate = x509.load_pem_x509_certificate(content)
        try:
            certificate.verify_directly_issued_by(self.certificate)
            names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except (InvalidSignature, x509.ExtensionNotFound) as error:
            raise ValueError("it is not this authority's") from error
        return Certified(
            frozenset(str(name.value) for name in names),
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
        )


def _builder(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _general(name: str) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_address(name)) if ip_of(name) else x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> bytes:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)
