"""The box's own certificates: their names, how long they are valid, when they are made anew, and what other programs make of
them."""

import shutil
import ssl
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from bridge.clock import RELEASE, Clock
from bridge.rules import certificates
from bridge.rules.certificates import AFTER, BEFORE, Certified, Renewal, why_anew
from bridge.service.certificates import AUTHORITY, PAGE, Certificates
from bridge.service.signing import Authority
from tests.support.box import WrongClock
from tests.support.needs import needs

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HELD = Certified(frozenset({"textback.local", "192.168.1.7"}), NOW - BEFORE, NOW + AFTER)

# How many days later it is, what is wanted -> why another one is made.
RENEWALS = [
    (0, {"textback.local"}, None),
    (0, set(), None),
    (306, {"192.168.1.7"}, None),
    (0, {"192.168.1.8"}, Renewal.NAME),
    (0, {"textback.local", "till.example"}, Renewal.NAME),
    (308, {"textback.local"}, Renewal.ENDS),
    (400, {"textback.local"}, Renewal.ENDS),
    (400, {"192.168.1.8"}, Renewal.NAME),
    (-0.9, {"textback.local"}, None),
    (-1.1, {"textback.local"}, Renewal.CLOCK),
    (-20_000, {"textback.local"}, Renewal.CLOCK),
]


@pytest.mark.parametrize(("days", "wanted", "why"), RENEWALS)
def test_when_another_certificate_is_made(days: float, wanted: set[str], why: Renewal | None) -> None:
    assert why_anew(HELD, frozenset(wanted), NOW + days * DAY) == why


def test_without_one_the_first_is_made() -> None:
    assert why_anew(None, frozenset(), NOW) == Renewal.FIRST


def test_a_certificate_that_was_just_made_will_do() -> None:
    begins, ends = certificates.valid(NOW, NOW + 4000 * DAY)
    assert why_anew(Certified(frozenset(), begins, ends), frozenset(), NOW) is None
    assert ends - begins <= 397 * DAY
    assert certificates.valid(NOW, NOW + 40 * DAY) == (NOW - BEFORE, NOW + 40 * DAY)


@pytest.mark.parametrize(("days", "over"), [(3652, False), (31, False), (29, True), (-1, True)])
def test_the_authority_has_a_successor_before_it_ends(days: float, over: bool) -> None:
    assert certificates.is_over(NOW + days * DAY, NOW) == over


@pytest.mark.parametrize("shown", [datetime(1970, 1, 1, tzinfo=UTC), NOW - 2000 * DAY, NOW, NOW + 2000 * DAY])
def test_a_clock_cannot_be_before_what_is_known(shown: datetime) -> None:
    assert certificates.surely(shown, RELEASE, None) == max(shown, RELEASE)
    assert certificates.surely(shown, RELEASE, NOW) == max(shown, NOW)


# The machine's name -> what its authority may vouch for, besides .local, localhost and private addresses.
HOSTS = {
    "textback": ["textback"],
    "raspberrypi": ["raspberrypi"],
    "Shop-Pi": ["shop-pi"],
    "pi4": ["pi4"],
    "shop": [],  # these are top-level domains
    "cafe": [],
    "xn--p1ai": [],
    "pizza.fritz.box": ["pizza.fritz.box"],
    "till.local": [],
    "xlocal.example": ["xlocal.example"],
    "": [],
    "käse": [],
}


@pytest.mark.parametrize("host", HOSTS)
def test_the_authority_vouches_for_no_name_of_others(host: str) -> None:
    limits = certificates.domains(host, [])
    assert list(limits) == ["local", "localhost", *HOSTS[host]]
    wanted = certificates.names(host, [], ["127.0.0.1"])
    assert {"textback.local", "localhost", "127.0.0.1"} <= certificates.permitted(wanted, limits)
    assert certificates.permitted({"www.shop", "example.com", "93.184.215.14"}, limits) == frozenset()


# ---- made


@pytest.fixture
def made(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path / "https", "shop-pi", lambda: ("till.example",), Clock())


def stored(folder: Path) -> tuple[x509.Certificate, x509.Certificate]:
    return (
        x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes()),
        x509.load_pem_x509_certificate((folder / PAGE).read_bytes()),
    )


def names_in(certificate: x509.Certificate) -> set[str]:
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in found}


def test_they_are_as_phones_want_them(made: Certificates, tmp_path: Path) -> None:
    made.context("192.168.1.7")
    authority, page = stored(tmp_path / "https")
    assert page.not_valid_after_utc - page.not_valid_before_utc <= 397 * DAY
    usage = page.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert not page.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, 0)
    assert authority.extensions.get_extension_for_class(x509.NameConstraints).critical
    assert names_in(page) == {
        *("textback.local", "localhost", "shop-pi", "shop-pi.local", "till.example"),
        *("127.0.0.1", "::1", "192.168.1.7"),
    }
    page.verify_directly_issued_by(authority)
    assert made.authority == authority.public_bytes(Encoding.DER)


def test_nobody_else_reads_the_keys(made: Certificates, tmp_path: Path) -> None:
    made.context("127.0.0.1")
    folder = tmp_path / "https"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert sorted(file.name for file in folder.iterdir()) == sorted([AUTHORITY, PAGE])


def test_what_is_there_serves_on(made: Certificates, tmp_path: Path) -> None:
    made.context("192.168.1.7")
    before = stored(tmp_path / "https")
    again = Certificates(tmp_path / "https", "shop-pi", lambda: ("till.example",), Clock())
    assert again.context("192.168.1.7") is again.context("127.0.0.1")
    assert stored(tmp_path / "https") == before
    assert again.authority == made.authority


def test_a_guest_at_a_new_address_gets_a_certificate_that_names_it(
    made: Certificates, tmp_path: Path
) -> None:
    first = made.context("192.168.1.7")
    authority, _ = stored(tmp_path / "https")
    assert made.context("192.168.1.7") is first
    assert made.context("10.0.0.5") is not first
    after, page = stored(tmp_path / "https")
    assert after == authority
    assert {"192.168.1.7", "10.0.0.5"} <= names_in(page)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:db8::1", "fe80::1%eth0", "::ffff:192.168.1.7"])
def test_an_address_that_nobody_opens_changes_nothing(made: Certificates, address: str) -> None:
    assert made.context("192.168.1.7") is made.context(address)


def test_a_name_that_the_authority_may_not_vouch_for_is_left_out(tmp_path: Path) -> None:
    Certificates(tmp_path, "shop-pi", lambda: (), Clock()).context("127.0.0.1")
    renamed = Certificates(tmp_path, "other-pi", lambda: ("till.example",), Clock())
    assert renamed.context("127.0.0.1") is renamed.context("127.0.0.1")
    names = names_in(stored(tmp_path)[1])
    assert "other-pi.local" in names
    assert not names & {"till.example", "other-pi"}


# How far off the clock is when the certificate is made, in days. What a phone with the right time then makes of it is right.
OFF = [-20_000, -200, -1, 0, 30]


@pytest.mark.parametrize("days", OFF)
def test_a_wrong_clock_makes_one_that_is_valid_today(tmp_path: Path, days: float) -> None:
    clock = WrongClock(days * DAY)
    Certificates(tmp_path, "textback", lambda: (), clock).context("127.0.0.1")
    today = max(Clock().wall_clock(), RELEASE)
    for certificate in stored(tmp_path):
        assert certificate.not_valid_before_utc < today < certificate.not_valid_after_utc


@pytest.mark.parametrize("days", [-5000, 5000])
def test_one_that_was_made_by_a_wrong_clock_is_made_anew_once_it_is_right(
    tmp_path: Path, days: float
) -> None:
    clock = WrongClock(days * DAY)
    clock.step()
    made = Certificates(tmp_path, "textback", lambda: (), clock)
    made.context("127.0.0.1")
    authority, _ = stored(tmp_path)
    clock.off = 400 * DAY if days < 0 else timedelta(0)
    clock.step()
    made.context("127.0.0.1")
    after, page = stored(tmp_path)
    assert page.not_valid_before_utc < max(clock.utc(), RELEASE) < page.not_valid_after_utc
    assert after == authority  # devices trust it already


def test_rows_say_that_it_is_later(tmp_path: Path) -> None:
    clock = WrongClock(-300 * DAY)
    clock.not_before = RELEASE + 900 * DAY
    Certificates(tmp_path, "textback", lambda: (), clock).context("127.0.0.1")
    _, page = stored(tmp_path)
    assert page.not_valid_before_utc < RELEASE + 900 * DAY < page.not_valid_after_utc


def test_an_authority_that_ends_has_a_successor(tmp_path: Path) -> None:
    clock = WrongClock(timedelta(0))
    made = Certificates(tmp_path, "textback", lambda: (), clock)
    first = made.context("127.0.0.1")
    authority = made.authority
    clock.off = 3640 * DAY
    clock.step()
    assert made.context("127.0.0.1") is not first
    assert made.authority != authority
    root, page = stored(tmp_path)
    page.verify_directly_issued_by(root)


@pytest.mark.parametrize("file", [AUTHORITY, PAGE])
@pytest.mark.parametrize("content", [b"", b"half of it", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_damaged_file_is_put_aside(tmp_path: Path, file: str, content: bytes) -> None:
    Certificates(tmp_path, "textback", lambda: (), Clock()).context("127.0.0.1")
    (tmp_path / file).write_bytes(content)
    Certificates(tmp_path, "textback", lambda: (), Clock()).context("127.0.0.1")
    authority, page = stored(tmp_path)
    page.verify_directly_issued_by(authority)
    if file == AUTHORITY:
        assert (tmp_path / f"{AUTHORITY}.damaged").read_bytes() == content


def test_a_page_of_another_authority_is_made_anew(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        Certificates(tmp_path / folder, "textback", lambda: (), Clock()).context("127.0.0.1")
    shutil.copy(tmp_path / "one" / AUTHORITY, tmp_path / "two" / AUTHORITY)
    Certificates(tmp_path / "two", "textback", lambda: (), Clock()).context("127.0.0.1")
    authority, page = stored(tmp_path / "two")
    page.verify_directly_issued_by(authority)


def test_without_room_the_one_that_is_there_serves_on(made: Certificates, tmp_path: Path) -> None:
    first = made.context("127.0.0.1")
    shutil.rmtree(tmp_path / "https")
    (tmp_path / "https").write_text("in the way")
    assert made.context("192.168.1.9") is first


def test_without_room_none_is_made(made: Certificates, tmp_path: Path) -> None:
    (tmp_path / "https").write_text("in the way")
    with pytest.raises(OSError, match="https"):
        made.context("127.0.0.1")


# ---- what OpenSSL makes of it


@pytest.fixture
def forged(made: Certificates, tmp_path: Path) -> Path:
    """What somebody can make who has stolen the authority's key: a certificate for others' names."""
    made.context("127.0.0.1")
    path = tmp_path / "forged.pem"
    stolen = Authority.from_pem((tmp_path / "https" / AUTHORITY).read_bytes())
    path.write_bytes(stolen.page("x", ["www.example.com", "93.184.215.14"], Clock().utc()))
    return path


def verified(authority: bytes, certificate: Path, tmp_path: Path) -> str:
    root = tmp_path / "root.pem"
    root.write_text(ssl.DER_cert_to_PEM_cert(authority))
    answer = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", root, certificate],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout + answer.stderr


@needs("openssl")
def test_a_stolen_key_can_pretend_to_be_nobody_else(made: Certificates, forged: Path, tmp_path: Path) -> None:
    assert made.authority
    assert "OK" in verified(made.authority, tmp_path / "https" / PAGE, tmp_path)
    assert "permitted subtree violation" in verified(made.authority, forged, tmp_path)


def test_the_context_speaks_no_old_tls(made: Certificates) -> None:
    context = made.context("127.0.0.1")
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.options & ssl.OP_NO_RENEGOTIATION
