"""Numbers as modems and people write them: E.164, who can be texted, how they are shown and hidden."""

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from bridge.rules.mcc import REGIONS
from bridge.rules.numbers import (
    NOWHERE,
    Kind,
    classify,
    e164,
    mask,
    pretty,
    region_of,
    region_of_imsi,
    untextable,
)
from bridge.words.reasons import sentence
from modem.contract import Coded

ANN = "+447400123456"

E164 = [
    (ANN, "GB", ANN),
    (ANN, "DE", ANN),
    (ANN, NOWHERE, ANN),
    ("07400123456", "GB", ANN),
    ("07400 123-456", "GB", ANN),
    ("(07400) 123456", "GB", ANN),
    ("00447400123456", "DE", ANN),
    ("3123456789", "IT", "+393123456789"),  # Italy has no trunk 0
    ("0612345678", "IT", "+390612345678"),  # and keeps the 0 of its landlines
    ("011961123456", "BR", "+5511961123456"),
    ("0011447400123456", "AU", ANN),
    ("07700900123", "GB", "+447700900123"),  # Ofcom's drama numbers: complete, and nobody's
    ("211234", "FO", "+298211234"),
    ("07400123456", NOWHERE, None),
    ("5551234", "US", None),  # an area code is missing
    ("60006", "GB", None),
    ("123456", "DE", None),
    ("999", "GB", None),
    ("*3138#", "DE", None),
    ("0800-FLOWERS", "US", None),
    ("VODAFONE", "GB", None),
    ("info@x.de", "DE", None),
    ("+0", "GB", None),
    ("+", "GB", None),
    ("Anonymous", "GB", None),
    ("07400123456 ext. 5", "GB", None),
    ("", "GB", None),
    (None, "GB", None),
]


@pytest.mark.parametrize(("raw", "region", "expected"), E164)
def test_e164(raw: str | None, region: str, expected: str | None) -> None:
    assert e164(raw, region) == expected


def test_an_international_number_without_its_plus() -> None:
    assert e164("4915112345678", "DE", international=True) == "+4915112345678"
    assert e164("004915112345678", "GB", international=True) == "+4915112345678"
    assert e164("+4915112345678", "GB", international=True) == "+4915112345678"
    assert e164("4915112345678", "DE") != "+4915112345678"  # the trap: a valid German landline


KINDS = [
    (ANN, "GB", Kind.MOBILE),
    ("+447911123456", "GB", Kind.MOBILE),  # Guernsey: which countries are texted is another rule
    ("+12015550123", "US", Kind.MOBILE_OR_LANDLINE),
    ("+441212345678", "GB", Kind.LANDLINE),
    ("+33162123456", "FR", Kind.LANDLINE),
    ("+448001234567", "GB", Kind.TOLL_FREE),
    ("+449012345678", "GB", Kind.PREMIUM),
    ("+498001234567", "DE", Kind.TOLL_FREE),
    ("+491801234567", "DE", Kind.SHARED_COST),
    ("+445612345678", "GB", Kind.VOIP),
    ("+447012345678", "GB", Kind.PERSONAL),
    ("+447640123456", "GB", Kind.PAGER),
    ("+445512345678", "GB", Kind.UAN),
    ("+881612345678", "GB", Kind.SATELLITE),
    ("+88213123456", "GB", Kind.SATELLITE),
    ("+80012345678", "GB", Kind.SATELLITE),
    ("999", "GB", Kind.EMERGENCY),
    ("112", "DE", Kind.EMERGENCY),
    ("911", "US", Kind.EMERGENCY),
    ("60006", "GB", Kind.SHORT),
    ("112", NOWHERE, Kind.SHORT),
    ("*100#", "GB", Kind.SHORT),
    ("O2", "GB", Kind.LETTERS),
    ("info@x.de", "GB", Kind.LETTERS),
    ("+447700900123", "GB", Kind.UNASSIGNED),
    ("+15550100123", "US", Kind.UNASSIGNED),
]


@pytest.mark.parametrize(("address", "region", "kind"), KINDS)
def test_kinds(address: str, region: str, kind: Kind) -> None:
    assert classify(address, region) == kind


def test_mobiles_of_every_country_can_be_texted() -> None:
    """Those with six digits (Andorra) and those whose code begins like the satellites' (Taiwan, Bangladesh) included."""
    examples = {
        region: phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
        for region in phonenumbers.SUPPORTED_REGIONS
    }
    written = {
        region: f"+{n.country_code}{phonenumbers.national_significant_number(n)}"
        for region, n in examples.items()
        if n
    }
    assert {region for region, number in written.items() if untextable(number, region) is not None} == set()


UNTEXTABLE = [
    (ANN, (), "skip", None),
    (ANN, ("07400 123456",), "skip", "own numbers"),
    (ANN, ("+44 7400 123456",), "skip", "own numbers"),
    ("121", ("121",), "skip", "own numbers"),
    ("+441212345678", (), "skip", "landline"),
    ("+441212345678", (), "text", None),
    ("+441212345678", ("0121 234 5678",), "text", "own numbers"),
    ("+449012345678", (), "text", "premium"),
    ("999", (), "text", "emergency"),
    ("60006", ("121",), "text", "short code"),
    ("O2", (), "text", "a name"),
    ("+447700900123", (), "text", "No operator"),
    ("", (), "skip", "No number"),
    (None, (), "skip", "No number"),
]


@pytest.mark.parametrize(("address", "own", "landlines", "why"), UNTEXTABLE)
def test_who_cannot_be_texted(
    address: str | None, own: tuple[str, ...], landlines: str, why: str | None
) -> None:
    code = untextable(address, "GB", own, landlines)
    said = sentence(Coded(code)) if code else None
    assert said is None if why is None else said is not None and why in said and said.endswith(".")


PRETTY = [
    (ANN, "GB", "07400 123456"),
    (ANN, "DE", "+44 7400 123456"),
    (ANN, NOWHERE, "+44 7400 123456"),
    ("+12015550123", "US", "(201) 555-0123"),
    ("+447911123456", "GB", "+44 7911 123456"),  # Guernsey is abroad
    ("60006", "GB", "60006"),
    ("info@x.de", "DE", "info@x.de"),
]


@pytest.mark.parametrize(("address", "region", "shown"), PRETTY)
def test_pretty(address: str, region: str, shown: str) -> None:
    assert pretty(address, region) == shown


@pytest.mark.parametrize("number", [ANN, "07400123456", "+376312345", "312345", "60006", "999", "1"])
def test_masks_hide_most_of_a_number(number: str) -> None:
    masked = mask(number)
    assert "***" in masked
    assert sum(character.isdigit() for character in masked) <= (len(number) + 2) // 2


def test_masks_as_the_log_has_them() -> None:
    assert mask(ANN) == "+44*****456"
    assert mask(None) == mask("") == "withheld"


def test_the_country_of_a_sim() -> None:
    imsis = ("234150123456789", "262011234567890", "310260123456789", "", "901700000000000")
    assert [region_of_imsi(imsi) for imsi in imsis] == ["GB", "DE", "US", None, None]
    assert region_of_imsi(None) is None


def test_the_mcc_table_is_whole() -> None:
    assert len(REGIONS) >= 235
    assert all(len(code) == 3 and len(region) == 2 for code, region in REGIONS.items())
    # Every country with a numbering plan of its own, but for those whose SIMs carry a neighbour's MCC.
    neighbours = "AC AX BL BQ CC CX EH GG IM IO JE MF MQ NF PS SJ SX TA YT"
    assert set(phonenumbers.SUPPORTED_REGIONS) - set(REGIONS.values()) == set(neighbours.split())


def test_the_country_of_a_number() -> None:
    assert [region_of(a) for a in (ANN, "+447911123456", "+18765550123", "60006")] == ["GB", "GG", "JM", None]
